// SPDX-License-Identifier: Apache-2.0
/*
 * Recordings that the person may watch, newest first: by words of numbers and titles, and by
 * days. What is looked for stands in the address, so that "back" comes to the same list.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ApiError, api, type RecordingItem } from '../api';
import { HeardElement } from '../base';
import { formatClock, formatDate } from '../format';
import { errorText, language, t, word } from '../i18n';
import { base, controls, sheets } from '../styles';

interface Wanted { search: string; from: string; to: string }

@customElement('heard-recording-list')
export class HeardRecordingList extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .page { display: grid; gap: 24px; grid-template-columns: minmax(0, 1fr); }
    form { display: grid; gap: 12px 16px; align-items: end;
      grid-template-columns: minmax(0, 1fr) 176px 176px auto; }
    form .hint { grid-column: 1 / -1; margin-top: -8px; }
    .acts { display: flex; gap: 8px; }
    .list { border: 1px solid var(--line); border-radius: 6px; background: var(--sheet); }
    .list li + li { border-top: 1px solid var(--line); }
    .one { display: grid; grid-template-columns: minmax(0, 1fr) 200px 72px 104px; gap: 4px 24px;
      align-items: center; padding: 14px 20px; color: var(--ink); text-decoration: none; }
    a.one:hover { background: var(--paper); }
    .one > * { min-width: 0; overflow-wrap: anywhere; }
    .end { text-align: right; }
    @media (max-width: 800px) {
      form { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 12px 8px; }
      input[type='date'] { padding: 8px; min-width: 0; }
      form .wide { grid-column: 1 / -1; }
      .acts { grid-column: 1 / -1; } .acts button { flex: 1; }
      .one { grid-template-columns: minmax(0, 1fr) auto auto; padding: 12px 16px; gap: 4px 12px; }
      .one > :first-child { grid-column: 1 / -1; }
    }
  `];

  @state() private items: RecordingItem[] | null = null;
  @state() private cursor = '';
  @state() private problem = '';
  @state() private mayNot = false;
  @state() private wanted: Wanted = { search: '', from: '', to: '' };
  private asked = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t('found.title')} · ${t('app.name')}`;
    const query = new URLSearchParams(location.search);
    const of = (name: string) => query.get(name) ?? '';
    this.wanted = { search: of('search'), from: of('from'), to: of('to') };
    void this.first();
  }

  private get isLooking(): boolean {
    return Object.values(this.wanted).some(Boolean);
  }

  private async first(): Promise<void> {
    this.items = null;
    this.cursor = '';
    await this.load();
  }

  private async load(): Promise<void> {
    const asked = (this.asked += 1);
    try {
      const page = await api.recordings(this.wanted, this.cursor);
      if (asked !== this.asked) return;
      this.items = [...(this.items ?? []), ...page.items];
      this.cursor = page.next_cursor ?? '';
      this.problem = '';
      /* A page of others' recordings is no answer yet. */
      if (!this.items.length && this.cursor) await this.load();
    } catch (error) {
      if (asked !== this.asked) return;
      const { code } = error as ApiError;
      if (code === 'unauthenticated') this.tell('session-lost');
      else if (code === 'wrong_role') this.mayNot = true;
      else this.problem = errorText(code);
      this.items ??= [];
    }
  }

  private look(wanted: Wanted): void {
    if (wanted.from && wanted.to && wanted.from > wanted.to) {
      this.problem = t('found.wrongDays');
      return;
    }
    this.wanted = wanted;
    const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
    history.replaceState(null, '', `${location.pathname}${query.size ? `?${query}` : ''}`);
    void this.first();
  }

  private submit(event: Event): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const of = (name: string) => String(data.get(name) ?? '').trim();
    this.look({ search: of('search'), from: of('from'), to: of('to') });
  }

  private clear(): void {
    this.renderRoot.querySelector('form')?.reset();
    this.look({ search: '', from: '', to: '' });
  }

  override render(): TemplateResult {
    if (this.mayNot) return html`<heard-state kind="no_recordings"></heard-state>`;
    return html`<div class="page">
      <div><h1>${t('found.title')}</h1><p class="soft">${t('found.text')}</p></div>
      ${this.form()}
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
      ${this.list()}
      ${this.cursor && this.items?.length ? html`<button @click=${this.load}>${t('found.more')}
        </button>` : nothing}
    </div>`;
  }

  private form(): TemplateResult {
    const { search, from, to } = this.wanted;
    return html`<form role="search" class="card" @submit=${this.submit}>
      <label class="wide">${t('found.search')}<input name="search" type="search" maxlength="100"
        autocomplete="off" aria-describedby="hint" .defaultValue=${search}></label>
      <label>${t('found.from')}<input name="from" type="date" .defaultValue=${from}></label>
      <label>${t('found.to')}<input name="to" type="date" .defaultValue=${to}></label>
      <div class="acts"><button class="primary">${t('found.find')}</button>
        ${this.isLooking ? html`<button type="button" @click=${this.clear}>${t('found.clear')}
          </button>` : nothing}</div>
      <p class="hint" id="hint">${t('found.searchHint')}</p></form>`;
  }

  private list(): TemplateResult | typeof nothing {
    const { items } = this;
    if (items === null) return html`<heard-state kind="loading"></heard-state>`;
    if (items.length === 0) {
      if (this.problem) return nothing;
      return html`<div class="card" role="status"><p>${t(this.isLooking ? 'found.none'
        : 'found.empty')}</p>${this.isLooking ? html`<p class="soft small">
        ${t('found.noneText')}</p>` : nothing}</div>`;
    }
    return html`<div><p class="soft small" role="status">${t(this.cursor ? 'found.shownMore'
      : 'found.shown', { count: items.length })}</p>
      <ul class="list">${items.map((item) => html`<li>${this.item(item)}</li>`)}</ul></div>`;
  }

  private item(item: RecordingItem): TemplateResult {
    const isReady = item.state === 'sealed' && item.derived === 'ready';
    const state = item.state === 'sealed' && !isReady && item.derived !== 'failed'
      ? t('found.preparing') : word('recordingState', item.state);
    const body = html`<div><h2>${item.title}</h2><div class="small soft">
        <span class="number">${item.number}</span> · ${item.case_number
          ? t('found.case', { number: item.case_number }) : t('found.noCase')}</div></div>
      <span class="soft small number">${item.started_at_ms
        ? formatDate(item.started_at_ms, language()) : '—'}</span>
      <span class="small number">${formatClock(item.duration_ms)}</span>
      <span class="end"><span class="chip">${state}</span></span>`;
    return item.may_play ? html`<a class="one" href="/recordings/${item.id}">${body}</a>`
      : html`<div class="one">${body}</div>`;
  }
}
