// SPDX-License-Identifier: Apache-2.0
/* Plan a hearing of a case: kind, when, who sits where, recorded or not; then the links. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { ApiError, api, type Account, type CaseFile, type SeatLink } from '../api';
import { HeardElement } from '../base';
import { nextHalfHour } from '../format';
import { errorText, t, word } from '../i18n';
import { icon } from '../icons';
import {
  CASELESS, hasPetitioner, KINDS, missingIn, panelCount, placesOf, ROWS_MAX, rowsFor, seatsOf, SOMEBODY, type Kind,
  type Missing, type Place, type Plan, type Row,
} from '../plan';
import { base, controls, sheets } from '../styles';

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
    .seat .named { grid-column: 2; }
    .parties label { grid-template-rows: auto 1fr auto; }
    .choices { display: grid; gap: 4px; }
    .needs { color: var(--ink-soft); margin-top: -8px; text-wrap: pretty; }
    legend { font-weight: 600; margin-bottom: 8px; padding: 0; }
    @media (max-width: 600px) {
      .seat { grid-template-columns: minmax(0, 1fr) 44px; }
      .seat label:first-child, .seat .named { grid-column: 1 / -1; }
    }
  `];

  @property() caseId = '';
  @state() private file: CaseFile | null = null;
  @state() private accounts: Account[] = [];
  @state() private kind: Kind = 'joint_reception';
  @state() private rows: Row[] = rowsFor('joint_reception', []);
  @state() private links: (SeatLink & { place: string })[] | null = null;
  @state() private problem = '';
  @state() private isBusy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t('case.schedule')} · ${t('app.name')}`;
    void this.load();
  }

  private async load(): Promise<void> {
    if (!this.caseId) {
      this.kind = 'training';
      this.rows = rowsFor(this.kind, []);
    }
    try {
      [this.file, this.accounts] = await Promise.all(
        [this.caseId ? api.case(this.caseId) : null, api.accounts()]);
    } catch (error) {
      const { code } = error as ApiError;
      if (code === 'unauthenticated') this.tell('session-lost');
      else this.problem = errorText(code);
    }
  }

  private change(key: number, part: Partial<Row>): void {
    this.rows = this.rows.map((row) => (row.key === key ? { ...row, ...part } : row));
  }

  private add(): void {
    const key = Math.max(0, ...this.rows.map((row) => row.key)) + 1;
    const place = placesOf(this.kind).includes('panelist') ? 'panelist' : 'department';
    this.rows = [...this.rows, { key, place, account: '', name: '' }];
  }

  private say(missing: Missing): string {
    if (missing === 'name') return t('schedule.nameMissing');
    if (missing === 'panel') return t('schedule.panel', { count: panelCount(this.rows) });
    return missing ? word('schedule', `missing.${this.kind}`, t('schedule.missing')) : '';
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    const { kind, rows } = this;
    const plan: Plan = {
      kind, rows, start_ms: new Date(text('start')).getTime(), first: text('first'),
      second: text('second'),
    };
    this.problem = this.say(missingIn(plan));
    if (this.problem) {
      void this.updateComplete.then(() => this.renderRoot.querySelector('heard-notice')
        ?.scrollIntoView({ block: 'center' }));
      return;
    }
    const isMediation = kind === 'mediation';
    const titles = {
      first: word('role', isMediation ? 'party_a' : 'petitioner'), second: word('role', 'party_b'),
    };
    const seats = seatsOf(plan, titles);
    this.isBusy = true;
    try {
      const made = await api.schedule(this.caseId, {
        kind, title: text('title'), planned_start_ms: plan.start_ms, seats,
        ...(isMediation ? { recorded: text('recorded') === 'yes' } : {}),
      });
      /* in the order of the seats: only those know which party a link is for */
      this.links = (made.links ?? []).map((link, index) =>
        ({ ...link, place: seats[index]?.title ?? word('role', link.role) }));
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    } finally {
      this.isBusy = false;
    }
  }

  override render(): TemplateResult {
    if (this.links) return this.done(this.links);
    const needs = word('schedule', `needs.${this.kind}`, '');
    return html`<div class="page narrow"><h1>${t(this.caseId ? 'case.schedule' : 'schedule.withoutCase')}</h1>
      <p class="soft">${this.file ? `${this.file.number} · ${this.file.title}`
        : this.caseId ? nothing : t('schedule.withoutCaseText')}</p>
      <form class="card" @submit=${this.submit} novalidate>
        ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
        <div class="pair"><label>${t('case.kind')}<select name="kind" @change=${(event: Event) => {
          this.kind = (event.target as HTMLSelectElement).value as Kind;
          this.rows = rowsFor(this.kind, this.rows);
          this.problem = '';
        }}>${(this.caseId ? KINDS : CASELESS).map((kind) => html`<option value=${kind} ?selected=${kind === this.kind}>
            ${word('kind', kind)}</option>`)}</select></label>
          <label>${t('case.planned')}<input type="datetime-local" name="start"
            value=${nextHalfHour(Date.now())}></label></div>
        ${needs ? html`<p class="needs">${needs}</p>` : nothing}
        <label>${t('schedule.title')}<input name="title" maxlength="200"
          .value=${this.file?.title ?? ''}></label>
        ${this.kind === 'mediation' ? this.parties() : !hasPetitioner(this.kind) ? nothing : html`<label>${word('role', 'petitioner')}
          <span class="hint">${t('schedule.petitioner')}</span>
          <input name="first" maxlength="60" autocomplete="off"></label>`}
        <fieldset class="stack"><legend>${t('case.seats')}</legend>
          ${repeat(this.rows, (row) => row.key, (row) => this.row(row))}
          <button type="button" ?disabled=${this.rows.length >= ROWS_MAX} @click=${this.add}>
            ${t('schedule.add')}</button></fieldset>
        ${this.kind === 'mediation' ? this.recorded() : nothing}
        <div class="buttons"><a class="button" href=${this.back}>${t('ask.cancel')}</a>
          <button class="primary" ?disabled=${this.isBusy}>${t('schedule.save')}</button></div>
      </form></div>`;
  }

  private get back(): string {
    return this.caseId ? `/cases/${this.caseId}` : '/hearings';
  }

  private parties(): TemplateResult {
    return html`<div class="pair parties">
      <label>${t('schedule.partyA')}<span class="hint">${t('schedule.partyAHint')}</span>
        <input name="first" maxlength="60" autocomplete="off"></label>
      <label>${t('schedule.partyB')}<span class="hint">${t('schedule.partyBHint')}</span>
        <input name="second" maxlength="60" autocomplete="off"></label></div>`;
  }

  private recorded(): TemplateResult {
    return html`<fieldset class="choices"><legend>${t('schedule.recorded')}</legend>
      <label class="check"><input type="radio" name="recorded" value="no" checked>
        ${t('schedule.recordedNo')}</label>
      <label class="check"><input type="radio" name="recorded" value="yes">
        ${t('schedule.recordedYes')}</label>
      <p class="hint">${t('schedule.recordedText')}</p></fieldset>`;
  }

  private row(row: Row): TemplateResult {
    const value = (event: Event) => (event.target as HTMLSelectElement).value;
    const places = placesOf(this.kind);
    return html`<div class="seat">
      <label>${t('schedule.role')}<select @change=${(event: Event) =>
        this.change(row.key, { place: value(event) as Place })}>
        ${places.map((place) => html`<option value=${place} ?selected=${place === row.place}>
          ${word('role', `${place}@${this.kind}`, word('role', place))}</option>`)}</select></label>
      <label>${t('schedule.person')}<select @change=${(event: Event) =>
        this.change(row.key, { account: value(event) })}>
        <option value="" ?selected=${!row.account}>${t('schedule.nobody')}</option>
        ${this.accounts.map((one) => html`<option value=${one.id}
          ?selected=${one.id === row.account}>
          ${[one.name, one.unit, one.title].filter(Boolean).join(' · ')}</option>`)}
        <option value=${SOMEBODY} ?selected=${row.account === SOMEBODY}>
          ${t('schedule.other')}</option>
      </select></label>
      <button type="button" class="plain" aria-label=${t('schedule.drop')} @click=${() => {
        this.rows = this.rows.filter((other) => other.key !== row.key);
      }}>${icon('close')}</button>
      ${row.account === SOMEBODY ? html`<label class="named">${t('schedule.name')}<input
        maxlength="60" autocomplete="off" .value=${row.name} @input=${(event: Event) =>
          this.change(row.key, { name: value(event) })}></label>` : nothing}</div>`;
  }

  private done(links: (SeatLink & { place: string })[]): TemplateResult {
    return html`<div class="page narrow stack"><h1>${t('schedule.done')}</h1>
      <p>${t('schedule.linksText')}</p>
      <ul class="card links">${links.map((link) => html`<li>
        <label>${link.name} · ${link.place}
          <input readonly .value=${new URL(link.url, location.href).href}
            @focus=${(event: Event) => (event.target as HTMLInputElement).select()}></label>
      </li>`)}</ul>
      <a class="button primary" href=${this.back}>${t(this.caseId ? 'schedule.toCase' : 'app.hearings')}</a></div>`;
  }
}
