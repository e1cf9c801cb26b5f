// SPDX-License-Identifier: Apache-2.0
// RFC 3161 time-stamps from a real authority: `openssl ts` behind HTTP.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Authority } from "./lib/authority.mjs";
import { atEnd, test } from "./lib/runner.mjs";
import { BINARY, heard, Server, removeFolder, tempFolder } from "./lib/server.mjs";

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

// ---- while it runs ----

const journalOf = (log) => join(log, "journal.jsonl");
const stampFile = (log, number) => join(log, `timestamp-${String(number).padStart(4, "0")}.tsr`);

// So many lines of it are written so far; end() writes the rest.
function running(count) {
  const log = newLog();
  const lines = readFileSync(journalOf(log), "utf8").split("\n");
  const seal = readFileSync(join(log, "seal.json"));
  rmSync(join(log, "seal.json"));
  const upTo = (many) => writeFileSync(journalOf(log), lines.slice(0, many).map((line) => `${line}\n`).join(""));
  upTo(count);
  return { log, lines, upTo, end: () => { upTo(lines.length - 1); writeFileSync(join(log, "seal.json"), seal); } };
}

test("each hour the last checkpoint, at the end the end; all of them are checked", async () => {
  authority.answer = stampBy("good");
  const { log, lines, upTo, end } = running(1);
  const early = await timestamp(log);
  assert.deepEqual([early.code, /not_found: .*no checkpoint yet/.test(early.out)], [1, true], early.out);
  upTo(4);
  const asked = authority.asked;
  const first = await timestamp(log);
  assert.equal(first.code, 0, first.out);
  assert.deepEqual({ ...JSON.parse(first.out), timestamp_ms: 0 }, { complete: false, file: "timestamp-0001.tsr", timestamp_ms: 0 });
  assert.deepEqual([(await timestamp(log)).out, authority.asked - asked], [first.out, 1]); // nothing new to stamp
  // OpenSSL's own check: the hash is that of the checkpoint's line.
  const hash = createHash("sha256").update(lines[2]).digest("hex");
  assert.match(openssl("ts", "-verify", "-digest", hash, "-in", stampFile(log, 1), "-CAfile", "good-ca.pem"), /OK/);
  upTo(7);
  assert.equal(JSON.parse((await timestamp(log)).out).file, "timestamp-0002.tsr");
  end();
  const hourly = verify(log, "--tsa", join(folder, "good-ca.pem"));
  assert.deepEqual([hourly.code, hourly.timestamp_ms, hourly.hourly_timestamps.count, hourly.hourly_timestamps.upto_ms], [0, 0, 2, 62_000]);
  assert.equal(JSON.parse((await timestamp(log)).out).file, "timestamp.tsr");
  const report = verify(log, "--tsa", join(folder, "good-ca.pem"));
  assert.deepEqual([report.code, report.timestamp_ms > 0, report.hourly_timestamps.count, report.findings], [0, true, 2, hourly.findings]);
  assert.match(heard(["verify", log, "--lang", "zh"]).stdout, /录制中的时间戳：2 个，最后一个 \d{4}-.* UTC，至 00:01:02\.000/);

  // One that is altered, of another log, by another authority, or no token at all is named; the others stay good.
  const whole = readFileSync(stampFile(log, 2));
  const bytes = Buffer.from(whole);
  bytes[bytes.length - 20] ^= 1;
  const other = running(4);
  authority.answer = stampBy("strange");
  assert.equal((await timestamp(other.log)).code, 0);
  authority.answer = stampBy("good");
  for (const [what, there, words] of [["altered", bytes, ""], ["strange", readFileSync(stampFile(other.log, 1)), ""], ["noise", Buffer.from("x"), "over no line of the journal"],
    ["the seal's", readFileSync(join(log, "timestamp.tsr")), "over no line of the journal"]]) {
    writeFileSync(stampFile(log, 2), there);
    const { code, findings, hourly_timestamps: left } = verify(log, "--tsa", join(folder, "good-ca.pem"));
    const [fault, ...more] = findings.filter(({ fault: is }) => is);
    assert.deepEqual([code, fault.kind, more.length, left.count], [1, "timestamp", 0, 1], what);
    assert.ok(fault.detail.startsWith(`timestamp-0002.tsr: ${words}`), `${what}: ${fault.detail}`);
  }
});

