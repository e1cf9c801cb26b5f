// SPDX-License-Identifier: Apache-2.0
/* Which consents a hearing asks for: where nothing is recorded, none to a recording. Pure. */
import type { Hearing, Participant } from './protocol';

export type Subject = 'online_mode' | 'recording';

export function subjectsOf(hearing: Hearing | null): readonly Subject[] {
  return hearing?.recorded === false ? ['online_mode'] : ['online_mode', 'recording'];
}

export function hasAgreed(person: Participant, hearing: Hearing | null): boolean {
  return subjectsOf(hearing).every((subject) => person.consents?.[subject] === 'given');
}
