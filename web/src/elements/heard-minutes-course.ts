// SPDX-License-Identifier: Apache-2.0
/*
 * The minutes from the draft to the seal, for those who answer for them: send them round, who has
 * read, which corrections are wanted, start the signing; behind the seal, the hash and addenda.
 * Tells "moved" when the state is another.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ApiError } from '../api';
import { signingApi } from '../api_signings';
import { HeardElement } from '../base';
import { formatTime } from '../format';
import { errorText, t, word } from '../i18n';
import {
  courseApi, hasRead, isCirculated, undecided, type Confirmation, type Correction,
} from '../minutes/course';
import { TEXT_MAX } from '../minutes/line';
import { shortHash, type Signature, type Signing } from '../signings';
import { base, controls, sheets } from '../styles';
import type { Answer, Question } from './heard-ask';

interface Asked {
  question: Question;
  then: (answer: Answer) => Promise<unknown>;
}

@customElement('heard-minutes-course')
export class HeardMinutesCourse extends HeardElement {
  static override styles = [base, controls, sheets, css`
    :host { display: block; max-height: 46vh; overflow: auto; border-top: 1px solid var(--line); }
    :host([isLate]) { max-height: none; }
    section { display: grid; gap: 8px; padding: 8px 12px 12px; }
    button { font-size: 14px; }
    .card { padding: 8px 12px; display: grid; gap: 6px; }
    .card p { overflow-wrap: anywhere; }
    .words { font-family: var(--serif); }
    .was { color: var(--ink-soft); text-decoration: line-through; }
    .two { display: flex; gap: 8px; }
    .hash { font-variant-numeric: tabular-nums; }
  `];

  @property() hearing = '';
  /* grows when it is to be asked for anew */
  /* another one: ask again */
  @property() version: string | number = 0;
  /* what a line says now */
  @property({ attribute: false }) textOf: (line: string) => string = () => '';
  /* after the hearing: the signatures stand here, as no card offers them */
  @property({ type: Boolean, reflect: true }) isLate = false;
  @property({ type: Boolean }) mayRemind = false;
  @state() private now: Confirmation | null = null;
  @state() private signed: Signing | null = null;
  @state() private asked: Asked | null = null;
  @state() private problem = '';
  @state() private isBusy = false;

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('version') || changed.has('hearing')) void this.load();
  }

  private async load(): Promise<void> {
    try {
      const now = await courseApi.get(this.hearing);
      this.take(now);
      if (this.isLate && now.signing)
        this.signed = await signingApi.one(this.hearing, now.signing);
    } catch {
      /* Who may not read them sees nothing here; the next word asks again. */
    }
  }

  private take(next: Confirmation): void {
    const before = this.now?.state;
    this.now = next;
    if (before && before !== next.state) this.tell('moved');
  }

  private async run(work: Promise<unknown>): Promise<void> {
    this.isBusy = true;
    this.problem = '';
    try {
      await work;
      await this.load();
    } catch (error) {
      this.problem = t('course.failed', { why: errorText((error as ApiError).code) });
      void this.load();
    }
    this.isBusy = false;
  }

  private askCirculate({ state }: Confirmation): void {
    const isFirst = state === 'drafting';
    this.asked = {
      question: { heading: t(isFirst ? 'course.circulateSure' : 'course.againSure'),
        text: t(isFirst ? 'course.circulateText' : 'course.againText'),
        confirm: t(isFirst ? 'course.circulate' : 'course.again') },
      then: () => courseApi.act(this.hearing, 'circulate'),
    };
  }

  private askStart(now: Confirmation): void {
    const names = now.readers.filter((one) => !one.read_at_ms).map((one) => one.name);
    this.asked = {
      question: { heading: t('course.startSure'), confirm: t('course.startSigning'),
        text: names.length ? t('course.startText', { names: names.join(t('list.comma')) })
          : t('course.startTextAll') },
      then: () => courseApi.act(this.hearing, 'start_signing'),
    };
  }

  private askDecline(one: Correction): void {
    this.asked = {
      question: { heading: t('course.declineSure'), confirm: t('course.decline'),
        reasonLabel: t('course.declineWhy'), reasonNeeded: true },
      then: ({ reason }) => courseApi.decide(this.hearing, one.id, 'decline', reason),
    };
  }

  private askNote({ name, participant }: Signature): void {
    const id = this.signed?.id ?? '';
    this.asked = {
      question: { heading: t('sign.noteOf', { name }), text: t('sign.noteText'), danger: true,
        confirm: t('sign.note'), reasonNeeded: true, reasonLabel: t('sign.reason'),
        reason: t('sign.noteReason') },
      then: ({ reason }) => signingApi.refuse(this.hearing, id, reason, participant),
    };
  }

  private askAdd(): void {
    this.asked = {
      question: { heading: t('course.add'), text: t('course.addText'), confirm: t('course.addSave'),
        reasonLabel: t('course.addenda'), reasonNeeded: true, reasonMax: TEXT_MAX },
      then: ({ reason }) => courseApi.add(this.hearing, reason.replace(/\s+/g, ' ')),
    };
  }

  override render(): TemplateResult | typeof nothing {
    const { now, asked } = this;
    if (!now || (now.state === 'drafting' && !now.may.length)) return nothing;
    return html`<section aria-label=${word('course.state', now.state)}>
      ${now.state === 'drafting' ? nothing : html`<p class="row"><span class="chip live" role="status">
        ${word('course.state', now.state)}</span>${this.tally(now)}</p>`}
      ${isCirculated(now) ? undecided(now).map((one) => this.wanted(one, now)) : nothing}
      ${this.problem ? html`<heard-notice kind="warn">${this.problem}</heard-notice>` : nothing}
      ${this.acts(now)}
      ${now.sha256 ? html`<p class="small hash">${t('course.sealedAt',
        { time: formatTime(now.sealed_at_ms ?? 0) })} · ${t('sign.hash')} ${shortHash(now.sha256)}</p>`
        : nothing}
      ${this.signed ? html`<heard-signatures .one=${this.signed}
        ?mayRemind=${this.mayRemind}
        @note=${(event: CustomEvent<Signature>) => this.askNote(event.detail)}></heard-signatures>`
        : nothing}
      ${now.addenda.map((one) => html`<div class="card"><p class="words">${one.text}</p>
        <p class="small soft">${t('course.by', { name: one.name, time: formatTime(one.at_ms) })}</p>
        </div>`)}
      ${asked ? html`<heard-ask .question=${asked.question} @cancel=${() => { this.asked = null; }}
        @answer=${(event: CustomEvent<Answer>) => {
          this.asked = null;
          void this.run(asked.then(event.detail));
        }}></heard-ask>` : nothing}</section>`;
  }

  private tally(now: Confirmation): TemplateResult | typeof nothing {
    return isCirculated(now) ? html`<span class="small soft">${t('course.read', hasRead(now))}</span>`
      : nothing;
  }

  private acts(now: Confirmation): TemplateResult | typeof nothing {
    const open = undecided(now).length;
    const again = now.may.includes('circulate') ? html`<button ?disabled=${this.isBusy}
      @click=${() => this.askCirculate(now)}>
      ${t(now.state === 'drafting' ? 'course.circulate' : 'course.again')}</button>` : nothing;
    if (now.may.includes('start_signing'))
      return html`<button class="primary" ?disabled=${this.isBusy}
        @click=${() => this.askStart(now)}>${t('course.startSigning')}</button>${again}`;
    if (again !== nothing) return again;
    if (isCirculated(now) && open)
      return html`<p class="small soft">${t('course.undecided', { count: open })}</p>`;
    return now.may.includes('add') ? html`<button ?disabled=${this.isBusy} @click=${this.askAdd}>
      ${t('course.add')}</button>` : nothing;
  }

  private wanted(one: Correction, now: Confirmation): TemplateResult {
    return html`<div class="card">
      <p class="small soft">${t('course.wants', { name: one.name })}</p>
      <p class="words">${one.text}</p>
      <p class="words was"><span class="hide-visually">${t('course.was')}</span>
        ${this.textOf(one.line)}</p>
      <p class="small">${one.reason}</p>
      ${now.may.includes('decide') ? html`<div class="two">
        <button class="primary" ?disabled=${this.isBusy}
          @click=${() => void this.run(courseApi.decide(this.hearing, one.id, 'accept'))}>
          ${t('course.accept')}</button>
        <button ?disabled=${this.isBusy} @click=${() => this.askDecline(one)}>${t('course.decline')}
        </button></div>` : nothing}</div>`;
  }
}
