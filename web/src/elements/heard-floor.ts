// SPDX-License-Identifier: Apache-2.0
/*
 * Below the top line, while there is something to say: who has the floor and for how long, that
 * all are muted, whom the desk shows, how long both sides have spoken. Tells "command".
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { minutesOver, sharesOf, turnOf, type Turn } from '../floor';
import { formatClock } from '../format';
import { t, word } from '../i18n';
import { icon } from '../icons';
import type { SideTime } from '../protocol';
import { may, me, type State } from '../store';
import { base, controls } from '../styles';

@customElement('heard-floor')
export class HeardFloor extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; }
    .row { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 6px 16px;
      background: var(--sheet); border-bottom: 1px solid var(--line); font-size: 16px; }
    .row > svg { width: 22px; height: 22px; flex: none; }
    .row > span { min-width: 0; overflow-wrap: anywhere; }
    .row button { margin-left: auto; min-height: 44px; }
    .mine { background: var(--act-soft); font-weight: 600; font-size: 18px; }
    .locked svg { color: var(--warn); }
    time { font-size: 22px; line-height: 1.2; font-variant-numeric: tabular-nums;
      white-space: nowrap; }
    time small { font-size: 15px; color: var(--ink-soft); font-weight: 400; }
    .over, .over small { color: var(--warn); font-weight: 600; }
    .hint { color: var(--warn); }
    .sides { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 4px 12px;
      align-items: center; padding: 6px 16px; background: var(--sheet);
      border-bottom: 1px solid var(--line); font-size: 15px; }
    .bar { width: 100%; height: 10px; border-radius: 5px; background: var(--line); }
    .bar rect { fill: var(--ink-soft); }
    .sides b { font-weight: 500; font-size: 18px; font-variant-numeric: tabular-nums; }
    .others { grid-column: 1 / -1; color: var(--ink-soft); font-size: 13px; }
    @media (min-width: 701px) {
      .sides { grid-template-columns: auto minmax(40px, 1fr) auto auto minmax(40px, 1fr) auto auto;
        column-gap: 12px; }
      .others { grid-column: auto; margin-left: 12px; }
      .second { margin-left: 12px; }
    }
    @media (max-width: 700px) { .row, .sides { padding: 6px 12px; } .others { display: none; } }
  `];

  @property({ attribute: false }) state!: State;
  @property({ type: Number }) nowMs = 0;

  override render(): TemplateResult {
    const { hearing } = this.state;
    const turn = turnOf(this.state, this.nowMs);
    return html`${turn ? this.turn(turn) : nothing}
      ${hearing?.locked ? this.locked() : nothing}
      ${hearing?.spotlight && may(this.state, 'spotlight.clear')
        ? this.shown(hearing.spotlight) : nothing}
      ${hearing?.time ? this.sides(hearing.time) : nothing}`;
  }

  private act(type: string, text: string, data?: object): TemplateResult | typeof nothing {
    return may(this.state, type) ? html`<button class="slim" @click=${() =>
      this.tell('command', { type, data })}>${text}</button>` : nothing;
  }

  private turn(turn: Turn): TemplateResult {
    const isMuted = turn.isSelf && me(this.state)?.microphone !== 'on';
    return html`<div class="row ${turn.isSelf ? 'mine' : ''}">${icon('microphone')}
      <span role="status">${turn.isSelf ? t('floor.yours')
        : t('floor.has', { name: turn.person?.name ?? '' })}</span>
      <time class=${turn.over_ms ? 'over' : ''}>${formatClock(turn.ms)}
        ${turn.limit_ms ? html`<small>${turn.over_ms
          ? t('room.overBy', { minutes: minutesOver(turn.over_ms) })
          : t('floor.limit', { minutes: turn.limit_ms / 60_000 })}</small>` : nothing}</time>
      ${isMuted ? html`<span class="hint">${t('floor.muted')}</span>` : nothing}
      ${this.act('floor.take', t(turn.isSelf ? 'floor.done' : 'floor.take'))}</div>`;
  }

  private locked(): TemplateResult {
    return html`<div class="row locked">${icon('lock')}<span role="status">${t('floor.locked')}
      </span>${this.act('order.lock', t('floor.unlock'), { locked: false })}</div>`;
  }

  private shown(id: string): TemplateResult {
    const name = this.state.participants.get(id)?.name ?? '';
    return html`<div class="row">${icon('pin')}<span>${t('floor.spotlight', { name })}</span>
      ${this.act('spotlight.clear', t('floor.unshine'))}</div>`;
  }

  private sides(time: SideTime): TemplateResult {
    const share = sharesOf(time);
    const side = (key: 'petitioner' | 'respondent', second: string) => html`
      <span class=${second}>${word('floor', `side.${key}`)}</span>
      <svg class="bar" aria-hidden="true" viewBox="0 0 100 1" preserveAspectRatio="none">
        <rect width=${Math.round(share[key] * 100)} height="1"/></svg>
      <b class="number">${formatClock(time[`${key}_ms`])}</b>`;
    return html`<div class="sides" role="group" aria-label=${t('floor.time')}>
      ${side('petitioner', '')}${side('respondent', 'second')}
      <span class="others">${t('floor.side.neutral')} ${formatClock(time.neutral_ms)}</span>
    </div>`;
  }
}
