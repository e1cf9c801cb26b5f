// SPDX-License-Identifier: Apache-2.0
/* One person in front of the door: check the identity, see the consents, admit or not. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatTime } from '../format';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { hasAgreed, subjectsOf } from '../consents';
import { roleWord } from '../plate';
import type { Decision, Hearing, Line, Participant } from '../protocol';
import { base, controls } from '../styles';
import { isOnDuty } from '../roles';

const METHODS = ['id_card', 'video', 'known', 'account'] as const;

@customElement('heard-lobby-item')
export class HeardLobbyItem extends HeardElement {
  static override styles = [base, controls, css`
    article { border: 1px solid var(--line); border-radius: var(--radius); padding: 12px;
      display: grid; gap: 8px; }
    .facts { display: grid; gap: 4px; font-size: 14px; }
    .fact { display: flex; gap: 6px; align-items: center; }
    .fact svg { width: 18px; height: 18px; }
    .yes svg { color: var(--act); }
    .no { color: var(--warn); }
    form { display: grid; gap: 8px; padding-top: 8px; border-top: 1px solid var(--line); }
    .row { gap: 8px; }
    .row button { flex: 1 1 auto; white-space: nowrap; }
    .claimed { display: flex; justify-content: space-between; gap: 8px; align-items: baseline; }
    .claimed strong { font-size: 20px; letter-spacing: 0.1em; }
    .offline { color: var(--warn); font-size: 14px; }
  `];

  @property({ attribute: false }) person!: Participant;
  @property({ attribute: false }) hearing: Hearing | null = null;
  @property({ attribute: false }) may: string[] = [];
  @state() private isChecking = false;

  private get isReady(): boolean {
    const { person } = this;
    return !!person.identity?.checked
      && (isOnDuty(person.role) || hasAgreed(person, this.hearing));
  }

  private check(event: SubmitEvent): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const result = (event.submitter as HTMLButtonElement | null)?.value ?? 'ok';
    this.isChecking = false;
    this.tell('command', {
      type: 'participant.check_identity',
      data: {
        participant: this.person.id, method: String(data.get('method')),
        document: String(data.get('document') ?? '').trim(), result,
      },
    });
  }

  override render(): TemplateResult {
    const { person } = this;
    const isChecked = !!person.identity?.checked;
    return html`<article aria-label=${person.name}>
      <div class="spread"><div><h3>${person.name}</h3>
        <div class="small soft">${person.unit ?? roleWord(person.role, person.side)}
          ${person.waiting_since_ms ? html` · ${t('lobby.since', {
            time: formatTime(person.waiting_since_ms) })}` : nothing}</div></div></div>
      ${person.online ? nothing : html`<p class="offline">${t('lobby.offline')}</p>`}
      <div class="facts">
        ${this.fact(isChecked, t(isChecked ? 'lobby.checked' : 'lobby.unchecked'),
          person.identity?.document)}
        ${isOnDuty(person.role) ? nothing : html`
          ${subjectsOf(this.hearing).map((subject) =>
            this.consent(subject, person.consents?.[subject]))}`}
        ${person.line ? this.network(person.line) : nothing}
      </div>
      ${this.isChecking ? this.form() : nothing}
      <div class="row">
        ${!isChecked && this.may.includes('participant.check_identity') && !this.isChecking
          ? html`<button class="primary slim" @click=${() => { this.isChecking = true; }}>
            ${t('lobby.check')}</button>` : nothing}
        ${isChecked ? html`<button class="primary slim" ?disabled=${!this.isReady
          || !this.may.includes('participant.admit')} @click=${() => this.tell('command', {
            type: 'participant.admit', data: { participant: person.id } })}>
          ${t('lobby.admit')}</button>` : nothing}
        ${this.may.includes('participant.remove') ? html`<button class="slim danger-text"
          @click=${() => this.tell('person-ask', { what: 'remove', person })}>
          ${t('lobby.remove')}</button>` : nothing}
        <button class="slim" @click=${() => this.tell('new-link', person)}>
          ${t('lobby.newLink')}</button>
      </div>
      ${isChecked && !this.isReady ? html`<p class="small soft">${t('lobby.waitsConsent')}</p>`
        : nothing}
    </article>`;
  }

  private fact(isOk: boolean, text: string, more?: string): TemplateResult {
    return html`<span class="fact ${isOk ? 'yes' : 'no'}">${icon(isOk ? 'check' : 'clock')}
      <span>${text}${more ? html` <span class="soft number">${more}</span>` : nothing}</span>
    </span>`;
  }

  private consent(subject: string, decision: Decision | undefined): TemplateResult {
    const text = `${word('consentShort', subject)}: ${word('decision', decision ?? 'none')}`;
    return html`<span class="fact ${decision === 'given' ? 'yes' : 'no'}">
      ${icon(decision === 'given' ? 'check' : decision === 'refused' ? 'warn' : 'clock')}
      ${text}</span>`;
  }

  /* From the person's own connection test: who will need help is known before the door. */
  private network({ level, path }: Line): TemplateResult {
    const isDetour = path === 'tcp' || path === 'relay';
    return html`<span class="fact ${level === 'good' ? 'yes' : 'no'}">${icon('signal')}
      ${t(isDetour ? 'test.shortDetour' : 'test.short', {
        level: word('test', `level.${level}`) })}</span>`;
  }

  private form(): TemplateResult {
    const claimed = this.person.identity?.claimed ?? '';
    return html`<form @submit=${this.check}>
      <label>${t('lobby.method')}<select name="method">${METHODS.map((method) => html`
        <option value=${method}>${word('method', method)}</option>`)}</select></label>
      ${claimed ? html`<p class="claimed">${t('lobby.claimed')}
        <strong class="number">${claimed.replace(/^\*+/, '')}</strong></p>` : nothing}
      <label>${t('lobby.document')}
        <input name="document" maxlength="24" autocomplete="off"
          .value=${this.person.identity?.document ?? ''}></label>
      <div class="row">
        <button class="primary slim" value="ok">${t('lobby.matches')}</button>
        <button class="slim" value="failed">${t('lobby.differs')}</button>
        <button type="button" class="plain slim" @click=${() => { this.isChecking = false; }}>
          ${t('ask.cancel')}</button>
      </div></form>`;
  }
}
