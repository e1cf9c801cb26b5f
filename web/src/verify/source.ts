// SPDX-License-Identifier: Apache-2.0
/* Files to check, wherever they lie: read in pieces, so that memory stays small. */
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from './bytes';

/* A read beyond the end gives what is there. */
export interface Source {
  size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/* Path with slashes → file. */
export type Folder = Map<string, Source>;

const PIECE = 4 << 20;

export function sourceOfBlob(blob: Blob): Source {
  return {
    size: blob.size,
    read: async (offset, length) =>
      new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

export function sourceOfBytes(given: Uint8Array): Source {
  /* Not a Node Buffer, whose slice() is no copy. */
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.length);
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/* All of a small file; null when it is larger than max. */
export async function readAll(source: Source, max: number): Promise<Uint8Array | null> {
  return source.size > max ? null : source.read(0, source.size);
}

export async function hashOf(source: Source, onBytes: (count: number) => void): Promise<string> {
  const hash = sha256.create();
  for (let at = 0; at < source.size; at += PIECE) {
    const bytes = await source.read(at, PIECE);
    hash.update(bytes);
    onBytes(bytes.length);
  }
  return toHex(hash.digest());
}

/* Reads ahead: neighbouring places come from memory. */
export class Window {
  private start = 0;
  private bytes = new Uint8Array(0);

  constructor(private readonly source: Source) {}

  get size(): number {
    return this.source.size;
  }

  /* length bytes at offset, fewer at the end of the file; valid until the next call. */
  async at(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.size);
    if (offset < this.start || end > this.start + this.bytes.length) {
      this.start = offset;
      this.bytes = (await this.source.read(offset, Math.max(length, PIECE))) as Uint8Array<ArrayBuffer>;
    }
    return this.bytes.subarray(offset - this.start, end - this.start);
  }
}
