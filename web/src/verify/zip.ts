// SPDX-License-Identifier: Apache-2.0
/*
 * The files in a zip that keeps them as they are (method 0), as the export writes it, zip64
 * included (APPNOTE.TXT 4.3). Only the list at its end is read; files are read when asked for.
 */
import { textOf, viewOf } from './bytes';
import type { Folder, Source } from './source';

const END_SIZE = 22;
const END_SEARCH = END_SIZE + 0xffff;
const LOCATOR_SIZE = 20;
const LIST_MAX = 64 << 20;
const ENTRIES_MAX = 200_000;
const MARK = { end: 0x06054b50, locator: 0x07064b50, end64: 0x06064b50, entry: 0x02014b50, file: 0x04034b50 };
const ZIP64_EXTRA = 1;
const IN_ZIP64 = 0xffffffff;

/* 'packed': its files are compressed; unpack it and choose the folder. */
export class BadZip extends Error {
  constructor(readonly code: 'no_zip' | 'packed' | 'broken') {
    super(code);
  }
}

interface Entry {
  name: string;
  size: number;
  offset: number;
}

interface List {
  offset: number;
  size: number;
  count: number;
}

function number64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new BadZip('broken');
  return Number(value);
}

async function findList(zip: Source): Promise<List> {
  const start = Math.max(0, zip.size - END_SEARCH);
  const tail = await zip.read(start, zip.size - start);
  const view = viewOf(tail);
  let at = tail.length - END_SIZE;
  while (at >= 0 && view.getUint32(at, true) !== MARK.end) at--;
  if (at < 0) throw new BadZip('no_zip');
  const list = {
    count: view.getUint16(at + 10, true), size: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true),
  };
  const locator = at - LOCATOR_SIZE;
  if (locator < 0 || view.getUint32(locator, true) !== MARK.locator) return list;
  const end64 = viewOf(await zip.read(number64(view, locator + 8), 56));
  if (end64.byteLength < 56 || end64.getUint32(0, true) !== MARK.end64) throw new BadZip('broken');
  return { count: number64(end64, 32), size: number64(end64, 40), offset: number64(end64, 48) };
}

/* Sizes and places that do not fit into 32 bits stand in an extra field, in this order. */
function wide(view: DataView, at: number, end: number, values: [number, number, number]): [number, number, number] {
  const wanted = values.map((value) => value === IN_ZIP64);
  if (!wanted.includes(true)) return values;
  while (at + 4 <= end) {
    const size = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === ZIP64_EXTRA) {
      let from = at + 4;
      return values.map((value, i) => {
        if (!wanted[i]) return value;
        if (from + 8 > at + 4 + size || from + 8 > end) throw new BadZip('broken');
        from += 8;
        return number64(view, from - 8);
      }) as [number, number, number];
    }
    at += 4 + size;
  }
  throw new BadZip('broken');
}

function readEntries(bytes: Uint8Array, count: number): Entry[] {
  const view = viewOf(bytes);
  const entries: Entry[] = [];
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== MARK.entry) throw new BadZip('broken');
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const name = textOf(bytes.subarray(at + 46, nameEnd));
    if (extraEnd > bytes.length || name === null) throw new BadZip('broken');
    const [size, packed, offset] = wide(view, nameEnd, extraEnd,
      [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)]);
    if (!name.endsWith('/')) {
      if (view.getUint16(at + 10, true) !== 0 || size !== packed) throw new BadZip('packed');
      entries.push({ name, size, offset });
    }
    at = extraEnd + view.getUint16(at + 32, true);
  }
  return entries;
}

function fileOf(zip: Source, entry: Entry): Source {
  let start = -1;
  const begin = async (): Promise<number> => {
    const head = viewOf(await zip.read(entry.offset, 30));
    if (head.byteLength < 30 || head.getUint32(0, true) !== MARK.file) throw new BadZip('broken');
    return entry.offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  };
  return {
    size: entry.size,
    read: async (offset, length) => {
      if (start < 0) start = await begin();
      const bytes = await zip.read(start + offset, Math.max(0, Math.min(length, entry.size - offset)));
      if (bytes.length < Math.min(length, entry.size - offset)) throw new BadZip('broken');
      return bytes;
    },
  };
}

export async function readZip(zip: Source): Promise<Folder> {
  const list = await findList(zip);
  if (list.size > LIST_MAX || list.count > ENTRIES_MAX || list.offset + list.size > zip.size)
    throw new BadZip('broken');
  const folder: Folder = new Map();
  for (const entry of readEntries(await zip.read(list.offset, list.size), list.count)) {
    if (folder.has(entry.name)) throw new BadZip('broken'); /* which of the two would it be? */
    folder.set(entry.name, fileOf(zip, entry));
  }
  return folder;
}
