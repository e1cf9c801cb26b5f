// SPDX-License-Identifier: Apache-2.0
/* The desk's panel: who waits, who wants to speak, who is there, who is missing. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { figuresOf, isBad } from '../line';
import { plateOf, roleWord } from '../plate';
import { isGone, type Participant } from '../protocol';
import type { PersonAsk } from '../questions';
import { isClosedRoom, roomOf } from '../rooms';
import { handQueue, inRoom, waiting, type State } from '../store';
import { base, controls } from '../styles';

@customElement('heard-desk')
export class HeardDesk extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; }
    section { padding: 12px 16px; border-bottom: 1px solid var(--line); display: grid; gap: 8px; }
    h2 { font-size: 16px; display: flex; gap: 8px; align-items: baseline; }
    h2 span { color: var(--ink-soft); font-weight: 400; }
    h2.busy span { color: var(--act); font-weight: 600; }
    .person { display: grid; grid-template-columns: 1fr auto; gap: 4px 8px; align-items: center;
      padding: 4px 0; }
    .person .small { grid-column: 1; }
    .person .who { display: flex; flex-wrap: wrap; gap: 0 10px; align-items: center; }
    heard-quality { font-size: 13px; }
    .away { color: var(--caucus); }
    .away.deliberation { color: var(--deliberate); }
    .figures { padding-top: 8px; font-variant-numeric: tabular-nums; }
    details > summary { list-style: none; min-height: 44px; width: 44px; margin-left: auto;
      display: grid;
      place-items: center; cursor: pointer; border-radius: 6px; }
    details > summary::-webkit-details-marker { display: none; }
    details { grid-row: 1 / span 2; grid-column: 2; }
    details[open] { grid-row: auto; grid-column: 1 / -1; }
    details[open] > summary { margin-top: -44px; }
    details[open] .menu { display: grid; padding: 4px 0; border: 1px solid var(--line);
      border-radius: 6px; overflow: hidden; }
    .menu button { justify-content: flex-start; border: 0; border-radius: 0; min-height: 44px;
      padding: 4px 16px; }
    .menu button + button { border-top: 1px solid var(--line); }
    .warned { color: var(--warn); font-weight: 500; }
    .queue { display: grid; grid-template-columns: 24px 1fr auto; align-items: center; gap: 8px; }
    .queue b { color: var(--act); }
    .queue .acts { display: flex; flex-wrap: wrap; gap: 8px; justify-content: flex-end; }
    .menu button { font-size: 15px; }
  `];

  @property({ attribute: false }) state!: State;

  private can(command: string): boolean {
    return !!this.state.you?.may.includes(command);
  }

  override render(): TemplateResult {
    const lobby = waiting(this.state);
    const hands = handQueue(this.state);
    const present = inRoom(this.state);
    const absent = [...this.state.participants.values()]
      .filter((one) => one.presence === 'absent' || isGone(one.presence));
    return html`
      <heard-desk-recusal .state=${this.state}></heard-desk-recusal>
      <section><h2 class=${lobby.length ? 'busy' : ''}>${t('desk.lobby')}
        <span role="status">${t('desk.count', { count: lobby.length })}</span></h2>
        ${lobby.length ? repeat(lobby, (one) => one.id, (one) => html`<heard-lobby-item
          .person=${one} .hearing=${this.state.hearing} .may=${this.state.you?.may ?? []}></heard-lobby-item>`)
          : html`<p class="small soft">${t('desk.lobbyEmpty')}</p>`}</section>
      <section><h2>${t('desk.hands')}<span role="status">
        ${t('desk.count', { count: hands.length })}</span></h2>
        ${this.lock()}
        ${hands.map((one) => this.hand(one))}
        ${hands.length ? nothing : html`<p class="small soft">${t('desk.handsEmpty')}</p>`}
      </section>
      <heard-desk-witness .state=${this.state}></heard-desk-witness>
      <heard-desk-summons .state=${this.state}></heard-desk-summons>
      <section><h2>${t('desk.present')}<span>
        ${t('desk.count', { count: present.length })}</span></h2>
        ${repeat(present, (one) => one.id, (one) => this.present(one))}</section>
      ${absent.length ? html`<section><h2>${t('desk.absent')}<span>
        ${t('desk.count', { count: absent.length })}</span></h2>
        ${absent.map((one) => this.absent(one))}</section>` : nothing}`;
  }

  /* A choice made closes the menu. */
  private shut(event: Event): void {
    (event.currentTarget as HTMLElement).closest('details')?.removeAttribute('open');
  }

  /* A good line is a quiet drawing; any other has its word beside it. */
  private names(one: Participant): TemplateResult {
    return html`<span class="who">${one.name}<heard-quality level=${one.quality?.level ?? ''}
      name=${one.name} .figures=${one.quality ?? null} ?worded=${isBad(one.quality?.level)}>
      </heard-quality></span>
      <span class="small soft">${plateOf(one)}</span>
      ${isClosedRoom(roomOf(one)) ? html`<span class="small away ${roomOf(one)}">${t('desk.inRoom', {
        room: word('room', roomOf(one)) })}</span>` : nothing}`;
  }

  private hand(one: Participant): TemplateResult {
    return html`<div class="queue"><b class="number">${one.hand}</b><span>${one.name}
      <span class="small soft">${one.unit ?? roleWord(one.role, one.side)}</span></span>
      <span class="acts">${this.can('floor.give') ? html`<button class="slim" @click=${() =>
        this.tell('command', { type: 'floor.give', data: { participant: one.id } })}>
        ${t('desk.give')}</button>` : nothing}
      ${this.can('hand.lower') ? html`<button class="slim" @click=${() => this.tell('command', {
        type: 'hand.lower', data: { participant: one.id } })}>${t('desk.lower')}</button>`
        : nothing}</span></div>`;
  }

  /* One button for the whole room; who is muted sees it in words. */
  private lock(): TemplateResult | typeof nothing {
    const isLocked = !!this.state.hearing?.locked;
    return this.can('order.lock') ? html`<button class="slim" aria-pressed=${isLocked
      ? 'true' : 'false'} @click=${() => this.tell('command', { type: 'order.lock',
        data: { locked: !isLocked } })}>${icon(isLocked ? 'unlock' : 'lock')}
      ${t(isLocked ? 'floor.unlock' : 'floor.lock')}</button>` : nothing;
  }

  private present(one: Participant): TemplateResult {
    const isSelf = one.id === this.state.you?.participant;
    const isAny = ['participant.block', 'participant.hold', 'participant.remove', 'floor.give']
      .some((command) => this.can(command));
    return html`<div class="person">${this.names(one)}
      ${isSelf || !isAny ? nothing : html`<details>
        <summary aria-label=${t('desk.menu', { name: one.name })}>${icon('more')}</summary>
        ${one.quality && one.quality.level !== 'lost' ? html`<p class="small soft figures">
          ${figuresOf(one.quality)}</p>` : nothing}
        <div class="menu" @click=${this.shut}>${this.turnOf(one)}${this.orderOf(one)}</div>
        </details>`}
      ${one.warnings ? html`<span class="small warned">${t('desk.warned', {
        count: one.warnings })}</span>` : nothing}
    </div>`;
  }

  private ask(what: PersonAsk, person: Participant, text: string, kind = ''): TemplateResult {
    return html`<button class="slim ${kind}" @click=${() =>
      this.tell('person-ask', { what, person })}>${text}</button>`;
  }

  /* Speaking and being seen. */
  private turnOf(one: Participant): TemplateResult | typeof nothing {
    const { floor, spotlight } = this.state.hearing ?? {};
    const isSpeaker = one.role !== 'observer' && (one.room ?? 'main') === 'main';
    if (!isSpeaker) return nothing;
    return html`
      ${floor?.participant === one.id && this.can('floor.take') ? html`<button class="slim"
        @click=${() => this.tell('command', { type: 'floor.take' })}>${t('floor.take')}</button>`
        : this.can('floor.give') ? this.ask('give', one, t('desk.give')) : nothing}
      ${!this.can('spotlight.set') ? nothing : spotlight === one.id ? html`<button class="slim"
        @click=${() => this.tell('command', { type: 'spotlight.clear' })}>${t('floor.unshine')}
        </button>` : html`<button class="slim" @click=${() => this.tell('command', {
          type: 'spotlight.set', data: { participant: one.id } })}>${t('desk.shine')}</button>`}`;
  }

  /* From the mildest to the last. */
  private orderOf(one: Participant): TemplateResult {
    return html`
      ${this.can('participant.block') && one.role !== 'observer' ? html`
        ${this.block(one, 'microphone', one.microphone === 'blocked')}
        ${this.block(one, 'camera', one.camera === 'blocked')}
        ${one.screen === 'off' ? nothing
          : this.block(one, 'screen', one.screen === 'blocked')}` : nothing}
      ${this.can('order.warn') ? this.ask('warn', one, t('desk.warn')) : nothing}
      ${this.can('participant.hold') ? this.ask('hold', one, t('desk.hold')) : nothing}
      ${this.can('participant.remove')
        ? this.ask('remove', one, t('desk.remove'), 'danger-text') : nothing}`;
  }

  private block(one: Participant, source: string, isBlocked: boolean): TemplateResult {
    const key = isBlocked ? 'unblock' : 'block';
    return html`<button class="slim" @click=${() => this.tell('command', {
      type: 'participant.block', data: { participant: one.id, source, blocked: !isBlocked },
    })}>${word('desk', `${key}.${source}`)}</button>`;
  }

  private absent(one: Participant): TemplateResult {
    return html`<div class="person">${this.names(one)}
      <details><summary aria-label=${t('desk.menu', { name: one.name })}>${icon('more')}</summary>
        <div class="menu" @click=${this.shut}><button class="slim" @click=${() => this.tell('new-link', one)}>
          ${icon('link')}${t('lobby.newLink')}</button></div></details>
      <span class="small soft">${word('presence', one.presence)}</span></div>`;
  }
}
