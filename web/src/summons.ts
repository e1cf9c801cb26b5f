// SPDX-License-Identifier: Apache-2.0
/* Units that are called into a hearing: what a duty screen and the desk make of what they are told. Pure. */
import type { SummonsCall, SummonsState } from './protocol';
import type { State } from './store';

/* One call as a duty screen is told of it. */
export interface DutyCall {
  id: string;
  hearing: string;
  kind: string;
  /* null: restricted, shown to nobody outside */
  title: string | null;
  unit_name: string;
  organiser: string;
  called_by: string;
  called_at_ms: number;
  due_at_ms: number;
  state: SummonsState;
  seen_at_ms: number;
  ended_at_ms: number;
  answered_by: string | null;
  account: string | null;
}

export function ringing<One extends { state: SummonsState; due_at_ms: number }>(
  calls: readonly One[]): One[] {
  return calls.filter((one) => one.state === 'ringing')
    .sort((a, b) => a.due_at_ms - b.due_at_ms);
}

/* Only the last call of each unit: who was called again is not listed as unanswered too. */
export function latestOf(calls: readonly SummonsCall[]): SummonsCall[] {
  return calls.filter((one) => !calls.some((other) =>
    other.unit === one.unit && other.number > one.number)).reverse();
}

export function callsOf(state: State): SummonsCall[] {
  return latestOf(state.hearing?.summons?.calls ?? []);
}

/* A unit that did not come may be called again. */
export function mayCallAgain(one: SummonsCall): boolean {
  return one.state === 'unanswered' || one.state === 'declined' || one.state === 'cancelled';
}

/* A call that I answered: the way in, should the page have been lost. */
export function isMine(one: DutyCall, account: string | undefined): boolean {
  return one.state === 'accepted' && !!account && one.account === account;
}
