// SPDX-License-Identifier: Apache-2.0
/*
 * The documents of a hearing: those that one may see, by number with their versions; for the desk
 * also making them, sending them, and how far each sending came; for whom one was sent to "I have
 * received it". With ownOnly nothing stands there until there is a document.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ApiError } from '../api';
import { paperApi } from '../api_papers';
import { HeardElement } from '../base';
import { formatDate } from '../format';
import { errorText, language, t, word } from '../i18n';
import { icon } from '../icons';
import {
  byNumber, recipients, signStage, stageOf, stageTime, toConfirm, type NewPaper, type Paper, type PaperKind,
  type PaperList,
} from '../papers';
import { base, controls, sheets } from '../styles';

const ALL = 'all';
/* What the desk writes paragraphs of. */
const LONG = ['petitioner_position', 'unit_position', 'facts_found', 'conclusion', 'summary'];

@customElement('heard-hearing-documents')
export class HeardHearingDocuments extends HeardElement {
  static override styles = [base, controls, sheets, css`
    :host { display: grid; gap: 12px; min-width: 0; }
    :host([hidden]) { display: none; }
    ul { display: grid; gap: 12px; }
    li { display: grid; gap: 8px; padding: 12px; border: 1px solid var(--line);
      border-radius: 6px; min-width: 0; }
    .number { overflow-wrap: anywhere; }
    .acts { display: flex; flex-wrap: wrap; gap: 8px; }
    .acts > * { flex: 0 1 auto; }
    .stages { display: grid; gap: 4px; }
    .stages div { display: flex; flex-wrap: wrap; gap: 4px 12px; justify-content: space-between; }
    form { display: grid; gap: 12px; }
    .two { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); }
    details > summary { cursor: pointer; min-height: 44px; display: flex; align-items: center;
      gap: 8px; }
    @media (max-width: 700px) { .acts > * { flex: 1 1 130px; } }
  `];

