// SPDX-License-Identifier: Apache-2.0
// Recordings as people rely on them, over the real server: nothing opens before it is durable, who is
// at risk is told, faults get their note, and what no row knows is listed. The disk is a tmpfs that is
// made smaller, larger, or unable to hold one more file.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { pause, People, until } from "./lib/people.mjs";
import { Server, heard, removeFolder, tempFolder } from "./lib/server.mjs";

const data = tempFolder();
const disk = join(data, "recordings");
const LARGE = "size=20g,nr_inodes=0";
mkdirSync(disk);
execFileSync("mount", ["-t", "tmpfs", "-o", "size=20g,nr_inodes=2,mode=0750", "tmpfs", disk]);
const remount = (options) => execFileSync("mount", ["-o", `remount,${options}`, disk]);
writeFileSync(join(data, "heard.conf"), "recording_lost = continue\n");
let server = await new Server({ data, args: ["--config", join(data, "heard.conf")] }).start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  execFileSync("umount", ["-l", disk]);
  removeFolder(data);
});

const HEARING = `/api/v1/hearings/${demo.hearing}`;
const house = new People(() => server, HEARING, demo.links);
const people = house.of;
const [ask, does, enters] = ["ask", "does", "enters"].map((name) => (...args) => house[name](...args));
const recording = (role) => house.told(role).filter((m) => m.type === "recording.changed").at(-1)?.data.recording;
const rows = (where) => server.query(`SELECT recording_no, state, directory, id FROM recording WHERE ${where} ORDER BY id`);
const lists = () => heard(["recordings", "--data", data]);

test("a disk that takes no file: the hearing does not open, and says why", async () => {
  for (const role of ["presiding", "clerk", "petitioner"]) await enters(role);
  await house.admitsPetitioner();
  const since = Date.now();
  const answer = ask("presiding", "hearing.open");
  await does("clerk", "hand.raise"); // nobody waits for the disk but the opening
  assert.ok(Date.now() - since < 3000);
  assert.equal((await answer).error.reason, "recording_not_durable");
  assert.equal((await answer).error.code, "storage");
  assert.equal((await answer).error.detail, "disk_full");
  const waited = Date.now() - since;
  console.log(`# refused after ${waited} ms`);
  assert.ok(waited > 4500 && waited < 8000, `${waited} ms`);
  assert.deepEqual(rows("1").map(([, state]) => state), ["armed"]);
  assert.equal(recording("clerk").state, "armed");
  assert.equal(recording("clerk").fault, "disk_full");
});

test("a crash before the opening leaves a number that nobody used, in no list", async () => {
  await server.stop("SIGKILL");
  server = await new Server({ data, args: ["--config", join(data, "heard.conf")] }).start();
  assert.deepEqual(rows("1").map(([number, state]) => [number.slice(-3), state]), [["R01", "unused"]]);
  const clerk = await new Client(server.http).login([demo.accounts.clerk].flat()[0]);
  assert.deepEqual((await clerk.get(`/api/v1/cases/${demo.case}`)).json.recordings, []);
  assert.deepEqual([lists().code, lists().stdout], [0, ""]);
  for (const role of ["presiding", "clerk", "petitioner"]) await enters(role);
});

test("with room for files it opens, in a recording of its own", async () => {
  remount(LARGE);
  const since = Date.now();
  await does("presiding", "hearing.open");
  console.log(`# opened after ${Date.now() - since} ms`);
  assert.deepEqual(rows("state <> 'unused'").map(([number, state]) => [number.slice(-3), state]), [["R02", "recording"]]);
  await until("recording", () => recording("petitioner")?.state === "recording");
});

test("a full disk: everybody is told within seven seconds, the hearing goes on as the setting says", async () => {
  const { blocks, bfree, bsize } = statfsSync(disk);
  remount(`size=${(blocks - bfree) * bsize}`);
  // Nobody has media here: the last page of the segment is filled with what the officers do.
  for (let i = 0; i < 300 && recording("petitioner").fault !== "disk_full"; i += 1) await does("presiding", "hearing.advance", { phase: i % 2 ? "opening" : "statement", reason: "写满最后一页" });
  const since = Date.now();
  const risk = await until("at_risk", () => recording("petitioner")?.at_risk && recording("petitioner"), 9000);
  console.log(`# told after ${Date.now() - since} ms`);
  assert.ok(Date.now() - since < 8500);
  assert.equal(risk.disk, "full");
  assert.ok(Math.abs(risk.at_risk_since_ms - since) < 2500, `${risk.at_risk_since_ms - since}`);
  await does("clerk", "hand.lower");
  remount(LARGE);
  await until("no risk any more", () => recording("petitioner").at_risk === false);
  await until("the ladder", () => recording("petitioner").disk === "fine");
});

