// SPDX-License-Identifier: Apache-2.0
/* Recusal, witnesses and screening: who is asked, what the desk sees, what a witness sees. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hearing, Participant, RecusalRequest, You } from '../src/protocol';
import { askClose } from '../src/questions';
import {
  isAsked, isOutside, isPanelShort, keptFrom, mayAskLater, openRequests, partiesOf, recusables,
  screenable,
} from '../src/recusal';
import { emptyState, type State } from '../src/store';
import { person } from './store.test';

const people = (): Participant[] => [
  person('k', { role: 'clerk' }), person('n', { role: 'panelist' }), person('r', { role: 'presiding' }),
  person('p', { role: 'petitioner', recusal: null }), person('d', { role: 'department' }),
  person('w', { role: 'witness', room: 'witness' }), person('o', { role: 'observer' }),
];

function seen(self: string, part: Partial<Hearing>, may: string[] = []): State {
  const list = people();
  return {
    ...emptyState, connection: 'open', participants: new Map(list.map((one) => [one.id, one])),
    you: { participant: self, role: list.find((one) => one.id === self)?.role, may } as You,
    hearing: { kind: 'panel_hearing', state: 'live', phases: [], started_at_ms: 1,
      ...part } as unknown as Hearing,
  };
}
const ids = (list: readonly Participant[]) => list.map((one) => one.id).join('');
const request = (participant: string, decision: RecusalRequest['decision'] = null): RecusalRequest =>
  ({ by: 'p', participant, reason: 'x', asked_at_ms: 1, decision, decision_reason: null,
    decided_by: null, decided_at_ms: null });

test('a party is asked in the round, once; later it may ask by itself', () => {
  const round = { recusal: { asking: true, done: false, requests: [] } };
  assert.equal(isAsked(seen('p', round, ['recusal.answer'])), true);
  assert.equal(isAsked(seen('p', round)), false, 'who may not answer is not asked');
  const later = seen('p', { recusal: { asking: false, done: true, requests: [] } }, ['recusal.answer']);
  assert.deepEqual([isAsked(later), mayAskLater(later)], [false, true]);
  assert.equal(ids(recusables(later)), 'rnk', 'who presides comes first');
  assert.equal(ids(partiesOf(later)), 'pd');
});

test('one decision a person, by whom it belongs to', () => {
  const recusal = { asking: true, done: false,
    requests: [request('n'), request('r'), request('n'), request('k', 'refused')] };
  const may = ['recusal.decide'];
  const of = (self: string) => openRequests(seen(self, { recusal }, may))
    .map(({ targetId, requests, mayDecide }) => [targetId, requests.length, mayDecide]);
  assert.deepEqual(of('r'), [['n', 2, true], ['r', 1, false]]);
  assert.deepEqual(of('k'), [['n', 2, false], ['r', 1, true]]);
});

test('a witness outside; who can be protected from whom; a panel that is too small', () => {
  const state = seen('r', { panel: { here: 2, least: 3, complete: false } });
  assert.equal(isOutside(state.participants.get('w') ?? null), true);
  assert.equal(isOutside(state.participants.get('p') ?? null), false);
  assert.equal(ids(screenable(state)), 'pw');
  const witness = state.participants.get('w');
  assert.ok(witness);
  assert.equal(ids(keptFrom(state, witness)), 'pdo', 'the panel, the clerk and who presides see all');
  assert.equal(isPanelShort(state), true);
  assert.equal(isPanelShort(seen('r', { panel: null })), false);
});

test('without who presides the clerk is offered to adjourn, and nothing else', () => {
  assert.deepEqual(askClose(null, true).question.choices?.map((one) => one.value), ['adjourned']);
});
