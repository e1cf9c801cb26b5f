// SPDX-License-Identifier: Apache-2.0
/* A small plate of one person: first letter, name, role, and what is to be known of them now. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import { isBad } from '../line';
import { roleWord } from '../plate';
import type { Participant } from '../protocol';
import { base } from '../styles';

@customElement('heard-seat')
export class HeardSeat extends HeardElement {
  static override styles = [base, css`
    :host { display: grid; grid-template-columns: 32px minmax(0, 1fr) auto; gap: 8px;
      align-items: center; min-height: 38px; }
    .face { width: 32px; height: 32px; border-radius: 50%; display: grid; place-items: center;
      background: #0a0e12; border: 1px solid var(--line); color: var(--ink); font-size: 15px; }
    .away .face, .face.away { border-style: dashed; color: var(--ink-soft); }
    .who { min-width: 0; line-height: 1.25; }
    .name { display: flex; gap: 6px; align-items: center; font-size: 15px; }
    .name b { font-weight: 500; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    .away b { color: var(--ink-soft); }
    .note { font-size: 13px; color: var(--ink-soft); }
    svg { width: 16px; height: 16px; color: var(--warn); }
    heard-quality { font-size: 13px; }
  `];

  @property({ attribute: false }) person!: Participant;
  @property({ type: Boolean }) isSelf = false;
  /* not in this room yet */
  @property({ type: Boolean }) isAway = false;
  @property() note = '';

  override render(): TemplateResult {
    const { person } = this;
    const isLost = person.presence === 'disconnected';
    const parts = [roleWord(person.role, person.side), this.isSelf ? t('tile.you') : '', this.note,
      isLost ? t('rooms.offline') : ''];
    return html`<span class="face ${this.isAway ? 'away' : ''}" aria-hidden="true">
      ${[...person.name][0]}</span>
      <div class="who ${this.isAway ? 'away' : ''}"><div class="name"><b>${person.name}</b>
        ${person.hand !== null ? html`<span role="img" aria-label=${t('tile.hand', {
          place: person.hand })}>${icon('hand')}</span>` : nothing}
        ${isBad(person.quality?.level) ? html`<heard-quality level=${person.quality.level}
          name=${person.name} .figures=${person.quality}></heard-quality>` : nothing}</div>
        <div class="note">${parts.filter(Boolean).join(' · ')}</div></div>
      <slot name="act"></slot>`;
  }
}
