// SPDX-License-Identifier: Apache-2.0
/*
 * Feeds one <video> by Media Source Extensions from the takes of one lane and steers it to
 * the sound. Bytes come through the shared scheduler; what is far behind is evicted.
 *
 * Owner   The tile that made it; close() frees the buffer and stops requests.
 * Truth   What is there is what `buffered` says: the browser removes more than it was told to.
 * Errors  A piece that the browser refuses closes its whole buffer: a new one is made and the
 *         piece left out. onProblem tells what lasts, and '' once pictures come again.
 */
import { api } from '../api';
import {
  covered_ms, farPieces, isIndex, lostPieces, nextPiece, piecesOf, RANGE_BYTES, removalOf,
  spanUnder, usefulTakes, type Held, type Lane, type Piece, type Span, type Take,
} from './plan';
import type { Scheduler } from './scheduler';
import { orders, SYNC_EVERY_MS } from './sync';

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
/* Seeks in a row that did not end although the pictures are there, then a new buffer. */
const LATE_MAX = 3;
const LATE_REBUILDS_MAX = 3;
const HAVE_CURRENT_DATA = 2;
/* Names of errors that come from the buffer, not from the network. */
const REFUSED = ['AppendError', 'InvalidStateError'];
const WAIT = { updateend: 'updateend', error: 'error' } as const;

