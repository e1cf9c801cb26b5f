// SPDX-License-Identifier: Apache-2.0
/*
 * The connection test before a hearing: tries the paths in turn with a TestPeer of media.ts
 * and says what the line carries. A good line needs one path and less than five seconds; the
 * slower paths are tried only when the quick one is shut, or when all are asked for.
 *
 * Units   *_ms milliseconds.
 * Owner   Who starts it; stop() ends it at once, the tracks stay its maker's.
 * Errors  run() answers null when nothing could be found out (stopped, or the server has no
 *         room for a test): that says nothing of the line.
 */
import { ApiError } from './api';
import { openStandIn } from './devices';
import { TestPeer } from './media';
import {
  figuresOf, isIdle, isOverfull, levelOf, PATHS, resultOf, secondLook, type Figures,
  type Path, type Result, type Trial,
} from './test_result';

export interface TestOptions {
  hearing: string;
  camera: MediaStreamTrack | null;
  microphone: MediaStreamTrack | null;
  /* every path, for a technician; else the first that works */
  isFull: boolean;
  iceServers: () => Promise<RTCIceServer[]>;
  onPath: (path: Path) => void;
}

/* Long enough for three round trips of a satellite line. */
const CONNECT_MS: Record<string, number> = { udp: 4_000, tcp: 6_000, relay: 8_000 };
/* The first second is the browser's own way up to speed. */
const WARM_UP_MS = 1_200;
const FILL_MS = 400;
const MEASURE_MS = 2_400;
/* After sending less: queues empty, then once more. */
const CALM_MS = 1_200;
/* Of the picture beside the sound. */
const LEAST_BPS = 30_000;
const SOUND_BPS = 40_000;

export class ConnectionTest {
  private peer: TestPeer | null = null;
  private standIn: MediaStreamTrack | null = null;
  private isStopped = false;

  constructor(private readonly options: TestOptions) {}

  async run(): Promise<Result | null> {
    const trials: Trial[] = [];
    try {
      for (const path of PATHS) {
        const trial = await this.tryPath(path);
        if (this.isStopped) return null;
        if (trial) trials.push(trial);
        if (trial?.figures && !this.options.isFull) break;
      }
      return resultOf(trials);
    } catch (error) {
      if (this.isStopped) return null;
      return error instanceof ApiError && error.code === 'offline' ? resultOf(trials) : null;
    } finally {
      this.stop();
    }
  }

  stop(): void {
    this.isStopped = true;
    this.peer?.close();
    this.peer = null;
    this.standIn?.stop();
    this.standIn = null;
  }

  /* null: there is no such path on this server. */
  private async tryPath(path: Path): Promise<Trial | null> {
    const iceServers = path === 'relay' ? await this.options.iceServers() : [];
    if (this.isStopped || (path === 'relay' && !iceServers.length)) return null;
    this.options.onPath(path);
    const { hearing, microphone } = this.options;
    const camera = this.options.camera ?? this.filler();
    const peer = new TestPeer({ hearing, path, iceServers, camera, microphone });
    this.peer = peer;
    try {
      const isOpen = await peer.open(CONNECT_MS[path] ?? 0);
      return { path, figures: isOpen ? await this.measure(peer) : null };
    } finally {
      peer.close();
    }
  }

  private async measure(peer: TestPeer): Promise<Figures> {
    if (isIdle(await this.watch(peer, WARM_UP_MS))) {
      await peer.show(this.filler());
      await pause(FILL_MS);
    }
    const figures = await this.watch(peer, MEASURE_MS);
    if (levelOf(figures) === 'good' || this.isStopped) return figures;
    /* Before anybody is worried: once more, without what we spoilt ourselves. */
    if (isOverfull(figures)) {
      await peer.limit(Math.max(LEAST_BPS, figures.down_bps * 0.7 - SOUND_BPS));
      await pause(CALM_MS);
    }
    return secondLook(figures, await this.watch(peer, MEASURE_MS));
  }

  /* Without a camera, or with one that sees little, something must fill the line. */
  private filler(): MediaStreamTrack {
    return this.standIn ??= openStandIn();
  }

  private async watch(peer: TestPeer, for_ms: number): Promise<Figures> {
    const first = await peer.read();
    await pause(for_ms);
    return figuresOf(first, await peer.read());
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
