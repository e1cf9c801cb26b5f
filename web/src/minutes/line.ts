// SPDX-License-Identifier: Apache-2.0
/* Lines of the minutes as the server tells them (PROTOCOL.md 3), their order, and captions. Pure. */
export type MinutesKind = 'statement' | 'action' | 'note' | 'heading';
export const KINDS: readonly MinutesKind[] = ['statement', 'action', 'note', 'heading'];
export const TEXT_MAX = 2000;

export interface MinutesLine {
  id: string;
  seq: number;
  at_ms: number;
  phase: string;
  speaker: string | null;
  kind: MinutesKind;
  text: string;
  version: number;
  author: string;
  created_at_ms: number;
  changed_at_ms: number;
  removed: boolean;
}

/* What a clerk can change of a line. */
export interface Words {
  kind: MinutesKind;
  text: string;
  speaker: string | null;
  at_ms: number;
  removed: boolean;
}

export const FIELDS: readonly (keyof Words)[] = ['kind', 'text', 'speaker', 'at_ms', 'removed'];

export function wordsOf(line: MinutesLine): Words {
  const { kind, text, speaker, at_ms, removed } = line;
  return { kind, text, speaker, at_ms, removed };
}

export function sameWords(a: Words, b: Words): boolean {
  return FIELDS.every((field) => a[field] === b[field]);
}

/* One line has no breaks: pasted text becomes one, within the bound. */
export function oneLine(text: string): string {
  return [...text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')].slice(0, TEXT_MAX)
    .join('');
}

/* In the order of being said; seq parts what was said at one moment. */
export function inOrder<T extends { at_ms: number; seq: number }>(lines: readonly T[]): T[] {
  return [...lines].sort((a, b) => a.at_ms - b.at_ms || a.seq - b.seq);
}

/* What a machine took down, as a caption: version 0, so that the clerk's line takes its place. */
export function machineCaption(said: Pick<MinutesLine, 'id' | 'at_ms' | 'text' | 'speaker'>):
MinutesLine {
  return { ...said, seq: 0, phase: '', kind: 'statement', version: 0, author: '', created_at_ms: 0,
    changed_at_ms: 0, removed: false };
}

export const isByMachine = (line: MinutesLine): boolean => line.version === 0;

/* The line to show below the picture: what was said last. A correction of an older line changes
 * nothing; one that was taken out goes. */
export function nextCaption(now: MinutesLine | null, line: MinutesLine): MinutesLine | null {
  if (now && line.id === now.id) {
    if (line.version <= now.version) return now;
    return line.removed || line.kind !== 'statement' ? null : line;
  }
  if (line.removed || line.kind !== 'statement') return now;
  return now && line.at_ms < now.at_ms ? now : line;
}
