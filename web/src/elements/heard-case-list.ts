// SPDX-License-Identifier: Apache-2.0
/* Cases that the person may see, newest first, page by page. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError, api, type CaseSummary, type Me } from '../api';
import { HeardElement } from '../base';
import { formatDay } from '../format';
import { errorText, language, t, word } from '../i18n';
import { base, controls, sheets } from '../styles';

@customElement('heard-case-list')
export class HeardCaseList extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .page { display: grid; gap: 24px; }
    .list { border: 1px solid var(--line); border-radius: 6px; background: var(--sheet); }
    .list a { display: grid; grid-template-columns: minmax(0, 1fr) 160px 120px; gap: 4px 24px;
      align-items: center; padding: 14px 20px; color: var(--ink); text-decoration: none; }
    .list li + li { border-top: 1px solid var(--line); }
    .list a:hover { background: var(--paper); }
    .end { text-align: right; }
    @media (max-width: 700px) {
      .list a { grid-template-columns: 1fr auto; }
      .list a > :first-child { grid-column: 1 / -1; }
    }
  `];

  @property({ attribute: false }) me: Me | null = null;
  @state() private items: CaseSummary[] | null = null;
  @state() private cursor = '';
  @state() private problem = '';

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t('app.cases')} · ${t('app.name')}`;
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      const page = await api.cases(this.cursor);
      this.items = [...(this.items ?? []), ...page.items];
      this.cursor = page.next_cursor ?? '';
      this.problem = '';
    } catch (error) {
      const { code } = error as ApiError;
      if (code === 'unauthenticated') this.tell('session-lost');
      else this.problem = errorText(code);
    }
  }

  override render(): TemplateResult {
    const mayRegister = !!this.me?.roles.includes('clerk');
    return html`<div class="page">
      <div class="spread"><h1>${t('app.cases')}</h1>
        ${mayRegister ? html`<a class="button primary" href="/cases/new">
          ${t('case.register')}</a>` : nothing}</div>
      ${this.problem ? html`<heard-notice kind="warn">${this.problem}</heard-notice>` : nothing}
      ${this.items === null ? html`<heard-state kind="loading"></heard-state>`
        : this.items.length === 0 ? html`<heard-state kind="no_cases"></heard-state>`
          : html`<ul class="list">${this.items.map((item) => this.item(item))}</ul>`}
      ${this.cursor ? html`<button @click=${this.load}>${t('case.more')}</button>` : nothing}
    </div>`;
  }

  private item(item: CaseSummary): TemplateResult {
    return html`<li><a href="/cases/${item.id}">
      <div><h2>${item.title}</h2><div class="small soft"><span class="number">${item.number}</span>
        · ${item.petitioner}${item.lead_unit ? ` · ${item.lead_unit}` : ''}</div></div>
      <span class="soft small">${formatDay(item.registered_at_ms, language())}</span>
      <span class="end"><span class="chip">${word('caseState', item.state)}</span></span>
    </a></li>`;
  }
}
