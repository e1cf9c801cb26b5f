// SPDX-License-Identifier: Apache-2.0
/* The name plate in one line: unit, title, role; what says the same twice is said once. */
import { t, word } from './i18n';
import type { Participant } from './protocol';

export interface Plate {
  unit: string | null;
  title?: string | null;
  role: string | null;
  side?: string | null;
}

/* Party B of a mediation is a petitioner of the other side, its agent one of that side. */
const OTHER_SIDE: Record<string, string> = { petitioner: 'party_b', agent: 'agent_b' };

export function roleWord(role: string, side?: string | null): string {
  return word('role', side === 'respondent' ? OTHER_SIDE[role] ?? role : role);
}

export function plateOf({ unit, title, role, side }: Plate): string {
  const parts = [unit, title, role ? roleWord(role, side) : ''].filter((part) => !!part);
  return [...new Set(parts)].join(' · ');
}

/* 张小满（甲方） */
export function namedOf({ name, role, side }: Pick<Participant, 'name' | 'role' | 'side'>): string {
  return t('hears.named', { name, role: roleWord(role, side) });
}

export function namesOf(people: readonly Participant[]): string {
  return people.map(namedOf).join(t('list.comma'));
}
