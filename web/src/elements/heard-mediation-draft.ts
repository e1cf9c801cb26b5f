// SPDX-License-Identifier: Apache-2.0
/*
 * The mediator writes the agreement. What is typed is saved when the hand rests, and both sides see
 * it; when somebody else changed it meanwhile both texts stay until one is chosen.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { parseYuan, yuanCapital, yuanDigits } from '../mediation/money';
import type { MediationTable } from '../mediation/table';
import {
  PARTS, sameDraft, TERMS_MAX, wordsOfDraft, type Draft, type DraftWords, type Term,
} from '../mediation/view';
import { base, controls } from '../styles';
import { mediationStyles } from './mediation-styles';

const REST_MS = 900;

@customElement('heard-mediation-draft')
export class HeardMediationDraft extends HeardElement {
  static override styles = [base, controls, mediationStyles, css`
    :host { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
    textarea { min-height: 64px; font-family: var(--serif); }
    .term { display: grid; gap: 6px; padding: 10px; border: 1px solid var(--line);
      border-radius: 6px; }
    .term header { display: flex; justify-content: space-between; align-items: center; }
    .two { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; }
    label { font-size: 14px; }
    .lacks { display: grid; gap: 4px; padding: 10px 12px; border: 1px solid var(--warn);
      border-radius: 6px; font-size: 15px; }
    .lacks ul { list-style: disc; padding-inline-start: 1.2em; }
  `];

  @property({ attribute: false }) table!: MediationTable;
  @property({ attribute: false }) draft!: Draft;
  /* what is typed here; null: nothing that the server does not have */
  @state() private mine: DraftWords | null = null;
  @state() private isStale = false;
  @state() private amounts: Record<number, string> = {};
  private baseVersion = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isSaving = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer) void this.save();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('draft') || !this.mine) return;
    if (sameDraft(this.mine, this.draft)) this.mine = null;
    else if (!this.isSaving && this.draft.version !== this.baseVersion) this.isStale = true;
  }

  private get words(): DraftWords {
    return this.mine ?? wordsOfDraft(this.draft);
  }

  private set(part: Partial<DraftWords>): void {
    if (!this.mine) this.baseVersion = this.draft.version;
    this.mine = { ...this.words, ...part };
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), REST_MS);
  }

  private setTerm(index: number, part: Partial<Term>): void {
    this.set({ terms: this.words.terms.map((term, i) => (i === index ? { ...term, ...part } : term)) });
  }

  /* A term without its subject would be refused: it waits until it has one. */
  private async save(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const sent = this.mine;
    if (!sent || this.isStale || this.isSaving || sent.terms.some((term) => !term.what.trim())) return;
    this.isSaving = true;
    const isDone = await this.table.act({ act: 'draft_set', version: this.baseVersion, ...sent });
    this.isSaving = false;
    const newest = this.table.view?.draft;
    if (isDone && newest) this.baseVersion = newest.version;
    if (!isDone && newest && newest.version !== this.baseVersion) this.isStale = true;
    else if (this.mine && this.mine !== sent) this.timer = setTimeout(() => void this.save(), REST_MS);
    else if (isDone) this.mine = null;
    else this.timer = setTimeout(() => void this.save(), REST_MS * 3);
    this.requestUpdate();
  }

  private choose(isMine: boolean): void {
    this.isStale = false;
    this.table.forget();
    this.baseVersion = this.draft.version;
    if (!isMine) this.mine = null;
    else void this.save();
  }

  override render(): TemplateResult {
    const { words } = this;
    const { missing } = this.draft;
    return html`
      ${this.isStale ? html`<div class="lacks" role="alert"><p>${t('mediation.draftTheirs')}</p>
        <div class="acts"><button @click=${() => this.choose(true)}>${t('mediation.useMine')}</button>
          <button @click=${() => this.choose(false)}>${t('mediation.useTheirs')}</button></div></div>`
        : html`<p class="state ${this.mine ? '' : 'good'}" role="status">${icon(this.mine ? 'clock'
          : 'check')}${t(!this.mine ? 'mediation.draftSaved' : this.isSaving
            ? 'mediation.draftSaving' : 'mediation.draftTyping')}</p>`}
      <label>${t('mediation.form')}<select @change=${(event: Event) => this.set({
        form: (event.target as HTMLSelectElement).value as DraftWords['form'] })}>
        ${(['written', 'oral_recorded'] as const).map((form) => html`<option value=${form}
          ?selected=${words.form === form}>${word('mediation.form', form)}</option>`)}</select></label>
      ${PARTS.map((part) => html`<label>${word('mediation.part', part)}<textarea maxlength="2000"
        .value=${words[part]} @input=${(event: Event) => this.set({
          [part]: (event.target as HTMLTextAreaElement).value })}></textarea></label>`)}
      <h4>${t('mediation.part.terms')}</h4>
      ${words.terms.map((term, index) => this.term(term, index))}
      ${words.terms.length < TERMS_MAX ? html`<button @click=${() => this.set({ terms: [
        ...words.terms, { what: '', amount_fen: null, how: '', by_when: '' }] })}>
        ${t('mediation.termAdd')}</button>` : nothing}
      ${missing.length ? html`<div class="lacks"><b>${t('mediation.missing')}</b><ul>
        ${missing.map((one) => html`<li>${word('mediation.missing', one)}</li>`)}</ul></div>`
        : html`<p class="state good">${icon('check')}${t('mediation.whole')}</p>`}`;
  }

  private term(term: Term, index: number): TemplateResult {
    const typed = this.amounts[index] ?? (term.amount_fen === null ? '' : yuanDigits(term.amount_fen));
    const value = (event: Event) => (event.target as HTMLInputElement).value;
    const number = index + 1;
    return html`<div class="term"><header><b>${t('mediation.term', { number })}</b>
        <button class="plain slim" aria-label=${t('mediation.termRemove', { number })}
          @click=${() => {
            this.amounts = {};
            this.set({ terms: this.words.terms.filter((_, i) => i !== index) });
          }}>${icon('close')}</button></header>
      <label>${t('mediation.what')}<textarea maxlength="2000" .value=${term.what}
        @input=${(event: Event) => this.setTerm(index, { what: value(event) })}></textarea></label>
      <label>${t('mediation.amountLabel')}<input inputmode="decimal" maxlength="20" .value=${typed}
        @input=${(event: Event) => {
          const fen = parseYuan(value(event));
          this.amounts = { ...this.amounts, [index]: value(event) };
          if (!Number.isNaN(fen)) this.setTerm(index, { amount_fen: fen });
        }}></label>
      ${Number.isNaN(parseYuan(typed)) ? html`<p class="bad">${t('mediation.amountBad')}</p>`
        : term.amount_fen === null ? nothing : html`<p class="hint">${yuanCapital(term.amount_fen)}</p>`}
      <div class="two"><label>${t('mediation.howLabel')}<input maxlength="200" .value=${term.how}
          @input=${(event: Event) => this.setTerm(index, { how: value(event) })}></label>
        <label>${t('mediation.whenLabel')}<input maxlength="200" .value=${term.by_when}
          @input=${(event: Event) => this.setTerm(index, { by_when: value(event) })}></label></div></div>`;
  }
}
