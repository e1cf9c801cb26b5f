// SPDX-License-Identifier: Apache-2.0
/*
 * Own controls with words under the drawings; at the desk also recess, resume, close. A
 * control that may not be used now is shown as such, with the reason as its title.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, type Key } from '../i18n';
import { icon, type IconName } from '../icons';
import type { Participant, RoomName, Source } from '../protocol';
import { onPhoneBar, type Panel } from '../panels';
import { onlyWatches } from '../roles';
import { isClosedRoom } from '../rooms';
import { base, controls } from '../styles';

@customElement('heard-controls')
export class HeardControls extends HeardElement {
  static override styles = [base, controls, css`
    div.bar { display: flex; gap: 8px; padding: 8px 16px; background: var(--sheet);
      border-top: 1px solid var(--line); align-items: stretch; }
    button { flex-direction: column; gap: 2px; min-width: 84px; min-height: 60px; padding: 4px 8px;
      font-size: 14px; line-height: 1.3; background: transparent; }
    button.off svg { color: var(--ink-soft); }
    button.on { background: var(--act-soft); border-color: var(--act); }
    button.blocked { border-style: dashed; }
    .more { position: relative; }
    .count { position: absolute; top: 4px; left: calc(50% + 8px); min-width: 20px; padding: 0 5px;
      border-radius: 10px; background: var(--act); color: var(--act-ink); font-size: 13px;
      line-height: 20px; }
    .desk { margin-left: auto; display: flex; gap: 8px; }
    .danger { background: var(--seal); }
    .danger-text { color: var(--seal); }
    @media (max-width: 700px) {
      div.bar { display: grid; grid-auto-flow: column; gap: 4px;
        grid-auto-columns: minmax(0, 1fr);
        padding: 6px 6px max(6px, env(safe-area-inset-bottom)); }
      button { min-width: 0; min-height: 64px; padding: 4px 1px; font-size: 13px; }
      .wide-only { display: none; }
    }
    @media (min-width: 701px) { .phone-only { display: none; } }
  `];

  @property({ attribute: false }) self: Participant | null = null;
  @property({ attribute: false }) own: Record<Source, boolean> = {
    microphone: false, camera: false, screen: false,
  };
  @property({ attribute: false }) may: string[] = [];
  @property() hearingState = 'ready';
  @property() here: RoomName = 'main';
  /* the mediator: on a phone the rooms take the place of the raised hand */
  @property({ type: Boolean }) hasRooms = false;
  @property({ type: Boolean }) canShare = false;
  @property({ type: Boolean }) isOpening = false;
  @property({ type: Boolean }) hasCaptions = true;
  /* minutes stand beside the pictures */
  @property({ type: Boolean }) hasMinutes = false;
  /* somebody interprets: what is heard of it can be chosen */
  @property({ type: Boolean }) hasListening = false;
  /* the panel that is open, and those that could be */
  @property() panel: Panel | '' = '';
  @property({ attribute: false }) panels: ReadonlySet<Panel> = new Set();
  /* the mediation waits for a decision of this person */
  @property({ type: Boolean }) isAsked = false;
  /* people who wait to be let in: for whom the desk is behind "more" */
  @property({ type: Number }) waiting = 0;
  /* a party whose turn in the round is over: a reason may come up later */
  @property({ type: Boolean }) mayAskRecusal = false;

  private can(command: string): boolean {
    return this.may.includes(command);
  }

  override render(): TemplateResult {
    const isObserver = onlyWatches(this.self?.role ?? 'observer');
    return html`<div class="bar" role="toolbar" aria-label=${t('controls.bar')}>
      ${isObserver ? nothing : html`
        ${this.source('microphone')}${this.source('camera')}
        ${this.canShare ? this.source('screen') : nothing}
        ${this.hasRooms ? html`<button class="phone-only" @click=${() => this.tell('more')}>
          ${icon('privateTalk')}${t('rooms.title')}</button>` : nothing}
        ${isClosedRoom(this.here) ? this.back() : this.hand()}`}
      ${this.opens('exhibits', 'exhibit', t('exhibits.short'))}
      ${this.opens('mediation', 'people', t('mediation.title'),
        t(this.panel === 'mediation' ? 'mediation.close' : 'mediation.open'))}
      ${this.opens('ballot', 'deliberation', t('ballot.title'))}
      <button class="phone-only more" @click=${() => this.tell('more')}>
        ${icon('more')}${t('controls.more')}${this.waiting ? html`<b class="count"><i
          class="hide-visually">${t('desk.lobby')}</i>${this.waiting}</b>` : nothing}</button>
      <button class="wide-only ${this.hasCaptions ? 'on' : ''}"
        aria-pressed=${this.hasCaptions ? 'true' : 'false'} @click=${() => this.tell('captions')}>
        ${icon('captions')}${t('minutes.captions')}</button>
      ${this.panels.has('minutes') ? html`<button aria-pressed=${this.hasMinutes ? 'true' : 'false'}
        class="wide-only ${this.hasMinutes ? 'on' : ''}"
        @click=${() => this.tell('panel', 'minutes')}>${icon('note')}${t('minutes.title')}</button>`
        : nothing}
      ${this.hasListening ? html`<button class="wide-only"
        @click=${() => this.tell('open-listening')}>${icon('speaker')}${t('listening.title')}</button>`
        : nothing}
      ${this.mayAskRecusal ? html`<button class="wide-only"
        @click=${() => this.tell('ask', 'recusal')}>${icon('shield')}${t('recusal.later')}</button>`
        : nothing}
      <button class="wide-only" @click=${() => this.tell('devices')}>
        ${icon('settings')}${t('controls.devices')}</button>
      <button class="wide-only" @click=${() => this.tell('ask', 'leave')}>
        ${icon('leave')}${t('controls.leave')}</button>
      ${this.desk()}
    </div>`;
  }

  /* Back where the panel was opened from, when the keyboard was in it. */
  focusOn(panel: Panel): void {
    const seen = [...this.renderRoot.querySelectorAll<HTMLElement>('button:not(:disabled)')]
      .filter((one) => one.offsetParent);
    const button = seen.find((one) => one.dataset['panel'] === panel) ?? seen.at(-1);
    button?.focus({ preventScroll: true });
  }

  private opens(panel: Panel, drawing: IconName, text: string,
    label = text): TemplateResult | typeof nothing {
    const isOpen = this.panel === panel;
    const isOn = isOpen || (panel === 'mediation' && this.isAsked);
    return this.panels.has(panel) ? html`<button data-panel=${panel}
      class="${isOn ? 'on' : ''} ${onPhoneBar(this.panels) === panel ? '' : 'wide-only'}"
      aria-label=${label} aria-expanded=${isOpen ? 'true' : 'false'}
      @click=${() => this.tell('panel', panel)}>
      ${icon(drawing)}${text}</button>` : nothing;
  }

  private hand(): TemplateResult {
    const isRaised = this.self?.hand !== null && this.self?.hand !== undefined;
    const type = isRaised ? 'hand.lower' : 'hand.raise';
    return html`<button class="${isRaised ? 'on' : ''} ${this.hasRooms ? 'wide-only' : ''}"
      aria-pressed=${isRaised ? 'true' : 'false'} ?disabled=${!this.can(type)}
      @click=${() => this.tell('command', { type })}>${icon('hand')}
      ${t(isRaised ? 'controls.lower' : 'controls.hand')}</button>`;
  }

  /* In a private talk nobody queues; leaving it is what one may want. */
  private back(): TemplateResult | typeof nothing {
    return this.can('room.leave') ? html`<button class=${this.hasRooms ? 'wide-only' : ''}
      @click=${() => this.tell('command', { type: 'room.leave' })}>${icon('backToMain')}
      ${t('controls.backToMain')}
      </button>` : nothing;
  }

  private source(source: Source): TemplateResult {
    const isOn = this.own[source];
    const isBlocked = this.self?.[source] === 'blocked';
    const name = source === 'screen' ? 'screen' : isOn ? source : `${source}Off`;
    const key = `controls.${source}.${isBlocked ? 'blocked' : isOn ? 'on' : 'off'}` as Key;
    const isWide = source === 'screen' ? 'wide-only' : '';
    return html`<button class="${isOn ? '' : 'off'} ${isBlocked ? 'blocked' : ''} ${isWide}
      ${source === 'screen' && isOn ? 'on' : ''}"
      aria-pressed=${isOn ? 'true' : 'false'} ?disabled=${isBlocked || !this.can('media.state')}
      @click=${() => this.tell('source', source)}>${icon(name)}${t(key)}</button>`;
  }

  private desk(): TemplateResult {
    const isShown = (command: string) => this.can(command);
    return html`<span class="desk wide-only">
      ${isShown('hearing.open') ? html`<button class="primary"
        ?disabled=${this.isOpening}
        @click=${() => this.tell('command', { type: 'hearing.open' })}>${icon('play')}
        ${t(this.isOpening ? 'controls.opening' : 'controls.open')}</button>` : nothing}
      ${isShown('hearing.resume') && this.hearingState === 'recessed'
        ? html`<button class="primary"
          @click=${() => this.tell('command', { type: 'hearing.resume' })}>
          ${icon('play')}${t('controls.resume')}</button>`
        : isShown('hearing.recess') ? html`<button @click=${() => this.tell('ask', 'recess')}>
          ${icon('pause')}${t('controls.recess')}</button>` : nothing}
      ${isShown('hearing.close') ? html`<button class="danger-text"
        @click=${() => this.tell('ask', 'close')}>${icon('check')}${t('controls.close')}
        </button>` : nothing}
    </span>`;
  }
}
