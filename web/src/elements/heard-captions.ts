// SPDX-License-Identifier: Apache-2.0
/*
 * What was said last, below the picture, for everybody. Large for the petitioner's side. Gone some
 * time after its last change; switched off it leaves nothing behind.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import type { MinutesLine } from '../minutes/line';
import { base } from '../styles';

const STAYS_MS = 30_000;

@customElement('heard-captions')
export class HeardCaptions extends HeardElement {
  static override styles = [base, css`
    :host { display: grid; justify-items: center; padding: 0 12px 12px; pointer-events: none; }
    p { max-width: min(44em, 100%); max-height: 6.2em; overflow: hidden; display: flex;
      flex-direction: column; justify-content: flex-end; padding: 6px 14px;
      border-radius: var(--radius); background: rgb(10 14 18 / 0.82); color: #f6f4ef; font-size: 18px;
      line-height: 1.5; overflow-wrap: anywhere; text-wrap: pretty; }
    :host([large]) p { font-size: 22px; }
    b { color: #9fd6d1; font-weight: 600; }
  `];

  @property({ attribute: false }) line: MinutesLine | null = null;
  @property() name = '';
  @property({ type: Boolean, reflect: true }) large = false;
  @property({ type: Boolean }) on = true;
  @state() private isOld = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer) clearTimeout(this.timer);
  }

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('line')) return;
    if (this.timer) clearTimeout(this.timer);
    this.isOld = false;
    this.timer = this.line ? setTimeout(() => { this.isOld = true; }, STAYS_MS) : null;
  }

  /* The region stays, so that a screen reader hears what comes into it. */
  override render(): TemplateResult {
    const { line } = this;
    return html`<div role="status" aria-live="polite">${line && this.on && !this.isOld
      ? html`<p><span>${this.name ? html`<b>${this.name}：</b>` : nothing}${line.text}</span></p>`
      : nothing}</div>`;
  }
}
