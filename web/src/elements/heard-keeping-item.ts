// SPDX-License-Identifier: Apache-2.0
/* One recording in the archive: until when, held by whom and why, requested by whom and why. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { api, type Hold, type Keeping, type Me } from '../api';
import { HeardElement } from '../base';
import { formatClock, formatDate, formatDay, formatSize } from '../format';
import { language, t, word } from '../i18n';
import { icon } from '../icons';
import { base, controls, sheets } from '../styles';
import type { KeepVerb } from './heard-keeping';

/* The word that matters most; what is decided before what is only due. */
export function keepState(item: Keeping): string {
  if (item.state === 'destroyed' || item.state === 'destroying') return item.state;
  if (item.is_held) return 'held';
  if (item.order?.state === 'requested') return 'requested';
  if (item.permanent) return item.permanent.end_asked_by ? 'endRequested' : 'permanent';
  if (item.keep_from_ms === null) return 'open';
  return item.is_past ? 'past' : 'kept';
}

@customElement('heard-keeping-item')
export class HeardKeepingItem extends HeardElement {
  static override styles = [base, controls, sheets, css`
    article { display: grid; gap: 12px; padding: 16px 20px; }
    article.gone { background: transparent; border-style: dashed; }
    .head { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: start;
      justify-content: space-between; }
    h2 { overflow-wrap: anywhere; }
    h2.plain { font-size: 16px; font-variant-numeric: tabular-nums; }
    dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
      gap: 8px 24px; }
    dt { color: var(--ink-soft); font-size: 13px; }
    .note { display: flex; gap: 12px; align-items: flex-start; border-left: 3px solid var(--warn);
      background: var(--warn-soft); padding: 8px 12px; }
    .note.order { border-color: var(--seal); background: var(--seal-soft); }
    .note.quiet { border-color: var(--line); background: transparent; }
    .note div { flex: 1; min-width: 0; overflow-wrap: anywhere; }
    .acts { display: flex; flex-wrap: wrap; gap: 8px; }
    .acts .end { margin-left: auto; }
    @media (max-width: 700px) {
      article { padding: 16px; }
      dl { grid-template-columns: 1fr 1fr; }
      .note { flex-wrap: wrap; }
      .slim { min-height: 44px; }
      .acts > * { flex: 1 1 auto; } .acts .end { margin-left: 0; }
    }
  `];

  @property({ attribute: false }) item!: Keeping;
  @property({ attribute: false }) me: Me | null = null;

  private can(verb: KeepVerb): boolean {
    return this.item.may.includes(verb);
  }

  private ask(verb: KeepVerb, hold?: string): void {
    this.tell('keep-ask', { item: this.item, verb, hold });
  }

