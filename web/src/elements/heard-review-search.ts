// SPDX-License-Identifier: Apache-2.0
/* The search field of the review and what it finds. Tells "hits" with them, "seek" with a place. */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { HITS_MAX, search, type Entry, type Hit } from '../review/search';
import { base, controls } from '../styles';

@customElement('heard-review-search')
export class HeardReviewSearch extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; gap: 8px; }
    .field { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 8px; }
    ul { display: grid; max-height: 320px; overflow: auto; border-top: 1px solid var(--line); }
    li button { width: 100%; display: grid; grid-template-columns: max-content minmax(0, 1fr);
      gap: 0 10px; text-align: left; justify-content: stretch; justify-items: start;
      border: 0; border-bottom: 1px solid var(--line); border-radius: 0; padding: 6px 4px;
      background: transparent; font-weight: 400; }
    li button:hover { background: var(--paper); }
    input::-webkit-search-cancel-button { display: none; }
    .words { overflow-wrap: anywhere; white-space: pre-line; }
    .kind { font-size: 13px; color: var(--ink-soft); grid-column: 2; }
    mark { background: #f2dfae; color: inherit; padding: 0 1px; border-radius: 2px; }
  `];

  @property({ attribute: false }) entries: Entry[] = [];
  @state() private query = '';
  private hits: Hit[] = [];

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('entries') && !changed.has('query')) return;
    const had = this.hits.length;
    this.hits = search(this.entries, this.query);
    if (this.hits.length || had) queueMicrotask(() => this.tell('hits', this.hits));
  }

  override focus(): void {
    const field = this.renderRoot.querySelector('input');
    field?.focus();
    field?.select();
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      this.query = '';
      (event.target as HTMLElement).blur();
    }
    const [first] = this.hits;
    if (event.key === 'Enter' && first) this.tell('seek', first.at_ms);
  }

  override render(): TemplateResult {
    const { hits, query } = this;
    const isAsked = query.trim() !== '';
    return html`<h2>${t('search.title')}</h2>
      <div class="field"><input type="search" aria-label=${t('search.label')} maxlength="100"
        autocomplete="off" placeholder=${t('search.placeholder')} .value=${query}
        @input=${(event: Event) => { this.query = (event.target as HTMLInputElement).value; }}
        @keydown=${this.key}>
        <button aria-label=${t('search.clear')} ?disabled=${!query}
          @click=${() => { this.query = ''; }}>${icon('close')}</button></div>
      <p class="small soft" role="status">${!isAsked ? t('search.text')
        : !hits.length ? t('search.none', { query: query.trim() })
          : hits.length >= HITS_MAX ? t('search.many', { count: HITS_MAX })
            : t('search.hits', { count: hits.length })}</p>
      ${hits.length ? html`<ul>${hits.map((hit) => html`<li><button
        @click=${() => this.tell('seek', hit.at_ms)}>
        <span class="number">${formatClock(hit.at_ms)}</span>
        <span class="words">${this.marked(hit)}</span>
        <span class="kind">${word('searchKind', hit.kind)}</span></button></li>`)}</ul>` : nothing}`;
  }

  private marked(hit: Hit): unknown[] {
    const out: unknown[] = [];
    let at = 0;
    for (const [from, to] of hit.places) {
      out.push(hit.text.slice(at, from), html`<mark>${hit.text.slice(from, to)}</mark>`);
      at = to;
    }
    out.push(hit.text.slice(at));
    return out;
  }
}
