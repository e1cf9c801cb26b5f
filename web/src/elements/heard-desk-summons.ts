// SPDX-License-Identifier: Apache-2.0
/*
 * Calling a unit into the hearing, at the desk: find it, call it, see how it answers. Tells "command"
 * summons.call and summons.cancel. Nothing is drawn where the kind calls nobody.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ApiError } from '../api';
import { summonsApi, type CallableUnit } from '../api_summons';
import { HeardElement } from '../base';
import { formatClock, formatTime } from '../format';
import { errorText, t, word } from '../i18n';
import { icon } from '../icons';
import type { SummonsCall } from '../protocol';
import { may, type State } from '../store';
import { base, controls } from '../styles';
import { callsOf, mayCallAgain, ringing } from '../summons';

const SEARCH_AFTER_MS = 250;
const SECOND_MS = 1000;

@customElement('heard-desk-summons')
export class HeardDeskSummons extends HeardElement {
  static override styles = [base, controls, css`
    section { padding: 12px 16px; border-bottom: 1px solid var(--line); display: grid; gap: 8px; }
    h2 { font-size: 16px; display: flex; gap: 8px; align-items: baseline; }
    h2 span { color: var(--ink-soft); font-weight: 400; }
    h2.busy span { color: var(--act); font-weight: 600; }
    .row { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px 8px;
      align-items: center; padding: 4px 0; overflow-wrap: anywhere; }
    .row .small { display: block; }
    .ringing { border-left: 4px solid var(--act); padding-left: 12px; }
    .open { color: var(--act); }
    .state { font-weight: 500; }
    .state.unanswered, .state.declined, .late { color: var(--warn); }
    .find { display: grid; gap: 8px; }
    .find label { font-size: 14px; }
    ul { max-height: 260px; overflow: auto; }
    time { font-variant-numeric: tabular-nums; }
  `];

  @property({ attribute: false }) state!: State;
  @state() private isFinding = false;
  @state() private words = '';
  @state() private units: CallableUnit[] | null = null;
  @state() private problem = '';
  private wait: ReturnType<typeof setTimeout> | null = null;
  private second: ReturnType<typeof setInterval> | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.wait) clearTimeout(this.wait);
    this.stopClock();
  }

  override updated(): void {
    const rings = ringing(callsOf(this.state)).length > 0;
    if (rings && !this.second)
      this.second = setInterval(() => this.requestUpdate(), SECOND_MS);
    else if (!rings) this.stopClock();
  }

  private stopClock(): void {
    if (this.second) clearInterval(this.second);
    this.second = null;
  }

  private now(): number {
    return Date.now() + this.state.offset_ms;
  }

  override render(): TemplateResult | typeof nothing {
    const calls = callsOf(this.state);
    const mayCall = may(this.state, 'summons.call');
    const waiting = ringing(calls).length;
    if (!this.state.hearing?.summons || (!mayCall && !calls.length)) return nothing;
    return html`<section aria-label=${t('summons.title')}>
      <h2 class=${waiting ? 'busy' : ''}>${t('summons.title')}${waiting ? html`<span role="status">
        ${t('summons.ringing', { count: waiting })}</span>` : nothing}</h2>
      ${repeat(calls, (one) => one.number, (one) => this.call(one, mayCall))}
      ${calls.length ? html`<p class="small soft">${t('summons.noted')}</p>` : nothing}
      ${mayCall ? this.isFinding ? this.find() : html`<button class="slim"
        @click=${this.open}>${icon('phone')}${t('summons.open')}</button>` : nothing}</section>`;
  }

  private call(one: SummonsCall, mayCall: boolean): TemplateResult {
    const isRinging = one.state === 'ringing';
    return html`<div class="row ${isRinging ? 'ringing' : ''}"><div>${one.unit_name}
      <span class="small state ${one.state}">${word('summons', `state.${one.state}`)}${isRinging
        ? html` · ${t('summons.left', { time: formatClock(one.due_at_ms - this.now()) })}` : nothing}
      </span><span class="small soft">${this.fact(one)}</span></div>
      ${isRinging && may(this.state, 'summons.cancel') ? html`<button class="slim"
        aria-label=${t('summons.cancelLabel', { unit: one.unit_name })} @click=${() =>
          this.tell('command', { type: 'summons.cancel', data: { number: one.number } })}>
        ${t('summons.cancel')}</button>` : nothing}
      ${mayCallAgain(one) && mayCall ? html`<button class="slim"
        aria-label=${t('summons.againLabel', { unit: one.unit_name })}
        @click=${() => this.ask(one.unit)}>${t('summons.again')}</button>` : nothing}</div>`;
  }

  /* What proves it, in one line. */
  private fact(one: SummonsCall): TemplateResult | string {
    if (one.state === 'ringing' && !one.rung_at_ms)
      return html`<span class="late">${t('summons.notRung')}</span>`;
    if (one.state === 'ringing') return one.seen_at_ms
      ? t('summons.seen', { time: formatTime(one.seen_at_ms) })
      : t('summons.rung', { time: formatTime(one.rung_at_ms ?? 0) });
    const time = formatTime(one.ended_at_ms ?? 0);
    if (one.state === 'unanswered') return t('summons.unansweredAt', { time });
    const who = one.answered_by ? t('summons.by', { name: one.answered_by, time }) : time;
    return one.reason ? html`${who}<br>${one.reason}` : who;
  }

  /* ---- finding one ---- */

  private open(): void {
    this.isFinding = true;
    void this.search();
    void this.updateComplete.then(() => this.renderRoot.querySelector('input')?.focus());
  }

  private find(): TemplateResult {
    return html`<div class="find"><label>${t('summons.search')}<span class="hint">
      ${t('summons.searchHint')}</span><input type="search" maxlength="40" .value=${this.words}
        @input=${this.type}></label>
      ${this.problem ? html`<p class="late">${this.problem}</p>` : nothing}
      ${this.units && !this.units.length ? html`<p class="small soft">${t('summons.none')}</p>`
        : html`<ul>${(this.units ?? []).map((one) => this.unit(one))}</ul>`}
      <button class="slim" @click=${() => { this.isFinding = false; }}>${t('summons.shut')}</button>
      </div>`;
  }

  private unit(one: CallableUnit): TemplateResult {
    return html`<li class="row"><span>${one.name}<span class="small ${one.on_duty ? 'open' : 'soft'}">
      ${t(one.on_duty ? 'summons.onDuty' : 'summons.offDuty')}</span></span>
      <button class="slim" aria-label=${t('summons.callLabel', { unit: one.name })}
        @click=${() => this.ask(one.id)}>${t('summons.call')}</button></li>`;
  }

  private ask(unit: string): void {
    this.isFinding = false;
    this.words = '';
    this.tell('command', { type: 'summons.call', data: { unit } });
  }

  private type(event: Event): void {
    this.words = (event.target as HTMLInputElement).value;
    if (this.wait) clearTimeout(this.wait);
    this.wait = setTimeout(() => void this.search(), SEARCH_AFTER_MS);
  }

  private async search(): Promise<void> {
    const { words } = this;
    try {
      const { items } = await summonsApi.units(this.state.hearing?.id ?? '', words.trim());
      if (words !== this.words) return;
      this.units = items;
      this.problem = '';
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }
}
