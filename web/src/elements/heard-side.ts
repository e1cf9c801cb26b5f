// SPDX-License-Identifier: Apache-2.0
/*
 * The panel beside the pictures, over them on a phone: its name, a way to close it, what is in it.
 * The keyboard goes in when somebody opened it; Escape closes. Tells "close-side".
 */
import { css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { icon } from '../icons';
import { base, controls } from '../styles';

@customElement('heard-side')
export class HeardSide extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; min-height: 0; min-width: 0; }
    aside { display: grid; grid-template-rows: auto minmax(0, 1fr); height: 100%;
      background: var(--sheet); border-left: 1px solid var(--line); }
    aside:focus-visible { outline-offset: -3px; }
    header { display: flex; justify-content: space-between; align-items: center; gap: 8px;
      min-height: 52px; padding: 4px 4px 4px 16px; border-bottom: 1px solid var(--line); }
    .body { overflow: auto; min-height: 0; padding: 12px 16px 24px; overscroll-behavior: contain; }
    @media (max-width: 700px) {
      aside { border: 0; }
      header { padding: 0 4px 0 12px; }
      .body { padding: 12px 12px 16px; }
    }
  `];

  @property() kind = '';
  @property() heading = '';
  @property() closing = '';
  @property({ type: Boolean }) takesFocus = false;
  @query('aside') private frame!: HTMLElement;

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('kind') && this.takesFocus) this.frame.focus({ preventScroll: true });
  }

  /* Not while a dialog inside is open: it closes itself. */
  private key(event: KeyboardEvent): void {
    const isInDialog = event.composedPath().some((node) => node instanceof HTMLDialogElement);
    if (event.key !== 'Escape' || event.defaultPrevented || isInDialog) return;
    event.preventDefault();
    this.tell('close-side');
  }

  override render(): TemplateResult {
    return html`<aside tabindex="-1" aria-label=${this.heading} @keydown=${this.key}>
      <header><h2>${this.heading}</h2><button class="plain" aria-label=${this.closing}
        @click=${() => this.tell('close-side')}>${icon('close')}</button></header>
      <div class="body"><slot></slot></div></aside>`;
  }
}
