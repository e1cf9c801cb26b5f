// SPDX-License-Identifier: Apache-2.0
/* The whole page: which screen belongs to the address, and the head that all share. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ApiError, api, type Me } from '../api';
import { HeardElement } from '../base';
import { applyLanguage, t } from '../i18n';
import { isSupported } from '../media';
import { go, onRoute, type Route } from '../router';
import { holdsHearings } from '../roles';
import { base } from '../styles';

@customElement('heard-app')
export class HeardApp extends HeardElement {
  static override styles = [base, css`
    :host { display: flex; flex-direction: column; min-height: 100dvh; }
    main { flex: 1; min-height: 0; }
    .skip {
      position: absolute; left: 8px; top: -60px; z-index: 10; padding: 12px 16px;
      background: var(--sheet); border-radius: var(--radius);
    }
    .skip:focus { top: 8px; }
  `];

  @state() private route: Route = { page: 'hearings' };
  @state() private me: Me | null = null;
  @state() private isInRoom = false;
  private stop: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    applyLanguage();
    this.stop = onRoute((route) => void this.take(route));
    this.addEventListener('room', this.takeRoom as EventListener);
    this.addEventListener('session-lost', this.askLogin);
    this.addEventListener('logged-in', this.takeLogin as EventListener);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
  }

  private readonly takeRoom = (event: CustomEvent<boolean>) => { this.isInRoom = event.detail; };
  private readonly askLogin = () => {
    go(`/login?next=${encodeURIComponent(location.pathname + location.search)}`, true);
  };
  private readonly takeLogin = (event: CustomEvent<Me>) => {
    this.me = event.detail;
    const wanted = this.route.page === 'login' ? this.route.next : '/hearings';
    go(wanted === '/hearings' && !holdsHearings(event.detail.roles) ? '/keeping' : wanted, true);
  };

  private async take(route: Route): Promise<void> {
    const before = this.route;
    this.isInRoom = false;
    this.route = route;
    if (before.page !== route.page) scrollTo({ top: 0 });
    if (route.page === 'link' || route.page === 'login') return;
    if (this.me) return;
    try {
      const me = await api.me();
      if (me.kind === 'account') this.me = me;
      if (route.page === 'hearings' && !holdsHearings(me.roles)) go('/keeping', true);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'unauthenticated') this.askLogin();
    }
  }

  private async logout(): Promise<void> {
    await api.logout().catch(() => undefined);
    this.me = null;
    go('/login');
  }

  private toMain(event: Event): void {
    event.preventDefault();
    this.renderRoot.querySelector('main')?.focus();
  }

  override render(): TemplateResult {
    const isPlain = this.route.page === 'link' || this.route.page === 'login';
    return html`
      ${this.isInRoom ? nothing : html`<nav aria-label=${t('app.skip')}>
        <a class="skip" href="#main" @click=${this.toMain}>${t('app.skip')}</a></nav>
        <heard-header .me=${isPlain ? null : this.me}
        .page=${this.route.page} @logout=${this.logout}></heard-header>`}
      <main id="main" tabindex="-1">${this.screen()}</main>`;
  }

  private screen(): TemplateResult {
    const { route } = this;
    switch (route.page) {
      case 'link':
        return isSupported()
          ? html`<heard-join .token=${route.token}></heard-join>`
          : html`<heard-state kind="unsupported"></heard-state>`;
      case 'login':
        return html`<heard-login></heard-login>`;
      case 'hearings':
        return html`<heard-hearing-list .me=${this.me}></heard-hearing-list>`;
      case 'hearing':
        return isSupported()
          ? html`<heard-staff-hearing .hearingId=${route.id}
            .me=${this.me}></heard-staff-hearing>`
          : html`<heard-state kind="unsupported"></heard-state>`;
      case 'cases':
        return html`<heard-case-list .me=${this.me}></heard-case-list>`;
      case 'newCase':
        return html`<heard-case-form></heard-case-form>`;
      case 'case':
        return html`<heard-case .caseId=${route.id} .selected=${route.selected}
          .me=${this.me}></heard-case>`;
      case 'schedule':
        return html`<heard-schedule .caseId=${route.id}></heard-schedule>`;
      case 'recordings':
        return html`<heard-recording-list></heard-recording-list>`;
      case 'recording':
        return html`<heard-recording .recordingId=${route.id} .me=${this.me}></heard-recording>`;
      case 'pair':
        return html`<heard-pair .ids=${route.ids} .me=${this.me}></heard-pair>`;
      case 'keeping':
        return html`<heard-keeping .me=${this.me}></heard-keeping>`;
      case 'duty':
        return html`<heard-duty .me=${this.me}></heard-duty>`;
      case 'unknown':
        return html`<heard-state kind="not_found"></heard-state>`;
    }
  }
}
