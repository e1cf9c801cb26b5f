// SPDX-License-Identifier: Apache-2.0
/* Who may be named as the speaker, by which key, and whom the voices suggest. Pure. */
import { isInRoom, type Participant } from '../protocol';

export const KEYS_MAX = 9;

const ORDER = ['petitioner', 'agent', 'department', 'lead_unit', 'presiding', 'mediator'];

const placeOf = (role: string): number => {
  const place = ORDER.indexOf(role);
  return place < 0 ? ORDER.length : place;
};

/* In an order that stays: keys are learned. Who was named once stays, also after leaving. */
export function candidates(people: readonly Participant[], named: ReadonlySet<string>):
Participant[] {
  return people.filter((one) => one.role !== 'observer'
    && (isInRoom(one.presence) || named.has(one.id)))
    .sort((a, b) => placeOf(a.role) - placeOf(b.role) || (a.id < b.id ? -1 : 1));
}

/* Chosen by hand for this line; else whoever is heard; else who was written last. */
export function suggest(chosen: string | null | undefined, heard: readonly string[],
  last: string | null, people: readonly Participant[]): string | null {
  const isThere = (id: string | null | undefined) => people.some((one) => one.id === id);
  if (chosen !== undefined) return chosen;
  return heard.find(isThere) ?? (isThere(last) ? last : null);
}
