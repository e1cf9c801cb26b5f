// SPDX-License-Identifier: Apache-2.0
/*
 * The minutes beside the time line: they follow the playback, a click plays what was said, and who
 * writes them corrects them here. Tells
 * "seek" with a place, "again" when they are to be read anew, "captions" for those over the picture.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import type { MinutesDesk } from '../minutes/desk';
import type { Choice, Entry } from '../minutes/draft';
import type { Words } from '../minutes/line';
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
    li.writes { display: grid; grid-template-columns: minmax(0, 1fr) 44px; align-items: start; }
    li.writes .change { min-height: 44px; width: 44px; padding: 0; display: grid; place-items: center;
      border: 0; background: transparent; color: var(--ink-soft); }
    li.writes .change svg { width: 20px; height: 20px; }
    li.now { background: var(--act-soft); border-left-color: var(--act); }
    li button { width: 100%; display: grid; grid-template-columns: max-content minmax(0, 1fr);
      gap: 0 8px; text-align: left; justify-content: stretch; justify-items: start; align-items: start;
      border: 0; border-radius: 0; padding: 6px 8px 6px 5px; background: transparent; font-weight: 400;
      min-height: 44px; }
    li button:hover { background: var(--paper); }
    .number { font-size: 13px; line-height: 26px; color: var(--ink-soft); }
    .words { overflow-wrap: anywhere; line-height: 1.6;
      font-family: var(--serif); }
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
  @property({ attribute: false }) desk: MinutesDesk | null = null;
  @property({ attribute: false }) people: readonly { id: string; name: string }[] = [];
  @state() private openKey = '';
  @state() private follows = true;
  private current = -1;

  override willUpdate(): void {
    this.current = currentOf(this.lines, this.at);
    const open = this.desk?.draft.get(this.openKey);
    if (this.openKey && (!open || open.mine.removed || open.theirs)) this.openKey = '';
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

  private shut(): void {
    if (this.openKey) this.desk?.end(this.openKey);
    this.openKey = '';
  }

  private open(entry: Entry): void {
    this.shut();
    this.openKey = entry.key;
    this.follows = false;
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229) return;
    if ((event.ctrlKey || event.metaKey) && event.code === 'KeyZ' && this.desk?.mayEdit) {
      event.preventDefault();
      this.desk.undo(event.shiftKey);
    }
    if (!this.openKey) return;
    const isTyping = (event.composedPath()[0] as HTMLElement).tagName === 'TEXTAREA';
    if (event.key !== 'Escape' && !(event.key === 'Enter' && isTyping)) return;
    event.preventDefault();
    this.shut();
  }

  private state(): string {
    const { desk, lines } = this;
    const count = t('minutes.reviewCount', { count: lines.length });
    if (!desk?.mayEdit) return count;
    return `${count} · ${t(`minutes.${desk.saved}`, { count: desk.draft.unsaved().length })}`;
  }

  private entryOf(id: string): Entry | null {
    return this.desk?.mayEdit ? this.desk.draft.of(id) : null;
  }

  private leave(): void {
    this.follows = false;
  }

  override render(): TemplateResult {
    const { lines, status } = this;
    return html`<div class="row"><h2>${t('minutes.review')}</h2>
        <div class="tools">${this.desk?.mayEdit ? html`<button class="plain slim" title="Ctrl+Z"
          @click=${() => this.desk?.undo()}>${t('minutes.undo')}</button>` : nothing}
          <button class="slim" aria-pressed=${this.follows ? 'true' : 'false'}
            @click=${() => { this.follows = !this.follows; }}>${t('minutes.reviewFollow')}</button>
          <button class="slim" aria-pressed=${this.hasCaptions ? 'true' : 'false'}
            @click=${() => this.tell('captions')}>${t('minutes.captions')}</button></div></div>
      ${status === 'failed' ? html`<heard-notice kind="warn">${t('minutes.reviewFailed')}
        <button slot="act" class="slim" @click=${() => this.tell('again')}>
          ${t('minutes.reviewAgain')}</button></heard-notice>`
        : html`<p class="small soft" role="status">${status === 'loading' ? t('minutes.loading')
          : lines.length ? this.state()
            : t('minutes.reviewEmpty')}</p>`}
      ${lines.length ? html`<ol @wheel=${this.leave} @touchmove=${this.leave}
        @keydown=${this.key} @line-end=${this.shut}
        @line-type=${({ detail }: CustomEvent<{ key: string; text: string }>) =>
          this.desk?.type(detail.key, detail.text)}
        @line-set=${({ detail }: CustomEvent<{ key: string; change: Partial<Words> }>) => {
          this.desk?.set(detail.key, detail.change);
          if (detail.change.removed) this.shut();
        }}
        @line-again=${({ detail }: CustomEvent<{ key: string }>) => this.desk?.again(detail.key)}
        @line-settle=${({ detail }: CustomEvent<{ key: string; choice: Choice }>) =>
          this.desk?.settle(detail.key, detail.choice)}>
        ${repeat(lines, ({ line }) => line.id, (one, i) => this.one(one, i))}</ol>` : nothing}`;
  }

  private one({ line, at_ms, isRecorded }: Placed, i: number): TemplateResult {
    const isNow = i === this.current;
    const name = line.speaker ? this.nameOf(line.speaker) : '';
    const entry = this.entryOf(line.id);
    if (entry && (entry.theirs || entry.refused || entry.key === this.openKey))
      return html`<li><heard-minutes-line .entry=${entry} .people=${this.people} mayEdit
        .names=${new Map(this.people.map((person) => [person.id, person.name]))}
        .stamp=${JSON.stringify([entry.mine, entry.theirs, entry.refused])}
        .isOpen=${entry.key === this.openKey}></heard-minutes-line></li>`;
    return html`<li class="${isNow ? 'now' : ''} ${entry ? 'writes' : ''}" aria-current=${isNow ? 'true' : nothing}>
      <button aria-label=${t('minutes.reviewSeek', { time: formatClock(at_ms), text: line.text })}
        @click=${() => { this.follows = true; this.tell('seek', at_ms); }}>
        <span class="number">${formatClock(at_ms)}</span>
        <span class="words ${line.kind}">${name ? html`<span class="who">${name}：</span>`
          : nothing}${line.text}</span>
        ${isRecorded ? nothing : html`<span class="out">${t('minutes.reviewNotRecorded')}</span>`}
      </button>${entry ? html`<button class="change" aria-label=${t('minutes.edit', { time: formatClock(at_ms) })}
        @click=${() => this.open(entry)}>${icon('note')}</button>` : nothing}</li>`;
  }
}
