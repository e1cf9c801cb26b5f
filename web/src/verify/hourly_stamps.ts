// SPDX-License-Identifier: Apache-2.0
/* The time-stamps that were asked for while a recording ran: each is over one line of its journal. */
import type { Certificate } from 'pkijs';
import { toHex } from './bytes';
import type { Report } from './report';
import { type Folder, readAll } from './source';
import { checkTimestamp, imprintOf } from './timestamp';

const TIMESTAMP_MAX = 64 * 1024;
const FILE = /^timestamp-(?!0000)\d{4}\.tsr$/;

interface Stamp {
  name: string;
  response: Uint8Array | null;
  imprint: string;
}

interface Line {
  text: Uint8Array;
  atUs: bigint;
}

export function isHourlyStamp(name: string): boolean {
  return FILE.test(name);
}

export class HourlyStamps {
  private readonly wanted: Set<string>;
  private readonly lines = new Map<string, Line>();

  private constructor(private readonly stamps: Stamp[]) {
    this.wanted = new Set(stamps.map(({ imprint }) => imprint));
  }

  static async of(folder: Folder): Promise<HourlyStamps> {
    const stamps: Stamp[] = [];
    for (const name of [...folder.keys()].filter(isHourlyStamp).sort()) {
      const response = await readAll(folder.get(name)!, TIMESTAMP_MAX);
      const imprint = response && imprintOf(response);
      stamps.push({ name, response, imprint: imprint ? toHex(imprint) : '' });
    }
    return new HourlyStamps(stamps);
  }

  /* A line of the journal that is good: its hash, bytes and time. */
  meet(hash: Uint8Array, text: Uint8Array, atUs: bigint): void {
    if (this.wanted.size === 0) return;
    const hex = toHex(hash);
    if (this.wanted.has(hex)) this.lines.set(hex, { text: text.slice(), atUs });
  }

  /* After the last line. */
  async check(report: Report, trusted: Certificate[]): Promise<void> {
    for (const { name, response, imprint } of this.stamps) {
      const line = this.lines.get(imprint);
      const stamp = response && line ? await checkTimestamp(response, line.text, trusted) : null;
      if (!stamp || stamp.verdict === 'bad') {
        const why = stamp?.detail ?? (response ? 'over no line of the journal' : 'unreadable');
        report.add('timestamp', { detail: `${name}: ${why}` });
        continue;
      }
      report.hourly_stamps++;
      report.hourly_ms = stamp.wallMs;
      report.hourly_us = line!.atUs > 0n ? line!.atUs : 0n;
      if (stamp.detail) report.timestamp_unchecked = stamp.detail;
    }
  }
}
