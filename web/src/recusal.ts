// SPDX-License-Identifier: Apache-2.0
/*
 * Recusal, witnesses and screening: what a page asks whom, and what the desk may do. Pure:
 * everything follows from what the server told.
 */
import { isInRoom, type Participant, type RecusalRequest } from './protocol';
import { inRoom, may, me, type State } from './store';

const DECIDERS = ['presiding', 'panelist', 'clerk'];
const PARTIES = ['petitioner', 'agent', 'department', 'lead_unit'];
const PROTECTABLE = ['petitioner', 'agent', 'witness', 'interpreter'];
/* Who leads, decides or checks sees everybody. */
const ALWAYS_SEE = ['presiding', 'panelist', 'clerk', 'mediator'];

/* The people whose recusal one may ask for, in the order in which they are introduced. */
export function recusables(state: State): Participant[] {
  return inRoom(state).filter((one) => DECIDERS.includes(one.role))
    .sort((a, b) => DECIDERS.indexOf(a.role) - DECIDERS.indexOf(b.role));
}

/* Is this person asked just now, and has not answered? */
export function isAsked(state: State): boolean {
  return !!state.hearing?.recusal?.asking && !me(state)?.recusal && may(state, 'recusal.answer');
}

export function mayAskLater(state: State): boolean {
  return may(state, 'recusal.answer') && !isAsked(state);
}

/* One line a party: what it said, null for nothing yet. */
export function partiesOf(state: State): Participant[] {
  return inRoom(state).filter((one) => PARTIES.includes(one.role));
}

export interface OpenRequest {
  target: Participant | undefined;
  targetId: string;
  requests: RecusalRequest[];
  /* of who presides: the head of the unit decides, and the clerk writes it down */
  isOfLeader: boolean;
  mayDecide: boolean;
}

/* What waits for a decision, one entry a person: one decision answers all who asked. */
export function openRequests(state: State): OpenRequest[] {
  const open: OpenRequest[] = [];
  for (const request of state.hearing?.recusal?.requests ?? []) {
    if (request.decision) continue;
    const known = open.find((one) => one.targetId === request.participant);
    if (known) known.requests.push(request);
    else open.push(openRequest(state, request));
  }
  return open;
}

function openRequest(state: State, request: RecusalRequest): OpenRequest {
  const target = state.participants.get(request.participant);
  const isOfLeader = target?.role === 'presiding';
  return {
    target, targetId: request.participant, requests: [request], isOfLeader,
    mayDecide: may(state, 'recusal.decide')
      && me(state)?.role === (isOfLeader ? 'clerk' : 'presiding'),
  };
}

export function decidedRequests(state: State): RecusalRequest[] {
  return (state.hearing?.recusal?.requests ?? []).filter((one) => one.decision);
}

/* ---- witnesses ---- */

/* Waits outside, by the server's word. */
export function isOutside(one: Participant | null): boolean {
  return one?.room === 'witness' && isInRoom(one.presence);
}

export function witnesses(state: State): Participant[] {
  return inRoom(state).filter((one) => one.role === 'witness');
}

/* ---- who does not see whom ---- */

export function screenable(state: State): Participant[] {
  return inRoom(state).filter((one) => PROTECTABLE.includes(one.role));
}

export function keptFrom(state: State, person: Participant): Participant[] {
  return inRoom(state).filter((one) => one.id !== person.id && !ALWAYS_SEE.includes(one.role));
}

export function namesById(state: State, ids: readonly string[]): Participant[] {
  return ids.flatMap((id) => state.participants.get(id) ?? []);
}

/* ---- what everybody should know while it is so ---- */

export function supervisors(state: State): Participant[] {
  return inRoom(state).filter((one) => one.role === 'supervisor');
}

export function isPanelShort(state: State): boolean {
  const { hearing } = state;
  return !!hearing?.panel && !hearing.panel.complete && hearing.started_at_ms !== null
    && (hearing.state === 'live' || hearing.state === 'recessed');
}
