// SPDX-License-Identifier: Apache-2.0
/*
 * The connections of this page with the media worker, and the only module that touches
 * RTCPeerConnection. One offer, one answer, no renegotiation (DESIGN 1). Media is the stay
 * in a hearing, TestPeer a few seconds of one's own picture before it.
 *
 * Order    microphone, camera (rids q h f), screen, then per slot audio and video, then three
 *          times audio: voices of people who speak and have no slot.
 * Owner    One Media per stay in the room; close() ends it. A lost connection is repaired
 *          here: first an ICE restart, then a new offer that takes the seat over when it stands.
 * Errors   start() fails with an ApiError; later trouble is told by onState.
 */
import { api, ApiError } from './api';
import type { Level, Source } from './protocol';
import { iceServers } from './relay';
import {
  chooseAudio, chooseVideo, credentialsOf, layersFor, restartFragment, withCredentials,
  withTransport,
} from './sdp';
import { readingOf, type Path, type Reading } from './test_result';

export type MediaState = 'idle' | 'joining' | 'connected' | 'repairing' | 'failed' | 'closed';

export interface MediaOptions {
  hearing: string;
  room: string;
  slots: number;
  publishes: boolean;
  /* In place of the hearing's own door, for who has no seat. */
  offer?: (sdp: string) => Promise<{ answer: string; location: string }>;
  tracks: Record<Source, MediaStreamTrack | null>;
  onState: (state: MediaState) => void;
  onStreams: (streams: readonly (MediaStream | null)[]) => void;
  /* What this side sees of the line, for when the server cannot tell. */
  onLevel: (level: Level) => void;
}

const BITRATE_BPS = { q: 150_000, h: 500_000, f: 1_500_000 } as Record<string, number>;
const VOICES = 3;
/* A browser says "disconnected" after some five seconds without an answer. */
const REPAIR_AFTER_MS = 500;
/* Events of one change come in a row: link down, link up, address. */
const MOVE_SETTLE_MS = 500;
const RESTART_WAIT_MS = 5_000;
const LEAVE_WAIT_MS = 1_000;
const STATS_EVERY_MS = 2_000;
const SILENT_CHECKS = 3;
const SILENT_BYTES = 2_000; /* media, more than who only watches sends between two looks */
const TRIES_MAX = 7;
const REPAIR_MAX_MS = 120_000;
const OFFLINE_PAUSE_MS = 500;
const LEVEL_AGE_MS = 1_000; /* DTX sends each 400 ms */

export function isSupported(): boolean {
  return typeof RTCPeerConnection === 'function'
    && 'addTransceiver' in RTCPeerConnection.prototype
    && typeof WebSocket === 'function';
}

/* Chromium alone drops simulcast layers of small pictures. */
function dropsLayers(): boolean {
  return 'chrome' in globalThis || /\bChrom(e|ium)\//.test(navigator.userAgent);
}

/* About where server/hearing/quality.c rates voices below 70. */
export function levelOf(lossRatio: number, roundTripS: number): Level {
  return lossRatio > 0.07 || roundTripS > 0.5 ? 'weak' : 'good';
}

/* The pair of addresses in use, as the browser counts on it. */
export interface PairFigures {
  id: string;
  bytes: number;
  sent: number;
  asked: number | null; /* Firefox does not count the checks that it sends */
  answered: number;
}

/* The browser keeps asking, or sending what the server reports on many times a second, and
 * nothing comes, neither answers nor media. It says so itself only seconds later. */
export function isSilent(before: PairFigures | null, now: PairFigures | null): boolean {
  if (before === null || now === null || before.id !== now.id) return false;
  if (before.bytes !== now.bytes || before.answered !== now.answered) return false;
  return now.asked === null || before.asked === null
    ? now.sent - before.sent >= SILENT_BYTES : now.asked - before.asked >= SILENT_CHECKS;
}

/* One connection, and what belongs to it. */
interface Line {
  pc: RTCPeerConnection;
  location: string;
  senders: Partial<Record<Source, RTCRtpSender>>;
  streams: (MediaStream | null)[];
}

