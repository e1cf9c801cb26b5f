// SPDX-License-Identifier: Apache-2.0
/*
 * The minutes beside the time line: they follow the playback, a click plays what was said. Tells
 * "seek" with a place, "again" when they are to be read anew, "captions" for those over the picture.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t } from '../i18n';
import { currentOf, type Placed } from '../review/minutes';
import { base, controls } from '../styles';

@customElement('heard-review-minutes')
export class HeardReviewMinutes extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; gap: 8px; min-width: 0; }
    .row { justify-content: space-between; gap: 8px; }
    .tools { display: flex; gap: 8px; }
    .tools button { font-size: 14px; }
    .tools [aria-pressed='true'] { background: var(--act-soft); border-color: var(--act); }
    ol { max-height: min(56vh, 560px); overflow: auto; border-top: 1px solid var(--line);
      margin: 0 -8px; position: relative; overscroll-behavior: contain; }
    li { content-visibility: auto; contain-intrinsic-size: auto 48px;
      border-bottom: 1px solid var(--line); border-left: 3px solid transparent; }
    li.now { background: var(--act-soft); border-left-color: var(--act); }
    li button { width: 100%; display: grid; grid-template-columns: max-content minmax(0, 1fr);
      gap: 0 8px; text-align: left; justify-content: stretch; justify-items: start; align-items: start;
      border: 0; border-radius: 0; padding: 6px 8px 6px 5px; background: transparent; font-weight: 400;
      min-height: 44px; }
    li button:hover { background: var(--paper); }
    .number { font-size: 13px; line-height: 26px; color: var(--ink-soft); }
    .words { overflow-wrap: anywhere; line-height: 1.6;
      font-family: 'Noto Serif CJK SC', 'Songti SC', serif; }
    .who { color: var(--act); font-weight: 600; }
    .heading { font-weight: 700; }
    .action, .note, .out { color: var(--ink-soft); }
    .out { grid-column: 2; font-size: 13px; }
    @media (max-width: 700px) { ol { max-height: 44vh; } }
  `];

  @property({ attribute: false }) lines: Placed[] = [];
  @property({ attribute: false }) nameOf: (id: string) => string = () => '';
  @property({ type: Number }) at = 0;
  @property() status: 'loading' | 'ready' | 'failed' = 'loading';
  @property({ type: Boolean }) hasCaptions = false;
  @state() private follows = true;
  private current = -1;

  override willUpdate(): void {
    this.current = currentOf(this.lines, this.at);
  }

  /* The list alone moves, never the page. */
  override updated(_changed: PropertyValues): void {
    const list = this.renderRoot.querySelector('ol');
    const now = list?.querySelector<HTMLElement>('li.now');
    if (!this.follows || !list || !now) return;
    const [top, bottom] = [now.offsetTop, now.offsetTop + now.offsetHeight];
    if (top < list.scrollTop || bottom > list.scrollTop + list.clientHeight)
      list.scrollTop = top - list.clientHeight / 3;
  }

  private leave(): void {
    this.follows = false;
  }

  override render(): TemplateResult {
    const { lines, status } = this;
    return html`<div class="row"><h2>${t('minutes.review')}</h2>
        <div class="tools">
          <button class="slim" aria-pressed=${this.follows ? 'true' : 'false'}
            @click=${() => { this.follows = !this.follows; }}>${t('minutes.reviewFollow')}</button>
          <button class="slim" aria-pressed=${this.hasCaptions ? 'true' : 'false'}
            @click=${() => this.tell('captions')}>${t('minutes.captions')}</button></div></div>
      ${status === 'failed' ? html`<heard-notice kind="warn">${t('minutes.reviewFailed')}
        <button slot="act" class="slim" @click=${() => this.tell('again')}>
          ${t('minutes.reviewAgain')}</button></heard-notice>`
        : html`<p class="small soft" role="status">${status === 'loading' ? t('minutes.loading')
          : lines.length ? t('minutes.reviewCount', { count: lines.length })
            : t('minutes.reviewEmpty')}</p>`}
      ${lines.length ? html`<ol @wheel=${this.leave} @touchmove=${this.leave}>
        ${repeat(lines, ({ line }) => line.id, (one, i) => this.one(one, i))}</ol>` : nothing}`;
  }

  private one({ line, at_ms, isRecorded }: Placed, i: number): TemplateResult {
    const isNow = i === this.current;
    const name = line.speaker ? this.nameOf(line.speaker) : '';
    return html`<li class=${isNow ? 'now' : ''} aria-current=${isNow ? 'true' : nothing}>
      <button aria-label=${t('minutes.reviewSeek', { time: formatClock(at_ms), text: line.text })}
        @click=${() => { this.follows = true; this.tell('seek', at_ms); }}>
        <span class="number">${formatClock(at_ms)}</span>
        <span class="words ${line.kind}">${name ? html`<span class="who">${name}：</span>`
          : nothing}${line.text}</span>
        ${isRecorded ? nothing : html`<span class="out">${t('minutes.reviewNotRecorded')}</span>`}
      </button></li>`;
  }
}
