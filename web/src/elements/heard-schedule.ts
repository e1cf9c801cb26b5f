// SPDX-License-Identifier: Apache-2.0
/* Plan a reception or joint reception for a case: when, who sits where; then the links. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError, api, type Account, type CaseFile, type NewSeat, type SeatLink } from '../api';
import { HeardElement } from '../base';
import { nextHalfHour } from '../format';
import { errorText, t, word } from '../i18n';
import { icon } from '../icons';
import type { Role } from '../protocol';
import { base, controls, sheets } from '../styles';

interface Row {
  key: number;
  role: Role;
  account: string;
}

const ROLES: readonly Role[] = ['presiding', 'clerk', 'department', 'mediator', 'observer'];

@customElement('heard-schedule')
export class HeardSchedule extends HeardElement {
  static override styles = [base, controls, sheets, css`
    form { display: grid; gap: 24px; margin-top: 24px; padding: 24px; }
    .pair { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); }
    .seat { display: grid; grid-template-columns: 180px minmax(0, 1fr) 44px; gap: 8px;
      align-items: end; }
    .seat button { padding: 8px; }
    .buttons { display: flex; gap: 12px; justify-content: flex-end; flex-wrap: wrap; }
    .links li { display: grid; gap: 4px; padding: 12px 0; border-bottom: 1px solid var(--line); }
    legend { font-weight: 600; margin-bottom: 8px; padding: 0; }
    @media (max-width: 600px) {
      .seat { grid-template-columns: minmax(0, 1fr) 44px; }
      .seat label:first-child { grid-column: 1 / -1; }
    }
  `];

  @property() caseId = '';
  @state() private file: CaseFile | null = null;
  @state() private accounts: Account[] = [];
  @state() private rows: Row[] = [
    { key: 1, role: 'presiding', account: '' },
    { key: 2, role: 'clerk', account: '' },
    { key: 3, role: 'department', account: '' },
  ];
  @state() private links: SeatLink[] | null = null;
  @state() private problem = '';
  @state() private isBusy = false;
  private nextKey = 4;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t('case.schedule')} · ${t('app.name')}`;
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      [this.file, this.accounts] = await Promise.all([api.case(this.caseId), api.accounts()]);
    } catch (error) {
      const { code } = error as ApiError;
      if (code === 'unauthenticated') this.tell('session-lost');
      else this.problem = errorText(code);
    }
  }

  private change(key: number, part: Partial<Row>): void {
    this.rows = this.rows.map((row) => (row.key === key ? { ...row, ...part } : row));
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const start = new Date(String(data.get('start') ?? '')).getTime();
    const rows = this.rows.filter((row) => row.account);
    const name = String(data.get('petitioner') ?? '').trim();
    if (!Number.isFinite(start) || !name || !rows.some((row) => row.role === 'presiding')) {
      this.problem = t('schedule.missing');
      return;
    }
    const seats: NewSeat[] = [
      { role: 'petitioner', name, title: word('role', 'petitioner') },
      ...rows.map((row) => ({ role: row.role, account_id: row.account })),
    ];
    this.isBusy = true;
    try {
      const made = await api.schedule(this.caseId, {
        kind: String(data.get('kind')), title: String(data.get('title') ?? '').trim(),
        planned_start_ms: start, seats,
      });
      this.links = made.links ?? [];
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    } finally {
      this.isBusy = false;
    }
  }

  override render(): TemplateResult {
    if (this.links) return this.done(this.links);
    return html`<div class="page narrow"><h1>${t('case.schedule')}</h1>
      <p class="soft">${this.file ? `${this.file.number} · ${this.file.title}` : nothing}</p>
      <form class="card" @submit=${this.submit} novalidate>
        ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
        <div class="pair"><label>${t('case.kind')}<select name="kind">
            <option value="joint_reception">${word('kind', 'joint_reception')}</option>
            <option value="reception">${word('kind', 'reception')}</option></select></label>
          <label>${t('case.planned')}<input type="datetime-local" name="start"
            value=${nextHalfHour(Date.now())}></label></div>
        <label>${t('schedule.title')}<input name="title" maxlength="200"
          .value=${this.file?.title ?? ''}></label>
        <label>${word('role', 'petitioner')} <span class="hint">${t('schedule.petitioner')}</span>
          <input name="petitioner" maxlength="60" autocomplete="off"></label>
        <fieldset class="stack"><legend>${t('case.seats')}</legend>
          ${this.rows.map((row) => this.row(row))}
          <button type="button" ?disabled=${this.rows.length >= 31} @click=${() => {
            this.rows = [...this.rows,
              { key: this.nextKey++, role: 'department', account: '' }];
          }}>${t('schedule.add')}</button></fieldset>
        <div class="buttons"><a class="button" href="/cases/${this.caseId}">${t('ask.cancel')}</a>
          <button class="primary" ?disabled=${this.isBusy}>${t('schedule.save')}</button></div>
      </form></div>`;
  }

  private row(row: Row): TemplateResult {
    const value = (event: Event) => (event.target as HTMLSelectElement).value;
    return html`<div class="seat">
      <label>${t('schedule.role')}<select @change=${(event: Event) =>
        this.change(row.key, { role: value(event) as Role })}>
        ${ROLES.map((role) => html`<option value=${role} ?selected=${role === row.role}>
          ${word('role', role)}</option>`)}</select></label>
      <label>${t('schedule.person')}<select @change=${(event: Event) =>
        this.change(row.key, { account: value(event) })}>
        <option value="">${t('schedule.nobody')}</option>
        ${this.accounts.map((one) => html`<option value=${one.id}
          ?selected=${one.id === row.account}>
          ${[one.name, one.unit, one.title].filter(Boolean).join(' · ')}</option>`)}
      </select></label>
      <button type="button" class="plain" aria-label=${t('schedule.drop')} @click=${() => {
        this.rows = this.rows.filter((other) => other.key !== row.key);
      }}>${icon('close')}</button></div>`;
  }

  private done(links: SeatLink[]): TemplateResult {
    return html`<div class="page narrow stack"><h1>${t('schedule.done')}</h1>
      <p>${t('schedule.linksText')}</p>
      <ul class="card links">${links.map((link) => html`<li>
        <label>${link.name} · ${word('role', link.role)}
          <input readonly .value=${new URL(link.url, location.href).href}
            @focus=${(event: Event) => (event.target as HTMLInputElement).select()}></label>
      </li>`)}</ul>
      <a class="button primary" href="/cases/${this.caseId}">${t('schedule.toCase')}</a></div>`;
  }
}
