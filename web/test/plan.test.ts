// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CASELESS, KINDS, missingIn, placesOf, rowsFor, seatsOf, SOMEBODY, type Kind, type Place, type Plan,
  type Row,
} from '../src/plan';

let key = 100;
const row = (place: Place, account = 'x', name = ''): Row =>
  ({ key: (key += 1), place, account, name });
const plan = (kind: Kind, rows: Row[], more: Partial<Plan> = {}): Plan =>
  ({ kind, start_ms: 1, first: '张小满', second: '', rows, ...more });
const titles = { first: 'A', second: 'B' };

test('each kind begins with the places it needs, and only such as it has', () => {
  for (const kind of KINDS) {
    const rows = rowsFor(kind, []);
    assert.ok(rows.length >= 2);
    assert.equal(new Set(rows.map((one) => one.key)).size, rows.length, 'keys differ');
    for (const one of rows) assert.ok(placesOf(kind).includes(one.place), kind);
  }
});

test('officials among themselves: no petitioner, a presiding officer and one unit', () => {
  for (const kind of CASELESS) {
    const chair = [row('presiding'), row('clerk')];
    assert.equal(missingIn(plan(kind, chair, { first: '' })), 'seats');
    assert.equal(missingIn(plan(kind, [...chair, row('department')], { first: '' })), '');
    assert.deepEqual(seatsOf(plan(kind, [...chair, row('lead_unit')]), titles)
      .map((one) => one.role), ['presiding', 'clerk', 'lead_unit']);
  }
});

test('an appraisal has a panel, but needs no clerk', () => {
  const panel = [row('panelist'), row('panelist'), row('panelist')];
  assert.equal(missingIn(plan('appraisal', [row('presiding'), ...panel])), '');
  assert.equal(missingIn(plan('appraisal', [row('presiding'), ...panel.slice(1)])), 'panel');
});

test('another kind keeps what was filled in where it has such a place', () => {
  const before = [row('presiding', 'p1'), row('clerk', 'k1'), row('department', 'd1'),
    row('department', 'd2'), row('observer', '')];
  const mediation = rowsFor('mediation', before);
  assert.deepEqual(mediation.map((one) => [one.place, one.account]),
    [['mediator', ''], ['clerk', 'k1'], ['department', 'd1'], ['department', 'd2']]);
  const panel = rowsFor('panel_hearing', before);
  assert.deepEqual(panel.map((one) => one.account), ['p1', 'k1', 'd1', '', '', '', 'd2']);
});

test('a mediation: both sides and a mediator, no presiding officer', () => {
  const mediator = [row('mediator')];
  assert.equal(missingIn(plan('mediation', mediator)), 'seats', 'no party B');
  assert.equal(missingIn(plan('mediation', mediator, { second: '李国强' })), '');
  assert.equal(missingIn(plan('mediation', [...mediator, row('department')])), '',
    'a department is party B');
  assert.equal(missingIn(plan('mediation', [row('clerk')], { second: '李国强' })), 'seats');
  assert.equal(missingIn(plan('mediation', mediator, { first: ' ', second: '李' })), 'seats');
});

test('a panel is odd and at least three', () => {
  const desk = [row('presiding'), row('clerk')];
  const panel = (size: number) =>
    [...desk, ...Array.from({ length: size }, () => row('panelist'))];
  for (const [size, missing] of [[0, 'panel'], [1, 'panel'], [2, 'panel'], [3, ''], [4, 'panel'],
    [5, '']] as const)
    assert.equal(missingIn(plan('panel_hearing', panel(size))), missing, String(size));
  assert.equal(missingIn(plan('panel_hearing', panel(3).slice(1))), 'seats', 'no presiding officer');
  const unnamed = [...panel(2), row('panelist', SOMEBODY, ' ')];
  assert.equal(missingIn(plan('panel_hearing', unnamed)), 'name');
  assert.equal(missingIn(plan('panel_hearing', [...panel(2), row('panelist', '')])), 'panel',
    'an empty row is nobody');
});

test('receptions as before: a time, a petitioner, a presiding officer', () => {
  assert.equal(missingIn(plan('reception', [row('presiding')])), '');
  assert.equal(missingIn(plan('reception', [row('clerk')])), 'seats');
  assert.equal(missingIn(plan('reception', [row('presiding')], { start_ms: NaN })), 'seats');
});

test('seats as the server takes them', () => {
  const rows = [row('mediator', 'm1'), row('agent_b', SOMEBODY, ' 陈律师 '), row('clerk', '')];
  assert.deepEqual(seatsOf(plan('mediation', rows, { second: ' 李国强' }), titles), [
    { role: 'petitioner', side: 'petitioner', name: '张小满', title: 'A' },
    { role: 'petitioner', side: 'respondent', name: '李国强', title: 'B' },
    { role: 'mediator', account_id: 'm1' },
    { role: 'agent', side: 'respondent', name: '陈律师' },
  ]);
  assert.deepEqual(seatsOf(plan('reception', [row('presiding', 'p1')], { second: 'left over' }),
    titles), [{ role: 'petitioner', name: '张小满', title: 'A' },
    { role: 'presiding', account_id: 'p1' }]);
});
