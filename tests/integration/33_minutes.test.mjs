// SPDX-License-Identifier: Apache-2.0
// The minutes over the real server: who writes and reads, two clerks at once, what stays of a line, what is refused, and
// what a recording's sealed log holds of it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client, Socket } from "./lib/client.mjs";
import { Server, removeFolder } from "./lib/server.mjs";
import { readLog } from "../vectors/read.mjs";

const server = await new Server().start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const HEARING = `/api/v1/hearings/${demo.hearing}`;
const MINUTES = `${HEARING}/minutes`;
const people = {};
let ids = 0;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function read(socket) {
  socket.seen ??= [];
  for (const { opcode, payload } of socket.frames.splice(0)) if (opcode === 1) socket.seen.push(JSON.parse(payload.toString()));
  return socket.seen;
}

async function until(what, look, ms = 15_000) {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await pause(20)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`in vain: ${what}\n${server.log.split("\n").slice(-5).join("\n")}`);
}

async function does(role, type, body) {
  const { socket } = people[role];
  const id = (ids += 1);
  socket.command(id, type, body);
  const reply = await until(type, () => read(socket).find((m) => m.re === id));
  assert.equal(reply.ok, true, `${type}: ${JSON.stringify(reply)}`);
}

async function enters(role) {
  const client = new Client(server.http);
  const { id } = (await client.openLink([demo.links[role]].flat()[0])).json.participant;
  const { status, socket, text } = await Socket.open(server.http, `${HEARING}/events`, { cookie: client.cookie });
  assert.equal(status, 101, text);
  people[role] = { client, socket, id };
  await does(role, "hello", { language: "zh", slots: 6 });
}

const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
};
const line = (more = {}) => ({ kind: "statement", text: "我家的房子漏水三年了。", at_ms: Date.now(), speaker: people.petitioner.id, ...more });
const patch = (client, id, body, headers) => client.request("PATCH", `${MINUTES}/${id}`, body, headers);
const told = (role) => read(people[role].socket).filter((m) => m.type === "minutes.changed").map((m) => m.data.line);
const trail = () => server.query("SELECT action FROM audit WHERE action LIKE 'minutes.%' ORDER BY seq").map(([action]) => action);

