// SPDX-License-Identifier: Apache-2.0
// A second reader of recordings/FORMAT.md, written from its text alone: chain, Merkle roots, seals, records and
// signatures by Node's crypto. `node read.mjs` checks the vectors beside it (TAP); `node read.mjs DIR KEY` prints the
// records of any log as JSON lines.
import assert from "node:assert/strict";
import { createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { logSignatures } from "../integration/lib/log_signatures.mjs";

const TYPES = [null, "rtp", "sr", "track", "gap", "event", "clock", "layer", "end"];
const SEGMENT_HEAD = 128;
const CHUNK_HEAD = 48;
const TAG = 16;

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const u32be = (...values) => Buffer.concat(values.map((value) => { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(value); return bytes; }));

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

function crc32c(...parts) {
  let crc = 0xffffffff;
  for (const part of parts) for (const byte of part) crc = crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

// RFC 6962 2.1
function merkleRoot(leaves) {
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.from([1]), merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}

const leafOf = (bytes) => sha256(Buffer.from([0]), bytes);

function open(key, nonce, aad, ciphertext, tag) {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

function dataKey(log, logId, organisationKey) {
  const wrapped = Buffer.from(log.key.wrapped, "hex");
  return open(organisationKey, wrapped.subarray(0, 12), Buffer.concat([Buffer.from("heard data key 1"), logId]),
    wrapped.subarray(12, 44), wrapped.subarray(44));
}

function* recordsOf(plain) {
  for (let at = 0; at < plain.length;) {
    const size = plain.readUInt32LE(at + 16);
    const payload = plain.subarray(at + 24, at + 24 + size);
    assert.equal(crc32c(plain.subarray(at, at + 20), payload), plain.readUInt32LE(at + 20), "record CRC");
    const type = TYPES[plain[at]];
    const record = { type, track: plain.readUInt32LE(at + 4), at_us: Number(plain.readBigInt64LE(at + 8)) };
    if (type === "rtp" || type === "sr") record.hex = payload.toString("hex");
    else if (type) record.json = JSON.parse(payload);
    if (type) yield record;
    at += 24 + size;
  }
}

// The records of one segment, and the hash of its trailer.
function readSegment(bytes, number, logId, previous, key) {
  const head = bytes.subarray(0, SEGMENT_HEAD);
  assert.equal(head.subarray(0, 8).toString(), "HEARDSEG");
  assert.equal(crc32c(head.subarray(0, 124)), head.readUInt32LE(124), "segment head CRC");
  assert.ok(head.subarray(16, 32).equals(logId) && head.readUInt32LE(32) === number, "of this log, in its place");
  assert.ok(head.subarray(56, 88).equals(previous), "follows the segment before");
  const segmentKey = Buffer.from(hkdfSync("sha256", key, logId, Buffer.concat([Buffer.from("heard segment key 1"), u32be(number)]), 32));
  const leaves = [leafOf(head)];
  const records = [];
  let at = SEGMENT_HEAD;
  for (; bytes.subarray(at, at + 4).toString() === "CHNK"; ) {
    const chunkHead = bytes.subarray(at, at + CHUNK_HEAD);
    const size = chunkHead.readUInt32LE(8);
    const body = bytes.subarray(at + CHUNK_HEAD, at + CHUNK_HEAD + size + TAG);
    assert.equal(crc32c(chunkHead.subarray(0, 44)), chunkHead.readUInt32LE(44), "chunk head CRC");
    assert.equal(crc32c(body), chunkHead.readUInt32LE(40), "chunk CRC");
    const plain = open(segmentKey, u32be(number, chunkHead.readUInt32LE(4), 0), Buffer.concat([head, chunkHead.subarray(0, 40)]),
      body.subarray(0, size), body.subarray(size));
    const found = [...recordsOf(plain)];
    assert.equal(found.length, chunkHead.readUInt32LE(12), "records of the chunk");
    records.push(...found);
    leaves.push(leafOf(bytes.subarray(at, at + CHUNK_HEAD + size + TAG)));
    at += CHUNK_HEAD + size + TAG;
  }
  const trailer = bytes.subarray(at);
  assert.equal(trailer.subarray(0, 8).toString(), "HEARDEND");
  assert.equal(trailer.readUInt32LE(8), trailer.length, "nothing behind the trailer");
  assert.equal(crc32c(trailer.subarray(0, -4)), trailer.readUInt32LE(trailer.length - 4), "trailer CRC");
  assert.equal(trailer.readUInt32LE(20) + 1, leaves.length, "chunks");
  const kept = trailer.subarray(trailer.length - 4 - 32 * leaves.length, trailer.length - 4);
  assert.ok(kept.equals(Buffer.concat(leaves)), "leaves");
  const root = trailer.subarray(trailer.length - 4 - 32 * leaves.length - 32, trailer.length - 4 - 32 * leaves.length);
  assert.ok(root.equals(merkleRoot(leaves)), "Merkle root");
  return { records, trailerHash: sha256(trailer) };
}

export function readLog(folder, keyFile) {
  const text = readFileSync(join(folder, "log.json"));
  const log = JSON.parse(text);
  const logId = Buffer.from(log.log_id.replaceAll("-", ""), "hex");
  const key = dataKey(log, logId, Buffer.from(readFileSync(keyFile, "utf8").trim(), "hex"));
  const names = readdirSync(folder).filter((name) => name.endsWith(".seg")).sort();
  const journal = readFileSync(join(folder, "journal.jsonl"), "utf8").split("\n").slice(0, -1);
  const noted = journal.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "segment");
  let previous = sha256(text);
  const records = names.flatMap((name, i) => {
    const segment = readSegment(readFileSync(join(folder, name)), i + 1, logId, previous, key);
    assert.equal(noted[i].trailer, segment.trailerHash.toString("hex"), "the journal names this trailer");
    previous = segment.trailerHash;
    return segment.records;
  });
  let head = sha256(text).toString("hex");
  for (const line of journal) {
    assert.equal(JSON.parse(line).prev, head, "journal chain");
    head = sha256(line).toString("hex");
  }
  assert.equal(JSON.parse(readFileSync(join(folder, "seal.json"))).chain_head, head, "seal");
  return records;
}

function checkVectors() {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const folder = join(here, "hearing/R01");
  const expected = JSON.parse(readFileSync(join(here, "records.json")));
  assert.deepEqual(readLog(folder, join(here, "organisation.key")), expected);
  const { right, wrong } = logSignatures(folder);
  assert.deepEqual([right, wrong], [3, 0]);
  console.log("ok 1 - the vectors of FORMAT.md, by a reader of its own\n1..1");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.length === 4) for (const record of readLog(process.argv[2], process.argv[3])) console.log(JSON.stringify(record));
  else checkVectors();
}
