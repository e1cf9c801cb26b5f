// SPDX-License-Identifier: Apache-2.0
/*
 * The workbench of one opened recording: pictures steered to the mixed sound, controls, time
 * line, search and notes. Compact (two side by side) it has no notes, and its page has the keys.
 * The clock is for whoever moves two at a time. Tells "moved" with the place after a jump.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { api, type Note, type RecordingDetail, type RecordingFile } from '../api';
import { HeardElement } from '../base';
import { language, t } from '../i18n';
import { nextLayout, type Layout } from '../review/arrange';
import { ReviewClock } from '../review/clock';
import { MinutesDesk } from '../minutes/desk';
import { entriesOf } from '../review/entries';
import { actOf, tileOf, type Act } from '../review/keys';
import { isWhole, marksOf, markJump, NO_RANGE, withIn, withOut, type Mark, type Range }
  from '../review/marks';
import { readSheet, readWaveform, sheetFiles, type Sheet, type Waveform }
  from '../review/pictures';
import { lanesOf, type Lane } from '../review/plan';
import { Scheduler } from '../review/scheduler';
import type { Entry, Hit } from '../review/search';
import { stepSpeed } from '../review/sync';
import { captionAt, lineJump, minutesEntries, placed, type Placed } from '../review/minutes';
import { chapterJump, type Timeline } from '../review/timeline';
import { turnJump } from '../review/voices';
import { base, controls, sheets } from '../styles';
import type { HeardReviewNotes } from './heard-review-notes';
import type { HeardReviewSearch } from './heard-review-search';
import type { HeardReviewWall } from './heard-review-wall';

const SKIP_MS = 10_000;
const FINE_MS = 5_000;
/* Each list of small pictures is a request: the rest of a very long recording goes without. */
const SHEETS_MAX = 200;

@customElement('heard-review')
export class HeardReview extends HeardElement {
  static override styles = [base, controls, sheets, css`
    :host { display: block; min-width: 0; }
    .bench { display: grid; gap: 16px 24px; grid-template-columns: minmax(0, 1fr) 320px;
      align-items: start; }
    .bench.compact { grid-template-columns: minmax(0, 1fr); }
    .main { display: grid; gap: 12px; min-width: 0; }
    aside { display: grid; gap: 24px; }
    audio { display: none; }
    @media (max-width: 1000px) { .bench { grid-template-columns: minmax(0, 1fr); } }
    @media (max-width: 700px) { .card { padding: 12px; } }
  `];

