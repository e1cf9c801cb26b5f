// SPDX-License-Identifier: Apache-2.0
/*
 * The minutes as they stand at one desk: what the server told, what was typed here since, what is
 * under way. Calls in, requests out; no clock, no network, no storage. Two desks may change one
 * line at once: fields that only one of them changed are joined, the others wait for the clerk's
 * decision with both texts there.
 */
import { FIELDS, inOrder, sameWords, wordsOf, type MinutesLine, type Words } from './line';

export const UNDO_MAX = 200;

/* One request: repeated with the same token it is done once. version 0: a new line. */
export interface Sent {
  token: string;
  words: Words;
  version: number;
}

export interface Entry {
  key: string;
  /* the newest that the server told; null: it does not know the line yet */
  line: MinutesLine | null;
  /* from which ours began; equal to line's words but in a conflict */
  base: Words | null;
  mine: Words;
  sent: Sent | null;
  /* changed here and there: theirs waits beside ours */
  theirs: MinutesLine | null;
  /* code of a refusal; sent again when the words are others */
  refused: string;
  /* what a machine had taken down: it becomes this line, once */
  machine?: string;
}

interface Step {
  key: string;
  before: Words | null;
  after: Words;
  isOpen: boolean;
}

export type Choice = 'mine' | 'theirs' | 'both';
export interface Undone {
  key: string;
  /* somebody else changed it since: left as it is */
  isLeft: boolean;
}

const isBlank = (words: Words): boolean => words.text.trim() === '';

export class Draft {
  private readonly list = new Map<string, Entry>();
  private readonly keys = new Map<string, string>(); /* of the server's ids */
  private done: Step[] = [];
  private undone: Step[] = [];

  constructor(private readonly newKey: () => string) {}

  get(key: string): Entry | null {
    return this.list.get(key) ?? null;
  }

  /* By the server's id. */
  of(id: string): Entry | null {
    return this.get(this.keys.get(id) ?? '');
  }

  /* In the order of being said; those that are not numbered yet stand behind their equals. */
  entries(): Entry[] {
    const all = [...this.list.values()].map((entry) => ({
      entry, at_ms: entry.mine.at_ms, seq: entry.line?.seq ?? Number.MAX_SAFE_INTEGER,
    }));
    return inOrder(all).map(({ entry }) => entry);
  }

  isDirty(entry: Entry): boolean {
    return !entry.base || !sameWords(entry.mine, entry.base);
  }

  /* Lines whose words the server has not confirmed. */
  unsaved(): Entry[] {
    return [...this.list.values()].filter((entry) => entry.sent || entry.theirs
      || (this.isDirty(entry) && (entry.line || !(isBlank(entry.mine) || entry.mine.removed))));
  }

  /* ---- what the clerk does ---- */

  begin(words: Words, machine?: string): string {
    const key = this.newKey();
    this.list.set(key, { key, line: null, base: null, mine: { ...words }, sent: null, theirs: null,
      refused: '', ...(machine ? { machine } : {}) });
    this.note({ key, before: null, after: { ...words }, isOpen: true });
    return key;
  }

  edit(key: string, change: Partial<Words>): void {
    const entry = this.list.get(key);
    if (!entry) return;
    const before = { ...entry.mine };
    entry.mine = { ...entry.mine, ...change };
    entry.refused = '';
    if (!sameWords(before, entry.mine))
      this.note({ key, before, after: { ...entry.mine }, isOpen: 'text' in change });
  }

  /* Typing ended: the next key begins another step of undo. A line without words is taken out. */
  end(key: string): void {
    this.pause();
    const entry = this.list.get(key);
    if (!entry || !isBlank(entry.mine)) return;
    if (entry.base) this.edit(key, { text: entry.base.text, removed: true });
    else if (!entry.sent) this.forget(key);
  }

  /* The next key begins another step. */
  pause(): void {
    const last = this.done[this.done.length - 1];
    if (last) last.isOpen = false;
  }

  private forget(key: string): void {
    this.list.delete(key);
    this.done = this.done.filter((step) => step.key !== key);
    this.undone = this.undone.filter((step) => step.key !== key);
  }

  private note(step: Step): void {
    const last = this.done[this.done.length - 1];
    this.undone = [];
    if (last?.isOpen && last.key === step.key && step.isOpen) {
      last.after = step.after;
      return;
    }
    if (last) last.isOpen = false;
    this.done = [...this.done, step].slice(-UNDO_MAX);
  }

  undo(): Undone | null {
    return this.back(this.done, this.undone, false);
  }

  redo(): Undone | null {
    return this.back(this.undone, this.done, true);
  }

  private back(from: Step[], to: Step[], isRedo: boolean): Undone | null {
    const step = from.pop();
    const entry = step && this.list.get(step.key);
    if (!step || !entry) return step ? this.back(from, to, isRedo) : null;
    const gone = step.before ?? { ...step.after, removed: true };
    const [have, want] = isRedo ? [gone, step.after] : [step.after, gone];
    const fields = FIELDS.filter((field) => have[field] !== want[field]);
    if (fields.some((field) => entry.mine[field] !== have[field]))
      return { key: step.key, isLeft: true };
    entry.mine = { ...entry.mine,
      ...Object.fromEntries(fields.map((field) => [field, want[field]])) };
    entry.refused = '';
    to.push({ ...step, isOpen: false });
    return { key: step.key, isLeft: false };
  }

