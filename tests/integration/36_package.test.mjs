// SPDX-License-Identifier: Apache-2.0
// The export of a recording: who may ask, who decides, what comes, and what becomes of a client that is slow or gone.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { Server, heard, removeFolder, tempFolder } from "./lib/server.mjs";

const VECTORS = fileURLToPath(new URL("../vectors/hearing/R01", import.meta.url));
const BIG_BYTES = 96 << 20; // more than pipe and sockets hold
const PACKAGES_MAX = 4;
const pages = tempFolder();
writeFileSync(join(pages, "index.html"), "");
writeFileSync(join(pages, "verify.html"), "<p>page</p>");
const server = await new Server({ env: { HEARD_WEB_DIR: pages } }).start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
  removeFolder(pages);
});

const API = "/api/v1/recordings";
const ONE = "01a00000-0000-7000-8000-000000000001";
const BIG = "01a00000-0000-7000-8000-000000000002";
const NONE = "01a00000-0000-7000-8000-000000000003";
const RUNS = "01a00000-0000-7000-8000-000000000004";
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function place(id, name, state = "sealed") {
  const directory = `recordings/${demo.hearing}/${name}`;
  server.sql(`INSERT INTO recording VALUES ('${id}', 'HS-${name}', '${demo.hearing}', '${demo.case}', 'main', 'main', 1, '${state}', '${directory}', 1, 2, 1, 1, 'ab', 'ready', 1000, NULL, 0, 1)`);
  const folder = join(server.data, directory);
  mkdirSync(join(folder, ".."), { recursive: true });
  return folder;
}

cpSync(VECTORS, place(ONE, "R91"), { recursive: true });
const big = place(BIG, "R92");
cpSync(VECTORS, big, { recursive: true });
mkdirSync(join(big, "derived"));
writeFileSync(join(big, "derived", "mix.webm"), "");
truncateSync(join(big, "derived", "mix.webm"), BIG_BYTES);
mkdirSync(place(NONE, "R93"));
place(RUNS, "R94", "recording");

const [[unit]] = server.query("SELECT code FROM unit WHERE id = (SELECT organiser_unit_id FROM hearing LIMIT 1)");
function addArchivist(login) {
  const made = heard(["user", "add", "--login", login, "--name", login, "--roles", "archivist", "--unit", unit, "--data", server.data], "geheim-geheim-1");
  assert.equal(made.code, 0, made.stderr);
  return { login, password: "geheim-geheim-1" };
}
const archivists = ["archive.one", "archive.two"].map(addArchivist);
const staff = (account) => new Client(server.http).login(account);

async function approved(id) {
  const [asks, decides] = [await staff(archivists[0]), await staff(archivists[1])];
  const { json, status } = await asks.post(`${API}/${id}/exports`, { reason: "行政复议调卷" });
  assert.equal(status, 201);
  assert.equal((await decides.post(`${API}/${id}/exports/${json.id}/decision`, { approve: true, note: "同意" })).status, 200);
  return asks;
}

