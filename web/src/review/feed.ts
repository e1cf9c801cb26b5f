// SPDX-License-Identifier: Apache-2.0
/*
 * Feeds one <video> by Media Source Extensions from the takes of one lane and steers it to
 * the sound. Bytes come through the shared scheduler; what is far behind is evicted.
 *
 * Owner   The tile that made it; close() frees the buffer and stops requests.
 * Errors  A take that cannot be read is left out and told by onProblem: the others play on.
 */
import { api } from '../api';
import {
  farPieces, isIndex, nextPiece, piecesOf, RANGE_BYTES, type Lane, type Piece, type Take,
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

const WAIT = { updateend: 'updateend', error: 'error' } as const;

export class Feed {
  takes: Take[] = [];
  isFocused = false;
  private readonly source = new MediaSource();
  private readonly url = URL.createObjectURL(this.source);
  private buffer: SourceBuffer | null = null;
  private have = new Set<string>();
  private inits = new Map<number, ArrayBuffer>();
  private lastTake = -1;
  private lastEnd = -1;
  private at_ms = 0;
  private isPumping = false;
  private isClosed = false;
  private abort = new AbortController();

  constructor(private readonly options: FeedOptions) {
    options.video.src = this.url;
    this.source.addEventListener('sourceopen', () => void this.begin(), { once: true });
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
      if (!video.seeking) video.currentTime = way.to;
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
    const { lane, recording, onProblem } = this.options;
    try {
      const playable = lane.files.filter((file) => MediaSource.isTypeSupported(file.media_type));
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
      this.source.duration = this.options.duration_ms / 1000;
      this.buffer = this.source.addSourceBuffer(first.file.media_type);
      void this.pump();
    } catch {
      onProblem('index');
    }
  }

  private async pump(): Promise<void> {
    if (this.isPumping || !this.buffer || this.isClosed) return;
    this.isPumping = true;
    try {
      await this.evict();
      for (;;) {
        const piece = nextPiece(this.takes, this.have, this.at_ms);
        if (!piece || this.isClosed) break;
        await this.load(piece);
      }
    } catch (error) {
      const { name } = error as Error;
      if (name === 'QuotaExceededError') await this.forgetAll().catch(() => undefined);
      else if (name !== 'AbortError') this.options.onProblem('network');
    } finally {
      this.isPumping = false;
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
        reject(new Error('append'));
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
    this.have.clear();
    this.lastTake = -1;
  }
}
