// SPDX-License-Identifier: Apache-2.0
/* /duty: the duty screen of a unit. Calls into hearings ring here until somebody answers. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { ApiError, api, type Me } from '../api';
import { summonsApi } from '../api_summons';
import { HeardElement } from '../base';
import { Duty } from '../duty';
import { formatTime } from '../format';
import { t, word, type Key } from '../i18n';
import { icon } from '../icons';
import { CLOSE } from '../protocol';
import { Ring } from '../ring';
import { standsByForUnit } from '../roles';
import { go } from '../router';
import { base, controls, sheets } from '../styles';
import { isMine, ringing, type DutyCall } from '../summons';

/* A screen that stands all day uses its session, so that it does not run out unseen. */
const KEEP_SESSION_MS = 30 * 60 * 1000;
const SECOND_MS = 1000;

@customElement('heard-duty')
export class HeardDuty extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .page { display: grid; gap: 24px; max-width: 760px; }
    .head { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: baseline;
      justify-content: space-between; }
    .line { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; }
    .line svg { color: var(--act); }
    .line.bad { color: var(--warn); font-weight: 500; }
    .line.bad svg { color: var(--warn); }
    .page > :empty { display: none; }
    section { display: grid; gap: 8px; }
    .line span { flex: 1 1 240px; }
    .idle { display: grid; gap: 12px; }
    .recent { display: grid; gap: 0; }
    .recent li { display: grid; grid-template-columns: 56px minmax(0, 1fr) auto; gap: 4px 16px;
      align-items: center; padding: 12px 0; border-bottom: 1px solid var(--line); }
    .recent time { font-variant-numeric: tabular-nums; color: var(--ink-soft); }
    @media (max-width: 700px) {
      .recent li { grid-template-columns: 56px minmax(0, 1fr); }
      .recent .button { grid-column: 2; justify-self: start; }
    }
  `];

  @property({ attribute: false }) me: Me | null = null;
  @state() private hasSound = false;
  private duty: Duty | null = null;
  /* asked by a click, and still nothing: there is no sound output */
  @state() private isMute = false;
  private readonly ring = new Ring(() => { this.hasSound = this.ring.isUnlocked; });
  private second: ReturnType<typeof setInterval> | null = null;
  private keeper: ReturnType<typeof setInterval> | null = null;
  private readonly seen = new Set<string>();

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t('duty.title')} · ${t('app.name')}`;
    document.addEventListener('visibilitychange', this.look);
    void this.ring.unlock().then(() => { this.hasSound = this.ring.isUnlocked; });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.look);
    this.duty?.stop();
    this.duty = null;
    for (const timer of [this.second, this.keeper]) if (timer) clearInterval(timer);
    this.ring.free();
  }

  override willUpdate(): void {
    if (this.duty || !this.me || !standsByForUnit(this.me)) return;
    this.duty = new Duty();
    this.duty.addEventListener('change', this.take);
    this.duty.start();
    this.keeper = setInterval(() => void this.useSession(), KEEP_SESSION_MS);
  }

  private readonly take = () => {
    const { duty } = this;
    if (!duty) return;
    const calls = ringing(duty.calls);
    if (duty.closeCode === CLOSE.sessionEnded) this.tell('session-lost');
    else if (duty.connection === 'reconnecting') void this.useSession();
    this.ring.set(calls.length > 0);
    document.title = `${calls.length ? `● ${t('duty.alert')} · ` : ''}${t('duty.title')} · ${
      t('app.name')}`;
    if (calls.length && !this.second)
      this.second = setInterval(() => this.requestUpdate(), SECOND_MS);
    else if (!calls.length && this.second) {
      clearInterval(this.second);
      this.second = null;
    }
    this.look();
    this.requestUpdate();
  };

  private async useSession(): Promise<void> {
    try {
      await api.me();
    } catch (error) {
      if ((error as ApiError).code === 'unauthenticated') this.tell('session-lost');
    }
  }

  /* Seen is what stands on a screen that is not in the background. */
  private readonly look = () => {
    if (document.visibilityState !== 'visible') return;
    for (const call of ringing(this.duty?.calls ?? [])) {
      if (this.seen.has(call.id)) continue;
      this.seen.add(call.id);
      void summonsApi.seen(call.id).catch(() => this.seen.delete(call.id));
    }
  };

  private async unlock(): Promise<void> {
    await this.ring.unlock();
    this.hasSound = this.ring.isUnlocked;
    this.isMute = !this.hasSound;
    this.ring.once();
  }

  override render(): TemplateResult {
    if (!this.me) return html`<heard-state kind="loading"></heard-state>`;
    if (!standsByForUnit(this.me))
      return html`<div class="page"><heard-notice kind="warn">${t('duty.notYours')}
        </heard-notice></div>`;
    const calls = ringing(this.duty?.calls ?? []);
    const past = (this.duty?.calls ?? []).filter((one) => one.state !== 'ringing');
    return html`<div class="page">
      <div class="head"><h1>${t('duty.title')}</h1><p class="soft">${this.me.unit ?? ''}</p></div>
      <div role="alert">${repeat(calls, (one) => one.id, (one) => html`<heard-duty-call
        .call=${one} .left=${one.due_at_ms - (this.duty?.now() ?? 0)}
        @answered=${(event: CustomEvent<string>) => go(`/hearings/${event.detail}`)}>
        </heard-duty-call>`)}</div>
      <div class="card idle">${this.connection()}${this.sound()}</div>
      <section><h2>${t('duty.recent')}</h2>${past.length
        ? html`<ul class="recent">${past.map((one) => this.past(one))}</ul>`
        : html`<p class="soft">${t('duty.recentNone')}</p>`}</section>
    </div>`;
  }

  private connection(): TemplateResult {
    const state = this.duty?.connection ?? 'connecting';
    const key: Key = state === 'open' ? 'duty.ready'
      : state === 'connecting' ? 'duty.connecting' : 'duty.lost';
    return html`<div class="line ${key === 'duty.lost' ? 'bad' : ''}" role="status">
      ${icon(state === 'open' ? 'check' : state === 'connecting' ? 'clock' : 'warn')}
      <span>${t(key)}${state === 'open' ? html`<br><span class="small soft">${t('duty.keepOpen')}
        </span>` : nothing}</span></div>`;
  }

  private sound(): TemplateResult {
    return this.hasSound
      ? html`<div class="line">${icon('speaker')}<span>${t('duty.soundOn')}</span>
        <button class="slim" @click=${() => this.ring.once()}>${t('duty.try')}</button></div>`
      : html`<div class="line bad">${icon('speakerOff')}<span>${t(this.isMute
        ? 'duty.noSound' : 'duty.soundOff')}</span>
        <button class="primary" @click=${this.unlock}>${t('duty.sound')}</button></div>`;
  }

  private past(one: DutyCall): TemplateResult {
    return html`<li><time>${formatTime(one.called_at_ms)}</time>
      <div>${one.title ?? word('kind', one.kind)}<br><span class="small soft">${one.organiser} ·
        ${t(`duty.was.${one.state}` as Key, { name: one.answered_by ?? '' })}</span></div>
      ${isMine(one, this.me?.id) ? html`<a class="button slim" href="/hearings/${one.hearing}">
        ${t('duty.enter')}</a>` : nothing}</li>`;
  }
}

