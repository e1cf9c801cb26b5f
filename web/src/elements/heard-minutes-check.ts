// SPDX-License-Identifier: Apache-2.0
/*
 * Somebody who will sign the minutes reads them: large, line by line; what is wrong goes to the
 * clerk with the words as they should be and a reason. Tells "close-check".
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { api, type ApiError } from '../api';
import type { Attended } from '../attended';
import { HeardElement } from '../base';
import { formatTimeOfDay } from '../format';
import { errorText, t } from '../i18n';
import { icon } from '../icons';
import { courseApi, REASON_MAX, type Confirmation, type Correction } from '../minutes/course';
import { inOrder, oneLine, TEXT_MAX, type MinutesLine } from '../minutes/line';
import { base, controls, elder } from '../styles';
import { paper } from './sign-styles';

@customElement('heard-minutes-check')
export class HeardMinutesCheck extends HeardElement {
  static override styles = [base, controls, elder, paper, css`
    li { display: grid; gap: 4px; padding: 12px 0; border-top: 1px solid var(--line); }
    li .words { font-size: 20px; line-height: 1.6; font-family: var(--serif);
      overflow-wrap: anywhere; }
    li .who { color: var(--act); font-weight: 600; }
    li.heading { border: 0; padding: 16px 0 4px; }
    li.heading .words { font-weight: 700; }
    li .wrong { justify-self: end; min-height: 48px; font-size: 16px; padding: 4px 12px; }
    .mine { padding: 8px 12px; border-left: 4px solid var(--act); background: var(--act-soft);
      font-size: 17px; }
    .time { color: var(--ink-soft); font-size: 15px; }
    blockquote { margin: 0; padding: 12px; background: var(--sheet); border: 1px solid var(--line);
      border-radius: 8px; font-family: var(--serif); font-size: 20px; line-height: 1.6; }
    textarea { font-size: 20px; font-family: var(--serif); }
  `];

  @property({ attribute: false }) live!: Attended;
  @property({ attribute: false }) course!: Confirmation;
  @state() private lines: MinutesLine[] | null = null;
  @state() private fixed: MinutesLine | null = null;
  @state() private problem = '';
  @state() private isBusy = false;
  private readonly take = (event: Event): void => {
    const { detail } = event as CustomEvent<MinutesLine>;
    this.lines = (this.lines ?? []).map((one) =>
      one.id === detail.id && one.version < detail.version ? detail : one);
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.live.addEventListener('minutes', this.take);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.removeEventListener('minutes', this.take);
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
    void this.load();
  }

  private load(): Promise<void> {
    return this.run(async () => {
      this.lines = inOrder((await api.minutes(this.live.hearing, false)).items);
    });
  }

  private async run(work: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.problem = '';
    try {
      await work();
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
    this.isBusy = false;
  }

  private fix(line: MinutesLine | null): void {
    this.fixed = line;
    this.problem = '';
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('h2')?.focus());
  }

  private async send(event: Event, line: MinutesLine): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = oneLine(String(form.get('text') ?? '')).trim();
    const reason = String(form.get('reason') ?? '').trim();
    this.problem = !text || text === line.text ? t('course.fixSame')
      : !reason ? t('course.fixNoWhy') : '';
    if (this.problem) return;
    await this.run(async () => {
      this.course = await courseApi.propose(this.live.hearing,
        { line: line.id, version: line.version, text, reason });
      this.fix(null);
    });
  }

  private async done(): Promise<void> {
    await this.run(async () => {
      await courseApi.act(this.live.hearing, 'read');
      this.tell('close-check');
    });
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @cancel=${(event: Event) => {
      event.preventDefault();
      this.tell('close-check');
    }}>${this.fixed ? this.fixing(this.fixed) : this.reading()}</dialog>`;
  }

  private say(): TemplateResult | typeof nothing {
    return this.problem ? html`<p class="problem" role="alert">${icon('warn')}${this.problem}</p>`
      : nothing;
  }

  private reading(): TemplateResult {
    const { lines } = this;
    return html`<section>
      <h2 id="heading" tabindex="-1">${t('course.check')}</h2>
      <p class="soft">${t('course.checkText')}</p>
      ${lines ? html`<ol>${repeat(lines, (one) => one.id, (one) => this.line(one))}</ol>`
        : this.problem ? nothing : html`<heard-state kind="loading"></heard-state>`}
      <div class="acts">${this.say()}
        ${lines ? html`<button class="primary wide" ?disabled=${this.isBusy} @click=${this.done}>
          ${t('course.fine')}</button>` : html`<button class="primary wide"
          ?disabled=${this.isBusy} @click=${this.load}>${t('sign.again')}</button>`}
        <button class="plain wide" @click=${() => this.tell('close-check')}>${t(this.live.isLate ? 'after.later' : 'course.later')}
        </button></div></section>`;
  }

  private line(one: MinutesLine): TemplateResult {
    const name = this.live.state.participants.get(one.speaker ?? '')?.name ?? '';
    return html`<li class=${one.kind}>
      ${one.kind === 'heading' ? nothing : html`<span class="time">${formatTimeOfDay(one.at_ms)}</span>`}
      <span class="words">${name ? html`<span class="who">${name}：</span>` : nothing}${one.text}</span>
      ${this.own(one.id).map((each) => this.answer(each))}
      <button class="wrong" aria-label=${t('course.wrongAt', { text: one.text })}
        @click=${() => this.fix(one)}>${t('course.wrong')}</button></li>`;
  }

  private own(line: string): Correction[] {
    const me = this.live.state.you?.participant;
    return this.course.corrections.filter((one) => one.line === line && one.proposer === me);
  }

  private answer(one: Correction): TemplateResult {
    return html`<p class="mine" role="status">${t(`course.mine.${one.state}`,
      { why: one.decided_reason ?? '' })}</p>`;
  }

  private fixing(line: MinutesLine): TemplateResult {
    return html`<section><form @submit=${(event: Event) => void this.send(event, line)} novalidate>
      <h2 id="heading" tabindex="-1">${t('course.fix')}</h2>
      <div><p class="soft">${t('course.fixNow')}</p><blockquote>${line.text}</blockquote></div>
      <label>${t('course.fixTo')}<textarea name="text" rows="4" maxlength=${TEXT_MAX}
        .value=${line.text}></textarea></label>
      <label>${t('course.fixWhy')}<textarea name="reason" rows="2" maxlength=${REASON_MAX}></textarea>
        </label>
      <div class="acts">${this.say()}
        <button class="primary wide" ?disabled=${this.isBusy}>${t('course.fixSend')}</button>
        <button type="button" class="wide" @click=${() => this.fix(null)}>${t('course.back')}</button>
      </div></form></section>`;
  }
}
