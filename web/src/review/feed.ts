// SPDX-License-Identifier: Apache-2.0
/*
 * Feeds one <video> by Media Source Extensions from the takes of one lane and steers it to
 * the sound. Bytes come through the shared scheduler; what is far behind is evicted.
 *
 * Owner   The tile that made it; close() frees the buffer and stops requests.
 * Errors  A piece that the browser refuses closes its whole buffer: a new one is made and the
 *         piece left out. onProblem tells what lasts, and '' once pictures come again.
 */
import { api } from '../api';
import {
  farPieces, isIndex, nextPiece, piecesOf, RANGE_BYTES, usefulTakes, type Lane, type Piece,
  type Take,
} from './plan';
import type { Scheduler } from './scheduler';
import { steer } from './sync';

export interface FeedOptions {
  recording: string;
  lane: Lane;
  duration_ms: number;
  video: HTMLVideoElement;
  scheduler: Scheduler;
  onProblem: (code: string) => void;
}

/* A file that the browser refuses this often is not worth another try. */
const REBUILDS_MAX = 24;
const RETRY_MS = 2000;
/* Names of errors that come from the buffer, not from the network. */
const REFUSED = ['AppendError', 'InvalidStateError'];
const WAIT = { updateend: 'updateend', error: 'error' } as const;

export class Feed {
  takes: Take[] = [];
  isFocused = false;
  private source = new MediaSource();
  private url = '';
  private buffer: SourceBuffer | null = null;
  private have = new Set<string>();
  private refused = new Set<string>();
  /* failed once: a new buffer may take it, what came before it was perhaps at fault */
  private doubted = '';
  private rebuilds = 0;
  private retryAt_ms = 0;
  private hasProblem = false;
  private inits = new Map<number, ArrayBuffer>();
  private lastTake = -1;
  private lastEnd = -1;
  private at_ms = 0;
  private isPumping = false;
  private isClosed = false;
  private abort = new AbortController();

  constructor(private readonly options: FeedOptions) {
    void this.attach().then(() => this.begin());
  }

  private attach(): Promise<void> {
    URL.revokeObjectURL(this.url);
    this.source = new MediaSource();
    this.url = URL.createObjectURL(this.source);
    this.options.video.src = this.url;
    return new Promise((resolve) => {
      this.source.addEventListener('sourceopen', () => resolve(), { once: true });
    });
  }

  private tellProblem(code: string): void {
    this.hasProblem = code !== '';
    this.options.onProblem(code);
  }

  /* One refused piece ends a MediaSource for good: begin a new one without that piece. */
  private async rebuild(): Promise<void> {
    this.rebuilds += 1;
    this.buffer = null;
    this.have = new Set(this.refused);
    this.lastTake = -1;
    await this.attach();
    this.openBuffer();
  }

  private openBuffer(): void {
    const first = this.takes[0];
    if (!first || this.isClosed) return;
    this.source.duration = this.options.duration_ms / 1000;
    this.buffer = this.source.addSourceBuffer(first.file.media_type);
  }

  /* Where the sound is now; called ten times a second. */
  follow(at_ms: number, speed: number, isPlaying: boolean): void {
    const jumped = Math.abs(at_ms - this.at_ms) > 2000;
    this.at_ms = at_ms;
    if (jumped) this.restart();
    void this.pump();
    this.steerTo(at_ms / 1000, speed, isPlaying);
  }

  close(): void {
    this.isClosed = true;
    this.abort.abort();
    this.options.video.removeAttribute('src');
    this.options.video.load();
    URL.revokeObjectURL(this.url);
  }

  get isReady(): boolean {
    return this.isBuffered(this.at_ms / 1000);
  }

  private restart(): void {
    this.abort.abort();
    this.abort = new AbortController();
  }

  private steerTo(at_s: number, speed: number, isPlaying: boolean): void {
    const { video } = this.options;
    if (!this.isBuffered(at_s)) {
      if (!video.paused) video.pause();
      return;
    }
    const way = steer(video.currentTime, at_s, speed);
    if (way.kind === 'seek') {
      /* A seek to where no picture is never ends: one to another place must replace it. */
      if (!video.seeking || Math.abs(video.currentTime - way.to) > 0.5)
        video.currentTime = way.to;
    } else if (isPlaying && Math.abs(video.playbackRate - way.rate) > 0.002) {
      video.playbackRate = way.rate;
    }
    if (isPlaying && video.paused) void video.play().catch(() => undefined);
    if (!isPlaying && !video.paused) video.pause();
    if (!isPlaying && way.kind === 'rate' && Math.abs(video.currentTime - at_s) > 0.05
      && !video.seeking) video.currentTime = at_s;
  }

  private isBuffered(at_s: number): boolean {
    const ranges = this.buffer?.buffered;
    for (let i = 0; ranges && i < ranges.length; i += 1)
      if (ranges.start(i) <= at_s + 0.05 && ranges.end(i) > at_s) return true;
    return false;
  }

