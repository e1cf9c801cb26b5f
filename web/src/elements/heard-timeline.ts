// SPDX-License-Identifier: Apache-2.0
/*
 * The time line: phases as blocks, the sound, a lane for each speaker in his colour, breaks with
 * their reasons, marks, hits and a stretch, the playhead. The slider is the way in by keyboard;
 * a pointer over the lanes sees what was there. Tells "seek" in milliseconds.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { api } from '../api';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { language, t, word } from '../i18n';
import { breaksOf, ofAll, ofPerson, told, type Break } from '../review/breaks';
import { NO_RANGE, type Mark, type Range } from '../review/marks';
import { columnsOf, tilesAt, type Sheet, type Tile, type Waveform } from '../review/pictures';
import { chapterAt, speakersAt, type Chapter, type Span, type Timeline } from '../review/timeline';
import { isSeen, mayZoom, turned, zoomed } from '../review/view';
import { base, controls, VOICES, voices } from '../styles';

/* The last moments after a close are no chapter that anybody would look for. */
const isVisible = (one: Chapter): boolean => one.to_ms - one.from_ms >= 1000;
const BREAKS_MAX = 40;
const TILES_MAX = 3;
const WAVE_WIDTH = 1200;
const WAVE_HEIGHT = 40;
type Style = CSSStyleDeclaration;

@customElement('heard-timeline')
export class HeardTimeline extends HeardElement {
  static override styles = [base, controls, voices, css`
    .lines { display: grid; grid-template-columns: 120px minmax(0, 1fr); gap: 4px 12px;
      position: relative; align-items: center; }
    .name { font-size: 13px; line-height: 20px; white-space: nowrap; overflow: hidden;
      text-overflow: ellipsis; color: var(--ink-soft); }
    .dot { display: inline-block; width: 9px; height: 9px; border-radius: 50%;
      background: var(--voice); margin-right: 6px; }
    .lane { position: relative; height: 16px; background: var(--paper);
      border: 1px solid var(--line); border-radius: 3px; overflow: hidden; cursor: pointer; }
    .lane i { position: absolute; top: 0; bottom: 0; min-width: 2px; }
    .lane i.voice { background: var(--voice); }
    .lane i.away { background: repeating-linear-gradient(135deg, var(--line) 0 2px,
      transparent 2px 6px); }
    .phases { height: 44px; display: block; overflow: visible; position: relative; }
    .phases button { position: absolute; top: 0; bottom: 0; min-height: 0; padding: 0 6px;
      border: 1px solid var(--line); border-radius: 3px; font-size: 13px; font-weight: 500;
      justify-content: flex-start; overflow: hidden; white-space: nowrap; gap: 0; }
    .phases button.now { background: var(--act-soft); border-color: var(--act); }
    .wave { height: 40px; }
    .wave canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
    .gaps { height: 22px; }
    .gaps i { background: repeating-linear-gradient(135deg, #b9b1a0 0 2px, #efe9db 2px 6px);
      border-right: 1px solid var(--line); border-left: 1px solid var(--line);
      font: 500 12px/20px var(--sans); overflow: hidden; white-space: nowrap; }
    .gaps b { background: #efe9db; font-weight: 500; padding: 0 4px; color: var(--ink); }
    .marks { height: 24px; }
    .marks button { position: absolute; top: 0; bottom: 0; width: 24px; min-height: 0; padding: 0;
      margin-left: -12px; border: 0; background: transparent; font-size: 15px; line-height: 1;
      color: var(--act); z-index: 1; }
    .marks button.exhibit { color: var(--caucus); } .marks button.note { color: var(--warn); }
    .marks i { background: var(--act-soft); border: 1px solid var(--act); }
    .marks i.hit { width: 3px; background: #d9a400; border: 0; }
    input[type='range'] { grid-column: 2; width: 100%; min-height: 44px; padding: 0; border: 0;
      background: transparent; accent-color: var(--act); margin: 0; }
    .scales { display: flex; gap: 4px; align-self: center; }
    .scale { min-height: 44px; width: 44px; padding: 0; }
    .plane { position: absolute; inset: 0 0 0 132px; pointer-events: none; z-index: 2; }
    .head, .hover { position: absolute; top: 0; bottom: 44px; width: 2px;
      background: var(--seal); }
    .hover { width: 1px; background: var(--ink-soft); }
    .range { position: absolute; top: 0; bottom: 44px; background: var(--act); opacity: 0.14;
      min-width: 2px; }
    .tip { position: absolute; bottom: calc(100% - 4px); z-index: 5; padding: 6px 8px;
      border-radius: 4px; background: #12171c; color: #f1efe9; font-size: 13px; max-width: 340px;
      width: max-content; display: grid; gap: 4px; }
    .tip .tiles { display: flex; gap: 4px; }
    .tip .tile { background-repeat: no-repeat; border-radius: 2px; }
    details { margin-top: 8px; font-size: 13px; color: var(--ink-soft); }
    summary { cursor: pointer; min-height: 32px; display: list-item; line-height: 32px; }
    ul { display: flex; flex-wrap: wrap; gap: 4px 16px; }
    ul button { text-align: left; min-height: 32px; padding: 2px 8px; font-size: 13px;
      color: var(--ink); justify-content: flex-start; font-weight: 400; }
    @media (max-width: 700px) {
      .scale { width: 30px; }
      .lines { grid-template-columns: 64px minmax(0, 1fr); gap: 4px 8px; }
      .plane { inset: 0 0 0 72px; }
      ul { display: grid; }
    }
  `];

