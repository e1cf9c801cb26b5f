// SPDX-License-Identifier: Apache-2.0
/*
 * One person in one hearing: binds signaling, store, own devices and media. Elements read
 * its fields after a "change" event and call its verbs.
 *
 * Owner   The page element that shows the hearing; stop() ends everything.
 * Errors  A refused command becomes a notice "reason.<reason>" or "error.<code>"; nothing is
 *         thrown at elements.
 */
import { ApiError, api } from './api';
import * as devices from './devices';
import { ownLevel, type Sight } from './line';
import { Media, type MediaState } from './media';
import { isInRoom, type Decision, type EventMessage, type Level, type Source, type View }
  from './protocol';
import { CommandError, Signaling, type SocketLike } from './signaling';
import { isOutside } from './recusal';
import { onlyWatches } from './roles';
import { roomToJoin } from './rooms';
import * as stillness from './stillness';
import {
  emptyState, me, reduce, withConnection, withNotice, withoutNotice, type State,
} from './store';
import { reportOf, type Result } from './test_result';
import { language, learn, refusalKey } from './i18n';
import { CONSENT_VERSION } from './protocol';

const SLOTS_PHONE = 6;
const SLOTS_DESKTOP = 16;
const JOIN_AGAIN_MS = [500, 1000, 2000, 4000, 8000];
/* Out of one room and no word of the next: then the offer is posted without it. */
const MOVE_WAIT_MS = 3_000;
const MOVE_TRIES = 2;
const NOTICE_MS = 8_000;
/* Failures of a join that pass by themselves: one calm sentence for all of them. */
const TEMPORARY = ['', 'offline', 'unavailable', 'internal', 'network', 'too_many'];

export type Tracks = Record<Source, MediaStreamTrack | null>;

export function slotCount(): number {
  return matchMedia('(max-width: 700px)').matches ? SLOTS_PHONE : SLOTS_DESKTOP;
}

/* Tells of another network; not every browser has it. */
function networks(): EventTarget[] {
  const { connection } = navigator as { connection?: EventTarget };
  return connection ? [connection] : [];
}

export class LiveHearing extends EventTarget {
  state: State = emptyState;
  tracks: Tracks = { microphone: null, camera: null, screen: null };
  problems: Record<Source, devices.DeviceProblem> = { microphone: '', camera: '', screen: '' };
  streams: readonly (MediaStream | null)[] = [];
  mediaState: MediaState = 'idle';
  choice = devices.loadChoice();
  isReady = false;
  /* Slots whose pictures stand still although they should move. */
  stills: ReadonlyMap<number, stillness.Still> = new Map();

  private readonly slots = slotCount();
  private readonly signaling: Signaling;
  private media: Media | null = null;
  private seenLevel: Level | null = null;
  private joinTimer: ReturnType<typeof setTimeout> | null = null;
  private joinTries = 0;
  private seenDropped = 0;
  private seenAdmitted = 0;
  private hasMoved = false;
  private isStopped = false;
  private views: View[] = [];
  private line: Result | null = null;
  private viewTimer: ReturnType<typeof setTimeout> | null = null;
  private watch = stillness.noWatch;
  private readonly doubt = new stillness.Doubt();
  private sight: Sight = { starved: null, allMove: false };
  private lookTimer: ReturnType<typeof setInterval> | null = null;

  constructor(readonly hearing: string) {
    super();
    this.signaling = new Signaling({
      connect: () =>
        new WebSocket(api.eventsUrl(hearing), 'heard.v1') as unknown as SocketLike,
      hello: () => ({ language: language(), slots: this.slots }),
      onEvent: (event) => this.take(event),
      onConnection: (state, code) => this.takeConnection(state, code),
    });
  }

  private take(event: EventMessage): void {
    this.update(reduce(this.state, event, Date.now()));
    for (const { code, title } of this.state.hearing?.phases ?? [])
      if (title) learn(`phase.${code}`, title);
    if (event.type === 'snapshot') this.dispatchEvent(new Event('snapshot'));
    if (event.type === 'draft.added' || event.type === 'draft.gone')
      this.dispatchEvent(new CustomEvent('draft', { detail: event }));
    if (event.type === 'minutes.changed')
      this.dispatchEvent(new CustomEvent('minutes',
        { detail: (event.data as { line: unknown }).line }));
  }

