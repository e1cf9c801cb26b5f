// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minutesOver, openWarning, recessLeft, sharesOf, turnOf } from '../src/floor';
import { arrange } from '../src/layout';
import type { Hearing, Participant } from '../src/protocol';
import { askPerson, askRecess } from '../src/questions';
import { emptyState, reduce, type State } from '../src/store';

const person = (id: string, more: Partial<Participant> = {}): Participant => ({
  id, role: 'petitioner', side: 'petitioner', name: id, unit: null, title: '', presence: 'present',
  online: true, in_media: true, microphone: 'on', camera: 'on', screen: 'off', hand: null, ...more,
});

function stateOf(hearing: Partial<Hearing>, people: Participant[]): State {
  return {
    ...emptyState, connection: 'open', hearing: hearing as Hearing,
    participants: new Map(people.map((one) => [one.id, one])),
    you: { participant: 'a', role: 'petitioner', may: [] },
  };
}

const floor = { participant: 'b', since_ms: 1000, limit_ms: 60_000, by: 'c' };

test('the clock of a turn, and how far it is over', () => {
  const state = stateOf({ floor }, [person('a'), person('b')]);
  assert.deepEqual(turnOf(state, 31_000), { person: person('b'), isSelf: false, ms: 30_000,
    limit_ms: 60_000, over_ms: 0 });
  assert.equal(turnOf(state, 62_000)?.over_ms, 1000);
  assert.equal(minutesOver(1000), 1);
  assert.equal(minutesOver(60_001), 2);
  const mine = stateOf({ floor: { ...floor, participant: 'a', limit_ms: 0 } }, [person('a')]);
  assert.equal(turnOf(mine, 9_000_000)?.over_ms, 0);
  assert.equal(turnOf(mine, 500)?.ms, 0); // a clock that is behind
  assert.equal(turnOf(mine, 500)?.isSelf, true);
  assert.equal(turnOf(stateOf({ floor: null }, []), 0), null);
});

test('the longer side fills its bar', () => {
  assert.deepEqual(sharesOf({ petitioner_ms: 0, respondent_ms: 0, neutral_ms: 9 }),
    { petitioner: 0, respondent: 0 });
  assert.deepEqual(sharesOf({ petitioner_ms: 30, respondent_ms: 60, neutral_ms: 900 }),
    { petitioner: 0.5, respondent: 1 });
});

test('time.changed is the time of the hearing', () => {
  const time = { petitioner_ms: 1, respondent_ms: 2, neutral_ms: 3 };
  const event = { seq: 1, type: 'time.changed', data: { time } };
  assert.deepEqual(reduce(stateOf({ time: null }, []), event, 0).hearing?.time, time);
  assert.equal(reduce(emptyState, event, 0).hearing, null);
});

test('a recess counts down to nothing and stays', () => {
  const recess = { since_ms: 0, reason: 'cooling_off', until_ms: 5000 };
  assert.equal(recessLeft({ state: 'recessed', recess } as Hearing, 2000), 3000);
  assert.equal(recessLeft({ state: 'recessed', recess } as Hearing, 9000), 0);
  assert.equal(recessLeft({ state: 'recessed', recess: { ...recess, until_ms: null } } as Hearing, 1),
    null);
  assert.equal(recessLeft({ state: 'live', recess: null } as Hearing, 1), null);
});

test('a warning is shown until it is noted, the next one again', () => {
  const warned = (warnings: number) => stateOf({}, [person('a', { warnings,
    warning: warnings ? { reason: 'x', at_ms: 1 } : null }), person('b', { warnings: 5 })]);
  assert.equal(openWarning(warned(0), 0), null);
  assert.equal(openWarning(warned(1), 0)?.id, 'a');
  assert.equal(openWarning(warned(1), 1), null);
  assert.equal(openWarning(warned(2), 1)?.warnings, 2);
});

test('whom the desk shows is large, but for who pinned another', () => {
  const input = {
    participants: [person('a'), person('b'), person('c', { screen: 'on' })], slots: [],
    owners: new Map(), speakers: [], self: 'a', pinned: '', lastSpeaker: 'c', spotlight: 'b',
  };
  assert.equal(arrange(input).main?.key, 'b/camera');
  assert.equal(arrange({ ...input, pinned: 'c/camera' }).main?.key, 'c/camera');
  assert.equal(arrange({ ...input, spotlight: 'a' }).main?.key, 'c/screen'); // not oneself
  assert.equal(arrange({ ...input, spotlight: 'gone' }).main?.key, 'c/screen');
});

test('removal without a warning is a matter of safety', () => {
  const answer = { reason: 'r', choice: '' };
  const data = (one: Participant) => askPerson('remove', one).command(answer)?.data;
  assert.deepEqual(data(person('b')), { participant: 'b', reason: 'r', safety: true });
  assert.deepEqual(data(person('b', { warnings: 1 })), { participant: 'b', reason: 'r', safety: false });
  assert.deepEqual(data(person('b', { presence: 'in_lobby' })),
    { participant: 'b', reason: 'r', safety: false });
});

test('a recess has a reason, or cools tempers for so many minutes', () => {
  const asked = askRecess();
  assert.equal(asked.question.choice, '0');
  assert.deepEqual(asked.command({ reason: '午饭', choice: '0' })?.data, { reason: '午饭' });
  assert.deepEqual(asked.command({ reason: '', choice: '10' })?.data,
    { reason: 'cooling_off', minutes: 10 });
});