  @property({ attribute: false }) timeline!: Timeline;
  @property({ type: Number }) at = 0;
  @property({ attribute: false }) marks: Mark[] = [];
  @property({ attribute: false }) hits: readonly { at_ms: number }[] = [];
  @property({ attribute: false }) range: Range = NO_RANGE;
  @property({ attribute: false }) waveform: Waveform | null = null;
  @property({ attribute: false }) sheets: Sheet[] = [];
  @property() recording = '';
  @state() private hover: number | null = null;
  @state() private view: Span = [0, 1];
  @query('canvas') private canvas!: HTMLCanvasElement | null;
  private breaks: Break[] = [];

  override willUpdate(changed: PropertyValues): void {
    const { timeline } = this;
    if (changed.has('timeline')) {
      this.breaks = breaksOf(timeline);
      this.view = [0, Math.max(1, timeline.duration_ms)];
    }
    this.view = turned(this.view, this.at, timeline.duration_ms);
  }

  override updated(changed: PropertyValues): void {
    if (changed.has('waveform') || changed.has('view')) this.drawWave();
  }

  private drawWave(): void {
    const pen = this.canvas?.getContext('2d');
    if (!pen || !this.waveform) return;
    pen.clearRect(0, 0, WAVE_WIDTH, WAVE_HEIGHT);
    pen.fillStyle = '#6f7a74';
    const bars = columnsOf(this.waveform, WAVE_WIDTH / 2, this.view);
    bars.forEach((peak, at) => {
      /* The root: quiet speech is seen beside a loud word. */
      const height = Math.max(1, Math.sqrt(peak) * WAVE_HEIGHT);
      pen.fillRect(at * 2, (WAVE_HEIGHT - height) / 2, 1, height);
    });
  }

  private zoom(step: 1 | -1): void {
    this.view = zoomed(this.view, step, this.at, this.timeline.duration_ms);
  }

  private share(ms: number): number {
    const [from, to] = this.view;
    return ((Math.max(from, Math.min(ms, to)) - from) / Math.max(1, to - from)) * 100;
  }

  private place(from_ms: number, to_ms: number): Style {
    const left = this.share(from_ms);
    return `left:${left.toFixed(3)}%;width:${(this.share(to_ms) - left).toFixed(3)}%` as
      unknown as Style;
  }

  private point(ms: number): Style {
    return `left:${this.share(ms).toFixed(3)}%` as unknown as Style;
  }

  private seek(ms: number): void {
    this.tell('seek', Math.max(0, Math.min(ms, this.timeline.duration_ms)));
  }

  private msAt(event: MouseEvent): number {
    const plane = this.renderRoot.querySelector('.plane')?.getBoundingClientRect();
    if (!plane) return -1;
    const [from, to] = this.view;
    return from + ((event.clientX - plane.left) / plane.width) * (to - from);
  }

  private readonly seekAt = (event: MouseEvent): void => this.seek(this.msAt(event));

