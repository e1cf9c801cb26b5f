// SPDX-License-Identifier: Apache-2.0
/* One box that says what happened and what to do; announced at once. kind: info warn bad good */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { icon } from '../icons';
import { base, controls } from '../styles';

@customElement('heard-notice')
export class HeardNotice extends HeardElement {
  static override styles = [base, controls, css`
    div {
      display: flex; gap: 12px; align-items: flex-start; padding: 12px 16px;
      border: 1px solid var(--line); border-left: 4px solid var(--act);
      border-radius: var(--radius); background: var(--sheet); color: var(--ink);
    }
    .warn { border-left-color: var(--warn); background: var(--warn-soft); }
    .bad { border-left-color: var(--seal); background: var(--seal-soft); }
    .warn svg { color: var(--warn); }
    .bad svg { color: var(--seal); }
    .info svg, .good svg { color: var(--act); }
    span { flex: 1; min-width: 0; overflow-wrap: anywhere; }
  `];

  @property() kind: 'info' | 'warn' | 'bad' | 'good' = 'info';

  override render(): TemplateResult {
    const isBad = this.kind === 'bad';
    const name = this.kind === 'good' ? 'check' : this.kind === 'info' ? 'info' : 'warn';
    return html`<div class=${this.kind} role=${isBad ? 'alert' : 'status'}>
      ${icon(name)}<span><slot></slot></span><slot name="act"></slot></div>`;
  }
}
