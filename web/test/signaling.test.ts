// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventMessage } from '../src/protocol';
import {
  backoffMs, CommandError, isFinal, Signaling, type Connection, type SocketLike,
} from '../src/signaling';

class FakeSocket implements SocketLike {
  sent: { id: number; type: string; data: Record<string, unknown> }[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  send(text: string): void { this.sent.push(JSON.parse(text)); }
  close(): void { this.closed = true; }
  say(message: object): void { this.onmessage?.({ data: JSON.stringify(message) }); }
}

function rig(checkEveryMs = 60_000, checkWaitMs = 60_000) {
  const sockets: FakeSocket[] = [];
  const events: EventMessage[] = [];
  const states: Connection[] = [];
  const signaling = new Signaling({
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    hello: () => ({ language: 'zh', slots: 6 }),
    onEvent: (event) => events.push(event),
    onConnection: (state) => states.push(state),
    random: () => 0,
    checkEveryMs,
    checkWaitMs,
  });
  return { signaling, sockets, events, states };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function opened(...checks: number[]) {
  const all = rig(...checks);
  all.signaling.open();
  const socket = all.sockets[0] as FakeSocket;
  socket.onopen?.();
  socket.say({ re: 1, ok: true, data: { resumed: false } });
  socket.say({ seq: 7, type: 'snapshot', data: { epoch: 'e1' } });
  await turn();
  return { ...all, socket };
}

test('hello goes first, then it is open', async () => {
  const { socket, states, signaling } = await opened();
  assert.equal(socket.sent[0]?.type, 'hello');
  assert.deepEqual(socket.sent[0]?.data, { language: 'zh', slots: 6 });
  assert.deepEqual(states, ['connecting', 'open']);
  signaling.close();
});

test('a reply settles its own command, refusals carry code and reason', async () => {
  const { socket, signaling } = await opened();
  const first = signaling.send('hand.raise');
  const second = signaling.send('hearing.open');
  socket.say({ re: 3, ok: false, error: { code: 'conflict', reason: 'clerk_missing' } });
  socket.say({ re: 2, ok: true, data: { place: 1 } });
  assert.deepEqual(await first, { place: 1 });
  await assert.rejects(second, (error: CommandError) =>
    error.code === 'conflict' && error.reason === 'clerk_missing');
  signaling.close();
});

test('events are taken once and in order', async () => {
  const { socket, events, signaling } = await opened();
  socket.say({ seq: 8, type: 'a', data: {} });
  socket.say({ seq: 8, type: 'a', data: {} });
  socket.say({ seq: 9, type: 'b', data: {} });
  assert.deepEqual(events.map((event) => event.type), ['snapshot', 'a', 'b']);
  signaling.close();
});

test('it comes back and resumes where it was', async () => {
  const { socket, sockets, states, signaling } = await opened();
  const waits = signaling.send('hand.raise');
  socket.onclose?.({ code: 1006 });
  await assert.rejects(waits, (error: CommandError) => error.code === 'unavailable');
  signaling.retryNow();
  const next = sockets[1] as FakeSocket;
  next.onopen?.();
  assert.deepEqual(next.sent[0]?.data['resume'], { epoch: 'e1', seq: 7 });
  assert.equal(states.includes('reconnecting'), true);
  signaling.close();
});

test('a socket that leads nowhere is given up and replaced', async () => {
  const { socket, sockets, states, signaling } = await opened(60_000, 20);
  signaling.retryNow();
  assert.equal(socket.sent[1]?.type, 'ping');
  socket.say({ re: 2, ok: true });
  await pause(60);
  assert.equal(socket.closed, false);
  signaling.retryNow();
  await pause(60);
  assert.equal(socket.closed, true);
  assert.equal(states[states.length - 1], 'reconnecting');
  signaling.retryNow();
  assert.equal(sockets.length, 2);
  await pause(60);
  assert.equal(sockets[1]?.closed, true, 'one that does not open is given up too');
  signaling.close();
});

test('silence is asked about from time to time', async () => {
  const { socket, signaling } = await opened(10, 60_000);
  await pause(40);
  assert.deepEqual(socket.sent.map((one) => one.type), ['hello', 'ping']);
  signaling.close();
});

test('after a final code it stays away', async () => {
  const { socket, sockets, states, signaling } = await opened();
  socket.onclose?.({ code: 4001 });
  signaling.retryNow();
  assert.equal(sockets.length, 1);
  assert.equal(states[states.length - 1], 'closed');
  assert.deepEqual([1000, 4001, 4002, 4004].map(isFinal), [true, true, true, true]);
  assert.deepEqual([1001, 1006, 4003].map(isFinal), [false, false, false]);
});

test('garbage is ignored', async () => {
  const { socket, events, signaling } = await opened();
  for (const data of ['', '{', '[]', 'null', '{"seq":"x"}', 5, '{"re":99,"ok":true}'])
    socket.onmessage?.({ data });
  assert.equal(events.length, 1);
  signaling.close();
});

test('the wait doubles up to eight seconds', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 30].map((attempt) => backoffMs(attempt, 1)),
    [500, 1000, 2000, 4000, 8000, 8000]);
  assert.equal(backoffMs(0, 0), 375);
});