  private readonly look = (event: PointerEvent): void => {
    const ms = event.pointerType === 'mouse' ? this.msAt(event) : -1;
    this.hover = ms >= this.view[0] && ms <= this.view[1] ? ms : null;
  };

  private isSeen(from_ms: number, to_ms = from_ms): boolean {
    return isSeen(this.view, from_ms, to_ms);
  }

  override render(): TemplateResult {
    const { timeline } = this;
    const shown = [timeline, language(), this.view];
    return html`<div class="lines" @pointermove=${this.look}
        @pointerleave=${() => { this.hover = null; }}>
      <span class="name">${t('review.phases')}</span>
      <div class="phases">${timeline.chapters.filter((one) =>
        isVisible(one) && this.isSeen(one.from_ms, one.to_ms)).map((one) => html`<button
        class=${this.at >= one.from_ms && this.at < one.to_ms ? 'now' : ''}
        title="${word('phase', one.phase)} ${formatClock(one.from_ms)}"
        aria-label="${word('phase', one.phase)} ${formatClock(one.from_ms)}"
        .style=${this.place(one.from_ms, one.to_ms)}
        @click=${() => this.seek(one.from_ms)}>${word('phase', one.phase)}</button>`)}</div>
      ${this.waveform ? html`<span class="name">${t('review.sound')}</span>
        <div class="lane wave" aria-hidden="true" @click=${this.seekAt}>
          <canvas width=${WAVE_WIDTH} height=${WAVE_HEIGHT}></canvas></div>` : nothing}
      ${guard(shown, () => this.people())}
      ${guard(shown, () => this.gaps())}
      ${this.flags()}
      ${this.scale()}
      <input type="range" min="0" max=${timeline.duration_ms} step="100"
        aria-label=${t('review.position')} aria-valuetext=${formatClock(this.at)}
        .value=${String(Math.round(this.at))} @input=${(event: Event) =>
          this.seek(Number((event.target as HTMLInputElement).value))}>
      ${this.overlay()}
    </div>
    ${guard([timeline, language()], () => this.gapList())}`;
  }

  private people(): TemplateResult[] {
    return this.timeline.participants.flatMap((one, index) => {
      const away = ofPerson(this.breaks, one.id);
      if (!one.speaking.length && !away.length) return [];
      return [html`<span class="name c${index % VOICES}" title=${one.name}>
          <span class="dot" aria-hidden="true"></span>${one.name}</span>
        <div class="lane c${index % VOICES}" aria-hidden="true" @click=${this.seekAt}>
          ${away.filter((gap) => this.isSeen(gap.from_ms, gap.to_ms)).map((gap) => html`<i class="away" title=${word('gap', gap.reason)}
            .style=${this.place(gap.from_ms, gap.to_ms)}></i>`)}
          ${one.speaking.filter((span) => this.isSeen(...span)).map(([from, to]) => html`<i class="voice"
            .style=${this.place(from, to)}></i>`)}</div>`];
    });
  }

  private gaps(): TemplateResult | typeof nothing {
    const all = ofAll(this.breaks);
    const gaps = all.filter((gap) => this.isSeen(gap.from_ms, gap.to_ms));
    if (!all.length) return nothing;
    return html`<span class="name">${t('review.gaps')}</span>
      <div class="lane gaps" aria-hidden="true" @click=${this.seekAt}>${gaps.map((gap) => html`<i
        title="${word('gap', gap.reason)} ${word('recess', gap.note)}"
        .style=${this.place(gap.from_ms, gap.to_ms)}><b>${word('gap', gap.reason)}</b></i>`)}
      </div>`;
  }

  private flags(): TemplateResult | typeof nothing {
    const { marks, range } = this;
    const stretches = marks.filter((one) =>
      one.to_ms !== null && this.isSeen(one.at_ms, one.to_ms));
    if (!marks.length && !this.hits.length && range.from_ms === null && range.to_ms === null)
      return nothing;
    return html`<span class="name">${t('review.marks')}</span>
      <div class="lane marks" @click=${this.seekAt}>
        ${stretches.map((one) => html`<i .style=${this.place(one.at_ms, one.to_ms ?? 0)}></i>`)}
        ${this.hits.filter((one) => this.isSeen(one.at_ms)).map((one) => html`<i class="hit" .style=${this.point(one.at_ms)}></i>`)}
        ${marks.filter((one) => this.isSeen(one.at_ms)).map((one) => {
          const name = `${word('searchKind', one.kind)} ${formatClock(one.at_ms)} ${one.text}`;
          return html`<button class=${one.kind} title=${name} aria-label=${name}
            .style=${this.point(one.at_ms)} @click=${(event: Event) => {
              event.stopPropagation();
              this.seek(one.at_ms);
            }}>${one.kind === 'exhibit' ? '◆' : '⚑'}</button>`;
        })}</div>`;
  }

