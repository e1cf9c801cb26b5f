// SPDX-License-Identifier: Apache-2.0
/*
 * Where the faces stand: one large, the others beside it on a wide stage, else in a strip below.
 * Tiles are children that only change their slot, "main" or "rest": who moves to another place
 * stays in the document, and his video plays on. Keyboard and screen readers follow the places.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { base } from '../styles';

@customElement('heard-places')
export class HeardPlaces extends HeardElement {
  static override styles = [base, css`
    :host { display: grid; min-height: 0; min-width: 0; grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr); container-type: size; }
    .both { display: grid; gap: 8px; min-height: 0; position: relative;
      grid-template-columns: minmax(0, 2.9fr) minmax(0, 1fr); }
    .both.many { grid-template-columns: minmax(0, 1.7fr) minmax(0, 1fr); }
    .both.alone, .both.pair { grid-template-columns: minmax(0, 1fr); }
    .rest { display: grid; gap: 8px; min-height: 0; align-content: start;
      overflow: hidden auto; scrollbar-width: thin; scrollbar-color: var(--line) transparent;
      /* three get a little lower before one would be cut off */
      grid-auto-rows: minmax(120px, max-content); }
    .many .rest { grid-template-columns: 1fr 1fr; grid-auto-rows: max-content; }
    .rest ::slotted(*) { aspect-ratio: 16 / 10; max-height: 100%; }
    .pair .rest { position: absolute; right: 12px; bottom: 64px; width: min(240px, 26cqw); }
    /* Beside a wide face there is room on wide stages only; else the others stand below. */
    @container (max-aspect-ratio: 9 / 5) {
      .both:not(.alone, .pair) { grid-template-columns: minmax(0, 1fr);
        grid-template-rows: minmax(0, 1fr) clamp(96px, 23cqh, 220px); }
      .both:not(.alone, .pair) .rest { grid-auto-flow: column; align-content: stretch;
        grid-template-columns: none; justify-content: safe center;
        grid-auto-rows: minmax(0, 1fr);
        grid-auto-columns: minmax(148px, min(36.8cqh, 352px)); overflow: auto hidden; }
      .both:not(.alone, .pair) .rest ::slotted(*) { aspect-ratio: auto; }
    }
    @container (max-width: 640px) {
      .both.pair, .both:not(.alone) { grid-template-columns: minmax(0, 1fr);
        grid-template-rows: minmax(0, 1fr) 128px; }
      .both:not(.alone) .rest { position: static; width: auto; grid-template-columns: none;
        grid-auto-flow: column; justify-content: start; grid-auto-columns: 152px;
        grid-auto-rows: 128px; overflow: auto hidden; }
      .both:not(.alone) .rest ::slotted(*) { aspect-ratio: auto; }
    }
    /* Beside something that is shown: all alike in one row, or one column. */
    .both.strip { display: flex; flex-direction: column; overflow: auto; }
    .strip .rest { display: contents; }
    .strip ::slotted(*) { flex: none; aspect-ratio: 16 / 10; width: 100%; }
    @container (min-aspect-ratio: 1 / 1) {
      .both.strip { flex-direction: row; }
      .strip ::slotted(*) { width: auto; height: 100%; aspect-ratio: 4 / 3; }
    }
  `];

  /* how many have a small place */
  @property({ type: Number }) others = 0;
  @property({ type: Boolean }) strip = false;

  override render(): TemplateResult {
    const { others } = this;
    const shape = this.strip ? 'strip alone' : others === 0 ? 'alone' : others === 1 ? 'pair' : others > 3 ? 'many' : '';
    return html`<div class="both ${shape}"><slot name="main"></slot>
      ${others ? html`<div class="rest" tabindex="0" role="group"
        aria-label=${t('room.others')}><slot name="rest"></slot></div>` : nothing}</div>`;
  }
}
