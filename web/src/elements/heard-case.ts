// SPDX-License-Identifier: Apache-2.0
/*
 * The case file: a dated spine on the left, what is selected on the right. The address keeps
 * the selection (?show=hearing:ID), so that a colleague opens the same view.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { isOver } from '../after';
import { ApiError, api, type CaseFile, type HearingSummary, type Me, type RecordingDetail }
  from '../api';
import { HeardElement } from '../base';
import { formatClock, formatDate, formatDay, formatTime } from '../format';
import { fill, language, t, word } from '../i18n';
import { plateOf } from '../plate';
import { base, controls, sheets } from '../styles';

interface Entry {
  at: number;
  key: string;
  title: string;
  detail: string;
}

const REFRESH_MS = 3000;
const CALM_TICKS = 5;
/* So long after its end a hearing may still be about to get its recording. */
const SETTLE_MS = 60_000;

const isFresh = (at_ms: number | null): boolean =>
  at_ms !== null && Date.now() - at_ms < SETTLE_MS;

@customElement('heard-case')
export class HeardCase extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .page { display: grid; gap: 24px; }
    .file { display: grid; grid-template-columns: 320px minmax(0, 1fr); gap: 32px;
      align-items: start; }
    .spine { position: relative; padding-left: 20px; display: grid; gap: 4px; }
    .spine::before { content: ''; position: absolute; left: 5px; top: 12px; bottom: 12px;
      width: 2px; background: var(--line); }
    .spine li { position: relative; }
    .spine li::before { content: ''; position: absolute; left: -20px; top: 16px; width: 8px;
      height: 8px; border-radius: 50%; background: var(--paper);
      border: 2px solid var(--ink-soft); }
    .spine li.open::before { background: var(--act); border-color: var(--act); }
    .spine .entry { display: block; padding: 8px 12px; border-radius: 6px; text-decoration: none;
      color: var(--ink); border: 1px solid transparent; }
    .spine a.entry:hover { background: var(--sheet); }
    .spine a.entry[aria-current] { background: var(--sheet); border-color: var(--line); }
    .detail { display: grid; gap: 16px; }
    .claim { font-family: var(--serif); white-space: pre-line; overflow-wrap: anywhere; }
    .seats { display: grid; gap: 8px; }
    .seats li { display: flex; justify-content: space-between; gap: 16px; padding: 6px 0;
      border-bottom: 1px solid var(--line); }
    .buttons { display: flex; gap: 12px; flex-wrap: wrap; }
    progress { width: 100%; accent-color: var(--act); }
    .end { text-align: right; }
    summary { min-height: 44px; line-height: 44px; cursor: pointer; color: var(--act); }
    details li a { display: inline-flex; align-items: center; min-height: 44px; }
    .mono { font-family: ui-monospace, monospace; font-size: 13px; overflow-wrap: anywhere; }
    @media (max-width: 800px) {
      .file { grid-template-columns: minmax(0, 1fr); }
      .detail { order: -1; }
    }
  `];

  @property() caseId = '';
  @property() selected = '';
  @property({ attribute: false }) me: Me | null = null;
  @state() private file: CaseFile | null = null;
  @state() private failure = '';
  private ticks = 0;
  private timer: ReturnType<typeof setInterval> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.timer = setInterval(this.follow, REFRESH_MS);
  }

  /* On a phone the detail stands above the spine: show what was just picked. */
  override updated(changed: PropertyValues<this>): void {
    if (changed.has('selected') && matchMedia('(max-width: 800px)').matches)
      scrollTo({ top: 0 });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer) clearInterval(this.timer);
  }

  /* A recording is being made ready: the page follows by itself. */
  private isUnsettled(): boolean {
    const { file } = this;
    return !!file?.recordings.some((one) => one.state === 'finalising'
      || ['queued', 'running'].includes(one.derived.state)
      || (one.derived.state === 'none' && isFresh(one.stopped_at_ms)))
      || !!file?.hearings.some((one) => isFresh(one.ended_at_ms)
        && !file.recordings.some((recording) => recording.hearing_id === one.id));
  }

  /* Others work on this file too: look now and then, often while something is on its way. */
  private readonly follow = (): void => {
    this.ticks += 1;
    if (document.hidden) return;
    if (this.isUnsettled() || this.ticks % CALM_TICKS === 0) void this.load();
  };

  private async load(): Promise<void> {
    try {
      this.file = await api.case(this.caseId);
      document.title = `${this.file.title} · ${t('app.name')}`;
      this.failure = '';
    } catch (error) {
      const { code } = error as ApiError;
      if (code === 'unauthenticated') this.tell('session-lost');
      else if (!this.file) this.failure = code === 'offline' ? 'offline' : 'not_found';
    }
  }

  /* What an event is about is told by its number: then it opens that hearing or recording. */
  private keyOf(file: CaseFile, code: string, detail: string, index: number): string {
    const hearing = code.startsWith('hearing.') && this.hearingOf(file, detail);
    if (hearing) return `hearing:${hearing.id}`;
    const recording = code.startsWith('recording.') && this.recordingOf(file, detail);
    return recording ? `recording:${recording.id}` : `event:${index}`;
  }

  private recordingOf(file: CaseFile, detail: string) {
    return file.recordings.find((one) => one.number === detail);
  }

  /* Of minutes the hash stands behind the number. */
  private hearingOf(file: CaseFile, detail: string) {
    const id = this.recordingOf(file, detail)?.hearing_id;
    return file.hearings.find((one) => one.id === id || one.number === detail.split(' ')[0]);
  }

  private titleOf(file: CaseFile, code: string, detail: string): string {
    return fill(word('caseEvent', code), {
      kind: word('kind', this.hearingOf(file, detail)?.kind, t('case.someHearing')) });
  }

  private entries(file: CaseFile): Entry[] {
    const entries: Entry[] = file.events.map((one, index) => ({
      at: one.at_ms, key: this.keyOf(file, one.code, one.detail, index),
      title: this.titleOf(file, one.code, one.detail),
      detail: [one.unit, one.detail].filter(Boolean).join(' · '),
    }));
    const isThere = (key: string) => entries.some((entry) => entry.key === key);
    for (const one of file.hearings)
      if (!isThere(`hearing:${one.id}`)) entries.push({
        at: one.started_at_ms ?? one.planned_start_ms, key: `hearing:${one.id}`,
        title: one.title, detail: word('kind', one.kind),
      });
    for (const one of file.recordings)
      if (!isThere(`recording:${one.id}`)) entries.push({
        at: one.stopped_at_ms ?? one.started_at_ms, key: `recording:${one.id}`,
        title: t('case.recording', { length: formatClock(one.duration_ms) }),
        detail: word('recordingState', one.state),
      });
    return entries.sort((one, other) => one.at - other.at);
  }

  override render(): TemplateResult {
    const { file } = this;
    if (this.failure)
      return html`<heard-state kind=${this.failure} @act=${this.load}></heard-state>`;
    if (!file) return html`<heard-state kind="loading"></heard-state>`;
    const mayPlan = !!this.me?.roles.some((role) => ['clerk', 'presiding'].includes(role));
    return html`<div class="page">
      <div class="spread"><div><p class="soft small"><span class="number">${file.number}</span> ·
        ${file.petitioner}${file.lead_unit ? ` · ${file.lead_unit}` : ''}</p>
        <h1>${file.title}</h1></div>
        <span class="chip">${word('caseState', file.state)}</span></div>
      <div class="file">
        <div class="stack"><ol class="spine" aria-label=${t('case.spine')}>
          <li class=${this.selected ? '' : 'open'}><a class="entry" href="/cases/${file.id}"
            aria-current=${this.selected ? nothing : 'true'}>${t('case.matter')}</a></li>
          ${this.entries(file).map((entry) => this.entry(file, entry))}</ol>
          ${mayPlan ? html`<a class="button" href="/cases/${file.id}/schedule">
            ${t('case.schedule')}</a>` : nothing}</div>
        <div class="detail">${this.detail(file)}</div>
      </div></div>`;
  }

  private entry(file: CaseFile, entry: Entry): TemplateResult {
    const body = html`<span class="small soft">${formatDate(entry.at, language())}</span>
      <div>${entry.title}</div>
      ${entry.detail ? html`<div class="small soft">${entry.detail}</div>` : nothing}`;
    if (entry.key.startsWith('event:'))
      return html`<li><div class="entry">${body}</div></li>`;
    const isOpen = entry.key === this.selected;
    return html`<li class=${isOpen ? 'open' : ''}><a class="entry"
      href="/cases/${file.id}?show=${entry.key}"
      aria-current=${isOpen ? 'true' : nothing}>${body}</a></li>`;
  }

  private detail(file: CaseFile): TemplateResult {
    const [kind, id] = this.selected.split(':');
    const hearing = kind === 'hearing' && file.hearings.find((one) => one.id === id);
    if (hearing) return this.hearing(file, hearing);
    const recording = kind === 'recording' && file.recordings.find((one) => one.id === id);
    if (recording) return this.recording(recording, file);
    const [newest, ...older] = [...file.recordings]
      .sort((one, other) => other.started_at_ms - one.started_at_ms);
    return html`${newest ? this.recording(newest, file) : nothing}
    <section class="card stack"><h2>${t('case.matter')}</h2>
      <p class="claim">${file.claim}</p>
      <dl class="facts"><dt>${t('case.petitioner')}</dt><dd>${file.petitioner}</dd>
        <dt>${t('case.registered')}</dt>
        <dd>${formatDay(file.registered_at_ms, language())} ${file.registered_unit}</dd>
        <dt>${t('case.leadUnit')}</dt><dd>${file.lead_unit ?? t('case.noUnit')}</dd></dl>
    </section>
    ${older.map((one) => this.recording(one, file))}`;
  }

  private hearing(file: CaseFile, hearing: HearingSummary): TemplateResult {
    const outcome = file.outcomes.find((one) => one.hearing_id === hearing.id);
    const recordings = file.recordings.filter((one) => one.hearing_id === hearing.id);
    const from = hearing.started_at_ms ? formatTime(hearing.started_at_ms) : '';
    const to = hearing.ended_at_ms ? formatTime(hearing.ended_at_ms) : '';
    return html`<section class="card stack">
      <div class="spread"><h2>${hearing.title}</h2>
        <span class="chip">${word('hearingState', hearing.state)}</span></div>
      <dl class="facts"><dt>${t('case.kind')}</dt><dd>${word('kind', hearing.kind)}</dd>
        <dt>${t('case.number')}</dt><dd class="number">${hearing.number}</dd>
        <dt>${t('case.planned')}</dt><dd>${formatDate(hearing.planned_start_ms, language())}</dd>
        ${from ? html`<dt>${t('case.held')}</dt><dd class="number">${from} – ${to}</dd>` : nothing}
        <dt>${t('case.organiser')}</dt><dd>${hearing.organiser}</dd>
        ${outcome ? html`<dt>${t('case.outcome')}</dt><dd>${word('outcome',
          `${outcome.outcome}@${hearing.kind}`, word('outcome', outcome.outcome))}
          ${outcome.note ? html`<p class="claim">${outcome.note}</p>` : nothing}</dd>` : nothing}
      </dl>
      ${hearing.ended_at_ms || !hearing.my_role ? nothing : html`<div class="buttons">
        <a class="button primary" href="/hearings/${hearing.id}">${t('list.enter')}</a></div>`}
      ${hearing.my_role && isOver(hearing.state) ? html`<div class="buttons"><a class="button"
        href="/hearings/${hearing.id}">${t('after.open')}</a></div>` : nothing}
    </section>${recordings.map((one) => this.recording(one, file))}
    <section class="card stack"><h3>${t('papers.title')}</h3>
      <heard-hearing-documents .hearing=${hearing.id}></heard-hearing-documents></section>
    <section class="card stack"><h3>${t('exhibits.title')}</h3>
      <heard-exhibits .hearing=${hearing.id} .seatRole=${hearing.my_role ?? 'observer'}
        .mayBring=${!hearing.ended_at_ms && !!hearing.my_role && hearing.my_role !== 'observer'}>
        </heard-exhibits></section>
    <section class="card stack"><h3>${t('case.seats')}</h3>
      <ul class="seats">${hearing.seats.map((seat) => html`<li><span>${seat.name}</span>
        <span class="soft small end">${plateOf(seat)}</span></li>`)}</ul></section>
    <heard-line-history .hearing=${hearing}></heard-line-history>`;
  }

  private recording(recording: RecordingDetail, file: CaseFile): TemplateResult {
    return html`<section class="card stack">
      <div class="spread"><h2>${t('case.recordingTitle')}</h2>
        <span class="chip">${word('recordingState', recording.state)}</span></div>
      ${this.playable(recording)}${this.others(recording, file)}
      <dl class="facts"><dt>${t('case.number')}</dt><dd class="number">${recording.number}</dd>
        <dt>${t('case.begin')}</dt><dd>${formatDate(recording.started_at_ms, language())}</dd>
        <dt>${t('case.length')}</dt><dd class="number">${formatClock(recording.duration_ms)}</dd>
        ${recording.chain_head ? html`<dt>${t('case.integrity')}</dt>
          <dd class="mono">${recording.chain_head}</dd>` : nothing}</dl>
      <heard-export .recording=${recording.id} ?allowed=${recording.may_export}></heard-export>
    </section>`;
  }

  /* What can be done with the recording now; it stands above its facts. */
  private playable({ id, derived, state: held, may_play }: RecordingDetail): TemplateResult {
    const isReady = derived.state === 'ready';
    const isComing = held === 'finalising' || ['queued', 'running'].includes(derived.state);
    return html`${isComing ? html`<div role="status">
        <p class="small soft">${t('case.preparing')}</p>
        <progress max="1000" .value=${derived.progress_permille ?? 0}
          aria-label=${t('case.preparing')}></progress></div>` : nothing}
      ${derived.state === 'failed' ? html`<heard-notice kind="warn">
        ${t('case.deriveFailed')}</heard-notice>` : nothing}
      ${isReady && may_play ? html`<div class="buttons"><a class="button primary"
        href="/recordings/${id}">${t('case.review')}</a></div>` : nothing}
      ${isReady && !may_play ? html`<p class="small soft">${t('case.mayNotPlay')}</p>`
        : nothing}`;
  }

  /* Two hearings of a case at a time: what was said before, beside what was said after. */
  private others(recording: RecordingDetail, file: CaseFile): TemplateResult | typeof nothing {
    const isOpen = (one: RecordingDetail) => one.derived.state === 'ready' && one.may_play;
    const others = file.recordings.filter((one) => one.id !== recording.id && isOpen(one));
    if (!isOpen(recording) || !others.length) return nothing;
    return html`<details><summary>${t('pair.open')}</summary><ul>${others.map((one) => html`<li>
      <a href="/recordings/${recording.id}/with/${one.id}">${t('pair.one', {
        number: one.number, date: formatDate(one.started_at_ms, language()) })}</a></li>`)}
      </ul></details>`;
  }
}
