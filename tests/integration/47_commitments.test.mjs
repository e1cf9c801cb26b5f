// SPDX-License-Identifier: Apache-2.0
// What a reception ends with: named by whom and when, seen by all in the room, in the record and the list, moved on afterwards; a
// consultation's tasks are the same.
import assert from "node:assert/strict";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { LivePerson } from "./lib/live_person.mjs";
import { Server, removeFolder } from "./lib/server.mjs";

const API = "/api/v1";
const DAY_MS = 24 * 3600 * 1000;
const server = await new Server({ env: { ASAN_OPTIONS: "detect_leaks=0" } }).start(); // as in 44_papers
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const clerk = await new Client(server.http).login(demo.accounts.clerk);
const units = (await clerk.get(`${API}/units?limit=10`)).json.items;
const [mine, other] = units;

async function plan(kind, seats) {
  const made = await clerk.post(`${API}/cases/${demo.case}/hearings`, { kind, planned_start_ms: Date.now(), seats });
  assert.equal(made.status, 201, made.text);
  const { hearing, links } = made.json;
  const people = [];
  for (const link of links) {
    const client = new Client(server.http);
    assert.equal((await client.openLink(link.url)).status, 200);
    const one = new LivePerson(client, link.participant);
    await one.connect(hearing.id);
    people.push(one);
  }
  return { path: `${API}/hearings/${hearing.id}`, people };
}

async function go(leader, ...phases) {
  for (const phase of phases) await leader.ask("hearing.advance", { phase, reason: "已说明" });
}

test("a reception: who promises what by when", async () => {
  const { path, people } = await plan("reception", [
    { role: "presiding", name: "主持" }, { role: "department", name: "经办", unit_id: mine.id }, { role: "petitioner" },
  ]);
  const [presiding, department, petitioner] = people;
  const COMMITMENTS = `${path}/commitments`;
  const name = (who, unit, more = {}) =>
    who.client.post(COMMITMENTS, { text: "十日内完成勘查", unit_id: unit.id, due_at_ms: Date.now() + 10 * DAY_MS, ...more });
  assert.equal((await name(presiding, mine)).json.reason, "not_this_phase");
  for (const subject of ["online_mode", "recording"]) await petitioner.ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
  await presiding.ask("participant.check_identity", { participant: petitioner.id, method: "id_card", document: "1234", result: "ok" });
  await presiding.ask("participant.admit", { participant: petitioner.id });
  await presiding.ask("hearing.open");
  await presiding.next("hearing.changed", ({ hearing }) => hearing.state === "live");
  assert.equal((await name(presiding, mine)).json.reason, "not_this_phase");
  await go(presiding, "consolidation");
  assert.equal((await name(petitioner, mine)).status, 403);
  assert.equal((await name(department, other)).json.reason, "wrong_role");
  assert.equal((await name(presiding, mine, { due_at_ms: Date.now() - 1 })).json.reason, "due_in_the_past");
  assert.equal((await name(presiding, mine, { text: " " })).json.code, "bad_field");
  assert.equal((await name(presiding, { id: "nobody" })).json.code, "not_found");
  const first = await name(presiding, mine, { due_at_ms: Date.now() + 2000 });
  assert.deepEqual([first.status, first.json.unit, first.json.state, first.json.kind], [201, mine.name, "open", "commitment"], first.text);
  await petitioner.next("commitments.changed");
  const own = await name(department, mine, { text: "书面答复" });
  assert.equal(own.status, 201, own.text);
  const wrong = await name(presiding, mine, { text: "记错了" });
  assert.equal((await presiding.client.post(`${COMMITMENTS}/${wrong.json.id}/remove`)).status, 204);
  const seen = (await petitioner.client.get(COMMITMENTS)).json;
  assert.deepEqual([seen.items.map(({ text }) => text), seen.may_name, seen.tasks], [["十日内完成勘查", "书面答复"], false, false]);
  assert.deepEqual((await presiding.client.get(COMMITMENTS)).json.units, [{ id: mine.id, name: mine.name }]);
  const move = (who, id, state, more = {}) => who.client.post(`${COMMITMENTS}/${id}/state`, { state, ...more });
  assert.equal((await move(petitioner, first.json.id, "done")).status, 403);
  await presiding.ask("hearing.close", { outcome: "explained", note: "已说明" });
  await petitioner.next("hearing.ended");
  assert.equal((await name(presiding, mine)).json.reason, "hearing_closed");
  assert.equal((await presiding.client.post(`${COMMITMENTS}/${first.json.id}/remove`)).json.reason, "hearing_closed");
  assert.equal((await move(department, first.json.id, "overdue")).json.reason, "commitment_moved");
  assert.equal((await move(department, own.json.id, "in_progress")).status, 204);
  const now = async () => (await presiding.client.get(COMMITMENTS)).json.items[0].state;
  for (const end = Date.now() + 5000; Date.now() < end && (await now()) === "open";); // its date comes
  assert.equal(await now(), "overdue");
  assert.equal((await move(department, first.json.id, "done", { evidence: "勘查报告" })).status, 204);
  const [after] = (await presiding.client.get(COMMITMENTS)).json.items;
  assert.deepEqual([after.state, after.evidence], ["done_late", "勘查报告"]);
  for (const kind of ["reception_record", "commitment_list"]) {
    const made = await presiding.client.post(`${path}/documents`, { kind, language: "zh" });
    assert.equal(made.status, 201, made.text);
    const { facts } = (await presiding.client.get(`${path}/documents/${made.json.id}/files/json`)).json;
    assert.deepEqual(facts.commitments.map(({ text, owner, state }) => [text, owner, state]), [["十日内完成勘查", mine.name, "done_late"], ["书面答复", mine.name, "in_progress"]]);
  }
}, 60_000);

test("a consultation: tasks, from its last phase on", async () => {
  const { path, people } = await plan("consultation", [
    { role: "presiding", name: "主持" }, { role: "lead_unit", name: "主责", unit_id: mine.id }, { role: "department", name: "配合", unit_id: other.id },
  ]);
  const [presiding, lead] = people;
  await presiding.ask("hearing.open");
  await presiding.next("hearing.changed", ({ hearing }) => hearing.state === "live");
  const body = { text: "报送方案", unit_id: other.id, due_at_ms: Date.now() + DAY_MS };
  assert.equal((await lead.client.post(`${path}/commitments`, body)).json.reason, "not_this_phase");
  await go(presiding, "task_list");
  const made = await lead.client.post(`${path}/commitments`, body);
  assert.deepEqual([made.status, made.json.kind, made.json.unit], [201, "task", other.name], made.text);
  const list = (await presiding.client.get(`${path}/commitments`)).json;
  assert.deepEqual([list.tasks, list.may_name, list.units.length], [true, true, 2]);
  for (let i = 1; i < list.max; i += 1) await lead.client.post(`${path}/commitments`, body);
  assert.equal((await lead.client.post(`${path}/commitments`, body)).json.reason, "commitments_full");
}, 60_000);
