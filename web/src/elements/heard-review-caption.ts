// SPDX-License-Identifier: Apache-2.0
/* What is said just now, over the pictures of a review; in full screen too. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { base } from '../styles';

@customElement('heard-review-caption')
export class HeardReviewCaption extends HeardElement {
  static override styles = [base, css`
    :host { position: absolute; left: 0; right: 0; bottom: 52px; z-index: 4; display: grid;
      justify-items: center; padding: 0 16px; pointer-events: none; }
    p { max-width: min(44em, 100%); padding: 6px 14px; border-radius: var(--radius);
      background: rgb(10 14 18 / 0.84); color: #f6f4ef; font-size: 20px; line-height: 1.45;
      overflow-wrap: anywhere; text-wrap: pretty; }
    b { color: #9fd6d1; font-weight: 600; }
    @media (max-width: 700px) { p { font-size: 16px; } :host { bottom: 8px; } }
  `];

  @property() text = '';
  @property() name = '';

  override render(): TemplateResult {
    return html`${this.text ? html`<p>${this.name ? html`<b>${this.name}：</b>` : nothing}${
      this.text}</p>` : nothing}`;
  }
}
