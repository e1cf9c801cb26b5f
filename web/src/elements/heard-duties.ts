// SPDX-License-Identifier: Apache-2.0
/*
 * Below the top line of the room: a training's question and roll with the way to its desk, and
 * what was promised, from the phase on in which it is collected. Nothing where there is neither.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { collectsCommitments } from '../commitments';
import { formatClock } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import type { LiveHearing } from '../live';
import { base, controls } from '../styles';
import {
  isOnRoll, openRoll, showsQuestions, trainingApi, type Attendance, type OpenRoll,
} from '../training';

@customElement('heard-duties')
export class HeardDuties extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; }
    .row { gap: 4px 12px; padding: 6px 16px; background: var(--sheet);
      border-bottom: 1px solid var(--line); }
    .row > span { min-width: 0; overflow-wrap: anywhere; }
    .row button { min-height: 44px; margin-left: auto; }
    .shown { display: block; padding: 8px 16px; background: var(--act-soft);
      border-bottom: 1px solid var(--line); max-height: 30dvh; overflow: auto; }
    .shown p { font-size: 18px; line-height: 1.5; overflow-wrap: anywhere; white-space: pre-wrap; }
    dialog { width: min(560px, 100vw); max-width: 100vw; max-height: 92dvh; padding: 0;
      margin: auto auto 0; border: 1px solid var(--line); border-radius: 12px 12px 0 0;
      background: var(--sheet); color: var(--ink); overflow: auto; }
    @media (min-width: 701px) { dialog { margin: auto; border-radius: 6px; } }
    dialog::backdrop { background: rgb(10 14 18 / 0.62); }
    header { display: flex; justify-content: space-between; align-items: center;
      padding: 8px 8px 8px 16px; border-bottom: 1px solid var(--line); position: sticky; top: 0;
      background: var(--sheet); z-index: 1; }
    .body { padding: 0 16px 16px; }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  /* Only that the room draws anew each second, for the clock. */
  @property({ type: Number }) nowMs = 0;
  @state() private open: '' | 'attendance' | 'commitments' = '';
  @state() private answered = '';

  override updated(): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (dialog && !dialog.open) dialog.showModal();
  }

  private async answer(roll: OpenRoll): Promise<void> {
    try {
      await trainingApi.answerRoll(this.live.hearing, roll.id);
      this.answered = roll.id;
    } catch {
      this.live.notify('error.internal');
    }
  }

  override render(): TemplateResult {
    const { attendance, hearing } = this.live.state;
    return html`${attendance ? this.training(attendance) : nothing}
      ${collectsCommitments(hearing) ? this.promises(hearing?.kind === 'consultation') : nothing}
      ${this.open === 'attendance' ? html`<heard-attendance .live=${this.live}
        @close-duties=${() => { this.open = ''; }}></heard-attendance>` : nothing}`;
  }

  private training(attendance: Attendance): TemplateResult {
    const role = this.live.state.you?.role;
    const roll = openRoll(attendance, this.live.now());
    const { question } = attendance;
    return html`<div class="row"><span class="number">${t('training.strip', {
          here: attendance.here, waiting: attendance.waiting })}</span>
        ${showsQuestions(role) ? html`<button class="slim" @click=${() => {
          this.open = 'attendance';
        }}>${t('training.manage')}</button>` : nothing}</div>
      ${roll && isOnRoll(role) ? this.roll(roll) : nothing}
      ${question ? html`<section class="shown" aria-live="polite"><span class="small soft">
        ${t('training.shown', { number: question.number })} · ${question.unit} ${question.name}</span>
        <p>${question.text}</p></section>` : nothing}`;
  }

  private roll(roll: OpenRoll): TemplateResult {
    const left = formatClock(Math.max(0, roll.until_ms - this.live.now()));
    return html`<div class="row" role="status"><span>${this.answered === roll.id
      ? t('training.rollDone', { number: roll.number })
      : html`${t('training.roll', { number: roll.number })} <time class="number">${left}</time>`}
      </span>${this.answered === roll.id ? nothing : html`<button class="primary"
        @click=${() => void this.answer(roll)}>${t('training.present')}</button>`}</div>`;
  }

  private promises(isTasks: boolean): TemplateResult {
    const heading = t(isTasks ? 'promise.tasks' : 'promise.title');
    const close = () => { this.open = ''; };
    return html`<div class="row"><span>${icon('note')} ${t(isTasks ? 'promise.taskStrip'
        : 'promise.strip')}</span><button class="slim" @click=${() => {
        this.open = 'commitments';
      }}>${heading}</button></div>
      ${this.open === 'commitments' ? html`<dialog aria-label=${heading} @cancel=${(event: Event) => {
        event.preventDefault();
        close();
      }}><header><h2>${heading}</h2><button class="plain" aria-label=${t('app.close')}
          @click=${close}>${icon('close')}</button></header>
        <div class="body"><heard-commitments .hearing=${this.live.hearing}
          .version=${this.live.state.commitments}></heard-commitments></div></dialog>` : nothing}`;
  }
}
