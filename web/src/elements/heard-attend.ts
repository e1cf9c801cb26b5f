// SPDX-License-Identifier: Apache-2.0
/*
 * One person's way through a hearing once they are known: devices → consent → waiting → room
 * → end. Which of them shows follows from what the server says; only the device check is ours.
 */
import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { HearingSummary } from '../api';
import { HeardElement } from '../base';
import { hasAgreed } from '../consents';
import { language } from '../i18n';
import type { LiveHearing, Tracks } from '../live';
import { CLOSE, isGone, isInRoom, type Role } from '../protocol';
import { isOnDuty, runsDesk } from '../roles';
import { isOutside } from '../recusal';
import { go } from '../router';
import { me } from '../store';
import { base } from '../styles';
import type { Result } from '../test_result';

type Screen = 'elsewhere' | 'session_ended' | 'broken' | 'end' | 'check' | 'consent'
  | 'waiting' | 'witness' | 'room' | 'loading';

@customElement('heard-attend')
export class HeardAttend extends HeardElement {
  static override styles = [base];

  @property({ attribute: false }) live!: LiveHearing;
  @property({ attribute: false }) hearing!: HearingSummary;
  @property() seatRole: Role = 'petitioner';
  @state() private hasLeft = false;
  private screen: Screen = 'loading';
  private watched: LiveHearing | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watched?.removeEventListener('change', this.follow);
    this.watched = null;
    this.tell('room', false);
  }

  private readonly follow = () => this.requestUpdate();

  override willUpdate(): void {
    if (this.watched !== this.live) {
      this.watched?.removeEventListener('change', this.follow);
      this.watched = this.live;
      this.hasLeft = false;
      this.live.addEventListener('change', this.follow);
    }
    const next = this.pick();
    if (next !== this.screen) {
      this.screen = next;
      this.tell('room', next === 'room');
    }
  }

  private pick(): Screen {
    const { state: now, isReady } = this.live;
    const self = me(now);
    if (now.ended || this.hasLeft || (self && isGone(self.presence))) return 'end';
    if (now.connection === 'closed') {
      if (now.closeCode === CLOSE.replaced) return 'elsewhere';
      if (now.closeCode === CLOSE.sessionEnded) return 'session_ended';
      return now.closeCode === CLOSE.done ? 'end' : 'broken';
    }
    if (!isReady) return 'check';
    if (!self) return 'loading';
    if (isOutside(self)) return 'witness';
    if (isInRoom(self.presence) || (runsDesk(self.role) && self.presence !== 'on_hold'))
      return 'room';
    return !isOnDuty(self.role) && !hasAgreed(self, now.hearing) ? 'consent' : 'waiting';
  }

  private checked(event: CustomEvent<Partial<Tracks>>): void {
    this.live.ready(event.detail);
  }

  private async leave(): Promise<void> {
    this.hasLeft = true;
    await this.live.leave();
    this.live.stop();
  }

  private enterAgain(): void {
    if (location.pathname.startsWith('/j/')) location.reload();
    else go('/login');
  }

  /* Language and text are the person's; the server only needs to know it for messages. */
  override render(): TemplateResult {
    const { screen, live } = this;
    const isReturning = live.wasChecked && isInRoom(me(live.state)?.presence ?? 'absent');
    switch (screen) {
      case 'check':
        return html`<heard-device-check .hearing=${live.hearing} .seatRole=${this.seatRole}
          .choice=${live.choice}
          .isReturning=${isReturning}
          @choice=${(event: CustomEvent) => void live.changeDevices(event.detail)}
          @line=${(event: CustomEvent<Result>) => live.reportLine(event.detail)}
          @checked=${this.checked}></heard-device-check>`;
      case 'consent':
        return html`<heard-consent .live=${live} .self=${me(live.state)}
          .organiser=${this.hearing.organiser} lang=${language()}></heard-consent>`;
      case 'waiting':
        return html`<heard-waiting .live=${live} .summary=${this.hearing}
          @leave=${this.leave}></heard-waiting>`;
      case 'witness':
        return html`<heard-witness-wait .live=${live} .summary=${this.hearing}
          @leave=${this.leave}></heard-witness-wait>`;
      case 'room':
        return html`<heard-room .live=${live} @leave=${this.leave}></heard-room>`;
      case 'end':
        return html`<heard-end .live=${live} .summary=${this.hearing} .seatRole=${this.seatRole}>
          </heard-end>`;
      case 'elsewhere':
      case 'broken':
        return html`<heard-state kind=${screen} @act=${() => this.tell('again')}></heard-state>`;
      case 'session_ended':
        return html`<heard-state kind="session_ended" @act=${this.enterAgain}></heard-state>`;
      default:
        return html`<heard-state kind=${live.state.connection === 'reconnecting'
          ? 'connecting' : 'loading'}></heard-state>`;
    }
  }
}
