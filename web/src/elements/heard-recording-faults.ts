// SPDX-License-Identifier: Apache-2.0
/*
 * What went wrong with a recording: when and how long, what somebody on duty wrote of it, and
 * the presiding officer's countersignature. Nothing is drawn where nothing went wrong.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError, api, type RecordingFault } from '../api';
import { HeardElement } from '../base';
import { formatClock, formatDate, formatDay, formatTimeOfDay } from '../format';
import { errorText, language, t, word } from '../i18n';
import { icon } from '../icons';
import { base, controls, sheets } from '../styles';
import type { Answer, Question } from './heard-ask';

const NOTE_MAX = 1000;

interface Asked {
  fault: RecordingFault;
  what: 'note' | 'countersign';
  question: Question;
}

/* note: somebody must write; sign: the presiding officer must read; done; lasts: not over. */
export function stageOf(fault: RecordingFault): 'lasts' | 'note' | 'sign' | 'done' {
  if (fault.countersigned_at_ms) return 'done';
  if (!fault.to_ms) return 'lasts';
  return fault.note ? 'sign' : 'note';
}

@customElement('heard-recording-faults')
export class HeardRecordingFaults extends HeardElement {
  static override styles = [base, controls, sheets, css`
    :host { display: block; }
    ol { display: grid; gap: 12px; margin-top: 12px; }
    li { border-top: 1px solid var(--line); padding-top: 12px; display: grid; gap: 8px; }
    .head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; }
    .head b { margin-right: auto; }
    .chip.done { border-color: var(--act); color: var(--act); }
    .chip svg { width: 16px; height: 16px; }
    blockquote { margin: 0; padding-left: 12px; border-left: 3px solid var(--line);
      white-space: pre-wrap; overflow-wrap: anywhere; }
  `];

  @property() recording = '';
  @state() private faults: RecordingFault[] = [];
  @state() private asked: Asked | null = null;
  @state() private problem = '';

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('recording')) void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.faults = await api.faults(this.recording);
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  private ask(fault: RecordingFault, what: Asked['what']): void {
    this.problem = '';
    const question: Question = what === 'note' ? {
      heading: t('faults.noteTitle'), text: t('faults.noteText'), confirm: t('faults.save'),
      reasonLabel: t('faults.note'), reasonNeeded: true, reasonMax: NOTE_MAX,
      reason: fault.note ?? '',
    } : {
      heading: t('faults.signTitle'), text: t('faults.signText'), confirm: t('faults.sign'),
    };
    this.asked = { fault, what, question };
  }

  private async answer(event: CustomEvent<Answer>): Promise<void> {
    const { asked } = this;
    this.asked = null;
    if (!asked) return;
    try {
      if (asked.what === 'note')
        await api.faultNote(this.recording, asked.fault.id, event.detail.reason);
      else await api.faultCountersign(this.recording, asked.fault.id);
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
    await this.load();
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.faults.length && !this.problem) return nothing;
    return html`<section class="card"><h3>${t('faults.title')}</h3>
      <p class="small soft">${t('faults.text')}</p>
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
      <ol>${this.faults.map((fault) => this.one(fault))}</ol>
      ${this.asked ? html`<heard-ask .question=${this.asked.question} @answer=${this.answer}
        @cancel=${() => { this.asked = null; }}></heard-ask>` : nothing}</section>`;
  }

  private one(fault: RecordingFault): TemplateResult {
    const stage = stageOf(fault);
    const until = fault.to_ms ? ` – ${formatTimeOfDay(fault.to_ms)}` : '';
    return html`<li><div class="head"><b>${word('faultKind', fault.fault)}</b>
      <span class="chip ${stage === 'done' ? 'done' : 'warn'}">${icon(stage === 'done'
        ? 'check' : 'warn')}${word('faultStage', stage)}</span></div>
      <p class="soft number">${formatDay(fault.from_ms, language())}
        ${formatTimeOfDay(fault.from_ms)}${until}
        ${fault.to_ms ? t('faults.length', {
          length: formatClock(Math.max(1000, fault.to_ms - fault.from_ms)) }) : nothing}</p>
      ${fault.note ? html`<blockquote>${fault.note}</blockquote>
        <p class="small soft">${t('faults.by', { name: fault.note_by ?? '',
          date: formatDate(fault.note_at_ms ?? 0, language()) })}
        ${fault.countersigned_at_ms ? html`<br>${t('faults.signedBy', {
          name: fault.countersigned_by ?? '',
          date: formatDate(fault.countersigned_at_ms, language()) })}` : nothing}</p>` : nothing}
      ${fault.may_note || fault.may_countersign ? html`<div class="row">
        ${fault.may_countersign ? html`<button class="primary"
          @click=${() => this.ask(fault, 'countersign')}>${t('faults.sign')}</button>` : nothing}
        ${fault.may_note ? html`<button @click=${() => this.ask(fault, 'note')}>
          ${t(fault.note ? 'faults.change' : 'faults.write')}</button>` : nothing}</div>`
        : nothing}</li>`;
  }
}
