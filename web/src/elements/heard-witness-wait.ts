// SPDX-License-Identifier: Apache-2.0
/*
 * A witness waits to be called: hears and sees nothing of the hearing, and nobody hears or sees
 * this person. One calm page; tells "leave".
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { HearingSummary } from '../api';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import type { LiveHearing } from '../live';
import { me } from '../store';
import { base, controls, elder, sheets } from '../styles';

@customElement('heard-witness-wait')
export class HeardWitnessWait extends HeardElement {
  static override styles = [base, controls, sheets, elder, css`
    section { max-width: 560px; margin: 0 auto; padding: 24px 16px 32px; display: grid; gap: 20px; }
    .mark svg { width: 56px; height: 56px; color: var(--witness, #8a5a12); }
    .place { border-left: 4px solid var(--witness, #8a5a12); padding: 4px 16px; display: grid;
      gap: 4px; }
    .place strong { font-size: 20px; }
    .sure { display: flex; gap: 12px; align-items: flex-start; }
    .sure svg { margin-top: 2px; color: var(--ink-soft); }
    summary { min-height: 60px; display: flex; align-items: center; gap: 8px; cursor: pointer;
      color: var(--act); font-weight: 600; }
    details ul { display: grid; gap: 8px; padding-bottom: 12px; }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  @property({ attribute: false }) summary!: HearingSummary;
  private readonly follow = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.live.addEventListener('change', this.follow);
    this.focusHeading();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.removeEventListener('change', this.follow);
  }

  override render(): TemplateResult {
    const { state: now } = this.live;
    const isDone = me(now)?.testified ?? false;
    return html`<section>
      <div class="mark">${icon('clock')}</div>
      <h1>${t(isDone ? 'witness.doneTitle' : 'witness.waitTitle')}</h1>
      ${now.connection === 'open' ? nothing : html`<heard-notice kind="warn">
        ${t('room.reconnecting')}</heard-notice>`}
      <div class="place" role="status"><strong>${t(isDone ? 'witness.doneText'
        : 'witness.waitText')}</strong>
        <span class="soft">${t('witness.keepOpen')}</span></div>
      <p class="sure">${icon('unheard')}<span>${t('witness.silent')}</span></p>
      <details><summary>${icon('phone')}${t('waiting.help')}</summary>
        <ul><li>${t('waiting.help1', { organiser: this.summary.organiser })}</li>
          <li>${t('waiting.help2')}</li><li>${t('waiting.help3')}</li></ul></details>
      <button class="plain wide" @click=${() => this.tell('leave')}>
        ${icon('leave')}${t('waiting.leave')}</button></section>`;
  }
}
