// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventMessage, Participant, Snapshot } from '../src/protocol';
import {
  emptyState, handQueue, inRoom, may, me, recordedMs, reduce, waiting, withConnection,
  withNotice, type State,
} from '../src/store';

export function person(id: string, part: Partial<Participant> = {}): Participant {
  return {
    id, role: 'department', side: 'respondent', name: `N${id}`, unit: null, title: '',
    presence: 'present', online: true, in_media: true, microphone: 'on', camera: 'on',
    screen: 'off', hand: null, ...part,
  };
}

const snapshot: Snapshot = {
  epoch: 'e1', server_time_ms: 10_000,
  hearing: {
    id: 'h', number: 'HSJ1', kind: 'reception', title: 'T', case: null, organiser: 'O',
    state: 'live', phase: 'opening', phases: [], planned_start_ms: 0, started_at_ms: 1,
    ended_at_ms: null, phase_since_ms: 0, recess: null,
  },
  participants: [person('a'), person('b', { presence: 'in_lobby', waiting_since_ms: 5 })],
  recording: { state: 'recording', recorded_ms: 1000, fault: null },
  slots: [{ slot: 0, participant: 'a', video: 'camera' }],
  you: { participant: 'a', role: 'department', may: ['hand.raise'] },
};

let seq = 0;
const event = (type: string, data: unknown): EventMessage => ({ seq: (seq += 1), type, data });
const begin = (): State => reduce(emptyState, event('snapshot', snapshot), 9_000);

test('a snapshot tells everything, with the server clock', () => {
  const state = begin();
  assert.equal(state.offset_ms, 1000);
  assert.equal(me(state)?.id, 'a');
  assert.deepEqual(inRoom(state).map((one) => one.id), ['a']);
  assert.deepEqual(waiting(state).map((one) => one.id), ['b']);
});

test('what a person may do needs an open connection', () => {
  const state = begin();
  assert.equal(may(state, 'hand.raise'), false);
  const open = withConnection(state, 'open', 0);
  assert.equal(may(open, 'hand.raise'), true);
  assert.equal(may(open, 'hearing.open'), false);
  const changed = reduce(open, event('you.changed', { may: ['hearing.open'] }), 0);
  assert.equal(may(changed, 'hearing.open'), true);
});

test('a person who is gone leaves speakers and slots too', () => {
  let state = reduce(begin(), event('speakers.changed', { speakers: ['a', 'b'] }), 0);
  state = reduce(state, event('participant.gone', { participant: 'a' }), 0);
  assert.deepEqual(state.speakers, ['b']);
  assert.deepEqual(state.slots, []);
  assert.equal(state.participants.has('a'), false);
});

test('raised hands stand in their order', () => {
  let state = begin();
  state = reduce(state, event('participant.changed', { participant: person('a', { hand: 2 }) }), 0);
  state = reduce(state, event('participant.changed', { participant: person('b', { hand: 1 }) }), 0);
  assert.deepEqual(handQueue(state).map((one) => one.id), ['b', 'a']);
});

test('recorded time runs on only while the server says so, and never far ahead', () => {
  const state = begin();
  assert.equal(recordedMs(state, 11_000), 3000);
  assert.equal(recordedMs(state, 999_000), 31_000);
  const paused = reduce(state, event('recording.changed', {
    recording: { state: 'paused', recorded_ms: 2000, fault: null },
  }), 12_000);
  assert.equal(recordedMs(paused, 99_000), 2000);
});

test('a late word does not set the recorded time back, one without news does not run on', () => {
  const told = (state: State, recorded_ms: number, durable_at_ms: number, localMs: number) =>
    reduce(state, event('recording.changed', {
      recording: { state: 'recording', recorded_ms, durable_at_ms, fault: null },
    }), localMs);
  let state = begin(); /* the local clock is 1 s behind the server's */
  state = told(state, 6000, 14_980, 14_000);
  assert.equal(recordedMs(state, 15_000), 7020);
  state = told(state, 11_000, 19_980, 22_000);
  assert.equal(recordedMs(state, 22_000), 14_020);
  state = told(state, 11_000, 19_980, 23_000); /* the disk hangs */
  assert.equal(recordedMs(state, 23_000), 11_000);
  state = told(state, 12_000, 90_000, 24_000); /* a clock that was set */
  assert.equal(recordedMs(state, 24_000), 12_000);
  state = told(state, 13_000, 5000, 60_000);
  assert.equal(recordedMs(state, 60_000), 13_000);
});

test('notices are bounded and one of a kind stands only once', () => {
  let state = begin();
  for (let i = 0; i < 20; i += 1) state = withNotice(state, `code${i % 8}`);
  assert.equal(state.notices.length, 5);
  assert.equal(new Set(state.notices.map((one) => one.code)).size, 5);
});

test('an unknown event changes nothing and old states stay as they were', () => {
  const state = begin();
  assert.equal(reduce(state, event('something.new', {}), 0), state);
  const before = state.participants.size;
  reduce(state, event('participant.gone', { participant: 'a' }), 0);
  assert.equal(state.participants.size, before);
});

test('the quality of a line comes, changes and ends with the stay', () => {
  const figures = {
    up: 'good', down: 'weak', up_loss_permille: 4, down_loss_permille: 131, rtt_ms: 90,
    up_bps: 640_000, down_bps: 210_000, since_ms: 7,
  };
  let state = reduce(begin(), event('quality.changed',
    { participant: 'a', level: 'weak', ...figures }), 0);
  assert.equal(state.participants.get('a')?.quality?.level, 'weak');
  assert.equal(state.participants.get('a')?.quality?.rtt_ms, 90);
  assert.equal(state.participants.get('a')?.name, 'Na');
  state = reduce(state, event('quality.changed', { participant: 'a', level: 'none' }), 0);
  assert.equal(state.participants.get('a')?.quality, null);
  assert.equal(reduce(state, event('quality.changed',
    { participant: 'stranger', level: 'lost' }), 0), state);
});

test('what is shown follows the events, and a snapshot; a list that changed counts', () => {
  const exhibit = { id: 'e', side: 'petitioner', number: 1, title: 'T', media_type: 'image/png',
    closed: false, may_see: true } as const;
  const shown = { exhibit, page: 2, pointer: null, by: 'a' };
  let state = reduce(begin(), event('exhibit.shown', { shown }), 0);
  assert.equal(state.shown?.page, 2);
  const before = state.exhibits;
  state = reduce(state, event('exhibits.changed', {}), 0);
  assert.equal(state.exhibits, before + 1);
  state = reduce(state, event('exhibit.shown', { shown: null }), 0);
  assert.equal(state.shown, null);
  state = reduce(state, event('snapshot', { ...snapshot, shown }), 9_000);
  assert.equal(state.shown?.exhibit.id, 'e');
});
