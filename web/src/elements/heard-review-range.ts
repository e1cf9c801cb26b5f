// SPDX-License-Identifier: Apache-2.0
/*
 * The stretch between in and out: what can be done with it. A clip of its own belongs into the
 * slot "act". Tells "in", "out", "clear", and "keep" with the whole stretch.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t } from '../i18n';
import { isWhole, NO_RANGE, type Range } from '../review/marks';
import { base, controls } from '../styles';

@customElement('heard-review-range')
export class HeardReviewRange extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: flex; gap: 8px 12px; align-items: center; flex-wrap: wrap; margin-top: 8px;
      padding-top: 8px; border-top: 1px solid var(--line); }
    .name { font-size: 14px; color: var(--ink-soft); }
    .place { font-size: 14px; min-width: 150px; }
  `];

  @property({ attribute: false }) range: Range = NO_RANGE;

  private clock(ms: number | null): string {
    return ms === null ? t('range.none') : formatClock(ms);
  }

  override render(): TemplateResult {
    const { range } = this;
    const isSet = range.from_ms !== null || range.to_ms !== null;
    return html`<span class="name">${t('range.title')}</span>
      <button class="slim" title="I" @click=${() => this.tell('in')}>${t('range.in')}</button>
      <button class="slim" title="O" @click=${() => this.tell('out')}>${t('range.out')}</button>
      ${isSet ? html`<span class="place number" role="status">
          ${t('range.from', { at: this.clock(range.from_ms) })} ·
          ${t('range.to', { at: this.clock(range.to_ms) })}</span>
        <button class="slim" ?disabled=${!isWhole(range)}
          @click=${() => this.tell('keep', range)}>${t('range.keep')}</button>
        <slot name="act"></slot>
        <button class="slim plain" @click=${() => this.tell('clear')}>${t('range.clear')}</button>`
        : nothing}`;
  }
}
