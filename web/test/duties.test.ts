// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectsCommitments, dayOf, endOfDay } from '../src/commitments';
import type { EventMessage, Hearing } from '../src/protocol';
import { parse } from '../src/router';
import { emptyState, reduce } from '../src/store';
import {
  isOnRoll, leadsTraining, openRoll, showsQuestions, unitsOf, waitingOf, type Attendance,
  type Question,
} from '../src/training';

const attendance: Attendance = {
  attendees: 3, here: 2, max: 250, waiting: 1, question: null,
  roll: { id: 'r', number: 1, opened_at_ms: 1000, until_ms: 5000, answered: 1 },
};

test('a roll ends by its time, without a word', () => {
  assert.equal(openRoll(attendance, 4999)?.id, 'r');
  assert.equal(openRoll(attendance, 5000), null);
  assert.equal(openRoll({ ...attendance, roll: null }, 0), null);
  assert.equal(openRoll(null, 0), null);
});

test('questions that wait are those not answered yet', () => {
  const states = ['asked', 'chosen', 'answered', 'dropped'] as const;
  assert.equal(waitingOf(states.map((state) => ({ state } as Question))), 2);
});

test('units as they are pasted: one a line or a cell, each once', () => {
  assert.deepEqual(unitsOf(' 龙华区信访局\n美兰区信访局\t龙华区信访局，城西街道办；\n\n'),
    ['龙华区信访局', '美兰区信访局', '城西街道办']);
});

test('who leads, who shows, who is on the roll', () => {
  assert.deepEqual(['presiding', 'clerk', 'lead_unit', 'department', 'observer'].map((role) =>
    [leadsTraining, showsQuestions, isOnRoll].map((may) => may(role as never))),
  [[true, true, false], [true, true, false], [false, true, true], [false, false, true],
    [false, false, true]]);
});

test('what the room is told of attendees and commitments', () => {
  const tell = (type: string, data: object) => ({ seq: 1, type, data } as unknown as EventMessage);
  const state = reduce(emptyState, tell('attendance.changed', attendance), 0);
  assert.deepEqual(state.attendance, attendance);
  assert.equal(reduce(state, tell('commitments.changed', {}), 0).commitments, 1);
});

test('commitments are collected from the first of their phases on', () => {
  const phases = ['opening', 'statement', 'consolidation', 'record_confirm', 'closed']
    .map((code) => ({ code }));
  const at = (phase: string, more: object = {}) => collectsCommitments(
    { kind: 'reception', state: 'live', phase, phases, ...more } as unknown as Hearing);
  assert.deepEqual(['opening', 'statement', 'consolidation', 'record_confirm'].map((one) => at(one)),
    [false, false, true, true]);
  assert.equal(at('consolidation', { state: 'ready' }), false);
  assert.equal(at('consolidation', { kind: 'mediation' }), false);
  assert.equal(collectsCommitments(null), false);
});

test('a due day lasts to its end', () => {
  const due = endOfDay('2026-12-01');
  assert.equal(dayOf(due), '2026-12-01');
  assert.equal(dayOf(due + 1000), '2026-12-02');
  assert.ok(Number.isNaN(endOfDay('')));
});

test('a training has an address of its own', () => {
  assert.deepEqual(parse('/t/abc'), { page: 'training', token: 'abc' });
});
