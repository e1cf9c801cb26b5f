// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fill } from '../src/i18n';
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

test('every key used in the source exists', () => {
  const files = ['src', 'src/elements', 'src/review'].flatMap((folder) =>
    readdirSync(folder).filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`));
  assert.ok(files.length > 30);
  for (const file of files)
    for (const found of readFileSync(file, 'utf8').matchAll(/\bt\('([\w.]+)'/g))
      assert.ok((zh as Words)[found[1] as string], `${file}: ${found[1]}`);
});

test('fill leaves unknown names alone', () => {
  assert.equal(fill('{a} and {b}', { a: 1 }), '1 and {b}');
});
