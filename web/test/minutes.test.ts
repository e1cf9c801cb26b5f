// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draft, type Entry } from '../src/minutes/draft';
import { inOrder, isByMachine, machineCaption, nextCaption, oneLine, type MinutesLine, type Words } from '../src/minutes/line';
import { isDoubtful, reduceDrafts, type MachineDraft } from '../src/minutes/machine';
import { candidates, suggest } from '../src/minutes/speakers';
import { templatesOf } from '../src/minutes/templates';
import type { Participant } from '../src/protocol';
import { captionAt, currentOf, lineJump, minutesEntries, placed } from '../src/review/minutes';
import { search } from '../src/review/search';
import { readTimeline } from '../src/review/timeline';

const words = (more: Partial<Words> = {}): Words => ({
  kind: 'statement', text: '我家的房子漏水', speaker: 'p1', at_ms: 1000, removed: false, ...more,
});
const line = (more: Partial<MinutesLine> = {}): MinutesLine => ({
  id: 'l1', seq: 1, phase: 'statement', version: 1, author: 'k', created_at_ms: 1,
  changed_at_ms: 1, ...words(), ...more,
});

function fresh(): Draft {
  let count = 0;
  return new Draft(() => `k${(count += 1)}`);
}
const ready = () => true;

/* A line that was written and answered. */
function saved(draft: Draft, more: Partial<Words> = {}, id = 'l1'): Entry {
  const key = draft.begin(words(more));
  draft.end(key);
  const entry = draft.next(ready);
  assert.equal(entry?.key, key);
  draft.answered(key, entry!.sent!.token, line({ ...words(more), id }));
  return draft.get(key)!;
}

test('a line goes out once, and again with the same token until it is answered', () => {
  const draft = fresh();
  const key = draft.begin(words());
  const first = draft.next(ready)!.sent!;
  assert.equal(draft.next(ready)!.sent!.token, first.token);
  draft.edit(key, { text: '我家的房子漏水三年' });
  assert.equal(draft.next(ready)!.sent!.words.text, '我家的房子漏水');
  draft.answered(key, first.token, line());
  const second = draft.next(ready)!;
  assert.equal(second.sent!.version, 1);
  assert.deepEqual(draft.changeOf(second), { text: '我家的房子漏水三年' });
  draft.answered(key, second.sent!.token, line({ version: 2, text: '我家的房子漏水三年' }));
  assert.equal(draft.next(ready), null);
  assert.equal(draft.unsaved().length, 0);
});

test('its own event before the answer makes no second line', () => {
  const draft = fresh();
  const key = draft.begin(words());
  const { token } = draft.next(ready)!.sent!;
  draft.take(line());
  draft.answered(key, token, line());
  assert.deepEqual(draft.entries().map((one) => one.key), [key]);
  assert.equal(draft.unsaved().length, 0);
});

test('what others change comes in where nothing was changed here', () => {
  const draft = fresh();
  const { key } = saved(draft);
  draft.take(line({ version: 2, text: '改过' }));
  assert.equal(draft.get(key)!.mine.text, '改过');
  draft.take(line({ version: 1, text: '旧的' }));
  assert.equal(draft.get(key)!.mine.text, '改过');
});

test('fields that only one of two changed are joined', () => {
  const draft = fresh();
  const { key } = saved(draft);
  draft.edit(key, { text: '我写的' });
  draft.take(line({ version: 2, speaker: 'p2' }));
  const { mine, theirs } = draft.get(key)!;
  assert.deepEqual([mine.text, mine.speaker, theirs], ['我写的', 'p2', null]);
  const out = draft.next(ready)!;
  assert.equal(out.sent!.version, 2);
  assert.deepEqual(draft.changeOf(out), { text: '我写的' });
});

