// SPDX-License-Identifier: Apache-2.0
/* Putting a question to the panel: folded to a button until it is wanted. Tells "ballot-act". */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { OPTIONS_MAX, type Secrecy } from '../ballot';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import { base, controls } from '../styles';

@customElement('heard-ballot-put')
export class HeardBallotPut extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; }
    form { display: grid; gap: 12px; padding: 16px; border: 1px solid var(--line);
      border-radius: var(--radius); }
    .option { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px;
      align-items: end; }
    .option button { min-width: 44px; padding: 4px; }
    fieldset { display: grid; }
    legend { font-weight: 500; }
    label.check { font-weight: 400; }
    .acts { display: flex; flex-wrap: wrap; gap: 8px; }
    .acts .primary { flex: 1; }
    .bad { color: var(--seal); font-weight: 500; }
  `];

  @property() secrecy: Secrecy = 'named';
  @property({ type: Boolean }) isFirst = false;
  @property({ type: Boolean }) isBusy = false;
  @state() private isOpen = false;
  @state() private options: string[] = [];
  @state() private secret = false;
  @state() private isMissing = false;

  private unfold(): void {
    this.isOpen = true;
    this.isMissing = false;
    this.options = [t('ballot.yes'), t('ballot.no')];
    this.secret = this.secrecy === 'secret';
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('textarea')?.focus());
  }

  private submit(event: Event): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const question = String(form.get('question') ?? '').replace(/\s+/g, ' ').trim();
    const options = this.options.map((one) => one.trim()).filter(Boolean);
    this.isMissing = !question || options.length < 2 || new Set(options).size < options.length;
    if (this.isMissing) return;
    this.isOpen = false;
    this.tell('ballot-act', { act: 'put', question, options, secret: this.secret });
  }

  private change(index: number, text: string | null): void {
    this.options = text === null ? this.options.filter((_, i) => i !== index)
      : this.options.map((one, i) => (i === index ? text : one));
  }

  override render(): TemplateResult {
    if (!this.isOpen)
      return html`<button class="wide ${this.isFirst ? 'primary' : ''}" ?disabled=${this.isBusy}
        @click=${this.unfold}>${t('ballot.new')}</button>`;
    return html`<form @submit=${this.submit} novalidate>
      <label>${t('ballot.question')}<textarea name="question" maxlength="200" rows="2"
        placeholder=${t('ballot.questionHint')}></textarea></label>
      ${this.options.map((text, i) => html`<div class="option">
        <label>${t('ballot.option', { number: i + 1 })}<input maxlength="60" .value=${text}
          @input=${(event: Event) => this.change(i, (event.target as HTMLInputElement).value)}>
        </label>
        ${this.options.length > 2 ? html`<button type="button" class="plain"
          aria-label=${t('ballot.removeOption', { number: i + 1 })}
          @click=${() => this.change(i, null)}>${icon('close')}</button>` : nothing}</div>`)}
      ${this.options.length < OPTIONS_MAX ? html`<button type="button" class="slim"
        @click=${() => { this.options = [...this.options, '']; }}>
        ${t('ballot.addOption')}</button>` : nothing}
      ${this.how()}
      ${this.isMissing ? html`<p class="bad" role="alert">${t('ballot.missing')}</p>` : nothing}
      <div class="acts"><button type="button" @click=${() => { this.isOpen = false; }}>
        ${t('ballot.cancel')}</button><button class="primary">${t('ballot.put')}</button></div>
    </form>`;
  }

  private how(): TemplateResult {
    const hint = html`<p class="hint">
      ${t(this.secret ? 'ballot.secretHint' : 'ballot.namedHint')}</p>`;
    if (this.secrecy !== 'either')
      return html`<div><b>${t(this.secret ? 'ballot.secret' : 'ballot.named')}</b>${hint}</div>`;
    return html`<fieldset><legend>${t('ballot.secrecy')}</legend>
      ${[false, true].map((secret) => html`<label class="check"><input type="radio" name="how"
        .checked=${this.secret === secret} @change=${() => { this.secret = secret; }}>
        ${t(secret ? 'ballot.secret' : 'ballot.named')}</label>`)}${hint}</fieldset>`;
  }
}
