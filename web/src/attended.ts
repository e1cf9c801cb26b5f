// SPDX-License-Identifier: Apache-2.0
/*
 * What reading and signing need of a hearing: of one that is live (LiveHearing), or of one that is
 * over (LateHearing), where nobody tells news and the one-time code comes with an answer.
 */
import type { HearingSummary } from './api';
import type { Participant, Role } from './protocol';
import type { OneTimeCode } from './signings';

export interface Attended extends EventTarget {
  readonly hearing: string;
  readonly isLate?: boolean;
  readonly state: {
    readonly you: { participant: string; role: Role } | null;
    readonly participants: ReadonlyMap<string, Pick<Participant, 'name'>>;
    readonly signingCode: OneTimeCode | null;
  };
  now(): number;
}

export class LateHearing extends EventTarget implements Attended {
  readonly isLate = true;
  readonly hearing: string;
  readonly state;

  constructor(summary: HearingSummary, role: Role) {
    super();
    this.hearing = summary.id;
    this.state = {
      you: { participant: summary.my_participant ?? '', role },
      participants: new Map(summary.seats.map((one) => [one.participant, { name: one.name }])),
      signingCode: null,
    };
  }

  now(): number {
    return Date.now();
  }
}
