// SPDX-License-Identifier: Apache-2.0
/* What does not fit on a phone's bar: the desk, devices, language, leaving. Modal. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import type { Choice } from '../devices';
import { t } from '../i18n';
import { icon, type IconName } from '../icons';
import { AS_THEY_COME, type Listening } from '../interpreting';
import type { LiveHearing } from '../live';
import { onPhoneBar, type Panel } from '../panels';
import type { Participant } from '../protocol';
import { mayAskLater } from '../recusal';
import { runsDesk } from '../roles';
import { runsRooms } from '../rooms';
import { me } from '../store';
import { base, controls } from '../styles';

@customElement('heard-room-sheet')
export class HeardRoomSheet extends HeardElement {
  static override styles = [base, controls, css`
    dialog { width: min(560px, 100vw); max-width: 100vw; max-height: 88dvh; margin: auto auto 0;
      padding: 0; border: 1px solid var(--line); border-radius: 12px 12px 0 0;
      background: var(--sheet); color: var(--ink); overflow: auto; }
    @media (min-width: 701px) { dialog { margin: auto; border-radius: 6px; } }
    dialog::backdrop { background: rgb(10 14 18 / 0.62); }
    header { display: flex; justify-content: space-between; align-items: center;
      padding: 8px 8px 8px 16px; border-bottom: 1px solid var(--line); position: sticky; top: 0;
      background: var(--sheet); z-index: 1; }
    .body { padding: 8px 16px 16px; display: grid; gap: 8px; }
    .body > button { justify-content: flex-start; min-height: 60px; font-size: 18px; }
    heard-rooms { padding-top: 8px; }
    dialog.full { height: 100dvh; max-height: 100dvh; border-radius: 0; overflow: hidden; }
    heard-desk { margin: 0 -16px; border-top: 1px solid var(--line); }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  @property() kind: 'more' | 'devices' | 'minutes' | 'listening' = 'more';
  @property({ attribute: false }) panels: ReadonlySet<Panel> = new Set();
  @property({ type: Boolean }) hasCaptions = true;
  @property({ attribute: false }) interpreters: readonly Participant[] = [];
  @property({ attribute: false }) listening: Listening = AS_THEY_COME;
  @property({ attribute: false }) list: MediaDeviceInfo[] = [];

  private readonly follow = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.live.addEventListener('change', this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.removeEventListener('change', this.follow);
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  private close(): void {
    this.tell('close-sheet');
  }

  private pick(event: CustomEvent<{ kind: keyof Choice; id: string }>): void {
    const { kind, id } = event.detail;
    void this.live.changeDevices({ ...this.live.choice, [kind]: id });
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const heading = t(this.kind === 'devices' ? 'controls.devices'
      : this.kind === 'listening' ? 'listening.title' : 'controls.more');
    if (this.kind === 'minutes') return this.minutes();
    return html`<dialog aria-label=${heading} @cancel=${(event: Event) => {
      event.preventDefault();
      this.close();
    }}>
      <header><h2>${heading}</h2><button class="plain" aria-label=${t('app.close')}
        @click=${this.close}>${icon('close')}</button></header>
      <div class="body">${this.kind === 'devices'
        ? html`<heard-device-choice .choice=${this.live.choice} .list=${this.list}
          @pick=${this.pick}></heard-device-choice>`
        : this.kind === 'listening' ? html`<heard-listening .interpreters=${this.interpreters}
          .listening=${this.listening}></heard-listening>` : this.more()}</div>
    </dialog>`;
  }

  /* The whole screen: there is typing to do, above the keyboard. */
  private minutes(): TemplateResult {
    return html`<dialog class="full" aria-label=${t('minutes.title')} @cancel=${(event: Event) => {
      event.preventDefault();
      this.close();
    }}><heard-minutes .live=${this.live} @fold=${this.close}></heard-minutes></dialog>`;
  }

  /* Those that found no room on the bar. */
  private panel(panel: Panel, drawing: IconName): TemplateResult | typeof nothing {
    if (!this.panels.has(panel) || onPhoneBar(this.panels) === panel) return nothing;
    return html`<button @click=${() => {
      this.close();
      this.tell('panel', panel);
    }}>${icon(drawing)}${t(`${panel}.title`)}</button>`;
  }

  private more(): TemplateResult {
    const { state: now } = this.live;
    const may = now.you?.may ?? [];
    const self = me(now);
    const command = (type: string) => {
      this.tell('command', { type });
      this.close();
    };
    return html`
      ${runsRooms(now) ? html`<heard-rooms .state=${now} .nowMs=${this.live.now()}
        @command=${this.close}></heard-rooms>` : nothing}
      ${may.includes('hearing.open') ? html`<button class="primary"
        @click=${() => command('hearing.open')}>${icon('play')}${t('controls.open')}</button>`
        : nothing}
      ${now.hearing?.state === 'recessed' && may.includes('hearing.resume')
        ? html`<button class="primary" @click=${() => command('hearing.resume')}>
          ${icon('play')}${t('controls.resume')}</button>`
        : may.includes('hearing.recess') ? html`<button
          @click=${() => this.tell('ask', 'recess')}>${icon('pause')}${t('controls.recess')}
          </button>` : nothing}
      ${this.panel('exhibits', 'exhibit')}${this.panel('ballot', 'deliberation')}
      ${this.panel('minutes', 'note')}
      <button aria-pressed=${this.hasCaptions ? 'true' : 'false'}
        @click=${() => this.tell('captions')}>${icon('captions')}
        ${t(this.hasCaptions ? 'minutes.captionsOff' : 'minutes.captionsOn')}</button>
      ${this.interpreters.length ? html`<button @click=${() => this.tell('open-listening')}>
        ${icon('speaker')}${t('listening.title')}</button>` : nothing}
      ${mayAskLater(now) ? html`<button @click=${() => this.tell('ask', 'recusal')}>
        ${icon('shield')}${t('recusal.later')}</button>` : nothing}
      <button @click=${() => this.tell('devices')}>${icon('settings')}
        ${t('controls.devices')}</button>
      <heard-language></heard-language>
      <button @click=${() => this.tell('ask', 'leave')}>${icon('leave')}
        ${t('controls.leave')}</button>
      ${may.includes('hearing.close') ? html`<button class="danger-text"
        @click=${() => this.tell('ask', 'close')}>${icon('check')}${t('controls.close')}
        </button>` : nothing}
      ${self && runsDesk(self.role) ? html`<heard-desk .state=${now}></heard-desk>` : nothing}`;
  }
}
