// SPDX-License-Identifier: Apache-2.0
/* One person's picture in the review, with the name plate and, when empty, the reason. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { plateOf } from '../plate';
import { Feed } from '../review/feed';
import { hasPictureAt, isShownAt, type Lane } from '../review/plan';
import type { Scheduler } from '../review/scheduler';
import { base, voices } from '../styles';

@customElement('heard-review-tile')
export class HeardReviewTile extends HeardElement {
  static override styles = [base, voices, css`
    :host { display: block; min-width: 0; container-type: inline-size; }
    figure { position: relative; aspect-ratio: 16 / 10; overflow: hidden; border-radius: 6px;
      background: #0a0e12; border: 2px solid var(--line); }
    figure.speaking { border-color: var(--voice); }
    .plate { position: absolute; inset: 0; z-index: 2; background: transparent; border: 0;
      padding: 0; margin: 0; cursor: pointer; font: inherit; border-radius: 4px; }
    .dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%;
      background: var(--voice); border: 1px solid #f1efe9; margin-right: 6px; }
    .order { position: absolute; right: 6px; top: 6px; min-width: 22px; padding: 0 6px;
      border-radius: 4px; background: rgb(10 14 18 / 0.6); color: #f1efe9; font-size: 13px;
      line-height: 22px; text-align: center; }
    .order.held { background: #f1efe9; color: #12171c; font-weight: 600; }
    video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; }
    video.screen { object-fit: contain; }
    video.empty { visibility: hidden; }
    .reason { position: absolute; inset: 0; display: grid; place-items: center; text-align: center;
      color: #a9b3bc; padding: 8px 8px 48px; background: repeating-linear-gradient(135deg,
      #12171c 0 8px, #1a2128 8px 16px); }
    figcaption { position: absolute; left: 0; right: 0; bottom: 0; padding: 6px 10px;
      background: rgb(10 14 18 / 0.78); color: #f1efe9; line-height: 1.3; display: flex;
      flex-wrap: wrap;
      justify-content: space-between; gap: 0 8px; align-items: center; }
    figcaption div { min-width: 0; white-space: nowrap; overflow: hidden;
      text-overflow: ellipsis; }
    @container (max-width: 240px) {
      figcaption .small { display: none; }
      figcaption { padding: 4px 8px; font-size: 14px; }
      .reason { padding: 4px 4px 30px; font-size: 13px; }
    }
    @container (max-width: 140px) { .order { display: none; } }
    .speaks { color: #7fd0c9; font-size: 13px; white-space: nowrap; font-weight: 600; }
  `];

  @property() recording = '';
  @property({ attribute: false }) lane!: Lane;
  @property({ attribute: false }) scheduler!: Scheduler;
  @property({ type: Number }) duration = 0;
  @property({ type: Number }) at = 0;
  @property({ type: Boolean }) speaking = false;
  @property() reason = '';
  @property({ type: Number }) colour = 0;
  @property({ type: Number }) number = 0;
  @property({ type: Boolean }) pinned = false;
  @property({ type: Boolean }) focused = false;
  @state() private problem = '';
  @query('video') private video!: HTMLVideoElement;
  private feed: Feed | null = null;

  override firstUpdated(): void {
    this.feed = new Feed({
      recording: this.recording, lane: this.lane, duration_ms: this.duration, video: this.video,
      scheduler: this.scheduler, onProblem: (code) => { this.problem = code; },
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.feed?.close();
    this.feed = null;
  }

  follow(at_ms: number, speed: number, isPlaying: boolean): void {
    if (!this.feed) return;
    this.feed.isFocused = this.speaking || this.focused;
    this.feed.follow(at_ms, speed, isPlaying);
  }

  /* Nothing to wait for, or there already. */
  get isReady(): boolean {
    return !!this.problem || !this.feed || !hasPictureAt(this.feed.takes, this.at)
      || this.feed.isReady;
  }

  override render(): TemplateResult {
    const { lane } = this;
    const isEmpty = !lane.files.some((file) => isShownAt(file, this.at));
    const unit = plateOf(lane);
    return html`<figure class="c${this.colour} ${this.speaking ? 'speaking' : ''}"
      aria-label=${`${lane.name}, ${unit}`}>
      <video muted playsinline class="${lane.source} ${isEmpty ? 'empty' : ''}"></video>
      ${isEmpty || this.problem ? html`<div class="reason"><span>${this.problem
        ? word('reviewProblem', this.problem) : word('gap', this.reason)}</span></div>` : nothing}
      <figcaption><div><div><span class="dot" aria-hidden="true"></span>${lane.name}${lane.source === 'screen'
        ? ` · ${t('tile.screen')}` : ''}</div><div class="small">${unit}</div></div>
        ${this.speaking ? html`<span class="speaks">${t('tile.speaking')}</span>` : nothing}
      </figcaption>
      <span class="order number ${this.pinned ? 'held' : ''}" aria-hidden="true">${this.number}</span>
      <button class="plate" aria-pressed=${this.pinned ? 'true' : 'false'}
        aria-label=${t('review.focus', { name: lane.name })}></button></figure>`;
  }
}
