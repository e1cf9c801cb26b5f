// SPDX-License-Identifier: Apache-2.0
/* Top line of the room: which hearing, which room, which phase, its clock, the recording. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t, word } from '../i18n';
import { indexOf, phaseClock } from '../phases';
import type { Hearing, Level, Recording } from '../protocol';
import { base } from '../styles';

@customElement('heard-room-top')
export class HeardRoomTop extends HeardElement {
  static override styles = [base, css`
    header { display: flex; align-items: center; gap: 4px 24px; padding: 8px 16px;
      border-bottom: 1px solid var(--line); background: var(--sheet); min-height: 48px; }
    .room { border-left: 4px solid var(--act); padding-left: 10px; font-weight: 600; }
    .title { min-width: 0; flex: 1; white-space: nowrap; overflow: hidden;
      text-overflow: ellipsis; font-size: 16px; }
    .title span { color: var(--ink-soft); margin-left: 8px; font-size: 13px; }
    .phase { white-space: nowrap; }
    .over { color: var(--warn); font-weight: 600; }
    heard-quality { font-size: 13px; }
    @media (max-width: 700px) {
      header { font-size: 16px; flex-wrap: wrap; padding: 6px 12px; gap: 2px 12px; }
      .title { position: absolute; width: 1px; height: 1px; clip-path: inset(50%); }
      .phase { margin-right: auto; }
      heard-recording-light { order: 3; width: 100%; }
    }
  `];

  @property({ attribute: false }) hearing!: Hearing;
  @property({ attribute: false }) recording!: Recording;
  @property({ type: Number }) recordedMs = 0;
  @property({ type: Number }) nowMs = 0;
  /* Of the own line; null: no media yet. */
  @property({ attribute: false }) level: Level | null = null;
  @property({ type: Boolean }) isPhone = false;

  override render(): TemplateResult {
    const { hearing } = this;
    const clock = phaseClock(hearing, this.nowMs);
    const limit = hearing.phases[indexOf(hearing)]?.limit_ms ?? 0;
    const isRunning = hearing.state === 'live' || hearing.state === 'recessed';
    return html`<header>
      <span class="room">${t('room.main')}</span>
      <h1 class="title" title=${hearing.title}>
        <b>${hearing.title}</b><span class="number">${hearing.number}</span></h1>
      <span class="phase">${hearing.state === 'recessed' ? word('hearingState', 'recessed')
        : word('phase', hearing.phase)}
        ${isRunning ? html`<time class="number ${clock.over ? 'over' : ''}">
          ${formatClock(clock.ms)}${limit ? ` / ${formatClock(limit)}` : ''}
          ${clock.over ? html`· ${t('room.over')}` : nothing}</time>` : nothing}</span>
      <heard-recording-light .recording=${this.recording} .ms=${this.recordedMs}>
      </heard-recording-light>
      ${this.level ? html`<heard-quality level=${this.level} ?worded=${!this.isPhone}>
        </heard-quality>` : nothing}
    </header>`;
  }
}
