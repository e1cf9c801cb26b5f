// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bySide, mayShow, mayTurn, numberText, viewKind, type Exhibit } from '../src/exhibits';
import { setLanguage } from '../src/i18n';
import type { Participant, Shown } from '../src/protocol';
import { person } from './store.test';

const one = (part: Partial<Exhibit> = {}): Exhibit => ({
  id: 'e', side: 'petitioner', number: 1, title: 'T', file_name: 'a.png', media_type: 'image/png',
  size: 1, closed: false, state: 'offered', by: null, created_at_ms: 0, ended_by: null,
  ended_note: null, objections: [], may: ['present'], ...part,
});

test('numbers by side in both languages', () => {
  Object.assign(globalThis, { document: { documentElement: {} } });
  setLanguage('zh');
  assert.deepEqual([numberText('petitioner', 1), numberText('respondent', 12), numberText('organiser', 2)],
    ['甲1', '乙12', '本2']);
  setLanguage('en');
  assert.deepEqual([numberText('petitioner', 1), numberText('organiser', 2)], ['A-1', 'C-2']);
});

test('sides in their order, numbers within', () => {
  const list = [one({ side: 'organiser' }), one({ number: 10 }), one({ number: 2 })];
  assert.deepEqual(bySide(list).map(([side, some]) => [side, some.map(({ number }) => number)]),
    [['petitioner', [2, 10]], ['organiser', [1]]]);
});

test('who is offered to show, and to turn', () => {
  const self = (part: Partial<Participant>) => person('p', part);
  const own = self({ role: 'petitioner', screen: 'off' });
  assert.equal(mayShow(one(), own, true), true);
  assert.equal(mayShow(one(), own, false), false, 'not before the hearing runs');
  assert.equal(mayShow(one(), self({ role: 'petitioner', screen: 'blocked' }), true), false);
  assert.equal(mayShow(one(), self({ role: 'clerk', screen: 'blocked' }), true), true);
  assert.equal(mayShow(one({ may: [] }), self({ role: 'clerk' }), true), false);
  const shown: Shown = { exhibit: { id: 'e', side: 'petitioner', number: 1, title: 'T',
    media_type: 'image/png', closed: false, may_see: true }, page: 1, pointer: null, by: 'p' };
  assert.equal(mayTurn(shown, own), true);
  assert.equal(mayTurn({ ...shown, by: 'q' }, own), false);
  assert.equal(mayTurn({ ...shown, by: 'q' }, self({ role: 'presiding' })), true);
  assert.equal(mayTurn(null, own), false);
});

test('each type that the server takes can be opened', () => {
  const kinds = ['application/pdf', 'image/jpeg', 'image/webp', 'audio/ogg', 'video/mp4'].map(viewKind);
  assert.deepEqual(kinds, ['pdf', 'picture', 'picture', 'sound', 'film']);
  assert.deepEqual([viewKind(null), viewKind('text/html')], ['none', 'none']);
});
