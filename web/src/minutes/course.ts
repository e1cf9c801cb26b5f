// SPDX-License-Identifier: Apache-2.0
/* Minutes on their way from the draft to the seal (openapi.yaml: MinutesConfirmation). */
import { enc, get, post } from '../api';

export type MinutesState =
  | 'drafting' | 'circulated' | 'corrected' | 'signing' | 'signed' | 'signed_with_refusal' | 'sealed';
export type MinutesAct = 'circulate' | 'read' | 'propose' | 'decide' | 'start_signing' | 'add';

export interface Reader {
  participant: string;
  role: string;
  name: string;
  read_at_ms: number | null;
}

export interface Correction {
  id: string;
  line: string;
  version: number;
  text: string;
  reason: string;
  proposer: string;
  name: string;
  state: 'proposed' | 'accepted' | 'declined';
  created_at_ms: number;
  decided_at_ms: number | null;
  decided_reason: string | null;
}

export interface Addendum {
  id: string;
  text: string;
  name: string;
  at_ms: number;
}

export interface Confirmation {
  state: MinutesState;
  may: MinutesAct[];
  circulated_at_ms: number | null;
  sealed_at_ms: number | null;
  sha256: string | null;
  signing: string | null;
  readers: Reader[];
  corrections: Correction[];
  addenda: Addendum[];
}

export const REASON_MAX = 500;

export const isCirculated = ({ state }: Confirmation): boolean =>
  state === 'circulated' || state === 'corrected';

export const undecided = ({ corrections }: Confirmation): Correction[] =>
  corrections.filter((one) => one.state === 'proposed');

/* Asked once: whoever has read them is left alone, until something is another. */
export function waitsForReading(one: Confirmation | null, me: string): boolean {
  if (!one || !isCirculated(one) || !one.may.includes('read')) return false;
  return !one.readers.find((each) => each.participant === me)?.read_at_ms;
}

export const hasRead = ({ readers }: Confirmation): { read: number; all: number } =>
  ({ read: readers.filter((one) => one.read_at_ms).length, all: readers.length });

const of = (hearing: string, rest: string): string => `/hearings/${enc(hearing)}/minutes/${rest}`;

export const courseApi = {
  get: (hearing: string) => get<Confirmation>(of(hearing, 'confirmation')),
  act: (hearing: string, act: 'circulate' | 'read' | 'start_signing') =>
    post<Confirmation>(of(hearing, 'confirmation'), { act }),
  propose: (hearing: string, body: { line: string; version: number; text: string; reason: string }) =>
    post<Confirmation>(of(hearing, 'corrections'), body),
  decide: (hearing: string, id: string, decision: 'accept' | 'decline', reason = '') =>
    post<Confirmation>(of(hearing, `corrections/${enc(id)}`),
      { decision, ...(reason ? { reason } : {}) }),
  add: (hearing: string, text: string) => post<Confirmation>(of(hearing, 'addenda'), { text }),
};
