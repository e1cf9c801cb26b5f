// SPDX-License-Identifier: Apache-2.0
/*
 * A copy of a recording: asked for with a reason, decided by another person, then downloaded.
 * A button that opens a dialog; nothing at all for people without the right. With a range it is
 * about that excerpt alone.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError, api, type ExportRequest, type RecordingDetail } from '../api';
import { HeardElement } from '../base';
import { formatClock, formatDate, formatSize } from '../format';
import { errorText, language, t, word } from '../i18n';
import { icon } from '../icons';
import { base, controls } from '../styles';

const REASON_MIN = 2;
/* Originals are sealed in pieces of a minute; an excerpt has whole ones at both ends. */
const SEGMENT_MS = 60_000;

/* About so large is a package: what can be played is as large as the originals beside it. */
export function packageSize(detail: RecordingDetail, one: { from_ms?: number; to_ms?: number }):
number {
  const playable = detail.files.reduce((sum, file) => sum + file.size, 0);
  if (one.to_ms === undefined) return 2 * playable;
  const span_ms = one.to_ms - (one.from_ms ?? 0) + SEGMENT_MS;
  return playable * Math.min(1, span_ms / Math.max(1, detail.duration_ms));
}


@customElement('heard-export')
export class HeardExport extends HeardElement {
  static override styles = [base, controls, css`
    dialog { width: min(560px, calc(100vw - 32px)); max-height: calc(100dvh - 32px); padding: 24px;
      border-radius: var(--radius); border: 1px solid var(--line); background: var(--sheet);
      color: var(--ink); overflow: auto; }
    dialog::backdrop { background: rgb(10 14 18 / 0.62); }
    form { display: grid; gap: 12px; }
    .buttons { display: flex; gap: 12px; justify-content: flex-end; flex-wrap: wrap; }
    .request { border: 1px solid var(--line); border-radius: var(--radius); padding: 12px 16px;
      display: grid; gap: 8px; }
    .request p { overflow-wrap: anywhere; }
    .past { border-top: 1px solid var(--line); padding-top: 12px; font-size: 14px;
      display: grid; gap: 8px; max-height: 200px; overflow: auto; }
  `];

  @property() recording = '';
  @property({ type: Boolean }) allowed = false;
  @property({ attribute: false }) range: { from_ms: number; to_ms: number } | null = null;
  @property({ attribute: false }) detail: RecordingDetail | null = null;
  @state() private requests: ExportRequest[] = [];
  @state() private isOpen = false;
  @state() private problem = '';
  @state() private isBusy = false;
  @state() private isAway = false; /* its segments: there is nothing to pack before they are back */

  override willUpdate(changed: PropertyValues<this>): void {
    if ((changed.has('recording') || changed.has('allowed')) && this.allowed && this.recording)
      void this.load();
  }

