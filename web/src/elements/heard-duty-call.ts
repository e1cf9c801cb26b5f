// SPDX-License-Identifier: Apache-2.0
/*
 * One call that rings at a duty screen: who calls, into what, how long there is to answer; answer,
 * or say why not. Tells "answered" with the hearing when this account accepted.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ApiError } from '../api';
import { summonsApi } from '../api_summons';
import { HeardElement } from '../base';
import { formatClock, formatTime } from '../format';
import { refusalKey, t, word, type Key } from '../i18n';
import { icon } from '../icons';
import { base, controls, sheets } from '../styles';
import type { DutyCall } from '../summons';

const REASONS = ['busy', 'nobody', 'other'] as const;
const REASON_CHARS_MAX = 200;
const SHORT_MS = 60_000;

@customElement('heard-duty-call')
export class HeardDutyCall extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .card { border: 2px solid var(--act); display: grid; gap: 16px; padding: 20px; }
    :host { display: block; }
    :host(:not(:first-child)) { margin-top: 16px; }
    h2 { display: flex; gap: 12px; align-items: start; font-size: 24px; line-height: 1.35; }
    h2 svg { color: var(--act); margin-top: 4px; animation: ring 1.1s ease-in-out infinite; }
    .left { font-size: 40px; font-weight: 300; line-height: 1.2;
      font-variant-numeric: tabular-nums; }
    .left.short { color: var(--seal); }
    .acts { display: flex; flex-wrap: wrap; gap: 12px; }
    .acts .primary { min-height: 56px; padding: 8px 28px; font-size: 20px; }
    .acts button { min-height: 56px; }
    form { display: grid; gap: 12px; }
    .bad { color: var(--seal); font-weight: 500; }
    textarea { min-height: 72px; }
    @keyframes ring { 0%, 100% { transform: rotate(-9deg); } 50% { transform: rotate(9deg); } }
    @media (prefers-reduced-motion: reduce) { h2 svg { animation: none; } }
    @media (max-width: 700px) {
      .card { padding: 16px; }
      .acts > * { flex: 1 1 100%; }
    }
  `];

  @property({ attribute: false }) call!: DutyCall;
  @property({ type: Number }) left = 0;
  @state() private isDeclining = false;
  @state() private isBusy = false;
  @state() private problem = '';

  private async answer(decision: 'accepted' | 'declined', reason = ''): Promise<void> {
    const { call } = this;
    this.isBusy = true;
    this.problem = '';
    try {
      await summonsApi.answer(call.id, reason ? { decision, reason } : { decision });
      if (decision === 'accepted') this.tell('answered', call.hearing);
    } catch (failure) {
      const { code, members } = failure as ApiError;
      if (code === 'unauthenticated') this.tell('session-lost');
      this.problem = t(refusalKey(code, String(members?.reason ?? '')) as Key);
    }
    this.isBusy = false;
  }

  private decline(event: Event): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const said = String(data.get('words') ?? '').trim();
    const chosen = String(data.get('why') ?? '');
    const reason = [chosen, said].filter(Boolean).join(t('list.comma'));
    if (!reason) this.problem = t('duty.whyMissing');
    else void this.answer('declined', reason.slice(0, REASON_CHARS_MAX));
  }

  override render(): TemplateResult {
    const { call } = this;
    return html`<section class="card"><h2>${icon('phone')}<span>${t('duty.calls', {
      office: call.organiser, unit: call.unit_name, kind: word('kind', call.kind) })}</span></h2>
      <dl class="facts">
        <dt>${t('duty.hearing')}</dt><dd>${call.title ?? t('duty.callsRestricted')}</dd>
        <dt>${t('duty.caller')}</dt><dd>${call.called_by}</dd>
        <dt>${t('duty.since')}</dt><dd>${formatTime(call.called_at_ms)}</dd>
      </dl>
      <div><span class="small soft">${t('duty.left')}</span>
        <div class="left ${this.left < SHORT_MS ? 'short' : ''}" role="timer">
          ${formatClock(this.left)}</div></div>
      ${this.problem ? html`<p class="bad" role="alert">${this.problem}</p>` : nothing}
      ${this.isDeclining ? this.form() : html`
        <div class="acts"><button class="primary" ?disabled=${this.isBusy}
          @click=${() => void this.answer('accepted')}>${icon('phone')}${t('duty.accept')}</button>
          <button ?disabled=${this.isBusy} @click=${() => { this.isDeclining = true; }}>
            ${t('duty.decline')}</button></div>
        <p class="small soft">${t('duty.acceptHint')}</p>`}
    </section>`;
  }

  private form(): TemplateResult {
    return html`<form @submit=${this.decline}>
      <div role="radiogroup" aria-label=${t('duty.why')}>${REASONS.map((one) => html`
        <label class="check"><input type="radio" name="why" value=${t(`duty.reason.${one}`)}>
          ${t(`duty.reason.${one}`)}</label>`)}</div>
      <label>${t('duty.why')}<span class="hint">${t('duty.whyHint')}</span>
        <textarea name="words" maxlength="120"></textarea></label>
      <div class="acts"><button class="primary" ?disabled=${this.isBusy}>${t('duty.send')}</button>
        <button type="button" @click=${() => { this.isDeclining = false; this.problem = ''; }}>
          ${t('duty.back')}</button></div></form>`;
  }
}