test('both texts wait side by side until somebody chooses; nothing is lost', () => {
  for (const choice of ['mine', 'theirs', 'both'] as const) {
    const draft = fresh();
    const { key } = saved(draft);
    draft.edit(key, { text: '我写的' });
    const { token } = draft.next(ready)!.sent!;
    draft.stale(key, token, line({ version: 2, text: '对方写的' }));
    const entry = draft.get(key)!;
    assert.deepEqual([entry.mine.text, entry.theirs?.text], ['我写的', '对方写的']);
    assert.equal(draft.next(ready), null, 'nothing is sent meanwhile');
    assert.equal(draft.unsaved().length, 1);
    draft.settle(key, choice);
    const texts = draft.entries().map((one) => one.mine.text);
    assert.deepEqual(texts, { mine: ['我写的'], theirs: ['对方写的'],
      both: ['对方写的', '我写的'] }[choice]);
    const out = draft.next(ready);
    assert.equal(out?.sent?.version ?? null, { mine: 2, theirs: null, both: 0 }[choice]);
  }
});

test('undo goes back across lines, and leaves what somebody else changed', () => {
  const draft = fresh();
  const one = saved(draft, { text: '一' }, 'l1');
  const two = saved(draft, { text: '二', at_ms: 2000 }, 'l2');
  draft.edit(one.key, { text: '一改' });
  draft.end(one.key);
  draft.edit(two.key, { speaker: null });
  assert.equal(draft.undo()!.key, two.key);
  assert.equal(draft.get(two.key)!.mine.speaker, 'p1');
  assert.equal(draft.undo()!.key, one.key);
  assert.equal(draft.get(one.key)!.mine.text, '一');
  assert.deepEqual(draft.undo(), { key: two.key, isLeft: false });
  assert.equal(draft.get(two.key)!.mine.removed, true, 'an added line is taken out again');
  draft.redo();
  assert.equal(draft.get(two.key)!.mine.removed, false);
  draft.redo();
  assert.equal(draft.get(one.key)!.mine.text, '一改');
  draft.take(line({ id: 'l2', version: 3, text: '别人改的', at_ms: 2000 }));
  draft.edit(two.key, { text: '又改' });
  draft.end(two.key);
  draft.take(line({ id: 'l2', version: 4, text: '又改', at_ms: 2000 }));
  draft.take(line({ id: 'l2', version: 5, text: '别人再改', at_ms: 2000 }));
  assert.deepEqual(draft.undo(), { key: two.key, isLeft: true });
  assert.equal(draft.get(two.key)!.mine.text, '别人再改');
});

test('a burst of typing is one step; an end or a save parts it', () => {
  const draft = fresh();
  const { key } = saved(draft, { text: '甲' });
  for (const text of ['甲乙', '甲乙丙']) draft.edit(key, { text });
  draft.pause();
  draft.edit(key, { text: '甲乙丙丁' });
  draft.undo();
  assert.equal(draft.get(key)!.mine.text, '甲乙丙');
  draft.undo();
  assert.equal(draft.get(key)!.mine.text, '甲');
});

test('a line without words: never sent, or taken out with its words kept', () => {
  const draft = fresh();
  const key = draft.begin(words({ text: '' }));
  assert.equal(draft.next(ready), null);
  draft.end(key);
  assert.equal(draft.entries().length, 0);
  const old = saved(draft);
  draft.edit(old.key, { text: ' ' });
  assert.equal(draft.next(ready), null);
  draft.end(old.key);
  assert.deepEqual(draft.changeOf(draft.next(ready)!), { removed: true });
});

test('what is not saved survives a reload and finds its line in the list', () => {
  const draft = fresh();
  const old = saved(draft);
  draft.edit(old.key, { text: '改了没存' });
  const key = draft.begin(words({ text: '新写没存', at_ms: 3000 }));
  draft.next((one) => one.key === key);
  const kept = JSON.parse(JSON.stringify(draft.kept())) as Entry[];
  const again = fresh();
  again.restore(kept);
  again.take(line());
  again.take(line({ id: 'l2', seq: 2, text: '新写没存', at_ms: 3000 })); /* it had got through */
  assert.deepEqual(again.entries().map((one) => one.mine.text), ['改了没存', '新写没存']);
  assert.deepEqual(again.unsaved().map((one) => one.line?.id), ['l1']);
});

