// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineChange } from '../src/api';
import { figuresOf, isBad, ownLevel as levelOf, stretchesOf, summaryOf } from '../src/line';
import type { MediaState } from '../src/media';
import type { Level, Quality } from '../src/protocol';
import { emptyState, type State } from '../src/store';
import { person } from './store.test';

const figures = {
  up_loss_permille: 4, down_loss_permille: 131, rtt_ms: 90, up_bps: 640_000,
  down_bps: 2_100_000,
};

function told(level: Quality['level'] | null, connection: State['connection'] = 'open',
  up = level): State {
  const quality = level && up && { level, up, down: level, ...figures, since_ms: 1 };
  return {
    ...emptyState, connection, participants: new Map([['a', person('a', { quality })]]),
    you: { participant: 'a', role: 'petitioner', may: [] },
  };
}

const ownLevel = (state: State, media: MediaState, seen: Level | null,
  starved: Level | null = null, allMove = false) =>
  levelOf(state, media, seen, { starved, allMove });

test('the word of the server counts, the own eyes fill in while it cannot tell', () => {
  assert.equal(ownLevel(told('audio_only'), 'connected', 'good'), 'audio_only');
  assert.equal(ownLevel(told(null), 'connected', 'weak'), 'weak');
  assert.equal(ownLevel(told('good', 'reconnecting'), 'connected', 'weak'), 'weak');
  assert.equal(ownLevel(told('good'), 'repairing', 'good'), 'lost');
  assert.equal(ownLevel(told('lost'), 'connected', 'good'), 'good');
  assert.equal(ownLevel(told('good'), 'idle', null), null);
  assert.equal(ownLevel(told('good'), 'joining', null), null);
});

test('a starved line is not good, whatever the server has said so far', () => {
  for (const said of ['good', 'weak', 'audio_only', 'lost', null] as const)
    assert.equal(ownLevel(told(said), 'connected', 'good', 'audio_only'), 'audio_only');
  assert.equal(ownLevel(told('good'), 'connected', 'good', 'weak'), 'weak');
  assert.equal(ownLevel(told('audio_only'), 'connected', 'good', 'weak'), 'audio_only');
  assert.equal(ownLevel(told('good', 'reconnecting'), 'connected', null, 'weak'), 'weak');
  assert.equal(ownLevel(told('good'), 'repairing', 'good', 'audio_only'), 'lost');
  assert.equal(ownLevel(told('good'), 'idle', null, 'audio_only'), null);
});

test('pictures that move are not paused; own pictures that do not get through are', () => {
  const level = (up: Level) =>
    ownLevel(told('audio_only', 'open', up), 'connected', 'good', null, true);
  assert.equal(level('good'), 'weak');
  assert.equal(level('audio_only'), 'audio_only');
  assert.equal(ownLevel(told('good'), 'connected', 'good', null, true), 'good');
});

const change = (at_ms: number, level: Level | 'none'): LineChange =>
  ({ participant: 'a', at_ms, level, up: level, down: level, ...figures });

test('changes become stretches; the last one ends with the hearing', () => {
  const stretches = stretchesOf(
    [change(0, 'good'), change(10_000, 'weak'), change(40_000, 'none'), change(60_000, 'lost')],
    90_000);
  assert.deepEqual(stretches.map((one) => [one.from_ms, one.to_ms, one.level]),
    [[0, 10_000, 'good'], [10_000, 40_000, 'weak'], [60_000, 90_000, 'lost']]);
  assert.deepEqual(stretchesOf([change(0, 'good'), change(95_000, 'lost')], 90_000)
    .map((one) => one.to_ms), [90_000]);
  assert.deepEqual(stretchesOf([], 90_000), []);
});

test('a summary counts and adds up, or says that all was well', () => {
  const bad = stretchesOf([change(0, 'weak'), change(20_000, 'good'), change(30_000, 'weak'),
    change(90_000, 'lost')], 102_000);
  assert.match(summaryOf(bad), /2.*01:20.*1.*00:12/);
  assert.doesNotMatch(summaryOf(stretchesOf([change(0, 'good')], 9)), /[0-9]/);
});

test('figures in one line; an unknown delay is left out', () => {
  assert.match(figuresOf(figures), /640 kbit\/s.*0\.4 %.*2\.1 Mbit\/s.*13 %.*90/);
  assert.doesNotMatch(figuresOf({ ...figures, rtt_ms: null }), /90/);
});

test('good is not bad', () => {
  assert.deepEqual(['good', 'weak', 'audio_only', 'lost', 'none', null].map((one) => isBad(one)),
    [false, true, true, true, false, false]);
});
