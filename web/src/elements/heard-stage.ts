// SPDX-License-Identifier: Apache-2.0
/* The faces. Each tile keeps its element whatever its place is, so its video never starts anew. */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import type { Layout, Tile } from '../layout';
import type { Still } from '../stillness';
import { base } from '../styles';
import type { Pause } from './heard-tile';

@customElement('heard-stage')
export class HeardStage extends HeardElement {
  static override styles = [base, css`
    :host { display: grid; min-height: 0; min-width: 0; padding: 8px;
      grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(0, 1fr); }
    .empty { display: grid; place-items: center; color: var(--ink-soft); padding: 32px;
      text-align: center; }
  `];

  @property({ attribute: false }) layout: Layout = { tiles: [], main: null, rest: [] };
  @property({ attribute: false }) streams: readonly (MediaStream | null)[] = [];
  @property({ attribute: false }) own: MediaStream | null = null;
  /* the first one speaks, the others sat down last */
  @property() speaker = '';
  @property() pinned = '';
  /* who has the floor */
  @property() floor = '';
  @property() paused: Pause = '';
  /* an exhibit stands where the large face was */
  @property({ type: Boolean }) strip = false;
  /* by slot: pictures that wait for the network */
  @property({ attribute: false }) stills: ReadonlyMap<number, Still> = new Map();

  override render(): TemplateResult {
    const { tiles, main, rest } = this.layout;
    if (!main) return html`<div class="empty">${t('room.nobody')}</div>`;
    const taken = new Set(tiles.flatMap(({ slot }) => (slot === null ? [] : [slot])));
    return html`<heard-places .others=${rest.length} .strip=${this.strip}>${repeat(tiles, (tile) => tile.key,
      (tile) => this.one(tile, tile !== main, taken))}</heard-places>`;
  }

  private one(tile: Tile, small: boolean, taken: ReadonlySet<number>): TemplateResult {
    const stream = tile.isSelf ? this.own
      : tile.slot === null ? null : this.streams[tile.slot] ?? null;
    const still = tile.slot !== null && tile.video === 'camera' && this.stills.get(tile.slot);
    return html`<heard-tile slot=${small ? 'rest' : 'main'} .tile=${tile} .taken=${taken}
      .stream=${stream} .small=${small || this.strip} .still=${still || ''} .pinned=${tile.key === this.pinned}
      .hasFloor=${tile.participant.id === this.floor}
      .paused=${this.paused} .speaking=${tile.participant.id === this.speaker}
      @click=${() => small && !tile.isSelf && this.tell('pin', tile.key)}></heard-tile>`;
  }
}
