// SPDX-License-Identifier: Apache-2.0
/* In front of the door: where I stand, who will be there, the own picture, help. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { HearingSummary } from '../api';
import { HeardElement } from '../base';
import { formatDate, formatTime } from '../format';
import { language, t, word } from '../i18n';
import { icon } from '../icons';
import type { LiveHearing } from '../live';
import { me } from '../store';
import { isOnDuty } from '../roles';
import { base, controls, elder, sheets } from '../styles';

@customElement('heard-waiting')
export class HeardWaiting extends HeardElement {
  static override styles = [base, controls, sheets, elder, css`
    section { max-width: 560px; margin: 0 auto; padding: 24px 16px 32px; display: grid;
      gap: 16px; }
    .place { border-left: 4px solid var(--act); padding: 4px 16px; display: grid; gap: 4px; }
    .place strong { font-size: 20px; }
    .self { position: relative; width: 160px; aspect-ratio: 16 / 10; border-radius: 6px;
      overflow: hidden; background: #12171c; display: grid; place-items: center;
      color: #f1efe9; }
    .self video { width: 100%; height: 100%; object-fit: cover; transform: scaleX(-1); }
    .mine { display: grid; grid-template-columns: 160px 1fr; gap: 16px; align-items: center; }
    .help { display: grid; gap: 8px; }
    summary { min-height: 60px; display: flex; align-items: center; gap: 8px; cursor: pointer;
      color: var(--act); font-weight: 600; }
    details ul { display: grid; gap: 8px; padding-bottom: 12px; }
    .clock { font-size: 40px; line-height: 1.1; font-weight: 300; }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  @property({ attribute: false }) summary!: HearingSummary;
  @state() private nowMs = Date.now();
  @query('video') private video!: HTMLVideoElement | null;
  private timer: ReturnType<typeof setInterval> | null = null;
  private readonly follow = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.live.addEventListener('change', this.follow);
    this.timer = setInterval(() => { this.nowMs = this.live.now(); }, 5000);
    this.focusHeading();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.removeEventListener('change', this.follow);
    if (this.timer) clearInterval(this.timer);
  }

  override updated(): void {
    const { camera } = this.live.tracks;
    if (!this.video || !camera) return;
    const shown = (this.video.srcObject as MediaStream | null)?.getVideoTracks()[0];
    if (shown !== camera) this.video.srcObject = new MediaStream([camera]);
  }

  override render(): TemplateResult {
    const { state: now, tracks } = this.live;
    const self = me(now);
    const planned = now.hearing?.planned_start_ms ?? this.summary.planned_start_ms;
    const presence = self?.presence ?? 'in_lobby';
    const isOnHold = presence === 'on_hold';
    return html`<section>
      ${self && isOnDuty(self.role) ? nothing : html`<heard-dots .step=${5}></heard-dots>`}
      <h1>${t(isOnHold ? 'waiting.holdTitle' : 'waiting.title')}</h1>
      ${now.connection === 'open' ? nothing : html`<heard-notice kind="warn">
        ${t('room.reconnecting')}</heard-notice>`}
      <div class="place" role="status" aria-live="polite">
        <strong>${word('waitingState', presence, t('waiting.checking'))}</strong>
        ${now.ahead ? html`<span>${t('waiting.ahead', { count: now.ahead })}</span>` : nothing}
        ${presence === 'on_hold' ? nothing : html`<span class="soft">
          ${now.hearing?.state === 'live' ? t('waiting.live')
            : t('waiting.planned', { date: formatDate(planned, language()) })}</span>`}
      </div>
      <div class="mine">
        <div class="self">${tracks.camera
          ? html`<video autoplay playsinline muted aria-label=${t('check.picture')}></video>`
          : icon('cameraOff')}</div>
        <div><div class="clock number" aria-label=${t('waiting.clock')}>${formatTime(this.nowMs)}
          </div><p class="small soft">${t('waiting.private')}</p></div>
      </div>
      ${self?.role === 'observer' ? nothing : html`<details class="help">
        <summary>${icon('exhibit')}${t('exhibits.title')}</summary>
        <heard-exhibits .hearing=${this.live.hearing} .version=${now.exhibits} .self=${self}
          .seatRole=${self?.role ?? 'petitioner'}></heard-exhibits></details>`}
      <details class="help"><summary>${icon('exhibit')}${t('papers.own')}</summary>
        <heard-hearing-documents .hearing=${this.live.hearing}></heard-hearing-documents></details>
      <details class="help"><summary>${icon('phone')}${t('waiting.help')}</summary>
        <ul><li>${t('waiting.help1', { organiser: this.summary.organiser })}</li>
          <li>${t('waiting.help2')}</li><li>${t('waiting.help3')}</li></ul></details>
      <button class="plain wide" @click=${() => this.tell('leave')}>
        ${icon('leave')}${t('waiting.leave')}</button>
    </section>`;
  }
}
