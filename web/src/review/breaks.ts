// SPDX-License-Identifier: Apache-2.0
/*
 * Where the recording has nothing to show, and why, in codes that have words (gap.*): gaps of
 * the log, said more exactly by the events beside them, and cameras that were off. Pure.
 */
import type { Timeline } from './timeline';

export interface Break {
  from_ms: number;
  to_ms: number;
  reason: string;
  note: string;
  /* null: of everybody */
  participant: string | null;
}

/* Shorter ones are no news to a person. */
export const TOLD_FROM_MS = 1000;
/* So far from its gap the event of a pause may stand: it is written by another thread. */
const NEAR_MS = 1500;
/* What recording_paused says as reason. */
const PAUSES: Record<string, string> = {
  officer: 'paused_officer', recess: 'recess', caucus: 'caucus', deliberation: 'deliberation',
  recusal: 'recusal',
};

function pauseReason(timeline: Timeline, from_ms: number): string {
  const event = timeline.events.find((one) =>
    one.type === 'recording_paused' && Math.abs(one.at_ms - from_ms) <= NEAR_MS);
  return PAUSES[event?.reason ?? ''] ?? 'paused';
}

export function breaksOf(timeline: Timeline): Break[] {
  /* What one person sent while all was paused was not recorded: the pause says so already. */
  const gaps = timeline.gaps.filter((gap) => !(gap.participant && gap.reason === 'paused'))
    .map((gap): Break => {
      const reason = gap.reason === 'paused' ? pauseReason(timeline, gap.from_ms) : gap.reason;
      /* A pause without words repeats its code as a note. */
      const note = gap.note in PAUSES ? '' : gap.note;
      return { from_ms: gap.from_ms, to_ms: gap.to_ms, reason, note,
        participant: gap.participant };
    });
  const cameras = timeline.participants.flatMap((one) =>
    one.camera.filter(([, , state]) => state === 'off' || state === 'blocked')
      .map(([from_ms, to_ms, state]): Break =>
        ({ from_ms, to_ms, reason: `camera_${state}`, note: '', participant: one.id })));
  return [...gaps, ...cameras].sort((a, b) => a.from_ms - b.from_ms);
}

export function ofAll(breaks: readonly Break[]): Break[] {
  return breaks.filter((one) => one.participant === null);
}

export function ofPerson(breaks: readonly Break[], participant: string): Break[] {
  return breaks.filter((one) => one.participant === participant);
}

/* What the list in words tells: long enough, and no microphone that was simply off. */
export function told(breaks: readonly Break[]): Break[] {
  return breaks.filter((one) => one.to_ms - one.from_ms >= TOLD_FROM_MS
    && !['muted', 'left'].includes(one.reason));
}
