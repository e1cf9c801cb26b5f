// SPDX-License-Identifier: Apache-2.0
/* The sheet of keys. Modal; Escape closes it. Tells "close-help". */
import { css, html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { KEYS } from '../review/keys';
import { base, controls } from '../styles';

@customElement('heard-review-help')
export class HeardReviewHelp extends HeardElement {
  static override styles = [base, controls, css`
    dialog { width: min(760px, calc(100vw - 32px)); max-height: calc(100dvh - 32px); padding: 0;
      border: 1px solid var(--line); border-radius: var(--radius); background: var(--sheet);
      color: var(--ink); overflow: auto; }
    dialog::backdrop { background: rgb(10 14 18 / 0.62); }
    header { display: flex; justify-content: space-between; align-items: center;
      padding: 8px 8px 8px 24px; border-bottom: 1px solid var(--line); }
    .body { padding: 16px 24px 24px; display: grid; gap: 16px; }
    ul { columns: 2 260px; column-gap: 32px; }
    li { break-inside: avoid; display: flex; justify-content: space-between; gap: 12px; align-items: center;
      min-height: 36px; border-bottom: 1px solid var(--line); }
    .caps { display: inline-flex; gap: 4px; }
    kbd { font: 600 14px/24px ui-monospace, monospace; min-width: 28px; padding: 0 6px;
      text-align: center; border: 1px solid var(--line); border-bottom-width: 2px;
      border-radius: 4px; background: var(--paper); }
  `];

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  private row(caps: readonly string[], text: string): TemplateResult {
    return html`<li><span>${text}</span><span class="caps">
      ${caps.map((cap) => html`<kbd>
        ${cap === 'Space' ? t('key.space') : cap}</kbd>`)}</span></li>`;
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @cancel=${(event: Event) => {
      event.preventDefault();
      this.tell('close-help');
    }}>
      <header><h2 id="heading">${t('review.help')}</h2><button class="plain"
        aria-label=${t('app.close')} @click=${() => this.tell('close-help')}>${icon('close')}</button>
      </header>
      <div class="body"><p class="soft">${t('review.helpText')}</p>
        <ul>${KEYS.map((one) => this.row(one.caps, word('key', one.act)))}
          ${this.row(['1', '…', '9'], t('key.tile'))}</ul></div></dialog>`;
  }
}
