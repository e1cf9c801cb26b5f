// SPDX-License-Identifier: Apache-2.0
/*
 * An excerpt of a log: excerpt.json (recordings/FORMAT.md 10), and whether the signed journal bears
 * it out. The file itself is not signed.
 */
import { fromHex, HASH_SIZE, isEqual, utf8 } from './bytes';
import { type Fields, numberIn, parseFields, textIn } from './json';
import { SEGMENTS_MAX } from './log_format';

export const EXCERPT_FILE = 'excerpt.json';
export const EXCERPT_BYTES_MAX = 512;
const MS_MAX = 1e12;

export interface Excerpt {
  from_ms: number;
  to_ms: number;
  first_segment: number;
  last_segment: number;
}

/* One way to write it: what two readers could read differently is not read at all. */
export function excerptOf(bytes: Uint8Array): Excerpt | null {
  const fields = parseFields(bytes);
  const [from, to, first, last] = ['from_ms', 'to_ms', 'first_segment', 'last_segment'].map((name) => numberIn(fields, name)) as
    [number, number, number, number];
  const fits = from >= 0 && to > from && to <= MS_MAX && first >= 1 && last >= first && last <= SEGMENTS_MAX;
  const text = `{"first_segment":${first},"from_ms":${from},"last_segment":${last},"to_ms":${to},"version":1}\n`;
  return fits && isEqual(bytes, utf8(text)) ? { from_ms: from, to_ms: to, first_segment: first, last_segment: last } : null;
}

export function isOutside(excerpt: Excerpt | null, segment: number): boolean {
  return excerpt !== null && (segment < excerpt.first_segment || segment > excerpt.last_segment);
}

interface Noted {
  trailer: string;
  /* Of its last record. */
  atUs: bigint;
  records: number;
}

/* What the journal says of the segments. */
export class NotedSegments {
  private readonly segments = new Map<number, Noted>();

  /* A line of the kind "segment". */
  add(fields: Fields): void {
    const trailer = textIn(fields, 'trailer');
    if (trailer === null) return;
    this.segments.set(numberIn(fields, 'segment'),
      { trailer, atUs: BigInt(numberIn(fields, 'at_us')), records: numberIn(fields, 'records') });
  }

  trailerOf(segment: number): string | undefined {
    return this.segments.get(segment)?.trailer;
  }

  /* A segment that is not there: the next one follows what the journal names. */
  stepOver(segment: number, previous: Uint8Array): Uint8Array {
    const hash = fromHex(this.trailerOf(segment) ?? '');
    return hash?.length === HASH_SIZE ? hash : previous;
  }

  recordsOf({ first_segment: first, last_segment: last }: Excerpt): number {
    let records = 0;
    for (let segment = first; segment <= last; segment++) records += this.segments.get(segment)?.records ?? 0;
    return records;
  }

  /* A segment reaches from behind the last record of the one before to its own last record; the
     first from 0, the last to the end. */
  private isCovered(excerpt: Excerpt, segments: number, durationUs: bigint): boolean {
    const { from_ms, to_ms, first_segment: first, last_segment: last } = excerpt;
    const before = this.segments.get(first - 1);
    const end = last === segments ? durationUs : this.segments.get(last)?.atUs;
    if (first > 1 && (!before || BigInt(from_ms) * 1000n <= before.atUs)) return false;
    return end !== undefined && BigInt(to_ms) * 1000n <= end;
  }

  /* What is wrong with it; null: nothing. segments, durationUs: of the whole log. */
  faultOf(excerpt: Excerpt, segments: number, durationUs: bigint): string | null {
    if (excerpt.last_segment > segments) return 'the log has fewer segments';
    return this.isCovered(excerpt, segments, durationUs) ? null : 'its segments do not cover the range';
  }
}