test("a crash is a fault of its own; the hearing goes on in another recording", async () => {
  await server.stop("SIGKILL");
  server = await new Server({ data, args: ["--config", join(data, "heard.conf")] }).start();
  await until("R03", () => existsSync(join(disk, demo.hearing, "R03", "log.json")));
  const [[, state, , id]] = rows("recording_no LIKE '%R02'");
  assert.equal(state, "sealed");
  const faults = server.query(`SELECT fault, from_ms, to_ms FROM recording_fault WHERE recording_id = '${id}' ORDER BY from_ms`);
  assert.deepEqual(faults.map(([fault]) => fault), ["disk_full", "crash"]);
  for (const [, from, to] of faults) assert.ok(to > from);
});

test("the clerk writes what happened, the presiding officer countersigns", async () => {
  const [[, , , id]] = rows("recording_no LIKE '%R02'");
  const path = `/api/v1/recordings/${id}/faults`;
  const account = (role) => new Client(server.http).login([demo.accounts[role]].flat()[0]);
  const [clerk, presiding, mediator] = [await account("clerk"), await account("presiding"), await account("mediator")];
  const [disk_full, crash] = (await clerk.get(path)).json.items;
  assert.deepEqual([disk_full.fault, disk_full.note, disk_full.may_note, disk_full.may_countersign], ["disk_full", null, true, false]);
  assert.equal((await mediator.get(path)).json.items[0].may_note, false);
  const note = (who, fault, text) => who.post(`${path}/${fault.id}/note`, { note: text });
  const sign = (who, fault) => who.post(`${path}/${fault.id}/countersign`, {});
  assert.equal((await note(clerk, disk_full, "  ")).json.code, "bad_field");
  assert.equal((await note(clerk, disk_full, "x".repeat(1001))).json.code, "bad_field");
  assert.ok(["forbidden", "wrong_role"].includes((await note(mediator, disk_full, "不是我")).json.code));
  assert.equal((await sign(presiding, disk_full)).json.code, "conflict"); // no note yet
  const written = await note(clerk, disk_full, "存储空间写满，已清理。");
  assert.equal(written.json.note, "存储空间写满，已清理。", written.text);
  assert.equal((await sign(clerk, disk_full)).json.code, "forbidden");
  const signed = await sign(presiding, disk_full);
  assert.ok(signed.json.countersigned_at_ms > 0, signed.text);
  assert.ok(signed.json.countersigned_by);
  assert.equal((await note(clerk, disk_full, "另一个说法")).json.code, "conflict");
  assert.equal((await sign(presiding, disk_full)).json.code, "conflict");
  await note(presiding, crash, "服务器断电。");
  assert.equal((await sign(presiding, crash)).json.code, "forbidden"); // his own words
  assert.equal((await clerk.get(`${path.replace(id, "01a00000-0000-7000-8000-000000000009")}`)).json.code, "not_found");
  const trail = server.query("SELECT action, object FROM audit WHERE action LIKE 'recording.fault%' ORDER BY seq");
  assert.deepEqual(trail.map(([action]) => action), ["recording.fault_note", "recording.fault_countersign", "recording.fault_note"]);
  assert.equal(trail[0][1], `fault:${disk_full.id}`);
});

test("what no row knows is listed, and nothing of it is touched", async () => {
  assert.deepEqual([lists().code, lists().stdout], [0, ""]);
  mkdirSync(join(disk, "stranger", "R07"), { recursive: true });
  writeFileSync(join(disk, "stranger", "R07", "000001.seg"), Buffer.alloc(5000));
  writeFileSync(join(disk, demo.hearing, "R02", "notes.txt"), "mine");
  writeFileSync(join(disk, demo.hearing, "R02", "journal.jsonl.torn1"), "");
  const { code, stdout } = lists();
  assert.equal(code, 1);
  const found = stdout.trim().split("\n").map((line) => JSON.parse(line)).sort((a, b) => (a.path < b.path ? -1 : 1));
  assert.deepEqual(found.map(({ kind, path, bytes }) => [kind, path, bytes]), [
    ["unknown", `recordings/${demo.hearing}/R02/notes.txt`, 4], ["unknown", "recordings/stranger/R07", 5000]]);
  assert.ok(found.every((one) => Math.abs(one.modified_ms - Date.now()) < 60_000));
  await server.stop();
  server = await new Server({ data }).start();
  assert.match(server.log, /files-unknown count=2 bytes=5004/);
  assert.equal(server.log.match(/files-unknown/g).length, 1);
  assert.ok(existsSync(join(disk, "stranger", "R07", "000001.seg")));
  assert.equal(heard(["recordings", "--wrong"]).code, 2);
});

test("a row without a log says so, until the log is back", async () => {
  const folder = join(disk, demo.hearing, "R02");
  renameSync(folder, join(disk, "aside"));
  await server.stop();
  server = await new Server({ data }).start();
  assert.deepEqual(rows("recording_no LIKE '%R02'").map(([, state]) => state), ["missing"]);
  assert.match(server.log, /logs-missing count=1/);
  assert.match(lists().stdout, /"kind":"missing"[^\n]*R02/);
  renameSync(join(disk, "aside"), folder);
  await server.stop();
  server = await new Server({ data }).start();
  assert.deepEqual(rows("recording_no LIKE '%R02'").map(([, state]) => state), ["sealed"]);
  assert.ok(readdirSync(folder).includes("seal.json"));
});
