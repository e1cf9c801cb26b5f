// SPDX-License-Identifier: Apache-2.0
/*
 * The clock of a review: the mixed sound, which all pictures follow. It plays, seeks, waits for
 * pictures after a jump, goes at a chosen speed and over silence.
 *
 * Owner   The element that made it; attach() gives the <audio>, close() ends the timer.
 * Events  "change" ten times a second while it plays, and after each order.
 */
import type { RecordingFile } from '../api';
import { SilentSound, type Sound } from './silent_sound';
import { SYNC_EVERY_MS } from './sync';
import { seekable, type Span, type Timeline } from './timeline';
import { silences, skipFrom } from './voices';

export interface Follower {
  follow(at_ms: number, speed: number, isPlaying: boolean): void;
  readonly isReady: boolean;
}

/* So long the sound waits for pictures after a jump. */
const WAIT_MS = 1500;
/* After a jump pictures are led and asked for so often, until they are there. */
const WAIT_STEP_MS = 25;
/* So long a jump over silence is told. */
const TOLD_MS = 3000;

export class ReviewClock extends EventTarget {
  at = 0;
  speed = 1;
  isPlaying = false;
  skipsSilence = false;
  /* the jump over silence that was made just now */
  skipped: Span | null = null;
  followers: () => Iterable<Follower> = () => [];
  private audio: Sound | null = null;
  private silent: SilentSound | null = null;
  private readonly start_ms: number;
  private isWaiting = false;
  private readonly quiet: Span[];
  private readonly timer: ReturnType<typeof setInterval>;
  private waiting: ReturnType<typeof setTimeout> | null = null;
  private hurry: ReturnType<typeof setInterval> | null = null;
  private telling: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly timeline: Timeline, sound: RecordingFile | null) {
    super();
    this.start_ms = sound?.start_ms ?? 0;
    if (!sound) this.goSilent();
    this.quiet = silences(timeline);
    this.timer = setInterval(() => this.tick(), SYNC_EVERY_MS);
  }

  attach(audio: Sound | null): void {
    if (!this.silent) this.audio = audio;
  }

  get isSilent(): boolean {
    return this.silent !== null;
  }

  /* The sound failed, for whatever reason: the pictures go on from here without it. */
  goSilent(): void {
    if (this.silent) return;
    this.silent = new SilentSound((this.timeline.duration_ms - this.start_ms) / 1000);
    this.silent.currentTime = Math.max(0, (this.at - this.start_ms) / 1000);
    this.audio = this.silent;
    if (this.isPlaying && !this.isWaiting) void this.playSound();
  }

  close(): void {
    clearInterval(this.timer);
    this.endWait();
    if (this.telling) clearTimeout(this.telling);
    this.audio?.pause();
    this.audio = null;
  }

  get hasSilence(): boolean {
    return this.quiet.length > 0;
  }

  private tell(): void {
    this.dispatchEvent(new Event('change'));
  }

  private tick(): void {
    const { audio } = this;
    if (!audio) return;
    const isFree = !audio.seeking && audio.readyState >= 2;
    if (isFree) this.at = this.start_ms + audio.currentTime * 1000;
    const followers = [...this.followers()];
    for (const one of followers) one.follow(this.at, this.speed, !audio.paused);
    /* Sound begins when the pictures are there, at the latest after the wait. */
    if (this.isWaiting && followers.every((one) => one.isReady)) this.goOn();
    if (this.isPlaying && !this.isWaiting && isFree) this.skip();
    if (this.isPlaying && audio.ended) this.pause();
    if (!audio.paused) this.tell();
  }

  private goOn(): void {
    this.isWaiting = false;
    this.endWait();
    if (this.isPlaying) void this.playSound();
  }

  private endWait(): void {
    if (this.waiting) clearTimeout(this.waiting);
    if (this.hurry) clearInterval(this.hurry);
    this.waiting = null;
    this.hurry = null;
  }

  private skip(): void {
    const over = this.skipsSilence ? skipFrom(this.quiet, this.at) : null;
    if (!over) return;
    this.skipped = over;
    if (this.telling) clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      this.skipped = null;
      this.tell();
    }, TOLD_MS);
    this.seek(over[1]);
  }

  private async playSound(): Promise<void> {
    try {
      if (this.audio) this.audio.playbackRate = this.speed;
      await this.audio?.play();
    } catch (error) {
      if ((error as Error).name !== 'AbortError') this.isPlaying = false;
    }
    this.tell();
  }

  play(): void {
    if (this.isPlaying) return;
    this.isPlaying = true;
    void this.playSound();
    this.tell();
  }

  pause(): void {
    this.isPlaying = false;
    this.audio?.pause();
    this.tell();
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  seek(ms: number): void {
    const { audio } = this;
    if (!audio) return;
    this.at = seekable(this.timeline, ms);
    audio.pause();
    audio.currentTime = Math.max(0, (this.at - this.start_ms) / 1000);
    this.isWaiting = this.isPlaying;
    this.endWait();
    this.waiting = setTimeout(() => {
      if (this.isWaiting) this.goOn();
    }, WAIT_MS);
    if (this.isWaiting) this.hurry = setInterval(() => this.tick(), WAIT_STEP_MS);
    this.tick();
    this.tell();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    if (this.audio) this.audio.playbackRate = speed;
    this.tell();
  }

  setSkipsSilence(skips: boolean): void {
    this.skipsSilence = skips;
    this.tell();
  }
}
