// SPDX-License-Identifier: Apache-2.0
/*
 * The banner for a recording that is in danger: what it means for this person, and for whoever
 * may call a recess the button that does so. Calm words, a frame that nobody overlooks.
 * Tells "ask" 'recess-unsaved'.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import type { Risk } from '../risk';
import { base, controls } from '../styles';

@customElement('heard-risk')
export class HeardRisk extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; }
    div { display: flex; gap: 8px 14px; align-items: center; padding: 10px 16px;
      background: var(--warn-soft); border-bottom: 1px solid var(--line); }
    .unsaved { background: var(--seal-soft); border-left: 6px solid var(--seal); }
    .unsaved > svg { color: var(--seal); }
    svg { width: 24px; height: 24px; flex: none; color: var(--warn); }
    button svg { color: currentColor; width: 20px; height: 20px; }
    p { flex: 1; min-width: 0; text-wrap: pretty; overflow-wrap: anywhere; }
    b { font-weight: 600; margin-right: 6px; }
    button { flex: none; white-space: nowrap; }
    @media (max-width: 700px) {
      div { padding: 10px 12px; flex-wrap: wrap; font-size: 17px; line-height: 1.45; }
      b { display: block; }
      button { width: 100%; }
    }
  `];

  @property({ attribute: false }) risk!: Risk;

  override render(): TemplateResult {
    const { kind, mayPause } = this.risk;
    return html`<div class=${kind} role=${kind === 'unsaved' ? 'alert' : 'status'}>
      ${icon('warn')}<p>${this.words()}</p>
      ${mayPause && (kind === 'unsaved' || kind === 'ending') ? html`<button class="primary"
        @click=${() => this.tell('ask', 'recess-unsaved')}>${icon('pause')}${t('risk.pause')}
        </button>` : nothing}</div>`;
  }

  private words(): TemplateResult {
    const { kind, hours, minutes, mayPause } = this.risk;
    if (kind === 'unsaved')
      return html`<b>${t('risk.unsaved')}</b>${t(mayPause ? 'risk.unsavedPause'
        : 'risk.unsavedText')}`;
    if (kind === 'ending')
      return html`<b>${t('risk.ending', { minutes })}</b>${t(mayPause ? 'risk.endingPause'
        : 'risk.endingText')}`;
    return html`<b>${t(`risk.${kind}`, { hours })}</b>${t(`risk.${kind}Text`)}`;
  }
}