  private async save(): Promise<void> {
    const { file, text } = await api.destructionCertificate(this.item.id);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/jsonl' }));
    link.download = `${this.item.number}-${file}`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  override render(): TemplateResult {
    const { item } = this;
    const state = keepState(item);
    const isGone = state === 'destroyed' || state === 'destroying';
    return html`<article class="card ${isGone ? 'gone' : ''}">
      <div class="head"><div><h2 class=${item.title ? '' : 'plain'}>
        ${item.title ?? item.number}</h2>
        <p class="small soft number">${item.title ? item.number : item.hearing_number}
          ${item.started_at_ms ? html` · ${formatDate(item.started_at_ms, language())}` : nothing}
        </p></div>
        <span class="chip ${state === 'kept' || state === 'permanent' || isGone ? '' : 'warn'}">
          ${word('keepState', state)}</span></div>
      ${this.facts(item)}
      ${item.holds.map((hold) => this.hold(hold))}
      ${this.permanent(item)}
      ${this.order(item)}
      ${this.acts(item, isGone)}</article>`;
  }

  private facts(item: Keeping): TemplateResult {
    const until = item.keep_from_ms === null ? t('keep.running')
      : item.keep_until_ms === null ? t('keep.forever')
        : formatDay(item.keep_until_ms, language());
    const rows: [string, string][] = [
      [t('keep.until'), until],
      [t('keep.class'), word('keepClass', item.class)],
      [t('keep.from'), item.keep_from_ms ? formatDay(item.keep_from_ms, language()) : '—'],
      [t('keep.length'), formatClock(item.duration_ms)],
      [t('keep.size'), formatSize(item.bytes)],
    ];
    return html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt>
      <dd class="number">${value}</dd></div>`)}</dl>`;
  }

  private hold(hold: Hold): TemplateResult {
    const may = this.can('lift');
    return html`<div class="note">${icon('shield')}<div>${hold.reason}
      <p class="small soft">${word('keepScope', hold.scope)} ·
        ${t('keep.holdLine', { name: hold.set_by?.name ?? '',
          date: formatDay(hold.set_at_ms, language()) })}</p></div>
      ${may ? html`<button class="slim" @click=${() => this.ask('lift', hold.id)}>
        ${t('keep.lift')}</button>` : nothing}</div>`;
  }

  private permanent({ permanent }: Keeping): TemplateResult | typeof nothing {
    if (!permanent) return nothing;
    const date = (ms: number) => formatDay(ms, language());
    const isAsked = !!permanent.end_asked_by;
    return html`<div class="note quiet">${icon('shield')}<div>${permanent.reason}
      <p class="small soft">${t('keep.permanentLine', { name: permanent.decided_by?.name ?? '',
        date: date(permanent.decided_at_ms) })}</p></div></div>
      ${isAsked ? html`<div class="note">${icon('clock')}<div>${permanent.end_reason}
        <p class="small soft">${t('keep.endAsked', { name: permanent.end_asked_by?.name ?? '',
          date: date(permanent.end_asked_at_ms ?? 0) })}</p>
        <p class="small soft">${t('keep.waits')}</p></div></div>` : nothing}`;
  }

  private order(item: Keeping): TemplateResult | typeof nothing {
    const { order } = item;
    if (!order) return nothing;
    const date = (ms: number) => formatDate(ms, language());
    return html`<div class="note ${order.state === 'requested' ? 'order' : 'quiet'}">
      ${icon('clock')}<div>${order.reason}
      <p class="small soft">${t('keep.ordered', { name: order.requested_by?.name ?? '',
        date: date(order.requested_at_ms) })}</p>
      ${order.confirmed_at_ms ? html`<p class="small soft">${t('keep.confirmed', {
        name: order.confirmed_by?.name ?? '', date: date(order.confirmed_at_ms) })}</p>`
        : html`<p class="small soft">${t('keep.waits')}</p>`}</div></div>`;
  }

  private acts(item: Keeping, isGone: boolean): TemplateResult | typeof nothing {
    const own = item.order?.requested_by?.id === this.me?.id;
    const mayWatch = !isGone && !!this.me?.roles.includes('archivist');
    const ownEnd = item.permanent?.end_asked_by?.id === this.me?.id;
    const isDone = item.state === 'destroyed';
    if (!mayWatch && !isDone && !item.may.length) return nothing;
    return html`<div class="acts" role="group"
      aria-label=${t('keep.actsOf', { number: item.number })}>
      ${mayWatch ? html`<a class="button slim" href="/recordings/${item.id}">
        ${t('keep.watch')}</a>` : nothing}
      ${this.can('hold') ? html`<button class="slim" @click=${() => this.ask('hold')}>
        ${t('keep.hold')}</button>` : nothing}
      ${this.can('permanent') ? html`<button class="slim" @click=${() => this.ask('permanent')}>
        ${t('keep.permanent')}</button>` : nothing}
      ${this.can('end_permanent') ? html`<button class="slim"
        @click=${() => this.ask('end_permanent')}>${t('keep.endPermanent')}</button>` : nothing}
      ${this.can('withdraw_end') ? html`<button class="slim"
        @click=${() => this.ask('withdraw_end')}>${t(ownEnd ? 'keep.withdraw' : 'keep.sendBack')}
        </button>` : nothing}
      ${this.can('confirm_end') ? html`<button class="slim primary"
        @click=${() => this.ask('confirm_end')}>${t('keep.confirmEnd')}</button>` : nothing}
      ${this.can('withdraw') ? html`<button class="slim" @click=${() => this.ask('withdraw')}>
        ${t(own ? 'keep.withdraw' : 'keep.sendBack')}</button>` : nothing}
      ${this.can('request') ? html`<button class="slim danger-text end"
        @click=${() => this.ask('request')}>${t('keep.request')}</button>` : nothing}
      ${this.can('confirm') ? html`<button class="slim danger end"
        @click=${() => this.ask('confirm')}>${t('keep.confirm')}</button>` : nothing}
      ${isDone ? html`<button class="slim" @click=${this.save}>${t('keep.certificate')}
        </button>` : nothing}</div>`;
  }
}
