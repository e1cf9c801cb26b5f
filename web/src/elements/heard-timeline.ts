// SPDX-License-Identifier: Apache-2.0
/*
 * The time line: phases as blocks, a lane for each speaker, gaps hatched with their reason,
 * the playhead. The slider is the way in by keyboard. Tells "seek" in milliseconds.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t, word } from '../i18n';
import type { Chapter, Timeline } from '../review/timeline';
import { base, controls } from '../styles';

/* The last moments after a close are no chapter that anybody would look for. */
const isVisible = (one: Chapter): boolean => one.to_ms - one.from_ms >= 1000;

@customElement('heard-timeline')
export class HeardTimeline extends HeardElement {
  static override styles = [base, controls, css`
    .lines { display: grid; grid-template-columns: 120px minmax(0, 1fr); gap: 4px 12px;
      position: relative; align-items: center; }
    .name { font-size: 13px; line-height: 20px; white-space: nowrap; overflow: hidden;
      text-overflow: ellipsis; color: var(--ink-soft); }
    .lane { position: relative; height: 14px; background: var(--paper);
      border: 1px solid var(--line); border-radius: 3px; overflow: hidden; cursor: pointer; }
    .lane i { position: absolute; top: 0; bottom: 0; min-width: 2px; }
    .c0 i { background: #0b6a66; } .c1 i { background: #8a5a12; } .c2 i { background: #6a4a8c; }
    .c3 i { background: #2f6b3c; } .c4 i { background: #2b5d8a; } .c5 i { background: #7a3b52; }
    .phases { height: 44px; display: block; overflow: visible; position: relative; }
    .phases button { position: absolute; top: 0; bottom: 0; min-height: 0; padding: 0 6px;
      border: 1px solid var(--line); border-radius: 3px; font-size: 13px; font-weight: 500;
      justify-content: flex-start; overflow: hidden; white-space: nowrap; gap: 0; }
    .phases button.now { background: var(--act-soft); border-color: var(--act); }
    .gaps { cursor: default; }
    .gaps i { background: repeating-linear-gradient(135deg, var(--ink-soft) 0 2px,
      transparent 2px 6px); }
    input[type='range'] { grid-column: 2; width: 100%; min-height: 44px; padding: 0; border: 0;
      background: transparent; accent-color: var(--act); margin: 0; }
    .head { position: absolute; top: 0; bottom: 44px; width: 2px; background: var(--seal);
      pointer-events: none; }
    .plane { position: absolute; inset: 0 0 0 132px; pointer-events: none; }
    ul { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: var(--ink-soft);
      margin-top: 8px; }
    ul button { text-align: left; min-height: 32px; padding: 2px 8px; font-size: 13px; }
    @media (max-width: 700px) {
      .lines { grid-template-columns: 64px minmax(0, 1fr); gap: 4px 8px; }
      .plane { inset: 0 0 0 72px; }
    }
  `];

  @property({ attribute: false }) timeline!: Timeline;
  @property({ type: Number }) at = 0;

  private place(from_ms: number, to_ms: number): string {
    const whole = Math.max(1, this.timeline.duration_ms);
    const left = (Math.max(0, from_ms) / whole) * 100;
    const width = (Math.max(0, Math.min(to_ms, whole) - from_ms) / whole) * 100;
    return `left:${left.toFixed(3)}%;width:${width.toFixed(3)}%`;
  }

  private seek(ms: number): void {
    this.tell('seek', Math.max(0, Math.min(ms, this.timeline.duration_ms)));
  }

  private seekAt(event: MouseEvent): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.seek(((event.clientX - box.left) / box.width) * this.timeline.duration_ms);
  }

  override render(): TemplateResult {
    const { timeline } = this;
    const speaking = timeline.participants.filter((one) => one.speaking.length);
    return html`<div class="lines">
      <span class="name">${t('review.phases')}</span>
      <div class="phases">${timeline.chapters.filter(isVisible).map((one) => html`<button
        class=${this.at >= one.from_ms && this.at < one.to_ms ? 'now' : ''}
        title="${word('phase', one.phase)} ${formatClock(one.from_ms)}"
        aria-label="${word('phase', one.phase)} ${formatClock(one.from_ms)}"
        .style=${this.place(one.from_ms, one.to_ms) as unknown as CSSStyleDeclaration}
        @click=${() => this.seek(one.from_ms)}>${word('phase', one.phase)}</button>`)}</div>
      ${speaking.map((one, index) => html`
        <span class="name" title=${one.name}>${one.name}</span>
        <div class="lane c${index % 6}" aria-hidden="true" @click=${this.seekAt}>
          ${one.speaking.map(([from, to]) => html`<i
            .style=${this.place(from, to) as unknown as CSSStyleDeclaration}></i>`)}</div>`)}
      ${timeline.gaps.length ? html`<span class="name">${t('review.gaps')}</span>
        <div class="lane gaps" aria-hidden="true">${timeline.gaps.map((gap) => html`<i
          title=${word('gap', gap.reason)}
          .style=${this.place(gap.from_ms, gap.to_ms) as unknown as CSSStyleDeclaration}>
          </i>`)}</div>` : nothing}
      <span></span>
      <input type="range" min="0" max=${timeline.duration_ms} step="100"
        aria-label=${t('review.position')} aria-valuetext=${formatClock(this.at)}
        .value=${String(Math.round(this.at))} @input=${(event: Event) =>
          this.seek(Number((event.target as HTMLInputElement).value))}>
      <div class="plane"><div class="head"
        .style=${this.place(this.at, this.at).split(';')[0] as unknown as CSSStyleDeclaration}>
      </div></div>
    </div>
    ${this.gapList()}`;
  }

  /* The same gaps in words: what a picture of hatching cannot say. */
  private gapList(): TemplateResult | typeof nothing {
    const { gaps, participants } = this.timeline;
    const long = gaps.filter((gap) => gap.to_ms - gap.from_ms >= 1000).slice(0, 12);
    if (!long.length) return nothing;
    return html`<ul aria-label=${t('review.gaps')}>${long.map((gap) => {
      const who = participants.find((one) => one.id === gap.participant)?.name;
      return html`<li><button class="plain" @click=${() => this.seek(gap.from_ms)}>
        <span class="number">${formatClock(gap.from_ms)}–${formatClock(gap.to_ms)}</span>
        ${who ? `${who}: ` : ''}${word('gap', gap.reason)}${gap.note
          ? ` (${word('recess', gap.note)})` : ''}
      </button></li>`;
    })}</ul>`;
  }
}
