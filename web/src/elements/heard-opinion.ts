// SPDX-License-Identifier: Apache-2.0
/*
 * The panel's opinion: written by who holds the pen, confirmed by each panelist, with dissent, and
 * sealed by the presiding officer. Tells "ballot-act".
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Deliberation } from '../ballot';
import { HeardElement } from '../base';
import { formatTime } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { base, controls } from '../styles';

@customElement('heard-opinion')
export class HeardOpinion extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; }
    section { display: grid; gap: 12px; }
    .text { white-space: pre-wrap; overflow-wrap: anywhere; padding: 12px 16px;
      border-inline-start: 3px solid var(--room, var(--act)); background: var(--paper);
      font-family: var(--serif); line-height: 1.7; }
    form { display: grid; gap: 8px; }
    form textarea { min-height: 160px; font-family: var(--serif); }
    form.short textarea { min-height: 96px; }
    .acts { display: flex; flex-wrap: wrap; gap: 8px; }
    .acts .primary { flex: 1 1 160px; }
    .done { display: flex; gap: 8px; align-items: center; font-weight: 600; }
    .done svg { color: var(--act); }
    code { overflow-wrap: anywhere; font-size: 12px; }
    .hash { color: var(--ink-soft); font-size: 13px; }
  `];

  @property({ attribute: false }) all!: Deliberation;
  @property() self = '';
  @property({ type: Boolean }) isBusy = false;
  @state() private writes: '' | 'opinion' | 'dissent' = '';
  private from = 0;

  private can(act: string): boolean {
    return this.all.may.includes(act);
  }

  private begin(what: 'opinion' | 'dissent'): void {
    this.writes = what;
    this.from = this.all.opinion?.version ?? 0;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('textarea')?.focus());
  }

  private submit(event: Event): void {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get('text') ?? '').trim();
    if (this.writes === 'opinion' && !text) return;
    this.tell('ballot-act', this.writes === 'opinion' ? { act: 'write', text, version: this.from }
      : { act: 'dissent', text });
    /* The words stay in sight until the server has them. */
    this.sent = text;
  }

  private sent: string | null = null;

  override willUpdate(): void {
    const kept = this.writes === 'opinion' ? this.all?.opinion?.text : this.own?.text ?? '';
    if (this.sent !== null && kept === this.sent) {
      this.sent = null;
      this.writes = '';
    }
  }

  private get own() {
    return this.all.dissents?.find((one) => one.participant === this.self);
  }

  override render(): TemplateResult {
    const { opinion, sealed } = this.all;
    return html`<section aria-label=${t('opinion.title')}><h3>${t('opinion.title')}</h3>
      ${this.writes === 'opinion' ? this.form(opinion?.text ?? '', 8000)
        : opinion ? html`<p class="text">${opinion.text}</p>`
          : html`<p class="soft">${t('opinion.none')}</p>`}
      ${opinion && this.writes !== 'opinion' ? this.who() : nothing}
      ${this.dissents()}
      ${sealed ? this.seal(sealed) : this.acts()}</section>`;
  }

  private form(text: string, max: number): TemplateResult {
    const isOpinion = this.writes === 'opinion';
    return html`<form class=${isOpinion ? '' : 'short'} @submit=${this.submit}>
      <label>${t(isOpinion ? 'opinion.title' : 'opinion.dissents')}
        <textarea name="text" maxlength=${max} .defaultValue=${text}></textarea></label>
      <p class="hint">${isOpinion ? (this.all.opinion ? t('opinion.changeHint') : nothing)
        : t('opinion.dissentText')}</p>
      <div class="acts"><button type="button" @click=${() => { this.writes = ''; }}>
        ${t('ballot.cancel')}</button>
        <button class="primary" ?disabled=${this.isBusy}>${t('opinion.save')}</button></div></form>`;
  }

  private who(): TemplateResult {
    const panel = this.all.panel ?? [];
    const names = (confirmed: boolean) => panel.filter((one) => one.confirmed === confirmed)
      .map((one) => one.name).join(t('list.comma'));
    return html`<div class="small soft">
      ${names(true) ? html`<p>${t('opinion.who', { names: names(true) })}</p>` : nothing}
      ${names(false) ? html`<p>${t('opinion.missing', { names: names(false) })}</p>` : nothing}
    </div>`;
  }

  private dissents(): TemplateResult | typeof nothing {
    const list = this.all.dissents ?? [];
    if (this.writes === 'dissent') return this.form(this.own?.text ?? '', 4000);
    if (!list.length) return nothing;
    return html`<div><h3>${t('opinion.dissents')}</h3>
      ${list.map((one) => html`<p class="text"><b>${one.name}</b><br>${one.text}</p>`)}</div>`;
  }

  private acts(): TemplateResult {
    const { opinion, panel } = this.all;
    const isConfirmed = panel?.some((one) => one.participant === this.self && one.confirmed);
    const tell = (detail: object) => this.tell('ballot-act', detail);
    if (this.writes) return html``;
    return html`
      ${isConfirmed ? html`<p class="done" role="status">${icon('check')}
        ${t('opinion.confirmed')}</p>` : nothing}
      <div class="acts">
        ${this.can('confirm') && opinion && !isConfirmed ? html`<button class="primary"
          ?disabled=${this.isBusy} @click=${() => tell({ act: 'confirm', version: opinion.version })}>
          ${t('opinion.confirm')}</button>` : nothing}
        ${this.can('write') ? html`<button @click=${() => this.begin('opinion')}>
          ${t(opinion ? 'opinion.change' : 'opinion.write')}</button>` : nothing}
        ${this.can('dissent') ? html`<button class="plain" @click=${() => this.begin('dissent')}>
          ${t(this.own ? 'opinion.dissentChange' : 'opinion.dissent')}</button>` : nothing}
        ${this.can('seal') ? html`<button class="primary" ?disabled=${this.isBusy}
          @click=${() => tell({ act: 'seal' })}>${icon('lock')}${t('opinion.seal')}</button>`
          : nothing}</div>`;
  }

  private seal(sealed: { at_ms: number; sha256: string }): TemplateResult {
    return html`<p class="done" role="status">${icon('lock')}
        ${t('opinion.sealed', { time: formatTime(sealed.at_ms) })}</p>
      ${this.all.seal_note ? html`<p class="small soft">${this.all.seal_note}</p>` : nothing}
      <p class="hash">${t('opinion.hash')} <code>${sealed.sha256}</code></p>
      ${this.all.released || this.can('release') ? nothing : html`<p class="hint">${t('opinion.next')}</p>`}`;
  }
}
