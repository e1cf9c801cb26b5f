// SPDX-License-Identifier: Apache-2.0
/*
 * The recusal round at the desk: what each party said, what waits for a decision and who takes
 * it. Tells "command" recusal.decide. Nothing is drawn where the kind asks nobody.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { plateOf } from '../plate';
import type { Participant, RecusalRequest } from '../protocol';
import { decidedRequests, openRequests, partiesOf, type OpenRequest } from '../recusal';
import type { State } from '../store';
import { base, controls } from '../styles';

@customElement('heard-desk-recusal')
export class HeardDeskRecusal extends HeardElement {
  static override styles = [base, controls, css`
    section { padding: 12px 16px; border-bottom: 1px solid var(--line); display: grid; gap: 8px; }
    h2 { font-size: 16px; display: flex; gap: 8px; align-items: baseline; }
    h2 span { color: var(--ink-soft); font-weight: 400; }
    h2.busy span { color: var(--act); font-weight: 600; }
    li { display: flex; justify-content: space-between; gap: 8px; padding: 2px 0; }
    li b { font-weight: 500; color: var(--ink-soft); white-space: nowrap; }
    li b.open { color: var(--warn); }
    .request { border-left: 4px solid var(--warn); padding: 2px 0 2px 12px; display: grid;
      gap: 8px; }
    .request p { overflow-wrap: anywhere; }
    .words { display: grid; gap: 4px; }
    form { display: grid; gap: 8px; }
    form .row { gap: 4px 16px; }
    label { font-size: 14px; }
    label.check { gap: 8px; }
    textarea { min-height: 60px; }
    .bad { color: var(--seal); font-weight: 500; }
  `];

  @property({ attribute: false }) state!: State;
  @state() private missing = '';

  override render(): TemplateResult | typeof nothing {
    const recusal = this.state.hearing?.recusal;
    const open = openRequests(this.state);
    const decided = decidedRequests(this.state);
    if (!recusal || (!recusal.asking && !open.length && !decided.length)) return nothing;
    const parties = partiesOf(this.state);
    const left = parties.filter((one) => !one.recusal).length;
    return html`<section aria-label=${t('recusal.title')}>
      <h2 class=${left || open.length ? 'busy' : ''}>${t('recusal.title')}<span role="status">
        ${open.length ? t('recusal.open', { count: open.length })
          : left ? t('recusal.left', { count: left }) : t('recusal.done')}</span></h2>
      ${recusal.asking ? html`<ul>${parties.map((one) => this.party(one))}</ul>` : nothing}
      ${open.map((one) => this.request(one))}
      ${decided.map((one) => this.decided(one))}</section>`;
  }

  private party(one: Participant): TemplateResult {
    return html`<li><span>${one.name} <span class="small soft">${plateOf(one)}</span></span>
      <b class=${one.recusal ? '' : 'open'}>${word('recusal', `said.${one.recusal ?? 'nothing'}`)}
      </b></li>`;
  }

  private nameOf(id: string): string {
    return this.state.participants.get(id)?.name ?? t('recusal.gone');
  }

  private request(one: OpenRequest): TemplateResult {
    const target = one.target ? `${one.target.name}（${word('role', one.target.role)}）` : '';
    return html`<div class="request"><div class="words"><strong>${t('recusal.against', { target })}</strong>
      ${one.requests.map((request) => html`<p>${t('recusal.because', {
        name: this.nameOf(request.by), reason: request.reason })}</p>`)}</div>
      ${one.mayDecide ? this.form(one) : html`<p class="small soft">${t(one.isOfLeader
        ? 'recusal.headDecides' : 'recusal.presidingDecides')}</p>`}</div>`;
  }

  private form(one: OpenRequest): TemplateResult {
    return html`<form @submit=${(event: Event) => this.decide(event, one)} novalidate>
      ${one.isOfLeader ? html`<p class="small soft">${t('recusal.headText')}</p>
        <label>${t('recusal.decider')}<input name="decider" maxlength="40" autocomplete="off">
        </label>` : nothing}
      <div class="row" role="radiogroup" aria-label=${t('recusal.decision')}>
        ${['granted', 'refused'].map((value) => html`<label class="check"><input type="radio"
          name="decision" value=${value}>${word('recusal', value)}</label>`)}</div>
      <label>${t('recusal.reason')}<textarea name="reason" rows="2" maxlength="200"></textarea>
      </label>
      ${this.missing ? html`<p class="bad" role="alert">${this.missing}</p>` : nothing}
      <button class="primary slim">${t('recusal.decide')}</button></form>`;
  }

  private decide(event: Event, one: OpenRequest): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const [decision, reason, decider] = ['decision', 'reason', 'decider']
      .map((name) => String(data.get(name) ?? '').trim());
    this.missing = one.isOfLeader && !decider ? word('reason', 'decider_missing')
      : !decision ? t('recusal.chooseDecision') : !reason ? t('ask.reasonNeeded') : '';
    if (this.missing) return;
    this.tell('command', { type: 'recusal.decide', data: {
      participant: one.targetId, decision, reason, ...(decider ? { decided_by: decider } : {}) } });
  }

  private decided(one: RecusalRequest): TemplateResult {
    return html`<p class="small soft">${t(one.decision === 'granted' ? 'recusal.wasGranted'
      : 'recusal.wasRefused', { target: this.nameOf(one.participant), name: this.nameOf(one.by) })}
      ${one.decision_reason ? t('recusal.decisionReason', { reason: one.decision_reason }) : ''}</p>`;
  }
}
