// SPDX-License-Identifier: Apache-2.0
/*
 * The pictures of a recording in one of three layouts, under the watermark. A tile keeps its
 * element and its video whatever place it has. Tells "pin" with a lane's key, "act" in full screen.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, queryAll } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import { arrange, type Layout, type Wall } from '../review/arrange';
import type { Lane } from '../review/plan';
import type { Scheduler } from '../review/scheduler';
import { reasonAt, speakersAt, type Timeline } from '../review/timeline';
import { lookedAt } from '../review/voices';
import { base, controls, VOICES } from '../styles';
import type { HeardReviewTile } from './heard-review-tile';

@customElement('heard-review-wall')
export class HeardReviewWall extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; min-width: 0; }
    .frame { position: relative; border-radius: 6px; background: #0a0e12; padding: 8px;
      overflow: hidden; }
    .wall { display: grid; gap: 8px; align-items: start;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr)); }
    .wall.few { grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); }
    .wall.focus { grid-template-columns: minmax(0, 1fr) clamp(120px, 24%, 220px); row-gap: 0; }
    .focus heard-review-tile { grid-column: 2; margin-bottom: 8px; }
    .focus heard-review-tile.large { grid-column: 1; grid-row: 1 / span 24; }
    .wall.focus.alone { grid-template-columns: minmax(0, 1fr); }
    .note { position: absolute; left: 8px; top: 8px; z-index: 4; padding: 4px 10px;
      border-radius: 4px; background: rgb(10 14 18 / 0.78); color: #f1efe9; font-size: 13px; }
    .frame:fullscreen { display: grid; align-content: center; padding: 16px;
      overflow: auto; border-radius: 0; }
    .full { display: none; position: absolute; right: 16px; bottom: 16px; z-index: 5; gap: 8px; }
    .frame:fullscreen .full { display: flex; }
    .soft { color: #a9b3bc; padding: 24px; text-align: center; }
    .frame:fullscreen .wall.focus { max-width: calc((100dvh - 48px) * 1.6 + 240px);
      width: 100%; margin: 0 auto; }
    @media (max-width: 700px) {
      .wall, .wall.few { grid-template-columns: 1fr 1fr; }
      .wall.focus { grid-template-columns: repeat(3, minmax(0, 1fr)); row-gap: 8px; }
      .focus heard-review-tile { grid-column: auto; margin-bottom: 0; }
      .focus heard-review-tile.large { grid-column: 1 / -1; grid-row: 1; }
      .wall.focus.alone { grid-template-columns: minmax(0, 1fr); }
    }
  `];

  @property() recording = '';
  @property({ attribute: false }) lanes: Lane[] = [];
  @property({ attribute: false }) timeline!: Timeline;
  @property({ attribute: false }) scheduler!: Scheduler;
  @property({ type: Number }) at = 0;
  @property() layout: Layout = 'grid';
  @property() pinned = '';
  @property() viewer = '';
  @property({ type: Boolean }) isPlaying = false;
  @queryAll('heard-review-tile') readonly tiles!: NodeListOf<HeardReviewTile>;

  get wall(): Wall {
    const looked = lookedAt(this.timeline, this.at);
    return arrange(this.lanes, this.at, this.layout, this.pinned, looked);
  }

  /* The picture, and with it the watermark: never a bare <video>. */
  async fullscreen(): Promise<void> {
    const frame = this.renderRoot.querySelector<HTMLElement>('.frame');
    if (document.fullscreenElement) await document.exitFullscreen().catch(() => undefined);
    else await frame?.requestFullscreen?.().catch(() => undefined);
  }

  private colourOf(lane: Lane): number {
    return Math.max(0, this.timeline.participants.findIndex((one) =>
      one.id === lane.participant)) % VOICES;
  }

  override render(): TemplateResult {
    const { wall, timeline } = this;
    const speaking = speakersAt(timeline, this.at);
    const size = wall.large ? 'focus' : wall.keys.length <= 4 ? 'few' : '';
    return html`<div class="frame">
      <div class="wall ${size} ${wall.large && wall.keys.length === 1 ? 'alone' : ''}">
        ${this.lanes.map((lane) => html`<heard-review-tile
          class=${lane.key === wall.large ? 'large' : ''} .recording=${this.recording}
          .lane=${lane} ?hidden=${!wall.keys.includes(lane.key)} .scheduler=${this.scheduler}
          .duration=${timeline.duration_ms} .at=${this.at} .colour=${this.colourOf(lane)}
          .number=${wall.keys.indexOf(lane.key) + 1} .pinned=${lane.key === this.pinned}
          .focused=${lane.key === wall.large}
          .speaking=${speaking.includes(lane.participant) && lane.source === 'camera'}
          .reason=${reasonAt(timeline, lane.participant, lane.source, this.at)}
          @click=${() => this.tell('pin', lane.key)}></heard-review-tile>`)}</div>
      ${this.lanes.length ? nothing : html`<p class="soft">${t('review.noPictures')}</p>`}
      ${this.layout === 'document' && wall.lacksDocument && wall.large
        ? html`<p class="note" role="status">${t('review.noDocument')}</p>` : nothing}
      <slot name="caption"></slot>
      <heard-watermark .name=${this.viewer}></heard-watermark>
      <div class="full"><button @click=${() => this.tell('act', 'toggle')}>
          ${icon(this.isPlaying ? 'pause' : 'play')}
          ${t(this.isPlaying ? 'review.pause' : 'review.play')}</button>
        <button @click=${this.fullscreen}>${icon('shrink')}
          ${t('review.leaveFullscreen')}</button></div></div>`;
  }
}
