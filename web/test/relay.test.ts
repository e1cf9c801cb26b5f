// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { iceServers } from '../src/relay';

const server = { urls: ['turn:relay'], username: '1:x', credential: 'y' };
const HOUR_MS = 3_600_000;

test('a relay that is not told of does not hold up a connection', async () => {
  assert.deepEqual(await iceServers(() => Promise.reject(new Error('offline')), 0), []);
  assert.deepEqual(await iceServers(() => new Promise(() => undefined), 0), []);
});

test('credentials are kept while they hold, and asked for again before they end', async () => {
  let asked = 0;
  const ask = (at: number) => iceServers(() => {
    asked += 1;
    return Promise.resolve({ ice_servers: [server], expires_at: at + HOUR_MS });
  }, at);
  assert.deepEqual(await ask(0), [server]);
  assert.deepEqual(await ask(0.8 * HOUR_MS), [server]);
  assert.equal(asked, 1);
  await ask(0.95 * HOUR_MS);
  assert.equal(asked, 2);
  assert.deepEqual(await iceServers(() => Promise.reject(new Error('offline')), 9 * HOUR_MS),
    [server]);
});
