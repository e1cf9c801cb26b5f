// SPDX-License-Identifier: Apache-2.0
/*
 * A clock in place of the mixed sound, for computers without anything to hear by (Firefox ends
 * an audio element for good then) and recordings without a sound: pictures go on, in silence.
 *
 * Units  Seconds, as in an audio element; now_ms is a monotonic clock.
 */

/* What the clock of a review needs of an <audio>. */
export interface Sound {
  currentTime: number;
  playbackRate: number;
  readonly paused: boolean;
  readonly seeking: boolean;
  readonly readyState: number;
  readonly ended: boolean;
  play(): Promise<void>;
  pause(): void;
}

const HAVE_ENOUGH_DATA = 4;

export class SilentSound implements Sound {
  paused = true;
  readonly seeking = false;
  readonly readyState = HAVE_ENOUGH_DATA;
  private at_s = 0;
  private rate = 1;
  private since_ms = 0;

  constructor(private readonly duration_s: number,
    private readonly now_ms: () => number = () => performance.now()) {}

  get currentTime(): number {
    const gone_s = this.paused ? 0 : ((this.now_ms() - this.since_ms) / 1000) * this.rate;
    return Math.min(this.duration_s, this.at_s + gone_s);
  }

  set currentTime(at_s: number) {
    this.at_s = Math.max(0, at_s);
    this.since_ms = this.now_ms();
  }

  get playbackRate(): number {
    return this.rate;
  }

  set playbackRate(rate: number) {
    this.stand();
    this.rate = rate;
  }

  get ended(): boolean {
    return this.currentTime >= this.duration_s;
  }

  play(): Promise<void> {
    if (this.ended) this.currentTime = 0;
    this.stand();
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    this.stand();
    this.paused = true;
  }

  /* From here on it is counted anew. */
  private stand(): void {
    this.currentTime = this.currentTime + 0;
  }
}
