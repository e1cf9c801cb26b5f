// SPDX-License-Identifier: Apache-2.0
/* One text that was put to signature, with its hash and who signed it. Tells "close-text". */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ApiError } from '../api';
import { signingApi } from '../api_signings';
import { HeardElement } from '../base';
import { errorText, t } from '../i18n';
import { shortHash, type Signing } from '../signings';
import { base, controls, elder } from '../styles';
import { paper, signStyles } from './sign-styles';

@customElement('heard-after-text')
export class HeardAfterText extends HeardElement {
  static override styles = [base, controls, elder, paper, signStyles, css``];

  @property() hearing = '';
  @property() signing = '';
  @state() private one: Signing | null = null;
  @state() private problem = '';

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.one = await signingApi.one(this.hearing, this.signing);
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  override render(): TemplateResult {
    const { one } = this;
    return html`<dialog aria-labelledby="heading" @cancel=${(event: Event) => {
      event.preventDefault();
      this.tell('close-text');
    }}><section>
      <h2 id="heading" tabindex="-1">${one?.title ?? t('after.see')}</h2>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${one ? html`<article><pre>${one.text ?? ''}</pre></article>
        <p class="hash">${t('sign.hash')} <b>${shortHash(one.sha256)}</b></p>
        <heard-signatures .one=${one}></heard-signatures>`
        : this.problem ? nothing : html`<heard-state kind="loading"></heard-state>`}
      <div class="acts"><button class="wide" @click=${() => this.tell('close-text')}>
        ${t('after.back')}</button></div></section></dialog>`;
  }
}
