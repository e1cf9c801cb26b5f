// SPDX-License-Identifier: Apache-2.0
/*
 * The question before a recording is opened: why? It is logged (POST views). What is opened
 * stands in the slot. Tells "why" with the reason.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { base, controls, sheets } from '../styles';

@customElement('heard-why')
export class HeardWhy extends HeardElement {
  static override styles = [base, controls, sheets, css`
    form { display: grid; gap: 16px; max-width: 560px; margin: 32px auto; padding: 24px; }
  `];

  @property() back = '';
  @property() problem = '';
  @state() private isMissing = false;

  private submit(event: Event): void {
    event.preventDefault();
    const reason = String(new FormData(event.target as HTMLFormElement).get('reason')).trim();
    this.isMissing = reason.length < 2;
    if (!this.isMissing) this.tell('why', reason);
  }

  override render(): TemplateResult {
    const problem = this.isMissing ? t('review.reasonMissing') : this.problem;
    return html`<form class="card" @submit=${this.submit} novalidate>
      <div><h1>${t('review.reasonTitle')}</h1><slot></slot></div>
      <p>${t('review.reasonText')}</p>
      ${problem ? html`<heard-notice kind="bad">${problem}</heard-notice>` : nothing}
      <label>${t('review.reason')}<input name="reason" maxlength="200" autocomplete="off"></label>
      <div class="spread"><a class="button" href=${this.back}>${t('review.back')}</a>
        <button class="primary">${t('review.open')}</button></div></form>`;
  }
}