export class Media {
  private pc: RTCPeerConnection | null = null;
  private former: Line | null = null; /* in use until the new one stands */
  private location = '';
  private senders: Partial<Record<Source, RTCRtpSender>> = {};
  private streams: (MediaStream | null)[];
  private ears: (RTCRtpReceiver | null)[] = []; /* by slot */
  private repairTimer: ReturnType<typeof setTimeout> | null = null;
  private statsTimer: ReturnType<typeof setInterval> | null = null;
  private last = { lost: 0, received: 0 };
  private lastPair: PairFigures | null = null;
  private isClosed = false;
  private isRepairing = false;
  private isMoved = false; /* on another network, and the server does not know */
  private moveTimer: ReturnType<typeof setTimeout> | null = null;
  private wake: (() => void) | null = null;

  constructor(private readonly options: MediaOptions) {
    this.streams = this.noStreams();
  }

  async start(): Promise<void> {
    this.options.onState('joining');
    await this.join();
    this.statsTimer = setInterval(() => void this.readStats(), STATS_EVERY_MS);
  }

  /* Camera, microphone or screen on (a track) or off (null): never a negotiation. */
  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    this.options.tracks[source] = track;
    for (const sender of [this.senders[source], this.former?.senders[source]]) {
      if (!sender) continue;
      await sender.replaceTrack(track);
      if (source === 'camera' && track) await this.fitLayers(sender, track);
    }
  }

  /* How loud each slot is that brings sound just now, 0 to 1; 1 where the browser is silent
   * about it. */
  levels(): ReadonlyMap<number, number> {
    const levels = new Map<number, number>();
    const since_ms = performance.timeOrigin + performance.now() - LEVEL_AGE_MS;
    this.ears.forEach((ear, slot) => {
      for (const source of ear?.getSynchronizationSources() ?? [])
        if (source.timestamp >= since_ms)
          levels.set(slot, Math.max(levels.get(slot) ?? 0, source.audioLevel ?? 1));
    });
    return levels;
  }

  /* Frames decoded so far, by the slot that they came for. */
  async frames(): Promise<ReadonlyMap<number, number>> {
    const pc = this.former?.pc ?? this.pc;
    const streams = this.former?.streams ?? this.streams;
    const slots = new Map(streams.map((stream, slot) => [stream?.getVideoTracks()[0]?.id, slot]));
    const frames = new Map<number, number>();
    (await pc?.getStats().catch(() => null))?.forEach((entry: Record<string, unknown>) => {
      const slot = slots.get(String(entry['trackIdentifier']));
      if (entry['type'] === 'inbound-rtp' && slot !== undefined)
        frames.set(slot, Number(entry['framesDecoded'] ?? 0));
    });
    return frames;
  }

  /* leave: false when the server has dropped this peer already. */
  close(leave = true): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.repairTimer) clearTimeout(this.repairTimer);
    if (this.moveTimer) clearTimeout(this.moveTimer);
    if (this.statsTimer) clearInterval(this.statsTimer);
    this.pc?.close();
    this.pc = null;
    if (leave && this.location) void api.leavePeer(this.location);
    if (leave && this.former) void api.leavePeer(this.former.location);
    this.closeFormer();
    this.options.onState('closed');
  }

  /* The connection that was in use stays in use until the new one stands: the server, too,
   * keeps the old one in the seat until then. */
  private async join(): Promise<void> {
    const pc = new RTCPeerConnection({
      bundlePolicy: 'max-bundle', iceServers: await iceServers(),
    });
    this.closeFormer();
    if (this.pc) {
      const { location, senders, streams } = this;
      this.former = { pc: this.pc, location, senders, streams };
    }
    this.pc = pc;
    this.senders = {};
    this.streams = this.noStreams();
    this.ears = [];
    try {
      await this.negotiate(pc);
    } catch (error) {
      if (this.pc === pc) this.goBack();
      pc.close();
      throw error;
    }
  }

  private noStreams(): (MediaStream | null)[] {
    return new Array<MediaStream | null>(this.options.slots + VOICES).fill(null);
  }

  private closeFormer(): void {
    this.former?.pc.close();
    this.former = null;
  }

  private goBack(): void {
    const { former } = this;
    this.former = null;
    this.pc = former?.pc ?? null;
    if (!former) return;
    this.location = former.location;
    this.senders = former.senders;
    this.streams = former.streams;
  }

  private async negotiate(pc: RTCPeerConnection): Promise<void> {
    pc.ontrack = (event) => this.takeTrack(pc, event);
    pc.onconnectionstatechange = () => this.watch(pc);
    if (this.options.publishes) this.addSenders(pc);
    for (let slot = 0; slot < this.options.slots; slot += 1) {
      prefer(pc.addTransceiver('audio', { direction: 'recvonly' }), 'audio');
      prefer(pc.addTransceiver('video', { direction: 'recvonly' }), 'video');
    }
    for (let voice = 0; voice < VOICES; voice += 1)
      prefer(pc.addTransceiver('audio', { direction: 'recvonly' }), 'audio');
    await pc.setLocalDescription(await pc.createOffer());
    const sdp = pc.localDescription?.sdp ?? '';
    const { answer, location } = await (this.options.offer?.(sdp)
      ?? api.postOffer(this.options.hearing, sdp, this.options.room));
    if (this.isClosed) {
      pc.close();
      if (location) void api.leavePeer(location);
      return;
    }
    this.location = location;
    await pc.setRemoteDescription({ type: 'answer', sdp: answer });
    const { camera } = this.options.tracks;
    if (camera && this.senders.camera) await this.fitLayers(this.senders.camera, camera);
  }

  private addSenders(pc: RTCPeerConnection): void {
    const { microphone, camera, screen } = this.options.tracks;
    const own = new MediaStream();
    const sound = pc.addTransceiver(microphone ?? 'audio', {
      direction: 'sendonly', streams: [own],
    });
    const sendEncodings = layersFor(1280, 720, false).map((layer) => ({
      ...layer, maxBitrate: BITRATE_BPS[layer.rid],
    }));
    const picture = pc.addTransceiver(camera ?? 'video', {
      direction: 'sendonly', streams: [own], sendEncodings,
    });
    const shared = pc.addTransceiver(screen ?? 'video', { direction: 'sendonly' });
    prefer(sound, 'audio');
    prefer(picture, 'video');
    prefer(shared, 'video');
    this.senders = {
      microphone: sound.sender, camera: picture.sender, screen: shared.sender,
    };
  }

  private async fitLayers(sender: RTCRtpSender, track: MediaStreamTrack): Promise<void> {
    const { width = 0, height = 0 } = track.getSettings();
    const parameters = sender.getParameters();
    const layers = layersFor(width, height, dropsLayers());
    if (parameters.encodings?.length !== layers.length) return;
    parameters.encodings.forEach((encoding) => {
      const layer = layers.find((one) => one.rid === encoding.rid);
      if (!layer) return;
      encoding.active = layer.active;
      encoding.scaleResolutionDownBy = layer.scaleResolutionDownBy;
    });
    await sender.setParameters(parameters).catch(() => undefined);
  }

  private takeTrack(pc: RTCPeerConnection, event: RTCTrackEvent): void {
    const stream = event.streams[0];
    const slot = Number(/^slot(\d+)$/.exec(stream?.id ?? '')?.[1] ?? -1);
    if (!stream || slot < 0 || slot >= this.streams.length || pc !== this.pc) return;
    this.streams[slot] = stream;
    if (event.track.kind === 'audio') this.ears[slot] = event.receiver;
    if (!this.former) this.options.onStreams([...this.streams]);
  }

  private watch(pc: RTCPeerConnection): void {
    if (this.isClosed || pc !== this.pc) return;
    if (pc.connectionState === 'connected') {
      if (this.repairTimer) clearTimeout(this.repairTimer);
      this.repairTimer = null;
      if (this.former) {
        this.closeFormer();
        this.options.onStreams([...this.streams]);
      }
      this.options.onState('connected');
    } else if (pc.connectionState === 'failed') {
      void this.repair();
    } else if (pc.connectionState === 'disconnected') {
      this.options.onState('repairing');
      this.repairTimer ??= setTimeout(() => void this.repair(), REPAIR_AFTER_MS);
    }
  }

  /* Another network: a new path is asked for before the browser misses the old one. */
  networkChanged(): void {
    this.wake?.();
    if (this.moveTimer) clearTimeout(this.moveTimer);
    this.moveTimer = setTimeout(() => {
      this.isMoved = true;
      void this.repair();
    }, MOVE_SETTLE_MS);
  }

  /* Until it works: the browser's own checks may find the way back at any time, so a
   * connection is replaced only when the server has answered and still nothing comes. */
  private async repair(): Promise<void> {
    if (this.isRepairing || this.isClosed || !this.location) return;
    this.isRepairing = true;
    this.repairTimer = null;
    if (!this.isConnected()) this.options.onState('repairing');
    const isBack = await this.untilBack();
    this.isRepairing = false;
    if (this.isClosed) return;
    this.options.onState(isBack ? 'connected' : 'failed');
    if (isBack && this.pc) this.watch(this.pc);
  }

  /* Time without the server does not count as a try. */
  private async untilBack(): Promise<boolean> {
    const end = performance.now() + REPAIR_MAX_MS;
    let isRestartable = true;
    for (let tries = 0; tries < TRIES_MAX && performance.now() < end && !this.isClosed;) {
      if (this.isConnected() && !this.isMoved) return true;
      try {
        if (isRestartable ? await this.restartIce() : await this.rejoin()) return true;
        isRestartable = false;
        tries += 1;
      } catch (error) {
        isRestartable = error instanceof ApiError && error.code === 'offline';
        if (!isRestartable) tries += 1;
        await this.pause(isRestartable ? OFFLINE_PAUSE_MS : Math.min(8_000, 250 * 2 ** tries));
      }
    }
    return this.isConnected();
  }

  /* A new offer that takes the seat over, unless the old way alone leads anywhere. */
  private async rejoin(): Promise<boolean> {
    await this.join();
    this.isMoved = false;
    if (await this.isConnectedWithin(RESTART_WAIT_MS * 2)) return true;
    if (this.isClosed) return false;
    if (this.former?.pc.connectionState === 'connected') {
      this.pc?.close();
      void api.leavePeer(this.location);
      this.goBack();
      return true;
    }
    this.closeFormer();
    this.options.onStreams([...this.streams]);
    return false;
  }

  /* A new address for the same peer: keys, SSRCs and the seat stay. The server is asked
   * first: while it is out of reach the connection stays as it is. */
  private async restartIce(): Promise<boolean> {
    const pc = this.pc;
    if (!pc || !this.location || !pc.remoteDescription) return false;
    const answer = pc.remoteDescription.sdp;
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers: await iceServers() });
    const offer = await pc.createOffer({ iceRestart: true });
    const frag = restartFragment(offer.sdp ?? '');
    if (!frag) return false;
    const fresh = credentialsOf(await api.restartIce(this.location, frag));
    if (!fresh || this.isClosed || pc !== this.pc) return false;
    this.isMoved = false;
    await pc.setLocalDescription(offer);
    await pc.setRemoteDescription({ type: 'answer', sdp: withCredentials(answer, fresh) });
    return this.isConnectedWithin(RESTART_WAIT_MS);
  }

  private isConnected(): boolean {
    return this.pc?.connectionState === 'connected';
  }

  private async isConnectedWithin(waitMs: number): Promise<boolean> {
    const end = performance.now() + waitMs;
    while (performance.now() < end && !this.isClosed) {
      if (this.isConnected()) return true;
      await this.pause(100);
    }
    return false;
  }

  /* Ends early when the network is told to be there. */
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  private async readStats(): Promise<void> {
    const report = await this.pc?.getStats().catch(() => null);
    if (!report) return;
    let lost = 0;
    let received = 0;
    let roundTripS = 0;
    let remoteLoss = 0;
    let selected = '';
    report.forEach((entry: Record<string, unknown>) => {
      if (entry['type'] === 'inbound-rtp') {
        lost += Number(entry['packetsLost'] ?? 0);
        received += Number(entry['packetsReceived'] ?? 0);
      } else if (entry['type'] === 'candidate-pair' && entry['nominated']) {
        roundTripS = Math.max(roundTripS, Number(entry['currentRoundTripTime'] ?? 0));
      } else if (entry['type'] === 'remote-inbound-rtp') {
        remoteLoss = Math.max(remoteLoss, Number(entry['fractionLost'] ?? 0));
      } else if (entry['type'] === 'transport') {
        selected = String(entry['selectedCandidatePairId'] ?? '');
      }
    });
    const pair = pairOf(report.get(selected) as Record<string, unknown> | undefined);
    if (isSilent(this.lastPair, pair) && !this.isRepairing) this.networkChanged();
    this.lastPair = pair;
    const newLost = Math.max(0, lost - this.last.lost);
    const newAll = newLost + Math.max(0, received - this.last.received);
    this.last = { lost, received };
    const loss = Math.max(newAll > 20 ? newLost / newAll : 0, remoteLoss);
    this.options.onLevel(levelOf(loss, roundTripS));
  }
}

