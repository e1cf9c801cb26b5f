// SPDX-License-Identifier: Apache-2.0
/* A sum of yuan: figures in groups of three, and in capitals where it binds. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { language, t } from '../i18n';
import { yuanCapital, yuanDigits } from '../mediation/money';
import { base } from '../styles';

@customElement('heard-mediation-sum')
export class HeardMediationSum extends HeardElement {
  static override styles = [base, css`
    :host { display: inline-block; }
    .sum { font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap; }
    .unit { font-size: 0.6em; font-weight: 500; margin-inline-start: 0.25em; }
    .capital { display: block; font-size: 14px; color: var(--ink-soft); font-weight: 400; }
    .none { font-size: 16px; color: var(--ink-soft); font-weight: 400; }
  `];

  @property({ attribute: false }) fen: number | null = null;
  @property({ type: Boolean }) hasCapital = false;

  override render(): TemplateResult {
    if (this.fen === null) return html`<span class="none">${t('mediation.noMoney')}</span>`;
    const isZh = language() === 'zh';
    return html`<span class="sum">${isZh ? '' : 'CN¥'}${yuanDigits(this.fen)}${isZh
      ? html`<span class="unit">元</span>` : nothing}</span>
      ${this.hasCapital && isZh ? html`<span class="capital">${yuanCapital(this.fen)}</span>`
        : nothing}`;
  }
}
