// SPDX-License-Identifier: Apache-2.0
/*
 * Which bytes of which take a picture tile needs next. Pure.
 *
 * Units  *_ms on the recording's clock unless called local; offsets in bytes.
 * A piece is a run of whole clusters of one take, about 256 KiB, so that the buffer always
 * gets something that begins at a key frame.
 */
import type { RecordingFile } from '../api';

export const RANGE_BYTES = 256 * 1024;
export const AHEAD_MS = 20_000;
export const BEHIND_MS = 20_000;
const FLASH_MS = 100;
/* Less than this gone from a piece is the rounding of its edges. */
const LOST_MS = 250;

/* recordings/README.md: {"init_size", "points": [[time_ms, offset, size], …]} */
export interface TakeIndex {
  init_size: number;
  points: [number, number, number][];
}

export interface Piece {
  key: string;
  take: number;
  from: number;
  to: number;
  from_ms: number;
  to_ms: number;
}

interface Keys {
  has(key: string): boolean;
}

export interface Take {
  file: RecordingFile;
  index: TakeIndex;
  pieces: Piece[];
}

/* Where a buffer has pictures, and what of a piece was there just after it came, by its key. */
export type Span = readonly [from_ms: number, to_ms: number];
export type Held = Map<string, number>;

export function isIndex(value: unknown): value is TakeIndex {
  const index = value as Partial<TakeIndex> | null;
  return !!index && typeof index.init_size === 'number' && Array.isArray(index.points)
    && index.points.every((point) => Array.isArray(point) && point.length >= 3
      && point.every((number) => Number.isFinite(number)));
}

export function piecesOf(file: RecordingFile, index: TakeIndex, take: number): Piece[] {
  const pieces: Piece[] = [];
  let open: Piece | null = null;
  index.points.forEach(([local, offset, size], at) => {
    const next = index.points[at + 1];
    const end = offset + size;
    const endMs = file.start_ms + (next ? next[0] : file.duration_ms);
    if (open && end - open.from <= RANGE_BYTES) {
      open.to = end;
      open.to_ms = endMs;
      return;
    }
    open = {
      key: `${take}/${at}`, take, from: offset, to: end,
      from_ms: file.start_ms + local, to_ms: endMs,
    };
    pieces.push(open);
  });
  return pieces;
}

export function covered_ms(spans: readonly Span[], from_ms: number, to_ms: number): number {
  return spans.reduce((sum, [from, to]) =>
    sum + Math.max(0, Math.min(to, to_ms) - Math.max(from, from_ms)), 0);
}

/* Browsers evict on their own, and a removal or an overlapping take reaches to the next key
 * frame: a piece is there only as long as the buffer says so. Holes that it had from the
 * beginning (lost frames) are none of that. */
export function lostPieces(takes: readonly Take[], held: Held, spans: readonly Span[]): Piece[] {
  return takes.flatMap((take) => take.pieces).filter((piece) => {
    const was = held.get(piece.key) ?? 0;
    return covered_ms(spans, piece.from_ms, piece.to_ms) < was - Math.min(LOST_MS, was / 2);
  });
}

/* MSE 3.5.9 removes up to the next key frame at or after the end. The end of a piece is that
 * frame, give or take rounding: a millisecond less never reaches the one behind it. */
export function removalOf(piece: Piece): Span {
  return [piece.from_ms, Math.max(piece.to_ms - 1, piece.from_ms + 0.5)];
}

/* The first piece in time that the playhead will need and that is not there yet. */
export function nextPiece(takes: readonly Take[], have: Keys, at_ms: number):
Piece | null {
  let best: Piece | null = null;
  for (const take of takes) {
    for (const piece of take.pieces) {
      if (piece.to_ms <= at_ms || piece.from_ms > at_ms + AHEAD_MS) continue;
      if (have.has(piece.key)) continue;
      if (!best || piece.from_ms < best.from_ms) best = piece;
    }
  }
  return best;
}

/* Pieces so far from the playhead that their pictures may go. */
export function farPieces(takes: readonly Take[], have: Keys, at_ms: number):
Piece[] {
  return takes.flatMap((take) => take.pieces).filter((piece) => have.has(piece.key)
    && (piece.to_ms < at_ms - BEHIND_MS || piece.from_ms > at_ms + 3 * AHEAD_MS));
}

/* A take of a frame or two inside another take shows nothing that the other does not. */
export function usefulTakes(files: readonly RecordingFile[]): RecordingFile[] {
  const end = (file: RecordingFile) => file.start_ms + file.duration_ms;
  return files.filter((file) => file.duration_ms >= FLASH_MS || !files.some((other) =>
    other.duration_ms >= FLASH_MS && other.start_ms <= file.start_ms && end(other) >= end(file)));
}

/* A picture that begins so soon is shown from the beginning on: its first frame waits for it. */
export const EARLY_MS = 1000;

export function isShownAt(file: RecordingFile, at_ms: number): boolean {
  const from_ms = file.start_ms <= EARLY_MS ? 0 : file.start_ms;
  return at_ms >= from_ms && at_ms < file.start_ms + file.duration_ms;
}

export function hasPictureAt(takes: readonly Take[], at_ms: number): boolean {
  return takes.some(({ file }) => isShownAt(file, at_ms));
}

/* The stretch of the buffer under the sound, or the first one when it comes at once. */
export function spanUnder(spans: readonly Span[], at_ms: number): Span | null {
  return spans.find(([from, to]) => from <= at_ms + 50 && to > at_ms)
    ?? spans.find(([from]) => at_ms < from && from <= EARLY_MS) ?? null;
}

export interface Lane {
  key: string;
  participant: string;
  name: string;
  unit: string | null;
  role: string | null;
  side: string | null;
  source: 'camera' | 'screen';
  files: RecordingFile[];
}

/* One tile a person and source: all takes of it, whatever breaks lay between them. */
export function lanesOf(files: readonly RecordingFile[]): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const file of files) {
    if (file.kind !== 'take' || !file.media_type.startsWith('video/')) continue;
    if (!file.index_file || !file.participant) continue;
    const source = file.source === 'screen' ? 'screen' : 'camera';
    const key = `${file.participant}/${source}`;
    const lane = lanes.get(key) ?? {
      key, participant: file.participant, name: file.name ?? '', unit: file.unit,
      role: file.role, side: file.side, source, files: [],
    };
    lane.files.push(file);
    lanes.set(key, lane);
  }
  for (const lane of lanes.values()) lane.files.sort((a, b) => a.start_ms - b.start_ms);
  return [...lanes.values()];
}
