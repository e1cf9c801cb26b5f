// SPDX-License-Identifier: Apache-2.0
/*
 * One offer as a card: whose, which round, what, how far it is, and what this person may do with it.
 * Tells "mediation-act" {act, of}, "mediation-counter" with the offer.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatTime } from '../format';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { otherSide, type Offer } from '../mediation/view';
import { base, controls } from '../styles';
import { mediationStyles } from './mediation-styles';

@customElement('heard-mediation-offer')
export class HeardMediationOffer extends HeardElement {
  static override styles = [base, controls, mediationStyles, css`
    article { display: grid; gap: 8px; padding: 12px; border: 1px solid var(--line);
      border-radius: 6px; background: var(--sheet); }
    .respondent { margin-inline-start: 24px; }
    .petitioner { margin-inline-end: 24px; }
    .kept, .released { border-style: dashed; border-color: var(--caucus); }
    .accepted { border: 2px solid var(--act); padding: 11px; }
    .withdrawn, .declined, .countered { opacity: 0.8; }
    header { display: flex; gap: 4px 8px; align-items: baseline; flex-wrap: wrap; font-size: 14px; }
    header b { font-size: 15px; }
    header .tail { margin-left: auto; color: var(--ink-soft); font-variant-numeric: tabular-nums; }
    heard-mediation-sum { font-size: 22px; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; font-size: 15px; }
    dt { color: var(--ink-soft); }
    .note { border-inline-start: 3px solid var(--caucus); padding-inline-start: 8px; font-size: 15px; }
  `];

  @property({ attribute: false }) offer!: Offer;
  @property({ type: Boolean }) isBusy = false;

  private act(act: string, fields: object = {}): void {
    this.tell('mediation-act', { act, of: this.offer.id, ...fields });
  }

  override render(): TemplateResult {
    const { offer } = this;
    const at = offer.carried_at_ms ?? offer.made_at_ms;
    const isSecret = offer.state === 'kept' || offer.state === 'released';
    return html`<article class="${offer.side} ${offer.state}">
      <header><b>${t('mediation.offerOf', { side: word('mediation.side', offer.side) })}</b>
        ${offer.round ? html`<span>${t('mediation.round', { round: offer.round })}</span>` : nothing}
        ${offer.by_mediator ? html`<span class="soft">${t('mediation.byMediator')}</span>` : nothing}
        ${at ? html`<span class="tail">${formatTime(at)}</span>` : nothing}</header>
      <p class="text">${offer.what}</p>
      ${offer.amount_fen === null ? nothing : html`<heard-mediation-sum .fen=${offer.amount_fen}>
        </heard-mediation-sum>`}
      ${offer.how || offer.by_when ? html`<dl>
        ${offer.how ? html`<dt>${t('mediation.how')}</dt><dd>${offer.how}</dd>` : nothing}
        ${offer.by_when ? html`<dt>${t('mediation.byWhen')}</dt><dd>${offer.by_when}</dd>` : nothing}
        </dl>` : nothing}
      <p class="state ${isSecret ? 'secret' : offer.state === 'accepted' ? 'good' : ''}">
        ${icon(isSecret ? 'lock' : offer.state === 'accepted' ? 'check' : 'info')}
        ${word('mediation.offerState', offer.state)}</p>
      ${this.note(offer.talk_note, offer.talk_at_ms !== null)}
      ${offer.note ? this.note(offer.note, true) : nothing}
      <div class="acts">${this.buttons()}</div></article>`;
  }

  private note(text: string, isThere: boolean): TemplateResult | typeof nothing {
    if (!isThere) return nothing;
    return html`<p class="note text">${text ? t('mediation.noteToYou', { note: text })
      : `${word('mediation.side', otherSide(this.offer.side))} ${t('mediation.talk')}`}</p>`;
  }

  private buttons(): TemplateResult {
    const { offer, isBusy } = this;
    const side = word('mediation.side', otherSide(offer.side));
    const button = (act: string, label: string, kind = '') => (offer.may.includes(act)
      ? html`<button class=${kind} ?disabled=${isBusy} @click=${() => this.act(act)}>${label}
        </button>` : nothing);
    return html`${button('offer_carry', t('mediation.carry', { side }), 'primary')}
      ${button('offer_release', t('mediation.release'), 'primary')}
      ${button('offer_withdraw', t('mediation.withdraw'))}
      ${offer.may.includes('offer_make') ? html`<button ?disabled=${isBusy}
        @click=${() => this.tell('mediation-counter', offer)}>${offer.may.includes('offer_answer')
          ? t('mediation.ask.offer.counter') : t('mediation.writeFor', { side })}</button>` : nothing}`;
  }
}
