// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  adviceFor, figuresOf, isIdle, isOverfull, levelOf, PATHS, readingOf, reportOf, resultOf,
  secondLook, type Figures, type Level, type Reading,
} from '../src/test_result';
import { withTransport } from '../src/sdp';

const good: Figures = {
  sent_bps: 900_000, up_bps: 1_200_000, down_bps: 900_000, isDownOpen: true, upLoss: 0, downLoss: 0,
  roundTrip_ms: 40, jitter_ms: 5,
};
const of = (change: Partial<Figures>) => levelOf({ ...good, ...change });

test('the level is the worst of what the line lacks', () => {
  assert.equal(levelOf(good), 'good');
  assert.equal(of({ up_bps: 300_000 }), 'weak');
  assert.equal(of({ up_bps: 60_000 }), 'audio_only');
  assert.equal(of({ up_bps: 10_000 }), 'lost');
  assert.equal(of({ down_bps: 300_000, isDownOpen: false }), 'weak');
  assert.equal(of({ upLoss: 0.05 }), 'weak');
  assert.equal(of({ downLoss: 0.2 }), 'audio_only');
  assert.equal(of({ downLoss: 0.6 }), 'lost');
  assert.equal(of({ roundTrip_ms: 650 }), 'weak');
  assert.equal(of({ jitter_ms: 300 }), 'audio_only');
  assert.equal(levelOf(null), 'lost');
  assert.equal(of({ down_bps: 0 }), 'lost');
});

test('a picture that needs little does not make a good line weak', () => {
  assert.equal(of({ down_bps: 120_000, isDownOpen: true }), 'good');
  assert.equal(of({ down_bps: 120_000, isDownOpen: false }), 'audio_only');
});

const reading = (change: Partial<Reading>): Reading => ({
  at_ms: 0, sentBytes: 0, sentPackets: 0, receivedBytes: 0, receivedPackets: 0, lostUp: 0,
  lostDown: 0, available_bps: 0, roundTrip_ms: 0, jitter_ms: 0, ...change,
});

test('figures are what happened between two readings', () => {
  const first = reading({ at_ms: 1000, sentBytes: 5000, sentPackets: 10, receivedBytes: 4000,
    receivedPackets: 8, lostUp: 3, lostDown: 2 });
  const last = reading({ at_ms: 3000, sentBytes: 105_000, sentPackets: 110,
    receivedBytes: 54_000, receivedPackets: 58, lostUp: 13, lostDown: 52, roundTrip_ms: 80 });
  assert.deepEqual(figuresOf(first, last), {
    sent_bps: 400_000, up_bps: 400_000, down_bps: 200_000, isDownOpen: false, upLoss: 0.1, downLoss: 0.5,
    roundTrip_ms: 80, jitter_ms: 0,
  });
  assert.equal(figuresOf(first, { ...last, available_bps: 777 }).up_bps, 777);
  assert.ok(isOverfull(figuresOf(first, last)));
});

test('a camera that sends little of what the line carries does not fill it', () => {
  const fills = (sent_bps: number, up_bps: number) => !isIdle({ ...good, sent_bps, up_bps });
  assert.ok(!fills(150_000, 1_300_000));
  assert.ok(fills(700_000, 2_000_000));
  assert.ok(fills(180_000, 200_000));
  /* A browser that makes no estimate: the rate says all that is known. */
  assert.ok(!fills(300_000, 300_000));
  assert.ok(fills(800_000, 800_000));
});

test('loss on the way up is not held against the way down', () => {
  const last = reading({ at_ms: 1000, sentBytes: 100_000, sentPackets: 100,
    receivedBytes: 80_000, receivedPackets: 80, lostUp: 20 });
  const figures = figuresOf(reading({}), last);
  assert.equal(figures.upLoss, 0.2);
  assert.ok(figures.isDownOpen);
  assert.ok(!isOverfull(figures));
});

test('a second look keeps what the line carried and forgets what we spoilt', () => {
  const full = { ...good, down_bps: 300_000, isDownOpen: false, downLoss: 0.7 };
  const calm = { ...good, up_bps: 800_000, down_bps: 200_000 };
  assert.deepEqual(secondLook(full, calm), { ...good, down_bps: 300_000, isDownOpen: false });
  assert.equal(levelOf(secondLook(full, calm)), 'weak');
  const slow = { ...good, up_bps: 300_000 };
  assert.equal(levelOf(secondLook(slow, good)), 'good');
  assert.equal(levelOf(secondLook(slow, { ...slow, upLoss: 0.2 })), 'audio_only');
});

test('nothing that came, and two readings at once, are no figures from nowhere', () => {
  const figures = figuresOf(reading({}), reading({}));
  assert.equal(figures.up_bps, 0);
  assert.equal(figures.downLoss, 0);
  assert.equal(figures.isDownOpen, false);
  assert.equal(levelOf(figures), 'lost');
});