  settle(key: string, choice: Choice): void {
    const entry = this.list.get(key);
    if (!entry?.theirs || !entry.base) return;
    const { mine } = entry;
    entry.theirs = null;
    if (choice !== 'mine') entry.mine = { ...entry.base };
    if (choice === 'both') this.begin({ ...mine, removed: false });
  }

  /* ---- what goes out ---- */

  /* The next thing to ask of the server, in the order of lines; open: still being typed. */
  next(isReady: (entry: Entry) => boolean): Entry | null {
    for (const entry of this.list.values()) {
      if (entry.sent) return entry;
      if (entry.theirs || entry.refused || !this.isDirty(entry) || !isReady(entry)) continue;
      if (isBlank(entry.mine) || (!entry.line && entry.mine.removed)) continue;
      entry.sent = { token: this.newKey(), words: { ...entry.mine },
        version: entry.line?.version ?? 0 };
      return entry;
    }
    return null;
  }

  /* What of the line is asked to change. */
  changeOf(entry: Entry): Partial<Words> {
    const { sent, base } = entry;
    if (!sent || !base) return {};
    return Object.fromEntries(FIELDS.filter((field) => sent.words[field] !== base[field])
      .map((field) => [field, sent.words[field]]));
  }

  answered(key: string, token: string, line: MinutesLine): void {
    const entry = this.list.get(key);
    if (entry?.sent?.token === token) {
      entry.sent = null;
      const other = this.keys.get(line.id);
      if (other && other !== key) this.forget(other);
      this.keys.set(line.id, key);
      if (!entry.line || line.version > entry.line.version) {
        entry.line = line;
        entry.base = wordsOf(line);
      }
      return;
    }
    this.take(line);
  }

  /* Another version came first. */
  stale(key: string, token: string, line: MinutesLine): void {
    const entry = this.list.get(key);
    if (entry?.sent?.token === token) entry.sent = null;
    if (entry && !entry.line && entry.machine) this.yield(entry, line);
    else this.take(line);
  }

  /* Another desk took the same draft: it is one line, and where the words differ a question. */
  private yield(entry: Entry, line: MinutesLine): void {
    const other = this.keys.get(line.id);
    if (other && other !== entry.key) this.forget(other);
    this.keys.set(line.id, entry.key);
    entry.line = line;
    entry.base = wordsOf(line);
    entry.theirs = sameWords(entry.mine, entry.base) ? null : line;
  }

  /* Asked once more, as it stands. */
  again(key: string): void {
    const entry = this.list.get(key);
    if (entry) entry.refused = '';
  }

  refuse(key: string, token: string, code: string): void {
    const entry = this.list.get(key);
    if (entry?.sent?.token !== token) return;
    entry.sent = null;
    entry.refused = code;
  }

  /* ---- what comes in ---- */

  take(line: MinutesLine): void {
    const entry = this.list.get(this.keys.get(line.id) ?? '') ?? this.echoOf(line);
    if (!entry) {
      const key = this.newKey();
      this.keys.set(line.id, key);
      this.list.set(key, { key, line, base: wordsOf(line), mine: wordsOf(line), sent: null,
        theirs: null, refused: '' });
      return;
    }
    this.keys.set(line.id, entry.key);
    if (entry.line && line.version <= entry.line.version) return;
    if (!entry.base || this.isOwn(entry, line)) {
      entry.sent = null;
      entry.line = line;
      entry.base = wordsOf(line);
      return;
    }
    this.join(entry, line);
  }

  /* Our own new line may come by the event before the answer does. */
  private echoOf(line: MinutesLine): Entry | null {
    return [...this.list.values()].find(({ sent }) => sent?.version === 0
      && sameWords(sent.words, wordsOf(line))) ?? null;
  }

  private isOwn(entry: Entry, line: MinutesLine): boolean {
    const { sent } = entry;
    return !!sent && sent.version === line.version - 1 && sameWords(sent.words, wordsOf(line));
  }

  private join(entry: Entry, line: MinutesLine): void {
    const { base, mine } = entry;
    const theirs = wordsOf(line);
    if (!base) return;
    const isOurs = (field: keyof Words) => mine[field] !== base[field];
    const isHit = FIELDS.some((field) => isOurs(field) && theirs[field] !== base[field]
      && theirs[field] !== mine[field]);
    const joined = Object.fromEntries(FIELDS.map((field) =>
      [field, isOurs(field) ? mine[field] : theirs[field]]));
    entry.mine = joined as unknown as Words;
    entry.line = line;
    entry.base = theirs;
    entry.sent = null;
    entry.theirs = isHit || (entry.theirs && !sameWords(entry.mine, theirs)) ? line : null;
  }

  /* ---- across a reload ---- */

  kept(): Entry[] {
    return this.unsaved();
  }

  restore(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.list.set(entry.key, { ...entry, refused: '' });
      if (entry.line) this.keys.set(entry.line.id, entry.key);
    }
  }
}
