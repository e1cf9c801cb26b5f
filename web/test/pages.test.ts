// SPDX-License-Identifier: Apache-2.0
/* Router, dates, phases and layout: what the pages decide without a browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelOf, problemOf } from '../src/devices';
import {
  formatClock, formatDate, formatLongClock, formatSize, maskName, nextHalfHour,
} from '../src/format';
import {
  arrange, doubledSlots, keepsPicture, nextOwners, nextSpeaker, viewsOf, type Tile,
} from '../src/layout';
import { Talk } from '../src/talk';
import { isOfOwner } from '../src/picture';
import { markOf, nextPhase, phaseClock, previousPhase, skipped } from '../src/phases';
import type { Hearing, Participant } from '../src/protocol';
import { parse, safeNext } from '../src/router';

test('addresses become pages', () => {
  assert.deepEqual(parse('/'), { page: 'hearings' });
  assert.deepEqual(parse('/j/abc-_9'), { page: 'link', token: 'abc-_9' });
  assert.deepEqual(parse('/hearings/h1'), { page: 'hearing', id: 'h1' });
  assert.deepEqual(parse('/cases/c1', '?show=hearing:h'),
    { page: 'case', id: 'c1', selected: 'hearing:h' });
  assert.deepEqual(parse('/cases/new'), { page: 'newCase' });
  assert.deepEqual(parse('/hearings/new'), { page: 'schedule', id: '' });
  assert.deepEqual(parse('/cases/c1/schedule'), { page: 'schedule', id: 'c1' });
  assert.deepEqual(parse('/recordings/r'), { page: 'recording', id: 'r' });
  assert.deepEqual(parse('/recordings', '?search=x'), { page: 'recordings' });
  assert.deepEqual(parse('/keeping'), { page: 'keeping' });
  assert.deepEqual(parse('/duty'), { page: 'duty' });
  assert.deepEqual(parse('/recordings/r/with/s'), { page: 'pair', ids: ['r', 's'] });
  for (const path of ['/recordings/r/with', '/recordings/r/x/s', '/j', '/j/a/b', '/duty/x', '/nothing', '/hearings/a/b', '/%E0%A4%A'])
    assert.deepEqual(parse(path), { page: 'unknown' }, path);
});

test('after login only own pages are targets', () => {
  assert.equal(safeNext('/cases/1?show=x'), '/cases/1?show=x');
  for (const bad of [null, '', '//evil.example', 'https://evil.example', '/\\evil'])
    assert.equal(safeNext(bad), '/hearings');
});

test('dates and clocks read as people write them', () => {
  const at = new Date(2026, 2, 1, 14, 30).getTime();
  assert.equal(formatDate(at, 'zh'), '2026年3月1日 14:30');
  assert.equal(formatDate(at, 'en'), '1 March 2026 14:30');
  assert.equal(formatClock(134_900), '02:14');
  assert.equal(formatClock(3_734_000), '1:02:14');
  assert.equal(formatClock(-5), '00:00');
  assert.equal(formatLongClock(1_867_000), '00:31:07');
  assert.equal(formatSize(999), '999 B');
  assert.equal(formatSize(1_500_000), '1.5 MB');
  assert.equal(nextHalfHour(new Date(2026, 0, 2, 9, 1).getTime()), '2026-01-02T09:30');
});

test('names are masked once', () => {
  assert.equal(maskName('张建国'), '张**');
  assert.equal(maskName('张**'), '张**');
  assert.equal(maskName('李'), '李');
});

const phase = (code: string, required: boolean, entered = 0) =>
  ({ code, required, limit_ms: 60_000, entered_at_ms: entered || null });
const hearing = {
  phase: 'opening', phase_since_ms: 1000,
  phases: [phase('check_in', true, 1), phase('opening', true, 2), phase('statement', true),
    phase('unit_answers', false), phase('consolidation', true), phase('closed', true)],
} as unknown as Hearing;

test('phases: next, back, what a jump leaves out', () => {
  assert.equal(nextPhase(hearing)?.code, 'statement');
  assert.equal(previousPhase(hearing)?.code, 'check_in');
  assert.deepEqual(skipped(hearing, 'statement'), []);
  assert.deepEqual(skipped(hearing, 'consolidation').map((one) => one.code), ['statement']);
  assert.deepEqual(skipped(hearing, 'check_in'), []);
  assert.deepEqual([0, 1, 2].map((index) => markOf(hearing, index)), ['done', 'now', 'ahead']);
  assert.equal(nextPhase({ ...hearing, phase: 'consolidation' }), null);
  assert.deepEqual(phaseClock(hearing, 62_000), { ms: 61_000, over: true });
});

const person = (id: string, part: Partial<Participant> = {}): Participant => ({
  id, role: 'department', side: '', name: id, unit: null, title: '', presence: 'present',
  online: true, in_media: true, microphone: 'on', camera: 'on', screen: 'off', hand: null, ...part,
});
const input = {
  participants: [person('me', { role: 'clerk' }), person('d'),
    person('p', { role: 'petitioner' }), person('l', { presence: 'in_lobby' }),
    person('o', { role: 'observer' })],
  slots: [{ slot: 2, participant: 'd', video: 'camera' as const }],
  owners: new Map(), speakers: [], self: 'me', pinned: '', lastSpeaker: '',
};

test('layout: the petitioner first, then who speaks, a pin, a screen; never the lobby', () => {
  assert.equal(arrange(input).main?.key, 'p/camera');
  assert.deepEqual(arrange(input).rest.map((tile) => tile.key), ['d/camera', 'me/camera']);
  assert.equal(arrange({ ...input, lastSpeaker: 'd' }).main?.slot, 2);
  const voice = [{ slot: 6, participant: 'd', video: 'none' as const }];
  assert.equal(arrange({ ...input, slots: voice, lastSpeaker: 'd' }).main?.slot, null,
    'a voice has no picture');
  const shared = input.participants.map((one) =>
    (one.id === 'd' ? { ...one, screen: 'on' as const } : one));
  assert.equal(arrange({ ...input, participants: shared }).main?.key, 'd/screen');
  assert.equal(arrange({ ...input, participants: shared, pinned: 'p/camera' }).main?.key,
    'p/camera');
  assert.equal(arrange({ ...input, participants: [] }).main, null);
});

test('who spoke last is marked as long as he is heard', () => {
  const talk = new Talk();
  const levels = (level: number) => new Map([[2, level]]);
  assert.equal(talk.speaker(['d'], 'me'), '');
  talk.hear(input.slots, levels(0.2), 1000);
  assert.equal(talk.speaker(['d'], 'me'), 'd');
  assert.equal(talk.speaker(['p', 'd'], 'me'), '', 'the server says that another speaks');
  talk.hear(input.slots, levels(0.003), 1700);
  assert.equal(talk.speaker(['d'], 'me'), 'd', 'between two words');
  talk.hear(input.slots, levels(0.003), 1900);
  assert.equal(talk.speaker(['d'], 'me'), '');
  assert.equal(talk.speaker(['me'], 'me'), 'me', 'I am not heard in my own page');
  assert.equal(talk.speaker([], ''), '');
});

test('the own face never becomes the large one by speaking', () => {
  const held = { id: 'd', since_ms: 0 };
  assert.equal(nextSpeaker(held, ['me'], 'me', 9000).id, 'd');
  assert.equal(nextSpeaker(held, ['me', 'p'], 'me', 9000).id, 'p');
  assert.equal(nextSpeaker(held, ['me', 'p', 'd'], 'me', 9000).id, 'd', 'p only sits there');
});

test('the large place does not jump between two who talk at a time', () => {
  const first = nextSpeaker({ id: '', since_ms: 0 }, ['p', 'd'], 'me', 100);
  assert.deepEqual(first, { id: 'p', since_ms: 100 });
  assert.equal(nextSpeaker(first, ['d', 'p'], 'me', 2000).id, 'p', 'not at once');
  assert.equal(nextSpeaker(first, ['d', 'p'], 'me', 2600).id, 'd', 'the first one speaks');
  assert.equal(nextSpeaker(first, ['p', 'd'], 'me', 60_000).id, 'p', 'who speaks on stays');
  assert.equal(nextSpeaker(first, ['d'], 'me', 2000).id, 'p', 'a pause is no end');
  assert.deepEqual(nextSpeaker(first, ['d'], 'me', 2600), { id: 'd', since_ms: 2600 });
  assert.equal(nextSpeaker(first, [], 'me', 60_000).id, 'p');
});

test('the order of all tiles stays, whoever speaks or is pinned', () => {
  const keys = (more: object) => arrange({ ...input, ...more }).tiles.map((tile) => tile.key);
  assert.deepEqual(keys({}), ['p/camera', 'd/camera', 'me/camera']);
  assert.deepEqual(keys({ lastSpeaker: 'd' }), keys({}));
  assert.deepEqual(keys({ pinned: 'me/camera' }), keys({}));
});

test('a slot knows since when it is whose; who comes back from sound only had it on', () => {
  const slot = (participant: string, video: 'camera' | 'none') => ({ slot: 0, participant, video });
  const first = nextOwners(new Map(), [slot('p', 'camera')], 100);
  assert.deepEqual(first.get(0), { key: 'p/camera', since_ms: 0 }, 'nothing came before');
  assert.deepEqual(nextOwners(first, [slot('p', 'none')], 200), first);
  assert.deepEqual(nextOwners(first, [], 200), first, 'empty, but p may still be under way');
  const second = nextOwners(nextOwners(first, [], 200), [slot('d', 'camera')], 300);
  assert.deepEqual(second.get(0), { key: 'd/camera', since_ms: 300 });
  assert.equal(arrange({ ...input, owners: second, slots: [slot('d', 'camera')] }).tiles
    .find((tile) => tile.key === 'd/camera')?.since_ms, 300);
});

test('a picture stays for the new stream unless it may be of another person', () => {
  const tile = (slot: number | null, since_ms = 0, isSelf = false) =>
    ({ slot, since_ms, isSelf }) as Tile;
  const taken = new Set([1, 2]);
  assert.ok(keepsPicture(tile(1), tile(1), taken), 'another connection, the same slot');
  assert.ok(keepsPicture(tile(0), tile(1), taken), 'the old slot is free');
  assert.ok(keepsPicture(tile(null, 0, true), tile(null, 0, true), taken), 'another own camera');
  assert.ok(!keepsPicture(tile(2), tile(1), taken), 'the old slot is another\'s');
  assert.ok(!keepsPicture(tile(1), tile(1, 300), taken), 'the slot was another\'s in between');
  assert.ok(!keepsPicture(tile(null), tile(1), taken));
  assert.ok(!keepsPicture(tile(1), tile(null), taken));
});

test('frames that were under way when the slot changed are the other\'s', () => {
  assert.ok(isOfOwner({ presentationTime: 1 }, 0), 'nobody had it before');
  assert.ok(!isOfOwner({ presentationTime: 1300, receiveTime: 1100 }, 1000));
  assert.ok(isOfOwner({ presentationTime: 1300, receiveTime: 1250 }, 1000));
  assert.ok(!isOfOwner({ presentationTime: 1300 }, 1000), 'may have lain in a buffer');
  assert.ok(isOfOwner({ presentationTime: 1600 }, 1000));
});

test('views ask for nobody twice and not for oneself', () => {
  const views = viewsOf(arrange(input), true, '');
  assert.deepEqual(views.map((view) => [view.participant, view.height]), [['p', 360], ['d', 90]]);
});

test('device faults have one of our names', () => {
  assert.equal(problemOf({ name: 'NotAllowedError' }), 'denied');
  assert.equal(problemOf({ name: 'NotReadableError' }), 'in_use');
  assert.equal(problemOf({ name: 'NotFoundError' }), 'none');
  assert.equal(problemOf(null), 'unknown');
});

test('the level is 0 for silence and 1 for a loud voice', () => {
  assert.equal(levelOf(new Float32Array(64)), 0);
  assert.equal(levelOf(new Float32Array(64).fill(0.9)), 1);
  const quiet = levelOf(new Float32Array(64).fill(0.01));
  assert.ok(quiet > 0.2 && quiet < 0.6);
});

test('a screen is silent while another slot carries the same voice', () => {
  const slot = (at: number, participant: string, video: 'camera' | 'screen' | 'none') =>
    ({ slot: at, participant, video });
  assert.deepEqual([...doubledSlots([slot(0, 'p', 'screen'), slot(1, 'p', 'camera')])], [0]);
  assert.deepEqual([...doubledSlots([slot(0, 'p', 'none'), slot(3, 'p', 'screen')])], [3]);
  assert.deepEqual([...doubledSlots([slot(0, 'p', 'screen'), slot(1, 'q', 'camera')])], []);
  assert.deepEqual([...doubledSlots([slot(0, 'p', 'screen'), slot(1, 'p', 'screen')])], [1]);
});
