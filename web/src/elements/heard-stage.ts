// SPDX-License-Identifier: Apache-2.0
/* The faces: one large, the others beside it (desktop) or in a strip below (phone). */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import type { Layout, Tile } from '../layout';
import { base, controls } from '../styles';

@customElement('heard-stage')
export class HeardStage extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; gap: 8px; min-height: 0; min-width: 0; padding: 8px;
      grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(0, 1fr);
      container-type: size; }
    .both { display: grid; gap: 8px; min-height: 0;
      grid-template-columns: minmax(0, 2.2fr) minmax(0, 1fr); }
    .both.wide-rest { grid-template-columns: minmax(0, 1.3fr) minmax(0, 1fr); }
    .both.alone { grid-template-columns: minmax(0, 1fr); }
    .rest { display: grid; gap: 8px; min-height: 0; align-content: start; overflow: auto;
      grid-auto-rows: max-content; }
    .rest.two { grid-template-columns: 1fr 1fr; }
    .rest heard-tile { aspect-ratio: 16 / 10; }
    .empty { display: grid; place-items: center; color: var(--ink-soft); padding: 32px;
      text-align: center; }
    @container (max-width: 640px) {
      .both, .both.wide-rest { grid-template-columns: minmax(0, 1fr);
        grid-template-rows: minmax(0, 1fr) 128px; }
      .both.alone { grid-template-rows: minmax(0, 1fr); }
      .rest, .rest.two { grid-template-columns: none; grid-auto-flow: column;
        grid-auto-columns: 152px; grid-auto-rows: 128px; overflow-x: auto; overflow-y: hidden; }
      .rest heard-tile { aspect-ratio: auto; }
    }
  `];

  @property({ attribute: false }) layout: Layout = { main: null, rest: [] };
  @property({ attribute: false }) streams: readonly (MediaStream | null)[] = [];
  @property({ attribute: false }) own: MediaStream | null = null;
  @property({ attribute: false }) speakers: readonly string[] = [];
  @property() pinned = '';
  @property({ type: Boolean }) paused = false;

  override render(): TemplateResult {
    const { main, rest } = this.layout;
    if (!main) return html`<div class="empty">${t('room.nobody')}</div>`;
    const shape = rest.length === 0 ? 'alone' : rest.length > 3 ? 'wide-rest' : '';
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