  @property({ attribute: false }) detail!: RecordingDetail;
  @property({ attribute: false }) timeline!: Timeline;
  @property({ attribute: false }) scheduler = new Scheduler();
  @property() viewer = '';
  @property({ type: Boolean }) compact = false;
  @property({ type: Boolean }) muted = false;
  @property() layout: Layout = 'grid';
  @state() private at = 0;
  @state() private pinned = '';
  @state() private person = '';
  @state() private told = '';
  @state() private range: Range = NO_RANGE;
  @state() private notes: Note[] = [];
  @state() private hits: Hit[] = [];
  @state() private minutes: Placed[] = [];
  @state() private minutesStatus: 'loading' | 'ready' | 'failed' = 'loading';
  @state() private hasCaptions = false;
  @state() private waveform: Waveform | null = null;
  @state() private thumbs: Sheet[] = [];
  @state() private hasHelp = false;
  @state() private problem = '';
  @query('audio') private audio!: HTMLAudioElement | null;
  @query('heard-review-wall') private wall!: HeardReviewWall | null;
  @query('heard-review-notes') private list!: HeardReviewNotes | null;
  @query('heard-review-search') private field!: HeardReviewSearch | null;
  clock!: ReviewClock;
  private desk: MinutesDesk | null = null;
  private sound: RecordingFile | null = null;
  private lanes: Lane[] = [];
  private marks: Mark[] = [];
  private entries: Entry[] = [];
  private spokenIn = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.sound = this.detail.files.find((file) => file.kind === 'mixed_audio') ?? null;
    this.lanes = this.named(lanesOf(this.detail.files));
    this.clock = new ReviewClock(this.timeline, this.sound);
    this.clock.followers = () => this.wall?.tiles ?? [];
    this.clock.addEventListener('change', this.follow);
    if (!this.compact) document.addEventListener('keydown', this.key);
    void this.loadPictures();
    void this.loadMinutes();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.key);
    this.clock.removeEventListener('change', this.follow);
    this.clock.close();
    this.desk?.close();
    this.desk = null;
  }

  override willUpdate(changed: PropertyValues): void {
    const isNew = changed.has('notes') || changed.has('minutes') || this.spokenIn !== language();
    if (!isNew) return;
    this.spokenIn = language();
    this.marks = marksOf(this.timeline, this.notes);
    this.entries = [...entriesOf(this.timeline, this.notes),
      ...minutesEntries(this.minutes, this.nameOf)];
  }

  override updated(): void {
    this.clock.attach(this.audio);
    if (this.audio) this.audio.muted = this.muted;
  }

  private readonly follow = (): void => {
    this.at = this.clock.at;
    this.requestUpdate();
  };

  /* Name plates come with the files; what is missing there the time line knows. */
  private named(lanes: Lane[]): Lane[] {
    return lanes.map((lane) => {
      const person = this.timeline.participants.find((one) => one.id === lane.participant);
      return {
        ...lane, name: lane.name || (person?.name ?? ''), unit: lane.unit ?? person?.unit ?? null,
        role: lane.role ?? person?.role ?? null,
      };
    });
  }

  private readonly nameOf = (id: string): string =>
    this.timeline.participants.find((one) => one.id === id)?.name
    ?? this.lanes.find((one) => one.participant === id)?.name ?? '';

  private async loadMinutes(): Promise<void> {
    if (this.compact) return;
    this.minutesStatus = 'loading';
    this.desk ??= this.openDesk();
    await this.desk.list();
  }

  /* Who writes them goes on here until they are circulated; others read. */
  private openDesk(): MinutesDesk {
    const desk = new MinutesDesk(this.detail.hearing_id);
    desk.addEventListener('change', () => {
      const lines = desk.draft.entries()
        .flatMap((one) => (one.line ? [{ ...one.line, ...one.mine }] : []));
      this.minutes = placed(lines, this.timeline);
      this.minutesStatus = desk.problem ? 'failed' : desk.isListed ? 'ready' : 'loading';
    });
    return desk;
  }

  private caption(): TemplateResult | typeof nothing {
    const line = this.hasCaptions ? captionAt(this.minutes, this.at) : null;
    return line ? html`<heard-review-caption slot="caption" .text=${line.text}
      .name=${line.speaker ? this.nameOf(line.speaker) : ''}></heard-review-caption>` : nothing;
  }

  /* What was derived beside the takes; a recording without it is reviewed without it. */
  private async loadPictures(): Promise<void> {
    const { files, id } = this.detail;
    const wave = files.find((file) => file.kind === 'waveform');
    if (wave) this.waveform = readWaveform(await api.fileJson(id, wave.id).catch(() => null));
    if (this.compact) return;
    const found: Sheet[] = [];
    for (const { sprite, list } of sheetFiles(files).slice(0, SHEETS_MAX)) {
      const sheet = readSheet(await api.fileJson(id, list).catch(() => null), sprite);
      if (sheet) found.push(sheet);
    }
    this.thumbs = found;
  }

  seek(ms: number): void {
    this.clock.seek(ms);
    this.tell('moved', this.clock.at);
  }

  private jump(ms: number | null | undefined): void {
    this.told = ms === null || ms === undefined ? t('review.nothingThere') : '';
    if (ms !== null && ms !== undefined) this.seek(ms);
  }

  private turn(step: 1 | -1): void {
    const people = this.timeline.participants.filter((one) =>
      !this.person || one.id === this.person);
    this.jump(turnJump(people, this.at, step));
  }

  private mark(step: 1 | -1, isExhibit: boolean): void {
    const marks = this.marks.filter((one) => (one.kind === 'exhibit') === isExhibit);
    this.jump(markJump(marks, this.at, step)?.at_ms);
  }

  private speed(step: 1 | -1): void {
    this.clock.setSpeed(stepSpeed(this.clock.speed, step));
  }

  private pin(key: string): void {
    this.pinned = this.pinned === key ? '' : key;
    if (this.pinned && this.layout === 'grid') this.layout = 'speaker';
  }

  private setLayout(layout: Layout): void {
    this.layout = layout;
    this.pinned = '';
  }

  do(act: Act): void {
    const { clock, at } = this;
    const acts: Record<Act, () => unknown> = {
      toggle: () => clock.toggle(),
      back10: () => this.seek(at - SKIP_MS),
      on10: () => this.seek(at + SKIP_MS),
      back5: () => this.seek(at - FINE_MS),
      on5: () => this.seek(at + FINE_MS),
      start: () => this.seek(0),
      end: () => this.seek(this.timeline.duration_ms),
      slower: () => this.speed(-1),
      faster: () => this.speed(1),
      plainSpeed: () => clock.setSpeed(1),
      silence: () => clock.hasSilence && clock.setSkipsSilence(!clock.skipsSilence),
      phaseBack: () => this.jump(chapterJump(this.timeline, at, -1)),
      phaseOn: () => this.jump(chapterJump(this.timeline, at, 1)),
      turnBack: () => this.turn(-1),
      turnOn: () => this.turn(1),
      lineBack: () => this.jump(lineJump(this.minutes, at, -1)),
      lineOn: () => this.jump(lineJump(this.minutes, at, 1)),
      captions: () => { this.hasCaptions = !this.hasCaptions; },
      exhibitBack: () => this.mark(-1, true),
      exhibitOn: () => this.mark(1, true),
      markBack: () => this.mark(-1, false),
      markOn: () => this.mark(1, false),
      bookmark: () => this.list?.bookmark(at),
      note: () => this.list?.begin(at),
      in: () => { this.range = withIn(this.range, at); },
      out: () => { this.range = withOut(this.range, at); },
      layout: () => this.setLayout(nextLayout(this.layout)),
      follow: () => { this.pinned = ''; },
      fullscreen: () => this.wall?.fullscreen(),
      search: () => this.field?.focus(),
      help: () => { this.hasHelp = true; },
    };
    acts[act]();
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || this.hasHelp) return;
    const target = event.composedPath()[0] as HTMLElement;
    const isRange = (target as HTMLInputElement).type === 'range';
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !isRange) return;
    if (event.composedPath().some((one) => (one as Element).localName === 'dialog')) return;
    /* A control that has the focus is pressed by space itself. */
    if (event.key === ' ' && /^(BUTTON|SUMMARY|A)$/.test(target.tagName)) return;
    const act = actOf(event);
    const key = this.wall?.wall.keys[tileOf(event)];
    if (!act && !key) return;
    event.preventDefault();
    if (act) this.do(act);
    else if (key) this.pin(key);
  };

  override render(): TemplateResult {
    const { detail, timeline, compact } = this;
    return html`<div class="bench ${compact ? 'compact' : ''}"
      @seek=${(event: CustomEvent<number>) => this.seek(event.detail)}>
      <div class="main">
        ${this.sound ? nothing : html`<heard-notice kind="warn">${t('review.noSound')}
          </heard-notice>`}
        <heard-review-wall .recording=${detail.id} .lanes=${this.lanes} .timeline=${timeline}
          .scheduler=${this.scheduler} .at=${this.at} .layout=${this.layout}
          .pinned=${this.pinned} .viewer=${this.viewer} .isPlaying=${this.clock.isPlaying}
          @act=${(event: CustomEvent<Act>) => this.do(event.detail)}
          @pin=${(event: CustomEvent<string>) => this.pin(event.detail)}>${this.caption()}
        </heard-review-wall>
        ${this.problem ? html`<heard-notice kind="warn">${this.problem}</heard-notice>` : nothing}
        <heard-review-bar .timeline=${timeline} .clock=${this.clock} .at=${this.at}
          .layout=${this.layout} .person=${this.person} .told=${this.told}
          .isPinned=${this.pinned !== ''} .compact=${compact}
          .hasExhibits=${this.marks.some((one) => one.kind === 'exhibit')}
          .hasMarks=${this.marks.some((one) => one.kind !== 'exhibit')}
          .stamp=${`${this.clock.isPlaying} ${this.clock.speed} ${this.clock.skipsSilence} ${
            this.clock.skipped?.[1]}`}
          @act=${(event: CustomEvent<Act>) => this.do(event.detail)}
          @speed=${(event: CustomEvent<number>) => this.clock.setSpeed(event.detail)}
          @layout=${(event: CustomEvent<Layout>) => this.setLayout(event.detail)}
          @person=${(event: CustomEvent<string>) => { this.person = event.detail; }}>
        </heard-review-bar>
        <section class="card"><heard-timeline .timeline=${timeline} .at=${this.at}
          .marks=${this.marks} .hits=${this.hits} .range=${this.range}
          .waveform=${this.waveform} .sheets=${this.thumbs} .recording=${detail.id}>
          </heard-timeline>${compact ? nothing : this.stretch()}</section>
        ${this.sound ? html`<audio preload="auto" src=${api.fileUrl(detail.id, this.sound.id)}
          @ended=${() => this.clock.pause()}
          @error=${this.losesSound}></audio>` : nothing}
      </div>
      ${compact ? nothing : this.side()}
      ${this.hasHelp ? html`<heard-review-help
        @close-help=${() => { this.hasHelp = false; }}></heard-review-help>` : nothing}</div>`;
  }

  /* No device to hear by, or the file does not come: what is seen is seen all the same. */
  private readonly losesSound = (): void => {
    this.problem = t('review.soundFailed');
    this.clock.goSilent();
  };

  private side(): TemplateResult {
    return html`<aside>
      <section class="card"><heard-review-minutes .lines=${this.minutes} .nameOf=${this.nameOf}
        .at=${this.at} .desk=${this.desk} .people=${this.timeline.participants}
        .status=${this.minutesStatus} .hasCaptions=${this.hasCaptions}
        @captions=${() => this.do('captions')} @again=${() => void this.loadMinutes()}>
        </heard-review-minutes>
        <heard-minutes-course .hearing=${this.detail.hearing_id} .version=${1} .isLate=${true}
          .textOf=${(id: string) => this.desk?.draft.of(id)?.line?.text ?? ''}
          @moved=${() => void this.loadMinutes()}></heard-minutes-course></section>
      ${this.timeline.events.some((one) => one.exhibit) ? html`<section class="card">
        <heard-review-exhibits .timeline=${this.timeline} .at=${this.at}
          .hearing=${this.detail.hearing_id}></heard-review-exhibits></section>` : nothing}
      <section class="card"><heard-review-search .entries=${this.entries}
        @hits=${(event: CustomEvent<Hit[]>) => { this.hits = event.detail; }}>
        </heard-review-search></section>
      <section class="card"><heard-review-notes .recording=${this.detail.id} .at=${this.at}
        @notes=${(event: CustomEvent<Note[]>) => { this.notes = event.detail; }}
        @said=${(event: CustomEvent<string>) => { this.told = event.detail; }}>
        </heard-review-notes></section></aside>`;
  }

  /* Whole milliseconds within the recording, as the server asks for. */
  private clip(range: { from_ms: number; to_ms: number }): { from_ms: number; to_ms: number } {
    const to = Math.min(Math.round(range.to_ms), this.detail.duration_ms || Infinity);
    return { from_ms: Math.min(Math.round(range.from_ms), to - 1), to_ms: to };
  }

  private stretch(): TemplateResult {
    return html`<heard-review-range .range=${this.range}
      @in=${() => this.do('in')} @out=${() => this.do('out')}
      @clear=${() => { this.range = NO_RANGE; }}
      @keep=${(event: CustomEvent<{ from_ms: number; to_ms: number }>) =>
        this.list?.begin(event.detail.from_ms, event.detail.to_ms)}>
      ${isWhole(this.range) ? html`<heard-export slot="act" .recording=${this.detail.id}
        .detail=${this.detail} ?allowed=${this.detail.may_export} .range=${this.clip(this.range)}></heard-export>` : nothing}
      </heard-review-range>`;
  }
}
