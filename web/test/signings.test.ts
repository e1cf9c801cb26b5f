// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  counted, POINTS_MAX, sha256Of, shortHash, Strokes, STROKES_MAX, waitsForMe, type Signature,
  type Signing,
} from '../src/signings';
import { emptyState, reduce } from '../src/store';

const signature = (part: Partial<Signature> = {}): Signature => ({
  id: 'a', participant: 'p', role: 'petitioner', name: '张建国', mine: true, state: 'waiting',
  strength: null, seal: null, reason: null, noted_by: null, at_ms: null, drawing: null,
  may: ['sign', 'refuse'], ...part,
});
const signing = (...signatures: Signature[]): Signing => ({
  id: 's', kind: 'minutes', version: 1, title: '接访笔录', sha256: 'ab', state: 'open',
  method: 'drawn_code', strength: 'simple', opened_at_ms: 1, ended_at_ms: null, due_at_ms: null, signatures,
});

test('what waits for me is mine, open and not refused', () => {
  assert.equal(waitsForMe([signing(signature())]).length, 1);
  assert.equal(waitsForMe([signing(signature({ mine: false }))]).length, 0);
  assert.equal(waitsForMe([signing(signature({ state: 'refused', may: ['sign'] }))]).length, 0);
  assert.equal(waitsForMe([signing(signature({ may: [] }))]).length, 0);
});

test('the tally counts each once', () => {
  const one = signing(signature(), signature({ state: 'signed' }), signature({ state: 'signed' }),
    signature({ state: 'refused' }));
  assert.deepEqual(counted(one), { waiting: 1, signed: 2, refused: 1 });
});

test('the hash is that of the text as the server reckons it', async () => {
  assert.equal(await sha256Of(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(shortHash(await sha256Of('')), 'e3b0 c442 … 7852 b855');
});

test('a name: whole pixels inside the box, near points left out, strokes taken back', () => {
  const strokes = new Strokes(320, 200);
  assert.equal(strokes.isName, false);
  strokes.begin(10.4, 20.6);
  assert.equal(strokes.add(10.9, 21), false);
  assert.equal(strokes.add(400, -5), true);
  assert.deepEqual(strokes.list, [[10, 21, 320, 0]]);
  assert.equal(strokes.isName, true);
  strokes.begin(5, 5);
  strokes.undo();
  assert.deepEqual(JSON.parse(JSON.stringify(strokes)),
    { width: 320, height: 200, strokes: [[10, 21, 320, 0]] });
});

test('its bounds', () => {
  const strokes = new Strokes(300, 300);
  for (let i = 0; i < STROKES_MAX + 5; i += 1) strokes.begin(i * 3, 0);
  assert.equal(strokes.list.length, STROKES_MAX);
  for (let i = 0; i < POINTS_MAX + 5; i += 1) strokes.add((i % 2) * 100, 9);
  assert.equal(strokes.pointCount, POINTS_MAX);
  assert.equal(strokes.isFull, true);
});

test('a change is counted, a code is kept as it was told last', () => {
  const code = { signing: 's', code: '012345', until_ms: 9 };
  const one = reduce(emptyState, { seq: 1, type: 'signings.changed', data: {} }, 0);
  assert.equal(one.papers, 1);
  assert.deepEqual(reduce(one, { seq: 2, type: 'signing.code', data: code }, 0).signingCode, code);
});
