// SPDX-License-Identifier: Apache-2.0
/* Staff log in. Petitioners come by their link and never see this page. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ApiError, api } from '../api';
import { HeardElement } from '../base';
import { errorText, t } from '../i18n';
import { base, controls, sheets } from '../styles';

@customElement('heard-login')
export class HeardLogin extends HeardElement {
  static override styles = [base, controls, sheets, css`
    form { max-width: 400px; margin: 48px auto; display: grid; gap: 16px; padding: 32px 24px; }
    h1 { font-size: 24px; }
    @media (max-width: 480px) { form { margin: 16px; } }
  `];

  @state() private problem = '';
  @state() private isBusy = false;

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    if (!text('login') || !data.get('password')) {
      this.problem = t('login.missing');
      return;
    }
    this.isBusy = true;
    this.problem = '';
    try {
      const me = await api.login(text('login'), String(data.get('password')), text('totp'));
      this.tell('logged-in', me);
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    } finally {
      this.isBusy = false;
    }
  }

  override render(): TemplateResult {
    return html`<form class="card" @submit=${this.submit} novalidate>
      <div><h1>${t('login.title')}</h1><p class="soft">${t('login.text')}</p></div>
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
      <label>${t('login.login')}
        <input name="login" autocomplete="username" autocapitalize="none" spellcheck="false"
          maxlength="64"></label>
      <label>${t('login.password')}
        <input name="password" type="password" autocomplete="current-password"
          maxlength="256"></label>
      <label>${t('login.totp')} <span class="hint">${t('login.totpHint')}</span>
        <input name="totp" inputmode="numeric" autocomplete="one-time-code"
          maxlength="8"></label>
      <button class="primary wide" ?disabled=${this.isBusy}>${t('login.enter')}</button>
      <p class="small soft">${t('login.petitioner')}</p>
    </form>`;
  }
}
