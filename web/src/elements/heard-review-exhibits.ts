// SPDX-License-Identifier: Apache-2.0
/*
 * The exhibits that a recording tells of: the one that the room saw at this moment, open at its
 * page and following the clock, and a list to jump by. Tells "seek" with the place.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { exhibitAt, type ShownAt, type Timeline, type TimelineEvent } from '../review/timeline';
import { base, controls, sheets } from '../styles';

@customElement('heard-review-exhibits')
export class HeardReviewExhibits extends HeardElement {
  static override styles = [base, controls, sheets, css`
    :host { display: grid; gap: 8px; }
    .open { display: grid; gap: 6px; }
    heard-exhibit-view { height: 300px; border-radius: 6px; overflow: hidden; }
    heard-exhibit-view:fullscreen { height: 100vh; border-radius: 0; }
    ol { display: grid; max-height: 260px; overflow: auto; }
    li button { width: 100%; justify-content: flex-start; text-align: left; min-height: 44px;
      padding: 4px 8px; border: 0; border-bottom: 1px solid var(--line); border-radius: 0;
      background: transparent; }
    li button[aria-current] { background: var(--act-soft); }
    li b { color: var(--act); }
    li time { margin-left: auto; color: var(--ink-soft); }
    .name { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  `];

  @property({ attribute: false }) timeline!: Timeline;
  @property({ type: Number }) at = 0;
  @property() hearing = '';
  @query('heard-exhibit-view') private view!: HTMLElement | null;

  private get shows(): TimelineEvent[] {
    return this.timeline.events.filter((one) => one.exhibit && one.exhibit.act !== 'ended');
  }

  override render(): TemplateResult {
    const { shows } = this;
    const now = exhibitAt(this.timeline, this.at);
    const passed = shows.filter((one) => one.at_ms <= this.at);
    const current = now ? passed[passed.length - 1] : undefined;
    return html`<h3>${t('exhibits.review')}</h3>
      ${now ? this.opened(now) : html`<p class="small soft" role="status">${t('exhibits.none')}</p>`}
      <ol>${shows.map((one) => this.line(one, one === current))}</ol>`;
  }

  private nameOf(one: ShownAt): string {
    return `${one.number} ${one.title || t('exhibits.closedMark')}`;
  }

  private opened(one: ShownAt): TemplateResult {
    return html`<div class="open">
      <heard-exhibit-view .hearing=${this.hearing} .exhibit=${one.id} .mediaType=${one.media_type}
        .page=${one.page} .label=${this.nameOf(one)}></heard-exhibit-view>
      <div class="spread"><span class="small" role="status"><b>${one.number}</b> ${one.title}
        ${one.page > 1 ? t('exhibits.page', { page: one.page }) : ''}</span>
        <button class="slim" @click=${() => void this.view?.requestFullscreen?.()}>
          ${icon('enlarge')}${t('exhibits.larger')}</button></div></div>`;
  }

  private line(event: TimelineEvent, isCurrent: boolean): TemplateResult | typeof nothing {
    const { exhibit: one } = event;
    if (!one) return nothing;
    const page = one.act === 'page' || one.page > 1 ? t('exhibits.page', { page: one.page }) : '';
    return html`<li><button aria-current=${isCurrent ? 'true' : nothing}
      @click=${() => this.tell('seek', event.at_ms)}><span class="name"><b>${one.number}</b>
      ${one.title || t('exhibits.closedMark')} <span class="small soft">${page}</span></span>
      <time class="number small">${formatClock(event.at_ms)}</time></button></li>`;
  }
}
