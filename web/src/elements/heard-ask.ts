// SPDX-License-Identifier: Apache-2.0
/*
 * A question before something that matters: what will happen, a choice, a reason, yes or no.
 * Modal, closed by Escape. Tells "answer" {reason, choice} or "cancel".
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { base, controls } from '../styles';

export interface Question {
  heading: string;
  text?: string;
  confirm: string;
  danger?: boolean;
  choices?: { value: string; label: string }[];
  choiceLabel?: string;
  /* chosen from the start */
  choice?: string;
  reasonLabel?: string;
  reasonNeeded?: boolean;
  /* … with this choice only */
  reasonNeededFor?: string;
  reason?: string;
  reasonMax?: number;
}

export interface Answer {
  reason: string;
  choice: string;
}

@customElement('heard-ask')
export class HeardAsk extends HeardElement {
  static override styles = [base, controls, css`
    dialog {
      width: min(480px, calc(100vw - 32px)); max-height: calc(100dvh - 32px); padding: 24px;
      border: 1px solid var(--line); border-radius: var(--radius); background: var(--sheet);
      color: var(--ink); overflow: auto; font-size: 16px;
    }
    dialog::backdrop { background: rgb(10 14 18 / 0.62); }
    form { display: grid; gap: 16px; }
    .buttons { display: flex; gap: 12px; justify-content: flex-end; flex-wrap: wrap; }
    .choices { display: grid; }
    .choices legend { font-weight: 500; margin-bottom: 4px; }
    .bad { color: var(--seal); font-weight: 500; }
  `];

  @property({ attribute: false }) question: Question = { heading: '', confirm: '' };
  @state() private missing = '';

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('question')) this.missing = '';
  }

  private submit(event: Event): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const reason = String(data.get('reason') ?? '').trim();
    const choice = String(data.get('choice') ?? '');
    if (this.question.choices && !choice) this.missing = t('ask.choose');
    else if (this.question.reasonNeeded && !reason
      && (this.question.reasonNeededFor ?? choice) === choice) this.missing = t('ask.reasonNeeded');
    else this.tell('answer', { reason, choice } satisfies Answer);
  }

  override render(): TemplateResult {
    const { question } = this;
    return html`<dialog aria-labelledby="heading" @cancel=${(event: Event) => {
      event.preventDefault();
      this.tell('cancel');
    }}>
      <form @submit=${this.submit} novalidate>
        <h2 id="heading">${question.heading}</h2>
        ${question.text ? html`<p class="soft">${question.text}</p>` : nothing}
        ${question.choices ? this.choices(question.choices) : nothing}
        ${question.reasonLabel ? html`<label>${question.reasonLabel}
          <textarea name="reason" maxlength=${question.reasonMax ?? 200} rows="3"
            .value=${question.reason ?? ''}
            aria-invalid=${this.missing ? 'true' : 'false'}></textarea></label>` : nothing}
        ${this.missing ? html`<p class="bad" role="alert">${this.missing}</p>` : nothing}
        <div class="buttons">
          <button type="button" @click=${() => this.tell('cancel')}>${t('ask.cancel')}</button>
          <button class=${question.danger ? 'danger' : 'primary'}>${question.confirm}</button>
        </div>
      </form>
    </dialog>`;
  }

  private choices(choices: { value: string; label: string }[]): TemplateResult {
    return html`<fieldset class="choices"><legend>${this.question.choiceLabel}</legend>
      ${choices.map((choice) => html`<label class="check">
        <input type="radio" name="choice" value=${choice.value}
          ?checked=${choice.value === this.question.choice}>${choice.label}</label>`)}
    </fieldset>`;
  }
}
