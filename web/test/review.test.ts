// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordingFile } from '../src/api';
import {
  BEHIND_MS, covered_ms, farPieces, type Held, isIndex, isShownAt, lanesOf, lostPieces, nextPiece,
  type Piece, piecesOf, RANGE_BYTES, removalOf, type Span, spanUnder, type Take, usefulTakes,
} from '../src/review/plan';
import { IN_FLIGHT_MAX, Scheduler } from '../src/review/scheduler';
import { ReviewClock } from '../src/review/clock';
import { SilentSound } from '../src/review/silent_sound';
import { orders, type Picture, steer, stepSpeed } from '../src/review/sync';
import {
  chapterAt, chapterJump, readTimeline, reasonAt, seekable, speakersAt,
} from '../src/review/timeline';

const file = (part: Partial<RecordingFile> = {}): RecordingFile => ({
  id: 'f', kind: 'take', participant: 'p', name: 'N', unit: null, role: null, side: null,
  source: 'camera', media_type: 'video/webm; codecs="vp8"', size: 0, sha256: '', start_ms: 12_000,
  duration_ms: 60_000, index_file: 'i', ...part,
});

const index = (sizes: number[], step = 2000) => {
  let at = 500;
  return {
    init_size: 500,
    points: sizes.map((size, n): [number, number, number] => {
      const point: [number, number, number] = [n * step, at, size];
      at += size;
      return point;
    }),
  };
};

test('pieces cover every cluster once, in order, none split, small ones together', () => {
  let seed = 7;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let round = 0; round < 200; round += 1) {
    const sizes = Array.from({ length: 1 + Math.floor(random() * 30) },
      () => 1 + Math.floor(random() * 400_000));
    const made = index(sizes);
    const pieces = piecesOf(file(), made, 0);
    const starts = new Set(made.points.map((point) => point[1]));
    let at = 500;
    for (const piece of pieces) {
      assert.equal(piece.from, at);
      assert.ok(starts.has(piece.from));
      const clusters = made.points.filter((one) => one[1] >= piece.from && one[1] < piece.to);
      assert.ok(piece.to - piece.from <= RANGE_BYTES || clusters.length === 1);
      at = piece.to;
    }
    assert.equal(at, 500 + sizes.reduce((sum, size) => sum + size, 0));
    assert.equal(pieces[0]?.from_ms, 12_000);
    assert.equal(pieces[pieces.length - 1]?.to_ms, 72_000);
  }
});

const take = (sizes: number[], part: Partial<RecordingFile> = {}, at = 0): Take => {
  const made = index(sizes);
  const one = file({ duration_ms: sizes.length * 2000, ...part });
  return { file: one, index: made, pieces: piecesOf(one, made, at) };
};

test('the next piece is the one under the playhead, then those ahead, then none', () => {
  const big = new Array<number>(30).fill(RANGE_BYTES);
  const takes = [take(big, { start_ms: 0 })];
  const have = new Set<string>();
  const order: number[] = [];
  for (;;) {
    const piece = nextPiece(takes, have, 10_500);
    if (!piece) break;
    order.push(piece.from_ms);
    have.add(piece.key);
  }
  assert.equal(order[0], 10_000);
  assert.deepEqual(order, [...order].sort((a, b) => a - b));
  assert.equal(order[order.length - 1], 30_000);
});

test('what is far behind may go, what is near stays', () => {
  const takes = [take(new Array<number>(60).fill(RANGE_BYTES), { start_ms: 0 })];
  const have = new Set(takes[0]?.pieces.map((piece) => piece.key));
  const far = farPieces(takes, have, 60_000);
  assert.ok(far.length > 0);
  assert.ok(far.every((piece) => piece.to_ms < 40_000));
});

/* A slow model of a SourceBuffer: groups of pictures as [from, to], removed as MSE 3.5.9 says. */
class ModelBuffer {
  groups: [number, number][] = [];
  constructor(private readonly keys: number[]) {}

