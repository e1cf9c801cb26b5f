// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedOf, isOver, stageOf, unsigned, type Left } from '../src/after';
import type { Deliberation } from '../src/ballot';
import type { Confirmation } from '../src/minutes/course';
import type { Paper } from '../src/papers';
import type { Signature, Signing } from '../src/signings';

const signature = (part: Partial<Signature> = {}): Signature => ({
  id: 'a', participant: 'p', role: 'petitioner', name: '张建国', mine: true, state: 'waiting',
  strength: null, seal: null, reason: null, noted_by: null, at_ms: null, drawing: null,
  may: ['sign', 'refuse'], ...part,
});
const signing = (part: Partial<Signing> = {}): Signing => ({
  id: 's', kind: 'minutes', version: 1, title: '接访笔录', sha256: 'ab', state: 'open', method: 'drawn_code',
  strength: 'simple', opened_at_ms: 1, ended_at_ms: null, due_at_ms: 9, signatures: [signature()], ...part,
});
const course = (part: Partial<Confirmation> = {}): Confirmation => ({
  state: 'circulated', may: ['read', 'propose'], circulated_at_ms: 1, sealed_at_ms: null, sha256: null,
  signing: null, readers: [{ participant: 'p', role: 'petitioner', name: '张建国', read_at_ms: null }],
  corrections: [], addenda: [], ...part,
});
const paper = { may_send: false, sendings: [{ confirmed_ms: null }] } as unknown as Paper;
const left = (part: Partial<Left> = {}): Left => ({
  state: 'concluded', signings: [], course: null, papers: [], deliberation: null, mediation: null, ...part,
});

test('one thing at a time: signing before reading before receiving', () => {
  const all = left({ signings: [signing()], course: course(), papers: [paper, paper] });
  assert.equal(askedOf(all, 'p')?.kind, 'sign');
  assert.equal(askedOf({ ...all, signings: [] }, 'p')?.kind, 'read');
  assert.deepEqual(askedOf({ ...all, signings: [], course: null }, 'p'), { kind: 'receive', count: 2 });
  assert.equal(askedOf(left(), 'p'), null);
  const refused = signing({ signatures: [signature({ state: 'refused', may: ['sign'] })] });
  assert.equal(askedOf(left({ signings: [refused] }), 'p'), null);
});

test('who writes the minutes decides on corrections first', () => {
  const wanted = { id: 'c', line: 'l', version: 1, text: 'x', reason: 'y', proposer: 'q', name: 'q',
    state: 'proposed' as const, created_at_ms: 1, decided_at_ms: null, decided_reason: null };
  const now = course({ corrections: [wanted], may: ['read', 'decide'] });
  assert.equal(askedOf(left({ course: now }), 'p')?.kind, 'decide');
  assert.equal(askedOf(left({ course: { ...now, may: ['read'] } }), 'p')?.kind, 'read');
});

test('the panel: vote, confirm, release, each as far as the server allows it', () => {
  const ballot = { state: 'open', who: [{ participant: 'p', name: 'p', voted: false }] };
  const all = (part: object): Deliberation =>
    ({ view: 'all', may: [], released: null, ...part }) as unknown as Deliberation;
  const kind = (part: object) => askedOf(left({ deliberation: all(part) }), 'p')?.kind ?? null;
  assert.equal(kind({ ballots: [ballot] }), 'vote');
  assert.equal(kind({ ballots: [{ ...ballot, who: [{ participant: 'p', name: 'p', voted: true }] }] }), null);
  const opinion = { may: ['confirm'], opinion: { version: 1, text: 'x' }, panel: [{ participant: 'p', confirmed: false }] };
  assert.equal(kind(opinion), 'confirm_opinion');
  assert.equal(kind({ ...opinion, dissents: [{ participant: 'p', text: '不同' }] }), null);
  assert.equal(kind({ may: ['release'] }), 'release');
  assert.equal(kind({ may: ['put'] }), 'deliberate');
  assert.equal(kind({ may: ['put'], sealed: { at_ms: 1, sha256: 'a' } }), null);
  assert.equal(kind({ view: 'result', may: ['release'] }), null);
});

test('how it stands in a word', () => {
  assert.equal(stageOf(left({ state: 'archived', signings: [signing()] })), 'archived');
  assert.equal(stageOf(left({ signings: [signing()] })), 'signing');
  assert.equal(stageOf(left({ signings: [signing({ state: 'settled' })] })), 'done');
  assert.equal(stageOf(left({ course: course() })), 'checking');
  assert.equal(stageOf(left({ course: course({ state: 'drafting', may: ['circulate'] }) })), 'drafting');
  assert.equal(stageOf(left({ course: course({ state: 'drafting', may: [] }) })), 'done');
  assert.deepEqual(['live', 'concluded', 'cancelled', 'sealed'].map(isOver), [false, true, false, true]);
});

test('who has not signed is counted over what is open', () => {
  const two = [signature(), signature({ state: 'refused' }), signature()];
  assert.equal(unsigned([signing({ signatures: two }), signing({ state: 'withdrawn' })]), 2);
});
