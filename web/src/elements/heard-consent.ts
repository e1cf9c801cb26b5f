// SPDX-License-Identifier: Apache-2.0
/*
 * Two consents with their whole text, version 2026-11: to the online form, to the recording.
 * Refusing is a choice with a way on, kept with version and time like agreeing.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { subjectsOf, type Subject } from '../consents';
import { t, type Key } from '../i18n';
import { icon } from '../icons';
import type { LiveHearing } from '../live';
import { CONSENT_VERSION, type Participant } from '../protocol';
import { base, controls, elder, sheets } from '../styles';

@customElement('heard-consent')
export class HeardConsent extends HeardElement {
  static override styles = [base, controls, sheets, elder, css`
    section { max-width: 560px; margin: 0 auto; padding: 24px 16px 32px; display: grid;
      gap: 24px; }
    .text { padding: 16px 16px 8px; background: var(--sheet); border: 1px solid var(--line);
      border-radius: var(--radius); display: grid; gap: 12px; }
    .text h2 { font-size: 20px; }
    .text p { white-space: pre-line; text-wrap: pretty; }
    label.check { border-top: 1px solid var(--line); padding: 12px 0; font-weight: 600; }
    .unrecorded { padding-bottom: 16px; }
    .unrecorded h2 { display: flex; gap: 8px; align-items: center; }
    .bottom { display: grid; gap: 12px; }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  @property({ attribute: false }) self: Participant | null = null;
  @property() organiser = '';
  @state() private agreed: Record<Subject, boolean> = { online_mode: false, recording: false };
  @state() private problem = '';
  @state() private isBusy = false;
  @state() private isDeclining = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.focusHeading();
  }

  private get subjects(): readonly Subject[] {
    return subjectsOf(this.live.state.hearing);
  }

  private isGiven(subject: Subject): boolean {
    return this.self?.consents?.[subject] === 'given';
  }

  private async agree(): Promise<void> {
    const open = this.subjects.filter((subject) => !this.isGiven(subject));
    if (open.some((subject) => !this.agreed[subject])) {
      this.problem = t(this.subjects.length > 1 ? 'consent.missing' : 'consent.missingOne');
      return;
    }
    this.problem = '';
    this.isBusy = true;
    for (const subject of open) await this.live.consent(subject, 'given');
    this.isBusy = false;
  }

  /* What was not agreed to is refused; the clerk sees it and may speak with the person. */
  private async decline(): Promise<void> {
    this.isDeclining = true;
    this.focusHeading();
    for (const subject of this.subjects)
      if (!this.isGiven(subject) && !this.agreed[subject])
        await this.live.consent(subject, 'refused');
  }

  override render(): TemplateResult {
    if (this.isDeclining) return this.wayOn();
    return html`<section>
      <heard-dots .step=${4}></heard-dots>
      <h1>${t('consent.title')}</h1>
      ${this.subjects.map((subject) => this.text(subject))}
      ${this.subjects.includes('recording') ? nothing : html`<div class="text unrecorded">
        <h2>${icon('unrecorded')}${t('consent.unrecorded')}</h2>
        <p>${t('consent.unrecordedText')}</p></div>`}
      <div class="bottom">
        ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
        <button class="primary wide" ?disabled=${this.isBusy} @click=${this.agree}>
          ${t('consent.enter')}</button>
        <button class="plain wide" @click=${this.decline}>${t('consent.decline')}</button>
        <p class="hint">${t('consent.version', { version: CONSENT_VERSION })}</p>
      </div>
    </section>`;
  }

  private text(subject: Subject): TemplateResult {
    const is = (part: string) => `consent.${subject}.${part}` as Key;
    return html`<div class="text">
      <h2>${t(is('title'))}</h2>
      <p>${t(is('text'), { organiser: this.organiser })}</p>
      ${subject === 'recording' && this.live.state.recording.transcribed
        ? html`<p>${t('consent.transcribed')}</p>` : nothing}
      <label class="check"><input type="checkbox" .checked=${this.agreed[subject]
        || this.isGiven(subject)} ?disabled=${this.isGiven(subject)}
        @change=${(event: Event) => {
          const isOn = (event.target as HTMLInputElement).checked;
          this.agreed = { ...this.agreed, [subject]: isOn };
        }}>${t(is('agree'))}</label>
    </div>`;
  }

  private wayOn(): TemplateResult {
    return html`<section>
      <h1>${t('consent.declinedTitle')}</h1>
      <p>${t('consent.declinedText', { organiser: this.organiser })}</p>
      <ul class="stack">
        <li class="card">${t('consent.way1', { organiser: this.organiser })}</li>
        <li class="card">${t('consent.way2')}</li>
        <li class="card">${t('consent.way3')}</li>
      </ul>
      <button class="primary wide" @click=${() => { this.isDeclining = false; }}>
        ${t('consent.readAgain')}</button>
    </section>`;
  }
}
