// SPDX-License-Identifier: Apache-2.0
/* What a person chose or dropped: a zip, or a folder with everything in it. */
import { type Folder, sourceOfBlob } from './source';
import { readZip } from './zip';

const FILES_MAX = 100_000;

function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function walk(entry: FileSystemEntry, path: string, folder: Folder): Promise<void> {
  if (folder.size >= FILES_MAX) return;
  if (entry.isFile) {
    folder.set(path + entry.name, sourceOfBlob(await fileOf(entry as FileSystemFileEntry)));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  /* A reader gives a part at a time, nothing at the end. */
  for (let part = await entriesOf(reader); part.length > 0; part = await entriesOf(reader))
    for (const one of part) await walk(one, `${path}${entry.name}/`, folder);
}

export function folderOfList(list: Iterable<File>): Folder {
  return new Map([...list].slice(0, FILES_MAX).map((file) => [file.webkitRelativePath || file.name, sourceOfBlob(file)]));
}

export function folderOfZip(file: Blob): Promise<Folder> {
  return readZip(sourceOfBlob(file));
}

/* A single file is a zip; anything else is a folder. Call it within the event: what was dropped goes with it. */
export async function folderOfDrop(data: DataTransfer): Promise<Folder> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((one) => one !== null);
  const files = [...data.files];
  const [only] = files;
  if (only && files.length === 1 && (entries[0]?.isFile ?? true)) return folderOfZip(only);
  const folder: Folder = new Map();
  for (const entry of entries) await walk(entry, '', folder);
  return folder;
}
