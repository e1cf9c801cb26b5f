// SPDX-License-Identifier: Apache-2.0
/*
 * One person's picture with the name plate. Whether a picture shows is decided by what the
 * server says of the camera, never by what the track does (media.md 9.5).
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import { keepsPicture, type Tile } from '../layout';
import { isBad } from '../line';
import { Picture } from '../picture';
import { plateOf } from '../plate';
import type { Still } from '../stillness';
import { base, controls } from '../styles';

export type Pause = '' | 'recess' | 'notOpen' | 'moving';

@customElement('heard-tile')
export class HeardTile extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; min-width: 0; min-height: 0; position: relative; }
    figure { position: relative; width: 100%; height: 100%; min-height: 0; overflow: hidden;
      border-radius: var(--radius); background: #0a0e12; border: 2px solid var(--line);
      display: grid; place-items: center; }
    figure.speaking { border-color: var(--act); }
    video, canvas { position: absolute; inset: 0; width: 100%; height: 100%;
      object-fit: cover; }
    .screen { object-fit: contain; }
    video.waits { visibility: hidden; }
    @media (min-width: 701px) {
      :host(:not(.small)) :is(video, canvas) { object-fit: contain; }
    }
    /* What stands still must not look alive. */
    .stands :is(video, canvas) { opacity: 0.35; filter: grayscale(1); }
    .self { transform: scaleX(-1); }
    .initial { padding-bottom: 40px; font-size: clamp(28px, 6cqmin, 72px);
      font-weight: 300; color: var(--ink-soft);
      display: grid; gap: 4px; justify-items: center; }
    .initial small { font-size: 13px; font-weight: 400; }
    figcaption { position: absolute; left: 0; right: 0; bottom: 0; padding: 6px 10px;
      background: rgb(10 14 18 / 0.78); color: #f1efe9; display: flex; gap: 8px;
      align-items: center; line-height: 1.3; }
    .who { min-width: 0; flex: 1; }
    .who div { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    .who .unit { font-size: 13px; color: #c4ccd3; white-space: normal; display: -webkit-box;
      -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; }
    figcaption svg { width: 20px; height: 20px; }
    .top { position: absolute; top: 6px; left: 6px; right: 6px; display: flex; gap: 6px;
      justify-content: space-between; align-items: flex-start; pointer-events: none; }
    .top > * { pointer-events: auto; }
    .flag { background: rgb(10 14 18 / 0.78); color: #f1efe9; border-radius: 4px;
      padding: 2px 8px; font-size: 13px; display: inline-flex; gap: 4px; align-items: center; }
    .flag svg { width: 16px; height: 16px; }
    .waves { display: inline-flex; gap: 2px; align-items: center; height: 16px; }
    .waves i { width: 3px; background: var(--act); border-radius: 1px; height: 6px;
      animation: wave 700ms ease-in-out infinite alternate; }
    .waves i:nth-child(2) { height: 14px; animation-delay: 120ms; }
    .waves i:nth-child(3) { height: 10px; animation-delay: 240ms; }
    @keyframes wave { to { transform: scaleY(0.4); } }
    button.pin { min-width: 44px; min-height: 44px; padding: 4px 8px; color: #f1efe9; border-color: transparent;
      background: rgb(10 14 18 / 0.78); font-size: 13px; }
    button.pin svg { width: 18px; height: 18px; }
    button.pin span { display: none; }
    button.pin:hover span, button.pin:focus-visible span { display: inline; }
    :host(.small) .who .unit { font-size: 12px; }
    :host(.small) figcaption { padding: 4px 8px; }
    :host(.small) button.pin { background: transparent; }
    :host(.small) button.pin span { display: none; }
    :host(.small) .initial small { display: none; }
    .waiting { position: absolute; inset: 0; display: grid; place-items: center;
      padding: 44px 12px 60px; pointer-events: none; }
    .waiting > div { background: rgb(10 14 18 / 0.78); color: #f1efe9; border-radius: 6px;
      padding: 8px 16px; display: grid; justify-items: center; gap: 4px; text-align: center;
      line-height: 1.4; text-wrap: balance; }
    .waiting svg { width: 24px; height: 24px; }
    .waiting small { font-size: 16px; color: #c4ccd3; }
    :host(.small) .waiting { padding: 32px 4px 44px; }
    :host(.small) .waiting > div { padding: 2px 8px; font-size: 13px; line-height: 1.3; }
    :host(.small) .waiting :is(svg, small) { display: none; }
    :host(.small) .who { font-size: 14px; }
  `];

  @property({ attribute: false }) tile!: Tile;
  @property({ attribute: false }) stream: MediaStream | null = null;
  @property({ type: Boolean }) speaking = false;
  @property({ type: Boolean }) pinned = false;
  @property({ type: Boolean }) small = false;
  @property({ type: Boolean }) hasFloor = false;
  /* Nothing comes, and a frozen face would look as if it did. */
  @property() paused: Pause = '';
  /* The picture stands although the camera is on; '': it moves, or nobody can tell. */
  @property() still: Still | '' = '';
  /* the slots of all tiles */
  @property({ attribute: false }) taken: ReadonlySet<number> = new Set();
  @query('video') private video!: HTMLVideoElement | null;
  private readonly picture = new Picture(this);

  override updated(changed: PropertyValues<this>): void {
    this.classList.toggle('small', this.small);
    const before = changed.get('tile');
    this.picture.show(this.video, this.stream, this.tile.since_ms,
      !before || keepsPicture(before, this.tile, this.taken));
  }

  private pin(event: Event): void {
    event.stopPropagation();
    this.tell('pin', this.pinned ? '' : this.tile.key);
  }

  private get hasPicture(): boolean {
    const { participant, video, slot, isSelf } = this.tile;
    if (!this.stream) return false;
    if (isSelf) return true;
    if (this.paused) return false;
    return participant[video] === 'on' && slot !== null && participant.in_media;
  }

  override render(): TemplateResult {
    const { participant, video, isSelf } = this.tile;
    const { hasFrame, still } = this.picture;
    const isSpeaking = this.speaking && video === 'camera' && !this.paused
      && participant.microphone === 'on';
    const unit = plateOf(this.small ? { ...participant, title: null } : participant);
    const stands = this.still !== '' && this.hasPicture && (hasFrame || still !== null);
    return html`<figure class="${isSpeaking ? 'speaking' : ''} ${stands ? 'stands' : ''}"
      aria-label=${`${participant.name}, ${unit}`}>
      ${this.hasPicture && (hasFrame || still) ? nothing : this.blank()}
      ${this.hasPicture ? html`<video class="${video === 'screen' ? 'screen' : isSelf
        ? 'self' : ''} ${hasFrame ? '' : 'waits'}" autoplay playsinline muted></video>
        ${still ?? nothing}` : nothing}
      <div class="waiting" role=${this.small ? nothing : 'status'}>${stands
        ? this.waiting() : nothing}</div>
      <div class="top"><span>${this.flag()}</span>
        ${isSelf ? nothing : html`<button class="pin" aria-label="${t(this.pinned
          ? 'tile.unpin' : 'tile.pin')} ${participant.name}" @click=${this.pin}>
          ${icon('pin')}<span>${t(this.pinned ? 'tile.unpin' : 'tile.pin')}</span></button>`}
      </div>
      <figcaption>
        <div class="who"><div>${participant.name}${isSelf ? ` (${t('tile.you')})` : ''}</div>
          <div class="unit">${unit}</div></div>
        ${isSpeaking ? html`<span class="waves" role="img" aria-label=${t('tile.speaking')}>
          <i></i><i></i><i></i></span>` : nothing}
        ${isBad(participant.quality?.level) && video === 'camera' && !isSelf
          ? html`<heard-quality level=${participant.quality.level} name=${participant.name}
            .figures=${participant.quality}></heard-quality>` : nothing}
        ${participant.microphone === 'on' || video === 'screen' ? nothing
          : html`<span role="img" aria-label=${t(participant.microphone === 'blocked'
            ? 'tile.micBlocked' : 'tile.micOff')}>${icon('microphoneOff')}</span>`}
      </figcaption>
    </figure>`;
  }

  private flag(): TemplateResult | typeof nothing {
    const { participant, video } = this.tile;
    if (video === 'screen') return html`<span class="flag">${icon('screen')}
      ${t('tile.screen')}</span>`;
    if (participant.presence === 'disconnected')
      return html`<span class="flag">${icon('signalOff')}${t('tile.disconnected')}</span>`;
    if (this.hasFloor) return html`<span class="flag">${icon('microphone')}
      ${t('desk.turn')}</span>`;
    if (participant.hand !== null) return html`<span class="flag">${icon('hand')}
      ${t('tile.hand', { place: participant.hand })}</span>`;
    return nothing;
  }

  private waiting(): TemplateResult {
    return html`<div>${icon('soundOnly')}<span>${t('tile.still')}</span>
      ${this.still === 'sounds' ? html`<small>${t('tile.stillSounds')}</small>` : nothing}</div>`;
  }

  private blank(): TemplateResult {
    const { participant, isSelf, video } = this.tile;
    const isOff = video === 'camera' && participant.camera !== 'on';
    const text = participant.screened ? t('tile.screened')
      : this.paused && !isSelf ? t(`tile.${this.paused}`)
      : isOff ? t(participant.camera === 'blocked' ? 'tile.cameraBlocked' : 'tile.cameraOff')
      : participant.in_media || isSelf ? t('tile.waitingPicture') : t('tile.notConnected');
    return html`<div class="initial"><span aria-hidden="true">${[...participant.name][0]}</span>
      <small>${text}</small></div>`;
  }
}
