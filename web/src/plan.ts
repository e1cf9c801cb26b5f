// SPDX-License-Identifier: Apache-2.0
/*
 * What a hearing of each kind needs before it can be planned: its places, and what is missing.
 * The server decides; this only says it before the form is sent. Pure.
 */
import type { NewSeat } from './api';
import type { Role } from './protocol';

export type Kind = 'joint_reception' | 'reception' | 'mediation' | 'panel_hearing' | 'appraisal'
  | 'consultation' | 'training';
/* Of a case. */
export const KINDS: readonly Kind[] = ['joint_reception', 'reception', 'mediation',
  'panel_hearing', 'appraisal', 'consultation'];
/* Of none. */
export const CASELESS: readonly Kind[] = ['training', 'consultation'];

export const hasPetitioner = (kind: Kind): boolean => !CASELESS.includes(kind);
const hasPanel = (kind: Kind): boolean => kind === 'panel_hearing' || kind === 'appraisal';

/* A role, or an agent with the side that a mediation has to know. */
export type Place = Role | 'agent_a' | 'agent_b';

/* account: an id, '' nobody yet, SOMEBODY: who has no account and comes by link. */
export interface Row {
  key: number;
  place: Place;
  account: string;
  name: string;
}

export const SOMEBODY = '?';
export const PANEL_MIN = 3;
export const ROWS_MAX = 30;

const RECEPTION: readonly Place[] = ['presiding', 'clerk', 'department', 'mediator', 'interpreter',
  'observer'];
const PANEL: readonly Place[] = ['presiding', 'clerk', 'panelist', 'department', 'agent', 'witness',
  'interpreter', 'observer', 'supervisor'];
const PLACES: Record<Kind, readonly Place[]> = {
  joint_reception: RECEPTION,
  reception: RECEPTION,
  mediation: ['mediator', 'clerk', 'department', 'agent_a', 'agent_b', 'interpreter', 'observer'],
  panel_hearing: PANEL,
  appraisal: PANEL,
  consultation: ['presiding', 'clerk', 'lead_unit', 'department', 'case_lead', 'witness',
    'supervisor'],
  training: ['presiding', 'clerk', 'lead_unit', 'department', 'case_lead', 'observer'],
};
const FIRST: Record<Kind, readonly Place[]> = {
  joint_reception: ['presiding', 'clerk', 'department'],
  reception: ['presiding', 'clerk', 'department'],
  mediation: ['mediator', 'clerk'],
  panel_hearing: ['presiding', 'clerk', 'department', 'panelist', 'panelist', 'panelist'],
  appraisal: ['presiding', 'clerk', 'department', 'panelist', 'panelist', 'panelist'],
  consultation: ['presiding', 'clerk', 'lead_unit', 'department'],
  training: ['presiding', 'clerk', 'lead_unit', 'department', 'department'],
};

export function placesOf(kind: Kind): readonly Place[] {
  return PLACES[kind];
}

/* Rows for a kind: what was filled in stays where the kind has such a place. */
export function rowsFor(kind: Kind, before: readonly Row[]): Row[] {
  const kept = before.filter((row) => isFilled(row) && PLACES[kind].includes(row.place));
  let key = Math.max(0, ...before.map((row) => row.key));
  const rest = [...kept];
  const rows: Row[] = [];
  for (const place of FIRST[kind]) {
    const index = rest.findIndex((row) => row.place === place);
    const [found] = index < 0 ? [] : rest.splice(index, 1);
    rows.push(found ?? { key: (key += 1), place, account: '', name: '' });
  }
  return [...rows, ...rest];
}

export function isFilled(row: Row): boolean {
  return row.account === SOMEBODY ? row.name.trim() !== '' : row.account !== '';
}

export interface Plan {
  kind: Kind;
  start_ms: number;
  /* petitioner, party A */
  first: string;
  /* party B of a mediation */
  second: string;
  rows: readonly Row[];
}

const count = (rows: readonly Row[], place: Place) =>
  rows.filter((row) => row.place === place && isFilled(row)).length;

export function panelCount(rows: readonly Row[]): number {
  return count(rows, 'panelist');
}

export type Missing = '' | 'name' | 'panel' | 'seats';

/* What the plan lacks; the worst first. */
export function missingIn({ kind, start_ms, first, second, rows }: Plan): Missing {
  if (rows.some((row) => row.account === SOMEBODY && !row.name.trim())) return 'name';
  if (!Number.isFinite(start_ms) || (hasPetitioner(kind) && !first.trim())) return 'seats';
  if (kind === 'mediation')
    return count(rows, 'mediator') && (second.trim() || count(rows, 'department')) ? '' : 'seats';
  if (!count(rows, 'presiding')) return 'seats';
  if (!hasPetitioner(kind))
    return count(rows, 'lead_unit') + count(rows, 'department') ? '' : 'seats';
  if (!hasPanel(kind)) return '';
  if (kind === 'panel_hearing' && !count(rows, 'clerk')) return 'seats';
  const panel = panelCount(rows);
  return panel >= PANEL_MIN && panel % 2 === 1 ? '' : 'panel';
}

/* titles: how the parties are named on their plates. */
export function seatsOf(plan: Plan, titles: { first: string; second: string }): NewSeat[] {
  const { kind, first, second, rows } = plan;
  const isMediation = kind === 'mediation';
  if (!hasPetitioner(kind)) return rows.filter(isFilled).map(seatOf);
  const seats: NewSeat[] = [{
    role: 'petitioner', name: first.trim(), title: titles.first,
    ...(isMediation ? { side: 'petitioner' as const } : {}),
  }];
  if (isMediation && second.trim())
    seats.push({ role: 'petitioner', side: 'respondent', name: second.trim(),
      title: titles.second });
  return [...seats, ...rows.filter(isFilled).map(seatOf)];
}

function seatOf({ place, account, name }: Row): NewSeat {
  const who = account === SOMEBODY ? { name: name.trim() } : { account_id: account };
  if (place === 'agent_a') return { role: 'agent', side: 'petitioner', ...who };
  if (place === 'agent_b') return { role: 'agent', side: 'respondent', ...who };
  return { role: place, ...who };
}
