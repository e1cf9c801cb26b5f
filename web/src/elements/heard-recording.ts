// SPDX-License-Identifier: Apache-2.0
/*
 * Review of a recording: the reason first (it is logged), then the wall of pictures steered
 * to the mixed sound, and below it the time line.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, queryAll, state } from 'lit/decorators.js';
import { ApiError, api, type RecordingDetail, type RecordingFile } from '../api';
import { HeardElement } from '../base';
import { formatClock, formatDate } from '../format';
import { errorText, language, t, word } from '../i18n';
import { icon } from '../icons';
import { lanesOf, type Lane } from '../review/plan';
import { Scheduler } from '../review/scheduler';
import { SPEEDS, stepSpeed, SYNC_EVERY_MS } from '../review/sync';
import {
  chapterAt, chapterJump, readTimeline, reasonAt, seekable, speakersAt, type Timeline,
} from '../review/timeline';
import { base, controls, sheets } from '../styles';
import type { HeardReviewTile } from './heard-review-tile';

const SKIP_MS = 10_000;
const FINE_MS = 5_000;
/* So long the sound waits for pictures after a jump. */
const WAIT_MS = 1500;

@customElement('heard-recording')
export class HeardRecording extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .page { display: grid; gap: 16px; max-width: 1280px; }
    .spread.top { align-items: flex-start; }
    .wall { display: grid; gap: 8px;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr)); }
    .wall.few { grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); }
    .bar { display: flex; gap: 8px 12px; align-items: center; flex-wrap: wrap; }
    .bar .time { font-size: 20px; }
    .bar .now { margin-right: auto; }
    .bar label { grid-auto-flow: column; align-items: center; gap: 8px; font-weight: 400; }
    .bar select { width: auto; }
    form { display: grid; gap: 16px; max-width: 560px; margin: 32px auto; padding: 24px; }
    audio { display: none; }
    .keys { font-size: 13px; color: var(--ink-soft); }
    heard-review-tile[hidden] { display: none; }
    @media (max-width: 700px) { .wall, .wall.few { grid-template-columns: 1fr 1fr; }
      .keys { display: none; } .bar .now { width: 100%; order: -1; } }
  `];

  @property() recordingId = '';
  @state() private detail: RecordingDetail | null = null;
  @state() private timeline: Timeline | null = null;
  @state() private failure = '';
  @state() private problem = '';
  @state() private at = 0;
  @state() private speed = 1;
  @state() private isPlaying = false;
  @state() private isWaiting = false;
  @query('audio') private audio!: HTMLAudioElement | null;
  @queryAll('heard-review-tile') private tiles!: NodeListOf<HeardReviewTile>;
  private lanes: Lane[] = [];
  private sound: RecordingFile | null = null;
  private readonly scheduler = new Scheduler();
  private timer: ReturnType<typeof setInterval> | null = null;
  private waiting: ReturnType<typeof setTimeout> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.key);
    this.timer = setInterval(this.sync, SYNC_EVERY_MS);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.key);
    if (this.timer) clearInterval(this.timer);
    if (this.waiting) clearTimeout(this.waiting);
  }

  private async load(): Promise<void> {
    try {
      this.detail = await api.recording(this.recordingId);
      document.title = `${this.detail.number} · ${t('app.name')}`;
      this.failure = '';
      const isGone = this.detail.state.startsWith('destroy');
      if (!this.detail.may_play) this.failure = isGone ? 'destroyed' : 'may_not_play';
    } catch (error) {
      const { code } = error as ApiError;
      if (code === 'unauthenticated') this.tell('session-lost');
      else this.failure = code === 'offline' ? 'offline' : 'not_found';
    }
  }

  private async open(event: Event): Promise<void> {
    event.preventDefault();
    const reason = String(new FormData(event.target as HTMLFormElement).get('reason')).trim();
    if (reason.length < 2) {
      this.problem = t('review.reasonMissing');
      return;
    }
    try {
      await api.view(this.recordingId, reason);
      this.detail = await api.recording(this.recordingId);
      const timeline = readTimeline(await api.timeline(this.recordingId));
      this.sound = this.detail.files.find((file) => file.kind === 'mixed_audio') ?? null;
      timeline.duration_ms ||= this.detail.duration_ms;
      this.lanes = this.named(lanesOf(this.detail.files), timeline);
      this.timeline = timeline;
      this.problem = '';
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  /* Name plates come with the files; what is missing there the time line knows. */
  private named(lanes: Lane[], timeline: Timeline): Lane[] {
    return lanes.map((lane) => {
      const person = timeline.participants.find((one) => one.id === lane.participant);
      return {
        ...lane, name: lane.name || (person?.name ?? ''), unit: lane.unit ?? person?.unit ?? null,
        role: lane.role ?? person?.role ?? null,
      };
    });
  }

  private readonly sync = (): void => {
    const { audio } = this;
    if (!audio || !this.sound) return;
    const isFree = !audio.seeking && audio.readyState >= 2;
    if (isFree) this.at = this.sound.start_ms + audio.currentTime * 1000;
    for (const tile of this.tiles) tile.follow(this.at, this.speed, !audio.paused);
    /* Sound begins when the pictures are there, at the latest after the browser's own wait. */
    if (this.isWaiting && [...this.tiles].every((tile) => tile.isReady)) {
      this.isWaiting = false;
      if (this.isPlaying) void this.playSound();
    }
  };

  private async playSound(): Promise<void> {
    try {
      if (this.audio) this.audio.playbackRate = this.speed;
      await this.audio?.play();
    } catch (error) {
      if ((error as Error).name !== 'AbortError') this.isPlaying = false;
    }
  }

  private toggle(): void {
    this.isPlaying = !this.isPlaying;
    if (this.isPlaying) void this.playSound();
    else this.audio?.pause();
  }

  private seek(ms: number): void {
    const { audio, timeline, sound } = this;
    if (!audio || !timeline || !sound) return;
    this.at = seekable(timeline, ms);
    audio.pause();
    audio.currentTime = Math.max(0, (this.at - sound.start_ms) / 1000);
    this.isWaiting = this.isPlaying;
    if (this.waiting) clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (!this.isWaiting) return;
      this.isWaiting = false;
      if (this.isPlaying) void this.playSound();
    }, WAIT_MS);
  }

  private setSpeed(speed: number): void {
    this.speed = speed;
    if (this.audio) this.audio.playbackRate = speed;
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (!this.timeline || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0] as HTMLElement;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
      && (target as HTMLInputElement).type !== 'range') return;
    const isButton = /^(BUTTON|SUMMARY|A)$/.test(target.tagName);
    const acts: Record<string, () => void> = {
      k: () => this.toggle(),
      j: () => this.seek(this.at - SKIP_MS),
      l: () => this.seek(this.at + SKIP_MS),
      ArrowLeft: () => this.seek(this.at - FINE_MS),
      ArrowRight: () => this.seek(this.at + FINE_MS),
      ArrowUp: () => this.setSpeed(stepSpeed(this.speed, 1)),
      ArrowDown: () => this.setSpeed(stepSpeed(this.speed, -1)),
    };
    if (!isButton) acts[' '] = () => this.toggle();
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  override render(): TemplateResult {
    if (this.failure)
      return html`<heard-state kind=${this.failure} @act=${this.load}></heard-state>`;
    if (!this.detail) return html`<heard-state kind="loading"></heard-state>`;
    if (!this.timeline) return this.ask(this.detail);
    return this.player(this.detail, this.timeline);
  }

  private ask(detail: RecordingDetail): TemplateResult {
    return html`<div class="page"><form class="card" @submit=${this.open} novalidate>
      <div><h1>${t('review.reasonTitle')}</h1>
        <p class="soft"><span class="number">${detail.number}</span> ·
          ${formatDate(detail.started_at_ms, language())} ·
          ${formatClock(detail.duration_ms)}</p></div>
      <p>${t('review.reasonText')}</p>
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
      <label>${t('review.reason')}<input name="reason" maxlength="200" autocomplete="off"></label>
      <div class="spread"><a class="button" href="/cases/${detail.case_id}">${t('review.back')}</a>
        <button class="primary">${t('review.open')}</button></div></form></div>`;
  }

  private player(detail: RecordingDetail, timeline: Timeline): TemplateResult {
    const speaking = speakersAt(timeline, this.at);
    return html`<div class="page">
      <div class="spread top"><div><p class="soft small"><a href="/cases/${detail.case_id}">
        ${t('review.toCase')}</a></p><h1>${t('review.title')}
        <span class="soft small number">${detail.number}</span></h1></div>
        <heard-integrity .recording=${detail.id}></heard-integrity></div>
      <heard-documents .recording=${detail.id}></heard-documents>
      ${this.sound ? nothing : html`<heard-notice kind="warn">${t('review.noSound')}
        </heard-notice>`}
      <div class="wall ${this.lanes.filter((lane) => this.isShown(lane)).length <= 3
        ? 'few' : ''}">
        ${this.lanes.map((lane) => html`<heard-review-tile .recording=${detail.id} .lane=${lane}
          ?hidden=${!this.isShown(lane)}
          .scheduler=${this.scheduler} .duration=${timeline.duration_ms} .at=${this.at}
          .speaking=${speaking.includes(lane.participant) && lane.source === 'camera'}
          .reason=${reasonAt(timeline, lane.participant, lane.source, this.at)}>
          </heard-review-tile>`)}
        ${this.lanes.length ? nothing : html`<p class="soft">${t('review.noPictures')}</p>`}</div>
      ${this.bar(timeline, speaking)}
      <section class="card"><heard-timeline .timeline=${timeline} .at=${this.at}
        @seek=${(event: CustomEvent<number>) => this.seek(event.detail)}></heard-timeline>
      </section>
      <p class="keys">${t('review.keys')}</p>
      ${this.sound ? html`<audio preload="auto" src=${api.fileUrl(detail.id, this.sound.id)}
        @ended=${() => { this.isPlaying = false; }}
        @error=${() => { this.problem = t('review.soundFailed'); }}></audio>` : nothing}
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
    </div>`;
  }

  /* A person has a place on the wall all the time, a screen only while it was shared. */
  private isShown(lane: Lane): boolean {
    return lane.source === 'camera' || lane.files.some((file) => this.at >= file.start_ms
      && this.at < file.start_ms + file.duration_ms);
  }

  private bar(timeline: Timeline, speaking: string[]): TemplateResult {
    const names = timeline.participants.filter((one) => speaking.includes(one.id))
      .map((one) => one.name).join(t('list.comma'));
    const chapter = chapterAt(timeline, this.at);
    return html`<div class="bar">
      <button class="primary" @click=${this.toggle} ?disabled=${!this.sound}>
        ${icon(this.isPlaying ? 'pause' : 'play')}
        ${t(this.isPlaying ? 'review.pause' : 'review.play')}</button>
      <button @click=${() => this.seek(chapterJump(timeline, this.at, -1))}>
        ${t('review.previous')}</button>
      <button @click=${() => this.seek(chapterJump(timeline, this.at, 1))}>
        ${t('review.next')}</button>
      <span class="time number"><time>${formatClock(this.at)}</time>
        <span class="soft">/ ${formatClock(timeline.duration_ms)}</span></span>
      <span class="now soft">${chapter ? word('phase', chapter.phase) : nothing}
        ${names ? html` · ${t('review.speaks', { names })}` : nothing}</span>
      <label>${t('review.speed')}<select @change=${(event: Event) =>
        this.setSpeed(Number((event.target as HTMLSelectElement).value))}>
        ${SPEEDS.map((speed) => html`<option value=${speed} ?selected=${speed === this.speed}>
          ${speed}×</option>`)}</select></label></div>`;
  }
}