test('a refusal is not repeated until the words are others, or by hand', () => {
  const draft = fresh();
  const key = draft.begin(words());
  draft.refuse(key, draft.next(ready)!.sent!.token, 'too_many');
  assert.equal(draft.next(ready), null);
  assert.equal(draft.unsaved().length, 1);
  draft.again(key);
  assert.equal(draft.next(ready)?.key, key);
});

test('two desks that type at random agree in the end', () => {
  let seed = 20261128;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const lines = new Map<string, MinutesLine>();
  const desks = [fresh(), fresh()];
  const mail: MinutesLine[][] = [[], []];
  const publish = (one: MinutesLine) => mail.forEach((box) => box.push(one));
  const serve = (draft: Draft) => {
    const entry = draft.next(ready);
    if (!entry?.sent) return false;
    const { key, sent } = entry;
    const now = entry.line ? lines.get(entry.line.id)! : null;
    if (now && now.version !== sent.version) {
      draft.stale(key, sent.token, now);
      return true;
    }
    const next = now ? { ...now, ...draft.changeOf(entry), version: now.version + 1 }
      : line({ ...sent.words, id: `l${lines.size + 1}`, seq: lines.size + 1 });
    lines.set(next.id, next);
    publish(next);
    if (random(2)) mail[desks.indexOf(draft)]!.splice(0).forEach((one) => draft.take(one));
    draft.answered(key, sent.token, next);
    return true;
  };
  const deliver = (i: number) => mail[i]!.splice(0).forEach((one) => desks[i]!.take(one));
  for (let round = 0; round < 3000; round += 1) {
    const i = random(2);
    const draft = desks[i]!;
    const all = draft.entries();
    const entry = all[random(all.length || 1)];
    const what = random(8);
    if (what === 0 || !entry) draft.end(draft.begin(words({ text: `新${round}`, at_ms: round })));
    else if (what < 3) draft.edit(entry.key, { text: `改${round}` });
    else if (what === 3) draft.edit(entry.key, { speaker: `p${random(3)}` });
    else if (what === 4) draft.undo();
    else if (what === 5) deliver(i);
    else serve(draft);
    for (const one of all) if (one.theirs && random(2))
      draft.settle(one.key, (['mine', 'theirs', 'both'] as const)[random(3)]!);
  }
  for (let calm = 0; calm < 2000; calm += 1) {
    desks.forEach((draft, i) => {
      deliver(i);
      for (const one of draft.entries()) draft.settle(one.key, 'theirs');
      serve(draft);
    });
  }
  const seen = desks.map((draft) => draft.entries().filter((one) => one.line)
    .map((one) => [one.line!.id, one.mine.text, one.mine.speaker, one.mine.removed]).sort());
  assert.deepEqual(seen[0], seen[1]);
  assert.deepEqual(seen[0]!.length, lines.size);
  for (const [id, text] of seen[0]!) assert.equal(lines.get(id as string)!.text, text);
  for (const draft of desks) assert.equal(draft.unsaved().length, 0);
});

test('captions: what was said last, corrected in its place, gone when taken out', () => {
  const one = line();
  assert.equal(nextCaption(null, one), one);
  const two = line({ id: 'l2', at_ms: 2000, text: '后说的' });
  assert.equal(nextCaption(one, two), two);
  assert.equal(nextCaption(two, line({ version: 2 })), two, 'a correction of an older line');
  assert.equal(nextCaption(two, line({ id: 'l3', kind: 'note', at_ms: 3000 })), two);
  assert.equal(nextCaption(two, { ...two, version: 2, removed: true }), null);
  assert.equal(nextCaption(two, { ...two, version: 2, text: '改' })!.text, '改');
  assert.equal(nextCaption({ ...two, version: 3 }, two)!.version, 3);
});

