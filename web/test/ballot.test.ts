// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ABSTAIN, choiceText, deliberationAt, openBallot, ownChoice, resultText, votedCount, type Ballot,
} from '../src/ballot';
import type { Hearing } from '../src/protocol';

const ballot = (more: Partial<Ballot> = {}): Ballot => ({
  id: 'b', number: 1, question: '?', options: ['支持', '不支持'], secret: false, votes: null,
  abstained: 0, voters: 3, result: null, option: null, state: 'open', reason: null, choices: [],
  who: [{ participant: 'a', name: '甲', voted: true }, { participant: 'b', name: '乙', voted: false }],
  ...more,
});

test('what a count says, in words', () => {
  const text = (votes: number[], result: Ballot['result'], option: number | null) =>
    resultText(ballot({ state: 'closed', votes, result, option }));
  assert.equal(text([2, 1], 'majority', 0), '过半数：支持（2 / 3）');
  assert.equal(text([0, 1], 'most', 1), '最多但不过半：不支持（1 / 3）');
  assert.equal(text([1, 1], 'tie', null), '票数相同（各 1 票），没有结果。');
  assert.equal(text([0, 0], 'none', null), '没有人选择任何一项。');
  assert.equal(resultText(ballot()), '', 'nothing before its end');
});

test('the open question, who voted, and one’s own choice', () => {
  const open = ballot({ choices: [{ participant: 'a', choice: ABSTAIN }] });
  assert.equal(openBallot({ view: 'all', may: [], released: null, ballots: [open] }), open);
  assert.equal(openBallot({ view: 'result', may: [], released: null }), null);
  assert.equal(votedCount(open), 1);
  assert.equal(ownChoice(open, 'a'), ABSTAIN);
  assert.equal(ownChoice(open, 'b'), null);
  assert.equal(choiceText(open, ABSTAIN), '弃权');
  assert.equal(choiceText(open, 1), '不支持');
});

test('where the hearing stands to its deliberation', () => {
  const at = (phase: string, rooms = [{ room: 'deliberation' }]) => deliberationAt({
    phase, rooms, phases: ['opening', 'deliberation', 'announcement'].map((code) => ({ code })),
  } as unknown as Hearing);
  assert.deepEqual(['opening', 'deliberation', 'announcement'].map((phase) => at(phase)),
    ['before', 'now', 'after']);
  assert.equal(at('announcement', []), 'none');
  assert.equal(deliberationAt(null), 'none');
});
