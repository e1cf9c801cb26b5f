// SPDX-License-Identifier: Apache-2.0
/* One segment of a log: its chunks, its trailer, and what stands where neither belongs. */
import { crc32c, HASH_SIZE, isEqual, sha256, toHex } from './bytes';
import { leafOf, rootOf } from './chain';
import type { NotedSegments } from './excerpt';
import {
  CHUNK_HEAD, type ChunkHead, CHUNKS_MAX, decodeChunk, decodeSegment, decodeTrailer, isChunk, isTrailer,
  SEGMENT_HEAD, TAG_SIZE, type Trailer, TRAILER_MAX,
} from './log_format';
import type { Report } from './report';
import { type Source, Window } from './source';

/* The writer leaves a clock mark each second. */
const HOLE_US = 5_000_000n;
const SEARCH = 1 << 20;

/* What goes on from one segment to the next. */
export interface Course {
  report: Report;
  logId: Uint8Array;
  previous: Uint8Array;
  lastUs: bigint;
  /* From the journal. */
  noted: NotedSegments;
  onBytes: (count: number) => void;
}

type Step =
  | { what: 'chunk'; head: ChunkHead; frame: Uint8Array }
  | { what: 'trailer'; trailer: Trailer; frame: Uint8Array; offset: number }
  | { what: 'broken' | 'end' };

class Scan {
  offset: number;

  constructor(readonly window: Window) {
    this.offset = Math.min(window.size, SEGMENT_HEAD);
  }

  async next(): Promise<Step> {
    if (this.offset === this.window.size) return { what: 'end' };
    const start = await this.window.at(this.offset, CHUNK_HEAD);
    if (isTrailer(start)) return this.takeTrailer();
    const head = decodeChunk(start);
    if (!head) return { what: 'broken' };
    const size = CHUNK_HEAD + head.plainSize + TAG_SIZE;
    const frame = await this.window.at(this.offset, size);
    if (frame.length < size || crc32c(frame.subarray(CHUNK_HEAD)) !== head.bodyCrc) return { what: 'broken' };
    this.offset += size;
    return { what: 'chunk', head, frame };
  }

  private async takeTrailer(): Promise<Step> {
    const { offset } = this;
    const bytes = await this.window.at(offset, TRAILER_MAX);
    const read = decodeTrailer(bytes);
    if (!read) return { what: 'broken' };
    this.offset += read.size;
    return { what: 'trailer', trailer: read.trailer, frame: bytes.slice(0, read.size), offset };
  }

  /* Behind what is broken: the next place where a chunk's head or a trailer is whole. */
  async resync(): Promise<boolean> {
    for (let start = this.offset + 1; start < this.window.size; start += SEARCH) {
      const bytes = (await this.window.at(start, SEARCH + TRAILER_MAX)).slice();
      for (let i = 0; i < Math.min(SEARCH, bytes.length); i++) {
        if (bytes[i] !== 0x43 && bytes[i] !== 0x48) continue; /* C of CHNK, H of HEARDEND */
        const here = bytes.subarray(i);
        if ((isChunk(here) && decodeChunk(here)) || (isTrailer(here) && decodeTrailer(here))) {
          this.offset = start + i;
          return true;
        }
      }
    }
    return false;
  }

  async headHere(): Promise<ChunkHead | null> {
    return decodeChunk(await this.window.at(this.offset, CHUNK_HEAD));
  }
}

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);

class SegmentCheck {
  private leaves: Uint8Array[] = [];
  private heads: ChunkHead[] = [];
  private records = 0n;
  private lost = 0n;
  private lastUs = 0n;
  private broken = false;
  private readonly report: Report;

  constructor(private readonly course: Course, private readonly segment: number, private readonly scan: Scan) {
    this.report = course.report;
  }

  async run(): Promise<void> {
    const { course, report, segment, scan } = this;
    await this.checkHead();
    let ended = false;
    for (let more = true; more;) {
      const before = scan.offset;
      const step = await scan.next();
      switch (step.what) {
        case 'chunk':
          await this.tally(step.head, step.frame);
          if (this.heads.length > 2 * CHUNKS_MAX) more = false; /* no writer makes so many */
          break;
        case 'trailer':
          this.checkTrailer(step.trailer, step.frame, step.offset);
          ended = true;
          more = false;
          if (scan.offset !== scan.window.size) report.add('trailing', { segment, detail: 'after the trailer' });
          break;
        case 'broken':
          more = await this.reportBroken();
          break;
        case 'end':
          more = false;
          break;
      }
      course.onBytes(scan.offset - before);
    }
    if (!ended) report.add('trailer', { segment, detail: 'missing' });
    report.chunks += this.heads.length;
    report.records += Number(this.records);
    report.lost_packets += Number(this.lost);
    report.bytes += scan.window.size;
  }

