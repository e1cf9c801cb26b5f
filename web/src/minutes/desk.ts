// SPDX-License-Identifier: Apache-2.0
/*
 * The minutes of one hearing at this page: a Draft with the server behind it. Whatever was typed is
 * kept in the tab's storage until the server has it, and is sent again with the same key.
 *
 * Owner   One for each LiveHearing (deskOf), which outlives the room, so that the last line is sent;
 *         or a page of the review, which closes it.
 * Errors  None thrown: state tells whether all is saved, an entry's refused why one is not.
 */
import { ApiError, api } from '../api';
import type { LiveHearing } from '../live';
import { Draft, type Choice, type Entry, type Undone } from './draft';
import type { MinutesState } from './course';
import { oneLine, type MinutesLine, type Words } from './line';
import { reduceDrafts, type DraftEvent, type MachineDraft } from './machine';

export type Saved = 'saved' | 'saving' | 'retrying';

const IDLE_MS = 1200;
const TYPING_MAX_MS = 5000;
const RETRY_MS = [1000, 2000, 4000, 8000];
/* Answers that mean the request never got through, or not now. */
const PASSING = ['offline', 'unavailable', 'internal', 'storage', 'storage_full', 'network'];

const keyOf = (hearing: string): string => `heard.minutes.${hearing}`;

