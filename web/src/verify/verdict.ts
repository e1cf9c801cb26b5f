// SPDX-License-Identifier: Apache-2.0
/* From a report to what a person reads first: one colour and one sentence. Pure. */
import type { PackageReport } from './package_check';
import { type Finding, toMs } from './report';
import { type Key, type Language, say } from './texts';

export type Colour = 'good' | 'bad' | 'unsure';

export interface Verdict {
  colour: Colour;
  key: Key;
}

export function verdictOf({ log, wrong }: PackageReport): Verdict {
  if (log.result === 'altered') return { colour: 'bad', key: 'verdict.altered' };
  if (wrong.some(({ state }) => state !== 'unlisted')) return { colour: 'bad', key: 'verdict.files' };
  if (log.findings.some(({ kind }) => kind === 'unsigned')) return { colour: 'unsure', key: 'verdict.unsigned' };
  if (log.signatures_unchecked > 0) return { colour: 'unsure', key: 'verdict.unsure' };
  return { colour: 'good', key: log.excerpt ? 'verdict.excerpt' : 'verdict.good' };
}

export function clock(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two(ms / 60_000 % 60)}:${two(ms / 1000 % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

export function timeOf(language: Language, { fromUs, toUs }: Finding): string {
  if (fromUs === undefined || fromUs < 0n) return '';
  const from = clock(toMs(fromUs));
  return toUs === undefined || toUs < 0n || toMs(toUs) === toMs(fromUs) ? say(language, 'time.at', { from })
    : say(language, 'time.range', { from, to: clock(toMs(toUs)) });
}

/* Which part of the recording this is; '' when it is the whole. */
export function partOf(language: Language, { log }: PackageReport): string {
  const { excerpt } = log;
  return excerpt === null ? '' : say(language, 'excerpt.part', {
    from: clock(excerpt.from_ms), to: clock(excerpt.to_ms), first: excerpt.first_segment, last: excerpt.last_segment,
    count: log.log_segments,
  });
}

/* Where the first fault is, in one sentence; '' when it has no place. */
export function firstPlace(language: Language, { log }: PackageReport): string {
  const faults = log.findings.filter((one) => one.fault);
  /* Who knows the second is worth more than who came first. */
  const found = faults.find((one) => one.segment !== undefined && timeOf(language, one))
    ?? faults.find((one) => one.segment !== undefined || timeOf(language, one));
  if (!found) return '';
  const time = timeOf(language, found);
  if (found.segment === undefined) return say(language, 'first.time', { time });
  return say(language, time ? 'first.place' : 'first.segment', { segment: found.segment, time });
}
