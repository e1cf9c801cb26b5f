// SPDX-License-Identifier: Apache-2.0
/*
 * What left the deliberation: opinion and totals, for who hears the announcement; before it, the
 * presiding officer's button. Tells "ballot-act".
 */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Deliberation } from '../ballot';
import { HeardElement } from '../base';
import { formatTime } from '../format';
import { t } from '../i18n';
import { base, controls } from '../styles';

@customElement('heard-released')
export class HeardReleased extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; }
    section { display: grid; gap: 12px; }
    .text { white-space: pre-wrap; overflow-wrap: anywhere; padding: 12px 16px; font-size: 18px;
      border-inline-start: 3px solid var(--act); background: var(--paper);
      font-family: var(--serif); line-height: 1.7; }
  `];

  @property({ attribute: false }) all!: Deliberation;
  @property({ type: Boolean }) isBusy = false;

  override render(): TemplateResult {
    const { released, may } = this.all;
    if (released)
      return html`<section aria-label=${t('ballot.titleAfter')}>
        <p class="small soft">${t('opinion.released', { time: formatTime(released.at_ms) })}</p>
        <p class="text">${released.opinion}</p>
        ${released.questions.map((one) => html`<heard-ballot-result .ballot=${one}>
          </heard-ballot-result>`)}</section>`;
    if (may.includes('release'))
      return html`<section><p class="soft">${t('opinion.releaseText')}</p>
        <button class="primary wide" ?disabled=${this.isBusy}
          @click=${() => this.tell('ballot-act', { act: 'release' })}>
          ${t('opinion.release')}</button></section>`;
    return html`<p class="soft">${t('opinion.notReleased')}</p>`;
  }
}
