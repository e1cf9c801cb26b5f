// SPDX-License-Identifier: Apache-2.0
/* Documents of a hearing as the pages speak of them. Pure. */
import type { Role } from './protocol';

export interface PaperFile {
  sha256: string;
  size: number;
}

export interface Sending {
  participant: string;
  name: string;
  role: Role;
  channel: 'web';
  sent_ms: number;
  delivered_ms: number | null;
  read_ms: number | null;
  confirmed_ms: number | null;
}

export interface Paper {
  id: string;
  number: string;
  kind: string;
  version: number;
  language: 'zh' | 'en';
  participant: string | null;
  made_at_ms: number;
  made_by: string;
  may_send: boolean;
  /* one that is about nobody: to whom it may go */
  send_to: Role[];
  /* it carries signatures */
  signed: boolean;
  /* what this version was put to */
  signing: { id: string; state: 'open' | 'settled' | 'withdrawn' } | null;
  may: ('open_signing' | 'make_signed')[];
  pdf: PaperFile;
  html: PaperFile;
  json: PaperFile;
  sendings: Sending[];
}

export interface PaperKind {
  kind: string;
  personal: boolean;
  /* what has to be done before it can be made */
  not_yet: string | null;
  details: { name: string; required: boolean }[];
}

export interface PaperPerson {
  id: string;
  name: string;
  role: Role;
  side: string;
}

export interface PaperList {
  items: Paper[];
  kinds: PaperKind[];
  people: PaperPerson[];
}

export interface NewPaper {
  kind: string;
  language: 'zh' | 'en';
  participant?: string;
  details?: Record<string, string>;
}

/* One number with its versions, the newest first; the number that was made last comes first. */
export function byNumber(papers: readonly Paper[]): Paper[][] {
  const groups = new Map<string, Paper[]>();
  for (const paper of papers) {
    const number = paper.number.replace(/-\d+$/, '');
    groups.set(number, [paper, ...(groups.get(number) ?? [])]);
  }
  const newest = (group: Paper[]) => group[0]?.made_at_ms ?? 0;
  return [...groups.values()].sort((one, other) => newest(other) - newest(one));
}

/* Where the newest version stands on its way to being signed; null: it is none that is signed. */
export function signStage(paper: Paper): 'signed' | 'open' | 'settled' | 'withdrawn' | null {
  return paper.signed ? 'signed' : paper.signing?.state ?? null;
}

/* How far a sending came. */
export function stageOf(sending: Sending): 'sent' | 'delivered' | 'read' | 'confirmed' {
  if (sending.confirmed_ms) return 'confirmed';
  if (sending.read_ms) return 'read';
  return sending.delivered_ms ? 'delivered' : 'sent';
}

export function stageTime(sending: Sending): number {
  return sending.confirmed_ms ?? sending.read_ms ?? sending.delivered_ms ?? sending.sent_ms;
}

/* Whom the desk may send it to, and has not yet. */
export function recipients(paper: Paper, people: readonly PaperPerson[]): PaperPerson[] {
  const sent = paper.sendings.map(({ participant }) => participant);
  return paper.may_send
    ? people.filter(({ id, role }) => !sent.includes(id) &&
      (paper.participant ? id === paper.participant : paper.send_to.includes(role)))
    : [];
}

/* What I have to confirm: it was sent to me, and I don't make such documents myself. */
export function toConfirm(paper: Paper): boolean {
  return !paper.may_send && paper.sendings.some((sending) => !sending.confirmed_ms);
}
