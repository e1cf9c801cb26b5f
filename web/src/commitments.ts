// SPDX-License-Identifier: Apache-2.0
/* The part of openapi.yaml about what was promised, or given as a task. */
import { enc, get, post } from './api';
import type { Hearing } from './protocol';

export const COMMITMENT_CHARS_MAX = 300;

export type CommitmentState =
  'open' | 'in_progress' | 'done' | 'overdue' | 'done_late' | 'transferred';

export interface Commitment {
  id: string;
  kind: 'commitment' | 'task';
  text: string;
  unit_id: string;
  unit: string;
  due_at_ms: number;
  state: CommitmentState;
  evidence: string | null;
}

export interface Commitments {
  items: Commitment[];
  units: { id: string; name: string }[];
  may_name: boolean;
  tasks: boolean;
  max: number;
}

const of = (hearing: string) => `/hearings/${enc(hearing)}/commitments`;

export const commitmentApi = {
  list: (hearing: string) => get<Commitments>(of(hearing)),
  name: (hearing: string, text: string, unit: string, due_at_ms: number) =>
    post<Commitment>(of(hearing), { text, unit_id: unit, due_at_ms }),
  move: (hearing: string, id: string, state: CommitmentState) =>
    post(`${of(hearing)}/${enc(id)}/state`, { state }),
  remove: (hearing: string, id: string) => post(`${of(hearing)}/${enc(id)}/remove`),
};

/* As server/hearing/commitment.c: from the first of these on. */
const PHASES = ['summary', 'consolidation', 'record_confirm', 'task_list', 'announcement'];

export function collectsCommitments(hearing: Hearing | null): boolean {
  if (!hearing || hearing.kind === 'training' || hearing.kind === 'mediation') return false;
  const codes = hearing.phases.map(({ code }) => code);
  const first = codes.findIndex((code) => PHASES.includes(code));
  return first >= 0 && codes.indexOf(hearing.phase) >= first && hearing.state !== 'ready';
}

/* A day means its end, where the page is. */
export function endOfDay(day: string): number {
  return new Date(`${day}T23:59:59`).getTime();
}

export function dayOf(wall_ms: number): string {
  const date = new Date(wall_ms);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
