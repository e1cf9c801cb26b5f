// SPDX-License-Identifier: Apache-2.0
/*
 * A package as `heard package` writes it, or the bare folder of a recording: finds the
 * originals, checks them, then everything beside them by manifest.sha256 and derived/manifest.json.
 */
import { textOf } from './bytes';
import { parseFields, textIn } from './json';
import { checkLog, type CheckOptions, NoRecording } from './log_check';
import type { Report } from './report';
import { type Folder, hashOf, readAll } from './source';

const LIST_MAX = 4 << 20;
const LINE = /^([0-9a-f]{64}) [ *](.+)$/;

export type FileState = 'altered' | 'missing' | 'unlisted' | 'foreign';

export interface PackageReport {
  log: Report;
  name: string;
  /* Files beside the originals: how many fit, and which do not. */
  fits: number;
  wrong: { file: string; state: FileState }[];
  hasList: boolean;
  /* Files that can be played: of the whole, or the film of an excerpt. */
  hasDerived: boolean;
  /* Of participants, by id: for reading only, the list is not signed. */
  names: ReadonlyMap<string, string>;
}

/* 'several': more than one recording was given. */
export class BadPackage extends Error {
  constructor(readonly code: 'no_recording' | 'several') {
    super(code);
  }
}

/* The files below a path, by what follows it. */
function below(folder: Folder, path: string): Folder {
  return new Map([...folder].filter(([name]) => name.startsWith(path)).map(([name, file]) => [name.slice(path.length), file]));
}

function findOriginals(folder: Folder): string {
  const homes = new Set<string>();
  for (const name of folder.keys()) {
    const slash = name.lastIndexOf('/') + 1;
    const file = name.slice(slash);
    if (file === 'log.json' || /^\d{6}\.seg$/.test(file)) homes.add(name.slice(0, slash));
  }
  if (homes.size > 1) throw new BadPackage('several');
  for (const home of homes) return home;
  throw new BadPackage('no_recording');
}

export class PackageCheck {
  private readonly originals: string;
  private readonly root: string;
  private readonly files: Folder;
  private readonly hashes = new Map<string, string>();

  constructor(folder: Folder, private readonly options: CheckOptions = {}) {
    this.originals = findOriginals(folder);
    this.root = this.originals.replace(/original\/$/, '');
    this.files = below(folder, this.root);
  }

  /* How many bytes run() will report. */
  get size(): number {
    return [...this.files.values()].reduce((sum, file) => sum + file.size, 0);
  }

  async run(): Promise<PackageReport> {
    const home = this.originals.slice(this.root.length);
    const inside = below(this.files, home);
    const log = await this.checkOriginals(new Map([...inside].filter(([name]) => !name.includes('/'))));
    const report: PackageReport = {
      log, name: this.root.split('/').filter(Boolean).pop() ?? log.number, fits: 0, wrong: [], hasList: false,
      names: await this.names(),
      hasDerived: [...this.files.keys()].some((name) => name.startsWith('derived/') || name === 'clip.mp4'),
    };
    await this.checkList(report, home);
    await this.checkDerived(report);
    return report;
  }

  private async names(): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    const file = this.files.get('derived/timeline.json');
    try {
      const timeline = JSON.parse(textOf((file && await readAll(file, LIST_MAX)) ?? new Uint8Array()) ?? '') as
        { participants?: { id?: unknown; name?: unknown }[] };
      for (const { id, name } of timeline.participants ?? [])
        if (typeof id === 'string' && typeof name === 'string') names.set(id, name);
    } catch { /* none: ids are shown */ }
    return names;
  }

  private async checkOriginals(originals: Folder): Promise<Report> {
    try {
      return await checkLog(originals, this.options);
    } catch (error) {
      if (error instanceof NoRecording) throw new BadPackage('no_recording');
      throw error;
    }
  }

  /* Originals are bound by their own chain; here counts only whether they are there. */
  private async checkList(report: PackageReport, home: string): Promise<void> {
    const list = this.files.get('manifest.sha256');
    const text = textOf((list && await readAll(list, LIST_MAX)) ?? new Uint8Array());
    report.hasList = Boolean(list) && text !== null;
    const expected = new Map((text ?? '').split('\n').map((line) => LINE.exec(line))
      .filter((match) => match !== null).map((match) => [match![2]!, match![1]!]));
    for (const [name, hash] of expected) {
      const file = this.files.get(name);
      if (!file) report.wrong.push({ file: name, state: 'missing' });
      else if (!name.startsWith(home) || home === '')
        await this.compare(report, name, hash);
    }
    if (!report.hasList) return;
    for (const name of this.files.keys())
      if (name !== 'manifest.sha256' && !expected.has(name)) report.wrong.push({ file: name, state: 'unlisted' });
  }

  private async compare(report: PackageReport, name: string, hash: unknown): Promise<void> {
    const known = this.hashes.get(name);
    const made = known ?? await hashOf(this.files.get(name)!, this.options.onBytes ?? (() => undefined));
    this.hashes.set(name, made);
    if (made !== hash) report.wrong.push({ file: name, state: 'altered' });
    else if (known === undefined) report.fits++;
  }

  /* The playable files say of which log they were made. */
  private async checkDerived(report: PackageReport): Promise<void> {
    const file = this.files.get('derived/manifest.json');
    if (!file) return;
    const manifest = parseFields((await readAll(file, LIST_MAX)) ?? new Uint8Array());
    const listed = manifest && Array.isArray(manifest['files']) ? manifest['files'] as unknown[] : null;
    if (!listed || textIn(manifest, 'log_id') !== report.log.log_id
      || textIn(manifest, 'chain_head') !== report.log.chain_head)
      report.wrong.push({ file: 'derived/manifest.json', state: 'foreign' });
    for (const one of listed ?? []) {
      const fields = one as Record<string, unknown> | null;
      const name = `derived/${String(fields?.['file'])}`;
      if (report.wrong.some((known) => known.file === name)) continue;
      if (!this.files.has(name)) report.wrong.push({ file: name, state: 'missing' });
      else await this.compare(report, name, fields?.['sha256']);
    }
  }
}
