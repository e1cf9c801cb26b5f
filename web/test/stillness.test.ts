// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hearing, Participant, Slot } from '../src/protocol';
import {
  areAllStill, doAllMove, Doubt, isStill, look, LOOK_EVERY_MS, noWatch, wantedPictures, type Watch,
} from '../src/stillness';
import { emptyState, type State } from '../src/store';
import { person } from './store.test';

/* One look a second at these counts of frames; '-': the picture is not wanted. */
function watched(counts: readonly (number | '-')[], begin = noWatch, every_ms = LOOK_EVERY_MS) {
  let watch: Watch = begin;
  const marks = counts.map((frames) => {
    const now = new Map(frames === '-' ? [] : [['0/a', frames] as const]);
    watch = look(watch, now, watch.at_ms + every_ms);
    return isStill(watch, '0/a');
  });
  return { watch, marks: marks.map((one) => (one ? 's' : '.')).join('') };
}

test('a picture without frames for two seconds stands, and moves when they come again', () => {
  assert.equal(watched([10, 20, 20, 20, 20]).marks, '...ss');
  assert.equal(watched([10, 10, 10, 20, 30]).marks, '..s..');
});

test('one frame a second is slow, not still', () => {
  assert.equal(watched([1, 2, 3, 4, 4, 5, 6, 6, 7]).marks, '.........');
});

test('a single late frame is not a picture again, two looks with one are', () => {
  assert.equal(watched([5, 5, 5, 6, 6, 6, 7, 8]).marks, '..sssss.');
});

test('what is not wanted is not judged, and begins anew', () => {
  assert.equal(watched([5, 5, 5, '-', 5, 5, 5]).marks, '..s...s');
});

test('another owner of the slot begins anew', () => {
  const before = watched([5, 5, 5]).watch;
  const after = look(before, new Map([['0/b', 5]]), before.at_ms + LOOK_EVERY_MS);
  assert.equal(isStill(after, '0/b'), false);
  assert.equal(isStill(after, '0/a'), false);
});

test('a page that slept has seen nothing', () => {
  const before = watched([5, 5, 5]).watch;
  assert.equal(watched([5, 5, 5], before, 60_000).marks, '...');
});

test('a new connection counts frames from zero: that is no standing', () => {
  assert.equal(watched([500, 510, 3, 3]).marks, '....');
});

test('all stand only where there is one, and none moves', () => {
  assert.deepEqual([areAllStill(noWatch), doAllMove(noWatch)], [false, false]);
  assert.equal(doAllMove(watched([5, 6]).watch), true);
  assert.equal(areAllStill(watched([5, 5, 5]).watch), true);
  let watch = noWatch;
  for (let i = 0; i < 5; i += 1)
    watch = look(watch, new Map([['0/a', 5], ['1/b', i * 10]]), watch.at_ms + LOOK_EVERY_MS);
  assert.deepEqual([isStill(watch, '0/a'), areAllStill(watch), doAllMove(watch)],
    [true, false, false]);
});

const hearing = { state: 'live' } as Hearing;

function room(part: Partial<Participant> = {}, state: Hearing['state'] = 'live',
  video: Slot['video'] = 'camera'): State {
  return {
    ...emptyState, hearing: { ...hearing, state },
    participants: new Map([['me', person('me')], ['a', person('a', part)]]),
    slots: [{ slot: 2, participant: 'a', video }, { slot: 3, participant: 'me', video: 'camera' }],
    you: { participant: 'me', role: 'petitioner', may: [] },
  };
}

test('wanted is the camera of another that is on, in a hearing that runs', () => {
  assert.deepEqual([...wantedPictures(room())], [[2, '2/a']]);
  assert.equal(wantedPictures(room({}, 'closing')).size, 1);
  for (const state of [room({}, 'recessed'), room({}, 'ready'), room({}, 'concluded'),
    room({ camera: 'off' }), room({ camera: 'blocked' }), room({ in_media: false }),
    room({ presence: 'disconnected' }), room({}, 'live', 'screen'), room({}, 'live', 'none'),
    emptyState])
    assert.equal(wantedPictures(state).size, 0);
});

test('no answer in time: the line is starved, until one comes in time or a picture moves', () => {
  const doubt = new Doubt();
  assert.equal(doubt.look(false, 0), false);
  assert.equal(doubt.look(true, 1000), true);
  assert.equal(doubt.isStarved, false);
  assert.equal(doubt.look(true, 2000), false);
  assert.equal(doubt.isStarved, true);
  doubt.answered(4500); /* too late to say that all is well */
  assert.equal(doubt.isStarved, true);
  assert.equal(doubt.look(true, 5000), true);
  doubt.answered(5200);
  assert.equal(doubt.isStarved, false);
  doubt.look(true, 6000);
  doubt.look(true, 7000);
  doubt.look(false, 8000);
  assert.equal(doubt.isStarved, false);
});

test('an answer in time says that another line is to blame', () => {
  const doubt = new Doubt();
  for (let now_ms = 1000; now_ms < 30_000; now_ms += 1000) {
    assert.equal(doubt.look(true, now_ms), true);
    doubt.answered(now_ms + 40);
    assert.equal(doubt.isStarved, false);
  }
});

test('no way to ask is no answer', () => {
  const doubt = new Doubt();
  doubt.look(true, 1000);
  doubt.failed();
  assert.equal(doubt.isStarved, true);
  assert.equal(doubt.look(true, 2000), true);
});
