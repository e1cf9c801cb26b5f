// SPDX-License-Identifier: Apache-2.0
/* The presiding officer warned this person: what for, the how manieth, what comes next. Modal
 * until it is taken note of; tells "noted". */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import type { Participant } from '../protocol';
import { base, controls } from '../styles';

@customElement('heard-warned')
export class HeardWarned extends HeardElement {
  static override styles = [base, controls, css`
    dialog { width: min(520px, calc(100vw - 32px)); padding: 24px; border: 3px solid var(--warn);
      border-radius: var(--radius); background: var(--sheet); color: var(--ink); font-size: 20px;
      line-height: 1.5; max-height: calc(100dvh - 32px); overflow: auto; }
    dialog::backdrop { background: rgb(10 14 18 / 0.72); }
    .all { display: grid; gap: 16px; }
    h2 { font-size: 26px; display: flex; gap: 12px; align-items: center; text-wrap: balance; }
    h2 svg { width: 36px; height: 36px; flex: none; color: var(--warn); }
    blockquote { margin: 0; padding: 4px 16px; border-left: 4px solid var(--warn);
      overflow-wrap: anywhere; font-size: 22px; }
    .soft { font-size: 18px; text-wrap: pretty; }
    button { min-height: 60px; font-size: 20px; }
  `];

  @property({ attribute: false }) person!: Participant;

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @cancel=${(event: Event) => {
      event.preventDefault();
      this.tell('noted');
    }}><div class="all" role="alert">
      <h2 id="heading">${icon('warn')}<span>${t('warned.title')}</span></h2>
      <blockquote>${this.person.warning?.reason}</blockquote>
      <p>${t('warned.count', { count: this.person.warnings ?? 1 })}</p>
      <p class="soft">${t('warned.text')}</p>
      <button class="primary wide" autofocus @click=${() => this.tell('noted')}>
        ${t('warned.noted')}</button></div></dialog>`;
  }
}
