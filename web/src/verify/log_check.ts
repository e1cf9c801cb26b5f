// SPDX-License-Identifier: Apache-2.0
/*
 * The check of `heard verify` (recordings/verify.h), from recordings/FORMAT.md, in a browser:
 * chain of the journal, Merkle root of each segment, chain of segments, counts, signatures,
 * time-stamp; what a crash left; pauses, losses and holes in time.
 */
import type { Certificate } from 'pkijs';
import { fromHex, isEqual, sha256, toHex, utf8 } from './bytes';
import { checkSignature, isValidAt, leadsTo, type Signatory, signatoryOf } from './certificate';
import { checkpointOf, followJournal, type JournalState, sealText } from './chain';
import { EXCERPT_BYTES_MAX, EXCERPT_FILE, excerptOf, isOutside, NotedSegments } from './excerpt';
import { HourlyStamps, isHourlyStamp } from './hourly_stamps';
import { type Fields, numberIn, parseFields, textIn } from './json';
import { ID_SIZE, SEGMENTS_MAX, VERSION } from './log_format';
import { Report } from './report';
import { checkSegment, type Course } from './segment';
import { type Folder, readAll } from './source';
import { checkTimestamp } from './timestamp';

const LOG_JSON_MAX = 64 * 1024;
const JOURNAL_MAX = 64 << 20;
const SEAL_MAX = 4096 + 16 * 1024;
const TIMESTAMP_MAX = 64 * 1024;
const TIMESTAMP_FILE = 'timestamp.tsr';
const SEGMENT_FILE = /^\d{6}\.seg$/;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LINE_FEED = 10;

/* Whom the person believes; none: whoever signed, whoever stamped. */
export interface Trust {
  offices: Certificate[];
  authorities: Certificate[];
}

export interface CheckOptions {
  trust?: Trust;
  onBytes?: (count: number) => void;
}

/* Not a verdict: there is nothing here that could be checked. */
export class NoRecording extends Error {}

class LogCheck {
  readonly report = new Report();
  private readonly trust: Trust;
  private readonly onBytes: (count: number) => void;
  private journal: JournalState = { count: 0, head: new Uint8Array() };
  private logId = new Uint8Array();
  private logHash = new Uint8Array();
  private hasSigner = false;
  private signatory: Signatory | null = null;
  private readonly noted = new NotedSegments();
  private closed: Fields | null = null;
  private segmentCount = 0;

  constructor(private readonly folder: Folder, options: CheckOptions) {
    this.trust = options.trust ?? { offices: [], authorities: [] };
    this.onBytes = options.onBytes ?? (() => undefined);
  }

  async run(): Promise<Report> {
    this.list();
    if (!(await this.readHead())) {
      if (this.segmentCount === 0) throw new NoRecording();
      this.report.add('log_json');
      return this.report;
    }
    await this.checkJournal();
    await this.checkExcerpt();
    await this.checkSegments();
    return this.report;
  }

  private list(): void {
    const known = new Set(['log.json', 'journal.jsonl', 'seal.json', TIMESTAMP_FILE, EXCERPT_FILE]);
    for (const name of this.folder.keys()) {
      if (SEGMENT_FILE.test(name)) this.segmentCount = Math.max(this.segmentCount, parseInt(name, 10));
      else if (!known.has(name) && !isHourlyStamp(name) && !name.startsWith('derived')) this.report.add('extra_file', { detail: name });
    }
  }

  private async read(name: string, max: number): Promise<Uint8Array | null> {
    const source = this.folder.get(name);
    const bytes = source ? await readAll(source, max) : null;
    this.onBytes(bytes?.length ?? 0);
    return bytes;
  }

  private async readHead(): Promise<boolean> {
    const bytes = await this.read('log.json', LOG_JSON_MAX);
    const log = bytes ? parseFields(bytes) : null;
    const id = textIn(log, 'log_id') ?? '';
    const [hearing, recording, room] = ['hearing', 'recording', 'room'].map((name) => textIn(log, name));
    if (!bytes || !log || textIn(log, 'format') !== 'heard-log' || numberIn(log, 'version') !== VERSION
      || hearing === null || recording === null || room === null || !ID.test(id)) return false;
    const { report } = this;
    report.hearing = hearing!;
    report.recording = recording!;
    report.number = textIn(log, 'number') ?? '';
    report.log_id = id;
    report.started_wall_ms = numberIn(log, 'started_wall_ms');
    this.logId = fromHex(id.replaceAll('-', ''))!.slice(0, ID_SIZE);
    this.logHash = sha256(bytes) as Uint8Array<ArrayBuffer>;
    this.journal = { count: 0, head: this.logHash };
    this.meetSigner(textIn(log, 'signer'));
    return true;
  }

