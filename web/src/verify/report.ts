// SPDX-License-Identifier: Apache-2.0
/* What a check found: the same members as the report of `heard verify --json`. */
import type { Verdict } from './certificate';
import type { Excerpt } from './excerpt';
import { NotedTracks } from './noted_tracks';

const FINDINGS_MAX = 200;

export type FaultKind = 'log_json' | 'journal' | 'seal' | 'not_ended' | 'segment_missing' | 'segment_head'
  | 'segment_chain' | 'chunk' | 'chunk_missing' | 'trailer' | 'root' | 'count' | 'trailing' | 'signature'
  | 'signer' | 'timestamp' | 'excerpt';
export type NoteKind = 'recovered' | 'paused' | 'fault' | 'lost' | 'hole' | 'extra_file' | 'unsigned';
export type FindingKind = FaultKind | NoteKind;

const NOTES: ReadonlySet<string> = new Set<NoteKind>(
  ['recovered', 'paused', 'fault', 'lost', 'hole', 'extra_file', 'unsigned']);

export function isFault(kind: FindingKind): boolean {
  return !NOTES.has(kind);
}

export interface Finding {
  kind: FindingKind;
  fault: boolean;
  detail: string;
  number: number;
  segment?: number;
  chunk?: number;
  /* On the recording's clock. */
  fromUs?: bigint;
  toUs?: bigint;
}

export class Report {
  result: 'intact' | 'altered' = 'intact';
  hearing = '';
  recording = '';
  number = '';
  log_id = '';
  chain_head = '';
  started_wall_ms = 0;
  duration_us = 0n;
  bytes = 0;
  segments = 0;
  chunks = 0;
  records = 0;
  lost_packets = 0;
  journal_lines = 0;
  /* This is only a part of the recording; null: the whole. */
  excerpt: Excerpt | null = null;
  /* Of the whole; 0: it has no end. */
  log_segments = 0;
  /* By the journal. */
  readonly tracks = new NotedTracks();
  findings: Finding[] = [];
  findings_left_out = 0;
  signer = '';
  signer_fingerprint = '';
  signer_algorithm = '';
  signatures = 0;
  signed_us = 0n;
  authority = '';
  timestamp_ms = 0;
  /* Good ones from while it ran; of the last of them: its time, and up to where it is over. */
  hourly_stamps = 0;
  hourly_ms = 0;
  hourly_us = 0n;
  /* What this browser could not check; a verdict without these would claim too much. */
  signatures_unchecked = 0;
  timestamp_unchecked = '';
  trust: Verdict | 'not asked' = 'not asked';

  add(kind: FindingKind, about: Partial<Finding> = {}): Finding {
    const finding: Finding = { kind, fault: isFault(kind), detail: '', number: 0, ...about };
    if (finding.fault) this.result = 'altered';
    if (this.findings.length < FINDINGS_MAX) this.findings.push(finding);
    else this.findings_left_out++;
    return finding;
  }
}

export function toMs(us: bigint): number {
  return Number(us / 1000n);
}
