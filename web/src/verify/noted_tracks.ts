// SPDX-License-Identifier: Apache-2.0
/*
 * What the journal says of the tracks: whose picture or sound was recorded from when to when. With
 * it a check without a key can tell whose an altered chunk may be. As recordings/noted_tracks.c.
 */
import { type Fields, numberIn, textIn } from './json';
import type { Finding } from './report';

const TRACKS_MAX = 8192;

export interface NotedTrack {
  track: number;
  source: string;
  participant: string;
  fromUs: bigint;
  /* null: no end was noted */
  toUs: bigint | null;
}

export class NotedTracks {
  private readonly list: NotedTrack[] = [];

  /* A line of the journal; others than of the kinds track and track_end are passed over. */
  meet(fields: Fields): void {
    const kind = textIn(fields, 'kind');
    const track = numberIn(fields, 'track');
    const atUs = BigInt(numberIn(fields, 'at_us'));
    if (track <= 0 || track > 0xffffffff) return;
    if (kind === 'track_end') {
      const last = this.list.filter((one) => one.track === track).pop();
      if (last) last.toUs ??= atUs;
    } else if (kind === 'track' && this.list.length < TRACKS_MAX) {
      this.list.push({ track, source: textIn(fields, 'source') ?? '',
        participant: textIn(fields, 'participant') ?? '', fromUs: atUs, toUs: null });
    }
  }

  /* Something was altered at a time that is known: it may be of these. */
  of({ kind, fromUs, toUs }: Finding): NotedTrack[] {
    if ((kind !== 'chunk' && kind !== 'chunk_missing') || fromUs === undefined || fromUs < 0n) return [];
    const end = toUs === undefined || toUs < 0n ? null : toUs;
    return this.list.filter((one) => (end === null || one.fromUs <= end)
      && (one.toUs === null || one.toUs >= fromUs));
  }
}
