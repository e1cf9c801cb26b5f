// SPDX-License-Identifier: Apache-2.0
/*
 * The part of a recording that the time line shows: all of it, or a stretch around the playhead
 * that turns its page when the playhead leaves it. Pure.
 */
import type { Span } from './timeline';

const SHORTEST_MS = 20_000;
/* Where the playhead stands on a page that was just turned. */
const LEAD = 0.1;

function within(from_ms: number, length_ms: number, duration_ms: number): Span {
  const from = Math.max(0, Math.min(from_ms, duration_ms - length_ms));
  return [from, from + length_ms];
}

/* Half or twice as much, the playhead where it was on the screen. */
export function zoomed(view: Span, step: 1 | -1, at_ms: number, duration_ms: number): Span {
  const length = view[1] - view[0];
  const wanted = step > 0 ? length / 2 : length * 2;
  const next = Math.min(duration_ms, Math.max(Math.min(SHORTEST_MS, duration_ms), wanted));
  const held = Math.max(view[0], Math.min(at_ms, view[1]));
  const share = length > 0 ? (held - view[0]) / length : 0;
  return within(held - share * next, next, duration_ms);
}

export function mayZoom(view: Span, step: 1 | -1, duration_ms: number): boolean {
  const length = view[1] - view[0];
  return step > 0 ? length > SHORTEST_MS : length < duration_ms;
}

/* The same object while the playhead is on the page. */
export function turned(view: Span, at_ms: number, duration_ms: number): Span {
  if (at_ms >= view[0] && at_ms <= view[1]) return view;
  const length = view[1] - view[0];
  return within(at_ms - length * LEAD, length, duration_ms);
}

export function isSeen(view: Span, from_ms: number, to_ms: number): boolean {
  return to_ms >= view[0] && from_ms <= view[1];
}
