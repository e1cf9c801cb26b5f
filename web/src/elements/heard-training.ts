// SPDX-License-Identifier: Apache-2.0
/*
 * The way into a training by its shared link: what it is, name and unit, then the room. No
 * camera and no microphone are asked for: who attends hears and sees.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ApiError } from '../api';
import { Attending } from '../attending';
import { HeardElement } from '../base';
import { formatDate, formatTime, isSameDay } from '../format';
import { language, t, word } from '../i18n';
import { CLOSE } from '../protocol';
import { base, controls, elder, sheets } from '../styles';
import { trainingApi, type OpenedTraining } from '../training';
import { troubleOf } from '../trouble';

const PAGES = ['link_unknown', 'link_expired', 'link_revoked', 'hearing_closed', 'offline'];

@customElement('heard-training')
export class HeardTraining extends HeardElement {
  static override styles = [base, controls, sheets, elder, css`
    section { max-width: 560px; margin: 0 auto; padding: 24px 16px 32px; display: grid; gap: 24px;
      align-content: start; }
    .when { font-size: 20px; font-weight: 600; }
    form { display: grid; gap: 16px; }
    .told { display: grid; gap: 4px; padding: 12px 16px; background: var(--sheet);
      border: 1px solid var(--line); border-radius: var(--radius); }
  `];

  @property() token = '';
  @state() private opened: OpenedTraining | null = null;
  @state() private failure = '';
  @state() private problem = '';
  @state() private isBusy = false;
  @state() private live: Attending | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  private end(): void {
    this.live?.removeEventListener('change', this.follow);
    this.live?.stop();
    this.live = null;
    this.tell('room', false);
  }

  private readonly follow = () => this.requestUpdate();

  private async open(): Promise<void> {
    this.end();
    this.failure = '';
    this.opened = null;
    try {
      this.opened = await trainingApi.open(this.token);
      document.title = `${this.opened.hearing.title} · ${t('app.name')}`;
      /* A reloaded page, or the same device once more: straight back. */
      if (this.opened.attendee) this.begin();
    } catch (error) {
      this.failure = (error as ApiError).code ?? 'internal';
    }
  }

  private begin(): void {
    if (!this.opened) return;
    this.live = new Attending(this.opened.hearing.id);
    this.live.addEventListener('change', this.follow);
    this.live.start();
    this.tell('room', true);
  }

  private async join(event: Event): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const name = String(form.get('name') ?? '').trim();
    const unit = this.opened?.unit || String(form.get('unit') ?? '').trim();
    this.problem = name && unit ? '' : t('training.nameMissing');
    if (this.problem) return;
    this.isBusy = true;
    try {
      await trainingApi.join(this.token, name, unit);
      this.begin();
    } catch (error) {
      this.problem = troubleOf(error);
    } finally {
      this.isBusy = false;
    }
  }

  override render(): TemplateResult {
    if (this.failure)
      return html`<heard-state kind=${PAGES.includes(this.failure) ? this.failure : 'link_failed'}
        @act=${this.open}></heard-state>`;
    if (!this.opened) return html`<heard-state kind="loading"></heard-state>`;
    if (!this.live) return this.entry(this.opened);
    const { hasEnded, connection, closeCode } = this.live;
    if (hasEnded) return this.over(this.opened);
    if (connection === 'closed' && closeCode === CLOSE.replaced)
      return html`<heard-state kind="elsewhere" @act=${this.open}></heard-state>`;
    if (connection === 'closed') return this.sentOut();
    return html`<heard-training-room .live=${this.live}></heard-training-room>`;
  }

  private entry({ hearing, unit }: OpenedTraining): TemplateResult {
    const { planned_start_ms: start } = hearing;
    return html`<section>
      <div><p class="soft">${word('kind', hearing.kind)} · ${hearing.organiser}</p>
        <h1>${hearing.title}</h1></div>
      <p class="when number">${isSameDay(start, Date.now())
        ? t('join.today', { time: formatTime(start) }) : formatDate(start, language())}</p>
      <form @submit=${this.join} novalidate>
        <label>${t('training.name')}<input name="name" maxlength="40" autocomplete="name"></label>
        ${unit ? html`<p>${t('training.unit')}：<b>${unit}</b></p>`
          : html`<label>${t('training.unit')}<input name="unit" maxlength="60"
            autocomplete="organization"></label>`}
        <div class="told"><p>${t('training.told')}</p>
          ${hearing.recorded ? html`<p>${t('training.toldRecorded')}</p>` : nothing}</div>
        ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
        <button class="primary wide" ?disabled=${this.isBusy}>${t('training.enter')}</button>
      </form></section>`;
  }

  private over({ hearing }: OpenedTraining): TemplateResult {
    return html`<section><h1>${t('training.over')}</h1>
      <p>${hearing.title} · ${hearing.organiser}</p><p>${t('training.overText')}</p></section>`;
  }

  private sentOut(): TemplateResult {
    return html`<section><h1>${t('training.out')}</h1><p>${t('training.outText')}</p></section>`;
  }
}
