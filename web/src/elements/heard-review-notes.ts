// SPDX-License-Identifier: Apache-2.0
/*
 * The bookmarks and notes of a recording: the list, and the form while one is written. It speaks
 * with the API; tells "notes" with the list after each change, "seek" with a place, "said" with
 * a line for the bar.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError, api, type NewNote, type Note } from '../api';
import { HeardElement } from '../base';
import { formatClock, formatDate } from '../format';
import { errorText, language, t } from '../i18n';
import { icon } from '../icons';
import { base, controls } from '../styles';

interface Draft {
  at_ms: number;
  to_ms: number | null;
  note: Note | null;
}

@customElement('heard-review-notes')
export class HeardReviewNotes extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; gap: 12px; }
    ul { display: grid; gap: 8px; max-height: 560px; overflow: auto; }
    li { display: grid; gap: 4px; padding: 8px 0; border-top: 1px solid var(--line); }
    li.near { border-top-color: var(--act); box-shadow: inset 3px 0 0 var(--act);
      padding-left: 10px; }
    .line { display: flex; gap: 8px; align-items: center; flex-wrap: wrap; }
    .place { min-height: 36px; padding: 2px 10px; gap: 4px; }
    .place svg { width: 18px; height: 18px; }
    .words { white-space: pre-line; overflow-wrap: anywhere; }
    .who { font-size: 13px; color: var(--ink-soft); }
    .chip { font-size: 12px; line-height: 18px; padding: 0 6px; border: 1px solid var(--line);
      border-radius: 4px; color: var(--ink-soft); white-space: nowrap; }
    .chip.file { border-color: var(--act); color: var(--act); }
    .line .plain { min-height: 32px; padding: 2px 8px; font-size: 13px; }
    .push { margin-left: auto; }
    details { font-size: 13px; color: var(--ink-soft); }
    summary { cursor: pointer; min-height: 28px; }
    details p { white-space: pre-line; overflow-wrap: anywhere; padding: 2px 0 6px 12px;
      border-left: 2px solid var(--line); }
  `];

  @property() recording = '';
  @property({ attribute: false }) notes: Note[] = [];
  @property({ type: Number }) at = 0;
  @state() private draft: Draft | null = null;
  @state() private problem = '';
  @state() private failure = '';
  @state() private isBusy = false;
  @state() private asked: Note | null = null;

  override firstUpdated(): void {
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.publish(await api.notes(this.recording));
      this.failure = '';
    } catch (error) {
      this.fail(error as ApiError);
      this.failure = t('notes.failed');
    }
  }

  private fail(error: ApiError): void {
    if (error.code === 'unauthenticated') this.tell('session-lost');
    this.problem = error.code === 'too_many' ? t('notes.tooMany') : errorText(error.code);
  }

  private publish(notes: Note[]): void {
    this.notes = [...notes].sort((a, b) => a.at_ms - b.at_ms || a.id.localeCompare(b.id));
    this.tell('notes', this.notes);
  }

  private replace(note: Note): void {
    this.publish([...this.notes.filter((one) => one.id !== note.id), note]);
  }

  /* Begins one; with a stretch when one is set. */
  begin(at_ms: number, to_ms: number | null = null): void {
    this.problem = '';
    this.draft = { at_ms, to_ms, note: null };
    void this.updateComplete.then(() => this.renderRoot.querySelector('heard-review-note-form')
      ?.scrollIntoView({ block: 'nearest' }));
  }

  /* At once and without words: the moment must not pass. */
  async bookmark(at_ms: number): Promise<void> {
    this.problem = '';
    const at = Math.round(at_ms);
    try {
      this.replace(await api.writeNote(this.recording,
        { kind: 'bookmark', visibility: 'private', at_ms: at, to_ms: null, text: '' }));
      this.tell('said', t('review.bookmarked', { at: formatClock(at) }));
    } catch (error) {
      this.fail(error as ApiError);
      this.tell('said', this.problem);
    }
  }

  private async save(event: CustomEvent<NewNote>): Promise<void> {
    const { draft } = this;
    if (!draft || this.isBusy) return;
    this.isBusy = true;
    try {
      this.replace(draft.note
        ? await api.changeNote(this.recording, draft.note.id, event.detail)
        : await api.writeNote(this.recording, event.detail));
      this.draft = null;
      this.problem = '';
      this.tell('said', t('notes.saved'));
    } catch (error) {
      this.fail(error as ApiError);
    } finally {
      this.isBusy = false;
    }
  }

  private async takeOut(note: Note): Promise<void> {
    this.asked = null;
    try {
      await api.takeOutNote(this.recording, note.id);
      this.publish(this.notes.filter((one) => one.id !== note.id));
      this.tell('said', t('notes.removed'));
    } catch (error) {
      this.fail(error as ApiError);
      if ((error as ApiError).code === 'not_found') void this.load();
    }
  }

  override render(): TemplateResult {
    const { draft, asked } = this;
    return html`<div class="line"><h2>${t('notes.title')}</h2>
        <button class="slim push" @click=${() => this.begin(this.at)}>${icon('note')}
          ${t('notes.write')}</button></div>
      ${draft ? html`<heard-review-note-form .at=${draft.at_ms} .to=${draft.to_ms}
        .note=${draft.note} .problem=${this.problem} .isBusy=${this.isBusy} @save=${this.save}
        @cancel=${() => { this.draft = null; this.problem = ''; }}></heard-review-note-form>`
        : this.problem && !this.failure ? html`<heard-notice kind="bad">${this.problem}
          </heard-notice>` : nothing}
      ${this.failure ? html`<heard-notice kind="warn">${this.failure}
        <button slot="act" class="slim" @click=${this.load}>${t('notes.retry')}</button>
        </heard-notice>` : nothing}
      ${this.notes.length ? html`<ul>${this.notes.map((note) => this.item(note))}</ul>`
        : this.failure || draft ? nothing : html`<p class="soft small">${
          t(matchMedia('(pointer: coarse)').matches ? 'notes.emptyTouch' : 'notes.empty')}</p>`}
      ${asked ? html`<heard-ask .question=${{
        heading: t('notes.removeTitle'), confirm: t('notes.remove'), danger: true,
        text: t(asked.visibility === 'file' ? 'notes.removeFile' : 'notes.removePrivate'),
      }} @answer=${() => this.takeOut(asked)} @cancel=${() => { this.asked = null; }}>
        </heard-ask>` : nothing}`;
  }

  private item(note: Note): TemplateResult {
    const isNear = Math.abs(note.at_ms - this.at) < 1500
      || (note.to_ms !== null && this.at >= note.at_ms && this.at < note.to_ms);
    const isFile = note.visibility === 'file';
    return html`<li class=${isNear ? 'near' : ''}>
      <div class="line"><button class="place number" @click=${() =>
        this.tell('seek', note.at_ms)}>${icon(note.kind === 'note' ? 'note' : 'bookmark')}
        ${formatClock(note.at_ms)}${note.to_ms === null ? nothing
          : `–${formatClock(note.to_ms)}`}</button>
        <span class="chip ${isFile ? 'file' : ''}">
          ${t(isFile ? 'notes.isFile' : 'notes.isPrivate')}</span>
        ${note.mine ? html`<button class="plain push" @click=${() => {
          this.problem = '';
          this.draft = { at_ms: note.at_ms, to_ms: note.to_ms, note };
        }}>${t('notes.edit')}</button>
          <button class="plain danger-text" @click=${() => { this.asked = note; }}>
          ${t('notes.remove')}</button>` : nothing}</div>
      ${note.text ? html`<p class="words">${note.text}</p>` : nothing}
      ${isFile ? html`<p class="who">${note.author}${note.unit ? ` · ${note.unit}` : ''} ·
        ${formatDate(note.created_at_ms, language())}${note.edited_at_ms === null ? nothing
          : ` · ${t('notes.edited', { at: formatDate(note.edited_at_ms, language()) })}`}</p>`
        : nothing}
      ${note.earlier.length ? html`<details><summary>
        ${t('notes.earlier', { count: note.earlier.length })}</summary>
        ${note.earlier.map((one) => html`<span>${t('notes.until', {
          at: formatDate(one.edited_at_ms, language()) })}</span><p>${one.text || '—'}</p>`)}
        </details>` : nothing}</li>`;
  }
}
