// SPDX-License-Identifier: Apache-2.0
/* What a role means for the pages; what it may do is told by the server (you.may). */
import type { Role } from './protocol';

/* People on duty are identified by their login or link and told of the recording. */
export function isOnDuty(role: Role): boolean {
  return runsDesk(role) || ['department', 'lead_unit', 'case_lead', 'supervisor'].includes(role);
}

/* Never heard or seen, whatever the phase. */
export function onlyWatches(role: Role): boolean {
  return role === 'observer' || role === 'supervisor';
}

/* Who works at the desk: sees the lobby, the queue and the phases. */
export function runsDesk(role: Role): boolean {
  return role === 'presiding' || role === 'clerk' || role === 'mediator';
}

/* Answers for a unit when it is called into a hearing: has a duty screen. */
export function standsByForUnit(me: { unit: string | null; roles: readonly string[] }): boolean {
  return !!me.unit && me.roles.some((role) => role === 'department' || role === 'lead_unit');
}

const desks = ['archivist', 'sys_admin', 'sec_admin', 'audit_admin'];

/* Has hearings and cases to look at, by one of the roles at least. */
export function holdsHearings(roles: readonly string[]): boolean {
  return roles.some((role) => !desks.includes(role));
}

/* Who may not open a case file, or play a recording, by any of the roles (domain.md 3.8). */
const outsideCases = [...desks, 'panelist', 'interpreter', 'witness', 'observer'];
const outsideRecordings = ['sys_admin', 'sec_admin', 'audit_admin', 'interpreter', 'witness',
  'observer'];

export function opensCases(roles: readonly string[]): boolean {
  return roles.some((role) => !outsideCases.includes(role));
}

export function playsRecordings(roles: readonly string[]): boolean {
  return roles.some((role) => !outsideRecordings.includes(role));
}

export function keepsRecordings(roles: readonly string[]): boolean {
  return roles.includes('archivist') || roles.includes('sec_admin');
}
