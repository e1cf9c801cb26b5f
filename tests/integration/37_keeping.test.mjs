// SPDX-License-Identifier: Apache-2.0
// From a hearing that is recorded to its destruction by two persons, and what is left then.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client, Socket } from "./lib/client.mjs";
import { Server, heard, heardStarts, removeFolder, tempFolder } from "./lib/server.mjs";

const API = "/api/v1";
const DAY_MS = 86_400_000;
const KILL_AFTER_MS = [2, 6, 10, 40];
const data = tempFolder();
const settings = join(data, "..", `${data.split("/").pop()}.conf`);
writeFileSync(settings, "keep_reception = 1d\n");
// Leaks of GStreamer in heard derive and of cairo in heard statement: tests/lsan.supp.
const start = () => new Server({ data, args: ["--config", settings], env: { ASAN_OPTIONS: "detect_leaks=0" } }).start();
let server = await start();
const demo = server.demo();
const children = [];
atEnd(async () => {
  for (const child of children) child.kill("SIGKILL");
  await server.stop();
  removeFolder(data);
  removeFolder(settings);
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const staff = (role) => new Client(server.http).login([demo.accounts[role]].flat()[0]);
const folderOf = (name) => join(data, "recordings", demo.hearing, name);
const verify = (name) => {
  const { code, stdout } = heard(["verify", folderOf(name), "--json"]);
  return { code, ...JSON.parse(stdout) };
};

async function until(what, look, ms = 20_000) {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await pause(50)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`in vain: ${what}: ${server.log.slice(-1500)}`);
}

function problem(answer, status, code) {
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
}

async function enters(role) {
  const client = new Client(server.http);
  const opened = await client.openLink([demo.links[role]].flat()[0]);
  const { socket } = await Socket.open(server.http, `${API}/hearings/${demo.hearing}/events`, { cookie: client.cookie });
  let id = 0;
  const ask = async (type, fields) => {
    socket.command((id += 1), type, fields);
    const reply = await socket.next((m) => m.re === id);
    assert.equal(reply.ok, true, `${type}: ${JSON.stringify(reply)}`);
  };
  await ask("hello", { language: "zh", slots: 6 });
  return { ask, socket, id: opened.json.participant.id, token: client.cookie.split("=")[1] };
}

let recording;
let path;

test("a hearing is recorded, with a break", async () => {
  const people = {};
  for (const role of ["presiding", "clerk", "petitioner", "department"]) people[role] = await enters(role);
  const { presiding, clerk, petitioner } = people;
  for (const subject of ["online_mode", "recording"]) await petitioner.ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
  await clerk.ask("participant.check_identity", { participant: petitioner.id, method: "id_card", document: "1234", result: "ok" });
  await clerk.ask("participant.admit", { participant: petitioner.id });
  await presiding.ask("hearing.open");
  children.push(heardStarts(["bench", `--whip=${server.http}${API}/hearings/${demo.hearing}/whip?label=camera`, `--bearer=${people.department.token}`,
    "--subs=0", "--media=a", "--settle=0", "--duration=60", "--no-delete"]));
  await presiding.socket.next((m) => m.type === "participant.changed" && m.data.participant.id === people.department.id && m.data.participant.microphone === "on");
  await pause(2500);
  await presiding.ask("hearing.recess", { reason: "休息" });
  await pause(1000);
  await presiding.ask("hearing.resume");
  await pause(1500);
  await presiding.ask("hearing.close", { outcome: "explained", note: "all said" });
  for (const { socket } of Object.values(people)) socket.close();
  const [[id]] = await until("the seal", () => {
    const rows = server.query("SELECT id FROM recording WHERE state = 'sealed' AND derive_state = 'ready'");
    return rows.length && rows;
  }, 60_000);
  recording = id;
  path = `${API}/keeping/${recording}`;
  assert.equal(verify("R01").code, 0);
  for (const name of ["R02", "R03", "R04", "R05"]) cpSync(folderOf("R01"), folderOf(name), { recursive: true });
}, 90_000);

test("only who keeps recordings, and the security admin only as the second", async () => {
  const [archivist, security, clerk, presiding] = await Promise.all(["archivist", "sec_admin", "clerk", "presiding"].map(staff));
  for (const other of [clerk, presiding]) {
    problem(await other.get(`${API}/keeping`), 403, "wrong_role");
    problem(await other.get(path), 403, "wrong_role");
    for (const verb of ["holds", "holds/x/lift", "request", "withdraw", "confirm", "permanent", "permanent/end", "permanent/end/withdraw", "permanent/end/confirm"]) problem(await other.post(`${path}/${verb}`, { reason: "试试" }), 403, "wrong_role");
    problem(await other.get(`${path}/certificate`), 403, "wrong_role");
  }
  for (const verb of ["holds", "request", "permanent", "permanent/end"]) problem(await security.post(`${path}/${verb}`, { reason: "试试" }), 403, "wrong_role");
  problem(await new Client(server.http).get(path), 401, "unauthenticated");
  const seen = (await archivist.get(path)).json;
  assert.deepEqual([seen.class, seen.is_past, seen.is_held, seen.order, seen.may], ["reception", false, false, null, ["hold", "permanent"]]);
  assert.equal(seen.keep_until_ms - seen.keep_from_ms, DAY_MS);
  assert.equal(seen.title, "小区外墙漏水问题联合接访");
  const hidden = (await security.get(path)).json;
  assert.deepEqual([hidden.title, hidden.number, hidden.may], [null, seen.number, []]);
  problem(await security.get(`${API}/recordings/${recording}`), 403, "wrong_role");
});

test("not before its time; not while held", async () => {
  const archivist = await staff("archivist");
  problem(await archivist.post(`${path}/request`, { reason: "期满鉴定" }), 409, "not_due");
  server.sql(`UPDATE recording SET stopped_ms = stopped_ms - ${2 * DAY_MS} WHERE id = '${recording}'`);
  const due = (await archivist.get(`${API}/keeping?show=due`)).json;
  assert.deepEqual([due.items.map(({ id }) => id), due.next_cursor], [[recording], null]);
  problem(await archivist.get(`${API}/keeping?show=old`), 422, "bad_field");
  problem(await archivist.post(`${path}/holds`, { reason: "x" }), 422, "bad_field");
  problem(await archivist.post(`${path}/holds`, { reason: "复查期间", scope: "unit" }), 422, "bad_field");
  const own = await archivist.post(`${path}/holds`, { reason: "复查期间" });
  const wide = await archivist.post(`${path}/holds`, { reason: "诉讼保全", scope: "case" });
  assert.deepEqual([own.status, wide.status], [201, 201]);
  problem(await archivist.post(`${path}/request`, { reason: "期满鉴定" }), 409, "held");
  assert.equal((await archivist.post(`${path}/holds/${own.json.id}/lift`, { reason: "复查终结" })).status, 204);
  problem(await archivist.post(`${path}/request`, { reason: "期满鉴定" }), 409, "held");
  problem(await archivist.post(`${path}/holds/${own.json.id}/lift`, { reason: "再一次" }), 409, "conflict");
  problem(await archivist.post(`${path}/holds/${recording}/lift`, { reason: "没有的" }), 404, "not_found");
  assert.equal((await archivist.get(`${API}/keeping?show=held`)).json.items[0].holds[0].reason, "诉讼保全");
  assert.equal((await archivist.post(`${path}/holds/${wide.json.id}/lift`, { reason: "诉讼终结" })).status, 204);
  const all = (await archivist.get(`${path}/holds`)).json.items;
  assert.deepEqual(all.map((hold) => [hold.scope, hold.lift_reason, hold.set_by.name]), [["recording", "复查终结", "苏兰"], ["case", "诉讼终结", "苏兰"]]);
});

test("for ever by one person, and back by two", async () => {
  const [archivist, security] = await Promise.all(["archivist", "sec_admin"].map(staff));
  problem(await archivist.post(`${path}/permanent`, { reason: "x" }), 422, "bad_field");
  problem(await archivist.post(`${path}/permanent/end`, { reason: "没有的" }), 409, "conflict");
  assert.equal((await archivist.post(`${path}/permanent`, { reason: "有领导批示且有处理结果" })).status, 204);
  problem(await archivist.post(`${path}/permanent`, { reason: "再来" }), 409, "conflict");
  const seen = (await archivist.get(path)).json;
  assert.deepEqual([seen.class, seen.basis, seen.keep_until_ms, seen.is_past, seen.permanent.reason, seen.permanent.decided_by.name, seen.may],
    ["permanent", "经鉴定永久保管", null, false, "有领导批示且有处理结果", "苏兰", ["hold", "end_permanent"]]);
  problem(await archivist.post(`${path}/request`, { reason: "期满鉴定" }), 409, "not_due");
  assert.deepEqual((await archivist.get(`${API}/keeping?show=due`)).json.items, []);
  assert.deepEqual((await archivist.get(`${API}/keeping?show=permanent`)).json.items.map(({ id }) => id), [recording]);
  problem(await security.post(`${path}/permanent/end/confirm`), 409, "conflict");
  assert.equal((await archivist.post(`${path}/permanent/end`, { reason: "批示与本案无关" })).status, 204);
  problem(await archivist.post(`${path}/permanent/end/confirm`), 409, "same_person");
  assert.deepEqual((await security.get(`${API}/keeping?show=requested`)).json.items.map((item) => [item.id, item.permanent.end_asked_by.name, item.may]),
    [[recording, "苏兰", ["confirm_end", "withdraw_end"]]]);
  assert.equal((await security.post(`${path}/permanent/end/withdraw`, { reason: "缺鉴定意见" })).status, 204);
  assert.equal((await archivist.get(path)).json.permanent.end_asked_by, null);
  assert.equal((await archivist.post(`${path}/permanent/end`, { reason: "附鉴定意见" })).status, 204);
  assert.equal((await security.post(`${path}/permanent/end/confirm`)).status, 204);
  const back = (await archivist.get(path)).json;
  assert.deepEqual([back.class, back.is_past, back.permanent, back.may], ["reception", true, null, ["hold", "request", "permanent"]]);
  const actions = server.query("SELECT action, actor_id, reason FROM audit WHERE action LIKE 'keep.%' ORDER BY seq");
  assert.deepEqual(actions.map(([action]) => action), ["keep.permanent", "keep.permanent.end_request", "keep.permanent.end_withdraw", "keep.permanent.end_request", "keep.permanent.end"]);
  assert.notEqual(actions[3][1], actions[4][1]);
});

test("one person can't, whatever comes between", async () => {
  const [archivist, security] = await Promise.all(["archivist", "sec_admin"].map(staff));
  problem(await archivist.post(`${path}/confirm`), 409, "conflict");
  problem(await archivist.post(`${path}/request`, {}), 422, "bad_field");
  assert.equal((await archivist.post(`${path}/request`, { reason: "期满鉴定，无继续保存价值" })).status, 201);
  problem(await archivist.post(`${path}/request`, { reason: "再来" }), 409, "conflict");
  problem(await archivist.post(`${path}/confirm`), 409, "same_person");
  assert.equal((await security.post(`${path}/withdraw`, { reason: "缺鉴定意见" })).status, 204);
  problem(await security.post(`${path}/confirm`), 409, "conflict");
  assert.equal((await archivist.post(`${path}/request`, { reason: "附鉴定意见" })).status, 201);
  const hold = await archivist.post(`${path}/holds`, { reason: "又有申诉" });
  problem(await security.post(`${path}/confirm`), 409, "held");
  await archivist.post(`${path}/holds/${hold.json.id}/lift`, { reason: "申诉撤回" });
  const waiting = (await security.get(`${API}/keeping?show=requested`)).json.items;
  assert.deepEqual(waiting.map((item) => [item.id, item.order.requested_by.name, item.order.reason, item.may]), [[recording, "苏兰", "附鉴定意见", ["confirm", "withdraw"]]]);
  assert.equal(verify("R01").code, 0);
});

test("confirmed by another: nothing can be read, and what was there is proven", async () => {
  const [archivist, security, clerk] = await Promise.all(["archivist", "sec_admin", "clerk"].map(staff));
  const before = verify("R01");
  const about = (await clerk.get(`${API}/recordings/${recording}`)).json;
  const file = `${API}/recordings/${recording}/files/${about.files.find(({ kind }) => kind === "mixed_audio").id}`;
  await clerk.post(`${API}/recordings/${recording}/views`, { reason: "复核" });
  assert.equal((await clerk.get(file, { Range: "bytes=0-9" })).status, 206);
  const document = await clerk.get(`${API}/recordings/${recording}/statement.pdf`);
  assert.deepEqual([document.status, document.headers["content-type"]], [200, "application/pdf"], document.text.slice(0, 300));
  const said = spawnSync("pdftotext", ["-layout", "-", "-"], { input: document.bytes, encoding: "utf8" }).stdout;
  for (const wanted of ["录音录像情况说明", "小区外墙漏水问题联合接访", "示范县信访局", "张小满", "信访人", "周正平", "陈建", "责任单位", "示范县住房和城乡建设局", "暂停录制", "休息", before.log_id]) assert.ok(said.includes(wanted), `${wanted}: ${said}`);
  const english = await clerk.get(`${API}/recordings/${recording}/statement.pdf?language=en`);
  assert.match(english.headers["content-disposition"], /-statement-en\.pdf"$/);
  assert.match(spawnSync("pdftotext", ["-layout", "-", "-"], { input: english.bytes, encoding: "utf8" }).stdout, /Statement on a recording[^]*[^]*presiding[^]*paused/);
  problem(await clerk.get(`${API}/recordings/${recording}/statement.pdf?language=fr`), 422, "bad_field");
  assert.equal((await clerk.get(`${API}/recordings/${recording}/certificate.pdf`)).bytes.subarray(0, 5).toString(), "%PDF-");
  problem(await (await staff("observer")).get(`${API}/recordings/${recording}/statement.pdf`), 403, "wrong_role");
  const confirmed = await security.post(`${path}/confirm`);
  assert.equal(confirmed.status, 202, confirmed.text);
  problem(await clerk.get(file, { Range: "bytes=0-9" }), 410, "destroyed");
  await until("destroyed", async () => (await archivist.get(path)).json.state === "destroyed");

  problem(await clerk.get(file, { Range: "bytes=0-9" }), 410, "destroyed");
  problem(await clerk.get(`${API}/recordings/${recording}/timeline`), 410, "destroyed");
  problem(await clerk.get(`${API}/recordings/${recording}/statement.pdf`), 410, "destroyed");
  problem(await clerk.post(`${API}/recordings/${recording}/views`, { reason: "复核" }), 410, "destroyed");
  const after = (await clerk.get(`${API}/recordings/${recording}`)).json;
  assert.deepEqual([after.state, after.may_play, after.files, after.chain_head], ["destroyed", false, [], about.chain_head]);
  for (const verb of ["request", "confirm", "withdraw", "holds"]) problem(await archivist.post(`${path}/${verb}`, { reason: "再来" }), 410, "destroyed");

  assert.deepEqual(readdirSync(folderOf("R01")).sort(), ["destruction.jsonl", "journal.jsonl", "seal.json"]);
  const report = verify("R01");
  assert.deepEqual([report.code, report.result, report.log_id, report.chain_head, report.duration_ms, report.signatures],
    [3, "destroyed", before.log_id, before.chain_head, before.duration_ms, before.signatures]);
  assert.deepEqual([report.destroyed.requested_by, report.destroyed.confirmed_by, report.destroyed.signer_fingerprint], ["苏兰", "方锐", before.signer_fingerprint]);
  assert.equal(heard(["verify", folderOf("R01"), "--ca", join(data, "signing-certificate.pem")]).code, 3);
  assert.equal(heard(["verify", folderOf("R01"), "--ca", join(data, "certificate.pem")]).code, 1);
  assert.match(heard(["verify", folderOf("R01"), "--lang", "zh"]).stdout, /^已依规销毁：\d{4}-\d\d-\d\d .*申请：苏兰，确认：方锐/s);
  const exported = heard(["export", "--recording", folderOf("R01"), "--key", join(data, "recordings.key"), "--pcapng", join(data, "x.pcapng")]);
  assert.equal(exported.code, 1);
  assert.equal((await clerk.get(`${API}/recordings/${recording}/integrity`)).json.result, "destroyed");
  assert.equal((await archivist.get(`${path}/certificate`)).json.text, readFileSync(join(folderOf("R01"), "destruction.jsonl"), "utf8"));
  const actions = server.query("SELECT action, actor_id FROM audit WHERE action LIKE 'destruction.%' OR action = 'recording.destroyed' ORDER BY seq");
  assert.deepEqual(actions.map(([action]) => action), ["destruction.request", "destruction.withdraw", "destruction.request", "destruction.confirm", "recording.destroyed"]);
  assert.notEqual(actions[2][1], actions[3][1]);
  assert.throws(() => server.sql(`UPDATE recording SET state = 'sealed' WHERE id = '${recording}'`));
  assert.equal(verify("R02").code, 0); // a folder without a row is nobody's business
}, 120_000);

test("killed in the middle of it, a start goes on", async () => {
  const columns = "recording_no, hearing_id, case_id, room, node, epoch, state, directory, started_ms, stopped_ms, durable_bytes, duration_ms, chain_head, derive_state, derive_permille, derive_error, hold, created_ms";
  const names = ["R02", "R03", "R04", "R05"];
  const ids = names.map((name, i) => `01a00000-0000-7000-8000-00000000000${i}`);
  server.sql(...names.map((name, i) => `INSERT INTO recording (id, ${columns}) SELECT '${ids[i]}', 'X-${name}', hearing_id, case_id, room, node, ${i + 2}, 'sealed', 'recordings/${demo.hearing}/${name}', started_ms, stopped_ms, durable_bytes, duration_ms, chain_head, 'ready', 1000, NULL, 0, created_ms FROM recording WHERE id = '${recording}'`));
  for (const [i, id] of ids.entries()) {
    const [archivist, security] = await Promise.all(["archivist", "sec_admin"].map(staff));
    assert.equal((await archivist.post(`${API}/keeping/${id}/request`, { reason: "期满" })).status, 201);
    const answer = security.post(`${API}/keeping/${id}/confirm`).then(({ status }) => status, () => "cut off");
    await pause(KILL_AFTER_MS[i]);
    await server.stop("SIGKILL");
    const between = verify(names[i]);
    console.log(`# killed after ${KILL_AFTER_MS[i]} ms, answer ${await answer}: ${between.result} ${between.findings.map(({ kind }) => kind)}`);
    assert.ok(between.code === 0 || existsSync(join(folderOf(names[i]), "destruction.jsonl")), JSON.stringify(between));
    server = await start();
    const [[state]] = server.query(`SELECT state FROM destruction_order WHERE recording_id = '${id}'`);
    if (state === "requested") assert.equal((await (await staff("sec_admin")).post(`${API}/keeping/${id}/confirm`)).status, 202);
    await until("destroyed after the start", () => server.query(`SELECT state FROM recording WHERE id = '${id}'`)[0][0] === "destroyed");
    assert.equal(verify(names[i]).code, 3);
  }
  assert.equal(server.query("SELECT count(*) FROM audit WHERE action = 'recording.destroyed'")[0][0], 5);
  assert.equal((await (await staff("archivist")).get(`${API}/keeping?show=destroyed&limit=2`)).json.items.length, 2);
}, 300_000);

test("terms that are none are refused at the start", () => {
  const file = join(data, "bad.conf");
  for (const term of ["soon", "0d", "10 y"]) {
    writeFileSync(file, `keep_unfiled = ${term}\n`);
    const run = heard(["serve", "--config", file, "--data", join(data, "other"), "--port", "0"]);
    assert.equal(run.code, 1);
    assert.match(run.stderr, /keep_unfiled: '.*' is no term/);
  }
});