export interface TestPeerOptions {
  hearing: string;
  path: Path;
  iceServers: RTCIceServer[];
  camera: MediaStreamTrack;
  microphone: MediaStreamTrack | null;
}

/*
 * Sends one's own camera and microphone and gets them back, over one path only. Nothing of
 * it is played; the tracks stay the caller's.
 */
export class TestPeer {
  private readonly pc: RTCPeerConnection;
  private picture: RTCRtpSender | null = null;
  private location = '';
  private isClosed = false;

  constructor(private readonly options: TestPeerOptions) {
    this.pc = new RTCPeerConnection({
      bundlePolicy: 'max-bundle',
      iceServers: options.iceServers,
      iceTransportPolicy: options.path === 'relay' ? 'relay' : 'all',
    });
  }

  /* false: not connected in time. A handshake that has begun may end. */
  async open(wait_ms: number): Promise<boolean> {
    const { pc } = this;
    this.addLines();
    await pc.setLocalDescription(await pc.createOffer());
    const { answer, location } =
      await api.postTest(this.options.hearing, pc.localDescription?.sdp ?? '');
    this.location = location;
    if (this.isClosed) {
      void this.leave();
      return false;
    }
    const { path } = this.options;
    const sdp = path === 'udp' || path === 'tcp' ? withTransport(answer, path) : answer;
    await pc.setRemoteDescription({ type: 'answer', sdp });
    const end = performance.now() + wait_ms;
    while (!this.isClosed && performance.now() < end + (isReached(pc) ? wait_ms : 0)) {
      if (pc.connectionState === 'connected') return true;
      if (pc.connectionState === 'failed') return false;
      await pause(50);
    }
    return false;
  }

