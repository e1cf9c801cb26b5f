// SPDX-License-Identifier: Apache-2.0
/* Heads and trailers of recordings/FORMAT.md 2. A decoder answers null on anything that is not one. */
import { crc32c, HASH_SIZE, utf8, viewOf } from './bytes';

export const VERSION = 1;
export const ID_SIZE = 16;
export const SEGMENT_HEAD = 128;
export const CHUNK_HEAD = 48;
export const TAG_SIZE = 16;
export const PLAIN_MAX = 64 * 1024;
export const CHUNKS_MAX = 8192;
export const SEGMENTS_MAX = 10000;
const TRAILER_FIXED = 144;
export const TRAILER_MIN = TRAILER_FIXED + HASH_SIZE + 4;
export const TRAILER_MAX = TRAILER_FIXED + (CHUNKS_MAX + 1) * HASH_SIZE + 4;

const MAGIC = { segment: utf8('HEARDSEG'), trailer: utf8('HEARDEND'), chunk: utf8('CHNK') };

export interface SegmentHead {
  logId: Uint8Array;
  segment: number;
  previous: Uint8Array;
}

export interface ChunkHead {
  index: number;
  plainSize: number;
  records: number;
  lost: number;
  firstUs: bigint;
  lastUs: bigint;
  bodyCrc: number;
}

export interface Trailer {
  segment: number;
  chunks: number;
  records: bigint;
  firstUs: bigint;
  lastUs: bigint;
  dataBytes: bigint;
  lost: bigint;
  previous: Uint8Array;
  root: Uint8Array;
  leaves: Uint8Array;
}

function begins(bytes: Uint8Array, magic: Uint8Array): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => byte === bytes[i]);
}

export function isChunk(bytes: Uint8Array): boolean {
  return begins(bytes, MAGIC.chunk);
}

export function isTrailer(bytes: Uint8Array): boolean {
  return begins(bytes, MAGIC.trailer);
}

export function decodeSegment(bytes: Uint8Array): SegmentHead | null {
  if (bytes.length < SEGMENT_HEAD || !begins(bytes, MAGIC.segment)) return null;
  const view = viewOf(bytes);
  if (view.getUint16(8, true) !== VERSION || view.getUint16(10, true) !== SEGMENT_HEAD
    || crc32c(bytes.subarray(0, 124)) !== view.getUint32(124, true)) return null;
  return {
    logId: bytes.slice(16, 16 + ID_SIZE), segment: view.getUint32(32, true),
    previous: bytes.slice(56, 56 + HASH_SIZE),
  };
}

export function decodeChunk(bytes: Uint8Array): ChunkHead | null {
  if (bytes.length < CHUNK_HEAD || !isChunk(bytes)) return null;
  const view = viewOf(bytes);
  if (crc32c(bytes.subarray(0, 44)) !== view.getUint32(44, true)) return null;
  const head = {
    index: view.getUint32(4, true), plainSize: view.getUint32(8, true),
    records: view.getUint32(12, true), firstUs: view.getBigInt64(16, true),
    lastUs: view.getBigInt64(24, true), lost: view.getUint32(32, true),
    bodyCrc: view.getUint32(40, true),
  };
  return head.plainSize > 0 && head.plainSize <= PLAIN_MAX && head.index < CHUNKS_MAX
    && view.getUint32(36, true) === 0 ? head : null;
}

/* bytes: from its first on, at least as many as it says; null when they do not suffice. */
export function decodeTrailer(bytes: Uint8Array): { trailer: Trailer; size: number } | null {
  if (bytes.length < TRAILER_MIN || !isTrailer(bytes)) return null;
  const view = viewOf(bytes);
  const size = view.getUint32(8, true);
  const chunks = view.getUint32(20, true);
  if (size > bytes.length || chunks > CHUNKS_MAX
    || size !== TRAILER_FIXED + (chunks + 1) * HASH_SIZE + 4
    || crc32c(bytes.subarray(0, size - 4)) !== view.getUint32(size - 4, true)) return null;
  return {
    size,
    trailer: {
      segment: view.getUint32(16, true), chunks, records: view.getBigUint64(24, true),
      firstUs: view.getBigInt64(32, true), lastUs: view.getBigInt64(40, true),
      dataBytes: view.getBigUint64(56, true), lost: view.getBigUint64(64, true),
      previous: bytes.slice(80, 112), root: bytes.slice(112, 144),
      leaves: bytes.slice(TRAILER_FIXED, size - 4),
    },
  };
}
