// SPDX-License-Identifier: Apache-2.0
/*
 * The mediator's table: consents, facts, offers of both sides as they went, the agreement, the end.
 * What there is to do next is open. The clerk reads it without offers.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { t, word, type Key } from '../i18n';
import { icon } from '../icons';
import type { MediationTable } from '../mediation/table';
import {
  bySide, END_REASONS, firstDraft, otherSide, timeline, type Act, type Mediation, type Offer, type Side,
} from '../mediation/view';
import { base, controls } from '../styles';
import { dayText } from './heard-mediation-court';
import { mediationStyles } from './mediation-styles';

type Part = 'consents' | 'facts' | 'offers' | 'agreement' | 'end';

@customElement('heard-mediation-desk')
export class HeardMediationDesk extends HeardElement {
  static override styles = [base, controls, mediationStyles, css`
    :host { display: grid; gap: 8px; align-content: start; min-width: 0; }
    details { border-top: 1px solid var(--line); }
    summary { display: flex; gap: 8px; align-items: center; min-height: 48px; cursor: pointer;
      font-weight: 600; }
    summary .tail { margin-left: auto; font-weight: 400; font-size: 14px; color: var(--ink-soft); }
    .body { display: grid; gap: 12px; padding-bottom: 16px;
      grid-template-columns: minmax(0, 1fr); }
    div > .state { padding-bottom: 10px; }
    table { border-collapse: collapse; width: 100%; font-size: 15px; }
    th { text-align: start; font-weight: 400; color: var(--ink-soft); font-size: 14px; }
    th, td { padding: 6px 8px 6px 0; border-bottom: 1px solid var(--line); }
    .yes { color: var(--act); font-weight: 600; } .no { color: var(--seal); font-weight: 600; }
    form { display: grid; gap: 8px; }
    .disclosure { border-inline-start: 3px solid var(--line); padding-inline-start: 10px;
      font-size: 15px; }
  `];

  @property({ attribute: false }) table!: MediationTable;
  @property({ attribute: false }) view!: Mediation;
  @state() private opened: Partial<Record<Part, boolean>> = {};
  @state() private form: { side: Side; counters: Offer | null } | null = null;

  private async act(act: Act): Promise<void> {
    if (await this.table.act(act) && act.act === 'offer_make') this.form = null;
  }

  /* What the state asks for next is open, unless somebody chose otherwise. */
  private isOpen(part: Part): boolean {
    const { view } = this;
    const now: Part = !view.period ? 'consents' : view.state === 'ended' ? 'end'
      : view.draft ? 'agreement' : view.offers.length || !view.may.includes('fact_add') ? 'offers'
        : 'facts';
    return this.opened[part] ?? part === now;
  }

  override render(): TemplateResult {
    const { view } = this;
    const isMediator = view.may.length > 0;
    const joint = view.facts.filter((one) => one.joint).length;
    return html`<div @mediation-act=${(event: CustomEvent<Act>) => void this.act(event.detail)}
      @mediation-counter=${(event: CustomEvent<Offer>) => {
        this.form = { side: otherSide(event.detail.side), counters: event.detail };
      }} @form-close=${() => { this.form = null; }}>
      <p class="state">${icon('info')}${word('mediation.state', view.state)}${view.period
        ? html` · ${t('mediation.period', { day: dayText(view.period.last_day) })}` : nothing}</p>
      ${this.block('consents', 'mediation.consents', '', this.consents())}
      ${this.block('facts', 'mediation.facts', view.facts.length ? `${joint} / ${view.facts.length}` : '',
        html`<heard-mediation-facts .facts=${view.facts} .isBusy=${this.table.isBusy}
          .mayAdd=${view.may.includes('fact_add')}></heard-mediation-facts>`)}
      ${isMediator || view.offers.length ? this.block('offers', 'mediation.offers', view.offers.length
        ? String(view.offers.length) : '', this.offers()) : nothing}
      ${this.block('agreement', 'mediation.agreement', view.effective_at_ms
        ? word('mediation.state', 'effective') : view.draft?.frozen_at_ms ? t('mediation.frozen') : '',
        this.agreement())}
      ${view.end || view.may.includes('end') ? this.block('end', 'mediation.end', '', this.end())
        : nothing}</div>`;
  }

  private block(part: Part, title: Key, tail: string, body: TemplateResult): TemplateResult {
    return html`<details ?open=${this.isOpen(part)} @toggle=${(event: Event) => {
      const { open } = event.target as HTMLDetailsElement;
      if (open !== this.isOpen(part)) this.opened = { ...this.opened, [part]: open };
    }}><summary>${t(title)}<span class="tail number">${tail}</span></summary>
      <div class="body">${body}</div></details>`;
  }

  private answer(word_: string): TemplateResult {
    return word_ === 'given' ? html`<span class="yes">${t('mediation.agreed')}</span>`
      : word_ === 'refused' ? html`<span class="no">${t('mediation.refusedWord')}</span>`
        : html`<span class="soft">${t('mediation.waiting')}</span>`;
  }

  private consents(): TemplateResult {
    const { view } = this;
    const { disclosure } = view;
    return html`${disclosure ? html`<p class="disclosure text">${disclosure.text}</p>` : nothing}
      <table><thead><tr><td></td><th scope="col">${t('mediation.toMediate')}</th>
        <th scope="col">${t('mediation.toMediator')}</th></tr></thead><tbody>
        ${bySide(view.parties).map((one) => html`<tr><th scope="row">${word('mediation.side', one.side)}
          ${one.name}</th><td>${this.answer(one.mediation)}</td><td>${this.answer(one.mediator)}</td>
          </tr>`)}</tbody></table>
      ${view.may.includes('disclose') ? disclosure ? html`<details><summary>
        ${t('mediation.discloseAgain')}</summary>${this.disclose()}</details>` : this.disclose() : nothing}`;
  }

  private disclose(): TemplateResult {
    return html`<form @submit=${(event: Event) => {
      event.preventDefault();
      const text = String(new FormData(event.target as HTMLFormElement).get('text') ?? '').trim();
      if (text) void this.act({ act: 'disclose', text });
    }}><label>${t('mediation.disclosureLabel')}<span class="hint">${t('mediation.disclosureHint')}</span>
      <textarea name="text" maxlength="2000" .value=${this.view.disclosure ? ''
        : t('mediation.disclosureNone')}></textarea></label>
      <button class="primary" ?disabled=${this.table.isBusy}>${t('mediation.disclose')}</button></form>`;
  }

  private offers(): TemplateResult {
    const { view, form } = this;
    const isBusy = this.table.isBusy;
    return html`<p class="state secret">${icon('lock')}<span>${t('mediation.secret')}</span></p>
      ${view.offers.length ? nothing : html`<p class="hint">${t('mediation.offersEmpty')}</p>`}
      ${repeat(timeline(view.offers), (one) => one.id, (one) => html`<heard-mediation-offer .offer=${one}
        .isBusy=${isBusy}></heard-mediation-offer>`)}
      ${form ? html`<heard-mediation-form isMediator .side=${form.side} .counters=${form.counters}
        .isBusy=${isBusy}></heard-mediation-form>` : view.may.includes('offer_make') ? html`
        <div class="acts">${(['petitioner', 'respondent'] as Side[]).map((side) => html`<button
          @click=${() => { this.form = { side, counters: null }; }}>${t('mediation.writeFor',
            { side: word('mediation.side', side) })}</button>`)}</div>` : nothing}`;
  }

  private begin(): void {
    const draft = firstDraft(this.view, (party) =>
      `${word('mediation.side', party.side)}：${party.name}`);
    void this.act({ act: 'draft_set', version: 0, ...draft });
  }

  private agreement(): TemplateResult {
    const { view } = this;
    const { draft } = view;
    const isBusy = this.table.isBusy;
    const button = (act: string, key: Key, fields: object, kind = '', isOff = false) =>
      (view.may.includes(act) || isOff ? html`<button class=${kind} ?disabled=${isBusy || isOff}
        @click=${() => void this.act({ act, ...fields })}>${t(key)}</button>` : nothing);
    if (!draft) return view.may.includes('draft_set') ? html`<button class="primary"
      ?disabled=${isBusy} @click=${() => this.begin()}>${t('mediation.draftBegin')}</button>`
      : html`<p class="hint">${t('mediation.draftNone')}</p>`;
    const { version } = draft;
    return html`${view.may.includes('draft_set') ? html`<heard-mediation-draft .table=${this.table}
        .draft=${draft}></heard-mediation-draft>
        ${button('freeze', 'mediation.freeze', { version }, 'primary', draft.missing.length > 0)}`
      : html`<heard-mediation-paper .view=${view}></heard-mediation-paper>`}
      <div class="acts">
        ${button('thaw', 'mediation.thaw', {})}</div>
      <heard-mediation-court .view=${view} .isBusy=${isBusy}></heard-mediation-court>`;
  }

  private end(): TemplateResult {
    const { end } = this.view;
    if (end) return html`<p><b>${t('mediation.ended')}</b></p>
      <p>${word('mediation.endReason', end.reason)}</p><p class="text soft">${end.note}</p>`;
    return html`<form @submit=${(event: Event) => {
      event.preventDefault();
      const data = new FormData(event.target as HTMLFormElement);
      const reason = String(data.get('reason') ?? '');
      if (reason) void this.act({ act: 'end', reason, text: String(data.get('text') ?? '').trim() });
    }}><label>${t('mediation.endReason')}<select name="reason">
        <option value="">—</option>
        ${END_REASONS.map((one) => html`<option value=${one}>${word('mediation.endReason', one)}</option>`)}
        </select></label>
      <label>${t('mediation.endNote')}<textarea name="text" maxlength="2000"></textarea></label>
      <button class="danger" ?disabled=${this.table.isBusy}>${t('mediation.endAct')}</button></form>`;
  }
}
