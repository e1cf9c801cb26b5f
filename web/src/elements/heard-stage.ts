// SPDX-License-Identifier: Apache-2.0
/* The faces: one large and whole, the others beside it on a wide stage, else in a strip below. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import type { Layout, Tile } from '../layout';
import { base, controls } from '../styles';
import type { Pause } from './heard-tile';

@customElement('heard-stage')
export class HeardStage extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; gap: 8px; min-height: 0; min-width: 0; padding: 8px;
      grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(0, 1fr);
      container-type: size; }
    .both { display: grid; gap: 8px; min-height: 0; position: relative;
      grid-template-columns: minmax(0, 2.9fr) minmax(0, 1fr); }
    .both.many { grid-template-columns: minmax(0, 1.7fr) minmax(0, 1fr); }
    .both.alone, .both.pair { grid-template-columns: minmax(0, 1fr); }
    .rest { display: grid; gap: 8px; min-height: 0; align-content: start; overflow: auto;
      grid-auto-rows: max-content; }
    .rest.two { grid-template-columns: 1fr 1fr; }
    .rest heard-tile { aspect-ratio: 16 / 10; }
    .pair .rest { position: absolute; right: 12px; bottom: 64px; width: min(240px, 26cqw); }
    .empty { display: grid; place-items: center; color: var(--ink-soft); padding: 32px;
      text-align: center; }
    /* Beside a wide face there is room on wide stages only; else the others stand below. */
    @container (max-aspect-ratio: 9 / 5) {
      .both:not(.alone, .pair) { grid-template-columns: minmax(0, 1fr);
        grid-template-rows: minmax(0, 1fr) clamp(96px, 23cqh, 220px); }
      .both:not(.alone, .pair) .rest { grid-auto-flow: column; align-content: stretch;
        grid-template-columns: none; justify-content: safe center;
        grid-auto-rows: minmax(0, 1fr);
        grid-auto-columns: minmax(148px, min(36.8cqh, 352px)); overflow: auto hidden; }
      .both:not(.alone, .pair) .rest heard-tile { aspect-ratio: auto; }
    }
    @container (max-width: 640px) {
      .both.pair, .both:not(.alone) { grid-template-columns: minmax(0, 1fr);
        grid-template-rows: minmax(0, 1fr) 128px; }
      .both:not(.alone) .rest { position: static; width: auto; grid-template-columns: none;
        grid-auto-flow: column; justify-content: start; grid-auto-columns: 152px;
        grid-auto-rows: 128px; overflow: auto hidden; }
      .both:not(.alone) .rest heard-tile { aspect-ratio: auto; }
    }
  `];

  @property({ attribute: false }) layout: Layout = { main: null, rest: [] };
  @property({ attribute: false }) streams: readonly (MediaStream | null)[] = [];
  @property({ attribute: false }) own: MediaStream | null = null;
  @property({ attribute: false }) speakers: readonly string[] = [];
  @property() pinned = '';
  @property() paused: Pause = '';

  override render(): TemplateResult {
    const { main, rest } = this.layout;
    if (!main) return html`<div class="empty">${t('room.nobody')}</div>`;
    const shape = rest.length === 0 ? 'alone' : rest.length === 1 ? 'pair'
      : rest.length > 3 ? 'many' : '';
    return html`<div class="both ${shape}">
      ${this.one(main, false)}
      ${rest.length ? html`<div class="rest ${rest.length > 3 ? 'two' : ''}"
        tabindex="0" role="group" aria-label=${t('room.others')}>
        ${repeat(rest, (tile) => tile.key, (tile) => this.one(tile, true))}</div>` : nothing}
    </div>`;
  }

  private one(tile: Tile, small: boolean): TemplateResult {
    const stream = tile.isSelf ? this.own
      : tile.slot === null ? null : this.streams[tile.slot] ?? null;
    return html`<heard-tile .tile=${tile} .stream=${stream} .small=${small}
      .pinned=${tile.key === this.pinned} .paused=${this.paused}
      .speaking=${this.speakers.includes(tile.participant.id)}
      @click=${() => small && !tile.isSelf && this.tell('pin', tile.key)}></heard-tile>`;
  }
}
