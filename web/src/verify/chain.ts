// SPDX-License-Identifier: Apache-2.0
/* The hash chain of a log (recordings/FORMAT.md 2 and 5): leaves, roots, lines of the journal. */
import { HASH_SIZE, joined, sha256, sha256Fast, toHex, utf8 } from './bytes';
import { type Fields, numberIn, parseFields, textIn } from './json';

const LINE_MAX = 4096;

export function leafOf(bytes: Uint8Array): Promise<Uint8Array> {
  return sha256Fast(joined(Uint8Array.of(0), bytes));
}

/* RFC 6962 2.1; leaves: hashes in a row, at least one. */
export function rootOf(leaves: Uint8Array): Uint8Array {
  const count = leaves.length / HASH_SIZE;
  if (count === 1) return leaves;
  let split = 1;
  while (split * 2 < count) split *= 2;
  return sha256(joined(Uint8Array.of(1), rootOf(leaves.subarray(0, split * HASH_SIZE)),
    rootOf(leaves.subarray(split * HASH_SIZE))));
}

/* How many lines so far, and the hash that the next one carries. */
export interface JournalState {
  count: number;
  head: Uint8Array;
}

/* One line without its line feed; a text: what is wrong with it. */
export function followJournal(state: JournalState, line: Uint8Array): Fields | string {
  if (line.length === 0 || line.length >= LINE_MAX) return 'a line is empty or too long';
  const fields = parseFields(line);
  const previous = textIn(fields, 'prev');
  if (!fields || previous === null) return 'a line is not a journal entry';
  if (previous !== toHex(state.head)) return 'a line does not follow the one before it';
  if (numberIn(fields, 'n') !== state.count + 1) return 'a line has the wrong number';
  state.head = sha256(line);
  state.count++;
  return fields;
}

/* What a signature over the journal so far is made of. */
export function checkpointOf(state: JournalState, logId: Uint8Array): Uint8Array {
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(state.count), true);
  return joined(utf8('heard checkpoint 1'), logId, count, state.head);
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\u[0-9a-f]{4}/g,
    (escape) => `\\u${escape.slice(2).toUpperCase()}`);
}

/* The exact text of seal.json for a journal that ended here. */
export function sealText(state: JournalState, signature: string | null, certificate: string | null): string {
  const members = [`"chain_head":"${toHex(state.head)}"`, `"lines":${state.count}`];
  if (signature !== null) members.push(`"signature":${quoted(signature)}`);
  if (signature !== null && certificate !== null)
    members.unshift(`"certificate":${quoted(certificate)}`);
  return `{${members.join(',')},"version":1}\n`;
}
