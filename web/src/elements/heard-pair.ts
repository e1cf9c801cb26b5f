// SPDX-License-Identifier: Apache-2.0
/*
 * Two recordings side by side, on a phone one above the other: each with its own clock and
 * sound; both can play at once and move together by what lies between their places.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, queryAll, state } from 'lit/decorators.js';
import { ApiError, api, type Me, type RecordingDetail } from '../api';
import { HeardElement } from '../base';
import { formatClock, formatDate } from '../format';
import { errorText, language, t } from '../i18n';
import { icon } from '../icons';
import { actOf, type Act } from '../review/keys';
import { backFrom, failureOf, openRecording, viewerOf, type Opened } from '../review/open';
import { Scheduler } from '../review/scheduler';
import { base, controls, sheets } from '../styles';
import type { HeardReview } from './heard-review';

/* Two sounds hold two of the six connections that a browser gives one host. */
const IN_FLIGHT = 3;
/* Keys that mean both at a time. Silence is not skipped here: it would part the two. */
const BOTH: Act[] = ['toggle', 'back10', 'on10', 'back5', 'on5', 'slower', 'faster',
  'plainSpeed', 'start'];
const JUMPS: Act[] = ['back10', 'on10', 'back5', 'on5', 'start'];

@customElement('heard-pair')
export class HeardPair extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .page { display: grid; gap: 16px; max-width: 1600px; }
    .two { display: grid; grid-template-columns: 1fr 1fr; gap: 24px; align-items: start; }
    .two > section { display: grid; gap: 12px; min-width: 0; }
    .both { display: flex; gap: 8px 16px; flex-wrap: wrap; align-items: center; position: sticky;
      top: 0; z-index: 6; background: var(--paper); padding: 8px 0;
      border-bottom: 1px solid var(--line); }
    h2 { overflow-wrap: anywhere; }
    [aria-pressed='true'] { background: var(--act-soft); border-color: var(--act);
      color: var(--act); }
    @media (max-width: 900px) { .two { grid-template-columns: minmax(0, 1fr); } }
  `];

  @property({ attribute: false }) ids: [string, string] = ['', ''];
  @property({ attribute: false }) me: Me | null = null;
  @state() private details: RecordingDetail[] = [];
  @state() private opened: Opened[] = [];
  @state() private failure = '';
  @state() private problem = '';
  @state() private isLinked = true;
  @state() private offset_ms = 0;
  @state() private sounds: [boolean, boolean] = [true, false];
  @state() private isPlaying = false;
  @queryAll('heard-review') private sides!: NodeListOf<HeardReview>;
  private readonly scheduler = new Scheduler(IN_FLIGHT);
  private isLeading = false;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.key);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.key);
  }

  private async load(): Promise<void> {
    try {
      this.details = await Promise.all(this.ids.map((id) => api.recording(id)));
      document.title = `${t('pair.title')} · ${t('app.name')}`;
      this.failure = this.details.every((one) => one.may_play) ? '' : 'may_not_play';
      this.problem = this.ids[0] === this.ids[1] ? t('pair.same') : '';
    } catch (error) {
      const { code } = error as ApiError;
      if (code === 'unauthenticated') this.tell('session-lost');
      else this.failure = failureOf(code);
    }
  }

  private async open(event: CustomEvent<string>): Promise<void> {
    if (this.ids[0] === this.ids[1]) return;
    try {
      this.opened = await Promise.all(this.ids.map((id) => openRecording(id, event.detail)));
      await this.updateComplete;
      for (const side of this.sides) side.clock.addEventListener('change', this.follow);
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  private readonly follow = (): void => {
    this.isPlaying = [...this.sides].some((side) => side.clock.isPlaying);
    this.requestUpdate();
  };

  private toggleBoth(): void {
    const clocks = [...this.sides].map((side) => side.clock);
    const isPlaying = clocks.some((one) => one.isPlaying);
    for (const one of clocks) {
      if (isPlaying) one.pause();
      else one.play();
    }
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (!this.opened.length || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0] as HTMLElement;
    const isRange = (target as HTMLInputElement).type === 'range';
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !isRange) return;
    if (event.key === ' ' && /^(BUTTON|SUMMARY|A)$/.test(target.tagName)) return;
    const act = actOf(event);
    if (!act || !BOTH.includes(act)) return;
    event.preventDefault();
    if (act === 'toggle') this.toggleBoth();
    else if (JUMPS.includes(act) && this.isLinked) this.sides[0]?.do(act);
    else for (const side of this.sides) side.do(act);
  };

  /* What one side jumped to the other does, too, at the distance they have. */
  private moved(side: number, at_ms: number): void {
    if (!this.isLinked || this.isLeading) return;
    this.isLeading = true;
    const other = this.sides[1 - side];
    other?.seek(side === 0 ? at_ms + this.offset_ms : at_ms - this.offset_ms);
    this.isLeading = false;
  }

  private align(): void {
    const [left, right] = [...this.sides].map((side) => side.clock.at);
    this.offset_ms = Math.round((right ?? 0) - (left ?? 0));
    this.isLinked = true;
  }

  private offsetText(): string {
    if (Math.abs(this.offset_ms) < 500) return t('pair.level');
    return t('pair.offset', {
      length: formatClock(Math.abs(this.offset_ms)),
      direction: t(this.offset_ms > 0 ? 'pair.later' : 'pair.earlier'),
    });
  }

  override render(): TemplateResult {
    const { details, opened } = this;
    if (this.failure)
      return html`<heard-state kind=${this.failure} @act=${this.load}></heard-state>`;
    if (!details.length) return html`<heard-state kind="loading"></heard-state>`;
    const back = backFrom(this.me, details[0]?.case_id ?? null);
    if (!opened.length)
      return html`<div class="page"><heard-why .back=${back.path} .problem=${this.problem}
        @why=${this.open}>${details.map((one) => html`<p class="soft"><span class="number">
        ${one.number}</span> · ${formatDate(one.started_at_ms, language())} ·
        ${formatClock(one.duration_ms)}</p>`)}</heard-why></div>`;
    return html`<div class="page">
      <div><p class="soft small"><a href=${back.path}>${t(back.words)}</a></p>
        <h1>${t('pair.title')}</h1></div>
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
      ${this.both()}
      <div class="two">${opened.map((one, at) => this.side(one, at))}</div></div>`;
  }

  private both(): TemplateResult {
    return html`<div class="both">
      <button class="primary" @click=${this.toggleBoth}>
        ${icon(this.isPlaying ? 'pause' : 'play')}
        ${t(this.isPlaying ? 'pair.pauseBoth' : 'pair.playBoth')}</button>
      <button aria-pressed=${this.isLinked ? 'true' : 'false'} title=${t('pair.linkedHint')}
        @click=${() => { this.isLinked = !this.isLinked; }}>${icon('link')}
        ${t('pair.linked')}</button>
      <button @click=${this.align}>${t('pair.align')}</button>
      <span class="soft number" role="status">${this.offsetText()}</span></div>`;
  }

  private side({ detail, timeline }: Opened, at: number): TemplateResult {
    const isOn = this.sounds[at] ?? false;
    return html`<section aria-label=${t(at === 0 ? 'pair.left' : 'pair.right')}>
      <div class="spread"><h2><span class="number">${detail.number}</span>
        <span class="soft small">${formatDate(detail.started_at_ms, language())}</span></h2>
        <div class="row"><button aria-pressed=${isOn ? 'true' : 'false'} @click=${() => {
          this.sounds = at === 0 ? [!isOn, this.sounds[1]] : [this.sounds[0], !isOn];
        }}>${icon(isOn ? 'speaker' : 'speakerOff')}
          ${t(isOn ? 'pair.soundOn' : 'pair.soundOff')}</button>
          <a class="button" href="/recordings/${detail.id}">${t('pair.alone')}</a></div></div>
      <heard-review compact .detail=${detail} .timeline=${timeline} .layout=${'speaker'}
        .scheduler=${this.scheduler} .viewer=${viewerOf(this.me)} .muted=${!isOn}
        @moved=${(event: CustomEvent<number>) => this.moved(at, event.detail)}></heard-review>
    </section>`;
  }
}
