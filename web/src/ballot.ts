// SPDX-License-Identifier: Apache-2.0
/* The panel's deliberation as the pages speak of it. Pure, but for the words. */
import { t } from './i18n';
import type { Hearing } from './protocol';

export type BallotState = 'open' | 'closed' | 'withdrawn' | 'void';
export type BallotResult = 'none' | 'majority' | 'most' | 'tie';
export type Secrecy = 'named' | 'secret' | 'either';
export const ABSTAIN = -1;
export const OPTIONS_MAX = 8;

export interface Outcome {
  number: number;
  question: string;
  options: string[];
  secret: boolean;
  votes: number[] | null;
  abstained: number;
  voters: number;
  result: BallotResult | null;
  option: number | null;
}

export interface Ballot extends Outcome {
  id: string;
  state: BallotState;
  who: { participant: string; name: string; voted: boolean }[];
  choices: { participant: string; choice: number }[];
  reason: string | null;
}

export interface Released {
  at_ms: number;
  sha256: string;
  opinion: string;
  questions: Outcome[];
}

export interface Deliberation {
  view: 'result' | 'seal' | 'all';
  may: string[];
  released: Released | null;
  sealed?: { at_ms: number; sha256: string } | null;
  secrecy?: Secrecy;
  ballots?: Ballot[];
  opinion?: { version: number; text: string; author: string; at_ms: number } | null;
  panel?: { participant: string; name: string; confirmed: boolean }[];
  dissents?: { participant: string; name: string; text: string; at_ms: number }[];
  agreed?: boolean;
  seal_note?: string | null;
}

export const openBallot = (all: Deliberation): Ballot | null =>
  all.ballots?.find((one) => one.state === 'open') ?? null;

export const votedCount = (ballot: Ballot): number =>
  ballot.who.filter((one) => one.voted).length;

/* What one's own vote was, where the server may say. */
export function ownChoice(ballot: Ballot, self: string): number | null {
  return ballot.choices.find((one) => one.participant === self)?.choice ?? null;
}

export function choiceText(ballot: Outcome, choice: number): string {
  return choice === ABSTAIN ? t('ballot.abstain') : ballot.options[choice] ?? '';
}

/* One sentence of what the count says; what follows from it people decide. */
export function resultText(one: Outcome): string {
  if (!one.votes || !one.result) return '';
  const option = one.option === null ? '' : one.options[one.option] ?? '';
  const votes = one.option === null ? Math.max(0, ...one.votes) : one.votes[one.option] ?? 0;
  return t(`ballot.result.${one.result}`, { option, votes, voters: one.voters });
}

/* Has this hearing a deliberation, and is it at it, or behind it? */
export function deliberationAt(hearing: Hearing | null): 'none' | 'before' | 'now' | 'after' {
  if (!hearing?.rooms?.some((one) => one.room === 'deliberation')) return 'none';
  const codes = hearing.phases.map((one) => one.code);
  const at = codes.indexOf('deliberation');
  const now = codes.indexOf(hearing.phase);
  return now < at ? 'before' : now === at ? 'now' : 'after';
}
