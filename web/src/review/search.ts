// SPDX-License-Identifier: Apache-2.0
/*
 * Search in what a recording says of itself: phases, who speaks, events, breaks, notes, minutes. Words
 * are looked for as they stand, without regard to case, width or form (NFKC), so that Chinese
 * needs no index. Pure; the texts come in ready, in the person's language.
 */
export type EntryKind = 'phase' | 'speaker' | 'event' | 'break' | 'exhibit' | 'bookmark' | 'note'
  | 'minutes';

export interface Entry {
  kind: EntryKind;
  at_ms: number;
  text: string;
}

export interface Hit extends Entry {
  /* where in text the words stand, in UTF-16 units, in order and apart */
  places: [from: number, to: number][];
}

export const HITS_MAX = 200;
const WORDS_MAX = 8;

/* The folded text, and for each unit of it the place in the text it came from. */
function folded(text: string): { text: string; from: number[] } {
  let out = '';
  const from: number[] = [];
  let at = 0;
  for (const letter of text) {
    const plain = letter.normalize('NFKC').toLowerCase();
    for (let i = 0; i < plain.length; i += 1) from.push(at);
    out += plain;
    at += letter.length;
  }
  from.push(at);
  return { text: out, from };
}

export function wordsOf(query: string): string[] {
  return query.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).slice(0, WORDS_MAX);
}

/* The letter that a place lies in ends behind it: "ﬀ" is one letter for two. */
function letterEnd(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}

/* Where the words stand; null when one of them is missing. */
export function placesOf(text: string, words: readonly string[]): Hit['places'] | null {
  const plain = folded(text);
  const places: Hit['places'] = [];
  for (const word of words) {
    const at = plain.text.indexOf(word);
    if (at < 0) return null;
    places.push([plain.from[at] ?? 0, letterEnd(text, plain.from[at + word.length - 1] ?? 0)]);
  }
  places.sort((a, b) => a[0] - b[0]);
  const out: Hit['places'] = [];
  for (const [from, to] of places) {
    const last = out[out.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/* In order of time, HITS_MAX at most; nothing is asked for by nothing. */
export function search(entries: readonly Entry[], query: string): Hit[] {
  const words = wordsOf(query);
  if (!words.length) return [];
  const hits: Hit[] = [];
  for (const entry of [...entries].sort((a, b) => a.at_ms - b.at_ms)) {
    const places = placesOf(entry.text, words);
    if (places) hits.push({ ...entry, places });
    if (hits.length >= HITS_MAX) break;
  }
  return hits;
}
