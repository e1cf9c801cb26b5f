// SPDX-License-Identifier: Apache-2.0
/* Thanks, how it ended, what happens next. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { HearingSummary } from '../api';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import type { LiveHearing } from '../live';
import { deskOf } from '../minutes/desk';
import type { Role } from '../protocol';
import { isOnDuty, runsDesk } from '../roles';
import { me } from '../store';
import { base, controls, elder, sheets } from '../styles';

@customElement('heard-end')
export class HeardEnd extends HeardElement {
  static override styles = [base, controls, sheets, elder, css`
    section { max-width: 560px; margin: 0 auto; padding: 48px 16px 32px; display: grid;
      gap: 24px; }
    .seal svg { width: 56px; height: 56px; color: var(--act); }
    ol { display: grid; gap: 12px; counter-reset: step; }
    ol li { display: grid; grid-template-columns: 32px 1fr; counter-increment: step; }
    ol li::before { content: counter(step); color: var(--act); font-weight: 600;
      font-size: 20px; line-height: 1.4; }
    .note { font-family: var(--serif); white-space: pre-line; overflow-wrap: anywhere; }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  @property({ attribute: false }) summary!: HearingSummary;
  @property() seatRole: Role = 'petitioner';

  private readonly follow = () => this.requestUpdate();

  /* The outcome may come a moment after the person was seen off. */
  override connectedCallback(): void {
    super.connectedCallback();
    this.live.addEventListener('change', this.follow);
    if (runsDesk(this.seatRole)) deskOf(this.live).addEventListener('change', this.follow);
    this.focusHeading();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.removeEventListener('change', this.follow);
    if (runsDesk(this.seatRole)) deskOf(this.live).removeEventListener('change', this.follow);
  }

  /* Lines that the server does not have yet: this page still sends them. */
  private unsaved(): TemplateResult | typeof nothing {
    const count = runsDesk(this.seatRole) ? deskOf(this.live).draft.unsaved().length : 0;
    return count ? html`<heard-notice kind="warn">${t('minutes.unsavedAtEnd', { count })}
      </heard-notice>` : nothing;
  }

  override render(): TemplateResult {
    const { state: now } = this.live;
    const isRemoved = me(now)?.presence === 'removed';
    const isOver = !!now.ended || now.hearing?.state === 'concluded';
    const kind = isRemoved ? 'removed' : isOver ? 'over' : 'left';
    const note = now.ended?.outcome_note;
    return html`<section>
      <div class="seal">${icon(isRemoved ? 'info' : 'check')}</div>
      <div><h1>${t(`end.${kind}`)}</h1>
        <p class="soft">${this.summary.title} · <span class="number">${this.summary.number}
          </span></p></div>
      ${this.unsaved()}
      ${note ? html`<div class="card stack"><h2>${t('end.outcome')}</h2>
        <p class="note">${note}</p></div>` : nothing}
      ${kind === 'removed' ? nothing : html`<heard-commitments quiet .hearing=${this.live.hearing}>
        </heard-commitments>`}
      ${isOnDuty(this.seatRole) ? this.staff() : this.petitioner(kind)}
      ${isOnDuty(this.seatRole) || kind === 'removed' ? nothing : html`<heard-hearing-documents ownOnly
        .hearing=${this.live.hearing}></heard-hearing-documents>`}
      ${kind === 'left' ? nothing : html`<button class="wide" @click=${() => this.tell('after')}>
        ${t('after.go')}</button>`}
      ${kind === 'left' ? html`<button class=${isOnDuty(this.seatRole) ? 'wide' : 'primary wide'}
        @click=${() => this.tell('again')}>${t('end.back')}</button>` : nothing}
    </section>`;
  }

  private petitioner(kind: 'removed' | 'over' | 'left'): TemplateResult {
    const organiser = this.summary.organiser;
    if (kind === 'removed') return html`<p>${t('end.removedText', { organiser })}</p>`;
    if (kind === 'left') return html`<p>${t('end.leftText')}</p>`;
    /* A panelist, a witness: no matter of their own. */
    if (this.seatRole !== 'petitioner' && this.seatRole !== 'agent')
      return html`<p class="hint">${t('end.close')}</p>`;
    return html`<div class="stack"><h2>${t('end.next')}</h2><ol>
      <li><span>${t('end.next1')}</span></li>
      <li><span>${t('end.next2', { organiser })}</span></li>
      <li><span>${t('end.next3')}</span></li></ol>
      <p class="hint">${t('end.close')}</p></div>`;
  }

  private staff(): TemplateResult {
    const file = this.summary.case;
    return html`<div class="stack">
      ${file ? html`<a class="button primary" href="/cases/${file.id}">${t('end.openCase')}</a>`
        : nothing}
      <a class="button" href="/hearings">${t('end.list')}</a></div>`;
  }
}
