// SPDX-License-Identifier: Apache-2.0
/* Links by which many attend a training: one for all, or one of each unit. Shown once, when made. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { base, controls } from '../styles';
import { trainingApi, unitsOf, type AttendanceList, type MadeLink } from '../training';
import { troubleOf } from '../trouble';

@customElement('heard-training-links')
export class HeardTrainingLinks extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; gap: 12px; }
    .made { display: grid; gap: 12px; max-height: 40dvh; overflow: auto; }
    form { display: grid; gap: 8px; }
    .list li { display: flex; gap: 12px; justify-content: space-between; align-items: center;
      padding: 4px 0; border-top: 1px solid var(--line); }
    .list li span { min-width: 0; overflow-wrap: anywhere; }
    .bad { color: var(--seal); }
  `];

  @property() hearing = '';
  @property({ attribute: false }) links: AttendanceList['links'] = [];
  @state() private made: MadeLink[] = [];
  @state() private problem = '';
  @state() private hasCopied = false;

  private async act(what: () => Promise<unknown>): Promise<void> {
    this.problem = '';
    this.hasCopied = false;
    try {
      await what();
      this.tell('attendance-changed');
    } catch (error) {
      this.problem = troubleOf(error);
    }
  }

  private make(units: string[]): Promise<void> {
    return this.act(async () => { this.made = (await trainingApi.links(this.hearing, units)).links; });
  }

  private ofUnits(event: Event): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const units = unitsOf(String(new FormData(form).get('units') ?? ''));
    if (units.length) void this.make(units).then(() => form.reset());
  }

  private async copy(): Promise<void> {
    const text = this.made.map(({ unit, url }) => (unit ? `${unit}\t${url}` : url)).join('\n');
    await navigator.clipboard.writeText(text).then(() => { this.hasCopied = true; },
      () => undefined); /* the fields can be copied by hand */
  }

  override render(): TemplateResult {
    return html`
      <button @click=${() => void this.make([])}>${t('training.linkAll')}</button>
      ${this.made.length ? html`<div class="made">${this.made.map(({ unit, url }) => html`
        <label>${unit || t('training.everybody')}<input readonly .value=${url}></label>`)}</div>
        <div class="row"><button class="primary" @click=${() => void this.copy()}>
          ${t('link.copy')}</button><span role="status">${this.hasCopied ? t('link.copied') : nothing}
          </span></div>
        <p class="hint">${t('training.linkOnce')}</p>` : nothing}
      <details><summary>${t('training.linkUnits')}</summary>
        <form @submit=${this.ofUnits}><label>${t('training.units')}
          <textarea name="units" rows="4"></textarea></label>
          <button>${t('training.linkMake')}</button></form></details>
      ${this.problem ? html`<p class="bad" role="alert">${this.problem}</p>` : nothing}
      ${this.links.length ? html`<ul class="list">${this.links.map(({ id, unit }) => html`<li>
        <span>${unit || t('training.everybody')}</span><button class="plain slim" @click=${() =>
          void this.act(() => trainingApi.revokeLink(this.hearing, id))}>${t('training.unlink')}
        </button></li>`)}</ul>` : nothing}`;
  }
}
