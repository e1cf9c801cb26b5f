// SPDX-License-Identifier: Apache-2.0
/*
 * Writing an offer, for one's own side or, by the mediator, for one. Who sees it stands above it.
 * Tells "mediation-act" offer_make, "form-close".
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { parseYuan, yuanCapital, yuanDigits } from '../mediation/money';
import type { Offer, Side } from '../mediation/view';
import { base, controls } from '../styles';
import { mediationStyles } from './mediation-styles';

@customElement('heard-mediation-form')
export class HeardMediationForm extends HeardElement {
  static override styles = [base, controls, mediationStyles, css`
    form { display: grid; gap: 12px; padding: 12px; border: 1px dashed var(--caucus);
      border-radius: 6px; background: var(--sheet); }
    textarea { min-height: 72px; }
    .read { font-size: 15px; color: var(--ink-soft); }
  `];

  @property() side: Side = 'petitioner';
  @property({ type: Boolean }) isMediator = false;
  @property({ attribute: false }) counters: Offer | null = null;
  @property({ type: Boolean }) isBusy = false;
  @state() private amount = '';
  @state() private fault = '';

  override firstUpdated(): void {
    this.renderRoot.querySelector('textarea')?.focus();
  }

  private submit(event: Event): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    const amount_fen = parseYuan(this.amount);
    if (!text('what')) this.fault = t('mediation.whatMissing');
    else if (Number.isNaN(amount_fen)) this.fault = t('mediation.amountBad');
    else {
      this.fault = '';
      this.tell('mediation-act', {
        act: 'offer_make', what: text('what'), amount_fen, how: text('how'), by_when: text('by_when'),
        ...(this.isMediator ? { side: this.side } : {}),
        ...(this.counters ? { of: this.counters.id } : {}),
      });
    }
  }

  override render(): TemplateResult {
    const side = word('mediation.side', this.side);
    const fen = parseYuan(this.amount);
    return html`<form @submit=${this.submit} novalidate>
      <h3>${this.isMediator ? t('mediation.writeFor', { side }) : t('mediation.write')}</h3>
      ${this.counters ? html`<p class="hint">${t('mediation.counterTo', {
        round: this.counters.round ?? 0 })}</p>` : nothing}
      <p class="state secret">${icon('lock')}<span>${this.isMediator
        ? t('mediation.writeHintMediator', { side }) : t('mediation.writeHint')}</span></p>
      <label>${t('mediation.what')}<textarea name="what" maxlength="2000"
        placeholder=${t('mediation.whatHint')}></textarea></label>
      <label>${t('mediation.amountLabel')}<input name="amount" inputmode="decimal" maxlength="20"
        .value=${this.amount} @input=${(event: Event) => {
          this.amount = (event.target as HTMLInputElement).value;
        }}></label>
      ${fen !== null && !Number.isNaN(fen) ? html`<p class="read number">${yuanDigits(fen)} 元 ·
        ${yuanCapital(fen)}</p>` : nothing}
      <label>${t('mediation.howLabel')}<input name="how" maxlength="200"
        placeholder=${t('mediation.howHint')}></label>
      <label>${t('mediation.whenLabel')}<input name="by_when" maxlength="200"
        placeholder=${t('mediation.whenHint')}></label>
      ${this.fault ? html`<p class="bad" role="alert">${this.fault}</p>` : nothing}
      <div class="acts"><button class="primary" ?disabled=${this.isBusy}>
        ${t('mediation.offerSave')}</button>
        <button type="button" @click=${() => this.tell('form-close')}>${t('ask.cancel')}</button></div>
    </form>`;
  }
}