  async read(): Promise<Reading> {
    const entries: Record<string, unknown>[] = [];
    if (!this.isClosed)
      (await this.pc.getStats()).forEach((entry: Record<string, unknown>) => entries.push(entry));
    return readingOf(entries, performance.now());
  }

  /* Send this in place of the camera. */
  async show(track: MediaStreamTrack): Promise<void> {
    await this.picture?.replaceTrack(track).catch(() => undefined);
  }

  /* Send at most this much from now on. */
  async limit(bitrate_bps: number): Promise<void> {
    const parameters = this.picture?.getParameters();
    const encoding = parameters?.encodings?.[0];
    if (!parameters || !encoding) return;
    encoding.maxBitrate = Math.round(bitrate_bps);
    await this.picture?.setParameters(parameters).catch(() => undefined);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    void this.leave();
  }

  /* First the word, then the line: the other way round the test has ended before. */
  private async leave(): Promise<void> {
    const { location } = this;
    this.location = '';
    if (location) await Promise.race([api.leavePeer(location), pause(LEAVE_WAIT_MS)]);
    this.pc.close();
  }

  private addLines(): void {
    const { camera, microphone } = this.options;
    const own = new MediaStream();
    const lines = [
      this.pc.addTransceiver(microphone ?? 'audio', { direction: 'sendonly', streams: [own] }),
      this.pc.addTransceiver(camera, {
        direction: 'sendonly', streams: [own], sendEncodings: [{ maxBitrate: BITRATE_BPS['f'] }],
      }),
      this.pc.addTransceiver('audio', { direction: 'recvonly' }),
      this.pc.addTransceiver('video', { direction: 'recvonly' }),
    ];
    lines.forEach((line, index) => prefer(line, index % 2 ? 'video' : 'audio'));
    this.picture = lines[1]?.sender ?? null;
  }
}

function isReached(pc: RTCPeerConnection): boolean {
  return pc.iceConnectionState === 'connected' || pc.iceConnectionState === 'completed';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/* Browsers without transport statistics tell no pair and wait for "disconnected". */
function pairOf(entry: Record<string, unknown> | undefined): PairFigures | null {
  return entry ? {
    id: String(entry['id']), bytes: Number(entry['bytesReceived'] ?? 0),
    sent: Number(entry['bytesSent'] ?? 0),
    asked: 'requestsSent' in entry ? Number(entry['requestsSent']) : null,
    answered: Number(entry['responsesReceived'] ?? 0),
  } : null;
}

/* Fewer codecs make half the offer (media.md 9.1); an old browser sends all of them. */
function prefer(transceiver: RTCRtpTransceiver, kind: 'audio' | 'video'): void {
  const all = RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? [];
  const wanted = kind === 'audio' ? chooseAudio(all) : chooseVideo(all);
  if (!wanted.length) return;
  try {
    transceiver.setCodecPreferences?.(wanted);
  } catch {
    /* The default list is larger and works as well. */
  }
}