test("an authority that is away leaves a running log as it is", async () => {
  const { log, end } = running(4);
  authority.answer = () => [503, "later"];
  const { code, out } = await timestamp(log);
  assert.deepEqual([code, /unavailable/.test(out), existsSync(stampFile(log, 1))], [1, true, false], out);
  end();
  assert.equal(verify(log).code, 0);
  authority.answer = stampBy("good");
});

test("the server asks after each full hour, again when there was no answer, and at the end", async () => {
  const server = await new Server({ args: ["--config", (() => {
    const config = join(folder, "heard.conf");
    writeFileSync(config, `tsa_url = ${url}\njobs_seconds = 2\n`);
    return config;
  })()] }).start();
  try {
    const demo = server.demo();
    const id = "01a00000-0000-7000-8000-000000000035";
    const directory = `recordings/${demo.hearing}/R95`;
    const log = join(server.data, directory);
    const made = running(4);
    cpSync(made.log, log, { recursive: true });
    authority.answer = () => [503, "later"];
    const asked = authority.asked;
    const HOUR = 3_600_000;
    const task = () => server.query(`SELECT state, error, detail FROM recording_task WHERE recording_id = '${id}' AND kind = 'timestamp'`)[0] ?? [];
    const until = async (what, look) => {
      for (let i = 0; i < 120; i += 1) {
        if (look()) return;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      throw new Error(`${what}: ${JSON.stringify(task())}\n${server.log.slice(-2000)}`);
    };
    server.sql(`INSERT INTO recording VALUES ('${id}', 'X-R95', '${demo.hearing}', '${demo.case}', 'main', 'main', 1, 'recording', '${directory}', ${Date.now() - HOUR + 30_000}, NULL, 1, 1, NULL, 'none', 0, NULL, 0, 1)`);
    await until("the authority's refusal", () => /^unavailable/.test(task()[1] ?? ""));
    assert.ok(authority.asked > asked && !existsSync(stampFile(log, 1)));
    authority.answer = stampBy("good");
    await until("stamped while it runs", () => task()[0] === "waiting");
    assert.deepEqual([JSON.parse(task()[2]).file, existsSync(stampFile(log, 1))], ["timestamp-0001.tsr", true]);
    const once = authority.asked;
    // The second hour is over.
    made.upTo(7);
    cpSync(journalOf(made.log), journalOf(log));
    server.sql(`UPDATE recording SET started_ms = started_ms - ${HOUR} WHERE id = '${id}'`, `UPDATE recording_task SET changed_ms = changed_ms - ${HOUR} WHERE recording_id = '${id}'`);
    await until("stamped again", () => existsSync(stampFile(log, 2)) && task()[0] === "waiting");
    assert.equal(authority.asked, once + 1);
    made.end();
    for (const name of ["journal.jsonl", "seal.json"]) cpSync(join(made.log, name), join(log, name));
    server.sql(`UPDATE recording SET state = 'sealed', derive_state = 'failed' WHERE id = '${id}'`);
    await until("stamped at the end", () => task()[0] === "ready");
    const report = verify(log, "--tsa", join(folder, "good-ca.pem"));
    assert.deepEqual([report.code, report.hourly_timestamps.count, report.timestamp_ms > 0], [0, 2, true]);
  } finally {
    await server.stop();
    removeFolder(server.data);
  }
}, 420_000);

test("where there is no recording nothing is stamped", async () => {
  const empty = tempFolder();
  const { code, out } = await timestamp(empty);
  assert.deepEqual([code, /not_found/.test(out)], [1, true], out);
  removeFolder(empty);
  assert.equal(heard(["timestamp"]).code, 2);
});
