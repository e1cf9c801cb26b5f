// SPDX-License-Identifier: Apache-2.0
/* A hearing that is over, as the page of it speaks: where it stands, and what is asked of whom. Pure. */
import type { Deliberation } from './ballot';
import { openBallot } from './ballot';
import { isCirculated, undecided, waitsForReading, type Confirmation } from './minutes/course';
import { toConfirm, type Paper } from './papers';
import { waitsForMe, type Signing } from './signings';

export const isOver = (state: string): boolean =>
  ['concluded', 'sealed', 'archived'].includes(state);

/* All that the page knows; null: not asked yet, or not for this person. */
export interface Left {
  state: string;
  signings: readonly Signing[];
  course: Confirmation | null;
  papers: readonly Paper[];
  deliberation: Deliberation | null;
  mediation: { effective_at_ms: number | null } | null;
}

export type Stage = 'archived' | 'sealed' | 'signing' | 'checking' | 'drafting' | 'done';

/* In one word. */
export function stageOf({ state, signings, course }: Left): Stage {
  if (state === 'archived' || state === 'sealed') return state;
  if (signings.some((one) => one.state === 'open')) return 'signing';
  if (course && isCirculated(course)) return 'checking';
  return course?.state === 'drafting' && course.may.includes('circulate') ? 'drafting' : 'done';
}

export type Asked =
  | { kind: 'sign'; signing: Signing }
  | { kind: 'read' }
  | { kind: 'decide' } /* corrections, by who writes the minutes */
  | { kind: 'vote' | 'confirm_opinion' | 'release' | 'deliberate' }
  | { kind: 'receive'; count: number };

/* What this person is asked now: one thing, the most pressing first. */
export function askedOf(left: Left, self: string): Asked | null {
  const [signing] = waitsForMe(left.signings);
  if (signing) return { kind: 'sign', signing };
  if (left.course?.may.includes('decide') && undecided(left.course).length) return { kind: 'decide' };
  if (waitsForReading(left.course, self)) return { kind: 'read' };
  const panel = ofPanel(left.deliberation, self);
  if (panel) return panel;
  const count = left.papers.filter(toConfirm).length;
  return count ? { kind: 'receive', count } : null;
}

function ofPanel(all: Deliberation | null, self: string): Asked | null {
  if (!all || all.view !== 'all') return null;
  const open = openBallot(all);
  if (open?.who.some((one) => one.participant === self && !one.voted)) return { kind: 'vote' };
  const own = all.panel?.find((one) => one.participant === self);
  const dissents = all.dissents?.some((one) => one.participant === self && one.text);
  if (all.may.includes('confirm') && all.opinion && own && !own.confirmed && !dissents)
    return { kind: 'confirm_opinion' };
  if (all.may.includes('release')) return { kind: 'release' };
  return all.may.includes('put') && !all.sealed ? { kind: 'deliberate' } : null;
}

/* The desk's tally: who has not signed, over all that is open. */
export const unsigned = (signings: readonly Signing[]): number =>
  signings.filter((one) => one.state === 'open')
    .reduce((sum, one) => sum + one.signatures.filter((each) => each.state === 'waiting').length, 0);

/* "Till the end of Wednesday" is said as Wednesday. */
export const lastDay = (dueMs: number): number => dueMs - 1;