  append(piece: Piece): void {
    const keys = this.keys.filter((key) => key >= piece.from_ms && key < piece.to_ms);
    this.groups = this.groups.filter(([key]) => !keys.includes(key));
    keys.forEach((key, at) => this.groups.push([key, keys[at + 1] ?? piece.to_ms]));
  }

  remove([from, to]: Span): void {
    const present = this.groups.map((group) => group[0]).filter((key) => key >= to);
    const end = Math.min(Infinity, ...present);
    this.groups = this.groups.filter(([key]) => key < from || key >= end);
  }

  get spans(): Span[] {
    return this.groups;
  }
}

const watch = (takes: Take[], buffer: ModelBuffer, held: Held, at_ms: number) => {
  for (const piece of lostPieces(takes, held, buffer.spans)) held.delete(piece.key);
  for (const piece of farPieces(takes, held, at_ms)) {
    buffer.remove(removalOf(piece));
    held.delete(piece.key);
  }
  for (;;) {
    const piece = nextPiece(takes, held, at_ms);
    if (!piece) return;
    buffer.append(piece);
    held.set(piece.key, covered_ms(buffer.spans, piece.from_ms, piece.to_ms));
  }
};

test('wherever one jumps, and whatever the browser evicts, pictures come to be there', () => {
  let seed = 11;
  const random = (below: number) =>
    Math.floor((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648 * below);
  for (let round = 0; round < 50; round += 1) {
    const sizes = Array.from({ length: 60 }, () => 1 + random(300_000));
    const takes = [take(sizes, { start_ms: 0 })];
    const buffer = new ModelBuffer(takes[0]?.index.points.map((point) => point[0]) ?? []);
    const held: Held = new Map();
    for (let step = 0; step < 20; step += 1) {
      const at_ms = random(120_000);
      const isForeign = round % 2 === 1 && random(3) === 0;
      if (isForeign) buffer.remove([random(120_000), random(120_000)]);
      watch(takes, buffer, held, at_ms);
      const until = Math.min(at_ms + 2000, 120_000);
      assert.equal(covered_ms(buffer.spans, at_ms, until), until - at_ms, `at ${at_ms}`);
      if (round % 2 === 0)
        assert.equal(covered_ms(buffer.spans, 0, at_ms - BEHIND_MS - 60_000), 0);
    }
  }
});

test('takes that overlap: what went with the one before comes back with a jump', () => {
  const before = file({ start_ms: 584, duration_ms: 640 });
  const after = file({ start_ms: 1184, duration_ms: 29_640 });
  const one = { init_size: 500, points: [[0, 500, 9000]] as [number, number, number][] };
  const many = index([RANGE_BYTES, RANGE_BYTES, RANGE_BYTES], 10_000);
  const takes: Take[] = [
    { file: before, index: one, pieces: piecesOf(before, one, 0) },
    { file: after, index: many, pieces: piecesOf(after, many, 1) },
  ];
  const buffer = new ModelBuffer([584, 1184, 11_184, 21_184]);
  const held: Held = new Map();
  for (const at_ms of [1000, 30_500]) watch(takes, buffer, held, at_ms);
  assert.equal(covered_ms(buffer.spans, 1184, 11_184), 0); /* no fault of ours: MSE 3.5.9 */
  watch(takes, buffer, held, 2000);
  assert.equal(covered_ms(buffer.spans, 2000, 30_000), 28_000);
});

test('a removal ends before the next piece, even when its key frame is rounded down', () => {
  const [first, second] = take([RANGE_BYTES, RANGE_BYTES], { start_ms: 0 }).pieces;
  assert.ok(first && second);
  const buffer = new ModelBuffer([0, 1999.6]);
  buffer.groups = [[0, 1999.6], [1999.6, 4000]];
  buffer.remove(removalOf(first));
  assert.deepEqual(buffer.spans, [[1999.6, 4000]]);
});

test('a piece with holes of its own is not lost, one that lost more is', () => {
  const takes = [take([RANGE_BYTES, RANGE_BYTES], { start_ms: 0 })];
  const key = takes[0]?.pieces[0]?.key ?? '';
  const held: Held = new Map([[key, 1500]]);
  const lost = (spans: Span[]) => lostPieces(takes, held, spans).map((piece) => piece.key);
  assert.deepEqual(lost([[0, 1000], [1500, 2000]]), []);
  assert.deepEqual(lost([[0, 900], [1500, 2000]]), []);
  assert.deepEqual(lost([[1500, 2000]]), [key]);
  held.set(key, 0);
  assert.deepEqual(lost([]), []);
});

test('lanes: one a person and source, takes in order, sound alone is no picture', () => {
  const lanes = lanesOf([
    file({ id: 'b', start_ms: 50_000 }), file({ id: 'a', start_ms: 0 }),
    file({ id: 'm', source: 'microphone', media_type: 'audio/webm; codecs="opus"' }),
    file({ id: 's', source: 'screen' }), file({ id: 'x', kind: 'mixed_audio' }),
  ]);
  assert.deepEqual(lanes.map((lane) => lane.key), ['p/camera', 'p/screen']);
  assert.deepEqual(lanes[0]?.files.map((one) => one.id), ['a', 'b']);
});

test('an index from elsewhere is not believed', () => {
  assert.equal(isIndex({ init_size: 1, points: [[0, 1, 2]] }), true);
  for (const bad of [null, [], {}, { init_size: 1 }, { init_size: 1, points: [[0, 1]] },
    { init_size: 1, points: [[0, 'x', 2]] }]) assert.equal(isIndex(bad), false);
});

test('at most four requests run, focused ones first, aborted ones never', async () => {
  const scheduler = new Scheduler();
  const { signal } = new AbortController();
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const job = (name: string, priority: number) => scheduler.add(priority, signal, () => {
    started.push(name);
    assert.ok(scheduler.inFlight <= IN_FLIGHT_MAX);
    return new Promise<void>((resolve) => ends.push(resolve));
  });
  const all = ['a', 'b', 'c', 'd', 'e'].map((name) => job(name, 1));
  all.push(job('focus', 0));
  const gone = new AbortController();
  gone.abort();
  const aborted = scheduler.add(0, gone.signal, () => Promise.reject(new Error('ran')));
  assert.deepEqual(started, ['a', 'b', 'c', 'd']);
  const refused = assert.rejects(aborted, { name: 'AbortError' });
  for (let i = 0; i < 6; i += 1) {
    ends[i]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all([...all, refused]);
  assert.equal(started[4], 'focus');
  assert.equal(started.length, 6);
});

test('pictures are bent to the sound, far ones jump', () => {
  assert.deepEqual(steer(10.01, 10, 1), { kind: 'rate', rate: 1 });
  const bent = steer(10.05, 10, 2);
  assert.ok(bent.kind === 'rate' && Math.abs(bent.rate - 1.9) < 1e-9);
  assert.deepEqual(steer(9.7, 10, 1), { kind: 'rate', rate: 1.1 });
  assert.deepEqual(steer(9, 10, 1), { kind: 'seek', to: 10 });
});

test('steering closes any gap below half a second within eight seconds', () => {
  for (let start = -0.49; start < 0.5; start += 0.07) {
    let gap = start;
    for (let step = 0; step < 80; step += 1) {
      const way = steer(100 + gap, 100, 1);
      if (way.kind === 'rate') gap += (way.rate - 1) * 0.1;
    }
    assert.ok(Math.abs(gap) < 0.25 * Math.abs(start) + 0.02, `${start} left ${gap}`);
  }
});

const picture = (part: Partial<Picture> = {}): Picture =>
  ({ at_s: 10, pending: null, lead_s: 0, span: [0, 25], ...part });
const at = (at_s: number, isPlaying = true, speed = 1) => ({ at_s, isPlaying, speed });

test('a picture is never sent where nothing is, nor past the last frame', () => {
  assert.deepEqual(orders(picture({ span: null }), at(30)), { isPlaying: false });
  assert.equal(orders(picture(), at(24.999)).seekTo_s, 24.98);
  assert.equal(orders(picture({ span: [3, 25] }), at(2.96)).seekTo_s, 3);
  assert.equal(orders(picture({ at_s: 24.98 }), at(24.999, false)).seekTo_s, undefined);
});

test('a seek that has not ended gives way to one elsewhere, not to the next tick', () => {
  const pending = { sound_s: 24.9, age_s: 0.2 };
  assert.deepEqual(orders(picture({ at_s: 24.9, pending }), at(2)),
    { isPlaying: true, seekTo_s: 2 });
  assert.deepEqual(orders(picture({ pending: { sound_s: 2, age_s: 1 } }), at(3)),
    { isPlaying: true });
  assert.deepEqual(orders(picture({ pending: { sound_s: 2, age_s: 1 } }), at(4, true, 2)),
    { isPlaying: true });
});

test('a seek that never ends is asked for again and told', () => {
  const pending = { sound_s: 2, age_s: 1.5 };
  assert.deepEqual(orders(picture({ pending }), at(3.5)),
    { isPlaying: true, seekTo_s: 3.5, isLate: true });
});

test('seeks lead by the time they take while the sound runs, not while it stands', () => {
  assert.equal(orders(picture({ lead_s: 0.3 }), at(15, true, 2)).seekTo_s, 15.6);
  assert.equal(orders(picture({ lead_s: 5 }), at(15)).seekTo_s, 15.4);
  assert.equal(orders(picture({ lead_s: 0.3 }), at(15, false)).seekTo_s, 15);
  assert.equal(orders(picture(), at(10.04, false)).seekTo_s, undefined);
});

test('speed goes by steps and stops at both ends', () => {
  assert.equal(stepSpeed(1, 1), 1.25);
  assert.equal(stepSpeed(1, -1), 0.75);
  assert.equal(stepSpeed(3, 1), 3);
  assert.equal(stepSpeed(0.5, -1), 0.5);
});

const timeline = readTimeline({
  duration_ms: 100_000,
  participants: [{ id: 'p', name: 'N', speaking: [[0, 5000]], present: [[0, 90_000]],
    camera: [[0, 50_000, 'on'], [50_000, 90_000, 'off']] }],
  chapters: [{ phase: 'opening', from_ms: 0, to_ms: 40_000 },
    { phase: 'statement', from_ms: 40_000, to_ms: 100_000 }],
  gaps: [{ from_ms: 20_000, to_ms: 30_000, reason: 'paused', participant: null }],
});

test('the time line tells who speaks, which phase, why a tile is empty', () => {
  assert.deepEqual(speakersAt(timeline, 4999), ['p']);
  assert.deepEqual(speakersAt(timeline, 5000), []);
  assert.equal(chapterAt(timeline, 40_000)?.phase, 'statement');
  assert.equal(reasonAt(timeline, 'p', 'camera', 25_000), 'paused');
  assert.equal(reasonAt(timeline, 'p', 'camera', 60_000), 'camera_off');
  assert.equal(reasonAt(timeline, 'p', 'camera', 95_000), 'absent');
  const late = { ...timeline, gaps: [], participants: [{ ...timeline.participants[0]!, id: 'late', present: [[1500, 9000]] as [number, number][], camera: [] }] };
  assert.equal(reasonAt(late, 'late', 'camera', 400), 'absent');
  assert.equal(reasonAt(late, 'late', 'camera', 600), 'no_picture'); // comes within a second
  assert.equal(reasonAt(timeline, 'p', 'camera', 1000), 'no_picture');
});

test('jumps by phase: on, back to the start, then one before', () => {
  assert.equal(chapterJump(timeline, 10_000, 1), 40_000);
  assert.equal(chapterJump(timeline, 50_000, 1), 100_000);
  assert.equal(chapterJump(timeline, 50_000, -1), 40_000);
  assert.equal(chapterJump(timeline, 41_000, -1), 0);
});

test('no jump goes past the last frame', () => {
  assert.equal(seekable(timeline, chapterJump(timeline, 50_000, 1)), 99_700);
  assert.equal(seekable(timeline, -5), 0);
  assert.equal(seekable({ ...timeline, duration_ms: 100 }, 50), 0);
});

test('a flash inside another take is left out, a short take alone is kept', () => {
  const take = (id: string, start_ms: number, duration_ms: number) =>
    ({ id, start_ms, duration_ms }) as RecordingFile;
  const files = [take('flash', 400, 2), take('long', 400, 9000), take('alone', 20_000, 2)];
  assert.deepEqual(usefulTakes(files).map((file) => file.id), ['long', 'alone']);
});

test('a time line of rubbish is an empty one', () => {
  for (const bad of [null, 5, [], { chapters: 'x', gaps: [null], participants: [3] }]) {
    const read = readTimeline(bad);
    assert.deepEqual([read.duration_ms, read.chapters, read.gaps, read.participants],
      [0, [], [], []]);
  }
});

test('a picture that begins at once is shown from the beginning on', () => {
  const file = (start_ms: number) => ({ start_ms, duration_ms: 5000 } as RecordingFile);
  assert.deepEqual([isShownAt(file(120), 0), isShownAt(file(120), 5119), isShownAt(file(120), 5120)],
    [true, true, false]);
  assert.deepEqual([isShownAt(file(4000), 3900), isShownAt(file(4000), 4000)], [false, true]);
  const spans: Span[] = [[120, 2000], [4000, 9000]];
  assert.deepEqual([0, 60, 1999, 2500, 3960].map((at) => spanUnder(spans, at)?.[0] ?? null),
    [120, 120, 120, null, 4000]);
  assert.equal(spanUnder([[4000, 9000]], 0), null);
  assert.deepEqual(orders({ at_s: 0, pending: null, lead_s: 0, span: [0.12, 2] },
    { at_s: 0, speed: 1, isPlaying: false }), { isPlaying: false, seekTo_s: 0.12 });
});

test('a clock without a sound runs, stands, jumps and ends', async () => {
  let now_ms = 0;
  const sound = new SilentSound(10, () => now_ms);
  now_ms += 500;
  assert.equal(sound.currentTime, 0);
  await sound.play();
  now_ms += 1000;
  assert.equal(sound.currentTime, 1);
  sound.playbackRate = 2;
  now_ms += 1000;
  assert.equal(sound.currentTime, 3);
  sound.pause();
  now_ms += 1000;
  assert.equal(sound.currentTime, 3);
  sound.currentTime = 9;
  await sound.play();
  now_ms += 1000;
  assert.deepEqual([sound.currentTime, sound.ended], [10, true]);
  await sound.play();
  assert.deepEqual([sound.currentTime, sound.ended], [0, false]);
});

test('a sound that fails leaves the pictures going, where they were', async () => {
  const timeline = { duration_ms: 60_000, participants: [], chapters: [], gaps: [], events: [] };
  const clock = new ReviewClock(timeline as unknown as ConstructorParameters<typeof ReviewClock>[0],
    { start_ms: 500 } as RecordingFile);
  const broken = { currentTime: 7, playbackRate: 1, paused: false, seeking: false, readyState: 4,
    ended: false, play: () => Promise.resolve(), pause: () => undefined };
  clock.attach(broken);
  clock.play();
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(clock.at, 7500);
  clock.goSilent();
  clock.attach(broken); /* the page goes on giving it */
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.ok(clock.isSilent && clock.at > 7500 && clock.at < 8500, String(clock.at));
  clock.seek(20_000);
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.ok(clock.at >= 20_000 && clock.at < 21_000, String(clock.at));
  clock.close();
});