function unpack(bytes) {
  const folder = tempFolder();
  atEnd(() => removeFolder(folder));
  writeFileSync(join(folder, "x.zip"), bytes);
  const run = spawnSync("python3", ["-m", "zipfile", "-e", join(folder, "x.zip"), folder], { encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return join(folder, readdirSync(folder).find((name) => name !== "x.zip"));
}

test("without the right nobody asks, decides or gets it", async () => {
  for (const role of ["clerk", "mediator"]) {
    const who = await staff([demo.accounts[role]].flat()[0]);
    assert.equal((await who.get(`${API}/${ONE}`)).json.may_export, false);
    for (const answer of [await who.get(`${API}/${ONE}/exports`), await who.post(`${API}/${ONE}/exports`, { reason: "调卷" }),
      await who.post(`${API}/${ONE}/exports/${ONE}/decision`, { approve: true }), await who.get(`${API}/${ONE}/package`)])
      assert.equal(answer.json.code, "wrong_role");
  }
  assert.equal((await new Client(server.http).get(`${API}/${ONE}/package`)).status, 401);
});

test("asked for by one, decided by another, each in the audit trail", async () => {
  const [asks, decides] = [await staff(archivists[0]), await staff(archivists[1])];
  assert.equal((await asks.get(`${API}/${ONE}`)).json.may_export, true);
  assert.equal((await asks.get(`${API}/${ONE}/package`)).json.code, "forbidden");
  assert.equal((await asks.post(`${API}/${ONE}/exports`, { reason: "x" })).json.code, "bad_field");
  const made = await asks.post(`${API}/${ONE}/exports`, { reason: "行政复议调卷" });
  assert.deepEqual([made.status, made.json.state, made.json.own, made.json.may_decide, made.json.may_download], [201, "requested", true, false, false]);
  assert.equal((await asks.post(`${API}/${ONE}/exports`, { reason: "再来一次" })).json.code, "conflict");
  const decision = `${API}/${ONE}/exports/${made.json.id}/decision`;
  assert.equal((await asks.post(decision, { approve: true })).json.code, "forbidden");
  assert.equal((await asks.get(`${API}/${ONE}/package`)).json.code, "forbidden");
  assert.equal((await decides.get(`${API}/${ONE}/exports`)).json.items[0].may_decide, true);
  assert.equal((await decides.post(decision, { approve: "yes" })).json.code, "bad_field");
  assert.equal((await decides.post(`${API}/${BIG}/exports/${made.json.id}/decision`, { approve: true })).json.code, "not_found");
  const decided = await decides.post(decision, { approve: true, note: "同意" });
  assert.deepEqual([decided.status, decided.json.state, decided.json.decided_by], [200, "approved", "archive.two"]);
  assert.equal((await decides.post(decision, { approve: false })).json.code, "conflict");
  assert.equal((await decides.get(`${API}/${ONE}/package`)).json.code, "forbidden", "approving gives the other nothing");
  const got = await asks.get(`${API}/${ONE}/package`);
  assert.deepEqual([got.status, got.headers["content-type"], got.headers["content-disposition"]], [200, "application/zip", 'attachment; filename="HS-R91.zip"']);
  const [mine] = (await asks.get(`${API}/${ONE}/exports`)).json.items;
  assert.deepEqual([mine.downloads, mine.may_download], [1, true]);
  const trail = server.query("SELECT action || ' ' || coalesce(reason, '') FROM audit WHERE action LIKE 'recording.export%' ORDER BY seq").flat();
  assert.deepEqual(trail, ["recording.export.request 行政复议调卷", "recording.export.approve 同意", "recording.export 行政复议调卷"]);
  server.sql(`UPDATE recording_export SET decided_ms = decided_ms - ${7 * 86400_000}`);
  assert.equal((await asks.get(`${API}/${ONE}/package`)).json.code, "forbidden", "after seven days");
});

test("a refusal gives nothing; the presiding officer decides as well, for his hearing", async () => {
  const asks = await staff(archivists[0]);
  const presiding = await staff([demo.accounts.presiding].flat()[0]);
  const made = await asks.post(`${API}/${NONE}/exports`, { reason: "调卷" });
  assert.equal((await presiding.post(`${API}/${NONE}/exports/${made.json.id}/decision`, { approve: false, note: "不符合规定" })).status, 200);
  assert.equal((await asks.get(`${API}/${NONE}/package`)).json.code, "forbidden");
  server.sql("UPDATE seat SET account_id = NULL WHERE role = 'presiding'");
  assert.equal((await presiding.get(`${API}/${NONE}/exports`)).json.code, "forbidden");
});

test("what comes is whole and intact, over HTTP and TLS", async () => {
  const asks = await approved(ONE);
  const secure = await new Client(server.https).login(archivists[0]);
  for (const who of [asks, secure]) {
    const { bytes } = await who.get(`${API}/${ONE}/package`);
    const home = unpack(bytes);
    const report = heard(["verify", join(home, "original"), "--json"]);
    assert.equal(report.code, 0, report.stdout);
    assert.equal(JSON.parse(readFileSync(join(home, "verification.json"))).result, "intact");
    assert.equal(readFileSync(join(home, "verify.html"), "utf8"), "<p>page</p>");
    assert.equal(spawnSync("sha256sum", ["-c", "--quiet", "manifest.sha256"], { cwd: home }).status, 0);
  }
});

test("an excerpt: asked for with its range, seen by who decides, and proven by itself", async () => {
  const [asks, decides] = [await staff(archivists[0]), await staff(archivists[1])];
  const ask = (range) => asks.post(`${API}/${ONE}/exports`, { reason: "庭审质证片段", ...range });
  server.sql(`UPDATE recording SET duration_ms = 62000 WHERE id = '${ONE}'`);
  for (const range of [{ from_ms: 1 }, { to_ms: 5 }, { from_ms: 5, to_ms: 5 }, { from_ms: -1, to_ms: 5 }, { from_ms: 1.5, to_ms: 5 },
    { from_ms: 0, to_ms: 62_001 }, { from_ms: "0", to_ms: 5 }])
    assert.equal((await ask(range)).json.code, "bad_field", JSON.stringify(range));
  const made = await ask({ from_ms: 61_200, to_ms: 62_000 });
  assert.deepEqual([made.status, made.json.from_ms, made.json.to_ms], [201, 61_200, 62_000]);
  const [seen] = (await decides.get(`${API}/${ONE}/exports`)).json.items;
  assert.deepEqual([seen.may_decide, seen.from_ms, seen.to_ms], [true, 61_200, 62_000]);
  assert.equal((await decides.post(`${API}/${ONE}/exports/${made.json.id}/decision`, { approve: true })).status, 200);
  const got = await asks.get(`${API}/${ONE}/package`);
  assert.equal(got.headers["content-disposition"], 'attachment; filename="HS-R91-excerpt.zip"');
  const home = unpack(got.bytes);
  assert.deepEqual(readdirSync(join(home, "original")).sort(), ["000002.seg", "excerpt.json", "journal.jsonl", "log.json", "seal.json"]);
  const report = heard(["verify", join(home, "original"), "--json"]);
  assert.equal(report.code, 0, report.stdout);
  assert.deepEqual(JSON.parse(report.stdout).excerpt, { from_ms: 61_200, to_ms: 62_000, first_segment: 2, last_segment: 2, log_segments: 2 });
  assert.equal(spawnSync("sha256sum", ["-c", "--quiet", "manifest.sha256"], { cwd: home }).status, 0);
  const trail = server.query("SELECT reason FROM audit WHERE action = 'recording.export' ORDER BY seq DESC LIMIT 1").flat();
  assert.deepEqual(trail, ["庭审质证片段 (61200-62000 ms)"]);
});

test("a recording that runs, or is none, is a clear answer", async () => {
  const asks = await approved(RUNS);
  assert.equal((await asks.get(`${API}/${RUNS}/package`)).json.code, "conflict");
  await approved(NONE);
  const none = await asks.get(`${API}/${NONE}/package`);
  assert.deepEqual([none.status, none.json.code], [503, "unavailable"]);
});

// The body of a package, not read; resume() reads on, destroy() hangs up.
function open(client) {
  const url = new URL(`${API}/${BIG}/package`, server.http);
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers: { Cookie: client.cookie }, agent: false }, (response) => resolve(response));
    request.on("error", reject);
  });
}