  /* Who signed says so in log.json, before the first signature. */
  private meetSigner(certificate: string | null): void {
    const { report } = this;
    this.hasSigner = certificate !== null;
    if (certificate === null) {
      report.add('unsigned');
      return;
    }
    this.signatory = signatoryOf(certificate);
    if (!this.signatory) {
      report.add('signer', { detail: 'certificate: none of Ed25519 or SM2' });
      return;
    }
    report.signer = this.signatory.name;
    report.signer_fingerprint = this.signatory.fingerprint;
    report.signer_algorithm = this.signatory.algorithm;
  }

  private async checkJournal(): Promise<void> {
    const { report, journal } = this;
    const stamps = await HourlyStamps.of(this.folder);
    const bytes = await this.read('journal.jsonl', JOURNAL_MAX);
    if (!bytes) report.add('journal', { detail: 'journal.jsonl is missing or unreadable' });
    for (let at = 0; bytes && at < bytes.length;) {
      const end = bytes.indexOf(LINE_FEED, at);
      const before = { ...journal };
      const fields = end < 0 ? 'the last line is cut off' : followJournal(journal, bytes.subarray(at, end));
      if (typeof fields === 'string') {
        report.add('journal', { number: journal.count + 1, detail: fields });
        break;
      }
      stamps.meet(journal.head, bytes.subarray(at, end), BigInt(numberIn(fields, 'at_us')));
      await this.checkLine(before, fields);
      at = end + 1;
    }
    await stamps.check(report, this.trust.authorities);
    report.journal_lines = journal.count;
    report.chain_head = toHex(journal.head);
    await this.checkSeal();
  }

  private async checkLine(before: JournalState, fields: Fields): Promise<void> {
    if (this.closed) this.report.add('journal', { detail: 'lines follow the end of the log' });
    this.noteEntry(fields);
    if (textIn(fields, 'kind') === 'checkpoint' && this.signatory)
      await this.checkSignature(this.signatory, before, textIn(fields, 'signature'),
        BigInt(numberIn(fields, 'at_us')), numberIn(fields, 'wall_ms'));
  }

  private noteEntry(fields: Fields): void {
    const { report } = this;
    const fromUs = BigInt(numberIn(fields, 'at_us'));
    const about = { fromUs, detail: textIn(fields, 'reason') ?? '' };
    report.tracks.meet(fields);
    switch (textIn(fields, 'kind')) {
      case 'segment':
        this.noted.add(fields);
        break;
      case 'close':
        this.closed = fields;
        report.duration_us = fromUs > 0n ? fromUs : 0n;
        break;
      case 'recovered':
        report.add('recovered', { ...about, number: numberIn(fields, 'torn_bytes') });
        break;
      case 'pause':
        report.add('paused', about);
        break;
      case 'fault':
        report.add('fault', about);
        break;
      case 'resume':
        this.endOf('paused', fromUs);
        break;
      case 'restored':
        this.endOf('fault', fromUs);
        break;
    }
  }

  private endOf(kind: 'paused' | 'fault', atUs: bigint): void {
    const last = this.report.findings.filter((one) => one.kind === kind).pop();
    if (last) last.toUs = atUs;
  }

  /* When something happened, by the line or by the start of the recording. */
  private wallOf(atUs: bigint, wallMs: number): number {
    return wallMs !== 0 ? wallMs : this.report.started_wall_ms + Number(atUs / 1000n);
  }

  private async checkSignature(who: Signatory, journal: JournalState, signature: string | null, fromUs: bigint,
    wallMs: number): Promise<void> {
    const { report } = this;
    const about = { fromUs, number: journal.count };
    switch (await checkSignature(who, checkpointOf(journal, this.logId), signature)) {
      case 'bad':
        report.add('signature', about);
        return;
      case 'unknown':
        report.signatures_unchecked++;
        return;
      case 'good':
        break;
    }
    if (!isValidAt(who, this.wallOf(fromUs, wallMs))) {
      report.add('signer', { ...about, detail: 'not valid at that time' });
      return;
    }
    report.signatures++;
    report.signed_us = fromUs;
  }

