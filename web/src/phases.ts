// SPDX-License-Identifier: Apache-2.0
/* Moving through the phases: what comes next, what would be skipped. Pure. */
import type { Hearing, Phase } from './protocol';

export function indexOf(hearing: Hearing): number {
  return hearing.phases.findIndex((phase) => phase.code === hearing.phase);
}

/* The phase after this one; closed is reached by closing the hearing, not by advancing. */
export function nextPhase(hearing: Hearing): Phase | null {
  const next = hearing.phases[indexOf(hearing) + 1];
  return next && next.code !== 'closed' ? next : null;
}

export function previousPhase(hearing: Hearing): Phase | null {
  const index = indexOf(hearing);
  return index > 0 ? hearing.phases[index - 1] ?? null : null;
}

/* Required phases that a jump from here to there would leave out: a reason is asked. */
export function skipped(hearing: Hearing, code: string): Phase[] {
  const from = indexOf(hearing);
  const to = hearing.phases.findIndex((phase) => phase.code === code);
  return hearing.phases.filter((phase, index) =>
    index > 0 && index > from && index < to && phase.required && !phase.entered_at_ms);
}

export type PhaseMark = 'done' | 'now' | 'ahead' | 'left_out';

export function markOf(hearing: Hearing, index: number): PhaseMark {
  const now = indexOf(hearing);
  if (index === now) return 'now';
  if (index > now) return 'ahead';
  /* Every hearing begins before the door, without entering those phases. */
  const isDoor = index === 0 || hearing.phases[index]?.code === 'check_in';
  return isDoor || hearing.phases[index]?.entered_at_ms ? 'done' : 'left_out';
}

/* Time in the phase and whether it passed its soft limit. */
export function phaseClock(hearing: Hearing, nowMs: number): { ms: number; over: boolean } {
  const limit = hearing.phases[indexOf(hearing)]?.limit_ms ?? 0;
  const ms = Math.max(0, nowMs - hearing.phase_since_ms);
  return { ms, over: limit > 0 && ms > limit };
}
