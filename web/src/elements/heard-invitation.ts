// SPDX-License-Identifier: Apache-2.0
/*
 * The mediator asks for a private talk: one decision on the whole screen, in plain words who
 * will hear it. Tells "decide" 'accepted' or 'declined'; there is no way past it but these two.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import { namesOf } from '../plate';
import type { Participant } from '../protocol';
import { base, controls, elder } from '../styles';

@customElement('heard-invitation')
export class HeardInvitation extends HeardElement {
  static override styles = [base, controls, elder, css`
    dialog { width: min(560px, 100vw); max-width: 100vw; height: auto; max-height: 100dvh;
      margin: auto; padding: 32px 24px; border: 3px solid var(--caucus); border-radius: 12px;
      background: var(--sheet); color: var(--ink); overflow: auto; }
    dialog::backdrop { background: rgb(10 14 18 / 0.82); }
    section { display: grid; gap: 24px; align-content: center; min-height: 100%; }
    .mark svg { width: 56px; height: 56px; color: var(--caucus); }
    h2 { font-size: 26px; text-wrap: balance; }
    .sure { font-size: 20px; line-height: 1.55; text-wrap: pretty; }
    .free { color: var(--ink-soft); text-wrap: pretty; }
    .inside { border-left: 4px solid var(--caucus); padding: 2px 12px; }
    .acts { display: grid; gap: 12px; }
    .acts button { min-height: 64px; font-size: 20px; }
    .primary { background: var(--caucus); border-color: var(--caucus); color: #17101f; }
    .primary:hover:not(:disabled) { border-color: var(--caucus); }
    @media (max-width: 700px) {
      dialog { width: 100vw; height: 100dvh; border-radius: 0; padding: 24px 20px; }
      section { grid-template-rows: 1fr auto; align-content: stretch; }
      .words { align-self: center; }
    }
    .words { display: grid; gap: 20px; }
  `];

  @property({ attribute: false }) inside: readonly Participant[] = [];
  @property({ type: Boolean }) isBusy = false;

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
    navigator.vibrate?.(200); /* the phone may lie on the table */
  }

  override render(): TemplateResult {
    return html`<dialog role="alertdialog" aria-labelledby="heading" aria-describedby="sure"
      @cancel=${(event: Event) => event.preventDefault()}>
      <section><div class="words">
        <div class="mark">${icon('privateTalk')}</div>
        <h2 id="heading">${t('invited.title')}</h2>
        <p class="sure" id="sure">${t('invited.text')}</p>
        ${this.inside.length ? html`<p class="inside">${t('invited.inside', {
          names: namesOf(this.inside) })}</p>` : nothing}
        <p class="free">${t('invited.free')}</p></div>
        <div class="acts">
          <button class="primary wide" ?disabled=${this.isBusy} autofocus
            @click=${() => this.tell('decide', 'accepted')}>${t('invited.accept')}</button>
          <button class="wide" ?disabled=${this.isBusy}
            @click=${() => this.tell('decide', 'declined')}>${t('invited.decline')}</button>
        </div></section>
    </dialog>`;
  }
}
