// SPDX-License-Identifier: Apache-2.0
/* One person's picture in the review, with the name plate and, when empty, the reason. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { plateOf } from '../plate';
import { Feed } from '../review/feed';
import { hasPictureAt, type Lane } from '../review/plan';
import type { Scheduler } from '../review/scheduler';
import { base } from '../styles';

@customElement('heard-review-tile')
export class HeardReviewTile extends HeardElement {
  static override styles = [base, css`
    :host { display: block; min-width: 0; container-type: inline-size; }
    figure { position: relative; aspect-ratio: 16 / 10; overflow: hidden; border-radius: 6px;
      background: #0a0e12; border: 2px solid var(--line); }
    figure.speaking { border-color: var(--act); }
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
    .speaks { color: #4fb3ac; font-size: 13px; white-space: nowrap; font-weight: 600; }
  `];

  @property() recording = '';
  @property({ attribute: false }) lane!: Lane;
  @property({ attribute: false }) scheduler!: Scheduler;
  @property({ type: Number }) duration = 0;
  @property({ type: Number }) at = 0;
  @property({ type: Boolean }) speaking = false;
  @property() reason = '';
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
    this.feed.isFocused = this.speaking;
    this.feed.follow(at_ms, speed, isPlaying);
  }

  /* Nothing to wait for, or there already. */
  get isReady(): boolean {
    return !!this.problem || !this.feed || !hasPictureAt(this.feed.takes, this.at)
      || this.feed.isReady;
  }

  override render(): TemplateResult {
    const { lane } = this;
    const isEmpty = !lane.files.some((file) => this.at >= file.start_ms
      && this.at < file.start_ms + file.duration_ms);
    const unit = plateOf(lane);
    return html`<figure class=${this.speaking ? 'speaking' : ''}
      aria-label=${`${lane.name}, ${unit}`}>
      <video muted playsinline class="${lane.source} ${isEmpty ? 'empty' : ''}"></video>
      ${isEmpty || this.problem ? html`<div class="reason"><span>${this.problem
        ? word('reviewProblem', this.problem) : word('gap', this.reason)}</span></div>` : nothing}
      <figcaption><div><div>${lane.name}${lane.source === 'screen'
        ? ` · ${t('tile.screen')}` : ''}</div><div class="small">${unit}</div></div>
        ${this.speaking ? html`<span class="speaks">${t('tile.speaking')}</span>` : nothing}
      </figcaption></figure>`;
  }
}
