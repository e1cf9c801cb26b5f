// SPDX-License-Identifier: Apache-2.0
/*
 * A party is asked whether somebody here should be recused: first who sits here and yes or no,
 * then who and why. Tells "command" recusal.answer, and "later" where it was opened by oneself.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import { plateOf } from '../plate';
import type { Participant } from '../protocol';
import { base, controls, elder } from '../styles';

const REASON_MAX = 200;

@customElement('heard-recusal')
export class HeardRecusal extends HeardElement {
  static override styles = [base, controls, elder, css`
    dialog { width: min(560px, 100vw); max-width: 100vw; height: auto; max-height: 100dvh;
      margin: auto; padding: 24px; border: 1px solid var(--line); border-radius: 12px;
      background: var(--sheet); color: var(--ink); overflow: auto; }
    dialog::backdrop { background: rgb(10 14 18 / 0.82); }
    section, form { display: grid; gap: 16px; }
    h2 { font-size: 26px; text-wrap: balance; }
    .people { display: grid; border-top: 1px solid var(--line); }
    .people li { padding: 8px 0; border-bottom: 1px solid var(--line); display: grid; }
    .people span { color: var(--ink-soft); font-size: 16px; }
    .acts { display: grid; gap: 12px; position: sticky; bottom: -20px; padding: 12px 0 20px;
      margin: -12px 0 -20px; background: var(--sheet); }
    .acts button { min-height: 60px; }
    label.check { align-items: flex-start; padding: 4px 0; border-bottom: 1px solid var(--line); }
    label.check input { margin-top: 2px; }
    label.check div { display: grid; }
    label.check span { color: var(--ink-soft); font-size: 16px; font-weight: 400; }
    legend { font-weight: 600; padding-bottom: 4px; }
    .bad { color: var(--seal); font-weight: 500; }
    @media (max-width: 700px) {
      dialog { width: 100vw; height: 100dvh; border: 0; border-radius: 0; padding: 20px 16px; }
      section, form { min-height: 100%; grid-template-rows: 1fr auto; }
      .words { align-content: start; }
    }
    .words { display: grid; gap: 16px; }
  `];

  @property({ attribute: false }) people: readonly Participant[] = [];
  /* Opened by the person, not asked: may be put away. */
  @property({ type: Boolean }) isOwn = false;
  @state() private isAsking = false;
  @state() private missing = '';

  override firstUpdated(): void {
    this.isAsking = this.isOwn;
    this.renderRoot.querySelector('dialog')?.showModal();
    navigator.vibrate?.(200);
  }

  private none(): void {
    this.tell('command', { type: 'recusal.answer', data: { decision: 'none' } });
  }

  private submit(event: Event): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const participant = String(data.get('who') ?? '');
    const reason = String(data.get('reason') ?? '').trim();
    this.missing = !participant ? t('recusal.choose') : !reason ? t('ask.reasonNeeded') : '';
    if (this.missing) return;
    this.tell('command', { type: 'recusal.answer', data: { decision: 'ask', participant, reason } });
    if (this.isOwn) this.tell('later');
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @cancel=${(event: Event) => {
      event.preventDefault();
      if (this.isOwn) this.tell('later');
    }}>${this.isAsking ? this.form() : this.question()}</dialog>`;
  }

  private question(): TemplateResult {
    return html`<section><div class="words">
      <h2 id="heading">${t('recusal.question')}</h2>
      <p>${t('recusal.text')}</p>
      <ul class="people">${this.people.map((one) => html`<li><strong>${one.name}</strong>
        <span>${plateOf(one)}</span></li>`)}</ul></div>
      <div class="acts">
        <button class="primary wide" @click=${this.none}>${t('recusal.none')}</button>
        <button class="wide" @click=${() => { this.isAsking = true; }}>${t('recusal.ask')}</button>
      </div></section>`;
  }

  private form(): TemplateResult {
    return html`<form @submit=${this.submit} novalidate><div class="words">
      <h2 id="heading">${t('recusal.whom')}</h2>
      <fieldset><legend class="hide-visually">${t('recusal.whom')}</legend>
        ${this.people.map((one) => html`<label class="check"><input type="radio" name="who"
          value=${one.id}><div>${one.name}<span>${plateOf(one)}</span></div></label>`)}</fieldset>
      <label>${t('recusal.why')}<textarea name="reason" rows="3" maxlength=${REASON_MAX}></textarea>
        <span class="hint">${t('recusal.whyHint')}</span></label>
      ${this.missing ? html`<p class="bad" role="alert">${this.missing}</p>` : nothing}</div>
      <div class="acts"><button class="primary wide">${t('recusal.send')}</button>
        <button type="button" class="wide" @click=${() => {
          if (this.isOwn) this.tell('later');
          else this.isAsking = false;
        }}>${icon('back')}${t('recusal.back')}</button></div></form>`;
  }
}
