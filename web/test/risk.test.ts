// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HearingState, Recording, Role } from '../src/protocol';
import { riskOf } from '../src/risk';
import { emptyState, recordedMs, reduce, type State } from '../src/store';
import { person } from './store.test';

function seen(role: Role, hearingState: HearingState, recording: Partial<Recording>,
  commands: string[] = []): State {
  return {
    ...emptyState, connection: 'open',
    hearing: { state: hearingState } as State['hearing'],
    participants: new Map([['a', person('a', { role })]]),
    you: { participant: 'a', role, may: commands },
    recording: { state: 'recording', recorded_ms: 1000, fault: null, hours_left: 20, disk: 'fine',
      at_risk: false, ...recording },
  };
}

test('nothing wrong, nothing said', () => {
  assert.equal(riskOf(seen('presiding', 'live', {})), null);
  assert.equal(riskOf(seen('presiding', 'ready', { state: 'none', disk: 'low' })), null);
  /* an older server says nothing of the disk */
  const { disk: _, ...plain } = seen('clerk', 'ready', {}).recording;
  assert.equal(riskOf({ ...seen('clerk', 'ready', {}), recording: plain }), null);
});

test('what is not saved everybody learns, and who may pause can', () => {
  for (const role of ['petitioner', 'department', 'mediator', 'observer'] as const) {
    const risk = riskOf(seen(role, 'live', { at_risk: true }));
    assert.equal(risk?.kind, 'unsaved');
    assert.equal(risk?.mayPause, false);
  }
  const chair = riskOf(seen('presiding', 'live', { at_risk: true, disk: 'ending' },
    ['hearing.recess']));
  assert.deepEqual([chair?.kind, chair?.mayPause], ['unsaved', true]);
});

test('the end of the disk is told to the desk only', () => {
  const ending = { disk: 'ending', hours_left: 0.07 } as const;
  assert.equal(riskOf(seen('petitioner', 'live', ending)), null);
  assert.deepEqual(riskOf(seen('presiding', 'live', ending, ['hearing.recess'])),
    { kind: 'ending', mayPause: true, hours: 0, minutes: 4 });
  assert.equal(riskOf(seen('clerk', 'live', { disk: 'full', hours_left: 0 }))?.minutes, 1);
  assert.equal(riskOf(seen('clerk', 'live', { disk: 'low', hours_left: 1.5 })), null);
  assert.equal(riskOf(seen('presiding', 'recessed', ending)), null);
});

test('before the opening: tight, or too little', () => {
  const armed = { state: 'armed' } as const;
  assert.equal(riskOf(seen('clerk', 'ready', { ...armed, disk: 'warn', hours_left: 6.28 }))?.hours,
    6.2);
  for (const disk of ['low', 'ending', 'full'] as const)
    assert.equal(riskOf(seen('presiding', 'ready', { ...armed, disk }))?.kind, 'low');
  assert.equal(riskOf(seen('petitioner', 'ready', { ...armed, disk: 'low' })), null);
});

test('the clock of what was recorded stands still while nothing is saved', () => {
  const state = { ...seen('clerk', 'live', {}), recordingAtMs: 0 };
  assert.equal(recordedMs(state, 4000), 5000);
  assert.equal(recordedMs({ ...state, recording: { ...state.recording, at_risk: true } }, 4000),
    1000);
});

test('the banner takes the place of the notice, whichever comes first', () => {
  const event = (type: string, data: unknown) => ({ type, data }) as Parameters<typeof reduce>[1];
  const notice = event('notice', { code: 'recording_interrupted', detail: 'io_error' });
  const risk = event('recording.changed', {
    recording: { state: 'interrupted', recorded_ms: 1000, fault: 'io_error', at_risk: true },
  });
  const codes = (state: State) => state.notices.map((one) => one.code);
  const start = seen('clerk', 'live', {});
  assert.deepEqual(codes(reduce(start, notice, 0)), ['recording_interrupted']);
  assert.deepEqual(codes(reduce(reduce(start, notice, 0), risk, 0)), []);
  assert.deepEqual(codes(reduce(reduce(start, risk, 0), notice, 0)), []);
});
