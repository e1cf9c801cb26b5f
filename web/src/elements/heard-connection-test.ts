// SPDX-License-Identifier: Apache-2.0
/*
 * Does the line carry a hearing? Runs the connection test by itself as soon as it has the
 * person's own tracks, says in plain words what works and what to do, and keeps the figures
 * in a fold for whoever helps. Tells "line" with the result. It informs; it never holds up.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { ConnectionTest } from '../connection_test';
import { t, word, type Key } from '../i18n';
import { icon } from '../icons';
import { iceServers } from '../relay';
import { base, controls, elder } from '../styles';
import { adviceFor, type Figures, type Path, type Result, type Trial } from '../test_result';

export interface TestTracks {
  camera: MediaStreamTrack | null;
  microphone: MediaStreamTrack | null;
}

const KIND = { weak: 'warn', audio_only: 'warn', lost: 'bad' } as const;

@customElement('heard-connection-test')
export class HeardConnectionTest extends HeardElement {
  static override styles = [base, controls, elder, css`
    :host { display: grid; gap: 12px; }
    .head { display: grid; grid-template-columns: 72px 1fr; gap: 12px; align-items: center; }
    .head > span { color: var(--ink-soft); }
    .bar { height: 6px; border-radius: 3px; background: var(--line); overflow: hidden; }
    .bar i { display: block; height: 100%; width: 40%; border-radius: 3px;
      background: var(--act); animation: to-and-fro 1.2s ease-in-out infinite alternate; }
    @keyframes to-and-fro { from { transform: translateX(0); }
      to { transform: translateX(150%); } }
    @media (prefers-reduced-motion: reduce) { .bar i { width: 100%; opacity: 0.5; } }
    .level { display: flex; gap: 8px; align-items: center; font-weight: 600; }
    .level.good svg { color: var(--act); }
    .level.weak svg, .level.audio_only svg { color: var(--warn); }
    .level.lost svg { color: var(--seal); }
    ul { display: grid; gap: 8px; padding-left: 20px; list-style: disc; }
    details { border-top: 1px solid var(--line); padding-top: 8px; }
    summary { min-height: 44px; display: flex; align-items: center; gap: 8px; cursor: pointer;
      color: var(--act); font-weight: 500; }
    .figures { display: grid; gap: 12px; padding: 8px 0; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; font-size: 16px;
      margin: 0; }
    dt { color: var(--ink-soft); }
    dd { margin: 0; font-variant-numeric: tabular-nums; }
    h3 { font-size: 16px; }
    p { margin: 0; }
  `];

  @property() hearing = '';
  /* null: the devices are being asked for; the test waits. */
  @property({ attribute: false }) tracks: TestTracks | null = null;
  @state() private result: Result | null = null;
  @state() private path: Path = 'none';
  @state() private isRunning = false;
  @state() private wasVain = false;
  @state() private copied = false;
  private test: ConnectionTest | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.test?.stop();
    this.test = null;
  }

  /* Another camera while the test runs: its old one is gone, so begin anew. */
  override willUpdate(changes: PropertyValues<this>): void {
    if (!changes.has('tracks')) return;
    if (!this.tracks) this.test?.stop();
    else if (!this.result && !this.wasVain) void this.run(false);
  }

  private async run(isFull: boolean): Promise<void> {
    this.test?.stop();
    if (!this.tracks) return;
    const test = new ConnectionTest({
      ...this.tracks, hearing: this.hearing, isFull, iceServers: () => iceServers(),
      onPath: (path) => { this.path = path; },
    });
    this.test = test;
    this.isRunning = true;
    this.wasVain = false;
    this.copied = false;
    const result = await test.run();
    if (this.test !== test) return;
    this.test = null;
    this.isRunning = false;
    this.wasVain = !result;
    if (!result) return;
    this.result = result;
    this.tell('line', result);
  }

  override render(): TemplateResult {
    const isDone = !this.isRunning && (this.result || this.wasVain);
    return html`
      <div class="head"><span>${t('check.network')}</span>
        <div role="status">${isDone ? this.verdict() : this.progress()}</div></div>
      ${isDone && this.result ? this.say(this.result) : nothing}
      ${isDone && !this.isFine ? this.againButton() : nothing}
      ${this.result ? this.details(this.result) : nothing}`;
  }

  /* One line is enough to say that all is well. */
  private get isFine(): boolean {
    return this.result?.level === 'good' && this.result.path === 'udp';
  }

  private againButton(): TemplateResult {
    return html`<button class="wide" ?disabled=${this.isRunning}
      @click=${() => void this.run(false)}>${t('test.again')}</button>`;
  }

  private progress(): TemplateResult {
    const isSlow = this.path === 'tcp' || this.path === 'relay';
    return html`<div>${t(!this.tracks ? 'test.waits' : isSlow ? 'test.testingSlow'
      : 'test.testing')}</div>
      ${this.tracks ? html`<div class="bar"><i></i></div>` : nothing}`;
  }

  private verdict(): TemplateResult {
    if (!this.result) return html`${t('test.vain')}`;
    const { level } = this.result;
    return html`<span class="level ${level}">${icon(level === 'good' ? 'check' : level === 'lost'
      ? 'warn' : 'signal')}${this.isFine ? t('test.say.good') : word('test', `level.${level}`)}
      </span>`;
  }

  private say({ level, path }: Result): TemplateResult {
    const advice = adviceFor(level);
    const isDetour = path === 'tcp' || path === 'relay';
    if (this.isFine) return html``;
    return html`
      ${isDetour ? html`<heard-notice>${word('test', `detour.${path}`)}</heard-notice>` : nothing}
      ${level === 'good' ? nothing
        : html`<heard-notice kind=${KIND[level]}>${word('test', `say.${level}`)}</heard-notice>`}
      ${advice.length ? html`<div><p>${t('test.do')}</p><ul>${advice.map((one) =>
        html`<li>${word('test', `do.${one}`)}</li>`)}</ul></div>` : nothing}`;
  }

  private details(result: Result): TemplateResult {
    return html`<details><summary>${icon('info')}${t('test.details')}</summary>
      <div class="figures">
        ${result.trials.map((trial) => html`<section><h3>${word('test', `way.${trial.path}`)}
          </h3><dl>${rows(trial).map(([name, value]) =>
            html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></section>`)}
        ${this.isFine ? this.againButton() : nothing}
        <button class="wide" ?disabled=${this.isRunning}
          @click=${() => void this.run(true)}>${t('test.all')}</button>
        <button class="wide" @click=${() => void this.copy(result)}>${t('test.copy')}</button>
        <p class="hint" role="status">${this.copied ? t('test.copied') : nothing}</p>
      </div></details>`;
  }

  private async copy(result: Result): Promise<void> {
    const text = result.trials.map((trial) => [word('test', `way.${trial.path}`),
      ...rows(trial).map(([name, value]) => `${name}: ${value}`)].join('\n'));
    const head = `${new Date().toISOString()} ${word('test', `level.${result.level}`)}`;
    await navigator.clipboard?.writeText([head, ...text, navigator.userAgent].join('\n\n'))
      .then(() => { this.copied = true; }, () => undefined);
  }
}

function rows({ figures }: Trial): [string, string][] {
  if (!figures) return [[t('test.state'), t('test.blocked')]];
  const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
  const figure = (key: Key, value: string): [string, string] => [t(key), value];
  return [
    figure('test.state', t('test.open')),
    figure('test.up', rate(figures.up_bps)),
    figure('test.down', (figures.isDownOpen ? '≥ ' : '') + rate(figures.down_bps)),
    figure('test.loss', `↑ ${percent(figures.upLoss)}  ↓ ${percent(figures.downLoss)}`),
    figure('test.roundTrip', `${known(figures, 'roundTrip_ms')} ms`),
    figure('test.jitter', `${known(figures, 'jitter_ms')} ms`),
  ];
}

function known(figures: Figures, name: 'roundTrip_ms' | 'jitter_ms'): string {
  return figures[name] ? String(figures[name]) : '< 1';
}

function rate(bps: number): string {
  return bps >= 1_000_000 ? `${(bps / 1_000_000).toFixed(1)} Mbit/s`
    : `${Math.round(bps / 1000)} kbit/s`;
}
