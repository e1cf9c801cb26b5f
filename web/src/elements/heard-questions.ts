// SPDX-License-Identifier: Apache-2.0
/* The queue of questions of a training, for who leads or presents. Tells "question-act". */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatTime } from '../format';
import { t, word } from '../i18n';
import { base, controls } from '../styles';
import type { QuestionAct, QueuedQuestion } from '../training';

const ORDER = { chosen: 0, asked: 1, answered: 2, dropped: 3 };

@customElement('heard-questions')
export class HeardQuestions extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; }
    li { display: grid; gap: 4px; padding: 12px 0; border-top: 1px solid var(--line); }
    li.chosen { border-left: 4px solid var(--act); padding-left: 12px; }
    li.answered p, li.dropped p { color: var(--ink-soft); }
    p { overflow-wrap: anywhere; white-space: pre-wrap; }
    .acts { display: flex; flex-wrap: wrap; gap: 8px; }
    .acts button { min-height: 44px; }
  `];

  @property({ attribute: false }) questions: readonly QueuedQuestion[] = [];
  @property({ type: Boolean }) isBusy = false;
  @property({ type: Boolean }) isOver = false;

  override render(): TemplateResult {
    if (!this.questions.length) return html`<p class="soft">${t('training.queueEmpty')}</p>`;
    const list = [...this.questions].sort((a, b) =>
      ORDER[a.state] - ORDER[b.state] || a.number - b.number);
    return html`<ul>${list.map((one) => html`<li class=${one.state}>
      <span class="small soft number">${one.number} · ${one.unit} ${one.name} ·
        ${formatTime(one.asked_at_ms)} · ${word('training', `state.${one.state}`)}</span>
      <p>${one.text}</p>
      ${this.isOver ? nothing : html`<div class="acts">${this.acts(one)}</div>`}</li>`)}</ul>`;
  }

  private acts(one: QueuedQuestion): TemplateResult {
    const act = (what: QuestionAct, kind = '') => html`<button class="slim ${kind}"
      ?disabled=${this.isBusy} @click=${() => this.tell('question-act', { id: one.id, act: what })}>
      ${word('training', `act.${what}`)}</button>`;
    if (one.state === 'chosen') return html`${act('answer', 'primary')}${act('put_back')}`;
    if (one.state === 'asked') return html`${act('choose', 'primary')}${act('drop', 'plain')}`;
    return act('choose', 'plain');
  }
}
