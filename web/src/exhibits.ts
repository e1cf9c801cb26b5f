// SPDX-License-Identifier: Apache-2.0
/* Exhibits as the pages speak of them. Pure, but for the words. */
import { t } from './i18n';
import type { ExhibitSide, Participant, Shown } from './protocol';
import { runsDesk } from './roles';

export type ExhibitState =
  | 'uploaded' | 'offered' | 'presented' | 'admitted' | 'not_admitted' | 'withdrawn';
export type Ground = 'genuine' | 'lawful' | 'relevant';

export interface Objection {
  ground: Ground;
  side: string;
  by: string | null;
  text: string;
  at_ms: number;
}

export interface Exhibit {
  id: string;
  side: ExhibitSide;
  number: number;
  title: string;
  file_name: string;
  media_type: string;
  size: number;
  closed: boolean;
  state: ExhibitState;
  by: string | null;
  created_at_ms: number;
  ended_by: string | null;
  ended_note: string | null;
  objections: Objection[];
  may: string[];
}

export const SIDES: readonly ExhibitSide[] = ['petitioner', 'respondent', 'organiser'];
export const GROUNDS: readonly Ground[] = ['genuine', 'lawful', 'relevant'];
/* Names that browsers know: phones turn their own format into JPEG for them. */
export const PICTURES = 'image/jpeg,image/png,image/webp';
export const FILES = `${PICTURES},application/pdf,audio/mpeg,audio/ogg,audio/wav,audio/mp4,`
  + 'video/mp4,video/webm,.opus,.mp3,.wav,.m4a';

/* 甲1, A-1 */
export function numberText(side: ExhibitSide, number: number): string {
  const mark = t(`exhibits.mark.${side}`);
  return /^[A-Z]/.test(mark) ? `${mark}-${number}` : `${mark}${number}`;
}

export type ViewKind = 'picture' | 'pdf' | 'sound' | 'film' | 'none';

export function viewKind(mediaType: string | null): ViewKind {
  if (mediaType === 'application/pdf') return 'pdf';
  const kinds: Record<string, ViewKind> = { image: 'picture', audio: 'sound', video: 'film' };
  return kinds[(mediaType ?? '').split('/')[0] ?? ''] ?? 'none';
}

/* What this person may do with what is shown; the server decides when it is done. */
export function mayTurn(shown: Shown | null, self: Participant | null): boolean {
  if (!shown || !self) return false;
  return runsDesk(self.role) || (shown.by === self.id && self.screen !== 'blocked');
}

export function mayShow(one: Exhibit, self: Participant | null, isLive: boolean): boolean {
  if (!self || !isLive || !one.may.includes('present')) return false;
  return runsDesk(self.role) || self.screen !== 'blocked';
}

export function bySide(list: readonly Exhibit[]): [ExhibitSide, Exhibit[]][] {
  return SIDES.map((side): [ExhibitSide, Exhibit[]] =>
    [side, list.filter((one) => one.side === side).sort((a, b) => a.number - b.number)])
    .filter(([, some]) => some.length > 0);
}