  private async checkSeal(): Promise<void> {
    const { report, journal } = this;
    const seal = await this.read('seal.json', SEAL_MAX);
    if (!seal || !this.closed) {
      report.add('not_ended', { detail: seal ? 'the journal has no end' : '' });
      return;
    }
    const fields = parseFields(seal);
    const signature = textIn(fields, 'signature');
    const certificate = textIn(fields, 'certificate');
    if (!isEqual(seal, utf8(sealText(journal, signature, certificate)))) report.add('seal');
    else await this.checkSealSignature(signature, certificate);
    await this.checkTimestamp(seal);
  }

  /* The end may be signed by another: who recovered the log, and brought a certificate. */
  private async checkSealSignature(signature: string | null, certificate: string | null): Promise<void> {
    const { report } = this;
    const other = certificate === null ? null : signatoryOf(certificate);
    if (certificate !== null && !other) {
      report.add('signer', { detail: 'certificate: none of Ed25519 or SM2' });
      return;
    }
    if (signature === null) {
      if (this.hasSigner) report.add('signature', { detail: 'the end is not signed' });
      return;
    }
    const signatory = other ?? this.signatory;
    if (!signatory) return; /* its certificate was found bad before */
    const wallMs = numberIn(this.closed, 'wall_ms');
    await this.checkSignature(signatory, this.journal, signature, report.duration_us, wallMs);
    await this.checkTrust(signatory, wallMs);
    if (other && this.signatory) await this.checkTrust(this.signatory, wallMs);
  }

  private async checkTrust(who: Signatory, wallMs: number): Promise<void> {
    const { report } = this;
    if (this.trust.offices.length === 0) return;
    const at = this.wallOf(report.duration_us, wallMs);
    const verdict = await leadsTo(who.certificate, who.chain, this.trust.offices, at);
    if (verdict === 'bad') report.add('signer', { detail: 'certificate: not of a chosen office' });
    if (report.trust !== 'bad' && report.trust !== 'unknown') report.trust = verdict;
    else if (verdict === 'bad') report.trust = 'bad';
  }

  private async checkTimestamp(seal: Uint8Array): Promise<void> {
    const { report } = this;
    if (!this.folder.has(TIMESTAMP_FILE)) return;
    const response = await this.read(TIMESTAMP_FILE, TIMESTAMP_MAX);
    const stamp = response ? await checkTimestamp(response, seal, this.trust.authorities) : null;
    if (!stamp || stamp.verdict === 'bad') {
      report.add('timestamp', { detail: stamp?.detail ?? 'unreadable' });
      return;
    }
    report.timestamp_ms = stamp.wallMs;
    report.authority = stamp.authority;
    if (stamp.detail) report.timestamp_unchecked = stamp.detail;
  }

  private async checkExcerpt(): Promise<void> {
    const { report } = this;
    report.log_segments = numberIn(this.closed, 'segments');
    if (!this.folder.has(EXCERPT_FILE)) return;
    const bytes = await this.read(EXCERPT_FILE, EXCERPT_BYTES_MAX);
    report.excerpt = bytes && excerptOf(bytes);
    const detail = report.excerpt ? this.noted.faultOf(report.excerpt, report.log_segments, report.duration_us) : 'not well-formed';
    if (detail !== null) report.add('excerpt', { detail });
  }

  private async checkSegments(): Promise<void> {
    const { report } = this;
    const count = Math.min(Math.max(this.segmentCount, report.log_segments), SEGMENTS_MAX);
    const course: Course = {
      report, logId: this.logId, previous: this.logHash, lastUs: -1n, noted: this.noted, onBytes: this.onBytes,
    };
    for (let number = 1; number <= count; number++) {
      const outside = isOutside(report.excerpt, number);
      const source = this.folder.get(`${String(number).padStart(6, '0')}.seg`);
      if (!source) {
        if (outside) course.previous = this.noted.stepOver(number, course.previous);
        else report.add('segment_missing', { segment: number });
        continue;
      }
      if (outside) report.add('excerpt', { segment: number, detail: 'a segment outside of it' });
      report.segments++;
      await checkSegment(course, number, source);
    }
    if (this.closed) this.checkCounts();
    else report.duration_us = course.lastUs > 0n ? course.lastUs : 0n;
  }

  private checkCounts(): void {
    const { report } = this;
    const records = report.excerpt ? this.noted.recordsOf(report.excerpt) : numberIn(this.closed, 'records');
    if (!report.excerpt && this.segmentCount !== report.log_segments) report.add('count', { detail: 'segments' });
    if (report.result === 'intact' && report.records !== records) report.add('count', { detail: 'records' });
  }
}

/* folder: the files of one recording, by their plain names. */
export async function checkLog(folder: Folder, options: CheckOptions = {}): Promise<Report> {
  return new LogCheck(folder, options).run();
}
