// SPDX-License-Identifier: Apache-2.0
/* The head of all pages but the hearing room: name, places, language, who is logged in. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Me } from '../api';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { holdsHearings, keepsRecordings, opensCases, playsRecordings, standsByForUnit }
  from '../roles';
import { base, controls } from '../styles';

@customElement('heard-header')
export class HeardHeader extends HeardElement {
  static override styles = [base, controls, css`
    header {
      display: flex; align-items: center; gap: 4px 24px; flex-wrap: wrap;
      padding: 8px max(16px, calc((100vw - 1120px) / 2)); border-bottom: 1px solid var(--line);
      background: var(--sheet);
    }
    .name {
      display: flex; align-items: center; gap: 8px; font-size: 18px; font-weight: 600;
      color: var(--ink); text-decoration: none; letter-spacing: 0.06em; min-height: 44px;
    }
    .mark { width: 12px; height: 20px; border-left: 3px solid var(--act);
      border-right: 3px solid var(--act); position: relative; }
    .mark::after { content: ''; position: absolute; left: 0; right: 0; top: 8px; height: 3px;
      background: var(--act); }
    nav { display: flex; gap: 4px; }
    nav a {
      display: inline-flex; align-items: center; min-height: 44px; padding: 0 12px;
      color: var(--ink-soft); text-decoration: none; border-bottom: 3px solid transparent;
    }
    nav a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--act); }
    .end { margin-left: auto; display: flex; gap: 8px; align-items: center; }
    .who { text-align: right; line-height: 1.3; }
    @media (max-width: 700px) {
      .who { display: none; }
      nav { order: 3; width: 100%; margin: 0 -12px -8px; }
      .end { gap: 0; }
    }
  `];

  @property({ attribute: false }) me: Me | null = null;
  @property() page = '';

  override render(): TemplateResult {
    return html`<header>
      <a class="name" href=${this.home()} aria-label=${t('app.name')}
        @click=${this.stay}><span class="mark" aria-hidden="true"></span>${t('app.name')}</a>
      ${this.me ? this.places() : nothing}
      <div class="end">
        ${this.me ? html`<div class="who small"><div>${this.me.name}</div>
          <div class="soft">${this.me.unit ?? ''} ${this.me.title}</div></div>
          <button class="plain slim" @click=${() => this.tell('logout')}>
            ${t('app.logout')}</button>` : nothing}
        <heard-language></heard-language>
      </div>
    </header>`;
  }

  private home(): string {
    if (!this.me) return '#';
    return holdsHearings(this.me.roles) ? '/hearings' : '/keeping';
  }

  /* Without a login there is nowhere to go: a petitioner must not lose the link's page. */
  private stay(event: Event): void {
    if (!this.me) event.preventDefault();
  }

  private place(path: string, name: string, isHere: boolean): TemplateResult {
    return html`<a href=${path} aria-current=${isHere ? 'page' : nothing}>${name}</a>`;
  }

  private places(): TemplateResult {
    const roles = this.me?.roles ?? [];
    const isHearing = holdsHearings(roles);
    const isCase = ['cases', 'case', 'newCase', 'schedule'].includes(this.page);
    const isRecording = ['recordings', 'recording', 'pair'].includes(this.page);
    return html`<nav aria-label=${t('app.places')}>
      ${isHearing ? this.place('/hearings', t('app.hearings'), this.page === 'hearings') : nothing}
      ${this.me && standsByForUnit(this.me)
        ? this.place('/duty', t('app.duty'), this.page === 'duty') : nothing}
      ${opensCases(roles) ? this.place('/cases', t('app.cases'), isCase) : nothing}
      ${playsRecordings(roles) ? this.place('/recordings', t('app.recordings'), isRecording)
        : nothing}
      ${keepsRecordings(roles) ? this.place('/keeping', t('app.keeping'), this.page === 'keeping')
        : nothing}
    </nav>`;
  }
}
