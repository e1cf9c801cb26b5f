// SPDX-License-Identifier: Apache-2.0
/*
 * An interpreter is a voice like any other, sent and recorded by itself; each listener chooses what
 * of it to hear. Pure: slots, levels and the time are given.
 */
import { isInRoom, type Participant, type Slot } from './protocol';

/* both: all voices as they come. original: without interpreters. interpreted: one interpreter,
 * and everybody else quietly behind it while it speaks. */
export type How = 'both' | 'original' | 'interpreted';

export interface Listening {
  how: How;
  interpreter: string;
}

export const AS_THEY_COME: Listening = { how: 'both', interpreter: '' };

/* What is left of a voice behind its interpretation: one can tell who speaks, and follow the other. */
export const BEHIND = 0.15;
/* Of full scale, as in talk.ts. */
const LOUD = 0.01;
/* Interpreters pause to listen; the original must not jump up between two of their sentences. */
const HOLD_MS = 2000;

/* Those whom this person may choose to hear: nobody interprets for an interpreter. */
export function interpretersFor(people: readonly Participant[], self: string): Participant[] {
  if (people.find((one) => one.id === self)?.role === 'interpreter') return [];
  return people.filter((one) => one.role === 'interpreter' && isInRoom(one.presence));
}

/* How loud each slot is, 0 to 1; what is not in it is as it comes. */
export function gainsOf(slots: readonly Slot[], interpreters: readonly Participant[],
  { how, interpreter }: Listening, isInterpreting: boolean): ReadonlyMap<number, number> {
  const gains = new Map<number, number>();
  const isChosen = interpreters.some((one) => one.id === interpreter);
  if (how === 'both' || (how === 'interpreted' && !isChosen)) return gains;
  for (const { slot, participant } of slots) {
    if (how === 'interpreted' && participant === interpreter) continue;
    if (interpreters.some((one) => one.id === participant)) gains.set(slot, 0);
    else if (how === 'interpreted' && isInterpreting) gains.set(slot, BEHIND);
  }
  return gains;
}

/* Is this one heard just now, or was a moment ago? */
export class Ear {
  private until_ms = 0;

  hear(slots: readonly Slot[], levels: ReadonlyMap<number, number>, who: string,
    now_ms: number): boolean {
    if (slots.some((one) => one.participant === who && (levels.get(one.slot) ?? 0) >= LOUD))
      this.until_ms = now_ms + HOLD_MS;
    return now_ms < this.until_ms;
  }
}
