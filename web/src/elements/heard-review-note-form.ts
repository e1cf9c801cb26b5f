// SPDX-License-Identifier: Apache-2.0
/*
 * Write or change a bookmark or note. The place is what the review says; words make it a note,
 * none a bookmark. Tells "save" (NewNote) or "cancel".
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { NewNote, Note } from '../api';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t } from '../i18n';
import { base, controls } from '../styles';

const TEXT_MAX = 2000;

@customElement('heard-review-note-form')
export class HeardReviewNoteForm extends HeardElement {
  static override styles = [base, controls, css`
    form { display: grid; gap: 12px; padding: 12px; border: 1px solid var(--act);
      border-radius: 6px; background: var(--paper); }
    textarea { min-height: 72px; }
    .buttons { display: flex; gap: 8px; justify-content: flex-end; }
    legend { font-weight: 500; padding: 0; }
    .bad { color: var(--seal); }
    label.check { font-weight: 400; line-height: 1.35; }
  `];

  @property({ type: Number }) at = 0;
  @property({ type: Number }) to: number | null = null;
  /* the one that is changed; null: a new one */
  @property({ attribute: false }) note: Note | null = null;
  @property() problem = '';
  @property({ type: Boolean }) isBusy = false;
  @state() private isForFile = false;

  override firstUpdated(): void {
    this.renderRoot.querySelector('textarea')?.focus();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('note')) this.isForFile = this.note?.visibility === 'file';
  }

  private submit(event: Event): void {
    event.preventDefault();
    if (this.isBusy) return;
    const data = new FormData(event.target as HTMLFormElement);
    const text = String(data.get('text') ?? '').replace(/\r\n/g, '\n').trim();
    this.tell('save', {
      kind: text ? 'note' : 'bookmark', visibility: this.isForFile ? 'file' : 'private',
      at_ms: Math.round(this.at), to_ms: this.to === null ? null : Math.round(this.to), text,
    } satisfies NewNote);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.tell('cancel');
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
      (event.currentTarget as HTMLFormElement).requestSubmit();
  }

  override render(): TemplateResult {
    const isKept = this.note?.visibility === 'file';
    const choice = (forFile: boolean, label: string) => html`<label class="check">
      <input type="radio" name="who" .checked=${this.isForFile === forFile}
        ?disabled=${isKept && !forFile} @change=${() => { this.isForFile = forFile; }}>
      ${label}</label>`;
    return html`<form @submit=${this.submit} @keydown=${this.key} novalidate>
      <p class="small soft">${t('notes.at')} <span class="number">${formatClock(this.at)}${
        this.to === null ? nothing : `–${formatClock(this.to)}`}</span></p>
      <label>${t('notes.text')}<span class="hint">${t('notes.textHint')}</span>
        <textarea name="text" maxlength=${TEXT_MAX} rows="3"
          .value=${this.note?.text ?? ''}></textarea></label>
      <fieldset><legend>${t('notes.who')}</legend>
        ${choice(false, t('notes.private'))}${choice(true, t('notes.file'))}</fieldset>
      ${this.isForFile ? html`<p class="small soft">${t('notes.fileHint')}</p>` : nothing}
      ${this.problem ? html`<p class="bad" role="alert">${this.problem}</p>` : nothing}
      <div class="buttons"><button type="button" @click=${() => this.tell('cancel')}>
        ${t('notes.cancel')}</button>
        <button class="primary" ?disabled=${this.isBusy}>${t('notes.save')}</button></div></form>`;
  }
}