  @property() hearing = '';
  @property({ type: Boolean }) ownOnly = false;
  /* another one: ask again */
  @property({ type: Number }) version = 0;
  @state() private list: PaperList | null = null;
  @state() private kind: PaperKind | null = null;
  @state() private problem = '';
  @state() private said = '';
  @state() private isBusy = false;

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('hearing') || changed.has('version')) void this.load();
  }

  private async load(): Promise<void> {
    if (!this.hearing) return;
    try {
      this.list = await paperApi.list(this.hearing);
      this.kind ??= this.list.kinds[0] ?? null;
    } catch {
      if (!this.list && !this.ownOnly) this.problem = t('papers.listFailed');
    }
    this.toggleAttribute('hidden', this.ownOnly && !this.list?.items.length);
  }

  private async run(work: () => Promise<string>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = '';
    this.said = '';
    try {
      this.said = await work();
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    } finally {
      this.isBusy = false;
      await this.load();
      this.tell('papers-changed');
    }
  }

  /* For everybody: one after the other, as the server makes few at once. */
  private make(event: Event): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const { kind } = this;
    if (!kind) return;
    const details = Object.fromEntries(kind.details
      .map(({ name }) => [name, String(form.get(name) ?? '').trim()] as const)
      .filter(([, text]) => text));
    const wanted: NewPaper = { kind: kind.kind,
      language: form.get('language') === 'en' ? 'en' : 'zh',
      ...(kind.details.length ? { details } : {}) };
    const person = String(form.get('person') ?? '');
    const people = person === ALL ? (this.list?.people ?? []).map(({ id }) => id) : [person];
    void this.run(async () => {
      if (!kind.personal)
        return t('papers.made', { number: (await paperApi.make(this.hearing, wanted)).number });
      let last = '';
      for (const participant of people)
        last = (await paperApi.make(this.hearing, { ...wanted, participant })).number;
      return people.length === 1 ? t('papers.made', { number: last })
        : t('papers.madeMany', { count: people.length });
    });
  }

  private send(paper: Paper, participant: string, name: string): void {
    void this.run(async () => {
      await paperApi.send(this.hearing, paper.id, participant);
      return t('papers.sent', { name });
    });
  }

  private openSigning(paper: Paper): void {
    void this.run(async () => {
      await paperApi.openSigning(this.hearing, paper.id);
      return t('papers.signingOpened');
    });
  }

  private makeSigned(paper: Paper): void {
    void this.run(async () => t('papers.made', {
      number: (await paperApi.makeSigned(this.hearing, paper.id)).number }));
  }

  private confirm(paper: Paper): void {
    void this.run(async () => {
      await paperApi.confirm(this.hearing, paper.id);
      return '';
    });
  }

  private nameOf(id: string | null): string {
    return this.list?.people.find((person) => person.id === id)?.name ?? '';
  }

  override render(): TemplateResult {
    const { list } = this;
    const groups = byNumber(list?.items ?? []);
    return html`${list?.kinds.length ? this.form(list) : nothing}
      <div role="status" aria-live="polite">
        ${this.isBusy ? html`<p class="small soft">${t('papers.making')}</p>` : nothing}
        ${this.said ? html`<p class="small row">${icon('check')}${this.said}</p>` : nothing}
        ${this.problem ? html`<heard-notice kind="warn">${this.problem}</heard-notice>` : nothing}
      </div>
      ${list && !groups.length && !this.ownOnly
        ? html`<p class="soft">${t('papers.empty')}</p>` : nothing}
      <ul>${repeat(groups, ([newest]) => newest?.number, ([newest, ...older]) => newest
        ? html`<li>${this.one(newest, true)}${older.length ? html`<details>
          <summary class="small">${t('papers.older', { count: older.length })}</summary>
          ${older.map((paper) => this.one(paper, false))}</details>` : nothing}</li>` : nothing)}</ul>`;
  }

  private one(paper: Paper, isNewest: boolean): TemplateResult {
    const kind = word('paperKind', paper.kind);
    const about = this.nameOf(paper.participant);
    return html`<div class="stack">
      <div class="spread"><b>${kind}${about ? html` · ${about}` : nothing}</b>
        <span class="chip">${paper.language === 'zh' ? nothing
          : html`${word('paperLanguage', paper.language)} · `}${t('papers.version',
          { version: paper.version })}</span></div>
      <p class="small soft"><span class="number">${paper.number}</span><br>${t('papers.by', {
        date: formatDate(paper.made_at_ms, language()), name: paper.made_by })}</p>
      <div class="acts">
        <a class="button slim" target="_blank" rel="noopener"
          aria-label=${t('papers.lookAt', { kind })}
          href=${paperApi.url(this.hearing, paper.id, 'html')}>${t('papers.look')}</a>
        <a class="button slim" download=${`${paper.number}.pdf`}
          aria-label=${t('papers.pdfOf', { kind })} title=${t('papers.hash',
            { hash: paper.pdf.sha256 })}
          href=${paperApi.url(this.hearing, paper.id, 'pdf')}>${t('papers.pdf')}</a>
        ${this.sending(paper)}${isNewest ? this.signing(paper) : nothing}
        ${toConfirm(paper) ? html`<button class="primary slim" ?disabled=${this.isBusy}
          @click=${() => this.confirm(paper)}>${t('papers.confirm')}</button>` : nothing}</div>
      ${this.signStage(paper)}${this.stages(paper)}</div>`;
  }

  private signing(paper: Paper): TemplateResult {
    return html`${paper.may.includes('open_signing') ? html`<button class="slim"
        ?disabled=${this.isBusy} @click=${() => this.openSigning(paper)}>
        ${t('papers.openSigning')}</button>` : nothing}
      ${paper.may.includes('make_signed') ? html`<button class="primary slim"
        ?disabled=${this.isBusy} @click=${() => this.makeSigned(paper)}>
        ${t('papers.makeSigned')}</button>` : nothing}`;
  }

  private signStage(paper: Paper): TemplateResult | typeof nothing {
    const stage = signStage(paper);
    return stage ? html`<p class="small row">${stage === 'signed' ? icon('check') : nothing}
      ${word('paperSigning', stage)}</p>` : nothing;
  }

  private sending(paper: Paper): TemplateResult | typeof nothing {
    const people = recipients(paper, this.list?.people ?? []);
    const [only] = people;
    if (!only) return nothing;
    if (paper.participant) return html`<button class="slim" ?disabled=${this.isBusy}
      @click=${() => this.send(paper, only.id, only.name)}>
      ${t('papers.send', { name: only.name })}</button>`;
    const pick = (event: Event) => {
      const select = event.target as HTMLSelectElement;
      const person = people.find(({ id }) => id === select.value);
      select.value = '';
      if (person) this.send(paper, person.id, person.name);
    };
    return html`<select class="slim" aria-label=${t('papers.sendTo')} ?disabled=${this.isBusy}
      @change=${pick}><option value="">${t('papers.sendTo')}</option>
      ${people.map(({ id, name, role }) => html`<option value=${id}>${name} · ${word('role',
        role)}</option>`)}</select>`;
  }

  private stages(paper: Paper): TemplateResult | typeof nothing {
    if (!paper.sendings.length) return nothing;
    if (!paper.may_send) {
      const at = paper.sendings[0]?.confirmed_ms;
      return at ? html`<p class="small row">${icon('check')}${t('papers.confirmed',
        { date: formatDate(at, language()) })}</p>` : nothing;
    }
    return html`<div class="stages small">${paper.sendings.map((sending) => html`<div>
      <span>${sending.name}：${word('paperStage', stageOf(sending))}</span>
      <span class="soft number">${formatDate(stageTime(sending), language())}</span></div>`)}
      </div>`;
  }

  private form(list: PaperList): TemplateResult {
    const { kind } = this;
    const pick = (event: Event) => {
      const code = (event.target as HTMLSelectElement).value;
      this.kind = list.kinds.find((one) => one.kind === code) ?? null;
    };
    return html`<details><summary>${icon('exhibit')}${t('papers.new')}</summary>
      <form @submit=${this.make}><div class="two">
        <label>${t('papers.kind')}<select name="kind" @change=${pick}>${list.kinds.map((one) =>
          html`<option value=${one.kind} ?selected=${one.kind === kind?.kind}>
            ${word('paperKind', one.kind)}</option>`)}</select></label>
        ${kind?.personal ? html`<label>${t('papers.person')}<select name="person">
          <option value=${ALL}>${t('papers.everybody')}</option>
          ${list.people.map((person) => html`<option value=${person.id}>${person.name}</option>`)}
          </select></label>` : nothing}
        <label>${t('papers.language')}<select name="language">
          <option value="zh">${word('paperLanguage', 'zh')}</option>
          <option value="en">${word('paperLanguage', 'en')}</option></select></label></div>
        ${kind?.not_yet ? html`<heard-notice kind="info">${word('paperNotYet', kind.not_yet)}
          </heard-notice>` : html`${kind?.details.map(({ name, required }) => html`<label>
          ${word('paperDetail', name)}<textarea name=${name} rows=${LONG.includes(name) ? 5 : 2}
          maxlength="4000" ?required=${required}></textarea></label>`)}
        <div class="acts"><button class="primary" ?disabled=${this.isBusy}>
          ${t('papers.make')}</button></div>`}</form></details>`;
  }
}
