// SPDX-License-Identifier: Apache-2.0
/*
 * What a machine took down, between the minutes and the place for the next line: grey, and said to be
 * a draft. The clerk takes one as it stands or mends it first, drops it, or does so with all. Tells "take"
 * ({draft, text}), "take-all", "drop" ({id}), "drop-all".
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { formatTimeOfDay } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { TEXT_MAX } from '../minutes/line';
import { isDoubtful, type MachineDraft } from '../minutes/machine';
import { base, controls } from '../styles';

@customElement('heard-drafts')
export class HeardDrafts extends HeardElement {
  static override styles = [base, controls, css`
    section { border-top: 1px solid var(--line); background: var(--paper); display: grid;
      max-height: 22vh; grid-template-rows: auto minmax(0, 1fr); }
    header { display: flex; gap: 4px 8px; align-items: center; padding: 6px 4px 2px 12px; flex-wrap: wrap; }
    h3 { font-size: 13px; font-weight: 600; color: var(--ink-soft); flex: 1; min-width: 130px; }
    header button { min-height: 40px; padding: 2px 10px; font-size: 14px; }
    ul { overflow: auto; overscroll-behavior: contain; padding: 0 4px 4px 12px; list-style: none; margin: 0; }
    li { display: grid; grid-template-columns: max-content minmax(0, 1fr) max-content; gap: 0 10px;
      align-items: start; padding: 4px 0; border-top: 1px dashed var(--line); }
    time { color: var(--ink-soft); font-size: 13px; line-height: 40px; }
    .words { color: var(--ink-soft); font-family: var(--serif); line-height: 1.6; padding: 7px 0;
      overflow-wrap: anywhere; }
    .who { font-family: inherit; font-weight: 600; }
    .doubt { text-decoration: underline dotted; text-underline-offset: 4px; }
    .acts { display: flex; }
    .acts button { min-width: 40px; min-height: 40px; padding: 2px 8px; font-size: 14px; }
    form { grid-column: 1 / -1; display: grid; gap: 8px; padding: 4px 8px 8px 0; }
    textarea { min-height: 64px; font-family: var(--serif); }
    .others { display: flex; flex-wrap: wrap; gap: 6px; }
    .others button { min-height: 40px; font-size: 14px; text-align: start; }
  `];

  @property({ attribute: false }) drafts: readonly MachineDraft[] = [];
  @property({ attribute: false }) names: ReadonlyMap<string, string> = new Map();
  @state() private openId = '';
  @state() private text = '';

  override willUpdate(): void {
    if (this.openId && !this.drafts.some((one) => one.id === this.openId)) this.openId = '';
  }

  override updated(changed: Map<string, unknown>): void {
    if (!changed.has('openId') || !this.openId) return;
    const field = this.renderRoot.querySelector('textarea');
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  private open(draft: MachineDraft): void {
    this.openId = draft.id;
    this.text = draft.text;
  }

  private take(draft: MachineDraft, text: string): void {
    this.openId = '';
    if (text.trim()) this.tell('take', { draft, text });
  }

  override render(): TemplateResult | typeof nothing {
    const { drafts } = this;
    if (!drafts.length) return nothing;
    return html`<section aria-label=${t('draft.title')}>
      <header><h3>${t('draft.title')} · ${t('draft.count', { count: drafts.length })}</h3>
        <button class="plain" @click=${() => this.tell('take-all')}>${t('draft.takeAll')}</button>
        <button class="plain" @click=${() => this.tell('drop-all')}>${t('draft.dropAll')}</button></header>
      <ul>${repeat(drafts, (one) => one.id, (one) => this.one(one))}</ul></section>`;
  }

  private one(draft: MachineDraft): TemplateResult {
    const name = this.names.get(draft.speaker) ?? '';
    const time = formatTimeOfDay(draft.at_ms);
    if (draft.id === this.openId) return html`<li>${this.form(draft, time, name)}</li>`;
    return html`<li><time class="number">${time}</time>
      <span class="words"><span class="who">${name ? `${name}：` : nothing}</span><span
        class=${isDoubtful(draft) ? 'doubt' : ''} title=${isDoubtful(draft) ? t('draft.doubtful')
          : nothing}>${draft.text}</span></span>
      <span class="acts"><button class="plain" aria-label=${t('draft.takeOne', { time })}
          @click=${() => this.take(draft, draft.text)}>${t('draft.take')}</button>
        <button class="plain" aria-label=${t('draft.mendOne', { time })}
          @click=${() => this.open(draft)}>${t('draft.mend')}</button>
        <button class="plain" aria-label=${t('draft.dropOne', { time })} title=${t('draft.drop')}
          @click=${() => this.tell('drop', { id: draft.id })}>${icon('close')}</button></span></li>`;
  }

  private form(draft: MachineDraft, time: string, name: string): TemplateResult {
    const key = (event: KeyboardEvent): void => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === 'Enter') this.take(draft, this.text);
      else if (event.key === 'Escape') this.openId = '';
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <textarea aria-label=${t('draft.mendOne', { time })} maxlength=${TEXT_MAX} .value=${this.text}
        placeholder=${name} @keydown=${key} @input=${(event: Event) => {
          this.text = (event.target as HTMLTextAreaElement).value;
        }}></textarea>
      ${draft.alternatives.length ? html`<div class="others" role="group" aria-label=${t('draft.others')}>
        ${draft.alternatives.map((one) => html`<button type="button" @click=${() => {
          this.text = one;
        }}>${one}</button>`)}</div>` : nothing}
      <div class="row"><button type="button" class="slim primary"
        @click=${() => this.take(draft, this.text)}>${t('draft.take')}</button>
        <button type="button" class="slim" @click=${() => { this.openId = ''; }}>
          ${t('draft.back')}</button></div></form>`;
  }
}
