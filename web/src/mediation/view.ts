// SPDX-License-Identifier: Apache-2.0
/* A mediation as the server shows it to this person, and what follows for the page. Pure. */
export type Side = 'petitioner' | 'respondent';
export type Word = 'none' | 'given' | 'refused';
export type FactWord = 'none' | 'confirmed' | 'disputed';
export type MediationState = 'proposed' | 'consent_pending' | 'refused' | 'accepted'
  | 'in_mediation' | 'signing' | 'effective' | 'confirmation_applied' | 'ended';

export const END_REASONS = ['unwilling', 'too_far_apart', 'settled', 'unreachable', 'period_over',
  'not_signed', 'other'] as const;
export const CHECKS = ['personal_status', 'unclear', 'against_law', 'harms_others'] as const;
export const PARTS = ['parties', 'facts', 'disputes', 'responsibilities'] as const;
export const TERMS_MAX = 20;

export interface Party {
  participant: string;
  name: string;
  side: Side;
  mediation: Word;
  mediator: Word;
}

export interface Fact {
  id: string;
  number: number;
  text: string;
  version: number;
  petitioner: FactWord;
  respondent: FactWord;
  joint: boolean;
  may: string[];
}

export interface Term {
  what: string;
  amount_fen: number | null;
  how: string;
  by_when: string;
}

export interface Offer extends Term {
  id: string;
  side: Side;
  round: number | null;
  state: 'kept' | 'released' | 'carried' | 'accepted' | 'declined' | 'countered' | 'withdrawn';
  by_mediator: boolean;
  counters: string | null;
  made_at_ms: number | null;
  released_at_ms: number | null;
  carried_at_ms: number | null;
  answered_at_ms: number | null;
  withdrawn_at_ms: number | null;
  talk_at_ms: number | null;
  talk_note: string;
  note: string;
  may: string[];
}

export interface DraftWords {
  form: 'written' | 'oral_recorded';
  parties: string;
  facts: string;
  disputes: string;
  responsibilities: string;
  terms: Term[];
}

export interface Draft extends DraftWords {
  version: number;
  missing: string[];
  frozen_at_ms: number | null;
  changed_at_ms: number;
}

export interface Confirmation {
  last_day: string;
  is_open: boolean;
  checked: boolean;
  checks: Record<(typeof CHECKS)[number], boolean>;
  court: string;
  petitioner_at_ms: number | null;
  respondent_at_ms: number | null;
}

export interface Mediation {
  state: MediationState;
  disclosure: { id: string; text: string; at_ms: number } | null;
  parties: Party[];
  period: { started_at_ms: number; last_day: string } | null;
  facts: Fact[];
  offers: Offer[];
  draft: Draft | null;
  signing: string | null;
  signatures: { participant: string; name: string; side: string;
    state: 'waiting' | 'signed' | 'refused'; at_ms: number | null }[];
  seal: { text: string; at_ms: number } | null;
  effective_at_ms: number | null;
  confirmation: Confirmation | null;
  end: { reason: string; note: string; at_ms: number } | null;
  may: string[];
}

/* One thing that is said: act and its members (openapi.yaml). */
export interface Act {
  act: string;
  [member: string]: unknown;
}

export const otherSide = (side: Side): Side =>
  (side === 'petitioner' ? 'respondent' : 'petitioner');

/* What a party is asked now, one thing at a time; key: what it is about, so that "later" holds for
 * this question alone. */
export type Decision =
  | { kind: 'mediation'; key: string }
  | { kind: 'mediator'; key: string }
  | { kind: 'offer'; key: string; offer: Offer }
  | { kind: 'fact'; key: string; fact: Fact }
  | { kind: 'sign'; key: string }
  | { kind: 'end'; key: string };

export function decisionOf(view: Mediation, self: string, side: Side): Decision | null {
  const party = view.parties.find((one) => one.participant === self);
  if (view.end) return { kind: 'end', key: 'end' };
  if (party && view.may.includes('answer')) {
    if (party.mediation === 'none') return { kind: 'mediation', key: 'mediation' };
    if (party.mediation === 'given' && view.disclosure && party.mediator === 'none')
      return { kind: 'mediator', key: `mediator ${view.disclosure.id}` };
  }
  if (view.signatures.some((one) => one.participant === self && one.state === 'waiting'))
    return { kind: 'sign', key: `sign ${view.signing ?? ''}` };
  const offer = view.offers.find((one) => one.side !== side && one.may.includes('offer_answer')
    && one.talk_at_ms === null);
  if (offer) return { kind: 'offer', key: `offer ${offer.id}`, offer };
  const fact = view.facts.find((one) => one[side] === 'none' && one.may.includes('fact_answer'));
  if (fact) return { kind: 'fact', key: `fact ${fact.id} ${fact.version}`, fact };
  return null;
}

/* Offers as they went back and forth: carried ones by round, then what is still kept. */
export function timeline(offers: readonly Offer[]): Offer[] {
  return [...offers].sort((a, b) => (a.round ?? Infinity) - (b.round ?? Infinity)
    || (a.made_at_ms ?? 0) - (b.made_at_ms ?? 0) || 0);
}

/* Party A first, as people say it. */
export const bySide = (parties: readonly Party[]): Party[] =>
  [...parties].sort((a, b) => a.side.localeCompare(b.side));

/* Where a draft begins: the parties, what both confirmed, what was accepted. */
export function firstDraft(view: Mediation, named: (party: Party) => string): DraftWords {
  const joint = view.facts.filter((one) => one.joint);
  return {
    form: 'written',
    parties: bySide(view.parties).map(named).join('\n'),
    facts: joint.map((one, index) => `${index + 1}. ${one.text}`).join('\n'),
    disputes: '',
    responsibilities: '',
    terms: view.offers.filter((one) => one.state === 'accepted').slice(0, TERMS_MAX)
      .map(({ what, amount_fen, how, by_when }) => ({ what, amount_fen, how, by_when })),
  };
}

export function wordsOfDraft(draft: DraftWords): DraftWords {
  const { form, parties, facts, disputes, responsibilities, terms } = draft;
  return { form, parties, facts, disputes, responsibilities,
    terms: terms.map(({ what, amount_fen, how, by_when }) => ({ what, amount_fen, how, by_when })) };
}

export const sameDraft = (a: DraftWords, b: DraftWords): boolean =>
  JSON.stringify(wordsOfDraft(a)) === JSON.stringify(wordsOfDraft(b));
