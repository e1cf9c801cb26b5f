// SPDX-License-Identifier: Apache-2.0
/*
 * What a line carries and what to say about it: figures from two readings of a connection,
 * a level from figures, advice from a level. Pure.
 *
 * Units   *_bps bit/s, *_ms milliseconds, ratios 0 … 1. Readings count from the beginning.
 * Errors  A figure that a browser does not tell is 0 ("not known"), never a reason to warn.
 */

/* How packets go. none: they do not. */
export type Path = 'udp' | 'tcp' | 'relay' | 'none';
export type Level = 'good' | 'weak' | 'audio_only' | 'lost';
export type Advice = 'nearer' | 'others' | 'mobile' | 'camera' | 'office';

export const PATHS = ['udp', 'tcp', 'relay'] as const;

export interface Reading {
  at_ms: number;
  sentBytes: number;
  sentPackets: number;
  receivedBytes: number;
  receivedPackets: number;
  lostUp: number;
  lostDown: number;
  /* what the browser thinks that the way up carries; 0: it does not say */
  available_bps: number;
  roundTrip_ms: number;
  jitter_ms: number;
}

export interface Figures {
  sent_bps: number;
  up_bps: number;
  down_bps: number;
  /* Everything that was sent came back: the way down carries at least this. */
  isDownOpen: boolean;
  upLoss: number;
  downLoss: number;
  roundTrip_ms: number;
  jitter_ms: number;
}

/* One path that was tried; figures null: nothing came through. */
export interface Trial {
  path: Path;
  figures: Figures | null;
}

export interface Result {
  level: Level;
  path: Path;
  figures: Figures | null;
  trials: Trial[];
}

interface Limits {
  level: Level;
  least_bps: number;
  loss: number;
  roundTrip_ms: number;
  jitter_ms: number;
}

/*
 * good: several faces at a legible size (one simulcast layer of 500 kbit/s) and a talk
 * without stepping on each other. weak: one small face. audio_only: Opus with repair.
 */
const LIMITS: readonly Limits[] = [
  { level: 'good', least_bps: 500_000, loss: 0.03, roundTrip_ms: 400, jitter_ms: 80 },
  { level: 'weak', least_bps: 150_000, loss: 0.1, roundTrip_ms: 800, jitter_ms: 200 },
  { level: 'audio_only', least_bps: 30_000, loss: 0.3, roundTrip_ms: 2_000, jitter_ms: 800 },
];

/* Below this part of what was sent the way down is full. */
const OPEN_RATIO = 0.85;
const OPEN_LOSS = 0.03;
/* What a test should send to find out whether a line is good, with some room. */
const FILL_BPS = 600_000;
const FILL_RATIO = 0.7;

type Entry = Record<string, unknown>;

function numberOf(entry: Entry, name: string): number {
  const value = entry[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/* The entries of RTCPeerConnection.getStats(). */
export function readingOf(entries: Iterable<Entry>, at_ms: number): Reading {
  const reading: Reading = {
    at_ms, sentBytes: 0, sentPackets: 0, receivedBytes: 0, receivedPackets: 0,
    lostUp: 0, lostDown: 0, available_bps: 0, roundTrip_ms: 0, jitter_ms: 0,
  };
  let videoJitter_ms = 0;
  for (const entry of entries) {
    const type = entry['type'];
    if (type === 'outbound-rtp') {
      reading.sentBytes += numberOf(entry, 'bytesSent');
      reading.sentPackets += numberOf(entry, 'packetsSent');
    } else if (type === 'inbound-rtp') {
      reading.receivedBytes += numberOf(entry, 'bytesReceived');
      reading.receivedPackets += numberOf(entry, 'packetsReceived');
      reading.lostDown += numberOf(entry, 'packetsLost');
      if (entry['kind'] === 'audio') reading.jitter_ms = numberOf(entry, 'jitter') * 1000;
      else videoJitter_ms = numberOf(entry, 'jitter') * 1000;
    } else if (type === 'remote-inbound-rtp') {
      reading.lostUp += numberOf(entry, 'packetsLost');
      reading.roundTrip_ms =
        Math.max(reading.roundTrip_ms, numberOf(entry, 'roundTripTime') * 1000);
    } else if (type === 'candidate-pair' && entry['nominated'] === true) {
      reading.available_bps =
        Math.max(reading.available_bps, numberOf(entry, 'availableOutgoingBitrate'));
      reading.roundTrip_ms =
        Math.max(reading.roundTrip_ms, numberOf(entry, 'currentRoundTripTime') * 1000);
    }
  }
  /* Pictures come in bursts: what they say of the line counts only where no sound comes. */
  reading.jitter_ms ||= videoJitter_ms;
  return reading;
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part) / whole) : 0;
}

