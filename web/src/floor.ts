// SPDX-License-Identifier: Apache-2.0
/* The floor, its clock and the time of the sides, as a page shows them. Pure. */
import type { Hearing, Participant, SideTime } from './protocol';
import { me, type State } from './store';

export interface Turn {
  person: Participant | null;
  isSelf: boolean;
  ms: number;
  limit_ms: number;
  over_ms: number;
}

/* Null: nobody has the floor, or this page may not know who. */
export function turnOf(state: State, now_ms: number): Turn | null {
  const floor = state.hearing?.floor;
  if (!floor) return null;
  const ms = Math.max(0, now_ms - floor.since_ms);
  return {
    person: state.participants.get(floor.participant) ?? null,
    isSelf: floor.participant === state.you?.participant,
    ms,
    limit_ms: floor.limit_ms,
    over_ms: floor.limit_ms ? Math.max(0, ms - floor.limit_ms) : 0,
  };
}

/* How the time of both sides compares: the longer one fills its bar. */
export function sharesOf(time: SideTime): { petitioner: number; respondent: number } {
  const most = Math.max(time.petitioner_ms, time.respondent_ms, 1);
  return { petitioner: time.petitioner_ms / most, respondent: time.respondent_ms / most };
}

/* Of a recess that said until when: what is left, 0 when it is over; null: it said nothing. */
export function recessLeft(hearing: Hearing, now_ms: number): number | null {
  const until_ms = hearing.state === 'recessed' ? hearing.recess?.until_ms : null;
  return until_ms ? Math.max(0, until_ms - now_ms) : null;
}

/* The warning that this person has not taken note of; null: none. */
export function openWarning(state: State, noted: number): Participant | null {
  const self = me(state);
  return self && (self.warnings ?? 0) > noted && self.warning ? self : null;
}

export function minutesOver(over_ms: number): number {
  return Math.ceil(over_ms / 60_000);
}
