// SPDX-License-Identifier: Apache-2.0
/* The desk's panel: who waits, who wants to speak, who is there, who is missing. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { figuresOf, isBad } from '../line';
import { plateOf } from '../plate';
import { isGone, type Participant } from '../protocol';
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
    details > summary { list-style: none; min-height: 36px; width: 44px; margin-left: auto;
      display: grid;
      place-items: center; cursor: pointer; border-radius: 6px; }
    details > summary::-webkit-details-marker { display: none; }
    details { grid-row: 1 / span 2; grid-column: 2; }
    details[open] { grid-row: auto; grid-column: 1 / -1; }
    details[open] > summary { margin-top: -44px; }
    details[open] .menu { display: flex; flex-wrap: wrap; gap: 8px; padding: 8px 0; }
    .queue { display: grid; grid-template-columns: 24px 1fr auto; align-items: center; gap: 8px; }
    .queue b { color: var(--act); }
    .menu button { font-size: 14px; }
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
        ${hands.map((one) => this.hand(one))}
        ${hands.length ? nothing : html`<p class="small soft">${t('desk.handsEmpty')}</p>`}
      </section>
      <heard-desk-witness .state=${this.state}></heard-desk-witness>
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
      <span class="small soft">${one.unit ?? word('role', one.role)}</span></span>
      ${this.can('hand.lower') ? html`<button class="slim" @click=${() => this.tell('command', {
        type: 'hand.lower', data: { participant: one.id } })}>${t('desk.lower')}</button>`
        : nothing}</div>`;
  }

  private present(one: Participant): TemplateResult {
    const isSelf = one.id === this.state.you?.participant;
    const isBlocked = one.microphone === 'blocked';
    const isAny = ['participant.block', 'participant.hold', 'participant.remove']
      .some((command) => this.can(command));
    return html`<div class="person">${this.names(one)}
      ${isSelf || !isAny ? nothing : html`<details>
        <summary aria-label=${t('desk.menu', { name: one.name })}>${icon('more')}</summary>
        ${one.quality && one.quality.level !== 'lost' ? html`<p class="small soft figures">
          ${figuresOf(one.quality)}</p>` : nothing}
        <div class="menu" @click=${this.shut}>
        ${this.can('participant.block') ? html`
          ${this.block(one, 'microphone', isBlocked)}
          ${this.block(one, 'camera', one.camera === 'blocked')}
          ${one.screen === 'off' ? nothing
            : this.block(one, 'screen', one.screen === 'blocked')}` : nothing}
        ${this.can('participant.hold') ? html`<button class="slim" @click=${() =>
          this.tell('person-ask', { what: 'hold', person: one })}>${t('desk.hold')}</button>`
          : nothing}
        ${this.can('participant.remove') ? html`<button class="slim danger-text" @click=${() =>
          this.tell('person-ask', { what: 'remove', person: one })}>${t('desk.remove')}</button>`
          : nothing}</div></details>`}
    </div>`;
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
