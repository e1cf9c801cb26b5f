// SPDX-License-Identifier: Apache-2.0
/*
 * The archive's page: what waits for a second person, what is past its term, what is held, and
 * what can be done with it. Rules are the server's: a recording shows what its "may" says.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { ApiError, api, type Keeping, type KeepShow, type Me } from '../api';
import { HeardElement } from '../base';
import { errorText, t, word } from '../i18n';
import { base, controls, sheets } from '../styles';
import type { Answer, Question } from './heard-ask';

const SHOWS: readonly KeepShow[] = ['requested', 'due', 'held', 'permanent', 'all',
  'destroyed'];
const REASON_MIN = 2;
/* So long a destruction is looked after; large ones go on without us. */
const FOLLOW_MS = 1500;
const FOLLOW_TIMES = 20;

export type KeepVerb = 'hold' | 'lift' | 'request' | 'confirm' | 'withdraw'
  | 'permanent' | 'end_permanent' | 'confirm_end' | 'withdraw_end';
/* What is confirmed was given a reason by whoever asked. */
const WITHOUT_REASON: readonly KeepVerb[] = ['confirm', 'confirm_end'];
export interface KeepAsk { item: Keeping; verb: KeepVerb; hold?: string }

@customElement('heard-keeping')
export class HeardKeeping extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .page { display: grid; gap: 24px; }
    .shows { display: flex; flex-wrap: wrap; gap: 8px; }
    .shows button[aria-pressed='true'] { border-color: var(--act); color: var(--act);
      font-weight: 600; background: var(--act-soft); }
    .list { display: grid; gap: 12px; }
    @media (max-width: 700px) { .slim { min-height: 44px; } }
  `];

  @property({ attribute: false }) me: Me | null = null;
  @state() private show: KeepShow = 'requested';
  @state() private items: Keeping[] | null = null;
  @state() private cursor = '';
  @state() private problem = '';
  @state() private good = '';
  @state() private asked: KeepAsk | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t('keep.title')} · ${t('app.name')}`;
    void this.first();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer) clearTimeout(this.timer);
  }

  /* The first look shows where there is something to do. */
  private async first(): Promise<void> {
    for (const show of ['requested', 'due', 'all'] as const) {
      await this.pick(show);
      if (this.items?.length || this.problem) return;
    }
  }

  private async pick(show: KeepShow): Promise<void> {
    this.show = show;
    this.items = null;
    this.cursor = '';
    await this.load();
  }

  private async load(): Promise<void> {
    const { show } = this;
    try {
      const page = await api.keeping(show, this.cursor);
      if (show !== this.show) return;
      this.items = [...(this.items ?? []), ...page.items];
      this.cursor = page.next_cursor ?? '';
      this.problem = '';
    } catch (error) {
      this.fail(error as ApiError);
    }
  }

  private fail(error: ApiError): void {
    if (error.code === 'unauthenticated') this.tell('session-lost');
    else this.problem = errorText(error.code);
    this.items ??= [];
  }

  private question({ item, verb }: KeepAsk): Question {
    const reason = { reasonLabel: t('keep.reason'), reasonNeeded: true, reasonMax: 500 };
    const own = item.order?.requested_by?.id === this.me?.id;
    const ownEnd = item.permanent?.end_asked_by?.id === this.me?.id;
    switch (verb) {
      case 'hold':
        return { heading: t('keep.hold'), text: t('keep.holdText'), confirm: t('keep.hold'),
          choiceLabel: t('keep.holdScope'), choices: (['recording', 'case'] as const)
            .map((value) => ({ value, label: word('keepScope', value) })), ...reason };
      case 'lift':
        return { heading: t('keep.lift'), text: t('keep.liftText'), confirm: t('keep.lift'),
          ...reason };
      case 'request':
        return { heading: t('keep.request'), text: t('keep.requestText'), danger: true,
          confirm: t('keep.request'), ...reason };
      case 'confirm':
        return { heading: t('keep.confirm'), danger: true, confirm: t('keep.confirm'),
          text: t('keep.confirmText', { number: item.number, reason: item.order?.reason ?? '' }) };
      case 'withdraw':
        return { heading: t(own ? 'keep.withdraw' : 'keep.sendBack'), ...reason,
          text: t('keep.withdrawText'), confirm: t(own ? 'keep.withdraw' : 'keep.sendBack') };
      case 'permanent':
        return { heading: t('keep.permanent'), text: t('keep.permanentText'),
          confirm: t('keep.permanent'), ...reason };
      case 'end_permanent':
        return { heading: t('keep.endPermanent'), text: t('keep.endPermanentText'),
          confirm: t('keep.endPermanent'), ...reason };
      case 'confirm_end':
        return { heading: t('keep.confirmEnd'), confirm: t('keep.confirmEnd'),
          text: t('keep.confirmEndText', { reason: item.permanent?.end_reason ?? '' }) };
      case 'withdraw_end':
        return { heading: t(ownEnd ? 'keep.withdraw' : 'keep.sendBack'), ...reason,
          text: t('keep.withdrawText'), confirm: t(ownEnd ? 'keep.withdraw' : 'keep.sendBack') };
    }
  }

  private readonly answer = async (event: CustomEvent<Answer>): Promise<void> => {
    const { asked } = this;
    const { reason, choice } = event.detail;
    this.asked = null;
    this.good = '';
    if (!asked) return;
    if (!WITHOUT_REASON.includes(asked.verb) && [...reason].length < REASON_MIN) {
      this.problem = t('keep.reasonShort');
      return;
    }
    try {
      await this.act(asked, reason, choice);
      this.problem = '';
      this.good = t(asked.verb === 'confirm' ? 'keep.destroyOrdered' : 'keep.done');
    } catch (error) {
      this.fail(error as ApiError);
    }
    await this.refresh(asked.item.id);
    if (asked.verb === 'confirm') this.follow(asked.item.id, FOLLOW_TIMES);
  };

  private act({ item, verb, hold }: KeepAsk, reason: string, scope: string): Promise<unknown> {
    switch (verb) {
      case 'hold': return api.setHold(item.id, reason, scope);
      case 'lift': return api.liftHold(item.id, hold ?? '', reason);
      case 'request': return api.requestDestruction(item.id, reason);
      case 'confirm': return api.confirmDestruction(item.id);
      case 'withdraw': return api.withdrawDestruction(item.id, reason);
      case 'permanent': return api.keepForEver(item.id, reason);
      case 'end_permanent': return api.askEndOfKeeping(item.id, reason);
      case 'confirm_end': return api.confirmEndOfKeeping(item.id);
      case 'withdraw_end': return api.withdrawEndOfKeeping(item.id, reason);
    }
  }

  /* It stays in the list, as it is now, until another list is picked. */
  private async refresh(id: string): Promise<void> {
    try {
      const now = await api.keepingOf(id);
      this.items = (this.items ?? []).map((item) => (item.id === id ? now : item));
    } catch (error) {
      this.fail(error as ApiError);
    }
  }

  private follow(id: string, times: number): void {
    this.timer = setTimeout(async () => {
      await this.refresh(id);
      const state = this.items?.find((item) => item.id === id)?.state;
      if (state === 'destroyed') this.good = '';
      else if (times > 0 && state) this.follow(id, times - 1);
    }, FOLLOW_MS);
  }

  override render(): TemplateResult {
    return html`<div class="page">
      <div><h1>${t('keep.title')}</h1><p class="soft">${t('keep.text')}</p></div>
      <div class="shows" role="group" aria-label=${t('keep.show')}>
        ${SHOWS.map((show) => html`<button class="slim" aria-pressed=${show === this.show
          ? 'true' : 'false'} @click=${() => { this.good = ''; void this.pick(show); }}>
          ${word('keepShow', show)}</button>`)}</div>
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
      ${this.good ? html`<heard-notice kind="good">${this.good}</heard-notice>` : nothing}
      ${this.list()}
      ${this.cursor ? html`<button @click=${this.load}>${t('keep.more')}</button>` : nothing}
      ${this.asked ? html`<heard-ask .question=${this.question(this.asked)} @answer=${this.answer}
        @cancel=${() => { this.asked = null; }}></heard-ask>` : nothing}
    </div>`;
  }

  private list(): TemplateResult {
    if (this.items === null) return html`<heard-state kind="loading"></heard-state>`;
    if (this.items.length === 0)
      return html`<p class="soft card" role="status">${t('keep.empty')}</p>`;
    return html`<ul class="list" @keep-ask=${(event: CustomEvent<KeepAsk>) => {
      this.asked = event.detail;
    }}>${repeat(this.items, (item) => item.id, (item) => html`<li>
      <heard-keeping-item .item=${item} .me=${this.me}></heard-keeping-item></li>`)}</ul>`;
  }
}
