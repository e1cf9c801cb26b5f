// SPDX-License-Identifier: Apache-2.0
/*
 * After the agreement took effect: until when both may ask the court to confirm it, what stands
 * against that, and the application as a draft. Tells "mediation-act" seal, check, apply.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatDay } from '../format';
import { language, t, word } from '../i18n';
import { icon } from '../icons';
import { applicationText } from '../mediation/application';
import { CHECKS, type Confirmation, type Mediation, type Side } from '../mediation/view';
import { base, controls } from '../styles';
import { mediationStyles } from './mediation-styles';

/* "2026-12-28" as people write a day. */
export function dayText(day: string): string {
  return formatDay(new Date(`${day}T00:00:00`).getTime(), language());
}

@customElement('heard-mediation-court')
export class HeardMediationCourt extends HeardElement {
  static override styles = [base, controls, mediationStyles, css`
    :host { display: grid; gap: 12px; }
    form { display: grid; gap: 8px; }
    label.check { font-weight: 400; }
    pre { white-space: pre-wrap; font: 15px/1.7 var(--serif); background: #fdfcf8; color: #1c252e;
      padding: 16px; border-radius: 6px; margin: 0; max-height: 50dvh; overflow: auto; }
    summary { min-height: 44px; display: flex; align-items: center; cursor: pointer; }
  `];

  @property({ attribute: false }) view!: Mediation;
  @property({ type: Boolean }) isBusy = false;
  @state() private isCopied = false;

  private check(event: Event): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    this.tell('mediation-act', { act: 'check', text: String(data.get('court') ?? '').trim(),
      ...Object.fromEntries(CHECKS.map((one) => [one, data.has(one)])) });
  }

  private seal(event: Event): void {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get('seal') ?? '').trim();
    if (text) this.tell('mediation-act', { act: 'seal', text });
  }

  override render(): TemplateResult | typeof nothing {
    const { view } = this;
    const { confirmation, may } = view;
    return html`${may.includes('seal') && !view.seal ? html`<form @submit=${this.seal}>
        <label>${t('mediation.sealLabel')}<input name="seal" maxlength="200"></label>
        <button ?disabled=${this.isBusy}>${t('mediation.sealNote')}</button></form>` : nothing}
      ${confirmation ? this.court(confirmation) : nothing}`;
  }

  private court(court: Confirmation): TemplateResult {
    const { view } = this;
    const isFree = CHECKS.every((one) => !court.checks[one]);
    const day = dayText(court.last_day);
    return html`<h4>${t('mediation.confirm')}</h4>
      <p class="state ${court.is_open ? 'good' : ''}">${icon('clock')}<span>${t(court.is_open
        ? 'mediation.confirm.until' : 'mediation.confirm.over', { day })}</span></p>
      ${view.may.includes('check') ? this.checks(court) : nothing}
      ${court.checked ? html`<p class="state ${isFree ? 'good' : ''}">${icon(isFree ? 'check' : 'warn')}
        ${t(isFree ? 'mediation.checked' : 'mediation.checkedNo')}</p>` : nothing}
      ${court.checked && isFree ? html`<p class="hint">${(['petitioner', 'respondent'] as Side[]).map(
        (side) => t(court[`${side}_at_ms`] ? 'mediation.applied' : 'mediation.notApplied',
          { side: word('mediation.side', side) })).join(' · ')}</p>
        ${view.may.includes('apply') ? html`<button class="primary" ?disabled=${this.isBusy}
          @click=${() => this.tell('mediation-act', { act: 'apply' })}>${t('mediation.apply')}
          </button>` : nothing}${this.application()}` : nothing}`;
  }

  private checks(court: Confirmation): TemplateResult {
    return html`<form @submit=${this.check}><p class="hint">${t('mediation.confirm.check')}</p>
      ${CHECKS.map((one) => html`<label class="check"><input type="checkbox" name=${one}
        ?checked=${court.checks[one]}>${word('mediation.check', one)}</label>`)}
      <label>${t('mediation.court')}<input name="court" maxlength="200" .value=${court.court}></label>
      <button ?disabled=${this.isBusy}>${t('mediation.check')}</button></form>`;
  }

  private application(): TemplateResult {
    const text = applicationText(this.view,
      formatDay(this.view.effective_at_ms ?? Date.now(), 'zh'));
    return html`<details><summary>${t('mediation.application')}</summary><pre lang="zh-CN">${text}</pre>
      <button @click=${() => void navigator.clipboard?.writeText(text).then(() => {
        this.isCopied = true;
      })}>${t(this.isCopied ? 'mediation.copied' : 'mediation.copy')}</button></details>`;
  }
}
