// SPDX-License-Identifier: Apache-2.0
// RFC 3161 time-stamps from a real authority: `openssl ts` behind HTTP.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Authority } from "./lib/authority.mjs";
import { atEnd, test } from "./lib/runner.mjs";
import { BINARY, heard, removeFolder, tempFolder } from "./lib/server.mjs";

const VECTORS = fileURLToPath(new URL("../vectors/hearing/R01", import.meta.url));
const folder = tempFolder();
atEnd(() => removeFolder(folder));

const authority = await new Authority(folder).make("good").make("strange").listen();
atEnd(() => authority.close());
const { url } = authority;
const openssl = (...args) => authority.openssl(...args);
const stampBy = (name) => authority.stampBy(name);
authority.answer = stampBy("good");

function newLog() {
  const log = join(tempFolder(), "R01");
  atEnd(() => removeFolder(join(log, "..")));
  cpSync(VECTORS, log, { recursive: true });
  return log;
}

// Not by heard(): its authority runs in this process and must be able to answer.
function timestamp(log, at = url) {
  return new Promise((resolve) => {
    const child = spawn(BINARY, ["timestamp", "--recording", log, "--url", at]);
    let out = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (out += part));
    child.on("close", (code) => resolve({ code, out }));
  });
}

const verify = (log, ...more) => {
  const { code, stdout } = heard(["verify", log, "--json", ...more]);
  return { code, ...JSON.parse(stdout) };
};
const faults = (report) => report.findings.filter(({ fault }) => fault).map(({ kind }) => kind);

test("stamped once, by whom, and when", async () => {
  const log = newLog();
  assert.equal(verify(log).timestamp_ms, 0);
  const before = Date.now();
  const first = await timestamp(log);
  assert.equal(first.code, 0, first.out);
  const again = await timestamp(log);
  assert.deepEqual([again.code, again.out, authority.asked], [0, first.out, 1]);
  const report = verify(log, "--tsa", join(folder, "good-ca.pem"));
  assert.deepEqual([report.code, report.authority, faults(report)], [0, "good clock", []]);
  assert.ok(Math.abs(report.timestamp_ms - before) < 5000);
  const text = heard(["verify", log, "--lang", "zh"]).stdout;
  assert.match(text, /时间戳： \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, good clock/);
  // OpenSSL's own check of the same file.
  assert.match(openssl("ts", "-verify", "-data", join(log, "seal.json"), "-in", join(log, "timestamp.tsr"), "-CAfile", "good-ca.pem"), /OK/);
});

test("whom nobody trusts is named", async () => {
  const log = newLog();
  authority.answer = stampBy("strange");
  assert.equal((await timestamp(log)).code, 0);
  assert.equal(verify(log).code, 0);
  const report = verify(log, "--tsa", join(folder, "good-ca.pem"));
  assert.deepEqual([report.code, faults(report)], [1, ["timestamp"]]);
});

test("an answer that does not fit leaves nothing behind", async () => {
  const log = newLog();
  authority.answer = stampBy("good");
  const whole = await (async () => {
    const other = newLog();
    assert.equal((await timestamp(other)).code, 0);
    return readFileSync(join(other, "timestamp.tsr"));
  })();
  const bad = { "an old answer": [200, whole], nothing: [200, ""], noise: [200, Buffer.alloc(3000, 0x30)], "too much": [200, Buffer.alloc(70_000)],
    "a refusal": [200, Buffer.from("30053003020102", "hex")], trouble: [503, "later"] };
  for (const [what, reply] of Object.entries(bad)) {
    authority.answer = () => reply;
    const { code, out } = await timestamp(log);
    assert.equal(code, 1, what);
    assert.match(out, /^heard timestamp: (crypto|unavailable): .+$/m, what);
    assert.ok(!existsSync(join(log, "timestamp.tsr")), what);
  }
  const { code, out } = await timestamp(log, "http://127.0.0.1:9/");
  assert.deepEqual([code, /^heard timestamp: unavailable: /m.test(out)], [1, true], out);
  assert.equal((await timestamp(log, "file:///etc/passwd")).code, 1);
});

test("one that was altered, or is another recording's, is found", async () => {
  const log = newLog();
  authority.answer = stampBy("good");
  assert.equal((await timestamp(log)).code, 0);
  const file = join(log, "timestamp.tsr");
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at += 97) {
    const bytes = Buffer.from(whole);
    bytes[at] ^= 1;
    writeFileSync(file, bytes);
    const report = verify(log, "--tsa", join(folder, "good-ca.pem"));
    assert.ok(report.code === 0 ? report.timestamp_ms === verifyOf(whole, file, log) : faults(report).includes("timestamp"), `byte ${at}`);
  }
  writeFileSync(file, whole);
  writeFileSync(join(log, "seal.json"), readFileSync(join(log, "seal.json"), "utf8").replace('"lines":8', '"lines":9'));
  assert.deepEqual(faults(verify(log)).sort(), ["seal", "timestamp"]);
});

// What the unaltered file says: bytes outside the signed part may change without changing that.
function verifyOf(whole, file, log) {
  const now = readFileSync(file);
  writeFileSync(file, whole);
  const { timestamp_ms } = verify(log);
  writeFileSync(file, now);
  return timestamp_ms;
}

test("a recording that has no end can't be stamped", async () => {
  const empty = tempFolder();
  const { code, out } = await timestamp(empty);
  assert.deepEqual([code, /not_found/.test(out)], [1, true], out);
  removeFolder(empty);
  assert.equal(heard(["timestamp"]).code, 2);
});