  start(): void {
    for (const target of networks()) target.addEventListener('change', this.networkChanged);
    addEventListener('online', this.networkChanged);
    document.addEventListener('visibilitychange', this.awake);
    document.addEventListener('resume', this.awake);
    addEventListener('pagehide', this.pageHide);
    this.lookTimer = setInterval(() => void this.look(), stillness.LOOK_EVERY_MS);
    this.signaling.open();
  }

  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    for (const target of networks()) target.removeEventListener('change', this.networkChanged);
    removeEventListener('online', this.networkChanged);
    document.removeEventListener('visibilitychange', this.awake);
    document.removeEventListener('resume', this.awake);
    removeEventListener('pagehide', this.pageHide);
    this.forgetJoin();
    if (this.viewTimer) clearTimeout(this.viewTimer);
    if (this.lookTimer) clearInterval(this.lookTimer);
    this.media?.close();
    this.media = null;
    this.signaling.close();
    this.stopTracks();
  }

  /* Server time, for clocks that all people see alike. */
  now(): number {
    return Date.now() + this.state.offset_ms;
  }

  /* This tab passed the device check before: after a reload nobody asks again. */
  get wasChecked(): boolean {
    return sessionStorage.getItem(`heard.checked.${this.hearing}`) !== null;
  }

  /* The device check is done: what it opened goes into the hearing. */
  ready(tracks: Partial<Tracks>): void {
    sessionStorage.setItem(`heard.checked.${this.hearing}`, '1');
    Object.assign(this.tracks, tracks);
    this.isReady = true;
    this.settle();
    this.changed();
  }

  /* On the way from one room to another: the line is not lost, it is made anew. */
  get isMoving(): boolean {
    return this.hasMoved && this.mediaState !== 'connected' && this.mediaState !== 'failed';
  }

  /* How good the own line is; null: no media yet. */
  get level(): Level | null {
    return ownLevel(this.state, this.mediaState, this.seenLevel, this.sight);
  }

  /* How loud each slot is just now. */
  levels(): ReadonlyMap<number, number> {
    return this.media?.levels() ?? new Map<number, number>();
  }

  /* Do the pictures move that should? A hidden page is not judged, it may not draw at all. */
  private async look(): Promise<void> {
    const { media } = this;
    const wanted = this.mediaState === 'connected' && !document.hidden
      ? stillness.wantedPictures(this.state) : new Map<number, string>();
    const frames = wanted.size && media ? await media.frames() : new Map<number, number>();
    if (media !== this.media || this.isStopped) return;
    const now_ms = performance.now();
    this.watch = stillness.look(this.watch,
      new Map([...wanted].map(([slot, key]) => [key, frames.get(slot) ?? 0])), now_ms);
    if (this.doubt.look(stillness.areAllStill(this.watch), now_ms)) this.askForWord();
    this.takeSight(wanted);
  }

  private askForWord(): void {
    this.signaling.send('ping').then(() => this.doubt.answered(performance.now()),
      () => this.doubt.failed());
  }

  private takeSight(wanted: ReadonlyMap<number, string>): void {
    const heard = this.levels();
    const before = JSON.stringify([this.sight, ...this.stills]);
    /* Nobody heard: no promise that sound goes on. */
    const starved = !this.doubt.isStarved ? null : heard.size ? 'audio_only' : 'weak';
    this.sight = { starved, allMove: stillness.doAllMove(this.watch) };
    this.stills = new Map([...wanted].filter(([, key]) => stillness.isStill(this.watch, key))
      .map(([slot]) => [slot, heard.has(slot) ? 'sounds' : 'silent']));
    if (JSON.stringify([this.sight, ...this.stills]) !== before) this.changed();
  }

  async command(type: string, data: object = {}): Promise<boolean> {
    try {
      await this.signaling.send(type, data);
      return true;
    } catch (error) {
      const failure = error instanceof CommandError ? error : new CommandError('internal');
      this.notify(refusalKey(failure.code, failure.reason), failure.detail);
      return false;
    }
  }

  consent(subject: 'online_mode' | 'recording', decision: Decision): Promise<boolean> {
    return this.command('consent.give', { subject, decision, text_version: CONSENT_VERSION });
  }

  async toggle(source: Source): Promise<void> {
    if (this.tracks[source]) await this.turnOff(source);
    else await this.turnOn(source);
    await this.tellMedia();
    this.changed();
  }

  async changeDevices(choice: devices.Choice): Promise<void> {
    const before = this.choice;
    this.choice = choice;
    devices.saveChoice(choice);
    for (const source of ['camera', 'microphone'] as const) {
      if (before[source] === choice[source] || !this.tracks[source]) continue;
      await this.turnOff(source);
      await this.turnOn(source);
    }
    await this.tellMedia();
    this.changed();
  }

  /* Told at most five times a second: people resize windows. */
  setViews(views: View[]): void {
    if (JSON.stringify(views) === JSON.stringify(this.views)) return;
    this.views = views;
    this.viewTimer ??= setTimeout(() => {
      this.viewTimer = null;
      this.sendViews();
    }, 200);
  }

  async leave(): Promise<void> {
    this.media?.close();
    this.media = null;
    this.stopTracks();
    await this.signaling.send('participant.leave').catch(() => undefined);
    this.isReady = false;
    this.changed();
  }

  notify(code: string, detail = ''): void {
    this.update(withNotice(this.state, code, detail));
  }

  dismiss(key: number): void {
    this.update(withoutNotice(this.state, key));
  }

  /* What the connection test found, for the desk; told again to a server that restarted. */
  reportLine(result: Result): void {
    this.line = result;
    this.sendLine();
  }

  /* Another network, or a page that slept: both roads may be dead without a word. */
  private readonly networkChanged = (): void => {
    this.signaling.retryNow();
    this.media?.networkChanged();
  };

  private readonly awake = (): void => {
    if (document.visibilityState !== 'hidden') this.networkChanged();
  };

  private readonly pageHide = (): void => this.media?.close();

  private sendViews(): void {
    if (this.state.connection !== 'open' || this.mediaState === 'idle') return;
    void this.signaling.send('view.set', { views: this.views.slice(0, 32) })
      .catch(() => undefined);
  }

  private sendLine(): void {
    if (!this.line || this.state.connection !== 'open') return;
    void this.signaling.send('network.report', reportOf(this.line)).catch(() => undefined);
  }

  private takeConnection(connection: State['connection'], code: number): void {
    this.update(withConnection(this.state, connection, code));
    if (connection === 'open') {
      void this.tellMedia();
      this.sendViews();
      this.sendLine();
    }
    if (connection === 'reconnecting') void this.lookWhetherOver();
    if (connection === 'closed') {
      this.media?.close();
      this.media = null;
      this.stopTracks();
      this.changed();
    }
  }

  /* The line broke just when the hearing ended: nobody would ever tell. */
  private async lookWhetherOver(): Promise<void> {
    const summary = await api.hearing(this.hearing).catch(() => null);
    if (!summary?.ended_at_ms || this.state.ended) return;
    this.signaling.close();
    const { state, outcome_note: note } = summary;
    this.update({ ...this.state, ended: { state, outcome_note: note ?? '' } });
  }

  private update(next: State): void {
    const notices = this.state.noticeCount;
    const block = this.blockedNow(next);
    /* Another epoch is another server process: it knows nothing of our connection. Waiting
     * for ICE to notice would cost ten seconds. */
    if (this.state.epoch && next.epoch !== this.state.epoch) {
      this.media?.close(false);
      this.media = null;
    }
    this.state = next;
    if (next.noticeCount > notices && !this.isStopped) {
      const key = next.noticeCount;
      setTimeout(() => this.dismiss(key), NOTICE_MS);
    }
    this.settle();
    for (const source of block)
      void this.turnOff(source).then(() => this.tellMedia()).then(() => this.changed());
    this.changed();
  }

  /* Sources that were blocked just now: they stay off until the person turns them on. */
  private blockedNow(next: State): Source[] {
    const before = me(this.state);
    const after = me(next);
    return (['microphone', 'camera', 'screen'] as const).filter((source) =>
      after?.[source] === 'blocked' && before?.[source] !== 'blocked' && this.tracks[source]);
  }

  /* Media follows the presence that the server tells, nothing else. */
  private settle(): void {
    const self = me(this.state);
    const { dropped, admitted, isMoving, ended } = this.state;
    const isWanted = this.isReady && !this.isStopped && !ended && !!self
      && isInRoom(self.presence) && !isOutside(self) && this.state.you?.room !== 'witness';
    if (dropped.count !== this.seenDropped) {
      this.seenDropped = dropped.count;
      this.hasMoved = dropped.reason === 'room';
      if (this.hasMoved) this.joinTries = 0;
      this.media?.close(false);
      this.media = null;
    }
    if (admitted !== this.seenAdmitted) {
      this.seenAdmitted = admitted;
      if (this.joinTimer && !this.media) this.forgetJoin();
    }
    if (!isWanted) {
      this.media?.close();
      this.media = null;
      if (ended) this.stopTracks();
    } else if (!this.media && !this.joinTimer) {
      this.joinSoon(isMoving ? MOVE_WAIT_MS
        : this.joinTries ? JOIN_AGAIN_MS[Math.min(this.joinTries, 4)] ?? 8000 : 0);
    }
  }

  private forgetJoin(): void {
    if (this.joinTimer) clearTimeout(this.joinTimer);
    this.joinTimer = null;
  }

  private joinSoon(waitMs: number): void {
    this.joinTimer = setTimeout(() => {
      this.joinTimer = null;
      void this.join();
    }, waitMs);
  }

  private async join(): Promise<void> {
    if (this.media || this.isStopped) return;
    const media = new Media({
      hearing: this.hearing,
      room: roomToJoin(this.state),
      slots: this.slots,
      publishes: !onlyWatches(this.state.you?.role ?? 'observer'),
      tracks: { ...this.tracks },
      onState: (state) => this.takeMediaState(media, state),
      onStreams: (streams) => { this.streams = streams; this.changed(); },
      onLevel: (level) => { this.seenLevel = level; this.changed(); },
    });
    this.media = media;
    try {
      await media.start();
      this.joinTries = 0;
      await this.tellMedia();
      this.sendViews();
    } catch (error) {
      const isOver = this.media !== media; /* dropped or left meanwhile: no fault */
      media.close(false);
      if (isOver) return;
      this.media = null;
      this.joinTries += 1;
      const code = error instanceof ApiError ? error.code : '';
      /* Another room by now, or a move that is being written: the next word says which. */
      const isMove = code === 'conflict' || (this.hasMoved && this.joinTries <= MOVE_TRIES);
      if (isMove) this.settle();
      else this.notify(`error.${TEMPORARY.includes(code) ? 'media_failed' : code}`);
    }
  }

  private takeMediaState(media: Media, state: MediaState): void {
    if (this.media !== media && this.media) return;
    this.mediaState = state === 'closed' ? 'idle' : state;
    if (state === 'connected') this.hasMoved = false;
    if (state === 'closed') {
      this.streams = [];
      this.seenLevel = null;
    }
    if (state === 'failed' && this.media === media) {
      media.close();
      this.media = null;
      this.joinTries += 1;
      this.settle();
    }
    this.changed();
  }

  private async turnOn(source: Source): Promise<void> {
    try {
      const track = source === 'camera' ? await devices.openCamera(this.choice.camera)
        : source === 'microphone' ? await devices.openMicrophone(this.choice.microphone)
          : await devices.openScreen();
      this.tracks[source] = track;
      this.problems[source] = '';
      track.onended = () => void this.trackEnded(source, track);
      await this.media?.setTrack(source, track);
    } catch (error) {
      const problem = devices.problemOf(error);
      this.problems[source] = problem;
      /* Closing the picker of the screen is a choice, not a fault. */
      if (source !== 'screen') this.notify(`device.${source}.${problem}`);
    }
  }

  private async turnOff(source: Source): Promise<void> {
    const track = this.tracks[source];
    this.tracks[source] = null;
    if (track) track.onended = null;
    await this.media?.setTrack(source, null);
    track?.stop();
  }

  /* The device was unplugged, or the person ended sharing in the browser's own bar. */
  private async trackEnded(source: Source, track: MediaStreamTrack): Promise<void> {
    if (this.tracks[source] !== track) return;
    await this.turnOff(source);
    await this.tellMedia();
    if (source !== 'screen') this.notify(`device.${source}.in_use`);
    this.changed();
  }

  private async tellMedia(): Promise<void> {
    if (this.mediaState === 'idle' || this.state.connection !== 'open') return;
    if (onlyWatches(this.state.you?.role ?? 'observer')) return;
    await this.signaling.send('media.state', {
      microphone: !!this.tracks.microphone,
      camera: !!this.tracks.camera,
      screen: !!this.tracks.screen,
    }).catch(() => undefined);
  }

  private stopTracks(): void {
    for (const source of ['microphone', 'camera', 'screen'] as const) {
      const track = this.tracks[source];
      if (track) {
        track.onended = null;
        track.stop();
      }
      this.tracks[source] = null;
    }
  }

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
