// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fill, learn, refusalKey, word } from '../src/i18n';
import { en } from '../src/i18n/en';
import { zh } from '../src/i18n/zh';

type Words = Record<string, string>;

test('both catalogues have the same keys', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
});

test('no text is empty and values have the same names in both languages', () => {
  const names = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(zh)) {
    const [chinese, english] = [(zh as Words)[key] ?? '', (en as Words)[key] ?? ''];
    assert.ok(chinese.trim() && english.trim(), key);
    assert.deepEqual(names(english), names(chinese), key);
  }
});

test('English has no Chinese left in it', () => {
  for (const [key, text] of Object.entries(en)) assert.doesNotMatch(text, /[\u4e00-\u9fff]/, key);
});

test('every code of the server has a text', () => {
  const source = readFileSync('../server/base/error.c', 'utf8');
  const codes = [...source.matchAll(/= \{"(\w+)", \d+\}/g)].map((found) => found[1]);
  assert.ok(codes.length > 30);
  for (const code of codes) assert.ok((zh as Words)[`error.${code}`], code);
});

test('every rule that refuses has a text in both languages', () => {
  const source = readFileSync('../server/hearing/hearing.c', 'utf8');
  const rows = [...source.matchAll(/\[HEARD_ANSWER_\w+\] = \{"(\w+)", HEARD_ERROR_\w+\}/g)];
  const reasons = rows.map((found) => found[1] as string)
    .filter((name) => !['done', 'unchanged'].includes(name)); /* these refuse nothing */
  assert.ok(reasons.length > 20);
  for (const reason of reasons)
    for (const catalogue of [zh, en] as Words[])
      assert.ok(catalogue[`reason.${reason}`], reason);
});

test('a refusal says the rule, and the code where the rule is unknown', () => {
  assert.equal(refusalKey('conflict', 'clerk_missing'), 'reason.clerk_missing');
  assert.equal(refusalKey('conflict', 'of_a_newer_server'), 'error.conflict');
  assert.equal(refusalKey('storage'), 'error.storage');
});

test('every key used in the source exists', () => {
  const files = ['src', 'src/elements', 'src/review'].flatMap((folder) =>
    readdirSync(folder).filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`));
  assert.ok(files.length > 30);
  for (const file of files)
    for (const found of readFileSync(file, 'utf8').matchAll(/\bt\('([\w.]+)'/g))
      assert.ok((zh as Words)[found[1] as string], `${file}: ${found[1]}`);
});

test('one and many', () => {
  const text = '{count} {count:gap|gaps}';
  assert.deepEqual([0, 1, 2].map((count) => fill(text, { count })), ['0 gaps', '1 gap', '2 gaps']);
  assert.equal(fill(text, {}), text);
});

test('English says one and many of whatever it counts', () => {
  for (const [key, text] of Object.entries(en))
    assert.doesNotMatch(text, /\{count\} [a-z]+s\b/, key);
});

test("words of an office's own phases come from the server, and change none of ours", () => {
  assert.equal(word('phase', 'reading'), 'reading');
  learn('phase.reading', { zh: '宣读纪律', en: 'Rules are read' });
  assert.ok(['宣读纪律', 'Rules are read'].includes(word('phase', 'reading')));
  const ours = word('phase', 'opening');
  learn('phase.opening', { zh: '别的', en: 'another' });
  assert.equal(word('phase', 'opening'), ours);
});

test('fill leaves unknown names alone', () => {
  assert.equal(fill('{a} and {b}', { a: 1 }), '1 and {b}');
});
