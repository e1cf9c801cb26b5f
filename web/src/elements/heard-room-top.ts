// SPDX-License-Identifier: Apache-2.0
/* Top line of the room: which hearing, which room, which phase, its clock, the recording; below
 * it who can hear this person now. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t, word } from '../i18n';
import { minutesOver } from '../floor';
import { indexOf, phaseClock } from '../phases';
import type { Hearing, Level, Recording, RoomName } from '../protocol';
import { isClosedRoom, type Hearers } from '../rooms';
import { base } from '../styles';

@customElement('heard-room-top')
export class HeardRoomTop extends HeardElement {
  static override styles = [base, css`
    header { display: flex; align-items: center; gap: 4px 24px; padding: 8px 16px;
      border-bottom: 1px solid var(--line); background: var(--sheet); min-height: 48px; }
    .room { border-left: 4px solid var(--room, var(--act)); padding-left: 10px; font-weight: 600;
      white-space: nowrap; }
    .closed .room { color: var(--room); }
    .closed { background: var(--room-soft); }
    .hears { padding: 4px 16px; border-bottom: 1px solid var(--line); background: var(--sheet);
      font-size: 15px; }
    .hears.closed { border-bottom-color: var(--room); font-size: 16px; }
    .title { min-width: 0; flex: 1; white-space: nowrap; overflow: hidden;
      text-overflow: ellipsis; font-size: 16px; }
    .title span { color: var(--ink-soft); margin-left: 8px; font-size: 13px; }
    .phase { white-space: nowrap; }
    .phase time { font-size: 20px; }
    .over { color: var(--warn); font-weight: 600; }
    heard-quality { font-size: 13px; }
    @media (max-width: 700px) {
      header { font-size: 16px; flex-wrap: wrap; padding: 6px 12px; gap: 2px 12px; }
      .title { position: absolute; width: 1px; height: 1px; clip-path: inset(50%); }
      .phase { margin-right: auto; }
      header heard-quality { order: 2; }
      .hears { padding: 4px 12px 6px; display: flex; gap: 2px 12px; flex-wrap: wrap;
        align-items: center; font-size: 16px; }
      header { border-bottom: 0; padding-bottom: 2px; }
    }
  `];

  @property({ attribute: false }) hearing!: Hearing;
  @property({ attribute: false }) recording!: Recording;
  @property({ type: Number }) recordedMs = 0;
  @property({ type: Number }) nowMs = 0;
  /* Of the own line; null: no media yet. */
  @property({ attribute: false }) level: Level | null = null;
  @property({ type: Boolean }) isPhone = false;
  @property() here: RoomName = 'main';
  @property({ attribute: false }) hearers: Hearers = { kind: 'nobody', people: [] };
  @property({ type: Boolean }) isMoving = false;

  override render(): TemplateResult {
    const { hearing } = this;
    const clock = phaseClock(hearing, this.nowMs);
    const limit = hearing.phases[indexOf(hearing)]?.limit_ms ?? 0;
    const isRunning = hearing.state === 'live' || hearing.state === 'recessed';
    const isClosed = isClosedRoom(this.here);
    /* In a closed room nothing is ever recorded: its own words say so in place of the light. */
    const light = isClosed ? nothing : html`<heard-recording-light .recording=${this.recording}
      .ms=${this.recordedMs}></heard-recording-light>`;
    return html`<header class=${isClosed ? 'closed' : ''}>
      <span class="room">${word('room', isClosed ? this.here : 'main')}</span>
      <h1 class="title" title=${hearing.title}>
        <b>${hearing.title}</b><span class="number">${hearing.number}</span></h1>
      <span class="phase">${hearing.state === 'recessed' ? word('hearingState', 'recessed')
        : word('phase', hearing.phase)}
        ${isRunning ? html`<time class="number ${clock.over ? 'over' : ''}">
          ${formatClock(clock.ms)}${limit && !(isClosed && this.isPhone) ? ` / ${formatClock(limit)}` : ''}
          ${clock.over ? html`· ${t('room.overBy', {
            minutes: minutesOver(clock.ms - limit) })}` : nothing}</time>` : nothing}</span>
      ${this.isPhone ? nothing : light}
      ${this.level ? html`<heard-quality level=${this.level} ?worded=${!this.isPhone}>
        </heard-quality>` : nothing}
    </header>
    <div class="hears ${isClosed ? 'closed' : ''}"><heard-hearers .hearers=${this.hearers}
      .here=${this.here} .isMoving=${this.isMoving}></heard-hearers>
      ${this.isPhone ? light : nothing}</div>`;
  }
}
