// SPDX-License-Identifier: Apache-2.0
// heard statement: documents of a recording, read again by another program.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atEnd, test } from "./lib/runner.mjs";
import { heard, removeFolder, tempFolder } from "./lib/server.mjs";

const VECTORS = fileURLToPath(new URL("../vectors/hearing/R01", import.meta.url));
const ENV = { TZ: "Asia/Shanghai", ASAN_OPTIONS: "detect_leaks=0" }; // caches of cairo and fontconfig: tests/lsan.supp
const RUN_MS = 120_000; // fonts are laid out in a second, on a machine that has time
const TEST_MS = 400_000;
const folder = tempFolder();
const KEY = join(folder, "organisation.key"); // readable by its owner only, which git does not keep
writeFileSync(KEY, readFileSync(new URL("../vectors/organisation.key", import.meta.url)), { mode: 0o600 });
atEnd(() => removeFolder(folder));

function make(recording, kind, ...more) {
  const out = join(folder, `${kind}.pdf`);
  const run = heard(["statement", "--recording", recording, "--kind", kind, "--out", out, "--number", "HSJ-R01", ...more], "", ENV, RUN_MS);
  return { ...run, out };
}

function read({ code, stderr, out }) {
  assert.equal(code, 0, stderr);
  const text = spawnSync("pdftotext", ["-layout", out, "-"], { encoding: "utf8" }).stdout;
  const info = spawnSync("pdfinfo", [out], { encoding: "utf8" }).stdout;
  const fonts = spawnSync("pdffonts", [out], { encoding: "utf8" }).stdout.trim().split("\n").slice(2);
  assert.match(info, /595\.\d+ x 841\.\d+ pts \(A4\)/);
  assert.ok(fonts.length > 0 && fonts.every((line) => /\+Noto.*CJK.* yes yes yes /.test(line)), fonts.join("\n"));
  return { text, pages: Number(/Pages:\s+(\d+)/.exec(info)[1]) };
}

const report = JSON.parse(heard(["verify", VECTORS, "--json"], "", ENV, RUN_MS).stdout);
const grouped = (hex) => hex.match(/.{8}/g);

test("a statement tells what the log holds", () => {
  const { text, pages } = read(make(VECTORS, "statement", "--key", KEY, "--title", "外墙漏水联合接访", "--office", "示范县信访局"));
  for (const wanted of ["录音录像情况说明", "HSJ-R01", "外墙漏水联合接访", "示范县信访局", "一、基本情况", "二、录音录像中的人员", "三、中断情况", "四、缺失与故障", "五、完整性",
    "书记员（签名）", "主持人（签名）", "完好，未发现改动", "UTC+08:00", "2026年11月28日 08:00:00", report.log_id, "heard test vectors"])
    assert.ok(text.includes(wanted), wanted);
  for (let page = 1; page <= pages; page += 1) assert.match(text, new RegExp(`第 ?${page} ?页\\s*共 ?${pages} ?页`));
  for (const hex of [report.chain_head, report.signer_fingerprint]) for (const part of grouped(hex)) assert.ok(text.includes(part), part);
  assert.ok(text.includes(`未收到的数据包共 ${report.lost_packets} 个`));
}, TEST_MS);

test("a certificate fits one page", () => {
  const { text, pages } = read(make(VECTORS, "certificate", "--key", KEY, "--title", "外墙漏水联合接访", "--office", "示范县信访局"));
  assert.equal(pages, 1);
  const seal = readFileSync(join(VECTORS, "seal.json"));
  for (const method of ["sha256", "sm3"]) {
    const hex = spawnSync("openssl", ["dgst", `-${method}`, "-r"], { input: seal, encoding: "utf8" }).stdout.split(" ")[0];
    for (const part of grouped(hex)) assert.ok(text.includes(part), `${method} ${part}`);
  }
  for (const wanted of ["录音录像存证证书", "兹证明", "heard verify", "当事人（签名）"]) assert.ok(text.includes(wanted), wanted);
}, TEST_MS);