/* What happened between two readings; the second one is later. */
export function figuresOf(first: Reading, last: Reading): Figures {
  const seconds = Math.max(last.at_ms - first.at_ms, 1) / 1000;
  const sent_bps = Math.max(0, last.sentBytes - first.sentBytes) * 8 / seconds;
  const received_bps = Math.max(0, last.receivedBytes - first.receivedBytes) * 8 / seconds;
  const received = last.receivedPackets - first.receivedPackets;
  const lost = last.lostDown - first.lostDown;
  const upLoss = ratio(last.lostUp - first.lostUp, last.sentPackets - first.sentPackets);
  const downLoss = ratio(lost, Math.max(0, received) + Math.max(0, lost));
  return {
    sent_bps: Math.round(sent_bps),
    up_bps: Math.round(last.available_bps || sent_bps),
    down_bps: Math.round(received_bps),
    isDownOpen: downLoss <= OPEN_LOSS && received_bps >= sent_bps * (1 - upLoss) * OPEN_RATIO
      && received_bps > 0,
    upLoss,
    downLoss,
    roundTrip_ms: Math.round(last.roundTrip_ms),
    jitter_ms: Math.round(last.jitter_ms),
  };
}

/*
 * A camera that looks at a white wall sends so little that any line seems good: then
 * something else must fill it. What already fills its way up says enough.
 */
export function isIdle(figures: Figures): boolean {
  return figures.sent_bps < Math.min(FILL_BPS, figures.up_bps * FILL_RATIO)
    || (figures.sent_bps < FILL_BPS && figures.up_bps === figures.sent_bps);
}

/*
 * Two looks at one line: it carries what it carried once, and the rest is as it was later,
 * when the browser had found its speed.
 */
export function secondLook(first: Figures, second: Figures): Figures {
  return {
    ...second,
    up_bps: Math.max(first.up_bps, second.up_bps),
    down_bps: Math.max(first.down_bps, second.down_bps),
    isDownOpen: second.isDownOpen && !isOverfull(first),
  };
}

/* The way down got more than it carries: its losses are our own doing, so send less. */
export function isOverfull(figures: Figures): boolean {
  return !figures.isDownOpen && figures.downLoss > OPEN_LOSS;
}

export function levelOf(figures: Figures | null): Level {
  if (!figures || figures.down_bps <= 0) return 'lost';
  const fits = LIMITS.find((limit) => figures.up_bps >= limit.least_bps
    && (figures.isDownOpen || figures.down_bps >= limit.least_bps)
    && Math.max(figures.upLoss, figures.downLoss) <= limit.loss
    && figures.roundTrip_ms <= limit.roundTrip_ms
    && figures.jitter_ms <= limit.jitter_ms);
  return fits?.level ?? 'lost';
}

/*
 * The first path that opened is the one that the hearing will take, as ICE prefers the
 * quicker one too: a later path that did better is no comfort.
 */
export function resultOf(trials: Trial[]): Result {
  const taken = trials.find((trial) => trial.figures) ?? null;
  return {
    level: levelOf(taken?.figures ?? null),
    path: taken?.path ?? 'none',
    figures: taken?.figures ?? null,
    trials,
  };
}

/* What the person can do, the most useful first. */
export function adviceFor(level: Level): Advice[] {
  switch (level) {
    case 'good':
      return [];
    case 'weak':
      return ['nearer', 'others', 'mobile'];
    case 'audio_only':
      return ['nearer', 'others', 'mobile', 'camera'];
    case 'lost':
      return ['mobile', 'nearer', 'office'];
  }
}

/* The message network.report: bounded as PROTOCOL.md 5 says. */
export function reportOf(result: Result): Record<string, string | number> {
  const { figures } = result;
  const within = (value: number, most: number) =>
    Math.round(Math.min(most, Math.max(0, value)));
  const loss = Math.max(figures?.upLoss ?? 0, figures?.downLoss ?? 0);
  return {
    level: result.level,
    path: result.path,
    rtt_ms: within(figures?.roundTrip_ms ?? 0, 60_000),
    loss_permille: within(loss * 1000, 1000),
    up_bps: within(figures?.up_bps ?? 0, 1_000_000_000),
    down_bps: within(figures?.down_bps ?? 0, 1_000_000_000),
  };
}