test('one line within its bound, in the order of being said', () => {
  assert.equal(oneLine('一\r\n二\t三'), '一 二 三');
  assert.equal([...oneLine('𠮷'.repeat(3000))].length, 2000);
  assert.deepEqual(inOrder([line({ seq: 3 }), line({ seq: 1, at_ms: 2000 }), line({ seq: 2 })])
    .map((one) => one.seq), [2, 3, 1]);
});

test('who may be named, by a key that stays; the voice is a hint', () => {
  const person = (id: string, role: string, presence = 'present') =>
    ({ id, role, presence, name: id }) as unknown as Participant;
  const people = [person('k', 'clerk'), person('o', 'observer'), person('r', 'presiding'),
    person('p', 'petitioner'), person('d', 'department', 'left'), person('x', 'department', 'left')];
  assert.deepEqual(candidates(people, new Set(['d'])).map((one) => one.id), ['p', 'd', 'r', 'k']);
  assert.equal(suggest('r', ['p'], null, people), 'r');
  assert.equal(suggest(null, ['p'], null, people), null);
  assert.equal(suggest(undefined, ['?', 'p'], 'r', people), 'p');
  assert.equal(suggest(undefined, [], 'r', people), 'r');
});

test('templates: the same in both languages, those of the phase first, none too long', () => {
  for (const phase of ['check_in', 'opening', 'statement', 'unit_answers', 'consolidation',
    'record_confirm', 'mediator_opening', 'questions', 'agreement_sign', 'other']) {
    const [zh, en] = [templatesOf('zh', phase), templatesOf('en', phase)];
    assert.deepEqual(zh.map((one) => [one.phases, one.lines.map(({ kind }) => kind)]),
      en.map((one) => [one.phases, one.lines.map(({ kind }) => kind)]));
    if (phase !== 'other') assert.ok(zh[0]!.phases.includes(phase));
    for (const { lines } of [...zh, ...en])
      for (const { text } of lines) assert.equal(oneLine(text), text);
  }
});

const timeline = (more: object = {}) => readTimeline({
  duration_ms: 100_000, started_wall_ms: 1_000_000,
  gaps: [{ from_ms: 40_000, to_ms: 60_000, reason: 'paused' },
    { from_ms: 70_000, to_ms: 70_200, reason: 'loss' },
    { from_ms: 10_000, to_ms: 30_000, reason: 'camera_off', participant: 'p1', source: 'camera' }],
  ...more,
});
const wall = (at: number, more: Partial<MinutesLine> = {}) =>
  line({ id: `w${at}`, at_ms: 1_000_000 + at, ...more });

test('lines stand on the recording\'s clock, a moment before they were typed', () => {
  const lines = placed([wall(20_000), wall(5000, { kind: 'action' }), wall(1000),
    wall(30_000, { removed: true })], timeline());
  assert.deepEqual(lines.map((one) => [one.at_ms, one.isRecorded]),
    [[0, true], [5000, true], [18_000, true]]);
});

test('what was written while nothing was recorded leads to the nearest that can be played', () => {
  const lines = placed([wall(-5000), wall(50_000), wall(61_000), wall(70_100), wall(200_000)],
    timeline());
  assert.deepEqual(lines.map((one) => [one.at_ms, one.isRecorded]),
    [[0, false], [60_000, false], [60_000, true], [68_100, true], [100_000, false]]);
});

