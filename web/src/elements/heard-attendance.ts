// SPDX-License-Identifier: Apache-2.0
/* A training's own desk: questions, the roll, who attends, links, the sheet. Modal. */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatClock, formatTime } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import type { LiveHearing } from '../live';
import { base, controls } from '../styles';
import {
  ROLL_MINUTES, leadsTraining, openRoll, trainingApi, type AttendanceList, type Attendee,
  type QuestionAct,
} from '../training';
import { troubleOf } from '../trouble';

type Part = 'questions' | 'roll' | 'people' | 'links';
const READ_AGAIN_MS = 1000;

@customElement('heard-attendance')
export class HeardAttendance extends HeardElement {
  static override styles = [base, controls, css`
    dialog { width: min(560px, 100vw); max-width: 100vw; height: 100dvh; max-height: 100dvh;
      margin: 0 0 0 auto; padding: 0; border: 0; border-left: 1px solid var(--line);
      background: var(--sheet); color: var(--ink); overflow: auto; }
    dialog::backdrop { background: rgb(10 14 18 / 0.5); }
    header { display: flex; justify-content: space-between; align-items: center; gap: 8px;
      padding: 8px 8px 8px 16px; }
    .head { position: sticky; top: 0; z-index: 1; background: var(--sheet);
      border-bottom: 1px solid var(--line); }
    nav { display: grid; grid-template-columns: repeat(auto-fit, minmax(72px, 1fr)); gap: 4px;
      padding: 0 8px 8px; }
    nav button { padding: 4px; min-height: 44px; }
    nav button[aria-current] { border-color: var(--act); color: var(--act); font-weight: 600; }
    .body { padding: 16px; display: grid; gap: 16px; }
    .minutes { display: flex; flex-wrap: wrap; gap: 8px; }
    .big { font-size: 28px; font-weight: 600; }
    li.who { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px;
      align-items: center; padding: 8px 0; border-top: 1px solid var(--line); }
    li.away b { color: var(--ink-soft); font-weight: 400; }
    .who span { overflow-wrap: anywhere; }
    .acts { display: flex; gap: 4px; grid-row: span 2; }
    .bad { color: var(--seal); }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  @state() private list: AttendanceList | null = null;
  @state() private tab: Part = 'questions';
  @state() private problem = '';
  @state() private isBusy = false;
  @state() private out: Attendee | null = null;
  private told: unknown = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly follow = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.live.addEventListener('change', this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.removeEventListener('change', this.follow);
    if (this.timer) clearTimeout(this.timer);
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  /* Each event says that there is news; many in a row are read once. */
  override willUpdate(_changed: PropertyValues<this>): void {
    const { attendance } = this.live.state;
    if (attendance === this.told || this.timer) return;
    const wait = this.told === null ? 0 : READ_AGAIN_MS;
    this.told = attendance;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.read();
    }, wait);
  }

  private async read(): Promise<void> {
    try {
      this.list = await trainingApi.list(this.live.hearing);
    } catch (error) {
      this.problem = troubleOf(error);
    }
  }

  private async act(what: () => Promise<unknown>): Promise<void> {
    this.isBusy = true;
    this.problem = '';
    try {
      await what();
      await this.read();
    } catch (error) {
      this.problem = troubleOf(error);
    } finally {
      this.isBusy = false;
    }
  }

  private close(): void {
    this.tell('close-duties');
  }

  override render(): TemplateResult {
    const { attendance, you } = this.live.state;
    const leads = leadsTraining(you?.role);
    const parts: [Part, string][] = [
      ['questions', t('training.tabQuestions', { count: attendance?.waiting ?? 0 })],
      ['people', t('training.tabPeople', { count: attendance?.here ?? 0 })],
      ...(leads ? [['roll', t('training.tabRoll')], ['links', t('training.tabLinks')]] as
        [Part, string][] : []),
    ];
    return html`<dialog aria-label=${t('training.title')} @cancel=${(event: Event) => {
      event.preventDefault();
      this.close();
    }}><div class="head"><header><h2>${t('training.title')}</h2><button class="plain"
        aria-label=${t('app.close')} @click=${this.close}>${icon('close')}</button></header>
      <nav>${parts.map(([part, text]) => html`<button aria-current=${this.tab === part
        ? 'true' : nothing} @click=${() => { this.tab = part; }}>${text}</button>`)}</nav></div>
      <div class="body" @attendance-changed=${() => void this.read()}>
        ${this.problem ? html`<p class="bad" role="alert">${this.problem}</p>` : nothing}
        ${this.list ? this.body(this.list, leads) : html`<p class="soft">${t('training.reading')}
        </p>`}</div></dialog>
      ${this.out ? this.ask(this.out) : nothing}`;
  }

  private body(list: AttendanceList, leads: boolean): TemplateResult {
    switch (this.tab) {
      case 'questions':
        return html`<heard-questions .questions=${list.questions} .isBusy=${this.isBusy}
          @question-act=${(event: CustomEvent<{ id: string; act: QuestionAct }>) =>
            void this.act(() => trainingApi.act(this.live.hearing, event.detail.id,
              event.detail.act))}></heard-questions>`;
      case 'roll':
        return this.roll(list);
      case 'people':
        return this.people(list, leads);
      case 'links':
        return html`<heard-training-links .hearing=${this.live.hearing} .links=${list.links}>
          </heard-training-links>`;
    }
  }

  private roll(list: AttendanceList): TemplateResult {
    const { attendance } = this.live.state;
    const now = this.live.now();
    const open = openRoll(attendance, now);
    return html`${open ? html`<div class="stack" role="status">
        <p>${t('training.rollOpen', { number: open.number, left: formatClock(open.until_ms - now) })}
        </p>
        <p class="big number">${open.answered} / ${attendance?.here ?? 0}</p>
        <button ?disabled=${this.isBusy} @click=${() => void this.act(() =>
          trainingApi.endRoll(this.live.hearing, open.id))}>${t('training.rollEnd')}</button></div>`
      : html`<div class="stack"><p>${t('training.rollText')}</p><div class="minutes">
        ${ROLL_MINUTES.map((minutes) => html`<button class=${minutes === 5 ? 'primary' : ''}
          ?disabled=${this.isBusy} @click=${() => void this.act(() =>
            trainingApi.callRoll(this.live.hearing, minutes))}>
          ${t('training.rollCall', { minutes })}</button>`)}</div></div>`}
      ${list.rolls.length ? html`<ul>${list.rolls.map((one) => html`<li class="who">
        <b>${t('training.roll', { number: one.number })}</b>
        <span class="number">${formatTime(one.opened_at_ms)} ·
          ${t('training.answered', { count: one.answered })}</span></li>`)}</ul>` : nothing}`;
  }

  private people(list: AttendanceList, leads: boolean): TemplateResult {
    const shown = [...list.attendees].sort((a, b) => Number(b.here) - Number(a.here)
      || a.unit.localeCompare(b.unit, 'zh') || a.name.localeCompare(b.name, 'zh'));
    return html`<div class="spread"><span>${t('training.came', {
        count: list.attendees.filter(({ removed }) => !removed).length, max: list.max })}</span>
        <a class="button" download href=${trainingApi.sheetUrl(this.live.hearing)}>
          ${icon('download')}${t('training.sheet')}</a></div>
      ${shown.length ? html`<ul>${shown.map((one) => this.person(one, leads))}</ul>`
        : html`<p class="soft">${t('training.nobody')}</p>`}`;
  }

  private person(one: Attendee, leads: boolean): TemplateResult {
    const isIn = one.here && !one.removed;
    return html`<li class="who ${isIn ? '' : 'away'}"><b>${one.name}</b>
      ${leads && isIn ? html`<span class="acts">
        ${one.participant ? nothing : html`<button class="slim" ?disabled=${this.isBusy}
          @click=${() => void this.act(() => trainingApi.seat(this.live.hearing, one.id))}>
          ${t('training.letSpeak')}</button>`}
        <button class="slim plain danger-text" ?disabled=${this.isBusy} @click=${() => {
          this.out = one;
        }}>${t('training.sendOut')}</button></span>` : nothing}
      <span class="small soft">${one.unit}${one.removed ? ` · ${t('training.removed')}`
        : one.participant ? ` · ${t('training.seated')}`
        : one.here ? '' : ` · ${t('training.away')}`}</span></li>`;
  }

  private ask(one: Attendee): TemplateResult {
    return html`<heard-ask .question=${{
      heading: t('training.sendOutTitle', { name: one.name }), text: t('training.sendOutText'),
      confirm: t('training.sendOut'), danger: true, reasonLabel: t('training.sendOutWhy'),
      reasonNeeded: true }}
      @answer=${(event: CustomEvent<{ reason: string }>) => {
        this.out = null;
        void this.act(() => trainingApi.remove(this.live.hearing, one.id, event.detail.reason));
      }} @cancel=${() => { this.out = null; }}></heard-ask>`;
  }
}
