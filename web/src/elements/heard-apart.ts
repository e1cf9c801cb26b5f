// SPDX-License-Identifier: Apache-2.0
/*
 * In the main room while others talk in a closed one: who talks, since when, that nobody hears
 * this person and nothing is recorded, and what may be done meanwhile.
 * Tells "command" room.enter where the own side's room is open.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatClock, formatTime } from '../format';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { namesOf } from '../plate';
import type { Caucus, RoomName } from '../protocol';
import { awayOf, ownCaucus, peopleIn, type Away } from '../rooms';
import { me, type State } from '../store';
import { base, controls } from '../styles';

const sideName = (room: RoomName) => word('rooms', `side.${room}`);

/* What goes on, in one sentence. */
export function headline({ reason, rooms }: Away): string {
  if (reason === 'deliberation') return t('apart.deliberation');
  const led = rooms.find((one) => one.people.some((person) => person.role === 'mediator'));
  if (led) {
    const isAlone = led.people.every((person) => person.role === 'mediator');
    return t(isAlone ? 'apart.asking' : 'apart.caucus', { side: sideName(led.room) });
  }
  return rooms.length > 1 ? t('apart.both')
    : t('apart.private', { side: sideName(rooms[0]?.room ?? 'main') });
}

@customElement('heard-apart')
export class HeardApart extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; min-height: 0; font-size: 18px; line-height: 1.55; }
    .scroll { display: grid; min-height: 0; overflow: auto; padding: 8px; }
    section { margin: auto; width: 100%; max-width: 600px; padding: 20px 16px; display: grid;
      gap: 20px; }
    .mark svg { width: 48px; height: 48px; color: var(--away); }
    .head { display: grid; gap: 8px; }
    h2 { font-size: 26px; text-wrap: balance; }
    time { font-variant-numeric: tabular-nums; color: var(--ink-soft); }
    .rooms { display: grid; gap: 8px; }
    .rooms li { border-left: 4px solid var(--away); padding: 2px 12px; }
    .rooms .soft { font-size: 16px; }
    .deaf { display: flex; gap: 12px; align-items: flex-start; background: var(--sheet);
      border: 1px solid var(--line); border-radius: 6px; padding: 12px 16px; font-weight: 600;
      text-wrap: pretty; }
    .deaf svg { width: 26px; height: 26px; margin-top: 1px; }
    .more { display: grid; gap: 8px; color: var(--ink-soft); font-size: 17px;
      text-wrap: pretty; }
    button { min-height: 60px; font-size: 18px; border-color: var(--away); }
  `];

  @property({ attribute: false }) state!: State;
  @property({ type: Number }) nowMs = 0;

  override render(): TemplateResult | typeof nothing {
    const away = awayOf(this.state);
    if (!away) return nothing;
    const isPanel = away.reason === 'deliberation';
    const own = ownCaucus(this.state);
    const self = this.state.you?.participant;
    const isLeader = me(this.state)?.role === 'mediator';
    const others = peopleIn(this.state, 'main').filter((one) => one.id !== self);
    this.style.setProperty('--away', isPanel ? 'var(--deliberate)' : 'var(--caucus)');
    return html`<div class="scroll" tabindex="0"><section>
      <div class="mark">${icon(isPanel ? 'deliberation' : 'privateTalk')}</div>
      <div class="head"><div role="status"><h2>${headline(away)}</h2></div>
        <time>${this.since(away.since_ms)}</time></div>
      ${away.rooms.length > 1 ? this.rooms(away) : nothing}
      <p class="deaf">${icon('unheard')}<span>${t('apart.deaf')}</span></p>
      ${own ? this.enter(own) : nothing}
      <div class="more">${isLeader ? nothing : html`<p>${t(isPanel ? 'apart.backPanel'
        : 'apart.back')}</p>`}
        ${this.hand(isPanel)}
        ${others.length ? html`<p>${t('apart.with', { names: namesOf(others) })}</p>` : nothing}
      </div></section></div>`;
  }

  private since(since_ms: number): string {
    return t('apart.since', {
      time: formatTime(since_ms), length: formatClock(this.nowMs - since_ms),
    });
  }

  private rooms(away: Away): TemplateResult {
    return html`<ul class="rooms">${away.rooms.map((one) => html`<li>
      <div>${word('room', one.room)}</div>
      <div class="soft">${namesOf(one.people) || t('rooms.nobody')}</div></li>`)}</ul>`;
  }

  private enter(room: Caucus): TemplateResult {
    return html`<p>${t('apart.declined')}</p>
      <button class="wide" @click=${() => this.tell('command', {
        type: 'room.enter', data: { room } })}>${icon('privateTalk')}${t('apart.enter')}</button>`;
  }

  private hand(isPanel: boolean): TemplateResult | typeof nothing {
    const self = me(this.state);
    if (!self || self.role === 'observer' || self.role === 'mediator') return nothing;
    const isUp = self.hand !== null;
    return html`<p>${t(isUp ? (isPanel ? 'apart.handUpPanel' : 'apart.handUp')
      : isPanel ? 'apart.handPanel' : 'apart.hand')}</p>`;
  }
}
