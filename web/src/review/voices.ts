// SPDX-License-Identifier: Apache-2.0
/*
 * Who speaks when: turns, silence that can be skipped, the one to look at. Pure; all times are
 * milliseconds on the recording's clock.
 */
import type { Person, Span, Timeline } from './timeline';

/* Left of a silence before and after it, so that no word is cut. */
export const MARGIN_MS = 600;
/* A jump over less would be restless. */
export const SKIP_FROM_MS = 2000;
/* A person's breaths within one turn. */
const TURN_MERGE_MS = 2000;
/* A word in between does not take the large place. */
const TURN_FROM_MS = 1500;
/* "Back" goes to this turn's beginning after so much of it. */
const AGAIN_MS = 3000;

export function merged(spans: readonly Span[], within_ms = 0): Span[] {
  const out: Span[] = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = out[out.length - 1];
    if (last && from <= last[1] + within_ms) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/* Stretches without any voice that are worth a jump; none where no voice is known at all. */
export function silences(timeline: Timeline): Span[] {
  const voices = merged(timeline.participants.flatMap((one) => one.speaking));
  if (!voices.length) return [];
  const edges: Span[] = [[-MARGIN_MS, -MARGIN_MS], ...voices,
    [timeline.duration_ms + MARGIN_MS, timeline.duration_ms + MARGIN_MS]];
  return edges.slice(1).map((next, at): Span =>
    [(edges[at] as Span)[1] + MARGIN_MS, next[0] - MARGIN_MS])
    .filter(([from, to]) => to - from >= SKIP_FROM_MS);
}

/* Where to go from at_ms; null: stay, somebody speaks or is about to. */
export function skipFrom(quiet: readonly Span[], at_ms: number): Span | null {
  const span = quiet.find(([from, to]) => at_ms >= from && at_ms < to - MARGIN_MS);
  return span ? [at_ms, span[1]] : null;
}

const turns = new WeakMap<Person, Span[]>();

export function turnsOf(person: Person): Span[] {
  const known = turns.get(person) ?? merged(person.speaking, TURN_MERGE_MS);
  turns.set(person, known);
  return known;
}

/* The start of the turn before or behind; null when there is none. */
export function turnJump(people: readonly Person[], at_ms: number, step: 1 | -1): number | null {
  const starts = people.flatMap(turnsOf).map(([from]) => from).sort((a, b) => a - b);
  if (step > 0) return starts.find((from) => from > at_ms + 1) ?? null;
  const before = starts.filter((from) => from < at_ms - AGAIN_MS);
  return before[before.length - 1] ?? null;
}

/* Whom to look at: who speaks now, the one that began first; in silence the last one. */
export function lookedAt(timeline: Timeline, at_ms: number): string {
  let best = '';
  let rank = -Infinity;
  for (const person of timeline.participants) {
    for (const [from, to] of turnsOf(person)) {
      if (from > at_ms || to - from < TURN_FROM_MS) continue;
      /* those who speak stand above all that is over; the earlier beginning first */
      const mine = at_ms < to ? timeline.duration_ms * 2 - from : to;
      if (mine > rank) {
        best = person.id;
        rank = mine;
      }
    }
  }
  return best || (timeline.participants[0]?.id ?? '');
}
