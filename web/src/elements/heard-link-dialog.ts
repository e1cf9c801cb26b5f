// SPDX-License-Identifier: Apache-2.0
/* A new personal link, to be copied and passed on. Made only when asked: it ends the old one. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError, api } from '../api';
import { HeardElement } from '../base';
import { formatDate } from '../format';
import { errorText, language, t } from '../i18n';
import type { Participant } from '../protocol';
import { base, controls } from '../styles';

@customElement('heard-link-dialog')
export class HeardLinkDialog extends HeardElement {
  static override styles = [base, controls, css`
    dialog { width: min(520px, calc(100vw - 32px)); padding: 24px; border-radius: 6px;
      border: 1px solid var(--line); background: var(--sheet); color: var(--ink); }
    dialog::backdrop { background: rgb(10 14 18 / 0.62); }
    .stack { gap: 16px; }
    .buttons { display: flex; gap: 12px; justify-content: flex-end; flex-wrap: wrap; }
  `];

  @property() hearing = '';
  @property({ attribute: false }) person!: Pick<Participant, 'id' | 'name'>;
  /* what is to be sent with it; left out: the link alone */
  @property({ attribute: false }) words: ((url: string) => string) | null = null;
  @state() private url = '';
  @state() private expires = 0;
  @state() private problem = '';
  @state() private isCopied = false;

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  private async make(): Promise<void> {
    try {
      const made = await api.newLink(this.hearing, this.person.id);
      this.url = new URL(made.url, location.href).href;
      this.expires = made.expires_at_ms;
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  private get message(): string {
    return this.words ? this.words(this.url) : this.url;
  }

  private async copy(): Promise<void> {
    const input = this.renderRoot.querySelector<HTMLInputElement>('input, textarea');
    input?.select();
    try {
      await navigator.clipboard.writeText(this.message);
      this.isCopied = true;
    } catch {
      /* The text is selected: the keys for copying still work. */
    }
  }

  override render(): TemplateResult {
    const close = () => this.tell('close-dialog');
    return html`<dialog aria-labelledby="heading" @cancel=${(event: Event) => {
      event.preventDefault();
      close();
    }}><div class="stack">
      <h2 id="heading">${t('link.title', { name: this.person.name })}</h2>
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
      ${this.url ? html`
        ${this.words ? html`<label>${t('after.message')}<textarea readonly rows="5"
          .value=${this.message}></textarea></label>`
          : html`<label>${t('link.url')}<input readonly .value=${this.url}></label>`}
        <p class="small soft">${t('link.expires', {
          date: formatDate(this.expires, language()) })}</p>
        <div class="buttons"><span role="status">${this.isCopied ? t('link.copied') : nothing}
          </span><button @click=${close}>${t('link.done')}</button>
          <button class="primary" @click=${this.copy}>${t('link.copy')}</button></div>`
        : html`<p>${t(this.words ? 'after.remindText' : 'link.text')}</p>
        <div class="buttons"><button @click=${close}>${t('ask.cancel')}</button>
          <button class="primary" @click=${this.make}>${t('link.make')}</button></div>`}
    </div></dialog>`;
  }
}
