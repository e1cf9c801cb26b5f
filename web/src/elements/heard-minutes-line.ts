// SPDX-License-Identifier: Apache-2.0
/*
 * One line of the minutes at the clerk's desk: read, changed in its place, or, where two changed it
 * at once, both texts side by side. Tells "line-open", "line-type", "line-set", "line-end",
 * "line-settle" and "line-again"; the panel has the keys.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatTimeOfDay } from '../format';
import { errorText, t, word } from '../i18n';
import { icon } from '../icons';
import type { Choice, Entry } from '../minutes/draft';
import { KINDS, TEXT_MAX, type MinutesKind } from '../minutes/line';
import { base, controls } from '../styles';

@customElement('heard-minutes-line')
export class HeardMinutesLine extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; border-bottom: 1px solid var(--line); }
    .read { width: 100%; display: grid; grid-template-columns: max-content minmax(0, 1fr);
      gap: 0 10px; justify-content: stretch; align-items: start; justify-items: start; text-align: left; border: 0;
      border-radius: 0; background: transparent; padding: 8px 12px; font-weight: 400; min-height: 44px; }
    .read:hover:not(:disabled) { background: var(--paper); }
    .read:disabled { opacity: 1; cursor: default; }
    time { color: var(--ink-soft); font-size: 13px; line-height: 24px; }
    .words { overflow-wrap: anywhere; font-family: var(--serif);
      line-height: 1.6; }
    .who { font-family: inherit; color: var(--act); font-weight: 600; }
    .heading { font-weight: 700; }
    .action, .note { color: var(--ink-soft); }
    .mark { grid-column: 2; font-size: 13px; color: var(--warn); }
    form { display: grid; gap: 8px; padding: 8px 12px; background: var(--paper); }
    textarea { min-height: 72px; }
    form .row, .two > div { gap: 8px; }
    form select { width: auto; flex: 1 1 96px; min-width: 0; }
    .conflict { padding: 8px 12px; display: grid; gap: 8px; background: var(--warn-soft); }
    .two { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
    .two > div { display: grid; align-content: space-between; padding: 8px;
      border: 1px solid var(--line); border-radius: var(--radius); background: var(--sheet); }
    .two p { overflow-wrap: anywhere; }
    .refused { display: flex; gap: 8px; align-items: center; padding: 4px 12px 8px;
      color: var(--warn); font-size: 14px; }
  `];

  @property({ attribute: false }) entry!: Entry;
  /* the panel keeps one object per line: this tells that it changed */
  @property() stamp = '';
  @property({ attribute: false }) people: readonly { id: string; name: string }[] = [];
  @property({ attribute: false }) names: ReadonlyMap<string, string> = new Map();
  @property({ type: Boolean }) mayEdit = false;
  @property({ type: Boolean }) isOpen = false;
  @property({ type: Boolean }) isUnsaved = false;

  override updated(changed: Map<string, unknown>): void {
    if (!changed.has('isOpen') || !this.isOpen) return;
    const field = this.renderRoot.querySelector('textarea');
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  private say(name: string, detail: object = {}): void {
    this.tell(name, { key: this.entry.key, ...detail });
  }

  override render(): TemplateResult {
    const { entry } = this;
    if (entry.theirs) return this.conflict();
    return html`${this.isOpen ? this.form() : this.read()}
      ${entry.refused ? html`<div class="refused" role="alert">${icon('warn')}
        <span>${t('minutes.refused', { why: errorText(entry.refused) })}</span>
        <button class="slim" @click=${() => this.say('line-again')}>${t('minutes.again')}</button>
        </div>` : nothing}`;
  }

  private words(of: { kind: MinutesKind; speaker: string | null; text: string }): TemplateResult {
    const name = of.speaker ? this.names.get(of.speaker) ?? '' : '';
    return html`<span class="words ${of.kind}">${name ? html`<span class="who">${name}：</span>`
      : nothing}${of.text}</span>`;
  }

  private read(): TemplateResult {
    const { mine } = this.entry;
    const time = formatTimeOfDay(mine.at_ms);
    return html`<button class="read" ?disabled=${!this.mayEdit}
      aria-description=${this.mayEdit ? t('minutes.edit', { time }) : nothing}
      @click=${() => this.say('line-open')}><time class="number">${time}</time>
      ${this.words(mine)}${this.isUnsaved ? html`<span class="mark">${t('minutes.unsaved')}</span>`
        : nothing}</button>`;
  }

  private form(): TemplateResult {
    const { mine } = this.entry;
    const time = formatTimeOfDay(mine.at_ms);
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <div class="row"><time class="number">${time}</time>
        <select aria-label=${t('minutes.speaker')} ?disabled=${mine.kind === 'heading'}
          @change=${(event: Event) => this.say('line-set',
            { change: { speaker: (event.target as HTMLSelectElement).value || null } })}>
          <option value="" ?selected=${!mine.speaker}>${t('minutes.speakerNone')}</option>
          ${this.people.map((one) => html`<option value=${one.id}
            ?selected=${mine.speaker === one.id}>${one.name}</option>`)}</select>
        <select aria-label=${t('minutes.kind')} @change=${(event: Event) => {
          const kind = (event.target as HTMLSelectElement).value as MinutesKind;
          this.say('line-set',
            { change: kind === 'heading' ? { kind, speaker: null } : { kind } });
        }}>${KINDS.map((kind) => html`<option value=${kind} ?selected=${mine.kind === kind}>
          ${word('minutes', `kind.${kind}`)}</option>`)}</select></div>
      <textarea aria-label=${t('minutes.edit', { time })} maxlength=${TEXT_MAX}
        .value=${mine.text} @input=${(event: Event) => this.say('line-type',
          { text: (event.target as HTMLTextAreaElement).value })}></textarea>
      <div class="row"><button type="button" class="slim primary"
        @click=${() => this.say('line-end')}>${t('minutes.done')}</button>
        <button type="button" class="slim danger-text" @click=${() =>
          this.say('line-set', { change: { removed: true } })}>${t('minutes.takeOut')}</button>
      </div></form>`;
  }

  /* Nothing is lost whatever is chosen: the server keeps each version. */
  private conflict(): TemplateResult {
    const { mine, theirs } = this.entry;
    const choose = (choice: Choice) => () => this.say('line-settle', { choice });
    return html`<div class="conflict" role="alert">
      <p>${t('minutes.conflict')}</p>
      <div class="two">
        <div><h3 class="small soft">${t('minutes.mine')}</h3><p>${this.words(mine)}</p>
          <button class="slim" @click=${choose('mine')}>${t('minutes.useMine')}</button></div>
        <div><h3 class="small soft">${t('minutes.theirs')}</h3>
          <p>${theirs ? this.words(theirs) : nothing}</p>
          <button class="slim" @click=${choose('theirs')}>${t('minutes.useTheirs')}</button></div>
      </div>
      <button class="slim" @click=${choose('both')}>${t('minutes.useBoth')}</button></div>`;
  }
}
