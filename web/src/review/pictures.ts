// SPDX-License-Identifier: Apache-2.0
/*
 * What heard derive may lay beside the takes: the waveform of the mixed sound, and sheets of
 * small pictures. Read with care; whoever has none goes without. Pure.
 */
import type { RecordingFile } from '../api';
import type { Span } from './timeline';

export interface Waveform {
  step_ms: number;
  peaks: number[];
}

export interface Sheet {
  participant: string;
  source: string;
  width: number;
  height: number;
  columns: number;
  times_ms: number[];
  /* id of the sprite's file */
  file: string;
}

export interface Tile {
  sheet: Sheet;
  x: number;
  y: number;
}

/* An older picture says nothing of this moment. */
const STALE_MS = 30_000;

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((one) => Number.isFinite(one));
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

export function readWaveform(value: unknown): Waveform | null {
  const root = (value ?? {}) as Partial<Waveform>;
  if (!isCount(root.step_ms) || !isNumbers(root.peaks) || !root.peaks.length) return null;
  return { step_ms: root.step_ms, peaks: root.peaks };
}

/* The loudest of each of `count` equal parts of a stretch, 0 … 1. A part that is shorter than a
 * step of the wave has what the step before it has. */
export function columnsOf(wave: Waveform, count: number, [from_ms, to_ms]: Span): number[] {
  const columns = new Array<number>(Math.max(0, count)).fill(0);
  const part_ms = Math.max(1, to_ms - from_ms) / Math.max(1, count);
  const peakAt = (at: number) => Math.min(1, Math.max(0, (wave.peaks[at] ?? 0) / 255));
  return columns.map((_, column) => {
    const first = Math.floor((from_ms + column * part_ms) / wave.step_ms);
    const last = Math.ceil((from_ms + (column + 1) * part_ms) / wave.step_ms);
    let loudest = peakAt(first);
    for (let at = first + 1; at < last; at += 1) loudest = Math.max(loudest, peakAt(at));
    return loudest;
  });
}

export function readSheet(value: unknown, file: string): Sheet | null {
  const root = (value ?? {}) as Partial<Sheet>;
  if (!isCount(root.width) || !isCount(root.height) || !isCount(root.columns)) return null;
  if (!isNumbers(root.times_ms) || typeof root.participant !== 'string') return null;
  return {
    participant: root.participant, source: String(root.source ?? 'camera'), width: root.width,
    height: root.height, columns: root.columns, times_ms: root.times_ms, file,
  };
}

/* The newest picture of each person and source that is not too old, screens first. */
export function tilesAt(sheets: readonly Sheet[], at_ms: number): Tile[] {
  const newest = new Map<string, Tile & { at_ms: number }>();
  for (const sheet of sheets) {
    let index = -1;
    while ((sheet.times_ms[index + 1] ?? Infinity) <= at_ms) index += 1;
    const taken = sheet.times_ms[index];
    if (taken === undefined || at_ms - taken > STALE_MS) continue;
    const key = `${sheet.participant}/${sheet.source}`;
    if ((newest.get(key)?.at_ms ?? -1) >= taken) continue;
    newest.set(key, {
      sheet, at_ms: taken, x: (index % sheet.columns) * sheet.width,
      y: Math.floor(index / sheet.columns) * sheet.height,
    });
  }
  return [...newest.values()].sort((a, b) =>
    Number(b.sheet.source === 'screen') - Number(a.sheet.source === 'screen'));
}

/* Sprites whose list of times is there, too. */
export function sheetFiles(files: readonly RecordingFile[]): { sprite: string; list: string }[] {
  return files.filter((one) => one.kind === 'thumbnails' && one.media_type.startsWith('image/'))
    .flatMap((one) => (one.index_file ? [{ sprite: one.id, list: one.index_file }] : []));
}
