// SPDX-License-Identifier: Apache-2.0
/*
 * The browser's check of a recording on the vectors of recordings/FORMAT.md: whatever is altered,
 * cut, swapped or spliced in is found, and nothing of it makes the check fail. tests/unit/recordings/
 * test_verify.c does the same with `heard verify`. HEARD_EVERY_BYTE=1 leaves no byte out.
 */
import './webcrypto';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { certificatesOf } from '../src/verify/certificate';
import { checkLog, NoRecording, type Trust } from '../src/verify/log_check';
import { BadPackage, PackageCheck, type PackageReport } from '../src/verify/package_check';
import { type Report, toMs } from '../src/verify/report';
import { type Folder, type Source, sourceOfBytes } from '../src/verify/source';
import { catalogues, type Key } from '../src/verify/texts';
import { firstPlace, partOf, verdictOf } from '../src/verify/verdict';
import { BadZip, readZip } from '../src/verify/zip';

const vectors = join(process.cwd(), '../tests/vectors');
const ED25519 = join(vectors, 'hearing/R01');
const SM2 = join(vectors, 'hearing/R02');

const STEP = process.env['HEARD_EVERY_BYTE'] ? 1 : 7;

type Files = Record<string, Buffer>;

function filesOf(folder: string): Files {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

function folderOf(files: Files): Folder {
  return new Map(Object.entries(files).map(([name, bytes]) => [name, sourceOfBytes(bytes)]));
}

/* 'nothing': no recording here, which is no verdict. */
async function resultOf(files: Files, trust?: Trust): Promise<Report['result'] | 'nothing'> {
  try {
    return (await checkLog(folderOf(files), { trust })).result;
  } catch (error) {
    if (error instanceof NoRecording) return 'nothing';
    throw error;
  }
}

async function assertFound(files: Files, what: string): Promise<void> {
  assert.notEqual(await resultOf(files), 'intact', `${what} was not found`);
}

for (const [kind, home, algorithm] of [['Ed25519', ED25519, 'Ed25519'], ['SM2', SM2, 'SM2-SM3']] as const) {
  test(`a log signed with ${kind} is intact`, async () => {
    const report = await checkLog(folderOf(filesOf(home)));
    assert.equal(report.result, 'intact', JSON.stringify(report.findings.map((one) => one.kind)));
    assert.equal(report.signer_algorithm, algorithm);
    assert.deepEqual([report.segments, report.chunks, report.records, report.signatures], [2, 4, 11, 3]);
    assert.deepEqual([report.signatures_unchecked, report.lost_packets, report.journal_lines], [0, 2, 8]);
    assert.deepEqual(report.findings.map((one) => one.kind).sort(), ['hole', 'lost', 'paused']);
  });
}

test('a flipped byte is found', async () => {
  const files = filesOf(ED25519);
  for (const [name, bytes] of Object.entries(files))
    for (let at = 0; at < bytes.length; at += STEP) {
      const other = Buffer.from(bytes);
      other[at]! ^= 1 << at % 8;
      await assertFound({ ...files, [name]: other }, `${name}: byte ${at}`);
    }
});

test('a cut at any byte is found', async () => {
  const files = filesOf(ED25519);
  for (const [name, bytes] of Object.entries(files))
    for (let size = 0; size < bytes.length; size += STEP)
      await assertFound({ ...files, [name]: bytes.subarray(0, size) }, `${name}: cut to ${size}`);
});

test('flipped bytes of what SM2 signed are found', async () => {
  const files = filesOf(SM2);
  for (const name of ['seal.json', 'journal.jsonl'])
    for (let at = 0; at < files[name]!.length; at += 5 * STEP) {
      const other = Buffer.from(files[name]!);
      other[at]! ^= 1 << at % 8;
      await assertFound({ ...files, [name]: other }, `${name}: byte ${at}`);
    }
});

test('missing, swapped and foreign files are found', async () => {
  const files = filesOf(ED25519);
  const foreign = filesOf(SM2);
  const [one, two] = [files['000001.seg']!, files['000002.seg']!];
  await assertFound({ ...files, '000001.seg': two, '000002.seg': one }, 'two segments swapped');
  await assertFound({ ...files, '000003.seg': two }, 'a segment twice');
  for (const name of Object.keys(files)) {
    await assertFound({ ...files, [name]: foreign[name]! }, `${name} of another hearing`);
    const { [name]: _, ...rest } = files;
    await assertFound(rest, `${name} missing`);
  }
  await assertFound({ ...foreign, '000001.seg': one, '000002.seg': two }, 'all segments of another hearing');
});

test('the altered segment, chunk and second are named', async () => {
  const files = filesOf(ED25519);
  const bytes = Buffer.from(files['000002.seg']!);
  bytes[128 + 60]! ^= 1;
  const report = await checkLog(folderOf({ ...files, '000002.seg': bytes }));
  const [found] = report.findings.filter((one) => one.fault);
  assert.equal(found!.kind, 'chunk');
  assert.deepEqual([found!.segment, found!.chunk, toMs(found!.fromUs!)], [2, 0, 61020]);
});

/* The second of the two segments, as `heard package --from --to` takes it out. */
function excerptOfVector(range = [61_500, 62_000], segments = [2, 2]): Files {
  const { '000001.seg': _, ...files } = filesOf(ED25519);
  const text = `{"first_segment":${segments[0]},"from_ms":${range[0]},"last_segment":${segments[1]},"to_ms":${range[1]},"version":1}\n`;
  return { ...files, 'excerpt.json': Buffer.from(text) };
}

test('an excerpt is intact, and says that it is one', async () => {
  const report = await new PackageCheck(folderOf(excerptOfVector())).run();
  const { log } = report;
  assert.equal(log.result, 'intact', JSON.stringify(log.findings.map(({ kind, detail }) => [kind, detail])));
  assert.deepEqual(log.excerpt, { from_ms: 61_500, to_ms: 62_000, first_segment: 2, last_segment: 2 });
  assert.deepEqual([log.segments, log.log_segments, log.signatures], [1, 2, 3]);
  assert.deepEqual(verdictOf(report), { colour: 'good', key: 'verdict.excerpt' });
  assert.equal(partOf('zh', report), '片段：00:01:01.500 至 00:01:02.000，第 2 至 2 分段，整份共 2 段。');
  assert.equal(partOf('en', report), 'Excerpt: 00:01:01.500 to 00:01:02.000, segments 2 to 2 of 2.');
});

test('an excerpt: a flipped byte and a cut are found', async () => {
  const files = excerptOfVector();
  for (const [name, bytes] of Object.entries(files))
    for (let at = 0; at < bytes.length; at += name === 'excerpt.json' ? 1 : STEP) {
      const other = Buffer.from(bytes);
      other[at]! ^= 1 << at % 8;
      const what = `${name}: byte ${at}`;
      await assertFound({ ...files, [name]: bytes.subarray(0, at) }, `${name}: cut to ${at}`);
      if (name !== 'excerpt.json') await assertFound({ ...files, [name]: other }, what);
      else if (await resultOf({ ...files, [name]: other }) === 'intact') {
        /* It is not signed: but it claims what is there, and no more. */
        const { excerpt } = await checkLog(folderOf({ ...files, [name]: other }));
        assert.deepEqual([excerpt?.first_segment, excerpt?.last_segment], [2, 2], what);
      }
    }
});

test('an excerpt cannot hide what is missing, nor claim what it lacks', async () => {
  const good = excerptOfVector();
  const { '000002.seg': _, ...empty } = good;
  await assertFound(empty, 'its only segment missing');
  await assertFound({ ...good, '000001.seg': filesOf(ED25519)['000001.seg']! }, 'a segment outside of it');
  await assertFound({ ...good, '000002.seg': filesOf(SM2)['000002.seg']! }, 'a segment of another log');
  await assertFound({ ...good, '000002.seg': filesOf(ED25519)['000001.seg']! }, 'another segment under this number');
  const claims: [number[], number[]][] = [[[0, 500], [1, 1]], [[0, 62_000], [1, 2]], [[0, 62_000], [2, 2]], [[61_500, 999_000], [2, 2]],
    [[61_500, 62_000], [2, 3]], [[61_500, 62_000], [0, 2]], [[62_000, 61_500], [2, 2]], [[61_500, 61_500], [2, 2]]];
  for (const [range, segments] of claims) await assertFound(excerptOfVector(range, segments), `${range} of ${segments}`);
  const { 'excerpt.json': __, ...unsaid } = good;
  await assertFound(unsaid, 'an excerpt that does not say so');
});

test('who signed is believed only if a chosen certificate says so', async () => {
  const files = filesOf(ED25519);
  const office = certificatesOf(readFileSync(join(vectors, 'signing-certificate.pem'), 'utf8'));
  const other = certificatesOf(JSON.parse(filesOf(SM2)['log.json']!.toString()).signer as string);
  assert.equal(office.length, 1);
  assert.equal(await resultOf(files, { offices: office, authorities: [] }), 'intact');
  assert.equal(await resultOf(files, { offices: other, authorities: [] }), 'altered');
});

test('an algorithm that the browser lacks is told, not claimed', async () => {
  const { subtle } = globalThis.crypto;
  const without = { digest: subtle.digest.bind(subtle), importKey: () => Promise.reject(new DOMException('', 'NotSupportedError')) };
  Object.defineProperty(globalThis.crypto, 'subtle', { value: without, configurable: true });
  try {
    const report = await checkLog(folderOf(filesOf(ED25519)));
    assert.deepEqual([report.result, report.signatures, report.signatures_unchecked], ['intact', 0, 3]);
  } finally {
    Reflect.deleteProperty(globalThis.crypto, 'subtle');
  }
});

test('random garbage in place of any file never breaks the check', async () => {
  const files = filesOf(ED25519);
  let seed = 7;
  const random = (): number => (seed = (seed * 48271) % 0x7fffffff);
  for (let round = 0; round < 400; round++) {
    const name = Object.keys(files)[random() % 5]!;
    const bytes = Buffer.from(files[name]!);
    const from = random() % bytes.length;
    for (let i = from; i < Math.min(bytes.length, from + random() % 300); i++) bytes[i] = random() % 256;
    if (!bytes.equals(files[name]!)) await assertFound({ ...files, [name]: bytes }, `seed 7, round ${round}, ${name}`);
  }
});

test('a package: originals, list and playable files', async () => {
  const originals = Object.fromEntries(Object.entries(filesOf(ED25519)).map(([name, bytes]) => [`X-R01/original/${name}`, bytes]));
  const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const list = Buffer.from(`${hash}  derived/mix.webm\n`
    + Object.keys(originals).map((name) => `${'0'.repeat(64)}  ${name.slice(6)}\n`).join(''));
  const all = { ...originals, 'X-R01/derived/mix.webm': Buffer.from('abc'), 'X-R01/manifest.sha256': list };
  const good = await new PackageCheck(folderOf(all)).run();
  assert.deepEqual([good.log.result, good.fits, good.wrong], ['intact', 1, []]);
  const bad = await new PackageCheck(folderOf({ ...all, 'X-R01/derived/mix.webm': Buffer.from('abd') })).run();
  assert.deepEqual(bad.wrong, [{ file: 'derived/mix.webm', state: 'altered' }]);
  const more = await new PackageCheck(folderOf({ ...all, 'X-R01/derived/new.webm': Buffer.from('abc') })).run();
  assert.deepEqual(more.wrong, [{ file: 'derived/new.webm', state: 'unlisted' }]);
  assert.throws(() => new PackageCheck(folderOf({ 'a.txt': Buffer.from('a') })), BadPackage);
  assert.throws(() => new PackageCheck(folderOf({ ...all, 'other/log.json': Buffer.from('{}') })), BadPackage);
});

test('what is no zip is told', async () => {
  for (const text of ['', 'PK', 'x'.repeat(70_000)])
    await assert.rejects(readZip(sourceOfBytes(Buffer.from(text))), (error) => error instanceof BadZip && error.code === 'no_zip');
});

test('the page: one colour and one sentence, in both languages', async () => {
  const report = async (change: (files: Files) => void): Promise<PackageReport> => {
    const files = filesOf(ED25519);
    change(files);
    return new PackageCheck(folderOf(files)).run();
  };
  const good = await report(() => undefined);
  assert.deepEqual(verdictOf(good), { colour: 'good', key: 'verdict.good' });
  const bad = await report((files) => { files['000002.seg'] = Buffer.from(files['000002.seg']!).fill(1, 190, 192); });
  assert.deepEqual(verdictOf(bad), { colour: 'bad', key: 'verdict.altered' });
  assert.equal(firstPlace('en', bad), 'The fault is in segment 2, 00:01:01.020 to 00:01:02.000.');
  assert.equal(firstPlace('zh', bad), '问题位于第 2 分段，时间 00:01:01.020 至 00:01:02.000。');
  assert.deepEqual(verdictOf({ ...good, wrong: [{ file: 'derived/a', state: 'missing' }] }), { colour: 'bad', key: 'verdict.files' });
  good.log.signatures_unchecked = 1;
  assert.equal(verdictOf(good).colour, 'unsure');
  for (const [key, text] of Object.entries(catalogues.zh)) {
    const other = catalogues.en[key as Key];
    assert.ok(other && text, key);
    assert.ok(key === 'other' || !/[\u3000-\u9fff]/.test(other), `${key} has Chinese in English`);
    assert.deepEqual((text.match(/\{\w+\}/g) ?? []).sort(), (other.match(/\{\w+\}/g) ?? []).sort(), key);
  }
});

/* A zip of 5 GiB of which only the ends are there: a file in front, a file behind, and their list (APPNOTE.TXT 4.3.14). */
function hugeZip(): Source {
  const far = 5 * 2 ** 30;
  const record = (size: number, write: (view: DataView) => void, ...more: Buffer[]): Buffer => {
    const bytes = Buffer.alloc(size);
    write(new DataView(bytes.buffer, bytes.byteOffset, size));
    return Buffer.concat([bytes, ...more]);
  };
  const name = Buffer.from('far.txt');
  const local = record(30, (view) => {
    view.setUint32(0, 0x04034b50, true);
    view.setUint16(26, name.length, true);
  }, name, Buffer.from('hello'));
  const extra = record(28, (view) => {
    view.setUint16(0, 1, true);
    view.setUint16(2, 24, true);
    view.setBigUint64(4, 5n, true);
    view.setBigUint64(12, 5n, true);
    view.setBigUint64(20, BigInt(far), true);
  });
  const list = record(46, (view) => {
    view.setUint32(0, 0x02014b50, true);
    for (const at of [20, 24, 42]) view.setUint32(at, 0xffffffff, true);
    view.setUint16(28, name.length, true);
    view.setUint16(30, extra.length, true);
  }, name, extra);
  const end64 = record(56, (view) => {
    view.setUint32(0, 0x06064b50, true);
    view.setBigUint64(32, 1n, true);
    view.setBigUint64(40, BigInt(list.length), true);
    view.setBigUint64(48, BigInt(far + local.length), true);
  });
  const locator = record(20, (view) => {
    view.setUint32(0, 0x07064b50, true);
    view.setBigUint64(8, BigInt(far + local.length + list.length), true);
  });
  const end = record(22, (view) => {
    view.setUint32(0, 0x06054b50, true);
    view.setUint16(10, 0xffff, true);
    view.setUint32(12, 0xffffffff, true);
    view.setUint32(16, 0xffffffff, true);
  });
  const tail = sourceOfBytes(Buffer.concat([local, list, end64, locator, end]));
  return { size: far + tail.size, read: (offset, length) => tail.read(offset - far, length) };
}

test('zip64: places and sizes beyond 4 GiB', async () => {
  const zip = hugeZip();
  const file = (await readZip(zip)).get('far.txt')!;
  assert.equal(Buffer.from(await file.read(1, 100)).toString(), 'ello');
  await assert.rejects(readZip({ size: zip.size - 1, read: zip.read }), BadZip);
});