test('the current line, its neighbours, and the caption', () => {
  const lines = placed([wall(12_000), wall(20_000, { kind: 'note' }), wall(32_000)], timeline());
  assert.deepEqual([9000, 10_000, 20_500, 31_000].map((at) => currentOf(lines, at)), [-1, 0, 1, 2]);
  assert.equal(lineJump(lines, 10_000, 1), 20_000);
  assert.equal(lineJump(lines, 31_000, -1), 20_000);
  assert.equal(lineJump(lines, 31_900, 1), null);
  assert.equal(captionAt(lines, 21_000)?.id, 'w12000', 'a note is no caption');
  assert.equal(captionAt(lines, 9000), null);
  assert.equal(captionAt(lines, 90_000), null);
});

test('the minutes are found by any Chinese words', () => {
  const lines = placed([wall(12_000, { text: '我家的房子漏水三年了' }), wall(32_000, { text: '已经修好' })],
    timeline());
  const entries = minutesEntries(lines, () => '张小满');
  const [hit, ...more] = search(entries, '漏水');
  assert.equal(more.length, 0);
  assert.deepEqual([hit!.at_ms, hit!.kind], [10_000, 'minutes']);
  assert.equal(hit!.text.slice(...hit!.places[0]!), '漏水');
  assert.equal(search(entries, '小满 修好').length, 1, 'by who said it, too');
  assert.equal(search(entries, '漏 三年').length, 1);
});

/* ---- what a machine took down ---- */

const machine = (more: Partial<MachineDraft> = {}): MachineDraft => ({
  id: 'd1', speaker: 'p1', at_ms: 1000, end_ms: 2000, text: '房子漏水', confidence: 0.9, alternatives: [], ...more,
});

test('drafts stand in the order of being said, and go one by one or all', () => {
  let list = reduceDrafts([], { type: 'draft.added', data: { draft: machine({ id: 'b', at_ms: 2000 }) } });
  list = reduceDrafts(list, { type: 'draft.added', data: { draft: machine({ id: 'a' }) } });
  list = reduceDrafts(list, { type: 'draft.added', data: { draft: machine({ id: 'a', text: 'x' }) } });
  assert.deepEqual(list.map(({ id, text }) => [id, text]), [['a', 'x'], ['b', '房子漏水']]);
  list = reduceDrafts(list, { type: 'draft.gone', data: { id: 'a', why: 'taken' } });
  assert.deepEqual(list.map(({ id }) => id), ['b']);
  assert.deepEqual(reduceDrafts(list, { type: 'draft.gone', data: { id: null, why: 'closed' } }), []);
  assert.deepEqual([0.4, 0.6, null].map((confidence) => isDoubtful(machine({ confidence }))), [true, false, false]);
});

test('a draft that another desk took becomes that one line; other words are a question', () => {
  for (const isSame of [true, false]) {
    const draft = fresh();
    const key = draft.begin(words(), 'l1');
    draft.end(key);
    const { sent, machine: from } = draft.next(ready)!;
    assert.equal(from, 'l1');
    const theirs = line({ text: isSame ? words().text : '对方改过的' });
    draft.take(theirs); // the event may come first
    draft.stale(key, sent!.token, theirs);
    assert.deepEqual(draft.entries().map((one) => one.line?.id), ['l1']);
    assert.equal(draft.next(ready), null, 'it is not sent again');
    assert.equal(draft.entries()[0]!.theirs, isSame ? null : theirs);
    if (isSame) continue;
    draft.settle(key, 'mine');
    assert.deepEqual([draft.next(ready)!.sent!.version, draft.get(key)!.mine.text], [1, words().text]);
  }
});

test('a caption by a machine gives way to the line that comes of it', () => {
  const said = machineCaption(machine({ id: 'l1' }));
  assert.equal(isByMachine(said), true);
  const taken = nextCaption(nextCaption(null, said), line());
  assert.equal(taken!.version, 1);
  assert.equal(nextCaption(line(), said)!.version, 1, 'and never takes its place');
  assert.equal(nextCaption(line({ at_ms: 5000, id: 'l2' }), said)!.id, 'l2', 'nor that of a later one');
});
