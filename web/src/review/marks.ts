// SPDX-License-Identifier: Apache-2.0
/* What one can jump to: exhibits of the log, bookmarks and notes of the file. Pure. */
import type { Note } from '../api';
import type { Timeline } from './timeline';

export type MarkKind = 'exhibit' | 'bookmark' | 'note';

export interface Mark {
  kind: MarkKind;
  at_ms: number;
  to_ms: number | null;
  text: string;
  /* of a note; '' of what the log has */
  id: string;
}

/* "Back" passes a mark that one has just come to. */
const AGAIN_MS = 1500;

export function marksOf(timeline: Timeline, notes: readonly Note[]): Mark[] {
  const exhibits = timeline.events
    .filter((one) => one.type.startsWith('exhibit') && one.exhibit?.act !== 'ended')
    .map((one): Mark => ({
      kind: 'exhibit', at_ms: one.at_ms, to_ms: null, text: one.words.join(' '), id: '',
    }));
  const written = notes.map((one): Mark => ({
    kind: one.kind, at_ms: one.at_ms, to_ms: one.to_ms, text: one.text, id: one.id,
  }));
  return [...exhibits, ...written].sort((a, b) => a.at_ms - b.at_ms);
}

export function markJump(marks: readonly Mark[], at_ms: number, step: 1 | -1): Mark | null {
  if (step > 0) return marks.find((one) => one.at_ms > at_ms + 1) ?? null;
  const before = marks.filter((one) => one.at_ms < at_ms - AGAIN_MS);
  return before[before.length - 1] ?? null;
}

/* In and out as a person sets them: an out before the in begins anew, and the other way round. */
export interface Range {
  from_ms: number | null;
  to_ms: number | null;
}

export const NO_RANGE: Range = { from_ms: null, to_ms: null };
const SHORTEST_MS = 200;

export function withIn(range: Range, at_ms: number): Range {
  const isOver = range.to_ms !== null && range.to_ms < at_ms + SHORTEST_MS;
  return { from_ms: at_ms, to_ms: isOver ? null : range.to_ms };
}

export function withOut(range: Range, at_ms: number): Range {
  const isOver = range.from_ms !== null && range.from_ms > at_ms - SHORTEST_MS;
  return { from_ms: isOver ? null : range.from_ms, to_ms: at_ms };
}

export function isWhole(range: Range): range is { from_ms: number; to_ms: number } {
  return range.from_ms !== null && range.to_ms !== null;
}
