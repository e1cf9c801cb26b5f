// SPDX-License-Identifier: Apache-2.0
/*
 * What waits for this person in a hearing: minutes to read, documents to sign. A card with one button; to
 * those who answer for it also how far each one is. Opens what it offers by itself.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { signingApi } from '../api_signings';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import type { LiveHearing } from '../live';
import { courseApi, waitsForReading, type Confirmation } from '../minutes/course';
import { runsDesk } from '../roles';
import { counted, waitsForMe, type Signature, type Signing } from '../signings';
import { base, controls, elder, roomColours, sheets } from '../styles';
import type { Answer } from './heard-ask';
import { paper } from './sign-styles';

/* Observers and the like neither sign nor see who does. */
const APART = ['observer', 'supervisor'];

@customElement('heard-papers')
export class HeardPapers extends HeardElement {
  static override styles = [base, controls, sheets, elder, paper, css`
    :host { display: block; background: none; }
    .offers { ${roomColours} display: grid; gap: 8px; max-height: 40dvh; overflow: auto;
      padding: 8px 16px; border-top: 1px solid var(--line); background: var(--paper); }
    .offer { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; padding: 8px 8px
      8px 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--sheet); }
    .offer.mine { border: 2px solid var(--act); background: var(--act-soft); }
    .offer div { flex: 1 1 200px; min-width: 0; overflow-wrap: anywhere; }
    .offer b { font-size: 20px; text-wrap: balance; }
    .offer .soft { font-size: 15px; }
    @media (max-width: 700px) {
      .offers { padding: 8px; }
      .offer { padding: 8px 12px; }
      .offer.mine { padding: 12px; }
      .mine div { flex: 1 1 100%; }
      .mine button { flex: 1 1 0; white-space: nowrap; }
    }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  @property({ type: Number }) version = 0;
  @state() private list: Signing[] = [];
  @state() private course: Confirmation | null = null;
  @state() private isReading = false;
  @state() private open = '';
  @state() private watched: Signing | null = null;
  @state() private noted: Signature | null = null;

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('version')) void this.load();
    this.renderRoot.querySelectorAll<HTMLDialogElement>('dialog:not([open])')
      .forEach((one) => one.showModal());
  }

  private get seatRole(): string {
    return this.live.state.you?.role ?? 'observer';
  }

  private async load(): Promise<void> {
    if (APART.includes(this.seatRole)) return;
    try {
      this.list = await signingApi.list(this.live.hearing);
      this.course = await courseApi.get(this.live.hearing);
      if (this.watched) this.watched = await signingApi.one(this.live.hearing, this.watched.id);
    } catch {
      /* The next word about it asks again. */
    }
  }

  private async watch(one: Signing): Promise<void> {
    this.watched = await signingApi.one(this.live.hearing, one.id).catch(() => one);
  }

  private async note(event: CustomEvent<Answer>): Promise<void> {
    const { noted, watched } = this;
    this.noted = null;
    if (!noted || !watched) return;
    try {
      this.watched = await signingApi.refuse(this.live.hearing, watched.id, event.detail.reason,
        noted.participant);
    } catch (error) {
      this.live.notify(`error.${(error as { code?: string }).code ?? 'internal'}`);
    }
  }

  override render(): TemplateResult {
    const isDesk = runsDesk(this.live.state.you?.role ?? 'observer');
    const open = this.list.filter((one) => one.state === 'open');
    const me = this.live.state.you?.participant ?? '';
    const isAsked = waitsForReading(this.course, me) && !isDesk;
    const mine = waitsForMe(open);
    return html`
      ${isAsked || mine.length || (isDesk && open.length) ? html`<div class="offers">
        ${isAsked ? html`<div class="offer mine" role="status"><div><b>${t('course.asked')}</b></div>
          <button class="primary" @click=${() => { this.isReading = true; }}>${t('course.go')}
          </button></div>` : nothing}
        ${(isDesk ? open : mine).map((one) => this.offer(one, mine.includes(one), isDesk))}
        </div>` : nothing}
      ${this.isReading && this.course ? html`<heard-minutes-check .live=${this.live}
        .course=${this.course} @close-check=${() => { this.isReading = false; void this.load(); }}>
        </heard-minutes-check>` : nothing}
      ${this.open ? html`<heard-sign .live=${this.live} .signing=${this.open}
        @close-sign=${() => { this.open = ''; void this.load(); }}></heard-sign>` : nothing}
      ${this.watched ? this.signatures(this.watched) : nothing}`;
  }

  /* One row a document: to be signed, and at a desk how far it is. */
  private offer(one: Signing, isMine: boolean, isDesk: boolean): TemplateResult {
    return html`<div class="offer ${isMine ? 'mine' : ''}" role=${isMine ? 'status' : nothing}>
      <div>${isMine ? html`<b>${t('sign.asked', { title: one.title })}</b>` : one.title}
        ${isDesk ? html`<p class="soft">${t('sign.tally', counted(one))}</p>` : nothing}</div>
      ${isDesk ? html`<button @click=${() => void this.watch(one)}>${t('sign.list')}</button>` : nothing}
      ${isMine ? html`<button class="primary" @click=${() => { this.open = one.id; }}>
        ${icon('check')}${t('sign.go')}</button>` : nothing}</div>`;
  }

  private signatures(one: Signing): TemplateResult {
    const { noted } = this;
    return html`<dialog aria-labelledby="heading" @cancel=${() => { this.watched = null; }}>
      <section><h2 id="heading">${one.title}</h2>
        <heard-signatures .one=${one}
          @note=${(event: CustomEvent<Signature>) => { this.noted = event.detail; }}></heard-signatures>
        <div class="acts"><button class="wide" @click=${() => { this.watched = null; }}>
          ${t('sign.close')}</button></div></section>
      ${noted ? html`<heard-ask .question=${{ heading: t('sign.noteOf', { name: noted.name }),
        text: t('sign.noteText'), confirm: t('sign.note'), danger: true, reasonNeeded: true,
        reasonLabel: t('sign.reason'), reason: t('sign.noteReason') }}
        @answer=${this.note} @cancel=${() => { this.noted = null; }}></heard-ask>` : nothing}
    </dialog>`;
  }
}
