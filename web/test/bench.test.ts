// SPDX-License-Identifier: Apache-2.0
/* The review workbench: what it jumps to, skips, finds and shows, without a browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Note, RecordingFile } from '../src/api';
import { setLanguage } from '../src/i18n';
import { en } from '../src/i18n/en';
import { zh } from '../src/i18n/zh';
import { arrange, nextLayout } from '../src/review/arrange';
import { breaksOf, ofAll, ofPerson, told } from '../src/review/breaks';
import { entriesOf } from '../src/review/entries';
import { actOf, KEYS, tileOf } from '../src/review/keys';
import { isWhole, markJump, marksOf, NO_RANGE, withIn, withOut } from '../src/review/marks';
import {
  columnsOf, readSheet, readWaveform, sheetFiles, tilesAt,
} from '../src/review/pictures';
import type { Lane } from '../src/review/plan';
import { HITS_MAX, placesOf, search, wordsOf, type Entry } from '../src/review/search';
import { exhibitAt, readTimeline, type Span } from '../src/review/timeline';
import { isSeen, mayZoom, turned, zoomed } from '../src/review/view';
import {
  lookedAt, MARGIN_MS, merged, silences, SKIP_FROM_MS, skipFrom, turnJump, turnsOf,
} from '../src/review/voices';

const timeline = readTimeline({
  duration_ms: 60_000,
  participants: [
    { id: 'a', name: '张小满', role: 'petitioner', unit: null, present: [[0, 60_000]],
      speaking: [[1000, 5000], [6000, 9000], [30_000, 34_000]],
      camera: [[0, 20_000, 'on'], [20_000, 25_000, 'off']] },
    { id: 'b', name: '周正平', role: 'presiding', unit: '信访局', present: [[0, 60_000]],
      speaking: [[8000, 12_000], [40_000, 40_400]], camera: [] },
  ],
  chapters: [{ phase: 'opening', from_ms: 0, to_ms: 15_000 },
    { phase: 'statement', from_ms: 15_000, to_ms: 60_000 }],
  gaps: [
    { from_ms: 45_000, to_ms: 50_000, reason: 'paused', note: '当事人需要休息' },
    { from_ms: 52_000, to_ms: 54_000, reason: 'paused', note: 'officer' },
    { from_ms: 50_000, to_ms: 50_000, reason: 'paused', participant: 'a', source: 'camera' },
    { from_ms: 26_000, to_ms: 28_500, reason: 'network', participant: 'b', source: 'camera' },
    { from_ms: 29_000, to_ms: 29_100, reason: 'network', participant: 'b', source: 'camera' },
  ],
  events: [
    { at_ms: 0, type: 'join', participant: 'a', name: '张小满', role: 'petitioner' },
    { at_ms: 45_010, type: 'recording_paused', reason: 'recess', note: '当事人需要休息' },
    { at_ms: 45_010, type: 'recess', reason: '当事人需要休息', by: 'b' },
    { at_ms: 52_020, type: 'recording_paused', reason: 'officer' },
    { at_ms: 33_000, type: 'exhibit', title: '外墙照片', by: 'a' },
    { at_ms: 100, type: 'quality', participant: 'a', level: 'good' },
  ],
});

const note = (part: Partial<Note> = {}): Note => ({
  id: 'n', kind: 'note', visibility: 'file', at_ms: 31_000, to_ms: null, text: '承诺十日内修复',
  author: '李', unit: null, mine: true, created_at_ms: 1, edited_at_ms: null, earlier: [], ...part,
});

test('silence is what no voice fills, less a margin on both sides', () => {
  assert.deepEqual(silences(timeline), [
    [12_600, 29_400], [34_600, 39_400], [41_000, 60_000]]);
  assert.deepEqual(silences({ ...timeline, participants: [] }), [], 'nothing is known of voices');
});

test('silence never covers a voice, and whoever skips comes to where one begins', () => {
  let seed = 3;
  const random = (below: number) =>
    Math.floor((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648 * below);
  for (let round = 0; round < 200; round += 1) {
    const speaking = Array.from({ length: random(12) + 1 }, (): Span => {
      const from = random(100_000);
      return [from, from + 1 + random(9000)];
    });
    const one = { ...timeline, duration_ms: 110_000,
      participants: [{ ...timeline.participants[0]!, speaking }] };
    const quiet = silences(one);
    for (const [from, to] of quiet) {
      assert.ok(to - from >= SKIP_FROM_MS);
      for (const [a, b] of speaking) assert.ok(b + MARGIN_MS <= from || a - MARGIN_MS >= to);
    }
    for (let at = 0; at < 110_000; at += 500) {
      const over = skipFrom(quiet, at);
      if (over) assert.equal(skipFrom(quiet, over[1]), null, 'one jump, not a row of them');
      else if (speaking.some(([a, b]) => at >= a && at < b)) assert.equal(over, null);
    }
  }
});

test('turns: breaths are no new turn; before and behind, of one or of all', () => {
  const [a, b] = timeline.participants;
  assert.deepEqual(turnsOf(a!), [[1000, 9000], [30_000, 34_000]]);
  assert.deepEqual(a!.speaking[0], [1000, 5000], 'the time line stays as it was');
  assert.equal(turnJump([a!], 2000, 1), 30_000);
  assert.equal(turnJump([a!, b!], 2000, 1), 8000);
  assert.equal(turnJump([a!], 31_000, -1), 1000);
  assert.equal(turnJump([a!], 34_000, -1), 30_000);
  assert.equal(turnJump([a!], 500, -1), null);
  assert.equal(turnJump([b!], 41_000, 1), null);
  assert.deepEqual(merged([[5, 6], [1, 2], [2, 4]]), [[1, 4], [5, 6]]);
});

test('the one to look at: who speaks, who began first, in silence the last; no interjection', () => {
  assert.equal(lookedAt(timeline, 2000), 'a');
  assert.equal(lookedAt(timeline, 8500), 'a', 'a began first');
  assert.equal(lookedAt(timeline, 10_000), 'b');
  assert.equal(lookedAt(timeline, 20_000), 'b');
  assert.equal(lookedAt(timeline, 40_200), 'a', 'a word in between');
  assert.equal(lookedAt(timeline, 0), 'a', 'nobody yet');
});

test('breaks say why: the pause of an officer is no recess, a camera off is its person\'s', () => {
  const breaks = breaksOf(timeline);
  assert.deepEqual(ofAll(breaks).map((one) => [one.reason, one.note]),
    [['recess', '当事人需要休息'], ['paused_officer', '']]);
  assert.deepEqual(ofPerson(breaks, 'a').map((one) => one.reason), ['camera_off']);
  assert.deepEqual(told(breaks).map((one) => one.from_ms), [20_000, 26_000, 45_000, 52_000]);
  for (const { reason } of breaks) assert.ok((zh as Record<string, string>)[`gap.${reason}`]);
});

test('every reason that a log can give has words', () => {
  const reasons = ['network', 'muted', 'left', 'paused', 'overrun', 'disk_full', 'io_error',
    'paused_officer', 'recess', 'caucus', 'deliberation', 'camera_off', 'camera_blocked'];
  for (const words of [zh, en] as Record<string, string>[])
    for (const reason of reasons) assert.ok(words[`gap.${reason}`], reason);
});

test('marks: exhibits of the log and notes, in order; jumps pass the one just come to', () => {
  const marks = marksOf(timeline, [note(), note({ id: 'm', kind: 'bookmark', at_ms: 500 })]);
  assert.deepEqual(marks.map((one) => [one.kind, one.at_ms]),
    [['bookmark', 500], ['note', 31_000], ['exhibit', 33_000]]);
  assert.equal(markJump(marks, 500, 1)?.at_ms, 31_000);
  assert.equal(markJump(marks, 31_800, -1)?.at_ms, 500);
  assert.equal(markJump(marks, 40_000, 1), null);
});

test('exhibits of the log: shown, turned and ended, each at its page', () => {
  const shown = (at_ms: number, act: string, page: number) => ({ at_ms, type: 'exhibit', act, page,
    exhibit: 'e1', number: '甲1', title: '外墙照片', media_type: 'application/pdf', sha256: 'ab', by: 'a' });
  const told = readTimeline({ duration_ms: 60_000, events: [
    shown(1000, 'shown', 1), shown(5000, 'page', 3), shown(9000, 'ended', 3)] });
  assert.deepEqual(told.events[0]?.words, ['甲1', '外墙照片'], 'no ids, no sums');
  assert.equal(exhibitAt(told, 999), null);
  assert.equal(exhibitAt(told, 1000)?.page, 1);
  assert.equal(exhibitAt(told, 8999)?.page, 3);
  assert.equal(exhibitAt(told, 9000), null, 'nothing is shown behind its end');
  assert.deepEqual(marksOf(told, []).map((one) => one.at_ms), [1000, 5000]);
});

test('in and out make a stretch; one behind the other begins anew', () => {
  const open = withIn(NO_RANGE, 5000);
  assert.equal(isWhole(open), false);
  const whole = withOut(open, 9000);
  assert.deepEqual(whole, { from_ms: 5000, to_ms: 9000 });
  assert.ok(isWhole(whole));
  assert.deepEqual(withOut(whole, 3000), { from_ms: null, to_ms: 3000 });
  assert.deepEqual(withIn(whole, 9000), { from_ms: 9000, to_ms: null });
});

const entries: Entry[] = [
  { kind: 'note', at_ms: 9, text: '承诺十日内修复' },
  { kind: 'speaker', at_ms: 5, text: '张小满 · 信访人' },
  { kind: 'event', at_ms: 7, text: 'ＨＳＲ－４６ Exhibit ﬁled 𠮷田' },
];

test('search: Chinese by substring, without case, width and form; all words must stand', () => {
  assert.deepEqual(search(entries, '小满').map((one) => one.at_ms), [5]);
  assert.deepEqual(search(entries, '十日 承诺')[0]?.places, [[0, 4]], 'side by side is one');
  assert.deepEqual(search(entries, '修复 承诺')[0]?.places, [[0, 2], [5, 7]]);
  assert.deepEqual(search(entries, 'hsr-46').map((one) => one.places), [[[0, 6]]]);
  assert.deepEqual(search(entries, 'EXHIBIT FILED').map((one) => one.at_ms), [7]);
  assert.deepEqual(search(entries, '承诺 休会'), []);
  assert.deepEqual(search(entries, ' \u3000 '), []);
});

test('what is marked is what was found, letters of two units whole', () => {
  for (const { text } of entries) {
    const letters = [...text];
    for (let from = 0; from < letters.length; from += 1) {
      const asked = letters.slice(from, from + 2).join('');
      const words = wordsOf(asked);
      for (const [a, b] of placesOf(text, words) ?? [[-1, -1]]) {
        const found = text.slice(a, b).normalize('NFKC').toLowerCase();
        assert.ok(words.some((word) => found.includes(word)), `${asked}: ${found}`);
        assert.doesNotMatch(text.slice(a, b), /^[\udc00-\udfff]|[\ud800-\udbff]$/);
      }
    }
  }
});

test('hits come in order of time and have a bound', () => {
  const many = Array.from({ length: 500 }, (_, at): Entry =>
    ({ kind: 'event', at_ms: 500 - at, text: '发言' }));
  const hits = search(many, '发言');
  assert.equal(hits.length, HITS_MAX);
  assert.deepEqual(hits.map((one) => one.at_ms), [...hits.map((one) => one.at_ms)]
    .sort((a, b) => a - b));
});

test('what can be searched: phases, turns, events, breaks, exhibits, notes; no codes', () => {
  Object.assign(globalThis, { document: { documentElement: {} } });
  setLanguage('zh');
  const all = entriesOf(timeline, [note(), note({ kind: 'bookmark', text: '' })]);
  const at = (query: string) => search(all, query).map((one) => [one.kind, one.at_ms]);
  assert.deepEqual(at('陈述'), [['phase', 15_000]]);
  assert.deepEqual(at('信访局'), [['speaker', 8000], ['speaker', 40_000]]);
  assert.deepEqual(at('休会').sort(), [['break', 45_000], ['event', 45_010]].sort());
  assert.deepEqual(at('外墙'), [['exhibit', 33_000]]);
  assert.deepEqual(at('承诺'), [['note', 31_000]]);
  assert.deepEqual(at('书签'), [['bookmark', 31_000]]);
  assert.deepEqual(at('摄像头 张小满'), [['break', 20_000]]);
  assert.deepEqual(at('进入'), [['event', 0]]);
  for (const code of ['petitioner', 'quality', 'good', 'recording']) assert.deepEqual(at(code), []);
});

test('the view holds the playhead on its place while zoomed, and turns its page after it', () => {
  const whole: Span = [0, 7_200_000];
  const near = zoomed(whole, 1, 1_800_000, 7_200_000);
  assert.deepEqual(near, [900_000, 4_500_000]);
  assert.equal(turned(near, 4_500_000, 7_200_000), near);
  assert.deepEqual(turned(near, 4_500_001, 7_200_000).map(Math.round), [3_600_000, 7_200_000]);
  assert.deepEqual(turned(near, 100, 7_200_000), [0, 3_600_000]);
  assert.deepEqual(zoomed(near, -1, 1_800_000, 7_200_000), whole);
  let view = whole;
  for (let i = 0; i < 20; i += 1) view = zoomed(view, 1, 7_200_000, 7_200_000);
  assert.deepEqual(view, [7_180_000, 7_200_000]);
  assert.equal(mayZoom(view, 1, 7_200_000), false);
  assert.equal(mayZoom([0, 9000], 1, 9000) || mayZoom([0, 9000], -1, 9000), false);
  assert.deepEqual([isSeen(near, 0, 899_999), isSeen(near, 0, 900_000)], [false, true]);
});

const file = (part: Partial<RecordingFile>): RecordingFile => ({
  id: 'f', kind: 'take', participant: 'a', name: null, unit: null, role: null,
  side: null, source: 'camera',
  media_type: 'video/webm', size: 1, sha256: '', start_ms: 0, duration_ms: 60_000,
  index_file: 'i', ...part,
});
const lane = (participant: string, source: 'camera' | 'screen', part = {}): Lane => ({
  key: `${participant}/${source}`, participant, name: participant, unit: null, role: null,
  side: null, source,
  files: [file(part)],
});
const lanes = [lane('a', 'camera'), lane('b', 'camera'),
  lane('b', 'screen', { start_ms: 10_000, duration_ms: 5000 })];

test('layouts: who is large, what a pin does, what stands for a document', () => {
  const large = (at: number, layout: 'grid' | 'speaker' | 'document', pin = '') =>
    arrange(lanes, at, layout, pin, 'b').large;
  assert.equal(large(0, 'grid'), '');
  assert.equal(large(0, 'speaker'), 'b/camera');
  assert.equal(large(0, 'speaker', 'a/camera'), 'a/camera');
  assert.equal(large(0, 'speaker', 'b/screen'), 'b/camera', 'held, but not there now');
  assert.equal(large(12_000, 'document'), 'b/screen');
  assert.deepEqual(arrange(lanes, 0, 'document', '', 'b'),
    { large: 'b/camera', keys: ['a/camera', 'b/camera'], lacksDocument: true });
  assert.equal(arrange([], 0, 'speaker', '', 'b').large, '');
  assert.equal(nextLayout('document'), 'grid');
});

const press = (key: string, shiftKey = false) => ({ key, shiftKey });

test('keys: each once, by the letter whatever caps lock says, and each has words', () => {
  const keys = KEYS.flatMap((one) => one.keys);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(actOf(press('K')), 'toggle');
  assert.equal(actOf(press('T', false)), 'turnOn');
  assert.equal(actOf(press('t', true)), 'turnBack');
  assert.equal(actOf(press('M', true)), 'bookmark');
  assert.equal(actOf(press('?', true)), 'help');
  assert.equal(actOf(press('x')), null);
  assert.deepEqual(['1', '9', '0', 'a'].map((key) => tileOf(press(key))), [0, 8, -1, -1]);
  for (const words of [zh, en] as Record<string, string>[])
    for (const { act } of KEYS) assert.ok(words[`key.${act}`], act);
});

test('a waveform is drawn by its loudest, whatever its steps; rubbish is none', () => {
  const wave = readWaveform({ version: 1, step_ms: 50, peaks: [0, 255, 51, 0, 999, -4] });
  assert.ok(wave);
  assert.deepEqual(columnsOf(wave, 3, [0, 300]), [1, 0.2, 1]);
  assert.deepEqual(columnsOf(wave, 2, [0, 600]), [1, 0]);
  assert.deepEqual(columnsOf(wave, 4, [50, 150]), [1, 1, 0.2, 0.2]);
  for (const bad of [null, {}, { step_ms: 0, peaks: [1] }, { step_ms: 50, peaks: ['x'] },
    { step_ms: 50, peaks: [] }]) assert.equal(readWaveform(bad), null);
});

test('small pictures: the newest that is not old, of each person, screens first', () => {
  const sheet = (participant: string, source: string, times_ms: number[]) => readSheet({
    participant, source, width: 160, height: 90, columns: 2, times_ms }, 'sprite')!;
  const sheets = [sheet('a', 'camera', [0, 10_000, 20_000]), sheet('a', 'camera', [25_000]),
    sheet('b', 'screen', [5000])];
  assert.deepEqual(tilesAt(sheets, 21_000).map(({ sheet: { source }, x, y }) => [source, x, y]),
    [['screen', 0, 0], ['camera', 0, 90]]);
  assert.deepEqual(tilesAt(sheets, 12_000).at(-1)?.x, 160);
  assert.equal(tilesAt(sheets, 26_000).length, 2);
  assert.equal(tilesAt(sheets, 36_000).length, 1, 'the screen is long gone');
  assert.deepEqual(tilesAt([], 5), []);
  assert.equal(readSheet({ participant: 'a', width: 0, height: 1, columns: 1, times_ms: [] }, ''),
    null);
  const files = [file({ id: 's', kind: 'thumbnails', media_type: 'image/jpeg', index_file: 'l' }),
    file({ id: 'l', kind: 'thumbnails', media_type: 'application/json', index_file: null }),
    file({ id: 'x', kind: 'thumbnails', media_type: 'image/jpeg', index_file: null })];
  assert.deepEqual(sheetFiles(files), [{ sprite: 's', list: 'l' }]);
});
