// SPDX-License-Identifier: Apache-2.0
/*
 * The question that is open. A voter: large options, one of them, confirm. Who leads: how many have
 * voted, end it. Tells "ballot-act".
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ABSTAIN, choiceText, ownChoice, votedCount, type Ballot } from '../ballot';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import { base, controls } from '../styles';

@customElement('heard-ballot-vote')
export class HeardBallotVote extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; }
    section { display: grid; gap: 12px; }
    .kind { font-size: 14px; color: var(--ink-soft); }
    h3 { font-size: 20px; line-height: 1.4; text-wrap: pretty; overflow-wrap: anywhere; }
    .options { display: grid; gap: 8px; }
    .options button { min-height: 60px; justify-content: flex-start; text-align: start;
      font-size: 18px; padding: 8px 16px; overflow-wrap: anywhere; }
    .options [aria-checked='true'] { border: 2px solid var(--act); background: var(--act-soft);
      padding: 7px 15px; }
    .options i { width: 22px; height: 22px; flex: none; border-radius: 50%;
      border: 2px solid var(--ink-soft); }
    .options [aria-checked='true'] i { border: 7px solid var(--act); }
    .options .abstain { min-height: 48px; font-size: 16px; color: var(--ink-soft); }
    .primary { min-height: 60px; font-size: 18px; }
    .voted { display: flex; gap: 10px; align-items: center; padding: 16px; border-radius:
      var(--radius); background: var(--act-soft); font-weight: 600; font-size: 18px; }
    .voted span { overflow-wrap: anywhere; }
    .progress { display: grid; gap: 6px; }
    progress { width: 100%; height: 10px; accent-color: var(--act); }
    @media (max-width: 700px) {
      section { gap: 8px; }
      h3 { font-size: 18px; }
      .options button { min-height: 56px; }
    }
    .acts { display: flex; flex-wrap: wrap; gap: 8px; }
    .acts .primary { flex: 1 1 180px; min-height: var(--target); font-size: 16px; }
  `];

  @property({ attribute: false }) ballot!: Ballot;
  @property() self = '';
  @property({ attribute: false }) may: string[] = [];
  @property({ type: Boolean }) isBusy = false;
  @state() private chosen: number | null = null;

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('ballot');
    if (before && before.id !== this.ballot.id) this.chosen = null;
  }

  override render(): TemplateResult {
    const { ballot } = this;
    const isVoter = ballot.who.some((one) => one.participant === this.self);
    return html`<section aria-label=${t('ballot.question')}>
      <p class="kind">${t('ballot.number', { number: ballot.number })} ·
        ${t(ballot.secret ? 'ballot.secret' : 'ballot.named')}</p>
      <h3>${ballot.question}</h3>
      ${this.may.includes('vote') ? this.choice() : isVoter ? this.voted()
        : html`<ul class="soft">${ballot.options.map((one) => html`<li>${one}</li>`)}</ul>`}
      ${this.progress()}
      ${this.may.includes('close') ? this.leading() : nothing}</section>`;
  }

  private choice(): TemplateResult {
    const { chosen } = this;
    const one = (index: number, text: string, kind = '') => html`<button class=${kind} role="radio"
      aria-checked=${chosen === index ? 'true' : 'false'}
      @click=${() => { this.chosen = index; }}><i></i><span>${text}</span></button>`;
    return html`<div class="options" role="radiogroup" aria-label=${t('ballot.choose')}>
        ${this.ballot.options.map((text, i) => one(i, text))}
        ${one(ABSTAIN, t('ballot.abstain'), 'abstain')}</div>
      <button class="primary wide" ?disabled=${chosen === null || this.isBusy}
        @click=${() => this.tell('ballot-act', { act: 'vote', id: this.ballot.id, choice: chosen })}>
        ${t('ballot.confirmVote')}</button>
      <p class="hint">${t('ballot.confirmText')}
        ${t(this.ballot.secret ? 'ballot.secretHint' : 'ballot.namedHint')}</p>`;
  }

  private voted(): TemplateResult {
    const own = ownChoice(this.ballot, this.self);
    return html`<p class="voted" role="status">${icon('check')}<span>${t('ballot.youVoted')}${
      own === null ? nothing : html`<br>${t('ballot.yourChoice',
        { choice: choiceText(this.ballot, own) })}`}</span></p>`;
  }

  private progress(): TemplateResult {
    const { ballot } = this;
    const voted = votedCount(ballot);
    const names = ballot.who.filter((one) => !one.voted).map((one) => one.name);
    const text = t('ballot.progress', { voted, voters: ballot.voters });
    return html`<div class="progress"><span class="number" role="status">${text}</span>
      <progress max=${ballot.voters} .value=${voted} aria-label=${text}></progress>
      <span class="small soft">${names.length
        ? t('ballot.waitsFor', { names: names.join(t('list.comma')) })
        : this.may.includes('close') ? t('ballot.everybody') : nothing}</span></div>`;
  }

  private leading(): TemplateResult {
    const tell = (act: 'close' | 'withdraw') =>
      this.tell('ballot-act', { act, ballot: this.ballot });
    const isDone = votedCount(this.ballot) === this.ballot.voters;
    return html`<div class="acts">
      <button class=${isDone ? 'primary' : ''} ?disabled=${this.isBusy}
        @click=${() => tell('close')}>${t('ballot.end')}</button>
      <button class="plain" ?disabled=${this.isBusy} @click=${() => tell('withdraw')}>
        ${t('ballot.withdraw')}</button></div>`;
  }
}
