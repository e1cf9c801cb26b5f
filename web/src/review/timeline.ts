// SPDX-License-Identifier: Apache-2.0
/* timeline.json of heard derive (recordings/README.md), read with care: pure. */

export type Span = [number, number];

export interface Person {
  id: string;
  name: string;
  role: string;
  side: string | null;
  unit: string | null;
  present: Span[];
  speaking: Span[];
  camera: [number, number, string][];
}

export interface Chapter {
  phase: string;
  from_ms: number;
  to_ms: number;
}

export interface Gap {
  from_ms: number;
  to_ms: number;
  reason: string;
  note: string;
  participant: string | null;
  source: string | null;
}

/* One thing that was told to the log; what else it carried stands in words. */
export interface TimelineEvent {
  at_ms: number;
  type: string;
  reason: string;
  participant: string | null;
  words: string[];
  /* of type exhibit, as recordings/README.md has it */
  exhibit: ShownAt | null;
}

export interface ShownAt {
  id: string;
  act: string;
  number: string;
  title: string;
  media_type: string;
  page: number;
}

export interface Timeline {
  duration_ms: number;
  started_wall_ms: number;
  participants: Person[];
  chapters: Chapter[];
  gaps: Gap[];
  events: TimelineEvent[];
}

const list = (value: unknown): Record<string, unknown>[] =>
  (Array.isArray(value) ? value : []).filter((one) => !!one && typeof one === 'object');
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number =>
  (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function spans(value: unknown): Span[] {
  return (Array.isArray(value) ? value : [])
    .filter((span): span is number[] => Array.isArray(span) && span.length >= 2)
    .map((span) => [number(span[0]), number(span[1])]);
}

function states(value: unknown): [number, number, string][] {
  return (Array.isArray(value) ? value : [])
    .filter((span): span is unknown[] => Array.isArray(span) && span.length >= 3)
    .map((span) => [number(span[0]), number(span[1]), text(span[2])]);
}

/* Ids and codes are no words that anybody would look for. */
const SILENT = ['type', 'by', 'participant', 'reason', 'id', 'role', 'side', 'phase', 'act',
  'exhibit', 'sha256', 'media_type', 'signing', 'kind', 'strength', 'seal', 'noted_by', 'state'];

function shownAt(one: Record<string, unknown>): ShownAt | null {
  if (one['type'] !== 'exhibit' || !text(one['exhibit'])) return null;
  return {
    id: text(one['exhibit']), act: text(one['act']), number: text(one['number']),
    title: text(one['title']), media_type: text(one['media_type']),
    page: Math.max(1, number(one['page'])),
  };
}

function eventOf(one: Record<string, unknown>): TimelineEvent {
  return {
    at_ms: number(one['at_ms']), type: text(one['type']), reason: text(one['reason']),
    participant: textOrNull(one['participant']),
    words: Object.entries(one).filter(([key]) => !SILENT.includes(key))
      .map(([, value]) => text(value)).filter(Boolean),
    exhibit: shownAt(one),
  };
}

export function readTimeline(value: unknown): Timeline {
  const root = (value ?? {}) as Record<string, unknown>;
  return {
    duration_ms: number(root['duration_ms']),
    started_wall_ms: number(root['started_wall_ms']),
    participants: list(root['participants']).map((one) => ({
      id: text(one['id']), name: text(one['name']), role: text(one['role']),
      side: textOrNull(one['side']),
      unit: textOrNull(one['unit']), present: spans(one['present']),
      speaking: spans(one['speaking']), camera: states(one['camera']),
    })),
    chapters: list(root['chapters']).map((one) => ({
      phase: text(one['phase']), from_ms: number(one['from_ms']), to_ms: number(one['to_ms']),
    })),
    gaps: list(root['gaps']).map((one) => ({
      from_ms: number(one['from_ms']), to_ms: number(one['to_ms']), reason: text(one['reason']),
      note: text(one['note']), participant: textOrNull(one['participant']),
      source: textOrNull(one['source']),
    })),
    events: list(root['events']).map(eventOf),
  };
}

/* The exhibit that the room saw then; null: none. */
export function exhibitAt(timeline: Timeline, at_ms: number): ShownAt | null {
  const before = timeline.events.filter((one) => one.exhibit && one.at_ms <= at_ms);
  const last = before[before.length - 1]?.exhibit;
  return last && last.act !== 'ended' ? last : null;
}

export function isIn(spans: readonly Span[], at_ms: number): boolean {
  return spans.some(([from, to]) => at_ms >= from && at_ms < to);
}

export function speakersAt(timeline: Timeline, at_ms: number): string[] {
  return timeline.participants.filter((one) => isIn(one.speaking, at_ms)).map((one) => one.id);
}

export function chapterAt(timeline: Timeline, at_ms: number): Chapter | null {
  return timeline.chapters.find((one) => at_ms >= one.from_ms && at_ms < one.to_ms) ?? null;
}

/* Where "previous" and "next" go: back to this chapter's start after three seconds of it. */
export function chapterJump(timeline: Timeline, at_ms: number, step: 1 | -1): number {
  const starts = timeline.chapters.map((one) => one.from_ms);
  if (step > 0) return starts.find((start) => start > at_ms + 1) ?? timeline.duration_ms;
  const before = starts.filter((start) => start < at_ms - 3000);
  return before[before.length - 1] ?? 0;
}

/* The last frame of sound and pictures lies before the end; a player sent past it stays there. */
const END_MS = 300;

export function seekable(timeline: Timeline, ms: number): number {
  return Math.max(0, Math.min(ms, timeline.duration_ms - END_MS));
}

/* Who comes within so long is not said to be away: a recording begins a moment before people. */
const COMING_MS = 1000;

/* Why a tile is empty now: a gap of this person or of all, else the camera's own state. */
export function reasonAt(timeline: Timeline, person: string, source: string, at_ms: number):
string {
  const gap = timeline.gaps.find((one) => at_ms >= one.from_ms && at_ms < one.to_ms
    && (one.participant === null || one.participant === person)
    && (one.source === null || one.source === source));
  if (gap) return gap.reason;
  const found = timeline.participants.find((one) => one.id === person);
  if (!found) return 'absent';
  const isHere = isIn(found.present, at_ms) || isIn(found.present, at_ms + COMING_MS);
  if (found.present.length && !isHere) return 'absent';
  const camera = found.camera.find(([from, to]) => at_ms >= from && at_ms < to);
  return camera && camera[2] !== 'on' ? `camera_${camera[2]}` : 'no_picture';
}
