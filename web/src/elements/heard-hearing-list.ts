// SPDX-License-Identifier: Apache-2.0
/* Today's hearings of the person who is logged in; another day on request. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { isOver as hasEnded } from '../after';
import { ApiError, api, type HearingSummary, type Me } from '../api';
import { HeardElement } from '../base';
import { formatDay, formatTime } from '../format';
import { errorText, language, t, word } from '../i18n';
import { base, controls, sheets } from '../styles';

const REFRESH_MS = 15_000;

export function dayOf(ms: number): string {
  const at = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

@customElement('heard-hearing-list')
export class HeardHearingList extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .page { display: grid; gap: 24px; }
    .list { display: grid; gap: 12px; }
    .item { display: grid; grid-template-columns: 88px minmax(0, 1fr) auto; gap: 8px 24px;
      align-items: center; padding: 16px 20px; }
    .item.live { border-left: 4px solid var(--act); padding-left: 17px; }
    time { font-size: 28px; font-weight: 300; }
    h2 { overflow-wrap: anywhere; }
    .meta { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center;
      margin-top: 4px; }
    .acts { display: flex; gap: 8px; }
    .head { display: flex; flex-wrap: wrap; gap: 12px 24px; align-items: end;
      justify-content: space-between; }
    .head label { grid-auto-flow: column; align-items: center; gap: 12px; }
    @media (max-width: 700px) {
      .item { grid-template-columns: 1fr; padding: 16px; }
      .acts > * { flex: 1; }
    }
  `];

  @property({ attribute: false }) me: Me | null = null;
  @state() private day = dayOf(Date.now());
  @state() private items: HearingSummary[] | null = null;
  @state() private problem = '';
  private timer: ReturnType<typeof setInterval> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t('app.hearings')} · ${t('app.name')}`;
    void this.load();
    this.timer = setInterval(() => void this.load(), REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer) clearInterval(this.timer);
  }

  private async load(): Promise<void> {
    const { day } = this;
    try {
      const { items } = await api.hearings(day);
      if (day !== this.day) return;
      this.items = [...items].sort((a, b) => a.planned_start_ms - b.planned_start_ms);
      this.problem = '';
    } catch (error) {
      const { code } = error as ApiError;
      if (code === 'unauthenticated') this.tell('session-lost');
      else this.problem = errorText(code);
    }
  }

  private pickDay(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    if (!value) return;
    this.day = value;
    this.items = null;
    void this.load();
  }

  override render(): TemplateResult {
    const isToday = this.day === dayOf(Date.now());
    return html`<div class="page">
      <div class="head"><div><h1>${t(isToday ? 'list.today' : 'list.day')}</h1>
        <p class="soft">${formatDay(new Date(`${this.day}T12:00`).getTime(), language())}</p></div>
        <label>${t('list.pickDay')}<input type="date" .value=${this.day}
          @change=${this.pickDay}></label></div>
      ${this.me?.roles.some((role) => ['clerk', 'presiding'].includes(role)) ? html`<p><a
        class="button slim" href="/hearings/new">${t('schedule.withoutCase')}</a></p>` : nothing}
      ${this.problem ? html`<heard-notice kind="warn">${this.problem}</heard-notice>` : nothing}
      ${this.items === null ? html`<heard-state kind="loading"></heard-state>`
        : this.items.length === 0 ? html`<heard-state kind="no_hearings"></heard-state>`
          : html`<ul class="list">${this.items.map((item) => this.item(item))}</ul>`}
    </div>`;
  }

  private item(item: HearingSummary): TemplateResult {
    const isLive = item.state === 'live' || item.state === 'recessed';
    const isOver = !!item.ended_at_ms;
    return html`<li class="card item ${isLive ? 'live' : ''}">
      <time class="number">${formatTime(item.planned_start_ms)}</time>
      <div><h2>${item.title}</h2>
        <div class="meta small soft"><span>${word('kind', item.kind)}</span>
          <span class="number">${item.number}</span><span>${item.organiser}</span></div>
        <div class="meta"><span class="chip ${isLive ? 'live' : ''}">
          ${word('hearingState', item.state)}</span>
          ${isLive ? html`<span class="chip">${word('phase', item.phase)}</span>` : nothing}
          ${item.my_role ? html`<span class="chip">${t('list.myRole', {
            role: word('role', item.my_role) })}</span>` : nothing}
          ${item.waiting && !isOver ? html`<span class="chip warn">${t('list.waiting', {
            count: item.waiting })}</span>` : nothing}</div></div>
      <div class="acts">
        ${item.case ? html`<a class="button" href="/cases/${item.case.id}"
          aria-label="${t('list.openCase')} ${item.title}">
          ${t('list.openCase')}</a>` : nothing}
        ${item.my_role && !isOver ? html`<a class="button primary" href="/hearings/${item.id}"
          aria-label="${t('list.enter')} ${item.title}">
          ${t('list.enter')}</a>` : nothing}
        ${item.my_role && hasEnded(item.state) ? html`<a class="button" href="/hearings/${item.id}"
          aria-label=${t('after.openOf', { title: item.title })}>${t('after.open')}</a>` : nothing}
      </div></li>`;
  }
}
