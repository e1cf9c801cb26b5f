// SPDX-License-Identifier: Apache-2.0
// Appraisal, consultation and training through the real server, from the plan to the end: who opens them, every phase in its
// order, who is heard, and how they close.
import assert from "node:assert/strict";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { LivePerson } from "./lib/live_person.mjs";
import { Server, removeFolder } from "./lib/server.mjs";

const server = await new Server({ env: { ASAN_OPTIONS: "detect_leaks=0" } }).start(); // caches of cairo, in the children: tests/lsan.supp
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const API = "/api/v1";
const clerk = await new Client(server.http).login(demo.accounts.clerk);

class Person extends LivePerson {}

async function plan(path, kind, roles, more = {}) {
  const seats = roles.map((role, i) => ({ role, name: `${role}${i}` }));
  const made = await clerk.post(`${API}${path}`, { kind, title: `${kind} 一`, planned_start_ms: Date.now(), seats, ...more });
  assert.equal(made.status, 201, made.text);
  const { hearing, links } = made.json;
  const people = [];
  for (const link of links) {
    const client = new Client(server.http);
    assert.equal((await client.openLink(link.url)).status, 200);
    people.push(new Person(client, link.participant));
  }
  return { hearing, people };
}

// Every phase that is left, one after another.
async function walk(leader, hearing) {
  const codes = hearing.phases.map(({ code }) => code);
  for (const phase of codes.slice(codes.indexOf(hearing.phase) + 1, -1)) {
    await leader.ask("hearing.advance", { phase, reason: "" });
    await leader.next("hearing.changed", (data) => data.hearing.phase === phase);
  }
}

async function letIn(leader, person) {
  for (const subject of ["online_mode", "recording"]) await person.ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
  await leader.ask("participant.check_identity", { participant: person.id, method: "id_card", document: "1234", result: "ok" });
  await leader.ask("participant.admit", { participant: person.id });
}

const opened = async (leader) => (await leader.next("hearing.changed", (data) => data.hearing.state === "live")).data.hearing;
// A document that the desk has made, as its page says it.
async function pageOf(hearing, body) {
  const made = await clerk.post(`${API}/hearings/${hearing}/documents`, body);
  assert.equal(made.status, 201, made.text);
  return (await clerk.get(`${API}/hearings/${hearing}/documents/${made.json.id}/files/html`)).text;
}
const outcomes = (hearing) => server.query(`SELECT result FROM outcome WHERE hearing_id = '${hearing}'`);

test("an appraisal: numbered like a panel hearing, reasoned in public, closed with an outcome", async () => {
  const { hearing, people } = await plan(`/cases/${demo.case}/hearings`, "appraisal", ["presiding", "department", "petitioner", "panelist", "panelist", "panelist"]);
  assert.match(hearing.number, /^HSH/);
  const [presiding, department, petitioner, ...panel] = people;
  for (const one of people) await one.connect(hearing.id);
  await letIn(presiding, petitioner);
  for (const one of panel.slice(1)) await letIn(presiding, one);
  assert.equal((await presiding.say("hearing.open")).error.reason, "panel_incomplete");
  await letIn(presiding, panel[0]);
  await presiding.ask("hearing.open");
  const now = await opened(presiding);
  assert.deepEqual([now.phase, now.rooms, now.recorded], ["opening", [], true]);
  await walk(presiding, now);
  assert.equal((await presiding.client.get(`${API}/hearings/${hearing.id}/deliberation`)).json.view, "all");
  assert.equal((await presiding.client.post(`${API}/hearings/${hearing.id}/ballots`, { question: "问", options: ["一", "二"], secret: false })).json.reason, "no_deliberation");
  assert.equal((await presiding.say("hearing.close", { outcomes: [], note: "完" })).error.reason, "outcome_missing");
  await presiding.ask("hearing.close", { outcome: "explained", note: "双方接受" });
  await department.next("hearing.ended");
  assert.deepEqual(outcomes(hearing.id), [["explained"]]);
}, 60_000);