  private async begin(): Promise<void> {
    const { lane, recording } = this.options;
    const onProblem = (code: string) => this.tellProblem(code);
    try {
      const playable = usefulTakes(lane.files)
        .filter((file) => MediaSource.isTypeSupported(file.media_type));
      if (!playable.length) {
        onProblem('codec');
        return;
      }
      const indexes = await Promise.all(playable.map((file) =>
        api.fileJson(recording, file.index_file ?? '').catch(() => null)));
      playable.forEach((file, at) => {
        const index = indexes[at];
        if (isIndex(index))
          this.takes.push({ file, index, pieces: piecesOf(file, index, this.takes.length) });
      });
      const first = this.takes[0];
      if (!first || this.isClosed) {
        if (!first) onProblem('index');
        return;
      }
      this.openBuffer();
      void this.pump();
    } catch {
      onProblem('index');
    }
  }

  private async pump(): Promise<void> {
    if (this.isPumping || !this.buffer || this.isClosed) return;
    if (Date.now() < this.retryAt_ms) return;
    this.isPumping = true;
    let piece: Piece | null = null;
    try {
      await this.evict();
      for (;;) {
        piece = nextPiece(this.takes, this.have, this.at_ms);
        if (!piece || this.isClosed) break;
        await this.load(piece);
        if (this.hasProblem) this.tellProblem('');
      }
    } catch (error) {
      await this.recover(error as Error, piece);
    } finally {
      this.isPumping = false;
    }
  }

  private async recover(error: Error, piece: Piece | null): Promise<void> {
    if (this.isClosed || error.name === 'AbortError') return;
    if (error.name === 'QuotaExceededError') {
      await this.forgetAll().catch(() => undefined);
    } else if (!REFUSED.includes(error.name)) {
      this.retryAt_ms = Date.now() + RETRY_MS;
      this.tellProblem('network');
    } else if (this.rebuilds < REBUILDS_MAX) {
      if (piece && piece.key === this.doubted) this.refused.add(piece.key);
      this.doubted = piece?.key ?? '';
      await this.rebuild();
    } else {
      this.buffer = null;
      this.tellProblem('codec');
    }
  }

  private async load(piece: Piece): Promise<void> {
    const take = this.takes[piece.take];
    if (!take) return;
    const { signal } = this.abort;
    if (!this.inits.has(piece.take)) {
      const init = await this.fetch(take, 0, take.index.init_size, signal);
      this.inits.set(piece.take, init);
    }
    const bytes = await this.fetch(take, piece.from, piece.to, signal);
    if (this.isClosed || signal.aborted || !this.buffer) return;
    if (this.lastTake !== piece.take || this.lastEnd !== piece.from) {
      this.buffer.abort();
      if (this.lastTake !== piece.take) this.buffer.changeType(take.file.media_type);
      this.buffer.timestampOffset = take.file.start_ms / 1000;
      await this.append(this.inits.get(piece.take) as ArrayBuffer);
    }
    await this.append(bytes);
    this.lastTake = piece.take;
    this.lastEnd = piece.to;
    this.have.add(piece.key);
  }

  /* A cluster larger than a range is fetched in several and put together. */
  private async fetch(take: Take, from: number, to: number, signal: AbortSignal):
  Promise<ArrayBuffer> {
    const whole = new Uint8Array(to - from);
    for (let at = from; at < to; at += RANGE_BYTES) {
      const end = Math.min(to, at + RANGE_BYTES);
      const part = await this.options.scheduler.add(this.isFocused ? 0 : 1, signal, () =>
        api.fileRange(this.options.recording, take.file.id, at, end, signal));
      whole.set(new Uint8Array(part).subarray(0, end - at), at - from);
    }
    return whole.buffer;
  }

  private append(bytes: ArrayBuffer): Promise<void> {
    const { buffer } = this;
    if (!buffer) return Promise.resolve();
    buffer.appendBuffer(bytes);
    return this.settled(buffer);
  }

  private settled(buffer: SourceBuffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        buffer.removeEventListener(WAIT.updateend, end);
        buffer.removeEventListener(WAIT.error, fail);
        resolve();
      };
      const fail = () => {
        buffer.removeEventListener(WAIT.updateend, end);
        buffer.removeEventListener(WAIT.error, fail);
        reject(new DOMException('append', 'AppendError'));
      };
      buffer.addEventListener(WAIT.updateend, end);
      buffer.addEventListener(WAIT.error, fail);
    });
  }

  private async evict(): Promise<void> {
    const far = farPieces(this.takes, this.have, this.at_ms);
    for (const piece of far) {
      if (!this.buffer) return;
      this.buffer.remove(piece.from_ms / 1000, Math.max(piece.to_ms, piece.from_ms + 1) / 1000);
      await this.settled(this.buffer);
      this.have.delete(piece.key);
    }
    if (far.length) this.lastTake = -1;
  }

  private async forgetAll(): Promise<void> {
    if (!this.buffer || this.buffer.updating) return;
    this.buffer.remove(0, this.options.duration_ms / 1000 + 1);
    await this.settled(this.buffer);
    this.have = new Set(this.refused);
    this.lastTake = -1;
  }
}