  override updated(): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (dialog && !dialog.open) dialog.showModal();
  }

  private async load(): Promise<void> {
    try {
      this.requests = await api.exports(this.recording);
      if (this.requests.some((one) => one.own && one.may_download))
        this.isAway = (await api.recording(this.recording)).tasks?.['release']?.state === 'ready';
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  private async act(what: () => Promise<unknown>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = '';
    try {
      await what();
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
    await this.load();
    this.isBusy = false;
  }

  private ask(event: Event): void {
    event.preventDefault();
    const reason = String(new FormData(event.target as HTMLFormElement).get('reason')).trim();
    if (reason.length < REASON_MIN) this.problem = t('export.reasonMissing');
    else void this.act(() => api.askExport(this.recording, reason, this.range ?? undefined));
  }

  private decide(event: SubmitEvent, request: ExportRequest): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const note = String(new FormData(form).get('note')).trim();
    const approve = (event.submitter as HTMLButtonElement).value === 'approve';
    void this.act(() => api.decideExport(this.recording, request.id, approve, note));
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.allowed) return nothing;
    if (this.range) return this.opener(t('export.buttonPart'));
    const waiting = this.requests.filter((one) => one.may_decide).length;
    return this.opener(waiting ? t('export.buttonWaiting', { count: waiting }) : t('export.button'));
  }

  private opener(text: string): TemplateResult {
    return html`<button class="slim" @click=${() => { this.isOpen = true; }}>${icon('download')}
      ${text}</button>${this.isOpen ? this.dialog() : nothing}`;
  }

  /* The one that a download gives: the newest decision. */
  private mine(): ExportRequest | undefined {
    const [newest] = this.requests.filter((one) => one.may_download)
      .sort((one, other) => (other.decided_at_ms ?? 0) - (one.decided_at_ms ?? 0));
    const { range } = this;
    return !range || (newest?.from_ms === range.from_ms && newest.to_ms === range.to_ms)
      ? newest : undefined;
  }

  private partText(one: { from_ms?: number; to_ms?: number }): string {
    return one.to_ms === undefined ? t('export.whole')
      : t('export.part', { from: formatClock(one.from_ms ?? 0), to: formatClock(one.to_ms) });
  }

  private dialog(): TemplateResult {
    const close = (): void => { this.isOpen = false; };
    const mine = this.mine();
    const asked = this.requests.find((one) => one.own && one.state === 'requested');
    const past = this.requests.filter((one) => one.state !== 'requested' && one !== mine);
    return html`<dialog aria-labelledby="heading" @cancel=${(event: Event) => {
      event.preventDefault();
      close();
    }}><div class="stack">
      <h2 id="heading">${t(this.range ? 'export.titlePart' : 'export.title')}</h2>
      ${this.range ? html`<p><strong class="number">${this.partText(this.range)}</strong></p>` : nothing}
      <p class="soft">${t(this.range ? 'export.textPart' : 'export.text')}</p>
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
      ${this.requests.filter((one) => one.may_decide).map((one) => this.request(one))}
      ${mine ? this.ready(mine) : asked ? html`<heard-notice kind="info">
        ${this.partText(asked)} · ${t('export.asked', {
        date: formatDate(asked.requested_at_ms, language()) })}</heard-notice>`
        : this.requests.some((one) => one.may_decide) ? nothing : this.form()}
      ${past.length ? html`<ul class="past" aria-label=${t('export.past')}>
        ${past.map((one) => this.past(one))}</ul>` : nothing}
      <div class="buttons"><button @click=${close}>${t('export.close')}</button></div>
    </div></dialog>`;
  }

  private form(): TemplateResult {
    return html`<form @submit=${this.ask} novalidate>
      <label>${t('export.reason')}<input name="reason" maxlength="200" autocomplete="off"></label>
      <div class="buttons"><button class="primary" ?disabled=${this.isBusy}>${t('export.ask')}
        </button></div></form>`;
  }

  private ready(request: ExportRequest): TemplateResult {
    return html`<heard-notice kind="good">${this.partText(request)} · ${t('export.ready', {
      name: request.decided_by ?? '', date: formatDate(request.valid_until_ms ?? 0, language()),
    })}</heard-notice>
      ${this.isAway ? html`<heard-bring-back .recording=${this.recording}
        @brought-back=${this.load}></heard-bring-back>` : html`<p class="soft">${this.detail ? t('export.about', {
          size: formatSize(packageSize(this.detail, request)) }) : nothing}
        ${t('export.noResume')} ${request.to_ms === undefined ? nothing : t('export.noFilm')}</p>
      <div class="buttons"><a class="button primary" download
        href=${api.packageUrl(this.recording)}>${icon('download')} ${t('export.download')}</a></div>`}`;
  }

  private request(one: ExportRequest): TemplateResult {
    return html`<form class="request" @submit=${(event: SubmitEvent) => this.decide(event, one)}>
      <p><strong>${t('export.wants', { name: one.requested_by ?? '' })}</strong>
        <span class="soft small">${formatDate(one.requested_at_ms, language())}</span></p>
      <p><strong class="number">${this.partText(one)}</strong></p>
      <p>${one.reason}</p>
      <label>${t('export.note')}<input name="note" maxlength="200" autocomplete="off"></label>
      <div class="buttons">
        <button name="decision" value="refuse" ?disabled=${this.isBusy}>${t('export.refuse')}
        </button><button class="primary" name="decision" value="approve"
          ?disabled=${this.isBusy}>${t('export.approve')}</button></div></form>`;
  }

  private past(one: ExportRequest): TemplateResult {
    return html`<li>${formatDate(one.requested_at_ms, language())} ·
      ${one.requested_by ?? ''} · ${this.partText(one)} · ${one.reason}<br><span class="soft">
      ${word('exportState', one.state)} · ${one.decided_by ?? ''}${one.note ? ` · ${one.note}` : ''}
      · ${t('export.downloads', { count: one.downloads })}</span></li>`;
  }
}