test('a reading adds streams up and takes the pair in use', () => {
  const got = readingOf([
    { type: 'outbound-rtp', bytesSent: 100, packetsSent: 2 },
    { type: 'outbound-rtp', bytesSent: 50, packetsSent: 1 },
    { type: 'inbound-rtp', bytesReceived: 70, packetsReceived: 3, packetsLost: 1, kind: 'audio',
      jitter: 0.02 },
    { type: 'inbound-rtp', kind: 'video', jitter: 0.3 },
    { type: 'remote-inbound-rtp', packetsLost: 4, roundTripTime: 0.03 },
    { type: 'candidate-pair', nominated: false, availableOutgoingBitrate: 9e9 },
    { type: 'candidate-pair', nominated: true, availableOutgoingBitrate: 6e5,
      currentRoundTripTime: 0.09 },
    { type: 'codec', bytesSent: 5 },
    { type: 'outbound-rtp', bytesSent: 'many', packetsSent: NaN },
  ], 12);
  assert.deepEqual(got, { at_ms: 12, sentBytes: 150, sentPackets: 3, receivedBytes: 70,
    receivedPackets: 3, lostUp: 4, lostDown: 1, available_bps: 6e5, roundTrip_ms: 90,
    jitter_ms: 20 });
});

test('the first path that opened counts, and none when all are shut', () => {
  const weak = { ...good, up_bps: 200_000 };
  const of = (...figures: (Figures | null)[]) => {
    const { path, level } = resultOf(figures.map((one, index) =>
      ({ path: PATHS[index] ?? 'none', figures: one })));
    return [path, level];
  };
  assert.deepEqual(of(null, weak), ['tcp', 'weak']);
  assert.deepEqual(of(good, good, good), ['udp', 'good']);
  assert.deepEqual(of(weak, good), ['udp', 'weak']);
  assert.deepEqual(of({ ...good, downLoss: 0.9 }, good), ['udp', 'lost']);
  assert.deepEqual(of(null, null), ['none', 'lost']);
  assert.deepEqual(of(), ['none', 'lost']);
});

test('whoever is not well off is told what to do; whoever is, is left alone', () => {
  assert.deepEqual(adviceFor('good'), []);
  for (const level of ['weak', 'audio_only', 'lost'] as const)
    assert.ok(adviceFor(level).includes('mobile'), level);
  assert.ok(adviceFor('lost').includes('office'));
});

test('the report stays within what the server takes', () => {
  const wild = { ...good, up_bps: 9e12, roundTrip_ms: 1e9, downLoss: 7 };
  const report = reportOf(resultOf([{ path: 'udp', figures: wild }]));
  assert.equal(report['up_bps'], 1_000_000_000);
  assert.equal(report['rtt_ms'], 60_000);
  assert.equal(report['loss_permille'], 1000);
  assert.deepEqual(reportOf(resultOf([])), { level: 'lost', path: 'none', rtt_ms: 0,
    loss_permille: 0, up_bps: 0, down_bps: 0 });
});

/* Mulberry32: the same numbers for the same seed, printed when it fails. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

test('property: a line that gets worse in one figure is never said to be better', () => {
  const seed = Date.now() & 0xffff;
  const next = random(seed);
  const order: Level[] = ['good', 'weak', 'audio_only', 'lost'];
  for (let round = 0; round < 2000; round += 1) {
    const figures: Figures = {
      sent_bps: 10 ** (3 + next() * 4), up_bps: 10 ** (3 + next() * 4), down_bps: 10 ** (3 + next() * 4),
      isDownOpen: next() < 0.5, upLoss: next() ** 3, downLoss: next() ** 3,
      roundTrip_ms: 10 ** (next() * 4), jitter_ms: 10 ** (next() * 3),
    };
    const worse: Partial<Figures>[] = [
      { up_bps: figures.up_bps * next() }, { down_bps: figures.down_bps * next() },
      { isDownOpen: false }, { upLoss: Math.min(1, figures.upLoss + next()) },
      { downLoss: Math.min(1, figures.downLoss + next()) },
      { roundTrip_ms: figures.roundTrip_ms * (1 + next() * 9) },
      { jitter_ms: figures.jitter_ms * (1 + next() * 9) },
    ];
    const rank = order.indexOf(levelOf(figures));
    for (const change of worse)
      assert.ok(order.indexOf(levelOf({ ...figures, ...change })) >= rank,
        `seed ${seed}: ${JSON.stringify([figures, change])}`);
  }
});

test('one transport is left in the answer, and nothing else is touched', () => {
  const answer = ['v=0', 'a=candidate:1 1 udp 2130706431 192.0.2.2 8443 typ host',
    'a=candidate:2 1 TCP 1671430143 192.0.2.2 8443 typ host tcptype passive',
    'a=candidate:3 1 udp 2130706430 2001:db8::1 8443 typ host', 'a=mid:0', ''].join('\r\n');
  const kept = (transport: 'udp' | 'tcp') => withTransport(answer, transport)
    .split('\r\n').map((line) => line.slice(0, 13));
  assert.deepEqual(kept('udp'), ['v=0', 'a=candidate:1', 'a=candidate:3', 'a=mid:0', '']);
  assert.deepEqual(kept('tcp'), ['v=0', 'a=candidate:2', 'a=mid:0', '']);
});
