// SPDX-License-Identifier: Apache-2.0
/* Register a case: who, what about, what is asked for. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ApiError, api, type Unit } from '../api';
import { HeardElement } from '../base';
import { errorText, t } from '../i18n';
import { go } from '../router';
import { base, controls, sheets } from '../styles';

@customElement('heard-case-form')
export class HeardCaseForm extends HeardElement {
  static override styles = [base, controls, sheets, css`
    form { display: grid; gap: 16px; margin-top: 24px; padding: 24px; }
    .pair { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); }
    .buttons { display: flex; gap: 12px; justify-content: flex-end; flex-wrap: wrap; }
  `];

  @state() private units: Unit[] = [];
  @state() private problem = '';
  @state() private isBusy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t('case.register')} · ${t('app.name')}`;
    api.units().then((units) => { this.units = units; }, (error: ApiError) => {
      if (error.code === 'unauthenticated') this.tell('session-lost');
      else this.problem = errorText(error.code);
    });
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    if (!text('title') || !text('claim') || !text('petitioner_name')) {
      this.problem = t('case.missing');
      return;
    }
    const body: Record<string, string> = {};
    for (const name of ['title', 'claim', 'petitioner_name', 'petitioner_phone',
      'petitioner_id_number', 'lead_unit'])
      if (text(name)) body[name] = text(name);
    this.isBusy = true;
    try {
      const made = await api.registerCase(body);
      go(`/cases/${made.id}`);
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    } finally {
      this.isBusy = false;
    }
  }

  override render(): TemplateResult {
    return html`<div class="page narrow"><h1>${t('case.register')}</h1>
      <form class="card" @submit=${this.submit} novalidate>
        ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
        <label>${t('case.title')}<input name="title" maxlength="200"></label>
        <label>${t('case.claim')}<textarea name="claim" maxlength="4000" rows="5"></textarea>
        </label>
        <div class="pair">
          <label>${t('case.petitionerName')}
            <input name="petitioner_name" maxlength="60" autocomplete="off"></label>
          <label>${t('case.petitionerPhone')}
            <input name="petitioner_phone" type="tel" maxlength="20" autocomplete="off"></label>
        </div>
        <label>${t('case.petitionerId')} <span class="hint">${t('case.petitionerIdHint')}</span>
          <input name="petitioner_id_number" maxlength="18" autocomplete="off"></label>
        <label>${t('case.leadUnit')}<select name="lead_unit">
          <option value="">${t('case.noUnit')}</option>
          ${this.units.map((unit) => html`<option value=${unit.id}>${unit.name}</option>`)}
        </select></label>
        <div class="buttons"><a class="button" href="/cases">${t('ask.cancel')}</a>
          <button class="primary" ?disabled=${this.isBusy}>${t('case.save')}</button></div>
      </form></div>`;
  }
}
