// SPDX-License-Identifier: Apache-2.0
/*
 * A page that says where a person stands when there is nothing else to show: loading, empty,
 * a link that no longer holds, another device, an old browser. kind is a key of state.*.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { word } from '../i18n';
import { icon } from '../icons';
import { base, controls } from '../styles';

const quiet = ['loading', 'connecting', 'empty', 'no_hearings', 'no_cases'];

@customElement('heard-state')
export class HeardState extends HeardElement {
  static override styles = [base, controls, css`
    section {
      max-width: 480px; margin: 0 auto; padding: 64px 16px; display: grid; gap: 16px;
      justify-items: center; text-align: center;
    }
    .mark svg { width: 48px; height: 48px; color: var(--ink-soft); }
    h1 { font-size: 24px; }
    p { color: var(--ink-soft); font-size: 18px; text-wrap: pretty; white-space: pre-line; }
    .bar { width: 120px; height: 3px; background: var(--line); overflow: hidden; }
    .bar::after { content: ''; display: block; width: 40px; height: 100%;
      background: var(--act); animation: run 1.2s linear infinite; }
    @keyframes run { from { transform: translateX(-40px); } to { transform: translateX(120px); } }
    button { min-width: 200px; }
  `];

  @property() kind = 'loading';

  override render(): TemplateResult {
    const action = word('stateAction', this.kind, '');
    return html`<section role=${quiet.includes(this.kind) ? 'status' : 'alert'}>
      ${['loading', 'connecting'].includes(this.kind)
        ? html`<div class="bar" aria-hidden="true"></div>`
        : html`<div class="mark">${icon(this.pick())}</div>`}
      <h1>${word('state', this.kind)}</h1>
      ${word('stateText', this.kind, '') ? html`<p>${word('stateText', this.kind)}</p>` : nothing}
      ${action ? html`<button class="primary" @click=${() => this.tell('act', this.kind)}>
        ${action}</button>` : nothing}
      <slot></slot>
    </section>`;
  }

  private pick(): string {
    if (this.kind.startsWith('link_')) return 'link';
    if (this.kind === 'offline') return 'signal';
    return quiet.includes(this.kind) ? 'clock' : 'info';
  }
}
