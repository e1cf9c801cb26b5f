// SPDX-License-Identifier: Apache-2.0
/* The exhibit that everybody sees now, large; who shows it turns the page and ends it. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ApiError } from '../api';
import { exhibitApi } from '../api_exhibits';
import { HeardElement } from '../base';
import { mayTurn, numberText } from '../exhibits';
import { t } from '../i18n';
import { icon } from '../icons';
import type { Participant, Shown } from '../protocol';
import { base, controls } from '../styles';

@customElement('heard-shown')
export class HeardShown extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; grid-template-rows: auto minmax(0, 1fr); min-height: 0; min-width: 0;
      border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
    header { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center;
      padding: 6px 12px; background: var(--sheet); }
    .name { flex: 1 1 140px; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
    .name b { color: var(--act); margin-right: 6px; }
    .pages { display: flex; align-items: center; gap: 4px; }
    .pages button { min-width: 44px; padding: 4px 8px; }
    .closed { display: grid; place-items: center; padding: 32px; text-align: center;
      color: var(--ink-soft); }
    @media (max-width: 700px) { header { padding: 4px 8px; } .by { display: none; } }
  `];

  @property({ attribute: false }) shown!: Shown;
  @property() hearing = '';
  @property({ attribute: false }) self: Participant | null = null;
  @property() byName = '';
  @state() private pages = 0;

  private async say(done: Promise<unknown>): Promise<void> {
    await done.catch((error: ApiError) => this.tell('exhibit-problem', error.code));
  }

  private go(page: number): void {
    if (page < 1 || (this.pages && page > this.pages)) return;
    void this.say(exhibitApi.show(this.hearing, this.shown.exhibit.id, page));
  }

  private point(at: { x: number; y: number }): void {
    const { exhibit, page } = this.shown;
    void this.say(exhibitApi.show(this.hearing, exhibit.id, page, at));
  }

  private key(event: KeyboardEvent): void {
    const step = event.key === 'PageDown' ? 1 : event.key === 'PageUp' ? -1 : 0;
    if (!step || !mayTurn(this.shown, this.self)) return;
    event.preventDefault();
    this.go(this.shown.page + step);
  }

  override render(): TemplateResult {
    const { shown, pages } = this;
    const { exhibit, page } = shown;
    const isMine = mayTurn(shown, this.self);
    return html`<header @keydown=${this.key}>
      <span class="name"><b>${numberText(exhibit.side, exhibit.number)}</b>${exhibit.title
        ?? t('exhibits.closedMark')}</span>
      ${this.byName ? html`<span class="by small soft">${t('exhibits.shownBy', { name: this.byName })}
        </span>` : nothing}
      ${exhibit.may_see && pages > 1 ? html`<span class="pages">
        ${isMine ? html`<button class="slim" aria-label=${t('exhibits.pageBack')}
          ?disabled=${page <= 1} @click=${() => this.go(page - 1)}>${icon('back')}</button>` : nothing}
        <span class="number small" role="status">${t('exhibits.pageOf', { page, pages })}</span>
        ${isMine ? html`<button class="slim" aria-label=${t('exhibits.pageOn')}
          ?disabled=${page >= pages} @click=${() => this.go(page + 1)}>${icon('forward')}</button>`
          : nothing}</span>` : nothing}
      ${isMine ? html`<button class="slim" @click=${() =>
        void this.say(exhibitApi.hide(this.hearing, exhibit.id))}>${t('exhibits.end')}</button>`
        : nothing}
    </header>
    ${exhibit.may_see ? html`<heard-exhibit-view .hearing=${this.hearing} .exhibit=${exhibit.id}
      .mediaType=${exhibit.media_type} .page=${page} .pointer=${shown.pointer} .points=${isMine}
      .label=${exhibit.title ?? ''} @keydown=${this.key}
      @pages=${(event: CustomEvent<number>) => { this.pages = event.detail; }}
      @point=${(event: CustomEvent<{ x: number; y: number }>) => this.point(event.detail)}>
      </heard-exhibit-view>` : html`<p class="closed" role="status">${t('exhibits.closedShown')}</p>`}`;
  }
}