  /* How much of it is shown; a short recording needs no choice. */
  private scale(): TemplateResult {
    const whole = this.timeline.duration_ms;
    const [from, to] = this.view;
    if (!mayZoom(this.view, 1, whole) && !mayZoom(this.view, -1, whole))
      return html`<span></span>`;
    const button = (step: 1 | -1, sign: string, name: string) => html`<button class="scale"
      aria-label=${name} title="${name} (${formatClock(from)}–${formatClock(to)})"
      ?disabled=${!mayZoom(this.view, step, whole)} @click=${() => this.zoom(step)}>${sign}
      </button>`;
    return html`<span class="scales">${button(-1, '−', t('review.zoomOut'))}
      ${button(1, '＋', t('review.zoomIn'))}</span>`;
  }

  private overlay(): TemplateResult {
    const { range, hover } = this;
    const from = range.from_ms ?? range.to_ms;
    return html`<div class="plane">
      ${from === null || !this.isSeen(from, range.to_ms ?? from) ? nothing
        : html`<div class="range"
        .style=${this.place(from, range.to_ms ?? from)}></div>`}
      <div class="head" .style=${this.point(this.at)}></div>
      ${hover === null ? nothing : html`<div class="hover" .style=${this.point(hover)}></div>
        ${this.tip(hover)}`}</div>`;
  }

  private tip(ms: number): TemplateResult {
    const chapter = chapterAt(this.timeline, ms);
    const speaking = speakersAt(this.timeline, ms);
    const names = this.timeline.participants.filter((one) => speaking.includes(one.id))
      .map((one) => one.name).join(t('list.comma'));
    const gap = this.breaks.find((one) => one.participant === null && ms >= one.from_ms
      && ms < one.to_ms);
    const parts = [formatClock(ms), chapter ? word('phase', chapter.phase) : '',
      gap ? word('gap', gap.reason) : names].filter(Boolean);
    const share = this.share(ms);
    const edge = share > 60 ? `right:${(100 - share).toFixed(2)}%` : `left:${share.toFixed(2)}%`;
    const tiles = tilesAt(this.sheets, ms).slice(0, TILES_MAX);
    return html`<div class="tip" .style=${edge as unknown as Style}>
      ${tiles.length ? html`<div class="tiles">${tiles.map((one) => this.tile(one))}</div>`
        : nothing}<span class="number">${parts.join(' · ')}</span></div>`;
  }

  private tile({ sheet, x, y }: Tile): TemplateResult {
    const style = `width:${sheet.width}px;height:${sheet.height}px;`
      + `background-image:url("${api.fileUrl(this.recording, sheet.file)}");`
      + `background-position:-${x}px -${y}px`;
    return html`<div class="tile" .style=${style as unknown as Style}></div>`;
  }

  /* The same breaks in words: what a picture of hatching cannot say. */
  private gapList(): TemplateResult | typeof nothing {
    const long = told(this.breaks);
    if (!long.length) return nothing;
    return html`<details ?open=${long.length <= 4}>
      <summary>${t('review.gapsCount', { count: long.length })}</summary>
      <ul aria-label=${t('review.gaps')}>${long.slice(0, BREAKS_MAX).map((gap) => {
        const who = this.timeline.participants.find((one) => one.id === gap.participant)?.name;
        const words = [who ? t('review.person', { name: who }) : '', word('gap', gap.reason),
          gap.note ? ` (${word('recess', gap.note)})` : ''].join('');
        return html`<li><button class="plain" @click=${() => this.seek(gap.from_ms)}>
          <span class="number">${formatClock(gap.from_ms)}–${formatClock(gap.to_ms)}</span>
          ${words}</button></li>`;
      })}</ul></details>`;
  }
}
