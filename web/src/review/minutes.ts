// SPDX-License-Identifier: Apache-2.0
/*
 * Where lines of the minutes stand on a recording's clock. Pure.
 *
 * Units  line.at_ms is UTC; at_ms of a Placed is on the recording's clock.
 */
import { inOrder, type MinutesLine } from '../minutes/line';
import type { Entry } from './search';
import type { Timeline } from './timeline';

export interface Placed {
  line: MinutesLine;
  at_ms: number;
  /* false: written before, behind or in a break; at_ms is the nearest that can be played */
  isRecorded: boolean;
}

/* A line begins when the clerk's first key does: the words were begun a moment before. */
const LEAD_MS = 2000;
/* Shorter ones are packets that were lost, not a stretch that is missing. */
const GAP_MIN_MS = 1000;

export function placed(lines: readonly MinutesLine[], timeline: Timeline): Placed[] {
  const gaps = timeline.gaps.filter((one) => one.participant === null && one.source === null
    && one.to_ms - one.from_ms >= GAP_MIN_MS);
  const place = (wall_ms: number, lead_ms: number): Omit<Placed, 'line'> => {
    const at = wall_ms - timeline.started_wall_ms;
    const gap = gaps.find((one) => at >= one.from_ms && at < one.to_ms);
    if (at < 0 || at > timeline.duration_ms || gap) {
      const near = gap ? gap.to_ms : at;
      return { at_ms: Math.max(0, Math.min(near, timeline.duration_ms)), isRecorded: false };
    }
    const before = gaps.filter((one) => one.to_ms <= at).map((one) => one.to_ms);
    return { at_ms: Math.max(0, at - lead_ms, ...before.filter((end) => end > at - lead_ms)),
      isRecorded: true };
  };
  return inOrder(lines.filter((one) => !one.removed)).map((line) =>
    ({ line, ...place(line.at_ms, line.kind === 'statement' ? LEAD_MS : 0) }));
}

/* The line that is said now: the last one begun; -1 before the first. */
export function currentOf(lines: readonly Placed[], at_ms: number): number {
  let found = -1;
  for (const [i, { at_ms: from }] of lines.entries()) if (from <= at_ms + 1) found = i;
  return found;
}

const STAYS_MS = 20_000;

/* What was said last, as captions show it. */
export function captionAt(lines: readonly Placed[], at_ms: number): MinutesLine | null {
  let found: Placed | null = null;
  for (const one of lines)
    if (one.isRecorded && one.line.kind === 'statement' && one.at_ms <= at_ms) found = one;
  return found && at_ms - found.at_ms < STAYS_MS ? found.line : null;
}

/* The line before or after; "back" goes to the start of this one first. */
export function lineJump(lines: readonly Placed[], at_ms: number, step: 1 | -1): number | null {
  if (step > 0) return lines.find((one) => one.at_ms > at_ms + 1)?.at_ms ?? null;
  const before = lines.filter((one) => one.at_ms < at_ms - 1500);
  return before[before.length - 1]?.at_ms ?? null;
}

export function minutesEntries(lines: readonly Placed[], nameOf: (id: string) => string): Entry[] {
  return lines.map(({ line, at_ms }) => {
    const name = line.speaker ? nameOf(line.speaker) : '';
    return { kind: 'minutes' as const, at_ms, text: name ? `${name}：${line.text}` : line.text };
  });
}