export class MinutesDesk extends EventTarget {
  readonly draft = new Draft(() => crypto.randomUUID());
  mayEdit = false;
  isListed = false;
  state: MinutesState = 'drafting';
  /* what a machine took down */
  machine: readonly MachineDraft[] = [];
  /* code: they may not be read */
  problem = '';
  saved: Saved = 'saved';
  /* the line that is being typed: not sent at each key */
  private open: { key: string; since_ms: number; at_ms: number } | null = null;
  private tries = 0;
  private readonly over = new AbortController();
  private isBusy = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly hearing: string) {
    super();
    this.restore();
    const { signal } = this.over;
    addEventListener('online', () => this.pump(), { signal });
    addEventListener('beforeunload', (event) => {
      if (this.draft.unsaved().length) event.preventDefault();
    }, { signal });
  }

  /* What is not saved stays in the tab's storage. */
  close(): void {
    this.over.abort();
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /* All lines, anew: at the beginning and whenever events may have been missed. */
  async list(): Promise<void> {
    try {
      const { items, may_edit: mayEdit, state } = await api.minutes(this.hearing, true);
      this.mayEdit = mayEdit;
      this.state = state;
      this.isListed = true;
      for (const line of items) this.draft.take(line);
      if (mayEdit) this.machine = await api.drafts(this.hearing);
      this.changed();
      this.pump();
    } catch (error) {
      const code = error instanceof ApiError ? error.code : 'offline';
      if (this.isListed || this.over.signal.aborted) return;
      this.problem = PASSING.includes(code) ? '' : code;
      this.changed();
      if (!this.problem) setTimeout(() => void this.list(), RETRY_MS[2]);
    }
  }

  take(line: MinutesLine): void {
    this.draft.take(line);
    this.changed();
  }

  /* ---- what a machine took down ---- */

  takeEvent(event: DraftEvent): void {
    this.machine = reduceDrafts(this.machine, event);
    this.changed();
  }

  /* It becomes a line; that it is gone comes back as an event. */
  takeDraft({ id, speaker, at_ms }: MachineDraft, text: string): void {
    this.machine = this.machine.filter((one) => one.id !== id);
    this.end(this.draft.begin(
      { kind: 'statement', speaker, at_ms, text: oneLine(text), removed: false }, id));
  }

  takeDrafts(): void {
    for (const one of this.machine) this.takeDraft(one, one.text);
  }

  /* null: all. Gone already is as good; a line that broke shows it again with the next list. */
  dropDraft(id: string | null): void {
    this.takeEvent({ type: 'draft.gone', data: { id, why: 'dropped' } });
    void (id === null ? api.dropDrafts(this.hearing) : api.dropDraft(this.hearing, id))
      .catch(() => undefined);
  }

  /* ---- the clerk's hands ---- */

  begin(words: Words): string {
    const key = this.draft.begin({ ...words, text: oneLine(words.text) });
    this.touched(key);
    return key;
  }

  type(key: string, text: string): void {
    this.draft.edit(key, { text: oneLine(text) });
    this.touched(key);
  }

  set(key: string, change: Partial<Words>): void {
    this.draft.edit(key, change);
    this.touched(key);
  }

  end(key: string): void {
    this.draft.end(key);
    this.open = null;
    this.changed();
    this.pump();
  }

  /* A line that is whole from the start: of a template. */
  add(words: Words): void {
    this.end(this.begin(words));
  }

  undo(isRedo = false): Undone | null {
    const undone = isRedo ? this.draft.redo() : this.draft.undo();
    this.open = null;
    this.changed();
    this.pump();
    return undone;
  }

  settle(key: string, choice: Choice): void {
    this.draft.settle(key, choice);
    this.open = null;
    this.changed();
    this.pump();
  }

  again(key: string): void {
    this.draft.again(key);
    this.changed();
    this.pump();
  }

  private touched(key: string): void {
    const now = performance.now();
    if (this.open?.key !== key) this.open = { key, since_ms: now, at_ms: now };
    this.open.at_ms = now;
    this.changed();
    this.later(IDLE_MS);
  }

  /* ---- saving ---- */

  private later(ms: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.pump();
    }, ms);
  }

  private isReady(entry: Entry): boolean {
    const { open } = this;
    if (open?.key !== entry.key) return true;
    const now = performance.now();
    if (now - open.at_ms < IDLE_MS - 50 && now - open.since_ms < TYPING_MAX_MS) return false;
    open.since_ms = now;
    this.draft.pause();
    return true;
  }

  /* One request at a time: lines get their numbers in the order of being written. */
  private pump(): void {
    if (this.isBusy || this.over.signal.aborted) return;
    const entry = this.draft.next((one) => this.isReady(one));
    this.judge();
    if (!entry?.sent) return;
    this.isBusy = true;
    this.judge();
    void this.send(entry).finally(() => {
      this.isBusy = false;
      this.changed();
      if (this.saved === 'retrying') this.later(RETRY_MS[Math.min(this.tries, 4) - 1] ?? 8000);
      else this.pump();
    });
  }

  private async send(entry: Entry): Promise<void> {
    const { sent, key } = entry;
    if (!sent) return;
    const { token, words, version } = sent;
    const { removed: _, ...fresh } = words;
    try {
      const line = version === 0 || !entry.line
        ? await api.addMinutes(this.hearing,
          entry.machine ? { ...fresh, draft: entry.machine } : fresh, token)
        : await api.changeMinutes(this.hearing, entry.line.id,
          { version, ...this.draft.changeOf(entry) }, token);
      this.tries = 0;
      this.draft.answered(key, token, line);
    } catch (error) {
      this.failed(entry, token, error instanceof ApiError ? error : new ApiError('offline'));
    }
  }

  private failed(entry: Entry, token: string, error: ApiError): void {
    const line = error.members['line'] as MinutesLine | undefined;
    if (PASSING.includes(error.code)) {
      this.tries += 1;
      return;
    }
    this.tries = 0;
    if (error.code === 'conflict' && line) this.draft.stale(entry.key, token, line);
    else this.draft.refuse(entry.key, token, error.code);
  }

  private judge(): void {
    this.saved = !this.draft.unsaved().length ? 'saved' : this.tries ? 'retrying' : 'saving';
  }

  private changed(): void {
    this.judge();
    this.keep();
    this.dispatchEvent(new Event('change'));
  }

  private keep(): void {
    const kept = this.draft.kept();
    try {
      if (kept.length) sessionStorage.setItem(keyOf(this.hearing), JSON.stringify(kept));
      else sessionStorage.removeItem(keyOf(this.hearing));
    } catch {
      /* full or forbidden: beforeunload warns all the same */
    }
  }

  private restore(): void {
    try {
      const text = sessionStorage.getItem(keyOf(this.hearing));
      if (text) this.draft.restore(JSON.parse(text) as Entry[]);
    } catch {
      /* nothing kept that can be read */
    }
  }
}

const desks = new WeakMap<LiveHearing, MinutesDesk>();

/* The desk of a live hearing; from then on it follows the hearing's events. */
export function deskOf(live: LiveHearing): MinutesDesk {
  let desk = desks.get(live);
  if (!desk) {
    const made = new MinutesDesk(live.hearing);
    live.addEventListener('minutes', (event) =>
      made.take((event as CustomEvent<MinutesLine>).detail));
    live.addEventListener('draft', (event) =>
      made.takeEvent((event as CustomEvent<DraftEvent>).detail));
    live.addEventListener('snapshot', () => void made.list());
    void made.list();
    desks.set(live, made);
    desk = made;
  }
  return desk;
}
