// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from '../src/i18n/en';
import { zh } from '../src/i18n/zh';
import { byNumber, recipients, signStage, stageOf, stageTime, toConfirm, type Paper, type Sending } from '../src/papers';

const file = { sha256: 'a', size: 1 };
const paper = (number: string, made_at_ms: number, more: Partial<Paper> = {}): Paper => ({
  id: number, number, kind: 'hearing_notice', version: 1, language: 'zh', participant: null, made_at_ms,
  made_by: '周敏', may_send: false, send_to: [], signed: false, signing: null, may: [], pdf: file, html: file, json: file, sendings: [], ...more,
});
const sending = (more: Partial<Sending> = {}): Sending => ({
  participant: 'p', name: '王秀英', role: 'petitioner', channel: 'web', sent_ms: 10, delivered_ms: null,
  read_ms: null, confirmed_ms: null, ...more,
});

test('versions of one number stand together, the newest first', () => {
  const groups = byNumber([paper('HS1-D01-1', 1), paper('HS1-D02-1', 2), paper('HS1-D01-2', 3),
    paper('HS1-D10-1', 4)]);
  assert.deepEqual(groups.map((group) => group.map((one) => one.number)),
    [['HS1-D10-1'], ['HS1-D01-2', 'HS1-D01-1'], ['HS1-D02-1']]);
  assert.deepEqual(byNumber([]), []);
});

test('how far a sending came, and when', () => {
  assert.deepEqual([stageOf(sending()), stageTime(sending())], ['sent', 10]);
  assert.equal(stageOf(sending({ delivered_ms: 20 })), 'delivered');
  assert.equal(stageOf(sending({ delivered_ms: 20, read_ms: 30 })), 'read');
  const all = sending({ delivered_ms: 20, read_ms: 30, confirmed_ms: 40 });
  assert.deepEqual([stageOf(all), stageTime(all)], ['confirmed', 40]);
});

test('whom one may be sent to: a personal one to its person, another by role, each once', () => {
  const people = [{ id: 'p', name: '王秀英', role: 'petitioner' as const, side: 'petitioner' },
    { id: 'n', name: '赵文', role: 'panelist' as const, side: 'panel' }];
  const ids = (one: Partial<Paper>) => recipients(paper('HS1-D01-1', 1, one), people).map(({ id }) => id);
  assert.deepEqual(ids({ may_send: false, send_to: ['petitioner'] }), []);
  assert.deepEqual(ids({ may_send: true, participant: 'n' }), ['n']);
  assert.deepEqual(ids({ may_send: true, send_to: ['petitioner', 'panelist'] }), ['p', 'n']);
  assert.deepEqual(ids({ may_send: true, send_to: ['petitioner', 'panelist'], sendings: [sending()] }), ['n']);
});

test('where a version stands on its way to being signed', () => {
  assert.equal(signStage(paper('HS1-D01-1', 1)), null);
  assert.equal(signStage(paper('HS1-D01-1', 1, { signing: { id: 's', state: 'open' } })), 'open');
  assert.equal(signStage(paper('HS1-D01-1', 1, { signed: true })), 'signed');
});

test('who made it confirms nothing', () => {
  assert.equal(toConfirm(paper('HS1-D01-1', 1)), false);
  assert.equal(toConfirm(paper('HS1-D01-1', 1, { sendings: [sending()] })), true);
  assert.equal(toConfirm(paper('HS1-D01-1', 1, { sendings: [sending()], may_send: true })), false);
  assert.equal(toConfirm(paper('HS1-D01-1', 1, { sendings: [sending({ confirmed_ms: 4 })] })), false);
});

test('each kind has its name in both languages', () => {
  for (const key of Object.keys(zh).filter((one) => one.startsWith('paperKind.')))
    assert.ok((en as Record<string, string>)[key] && !/[\u4e00-\u9fff]/.test((en as Record<string, string>)[key] ?? ''), key);
  assert.equal(Object.keys(zh).filter((one) => one.startsWith('paperKind.')).length, 18);
});
