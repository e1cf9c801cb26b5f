// SPDX-License-Identifier: Apache-2.0
/* What of an interpreter is heard. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AS_THEY_COME, BEHIND, Ear, gainsOf, interpretersFor } from '../src/interpreting';
import { person } from './store.test';

const i = person('i', { role: 'interpreter', presence: 'present' });
const j = person('j', { role: 'interpreter', presence: 'present' });
const p = person('p', { role: 'petitioner', presence: 'present' });
const slots = ['p', 'i', 'j'].map((participant, slot) =>
  ({ slot, participant, video: 'camera' as const }));
const gains = (how: 'both' | 'original' | 'interpreted', interpreter: string, speaks: boolean) =>
  [...gainsOf(slots as never, [i, j], { how, interpreter }, speaks)];

test('interpreters are offered to others while they are here', () => {
  assert.deepEqual(interpretersFor([i, j, p], 'p').map((one) => one.id), ['i', 'j']);
  assert.deepEqual(interpretersFor([i, j, p], 'i'), []);
  assert.deepEqual(interpretersFor([person('i', { role: 'interpreter', presence: 'left' }), p], 'p'), []);
});

test('both, the original, or one interpreter with everybody else behind', () => {
  assert.deepEqual([...gainsOf(slots as never, [i], AS_THEY_COME, true)], []);
  assert.deepEqual(gains('original', '', true), [[1, 0], [2, 0]]);
  assert.deepEqual(gains('interpreted', 'i', true), [[0, BEHIND], [2, 0]]);
  assert.deepEqual(gains('interpreted', 'i', false), [[2, 0]]);
  /* gone since: nobody is left without sound */
  assert.deepEqual(gains('interpreted', 'gone', true), []);
});

test('the original stays behind between two sentences', () => {
  const ear = new Ear();
  const hears = (level: number, at: number) =>
    ear.hear(slots as never, new Map([[1, level]]), 'i', at);
  assert.equal(hears(0, 0), false);
  assert.equal(hears(0.2, 100), true);
  assert.equal(hears(0.001, 1900), true);
  assert.equal(hears(0.001, 2200), false);
});
