// SPDX-License-Identifier: Apache-2.0
/*
 * What was promised here (or given as a task), by whom and until when: for everybody to read, and
 * to name while it is collected. `quiet`: with its heading, and nothing at all where there is none.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import {
  COMMITMENT_CHARS_MAX, commitmentApi, dayOf, endOfDay, type Commitment, type Commitments,
} from '../commitments';
import { formatDay } from '../format';
import { language, t, word } from '../i18n';
import { base, controls } from '../styles';
import { troubleOf } from '../trouble';

const DAY_MS = 24 * 3600 * 1000;
const USUAL_DAYS = 15;
const YEARS_MS = 3 * 365 * DAY_MS;

@customElement('heard-commitments')
export class HeardCommitments extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; gap: 16px; }
    ol { display: grid; counter-reset: item; }
    li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px 12px;
      padding: 12px 0; border-top: 1px solid var(--line); align-items: start; }
    li p { overflow-wrap: anywhere; font-size: 18px; line-height: 1.5; }
    dl { display: flex; flex-wrap: wrap; gap: 4px 16px; grid-column: 1 / -1; }
    dl div { display: flex; gap: 6px; min-width: 0; }
    dt { color: var(--ink-soft); white-space: nowrap; }
    dd { overflow-wrap: anywhere; font-weight: 500; }
    .late { color: var(--seal); }
    form { display: grid; gap: 12px; padding: 16px; border: 1px solid var(--line);
      border-radius: var(--radius); }
    .two { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px; }
    .bad { color: var(--seal); font-weight: 500; }
  `];

  @property() hearing = '';
  @property({ type: Boolean }) quiet = false;
  /* Read anew with each number. */
  @property({ type: Number }) version = 0;
  @state() private list: Commitments | null = null;
  @state() private problem = '';
  @state() private isBusy = false;

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('version') || changed.has('hearing')) void this.read();
  }

  private async read(): Promise<void> {
    try {
      this.list = await commitmentApi.list(this.hearing);
      this.problem = '';
    } catch (error) {
      this.problem = troubleOf(error);
    }
  }

  private async act(what: () => Promise<unknown>): Promise<boolean> {
    this.isBusy = true;
    this.problem = '';
    try {
      await what();
      await this.read();
      return true;
    } catch (error) {
      this.problem = troubleOf(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const text = String(data.get('text') ?? '').trim();
    const unit = String(data.get('unit') ?? '');
    const due = endOfDay(String(data.get('due') ?? ''));
    if (!text || !unit || Number.isNaN(due)) {
      this.problem = t('promise.missing');
      return;
    }
    if (await this.act(() => commitmentApi.name(this.hearing, text, unit, due))) form.reset();
  }

  override render(): TemplateResult {
    const { list } = this;
    if (this.quiet) return this.card(list);
    if (!list) return html`<p class="soft">${this.problem || t('training.reading')}</p>`;
    return html`${list.items.length ? this.items(list) : html`<p class="soft">${t(list.tasks ? 'promise.noTasks' : 'promise.none')}</p>`}
      ${this.problem ? html`<p class="bad" role="alert">${this.problem}</p>` : nothing}
      ${list.may_name && list.items.length < list.max ? this.form(list) : nothing}`;
  }

  private card(list: Commitments | null): TemplateResult {
    return list?.items.length ? html`<div><h2>${t(list.tasks ? 'promise.tasks' : 'promise.title')}
      </h2>${this.items(list)}</div>` : html``;
  }

  private items(list: Commitments): TemplateResult {
    return html`<ol>${list.items.map((one) => this.item(one, list))}</ol>`;
  }

  private item(one: Commitment, list: Commitments): TemplateResult {
    const isLate = one.state === 'overdue' || one.state === 'done_late';
    return html`<li><p>${one.text}</p>
      ${list.may_name ? html`<button class="plain slim" ?disabled=${this.isBusy}
        aria-label=${t('promise.removeOne', { text: one.text })} @click=${() => void this.act(() =>
          commitmentApi.remove(this.hearing, one.id))}>${t('promise.remove')}</button>` : nothing}
      <dl><div><dt>${t('promise.who')}</dt><dd>${one.unit}</dd></div>
        <div><dt>${t('promise.until')}</dt><dd class="number">
          ${formatDay(one.due_at_ms, language())}</dd></div>
        ${one.state === 'open' ? nothing : html`<div><dt>${t('promise.state')}</dt>
          <dd class=${isLate ? 'late' : ''}>${word('promise', `state.${one.state}`)}</dd></div>`}
      </dl></li>`;
  }

  private form(list: Commitments): TemplateResult {
    if (!list.units.length) return html`<p class="hint">${t('promise.noUnits')}</p>`;
    const now = Date.now();
    return html`<form @submit=${this.submit} novalidate>
      <label>${t(list.tasks ? 'promise.task' : 'promise.text')}<textarea name="text" rows="2"
        maxlength=${COMMITMENT_CHARS_MAX} placeholder=${t('promise.textHint')}></textarea></label>
      <div class="two"><label>${t('promise.who')}<select name="unit">
          ${list.units.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
        </select></label>
        <label>${t('promise.until')}<input type="date" name="due" min=${dayOf(now)}
          max=${dayOf(now + YEARS_MS)} .defaultValue=${dayOf(now + USUAL_DAYS * DAY_MS)}></label>
      </div>
      <button class="primary" ?disabled=${this.isBusy}>
        ${t(list.tasks ? 'promise.addTask' : 'promise.add')}</button></form>`;
  }
}
