// SPDX-License-Identifier: Apache-2.0
// Exhibits: what a file is by its content, whose it is until it is offered, who shows it, what the room, the database and the log learn.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client, Socket } from "./lib/client.mjs";
import { Server, heard, heardStarts, removeFolder, tempFolder } from "./lib/server.mjs";

const API = "/api/v1";
const data = tempFolder();
const settings = `${data}.conf`;
const files = tempFolder();
writeFileSync(settings, "exhibit_max_mb = 2\n");
// Leaks of GStreamer in heard derive: tests/lsan.supp.
const server = await new Server({ data, args: ["--config", settings], env: { ASAN_OPTIONS: "detect_leaks=0" } }).start();
const demo = server.demo();
const path = `${API}/hearings/${demo.hearing}/exhibits`;
const children = [];
atEnd(async () => {
  for (const child of children) child.kill("SIGKILL");
  await server.stop();
  for (const folder of [data, settings, files]) removeFolder(folder);
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const trail = () => server.query("SELECT action || ' ' || object FROM audit WHERE action LIKE 'exhibit.%' ORDER BY seq").map(([row]) => row);
function refused(answer, status, code) {
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
}

// Real files, made by a real encoder.
function made(name, ...args) {
  const file = join(files, name);
  execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", ...args, file]);
  return readFileSync(file);
}
const PICTURE = ["-i", "testsrc=size=320x240:duration=1:rate=1", "-frames:v", "1"];
const TONE = ["-i", "sine=duration=1"];
const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
const HEIC = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic\0\0\0\0mif1heic"), Buffer.alloc(400, 7)]);
const JPEG = made("a.jpg", ...PICTURE);

const people = {};
async function enter(role, index = 0) {
  const client = new Client(server.http);
  const opened = await client.openLink([demo.links[role]].flat()[index]);
  assert.equal(opened.status, 200, opened.text);
  return Object.assign(client, { id: opened.json.participant.id });
}
for (const role of ["presiding", "clerk", "petitioner", "department", "observer"]) people[role] = await enter(role);
const { presiding, clerk, petitioner, department, observer } = people;

const ticket = (who, fields) => who.post(path, { file_name: "照片.jpg", ...fields });
const send = (who, upload, bytes, headers = {}) => who.request("POST", upload, bytes, { "Content-Type": "application/octet-stream", ...headers });
async function bring(who, bytes, fields = {}) {
  const asked = await ticket(who, { size: bytes.length, ...fields });
  assert.equal(asked.status, 201, asked.text);
  return send(who, asked.json.upload, bytes);
}
async function brought(who, bytes, fields) {
  const answer = await bring(who, bytes, fields);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}
const list = async (who) => (await who.get(path)).json.items;
const sees = async (who, id) => (await list(who)).some((one) => one.id === id);
const act = (who, id, body) => who.post(`${path}/${id}/acts`, body);
const show = (who, id, body = {}) => who.post(`${path}/${id}/show`, body);
const hide = (who, id) => who.post(`${path}/${id}/hide`);

async function comes(who) {
  const { socket } = await Socket.open(server.http, `${API}/hearings/${demo.hearing}/events`, { cookie: who.cookie });
  let id = 0;
  who.socket = socket;
  who.ask = async (type, fields) => {
    socket.command((id += 1), type, fields);
    const reply = await socket.next((m) => m.re === id);
    assert.equal(reply.ok, true, `${type}: ${JSON.stringify(reply)}`);
  };
  await who.ask("hello", { language: "zh", slots: 6 });
  who.snapshot = (await socket.next((m) => m.type === "snapshot")).data;
}
const shownTo = async (who) => (await who.socket.next((m) => m.type === "exhibit.shown")).data.shown;

test("a file is what its content says, whatever its name", async () => {
  const taken = {
    "image/jpeg": JPEG, "image/png": made("a.png", ...PICTURE), "image/webp": made("a.webp", ...PICTURE),
    "audio/mpeg": made("a.mp3", ...TONE), "audio/ogg": made("a.opus", ...TONE), "audio/wav": made("a.wav", ...TONE),
    "video/mp4": made("a.mp4", "-i", "testsrc=duration=1", "-pix_fmt", "yuv420p"), "video/webm": made("a.webm", "-i", "testsrc=duration=1"),
    "application/pdf": PDF,
  };
  for (const [type, bytes] of Object.entries(taken)) {
    const exhibit = await brought(clerk, bytes, { file_name: "材料.docx" });
    assert.deepEqual([exhibit.media_type, exhibit.size, exhibit.sha256], [type, bytes.length, sha256(bytes)]);
    const content = await clerk.get(`${path}/${exhibit.id}/content`);
    assert.equal(content.headers["content-type"], type);
    assert.ok(content.bytes.equals(bytes));
    assert.equal(existsSync(join(data, "exhibits", exhibit.sha256.slice(0, 2), exhibit.sha256)), true);
  }
  refused(await bring(clerk, HEIC, { file_name: "照片.jpg" }), 422, "file_heic");
  for (const liar of ["<html><script>alert(1)</script></html>", "#!/bin/sh\nrm -rf /\n", "MZ\x90\0\x03\0\0\0", "just words", '<svg xmlns="http://www.w3.org/2000/svg"/>', "PK\x03\x04\x14\0\0\0"])
    refused(await bring(clerk, Buffer.from(liar.padEnd(300, " "), "latin1"), { file_name: "照片.jpg" }), 422, "file_type");
  assert.deepEqual(readdirSync(join(data, "exhibits/incoming")), []);
  assert.deepEqual((await list(clerk)).map((one) => `${one.side}${one.number}`), [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `organiser${n}`));
});

test("what an upload cannot be", async () => {
  for (const wrong of [{ size: 0 }, { size: -1 }, { size: "1" }, { size: undefined }, { file_name: "" }, { file_name: "a/b.jpg" }, { file_name: "x".repeat(201) }, { title: "x".repeat(101) },
    { side: "panel" }, { closed: "yes" }])
    refused(await ticket(clerk, { size: 10, ...wrong }), 422, "bad_field");
  refused(await ticket(clerk, { size: 2 * 1024 * 1024 + 1 }), 413, "too_large");
  refused(await ticket(observer, { size: 10 }), 403, "wrong_role");
  refused(await ticket(petitioner, { size: 10, side: "respondent" }), 403, "forbidden");
  refused(await new Client(server.http).post(path, { size: 10, file_name: "a" }), 401, "unauthenticated");
  const { upload } = (await ticket(petitioner, { size: JPEG.length })).json;
  refused(await send(department, upload, JPEG), 404, "not_found");
  refused(await send(petitioner, upload, JPEG.subarray(1)), 400, "bad_request");
  refused(await send(petitioner, upload, Buffer.concat([JPEG, JPEG])), 413, "too_large");
  refused(await send(petitioner, upload, JPEG, { "Content-Type": "image/jpeg" }), 415, "media_type");
  refused(await send(petitioner, `${API}/uploads/${"x".repeat(32)}`, JPEG.subarray(0, 1000)), 404, "not_found");
  const first = await send(petitioner, upload, JPEG);
  assert.equal(first.status, 201, first.text);
  const again = await send(petitioner, upload, JPEG);
  assert.deepEqual([again.status, again.json.id], [201, first.json.id], "the answer was lost: the same exhibit");
  assert.equal((await list(petitioner)).length, 1);
  for (let i = 0; i < 8; i += 1) assert.equal((await ticket(presiding, { size: 10 })).status, 201);
  refused(await ticket(presiding, { size: 10 }), 429, "too_many");
});

test("until it is offered it is its side's and the desk's; then the other side's, once identified", async () => {
  const photo = await brought(petitioner, JPEG, { title: "外墙漏水照片" });
  assert.deepEqual([photo.side, photo.number, photo.title, photo.state, photo.closed], ["petitioner", 2, "外墙漏水照片", "uploaded", false]);
  assert.deepEqual(photo.may, ["offer", "present", "withdraw"]);
  assert.equal(await sees(clerk, photo.id), true);
  for (const other of [department, observer]) {
    assert.equal(await sees(other, photo.id), false);
    for (const what of ["", "/content"]) refused(await other.get(`${path}/${photo.id}${what}`), 404, "not_found");
  }
  refused(await act(department, photo.id, { act: "object", ground: "genuine" }), 404, "not_found");
  assert.equal((await act(petitioner, photo.id, { act: "offer" })).json.state, "offered");
  refused(await act(petitioner, photo.id, { act: "offer" }), 409, "conflict");
  assert.equal(await sees(department, photo.id), true);
  assert.equal(await sees(observer, photo.id), false);
  const reply = await brought(clerk, JPEG, { side: "respondent", title: "答复意见" });
  assert.deepEqual([reply.side, reply.number], ["respondent", 1]);
  assert.equal((await act(clerk, reply.id, { act: "offer" })).status, 200);
  assert.equal(await sees(petitioner, reply.id), false, "a link alone tells nothing of the other side");
  refused(await act(petitioner, photo.id, { act: "object", ground: "genuine" }), 403, "forbidden");
  const said = await act(department, photo.id, { act: "object", ground: "genuine", note: "拍摄时间不明" });
  assert.deepEqual(said.json.objections.map(({ ground, text, side }) => [ground, text, side]), [["genuine", "拍摄时间不明", "respondent"]]);
  refused(await act(department, photo.id, { act: "object", ground: "genuine" }), 409, "conflict");
  for (const wrong of [{ act: "present" }, { act: "burn" }, {}, { act: "object", ground: "false" }]) refused(await act(department, photo.id, wrong), 422, "bad_field");
  const secret = await brought(department, JPEG, { title: "第三人住址", closed: true });
  assert.equal((await act(department, secret.id, { act: "offer" })).status, 200);
  assert.deepEqual(await Promise.all([petitioner, observer, clerk, presiding].map((who) => sees(who, secret.id))), [false, false, true, true]);
  assert.ok(trail().includes(`exhibit.object exhibit:${photo.id}`));
});

test("parts of a file", async () => {
  const [one] = await list(petitioner);
  const part = await petitioner.get(`${path}/${one.id}/content`, { Range: "bytes=10-19" });
  assert.deepEqual([part.status, part.headers["content-range"]], [206, `bytes 10-19/${JPEG.length}`]);
  assert.ok(part.bytes.equals(JPEG.subarray(10, 20)));
  assert.equal(part.headers.etag, `"${sha256(JPEG)}"`);
  refused(await petitioner.get(`${path}/${one.id}/content`, { Range: `bytes=${JPEG.length}-` }), 416, "range");
  assert.equal(part.headers["x-content-type-options"], "nosniff");
});

test("nothing is shown before the hearing runs; then by the desk, and by its side in its phase", async () => {
  const [, photo] = await list(petitioner);
  refused(await show(clerk, photo.id), 409, "wrong_phase");
  for (const who of [presiding, clerk, petitioner, department]) await comes(who);
  refused(await show(clerk, photo.id), 409, "wrong_phase");
  for (const subject of ["online_mode", "recording"]) await petitioner.ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
  await clerk.ask("participant.check_identity", { participant: petitioner.id, method: "id_card", document: "1234", result: "ok" });
  await clerk.ask("participant.admit", { participant: petitioner.id });
  await presiding.ask("hearing.open");
  children.push(heardStarts(["bench", `--whip=${server.http}${API}/hearings/${demo.hearing}/whip?label=camera`, `--bearer=${department.cookie.split("=")[1]}`, "--subs=0", "--media=a", "--settle=0", "--duration=60", "--no-delete"]));
  await presiding.socket.next((m) => m.type === "participant.changed" && m.data.participant.id === department.id && m.data.participant.microphone === "on", 30_000);
  assert.ok((await list(petitioner)).some((one) => one.side === "respondent"), "identified: the other side's, too");
  refused(await show(petitioner, photo.id), 409, "wrong_phase");
  refused(await show(department, photo.id), 403, "forbidden");
  refused(await show(observer, photo.id), 403, "wrong_role");
  assert.equal((await show(clerk, photo.id)).status, 200);
  for (const who of [presiding, petitioner, department]) {
    const shown = await shownTo(who);
    assert.deepEqual([shown.exhibit.id, shown.exhibit.title, shown.exhibit.number, shown.page, shown.pointer, shown.by], [photo.id, "外墙漏水照片", 2, 1, null, clerk.id]);
  }
  assert.equal((await list(petitioner)).find((one) => one.id === photo.id).state, "presented");
  assert.equal((await show(clerk, photo.id, { page: 3, pointer: { x: 500, y: 20 } })).status, 200);
  assert.deepEqual(await shownTo(petitioner).then(({ page, pointer }) => [page, pointer]), [3, { x: 500, y: 20 }]);
  for (let twice = 0; twice < 2; twice += 1) {
    const again = await clerk.post(`${path}/${photo.id}/show`, { page: 3 }, { "Idempotency-Key": "show-once" });
    assert.equal(again.status, 200, again.text);
  }
  refused(await show(petitioner, photo.id, { page: 4 }), 409, "wrong_phase");
  for (const wrong of [{ page: 0 }, { page: 10_000 }, { pointer: { x: -1, y: 0 } }, { pointer: 7 }]) refused(await show(clerk, photo.id, wrong), 422, "bad_field");
  await presiding.ask("hearing.advance", { phase: "statement", reason: "照片先看" });
  refused(await show(petitioner, (await list(petitioner))[0].id), 409, "conflict");
  await comes(petitioner);
  assert.equal(petitioner.snapshot.shown.page, 3, "who comes late sees it");
  assert.equal((await hide(clerk, photo.id)).status, 200);
  assert.equal(await shownTo(petitioner), null);
  refused(await hide(clerk, photo.id), 409, "conflict");
  assert.equal((await show(petitioner, photo.id)).status, 200, "in its own phase");
  assert.equal((await shownTo(petitioner)).by, petitioner.id);
  assert.equal((await show(presiding, photo.id, { page: 2 })).status, 200);
  assert.equal((await shownTo(petitioner)).by, petitioner.id, "who helps to turn a page does not take it over");
});

test("closed evidence is shown to who may see it; the others learn that it is", async () => {
  const secret = (await list(clerk)).find((one) => one.closed);
  assert.equal((await show(clerk, secret.id)).status, 200);
  const seen = (await shownTo(petitioner)).exhibit;
  assert.deepEqual([seen.may_see, seen.title, seen.media_type, seen.closed, seen.number], [false, null, null, true, 2]);
  refused(await petitioner.get(`${path}/${secret.id}/content`), 404, "not_found");
  await hide(clerk, secret.id);
});

test("decided on by who presides; then nobody takes it back", async () => {
  const photo = (await list(clerk)).find((one) => one.state === "presented" && !one.closed);
  refused(await act(clerk, photo.id, { act: "admit" }), 403, "wrong_role");
  const changes = () => department.socket.frames.filter(({ opcode, payload }) => opcode === 1 && JSON.parse(payload.toString()).type === "exhibits.changed").length;
  const before = changes();
  for (let twice = 0; twice < 2; twice += 1) {
    const decided = await presiding.post(`${path}/${photo.id}/acts`, { act: "admit", note: "双方无新异议" }, { "Idempotency-Key": "admit-once" });
    assert.deepEqual([decided.status, decided.json.state, decided.json.ended_note], [200, "admitted", "双方无新异议"], decided.text);
  }
  refused(await act(petitioner, photo.id, { act: "withdraw" }), 409, "conflict");
  const first = (await list(petitioner)).find((one) => one.state === "uploaded");
  assert.equal((await act(petitioner, first.id, { act: "withdraw" })).json.state, "withdrawn");
  refused(await show(clerk, first.id), 409, "conflict");
  assert.equal(changes() - before, 2, "an answer that is given again tells nobody of anything");
  assert.throws(() => server.sql(`DELETE FROM exhibit WHERE id = '${first.id}'`));
});

test("a recess ends it, and the sealed log knows each page", async () => {
  const photo = (await list(clerk)).find((one) => one.state === "admitted");
  assert.equal((await show(clerk, photo.id)).status, 200);
  await presiding.ask("hearing.recess", { reason: "休息" });
  await presiding.socket.next((m) => m.type === "exhibit.shown" && m.data.shown === null);
  await presiding.ask("hearing.resume");
  await pause(1200);
  await presiding.ask("hearing.close", { outcome: "explained", note: "all said" });
  for (const who of [presiding, clerk, petitioner, department]) who.socket.close?.();
  refused(await ticket(petitioner, { size: 10 }), 409, "hearing_closed");
  let recording;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && !recording; await pause(200))
    [[recording]] = server.query("SELECT id FROM recording WHERE derive_state = 'ready'").concat([[undefined]]);
  assert.ok(recording, server.log.slice(-1500));
  const judge = await new Client(server.http).login([demo.accounts.clerk].flat()[0]);
  assert.equal((await judge.post(`${API}/recordings/${recording}/views`, { reason: "复核" })).status, 201);
  const { events } = (await judge.get(`${API}/recordings/${recording}/timeline`)).json;
  const told = events.filter((one) => one.type === "exhibit");
  assert.deepEqual(told.map((one) => `${one.act} ${one.number} ${one.page}`), ["shown 甲2 1", "page 甲2 3", "ended 甲2 3", "shown 甲2 1", "page 甲2 2", "shown 乙2 1", "ended 乙2 1", "shown 甲2 1", "ended 甲2 1"]);
  assert.deepEqual([told[0].title, told[0].sha256, told[0].by, told[5].title], ["外墙漏水照片", sha256(JPEG), clerk.id, ""]);
  assert.ok((await judge.get(path)).json.items.length > 5, "who plays the recording sees them");
});

test("with a scanner set, nothing is taken unscanned", async () => {
  const socketPath = join(files, "clamd.sock");
  const file = join(files, "a.jpg");
  assert.equal(heard(["examine", file, "--scanner", socketPath]).code, 3, "no scanner there");
  let got = Buffer.alloc(0);
  let verdict = "stream: OK\0";
  // clamd's side of INSTREAM (clamd(8)); a real clamd needs its database from the network.
  const scanner = createServer((stream) => {
    got = Buffer.alloc(0);
    stream.on("data", (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (got.subarray(-4).equals(Buffer.alloc(4))) stream.end(verdict);
    });
  }).listen(socketPath);
  const run = (...args) => new Promise((resolve) => {
    import("node:child_process").then(({ execFile }) => execFile(join(process.env.HEARD_BUILD, "server/app/heard"), args, (error, stdout) => resolve([error?.code ?? 0, stdout.trim()])));
  });
  assert.deepEqual(await run("examine", file, "--scanner", socketPath), [0, '{"media_type":"image/jpeg"}']);
  assert.equal(got.subarray(0, 10).toString(), "zINSTREAM\0");
  assert.equal(got.readUInt32BE(10), JPEG.length);
  assert.ok(got.subarray(14, 14 + JPEG.length).equals(JPEG));
  verdict = "stream: Eicar-Signature FOUND\0";
  assert.deepEqual(await run("examine", file, "--scanner", socketPath), [1, '{"refused":"file_infected"}']);
  verdict = "INSTREAM size limit exceeded. ERROR\0";
  assert.deepEqual(await run("examine", file, "--scanner", socketPath), [3, '{"refused":"unavailable"}']);
  scanner.close();
});

test("the log holds no title", () => assert.ok(!server.log.includes("外墙") && !server.log.includes("照片")));