  private async checkHead(): Promise<void> {
    const { course, report, segment } = this;
    const bytes = (await this.scan.window.at(0, SEGMENT_HEAD)).slice();
    const head = decodeSegment(bytes);
    if (!head) report.add('segment_head', { segment });
    else if (head.segment !== segment || !isEqual(head.logId, course.logId))
      report.add('segment_chain', { segment, detail: 'of another log' });
    else if (!isEqual(head.previous, course.previous)) report.add('segment_chain', { segment });
    this.leaves.push(await leafOf(bytes));
    course.onBytes(bytes.length);
  }

  private async tally(head: ChunkHead, frame: Uint8Array): Promise<void> {
    const { course, report, segment } = this;
    if (head.index !== this.heads.length && !this.broken) {
      report.add('chunk_missing', { segment, chunk: this.heads.length, fromUs: course.lastUs, toUs: head.firstUs });
      this.broken = true;
    }
    if (course.lastUs >= 0n && head.firstUs - course.lastUs > HOLE_US)
      report.add('hole', { segment, fromUs: course.lastUs, toUs: head.firstUs });
    this.leaves.push(await leafOf(frame));
    this.heads.push(head);
    this.records += BigInt(head.records);
    this.lost += BigInt(head.lost);
    this.lastUs = larger(this.lastUs, head.lastUs);
    course.lastUs = larger(course.lastUs, head.lastUs);
    if (head.lost > 0) this.noteLost(head);
  }

  /* One line for a bad stretch, not one a chunk. */
  private noteLost(head: ChunkHead): void {
    const last = this.report.findings[this.report.findings.length - 1];
    if (last?.kind === 'lost' && last.segment === this.segment) {
      last.toUs = head.lastUs;
      last.number += head.lost;
    } else {
      this.report.add('lost', {
        segment: this.segment, chunk: head.index, fromUs: head.firstUs, toUs: head.lastUs, number: head.lost,
      });
    }
  }

  private checkTrailer(trailer: Trailer, frame: Uint8Array, offset: number): void {
    const { course, report, segment } = this;
    const hash = sha256(frame);
    if (course.noted.trailerOf(segment) !== toHex(hash))
      report.add('trailer', { segment, detail: 'not the one that the journal names' });
    if (!isEqual(trailer.previous, course.previous) || trailer.segment !== segment)
      report.add('segment_chain', { segment, detail: 'trailer' });
    course.previous = hash;
    if (this.broken) return;
    const [first] = this.heads;
    if (trailer.chunks !== this.heads.length || trailer.records !== this.records || trailer.lost !== this.lost
      || trailer.dataBytes !== BigInt(offset)
      || (first && (trailer.firstUs !== first.firstUs || trailer.lastUs !== this.lastUs)))
      report.add('count', { segment });
    this.checkLeaves(trailer);
  }

  /* Compare the leaf that the trailer keeps for each chunk with what stands there. */
  private checkLeaves(trailer: Trailer): void {
    const { report, segment } = this;
    if (!isEqual(rootOf(trailer.leaves), trailer.root)) report.add('root', { segment });
    this.leaves.forEach((leaf, i) => {
      if (i > trailer.chunks
        || isEqual(leaf, trailer.leaves.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE))) return;
      const head = this.heads[i - 1];
      if (!head) report.add('segment_head', { segment });
      else report.add('chunk', { segment, chunk: head.index, fromUs: head.firstUs, toUs: head.lastUs });
    });
  }

  /* What stands here is no chunk and no trailer: name the second and look behind it. */
  private async reportBroken(): Promise<boolean> {
    const { course, report, segment, scan } = this;
    const about = { segment, chunk: this.heads.length, fromUs: course.lastUs } as
      { segment: number; chunk: number; fromUs: bigint; toUs?: bigint; detail?: string };
    const head = await scan.headHere();
    if (head) { /* its head is good: the time is known */
      about.fromUs = head.firstUs;
      about.toUs = head.lastUs;
      about.chunk = head.index;
    }
    if (isTrailer(await scan.window.at(scan.offset, CHUNK_HEAD))) {
      report.add('trailer', { segment, detail: 'altered' });
      return false;
    }
    this.broken = true;
    if (!(await scan.resync())) {
      report.add('chunk', { ...about, detail: 'and what follows' });
      return false;
    }
    about.toUs ??= (await scan.headHere())?.firstUs;
    report.add('chunk', about);
    return true;
  }
}

export async function checkSegment(course: Course, segment: number, source: Source): Promise<void> {
  await new SegmentCheck(course, segment, new Scan(new Window(source))).run();
}