async function write(role, more) {
  const answer = await people[role].client.post(MINUTES, line(more));
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

for (const role of ["presiding", "clerk", "petitioner", "observer"]) await enters(role);
const second = await new Client(server.http).login([demo.accounts.clerk].flat()[0]); // the clerk's other page

test("before the opening: headings and notes of the clerk, nothing of anybody else", async () => {
  const clerk = people.clerk.client;
  refused(await clerk.post(MINUTES, line()), 409, "wrong_phase");
  const heading = await write("clerk", { kind: "heading", speaker: undefined, text: "一、核对身份" });
  assert.deepEqual([heading.seq, heading.version, heading.phase, heading.speaker, heading.author], [1, 1, "check_in", null, people.clerk.id]);
  refused(await people.presiding.client.post(MINUTES, line({ kind: "note" })), 403, "wrong_role");
  refused(await people.petitioner.client.post(MINUTES, line({ kind: "note" })), 403, "wrong_role");
  refused(await people.petitioner.client.get(MINUTES), 403, "not_admitted");
  refused(await new Client(server.http).get(MINUTES), 401, "unauthenticated");
  const list = (await people.presiding.client.get(MINUTES)).json;
  assert.deepEqual([list.items.length, list.state, list.may_edit, list.next_cursor], [1, "drafting", false, null]);
  await until("told", () => told("clerk").some((one) => one.id === heading.id));
  assert.equal(told("petitioner").length, 0, "nobody in the lobby learns of it");
});

test("a line reaches everybody who is admitted, in the order of events", async () => {
  for (const subject of ["online_mode", "recording"])
    await does("petitioner", "consent.give", { subject, decision: "given", text_version: "2026-11" });
  await does("clerk", "participant.check_identity", { participant: people.petitioner.id, method: "id_card", document: "1234", result: "ok" });
  await does("clerk", "participant.admit", { participant: people.petitioner.id });
  await does("presiding", "hearing.open");
  await does("presiding", "hearing.advance", { phase: "statement", reason: "" });
  const said = await write("clerk");
  assert.deepEqual([said.phase, said.speaker, said.removed], ["statement", people.petitioner.id, false]);
  const seen = await until("told", () => told("petitioner").find((one) => one.id === said.id));
  assert.deepEqual(seen, said);
  const numbers = read(people.petitioner.socket).filter((m) => m.seq).map((m) => m.seq);
  assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
  assert.equal(told("observer").length, 0, "the observer waits in the lobby");
  const list = (await people.petitioner.client.get(MINUTES)).json;
  assert.deepEqual([list.items.length, list.may_edit], [2, false]);
  refused(await people.petitioner.client.get(`${MINUTES}/${said.id}/versions`), 403, "wrong_role");
});

test("the phase is that of the time mark, not of the writing", async () => {
  const before = await write("clerk", { at_ms: Date.now() - 60_000, kind: "note", text: "提前到场" });
  assert.equal(before.phase, "check_in");
  const moved = await patch(people.clerk.client, before.id, { version: 1, at_ms: Date.now() });
  assert.equal(moved.json.phase, "statement", moved.text);
});

test("two clerks at once: the second gets the newest line, and nothing is lost", async () => {
  const said = await write("clerk", { text: "修了三次" });
  const first = await patch(people.clerk.client, said.id, { version: 1, text: "修了三次，都没有修好" });
  assert.deepEqual([first.status, first.json.version], [200, 2], first.text);
  const late = await patch(second, said.id, { version: 1, text: "一共修了三次" });
  refused(late, 409, "conflict");
  assert.equal(late.headers["content-type"], "application/problem+json");
  assert.deepEqual(late.json.line, first.json);
  const then = await patch(second, said.id, { version: late.json.line.version, text: "一共修了三次，都没有修好" });
  assert.deepEqual([then.status, then.json.version], [200, 3]);
  const { items } = (await second.get(`${MINUTES}/${said.id}/versions`)).json;
  assert.deepEqual(items.map((one) => [one.version, one.text]), [[1, "修了三次"], [2, "修了三次，都没有修好"]]);
  assert.equal((await patch(second, said.id, { version: 3, text: then.json.text })).json.version, 3, "no change is no version");
  // Both at the same moment: one wins, one is told, always.
  const both = await Promise.all([people.clerk.client, second].map((one, i) => patch(one, said.id, { version: 3, text: `第${i}位` })));
  assert.deepEqual(both.map((one) => one.status).sort(), [200, 409]);
});

test("a repetition with its key is the same line once", async () => {
  const key = { "Idempotency-Key": "line-once-only" };
  const body = line({ text: "只记一次" });
  const [one, two] = [await people.clerk.client.post(MINUTES, body, key), await people.clerk.client.post(MINUTES, body, key)];
  assert.equal(one.json.id, two.json.id);
  const change = { version: 1, text: "只改一次" };
  const again = { "Idempotency-Key": "change-once-only" };
  const [three, four] = [await patch(second, one.json.id, change, again), await patch(second, one.json.id, change, again)];
  assert.deepEqual([three.json.version, four.json.version], [2, 2], four.text);
  await until("told", () => told("petitioner").some((seen) => seen.id === one.json.id && seen.version === 2));
  assert.equal(told("petitioner").filter((seen) => seen.id === one.json.id).length, 2);
});

test("taking out leaves the line, its words and a trace; it can be brought back", async () => {
  const said = await write("clerk", { text: "误记的话" });
  const out = await patch(people.clerk.client, said.id, { version: 1, removed: true });
  assert.deepEqual([out.json.removed, out.json.text], [true, "误记的话"]);
  const seen = await until("told", () => told("petitioner").find((one) => one.id === said.id && one.removed));
  assert.equal(seen.text, "", "no words of it to others");
  const ids = async (client, show = "") => (await client.get(`${MINUTES}?limit=200${show}`)).json.items.map((one) => one.id);
  assert.ok(!(await ids(second)).includes(said.id));
  assert.ok((await ids(second, "&show=all")).includes(said.id));
  assert.ok(!(await ids(people.petitioner.client, "&show=all")).includes(said.id));
  assert.equal((await patch(second, said.id, { version: 2, removed: false })).json.removed, false);
  assert.ok((await ids(people.petitioner.client)).includes(said.id));
  assert.deepEqual(trail(), ["minutes.take_out", "minutes.bring_back"]);
});

test("what a line cannot be", async () => {
  const clerk = people.clerk.client;
  for (const wrong of [{ kind: "speech" }, { kind: undefined }, { text: "" }, { text: " \u3000" }, { text: "一\n二" }, { text: "x".repeat(2001) }, { text: undefined },
    { at_ms: Date.now() + 60_000 }, { at_ms: Date.now() - 3 * 86_400_000 }, { at_ms: "1" }, { speaker: "nobody" }, { speaker: demo.hearing }, { kind: "heading" }])
    refused(await clerk.post(MINUTES, line(wrong)), 422, "bad_field");
  assert.equal((await write("clerk", { text: "长".repeat(2000) })).text.length, 2000);
  const said = await write("clerk");
  refused(await patch(clerk, said.id, { text: "x" }), 422, "bad_field");
  refused(await patch(clerk, said.id, { version: 1, text: "" }), 422, "bad_field");
  refused(await patch(clerk, "nothing", { version: 1, text: "x" }), 404, "not_found");
  refused(await patch(people.petitioner.client, said.id, { version: 1, text: "x" }), 403, "wrong_role");
  refused(await clerk.post(`/api/v1/hearings/${demo.case}/minutes`, line()), 404, "unknown_hearing");
  server.sql(`INSERT INTO minutes_version SELECT 'v-' || id, id, version, at_ms, phase, speaker_id, kind, text, author_id, changed_ms, removed_ms FROM minutes_line WHERE id = '${said.id}'`,
    `UPDATE minutes_line SET version = 2 WHERE id = '${said.id}'`);
  assert.throws(() => server.sql(`DELETE FROM minutes_line WHERE id = '${said.id}'`));
  assert.throws(() => server.sql(`UPDATE minutes_line SET text = 'x', version = 3 WHERE id = '${said.id}'`));
});

test("pages by cursor; a bound for a hearing", async () => {
  const seen = [];
  let cursor = "";
  do {
    const page = (await people.petitioner.client.get(`${MINUTES}?limit=3${cursor}`)).json;
    seen.push(...page.items.map((one) => one.seq));
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : "";
  } while (cursor);
  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
  server.sql(`UPDATE minutes SET line_count = 20000 WHERE hearing_id = '${demo.hearing}'`);
  refused(await people.clerk.client.post(MINUTES, line()), 429, "too_many");
  server.sql(`UPDATE minutes SET line_count = 500 WHERE hearing_id = '${demo.hearing}'`);
});

test("without a seat for a clerk the presiding officer writes", async () => {
  const seat = `(SELECT seat_id FROM participant WHERE id = '${people.clerk.id}')`;
  server.sql(`UPDATE seat SET role = 'department' WHERE id = ${seat}`);
  assert.equal((await people.presiding.client.get(MINUTES)).json.may_edit, true);
  assert.equal((await write("presiding", { text: "主持人自己记" })).author, people.presiding.id);
  server.sql(`UPDATE seat SET role = 'clerk' WHERE id = ${seat}`);
  refused(await people.presiding.client.post(MINUTES, line()), 403, "wrong_role");
});

test("while somebody sits in a closed room: only an action or a note", async () => {
  const present = `UPDATE participant SET presence_state = 'present' WHERE id = '${people.petitioner.id}'`;
  server.sql(present.replace("'present'", "'in_caucus'"));
  refused(await people.clerk.client.post(MINUTES, line()), 409, "wrong_phase");
  refused(await people.clerk.client.post(MINUTES, line({ kind: "heading", speaker: undefined })), 409, "wrong_phase");
  await write("clerk", { kind: "action", speaker: undefined, text: "转入背对背" });
  server.sql(present);
  await write("clerk", { text: "回到主会场" });
});

test("after the close: the clerk goes on, others need the right to play and a reason", async () => {
  await does("presiding", "hearing.close", { outcome: "explained", note: "已说明" });
  await until("sealed", () => server.query("SELECT state FROM recording WHERE state = 'sealed'").length === 1);
  const said = await write("clerk", { text: "会后补记" });
  assert.equal((await patch(second, said.id, { version: 1, text: "会后补记一句" })).status, 200);
  assert.deepEqual(trail().slice(-2), ["minutes.add", "minutes.change"]);
  refused(await people.petitioner.client.get(MINUTES), 403, "forbidden");
  const mediator = await new Client(server.http).login([demo.accounts.mediator].flat()[0]);
  const answer = await mediator.get(MINUTES);
  assert.equal(answer.status, 200, "a mediator of the hearing answers for the minutes");
  const department = await new Client(server.http).login([demo.accounts.department].flat()[0]);
  refused(await department.get(MINUTES), 403, "forbidden");
  const [[recording]] = server.query("SELECT id FROM recording WHERE state = 'sealed'");
  assert.equal((await department.post(`/api/v1/recordings/${recording}/views`, { reason: "核对答复" })).status, 201);
  const list = await department.get(MINUTES);
  assert.deepEqual([list.status, list.json.may_edit], [200, false], list.text);
  server.sql(`UPDATE minutes SET state = 'circulated' WHERE hearing_id = '${demo.hearing}'`);
  refused(await people.clerk.client.post(MINUTES, line()), 409, "hearing_closed");
  refused(await patch(second, said.id, { version: 2, text: "再改" }), 409, "hearing_closed");
});

test("the sealed log tells each version, and the server's own log none", async () => {
  const [[directory]] = server.query("SELECT directory FROM recording WHERE state = 'sealed'");
  const minutes = readLog(join(server.data, directory), join(server.data, "recordings.key"))
    .filter(({ type, json }) => type === "event" && json.type === "minutes").map(({ json }) => json);
  const texts = minutes.map(({ text }) => text);
  assert.ok(texts.includes("修了三次") && texts.includes("一共修了三次，都没有修好"), JSON.stringify(texts));
  const out = minutes.find(({ removed }) => removed);
  assert.deepEqual([out.text, out.version, out.author], ["误记的话", 2, people.clerk.id]);
  assert.ok(minutes.every((one) => one.line && one.said_at_ms > 0));
  assert.ok(!texts.includes("会后补记"), "nothing is written behind the seal");
  assert.ok(texts.some((text) => text.length === 2000));
  assert.ok(!server.log.includes("漏水") && !server.log.includes("误记"));
});