function children() {
  return spawnSync("pgrep", ["-P", String(server.child.pid), "-f", "heard package"], { encoding: "utf8" }).stdout.trim().split("\n").filter(Boolean).length;
}

test("a slow client makes the child wait; one that goes ends it; no more than four at once", async () => {
  const asks = await approved(BIG);
  const slow = [];
  for (let i = 0; i < PACKAGES_MAX; i += 1) slow.push(await open(asks));
  assert.deepEqual(slow.map(({ statusCode }) => statusCode), Array(PACKAGES_MAX).fill(200));
  await pause(1500);
  assert.equal(children(), PACKAGES_MAX, "the children wait");
  const status = readFileSync(`/proc/${server.child.pid}/status`, "utf8");
  const grown = Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
  const fifth = await asks.get(`${API}/${BIG}/package`);
  assert.deepEqual([fifth.status, fifth.json.code], [429, "too_many"]);
  assert.equal((await asks.get("/healthz")).status, 200, "the server answers others meanwhile");
  for (const response of slow.slice(1)) response.destroy();
  let size = 0;
  for await (const chunk of slow[0]) size += chunk.length;
  assert.ok(size > BIG_BYTES, `${size}`);
  for (let i = 0; i < 50 && children() > 0; i += 1) await pause(100);
  assert.equal(children(), 0, "nobody is left");
  const after = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, "utf8"))[1]);
  assert.ok(after - grown < 64 * 1024, `${grown} to ${after} KB`);
}, 60_000);

test("a child that fails on the way cuts the connection", async () => {
  const asks = await staff(archivists[0]);
  const response = await open(asks);
  const pids = spawnSync("pgrep", ["-P", String(server.child.pid), "-f", "heard package"], { encoding: "utf8" }).stdout.trim().split("\n");
  process.kill(Number(pids[0]), "SIGKILL");
  await assert.rejects(async () => {
    for await (const chunk of response) void chunk;
  });
});

test("a stop of the server meanwhile is clean", async () => {
  const asks = await staff(archivists[0]);
  const response = await open(asks);
  response.on("error", () => {});
  const code = await server.stop();
  assert.equal(code, 0, server.log.slice(-2000));
  response.destroy();
});
