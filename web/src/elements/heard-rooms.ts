// SPDX-License-Identifier: Apache-2.0
/*
 * The mediator's rooms: A side, together, B side. Who is where, and what to do next with each
 * side. Tells "command" room.*; what is not allowed now is not offered.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { named, t, word } from '../i18n';
import { icon } from '../icons';
import { columnsOf, invitable, type Column } from '../rooms';
import type { Caucus } from '../protocol';
import { may, type State } from '../store';
import { base, controls } from '../styles';
import { columnStyles } from './column-styles';

@customElement('heard-rooms')
export class HeardRooms extends HeardElement {
  static override styles = [base, controls, columnStyles, css`
    :host { display: block; container-type: inline-size; }
    .columns { display: grid; gap: 8px; padding: 0 8px 8px;
      grid-template-columns: repeat(3, minmax(0, 1fr)); }
    @container (max-width: 640px) {
      .columns { grid-template-columns: minmax(0, 1fr); padding: 0; }
      .column.main { order: -1; }
    }
  `];

  @property({ attribute: false }) state!: State;
  @property({ type: Number }) nowMs = 0;

  override render(): TemplateResult {
    const [a, main, b] = columnsOf(this.state);
    return html`<div class="columns" role="group" aria-label=${t('rooms.title')}>
      ${this.caucus(a)}${this.main(main)}${this.caucus(b)}</div>`;
  }

  private can(command: string): boolean {
    return may(this.state, command);
  }

  private send(type: string, data: object = {}): void {
    this.tell('command', { type, data });
  }

  private head(column: Column, tail: string): TemplateResult {
    const name = word('rooms', `side.${column.room}`);
    return html`<header><h2>${name}</h2>
      ${column.isMine ? html`<span class="here">${t('rooms.here')}</span>` : nothing}
      <span class="tail number">${column.isLocked ? html`${icon('lock')}
        <span>${t('rooms.locked')}</span>` : nothing}${tail}</span></header>`;
  }

  private main(column: Column): TemplateResult {
    const { hearing } = this.state;
    const isApart = !!hearing?.apart;
    const tail = hearing?.state !== 'live' ? t('rooms.before')
      : t(isApart ? 'rooms.quiet' : 'rooms.joint');
    const isBack = !column.isMine && this.can('room.leave');
    return html`<section class="column main ${column.isMine ? 'mine' : ''}"
      aria-label=${word('rooms', 'side.main')}>
      ${this.head(column, tail)}
      ${this.list(column, html`${column.inside.map((person) => html`<heard-seat .person=${person}
        .isSelf=${person.id === this.state.you?.participant}></heard-seat>`)}
        ${column.inside.length ? nothing : html`<p class="none">${t('rooms.nobody')}</p>`}`)}
      <div class="acts">
        ${isBack ? html`<button class="slim" @click=${() => this.send('room.leave')}>
          ${t('rooms.leave')}</button>` : nothing}
        ${isApart && this.can('room.close') ? html`<button class="slim"
          aria-label=${named('rooms.gather', 'rooms.gatherLabel')} @click=${this.gather}>${t('rooms.gather')}</button>`
          : nothing}</div></section>`;
  }

  private list(column: Column, people: TemplateResult): TemplateResult {
    return html`<div class="people" tabindex="0" role="group" aria-label=${
      word('rooms', `side.${column.room}`)}>${people}</div>`;
  }

  private gather(): void {
    for (const column of columnsOf(this.state))
      if (column.room !== 'main' && column.isOpen) this.send('room.close', { room: column.room });
  }

  private caucus(column: Column): TemplateResult {
    const room = column.room as Caucus;
    const side = word('rooms', `side.${room}`);
    const tail = column.isOpen && column.since_ms !== null
      ? formatClock(this.nowMs - column.since_ms) : '';
    return html`<section class="column closed ${column.isOpen ? 'open' : ''}
      ${column.isMine ? 'mine' : ''}" aria-label=${word('room', room)}>
      ${this.head(column, column.isOpen ? tail : t('rooms.closed'))}
      ${this.list(column, html`${this.people(column, room, side)}${this.visited(column)}`)}
      <div class="acts">${column.isOpen ? this.opened(column, room, side)
        : this.shut(column, room, side)}</div></section>`;
  }

  private people(column: Column, room: Caucus, side: string): TemplateResult {
    const self = this.state.you?.participant;
    const isInvitable = column.isOpen && this.can('room.invite');
    const none = !column.inside.length && !column.invited.length && !column.outside.length;
    return html`${column.inside.map((person) => html`<heard-seat .person=${person}
      .isSelf=${person.id === self}></heard-seat>`)}
      ${column.invited.map((person) => html`<heard-seat .person=${person} isAway
        note=${t('rooms.asked')}></heard-seat>`)}
      ${column.isOpen ? column.outside.map((person) => html`<heard-seat .person=${person} isAway
        note=${t('rooms.inMain')}>${isInvitable ? this.invite(person.id, person.name, room, side)
          : nothing}</heard-seat>`) : column.outside.length ? html`<p class="none">
          ${t('rooms.inMainNames', { names: column.outside.map((one) => one.name)
            .join(t('list.comma')) })}</p>` : nothing}
      ${none ? html`<p class="none">${word('rooms', `empty.${room}`)}</p>` : nothing}
      ${isInvitable ? this.others(room, side) : nothing}`;
  }

  private invite(id: string, name: string, room: Caucus, side: string): TemplateResult {
    return html`<button slot="act" class="slim"
      aria-label=${named('rooms.invite', 'rooms.inviteLabel', { name, side })}
      @click=${() => this.send('room.invite', { room, participant: id })}>
      ${t('rooms.invite')}</button>`;
  }

  /* Interpreters and agents without a side. */
  private others(room: Caucus, side: string): TemplateResult | typeof nothing {
    const people = invitable(this.state);
    if (!people.length) return nothing;
    return html`<details><summary>${t('rooms.others')}</summary>
      ${people.map((one) => html`<heard-seat .person=${one} isAway note=${t('rooms.inMain')}>
        ${this.invite(one.id, one.name, room, side)}</heard-seat>`)}</details>`;
  }

  private visited(column: Column): TemplateResult | typeof nothing {
    if (!column.isOpen || column.visited_ms === null) return nothing;
    const minutes = Math.floor((this.nowMs - column.visited_ms) / 60_000);
    return html`<p class="visited">${icon('clock')}${minutes < 1 ? t('rooms.visitedNow')
      : t('rooms.visited', { minutes })}</p>`;
  }

  private shut(column: Column, room: Caucus, side: string): TemplateResult | typeof nothing {
    if (!this.can('room.open')) return nothing;
    return html`<button class="slim ask"
      aria-label=${named('rooms.open', 'rooms.openLabel', { side })}
      ?disabled=${!column.outside.length} @click=${() => this.send('room.open', { room })}>
      ${icon('privateTalk')}${t('rooms.open', { side })}</button>`;
  }

  private opened(column: Column, room: Caucus, side: string): TemplateResult {
    const { isLocked } = column;
    return html`
      ${!column.isMine && this.can('room.enter') ? html`<button class="slim ask"
        aria-label=${named('rooms.enter', 'rooms.enterLabel', { side })}
        @click=${() => this.send('room.enter', { room })}>${t('rooms.enter')}</button>` : nothing}
      ${this.can('room.lock') ? html`<button class="slim"
        aria-label=${isLocked ? named('rooms.unlock', 'rooms.unlockLabel', { side })
          : named('rooms.lock', 'rooms.lockLabel', { side })}
        @click=${() => this.send('room.lock', { room, locked: !isLocked })}>
        ${icon(isLocked ? 'unlock' : 'lock')}${t(isLocked ? 'rooms.unlock' : 'rooms.lock')}
        </button>` : nothing}
      ${this.can('room.close') ? html`<button class="slim"
        aria-label=${named('rooms.close', 'rooms.closeLabel', { side })}
        @click=${() => this.send('room.close', { room })}>${t('rooms.close')}</button>` : nothing}`;
  }
}
