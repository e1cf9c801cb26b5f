// SPDX-License-Identifier: Apache-2.0
/* /hearings/{id} for an account: opens the connection and shows heard-attend. */
import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { isOver } from '../after';
import { ApiError, api, type HearingSummary, type Me } from '../api';
import { HeardElement } from '../base';
import { setKind, t } from '../i18n';
import { LiveHearing } from '../live';
import { go } from '../router';
import { base } from '../styles';

@customElement('heard-staff-hearing')
export class HeardStaffHearing extends HeardElement {
  static override styles = [base];

  @property() hearingId = '';
  @property({ attribute: false }) me: Me | null = null;
  @state() private hearing: HearingSummary | null = null;
  @state() private failure = '';
  private live: LiveHearing | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live?.stop();
    this.live = null;
    setKind('');
  }

  private async open(): Promise<void> {
    this.failure = '';
    try {
      this.hearing = await api.hearing(this.hearingId);
      setKind(this.hearing.kind);
      document.title = `${this.hearing.title} · ${t('app.name')}`;
      if (!this.hearing.my_role) this.failure = 'no_seat';
      else if (isOver(this.hearing.state)) this.end();
      else if (this.hearing.ended_at_ms) this.failure = 'hearing_closed';
      else this.begin();
    } catch (error) {
      const code = (error as ApiError).code;
      if (code === 'unauthenticated') this.tell('session-lost');
      else this.failure = code === 'offline' ? 'offline' : 'not_found';
    }
  }

  private end(): void {
    this.live?.stop();
    this.live = null;
  }

  private begin(): void {
    this.live?.stop();
    this.live = new LiveHearing(this.hearingId);
    this.live.start();
    this.requestUpdate();
  }

  private act(): void {
    if (this.failure === 'offline') void this.open();
    else go('/hearings');
  }

  override render(): TemplateResult {
    if (this.failure)
      return html`<heard-state kind=${this.failure} @act=${this.act}></heard-state>`;
    if (this.hearing && !this.live && isOver(this.hearing.state))
      return html`<heard-after .summary=${this.hearing} .roles=${this.me?.roles ?? null}
        .seatRole=${this.hearing.my_role ?? 'observer'}></heard-after>`;
    if (!this.hearing || !this.live) return html`<heard-state kind="loading"></heard-state>`;
    return html`<heard-attend .live=${this.live} .hearing=${this.hearing}
      .seatRole=${this.hearing.my_role ?? 'observer'} @again=${this.begin}
      @after=${this.open}></heard-attend>`;
  }
}