test("a consultation: no petitioner, not recorded, no outcome", async () => {
  const bad = await clerk.post(`${API}/cases/${demo.case}/hearings`, { kind: "consultation", planned_start_ms: Date.now(), seats: [{ role: "presiding", name: "甲" }, { role: "petitioner" }] });
  assert.deepEqual([bad.status, bad.json.code], [422, "bad_field"]);
  const { hearing, people } = await plan(`/cases/${demo.case}/hearings`, "consultation", ["presiding", "lead_unit", "department", "case_lead", "witness"]);
  assert.match(hearing.number, /^HSC/);
  const [presiding, lead, department, caseLead, expert] = people;
  await presiding.connect(hearing.id);
  assert.equal((await presiding.say("hearing.open")).error.reason, "respondent_missing");
  for (const one of [lead, department, caseLead, expert]) await one.connect(hearing.id);
  await expert.ask("consent.give", { subject: "online_mode", decision: "given", text_version: "2026-11" });
  await presiding.ask("participant.check_identity", { participant: expert.id, method: "id_card", document: "1234", result: "ok" });
  await presiding.ask("participant.admit", { participant: expert.id });
  await presiding.ask("hearing.open");
  const now = await opened(presiding);
  assert.deepEqual([now.phase, now.recorded], ["case_brief", false]);
  await walk(presiding, now);
  assert.equal((await presiding.say("hearing.close", { outcome: "explained" })).error.reason, "outcome_missing");
  await presiding.ask("hearing.close", { outcomes: [], note: "任务清单已定" });
  assert.equal((await caseLead.next("hearing.ended")).data.outcome_note, "任务清单已定");
  assert.deepEqual(outcomes(hearing.id), []);
  assert.deepEqual(server.query(`SELECT * FROM recording WHERE hearing_id = '${hearing.id}'`), []);
  server.sql(`INSERT INTO commitment (id, hearing_id, case_id, text, owner_unit_id, due_at_ms, state, created_ms)
    SELECT '0192f000-0000-7000-8000-00000000000c', '${hearing.id}', '${demo.case}', '三日内勘查现场', id, ${Date.now() + 86_400_000}, 'open', 1 FROM unit LIMIT 1`);
  const summary = await pageOf(hearing.id, { kind: "consultation_summary", details: { summary: "由牵头单位统一答复" } });
  assert.match(summary, /会商纪要[^]*案情介绍[^]*各单位意见[^]*由牵头单位统一答复[^]*任务清单[^]*三日内勘查现场[^]*召集人/);
  assert.doesNotMatch(await pageOf(hearing.id, { kind: "hearing_notice", participant: lead.id }), /回避|权利和义务/);
}, 120_000);

test("a training belongs to no case; a question is a raised hand", async () => {
  for (const [kind, title] of [["reception", "一"], ["training", ""]]) {
    const bad = await clerk.post(`${API}/hearings`, { kind, title, planned_start_ms: Date.now(), seats: [{ role: "presiding", name: "甲" }, { role: "department", name: "乙" }] });
    assert.deepEqual([bad.status, bad.json.code], [422, "bad_field"], bad.text);
  }
  const { hearing, people } = await plan("/hearings", "training", ["presiding", "lead_unit", "department", "department", "observer"]);
  assert.match(hearing.number, /^HST/);
  assert.equal((await clerk.get(`${API}/hearings/${hearing.id}`)).status, 200);
  const [presiding, lead, trainee, other, observer] = people;
  for (const one of people) await one.connect(hearing.id);
  await letIn(presiding, observer);
  await presiding.ask("hearing.open");
  const now = await opened(presiding);
  assert.deepEqual([now.phase, now.recorded, now.case], ["presentation", true, null]);
  await walk(presiding, now);
  assert.equal((await observer.say("hand.raise")).error.reason, "wrong_role");
  await trainee.ask("hand.raise");
  await presiding.next("participant.changed", ({ participant }) => participant.id === trainee.id && participant.hand !== null);
  await presiding.ask("participant.block", { participant: trainee.id, source: "microphone", blocked: false });
  for (const one of [lead, other]) assert.equal((await one.say("hearing.close", { outcomes: [], note: "" })).error.reason, "wrong_role");
  await presiding.ask("hearing.close", { outcomes: [], note: "" });
  await other.next("hearing.ended");
  // Who was there, and from when to when.
  const roll = server.query(`SELECT joined_at_ms, left_at_ms FROM participant WHERE hearing_id = '${hearing.id}'`);
  assert.equal(roll.length, 5);
  for (const [joined] of roll) assert.ok(joined > 0);
  assert.match(await pageOf(hearing.id, { kind: "attendance_sheet" }), /签到表[^]*共 5 人到场，0 人未到/);
}, 120_000);
