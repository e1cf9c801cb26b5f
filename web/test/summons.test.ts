// SPDX-License-Identifier: Apache-2.0
/* Units that are called into a hearing: what the desk and a duty screen make of what they are told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SummonsCall, SummonsState } from '../src/protocol';
import { standsByForUnit } from '../src/roles';
import { isMine, latestOf, mayCallAgain, ringing, type DutyCall } from '../src/summons';

const call = (number: number, unit: string, state: SummonsState, due = number): SummonsCall => ({
  number, unit, unit_name: unit, by: 'p', state, called_at_ms: 0, due_at_ms: due, rung_at_ms: null,
  seen_at_ms: null, ended_at_ms: null, answered_by: null, participant: null, reason: '',
});

test('what rings comes in the order in which it ends', () => {
  const calls = [call(1, 'a', 'ringing', 9), call(2, 'b', 'declined'), call(3, 'c', 'ringing', 4)];
  assert.deepEqual(ringing(calls).map(({ unit }) => unit), ['c', 'a']);
});

test('a unit that was called again stands once, the newest call first', () => {
  const calls = [call(1, 'a', 'unanswered'), call(2, 'b', 'accepted'), call(3, 'a', 'ringing')];
  assert.deepEqual(latestOf(calls).map(({ number }) => number), [3, 2]);
});

test('who did not come may be called again, who came or is being called may not', () => {
  const again = (['ringing', 'accepted', 'declined', 'cancelled', 'unanswered'] as const)
    .filter((state) => mayCallAgain(call(1, 'a', state)));
  assert.deepEqual(again, ['declined', 'cancelled', 'unanswered']);
});

test('the way in is for the account that answered', () => {
  const one = { state: 'accepted', account: 'me' } as DutyCall;
  assert.equal(isMine(one, 'me'), true);
  assert.equal(isMine(one, 'other'), false);
  assert.equal(isMine({ ...one, state: 'declined' }, 'me'), false);
  assert.equal(isMine({ ...one, account: null }, undefined), false);
});

test('a duty screen is for the accounts of a unit that answer for it', () => {
  assert.equal(standsByForUnit({ unit: '县住建局', roles: ['department'] }), true);
  assert.equal(standsByForUnit({ unit: null, roles: ['department'] }), false);
  assert.equal(standsByForUnit({ unit: '县信访局', roles: ['clerk', 'presiding'] }), false);
});
