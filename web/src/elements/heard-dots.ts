// SPDX-License-Identifier: Apache-2.0
/* Five dots: how far a person has come. The words say it too. */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { base } from '../styles';

@customElement('heard-dots')
export class HeardDots extends HeardElement {
  static override styles = [base, css`
    div { display: flex; align-items: center; gap: 8px; }
    i { width: 12px; height: 12px; border-radius: 50%; border: 2px solid var(--act); }
    i.done { background: var(--act); }
    i.now { width: 32px; border-radius: 6px; background: var(--act); }
    span { margin-left: 8px; color: var(--ink-soft); font-size: 16px; }
  `];

  @property({ type: Number }) step = 1;
  @property({ type: Number }) count = 5;

  override render(): TemplateResult {
    const dots = Array.from({ length: this.count }, (_, index) => index + 1);
    return html`<div>
      ${dots.map((dot) => html`<i aria-hidden="true"
        class=${dot === this.step ? 'now' : dot < this.step ? 'done' : ''}></i>`)}
      <span>${t('join.step', { step: this.step, count: this.count })}</span>
    </div>`;
  }
}