export class Feed {
  takes: Take[] = [];
  isFocused = false;
  private source = new MediaSource();
  private url = '';
  private buffer: SourceBuffer | null = null;
  private held: Held = new Map();
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
  private asked: { sound_s: number; since_ms: number } | null = null;
  private lead_s = 0;
  private late = 0;
  private lateRebuilds = 0;
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
    this.forget();
    this.asked = null;
    this.late = 0;
    await this.attach();
    this.openBuffer();
  }

  private forget(): void {
    this.held = new Map([...this.refused].map((key) => [key, 0]));
    this.lastTake = -1;
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
    this.steer(speed, isPlaying);
  }

  close(): void {
    this.isClosed = true;
    this.abort.abort();
    this.options.video.removeAttribute('src');
    this.options.video.load();
    URL.revokeObjectURL(this.url);
  }

  get isReady(): boolean {
    const { video } = this.options;
    return !!this.spanAt(this.at_ms) && !video.seeking && video.readyState >= HAVE_CURRENT_DATA;
  }

  private restart(): void {
    this.abort.abort();
    this.abort = new AbortController();
  }

  private steer(speed: number, isPlaying: boolean): void {
    const { video } = this.options;
    const span = this.spanAt(this.at_ms);
    const sound = { at_s: this.at_ms / 1000, speed, isPlaying };
    const age_s = this.asked ? (performance.now() - this.asked.since_ms) / 1000 : 0;
    if (this.asked && !video.seeking) {
      this.lead_s = Math.max(0, age_s - SYNC_EVERY_MS / 1000);
      this.asked = null;
      this.late = 0;
    }
    const order = orders({
      at_s: video.currentTime,
      pending: this.asked && { sound_s: this.asked.sound_s, age_s },
      lead_s: this.lead_s,
      span: span && [span[0] / 1000, span[1] / 1000],
    }, sound);
    if (order.isLate && !document.hidden) this.late += 1;
    if (order.seekTo_s !== undefined) {
      video.currentTime = order.seekTo_s;
      this.asked = { sound_s: sound.at_s, since_ms: performance.now() };
    }
    if (order.rate !== undefined && Math.abs(video.playbackRate - order.rate) > 0.002)
      video.playbackRate = order.rate;
    if (order.isPlaying && video.paused) void video.play().catch(() => undefined);
    if (!order.isPlaying && !video.paused) video.pause();
  }

  /* A decoder that gave up, or one that does not come to pictures that are there. */
  private mustRebuild(): boolean {
    if (this.options.video.error) return this.rebuilds < REBUILDS_MAX;
    if (this.late < LATE_MAX || this.lateRebuilds >= LATE_REBUILDS_MAX) return false;
    this.lateRebuilds += 1;
    return true;
  }

  private spans(): Span[] {
    const ranges = this.buffer?.buffered;
    return Array.from({ length: ranges?.length ?? 0 }, (_, i) =>
      [(ranges?.start(i) ?? 0) * 1000, (ranges?.end(i) ?? 0) * 1000]);
  }

  private spanAt(at_ms: number): Span | null {
    return spanUnder(this.spans(), at_ms);
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
      if (this.mustRebuild()) await this.rebuild();
      await this.evict();
      for (;;) {
        piece = nextPiece(this.takes, this.held, this.at_ms);
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
      this.retryAt_ms = Date.now() + RETRY_MS;
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

  /* Parts go into the buffer as they come: after a jump the picture is often in the first ones. */
  private async load(piece: Piece): Promise<void> {
    const take = this.takes[piece.take];
    if (!take) return;
    const { signal } = this.abort;
    const init = this.initOf(piece.take, take, signal);
    const parts = this.fetch(take, piece.from, piece.to, signal);
    const isNew = this.lastTake !== piece.take;
    const goesOn = !isNew && this.lastEnd === piece.from;
    await init;
    if (this.isClosed || signal.aborted || !this.buffer) return;
    this.lastTake = -1; /* until all of it is there the next piece begins anew */
    if (!goesOn) {
      this.buffer.abort();
      if (isNew) this.buffer.changeType(take.file.media_type);
      this.buffer.timestampOffset = take.file.start_ms / 1000;
      await this.append(await init);
    }
    for (const part of parts) {
      const bytes = await part;
      if (this.isClosed || signal.aborted || !this.buffer) return;
      await this.append(bytes);
    }
    this.lastTake = piece.take;
    this.lastEnd = piece.to;
    this.held.set(piece.key, covered_ms(this.spans(), piece.from_ms, piece.to_ms));
  }

  private async initOf(index: number, take: Take, signal: AbortSignal): Promise<ArrayBuffer> {
    const known = this.inits.get(index);
    if (known) return known;
    const [init] = await Promise.all(this.fetch(take, 0, take.index.init_size, signal));
    this.inits.set(index, init as ArrayBuffer);
    return init as ArrayBuffer;
  }

  /* A cluster larger than a range is fetched in several, in order. */
  private fetch(take: Take, from: number, to: number, signal: AbortSignal):
  Promise<ArrayBuffer>[] {
    const parts: Promise<ArrayBuffer>[] = [];
    for (let at = from; at < to; at += RANGE_BYTES) {
      const end = Math.min(to, at + RANGE_BYTES);
      const part = this.options.scheduler.add(this.isFocused ? 0 : 1, signal, async () => {
        const { recording } = this.options;
        const bytes = await api.fileRange(recording, take.file.id, at, end, signal);
        return bytes.byteLength > end - at ? bytes.slice(0, end - at) : bytes;
      });
      part.catch(() => undefined); /* whoever waits for it hears of it; others end with the first */
      parts.push(part);
    }
    return parts;
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
    const far = farPieces(this.takes, this.held, this.at_ms)
      .filter((piece) => !this.refused.has(piece.key));
    for (const piece of far) {
      if (!this.buffer) return;
      const [from_ms, to_ms] = removalOf(piece);
      this.buffer.remove(from_ms / 1000, to_ms / 1000);
      await this.settled(this.buffer);
      this.held.delete(piece.key);
    }
    if (far.length) this.lastTake = -1;
    for (const piece of lostPieces(this.takes, this.held, this.spans()))
      this.held.delete(piece.key);
  }

  private async forgetAll(): Promise<void> {
    if (!this.buffer || this.buffer.updating) return;
    this.buffer.remove(0, Infinity);
    await this.settled(this.buffer);
    this.forget();
  }
}