test("in English, but for what people wrote", () => {
  const more = ["--key", KEY, "--title", "外墙漏水联合接访", "--office", "示范县信访局", "--language", "en"];
  const statement = read(make(VECTORS, "statement", ...more));
  const certificate = read(make(VECTORS, "certificate", ...more));
  for (const wanted of ["Statement on a recording", "1. The recording", "2. People in the recording", "3. Interruptions", "4. Losses and faults", "5. Integrity",
    "petitioner", "intact, nothing was found altered", "28 November 2026, 08:00:00", "Page 1 of", "Clerk:", "Presiding officer:", "authoritative", report.log_id,
    `Packets that never arrived: ${report.lost_packets}.`]) assert.ok(statement.text.includes(wanted), `${wanted}: ${statement.text}`);
  for (const wanted of ["Certificate of a recording", "It is certified", "Party:", "Page 1 of 1"]) assert.ok(certificate.text.includes(wanted), wanted);
  assert.equal(certificate.pages, 1);
  for (const { text } of [statement, certificate]) {
    const left = text.replaceAll(/外墙漏水联合接访|示范县信访局|李四/g, "").match(/[\u4e00-\u9fff]+/g);
    assert.equal(left, null, `not translated: ${left}`);
  }
  assert.equal(make(VECTORS, "statement", "--language", "fr").code, 2);
}, TEST_MS);

test("breaks, losses and many people, over pages", () => {
  const recording = join(folder, "rec");
  cpSync(VECTORS, recording, { recursive: true });
  mkdirSync(join(recording, "derived"));
  const people = Array.from({ length: 60 }, (_, i) => ({ id: `p${i}`, name: `人员${i}`, role: "observer", unit: "示范市信访局", present: [[i * 1000, 3_600_000]] }));
  const gaps = [
    { from_ms: 1_500_000, to_ms: 2_100_000, reason: "paused", note: "休息十分钟", packets: 0 },
    { from_ms: 100_000, to_ms: 103_000, reason: "network", note: "", participant: "p3", source: "camera", packets: 120 },
    { from_ms: 200_000, to_ms: 201_000, reason: "network", note: "", participant: "p3", source: "camera", packets: 80 },
  ];
  writeFileSync(join(recording, "derived", "timeline.json"), JSON.stringify({ version: 1, participants: people, gaps, events: [], chapters: [] }));
  const { text, pages } = read(make(recording, "statement"));
  assert.ok(pages >= 3);
  assert.equal(text.match(/姓名 +身份 +单位/g).length, Math.max(2, pages - 1));
  for (const { name } of people) assert.ok(text.includes(name), name);
  assert.match(text, /00:25:00 至 00:35:00 +10分0秒 +暂停录制 +休息十分钟/);
  assert.match(text, /人员3 +画面 +2 +4秒 +200 +网络丢包或中断/);
  const english = read(make(recording, "statement", "--language", "en")).text;
  assert.match(english, /00:25:00 to 00:35:00 +10 min 0 s +paused +休息十分钟/);
  assert.match(english, /人员3 +picture +2 +4 ?s +200 +network loss/);
}, TEST_MS);

test("what was altered is not called good, and what is no recording makes no document", () => {
  const recording = join(folder, "altered");
  cpSync(VECTORS, recording, { recursive: true });
  const segment = readFileSync(join(recording, "000001.seg"));
  segment[300] ^= 1;
  writeFileSync(join(recording, "000001.seg"), segment);
  assert.ok(read(make(recording, "statement", "--key", KEY)).text.includes("不完好：发现改动或缺失"));
  assert.ok(read(make(recording, "certificate", "--key", KEY)).text.includes("不完好，详见录音录像情况说明"));
  const none = make(folder, "nothing");
  assert.equal(none.code, 2);
  const empty = heard(["statement", "--recording", folder, "--out", join(folder, "none.pdf")], "", ENV, RUN_MS);
  assert.deepEqual([empty.code, /^heard statement: not_found: /.test(empty.stderr), existsSync(join(folder, "none.pdf"))], [1, true, false]);
  const nowhere = heard(["statement", "--recording", VECTORS, "--out", join(folder, "no", "where.pdf")], "", ENV, RUN_MS);
  assert.deepEqual([nowhere.code, /^heard statement: storage: /.test(nowhere.stderr)], [1, true], nowhere.stderr);
}, TEST_MS);
