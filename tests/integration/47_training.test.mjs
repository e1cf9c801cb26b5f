// SPDX-License-Identifier: Apache-2.0
// A training that many attend without a seat: links, joining, one event for many arrivals, questions, rolls, a seat for who is
// to speak, the sheet. HEARD_ATTENDEES says how many come at once (40 here; 250 in a measurement).
import assert from "node:assert/strict";
import { atEnd, test } from "./lib/runner.mjs";
import { Client, Socket } from "./lib/client.mjs";
import { LivePerson } from "./lib/live_person.mjs";
import { Server, removeFolder } from "./lib/server.mjs";

const MANY = Number(process.env.HEARD_ATTENDEES ?? 40);
const API = "/api/v1";
// Caches of cairo and fontconfig, in the child that makes the sheet: tests/lsan.supp
const server = await new Server({ env: { ASAN_OPTIONS: "detect_leaks=0" } }).start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const clerk = await new Client(server.http).login(demo.accounts.clerk);

class Attendee extends LivePerson {
  async connect(hearing) {
    const { status, socket, text } = await Socket.open(this.client.base, `${API}/hearings/${hearing}/attendance/events`, { cookie: this.client.cookie });
    assert.equal(status, 101, text);
    this.socket = socket;
    await this.ask("hello", { language: "zh", slots: 5 });
    return (await this.next("snapshot")).data;
  }

  get(path) {
    return this.client.get(`${this.path}${path}`);
  }

  post(path, body = {}) {
    return this.client.post(`${this.path}${path}`, body);
  }
}

const token = (url) => url.split("/").pop();

async function attend(url, name, unit) {
  const client = new Client(server.http);
  const made = await client.post(`${API}/training-links/join`, { token: token(url), name, unit });
  assert.equal(made.status, 201, made.text);
  const one = new Attendee(client, made.json.attendee.id);
  one.path = `${API}/hearings/${made.json.hearing}/attendance`;
  return one;
}

const seats = ["presiding", "lead_unit", "department"].map((role, i) => ({ role, name: `${role}${i}` }));
const made = await clerk.post(`${API}/hearings`, { kind: "training", title: "业务培训", planned_start_ms: Date.now(), seats });
assert.equal(made.status, 201, made.text);
const { hearing, links } = made.json;
const path = `${API}/hearings/${hearing.id}/attendance`;
const people = [];
for (const link of links) {
  const client = new Client(server.http);
  assert.equal((await client.openLink(link.url)).status, 200);
  people.push(new LivePerson(client, link.participant));
}
const [presiding, lead, department] = people;
for (const one of people) await one.connect(hearing.id);
const host = presiding.client;
let shared, first;

test("links: one for all, one of each unit; a former one stops working", async () => {
  const old = (await host.post(`${path}/links`)).json.links[0];
  const units = await host.post(`${path}/links`, { units: ["龙华区信访局", "美兰区信访局"] });
  assert.deepEqual(units.json.links.map(({ unit }) => unit), ["龙华区信访局", "美兰区信访局"]);
  shared = (await host.post(`${path}/links`)).json.links[0];
  const guest = new Client(server.http);
  assert.equal((await guest.post(`${API}/training-links/open`, { token: token(old.url) })).json.code, "link_unknown");
  const seen = await guest.post(`${API}/training-links/open`, { token: token(shared.url) });
  assert.deepEqual([seen.json.hearing.title, seen.json.unit, seen.json.attendee], ["业务培训", "", null]);
  assert.equal((await guest.post(`${API}/training-links/join`, { token: token(shared.url), name: "王小明", unit: " " })).json.code, "bad_field");
  first = await attend(shared.url, "王小明", "城西街道办");
  const own = await attend(units.json.links[0].url, "李芳", "");
  const { attendee } = (await own.get("/me")).json;
  assert.equal(attendee.unit, "龙华区信访局");
  // The same device comes back as the same one.
  assert.equal((await first.client.post(`${API}/training-links/open`, { token: token(shared.url) })).json.attendee.id, first.id);
  assert.equal((await first.client.post(`${API}/training-links/join`, { token: token(shared.url), name: "别人", unit: "别处" })).json.attendee.name, "王小明");
  const list = (await host.get(path)).json;
  assert.deepEqual(list.links.map(({ unit }) => unit), ["", "美兰区信访局", "龙华区信访局"].sort());
  assert.equal((await host.post(`${path}/links/${list.links.find(({ unit }) => unit === "美兰区信访局").id}/revoke`)).status, 204);
  assert.equal((await guest.post(`${API}/training-links/open`, { token: token(units.json.links[1].url) })).json.code, "link_revoked");
  for (const who of [lead, department]) assert.equal((await who.client.post(`${path}/links`)).json.reason, "wrong_role");
});

test("nothing else of the house is an attendee's", async () => {
  for (const [method, where] of [["GET", ""], ["POST", "/links"], ["POST", "/rolls"], ["GET", "/sheet.csv"]])
    assert.equal((await first.client.request(method, path + where, method === "POST" ? {} : undefined)).status, 403, where);
  assert.equal((await first.client.get(`${API}/hearings/${hearing.id}`)).status, 403);
  assert.equal((await first.client.get(`${API}/me`)).status, 403);
  assert.equal((await department.client.get(path)).json.reason, "wrong_role");
  assert.equal((await lead.client.get(path)).status, 200);
  // Of another training.
  const other = await clerk.post(`${API}/hearings`, { kind: "training", title: "另一场", planned_start_ms: Date.now(), seats });
  assert.equal((await first.client.get(`${API}/hearings/${other.json.hearing.id}/attendance/me`)).json.code, "unknown_hearing");
  await first.connect(hearing.id);
  await first.refused("hand.raise", {}, "wrong_role");
});

test(`${MANY} come at once: few events for many arrivals`, async () => {
  const before = process.hrtime.bigint();
  const crowd = await Promise.all(Array.from({ length: MANY }, (_, i) => attend(shared.url, `学员${i}`, `单位${i % 9}`)));
  await Promise.all(crowd.map((one) => one.connect(hearing.id)));
  const all = MANY + 1;
  let events = 0;
  await presiding.next("attendance.changed", (data) => (events += 1) && data.here === all);
  const ms = Number(process.hrtime.bigint() - before) / 1e6;
  assert.ok(events <= 6 + ms / 400, `${events} events in ${ms} ms`);
  let own = 0;
  await first.next("attendance.changed", (data) => (own += 1) && data.here === all);
  assert.ok(own <= 6 + ms / 400, `${own} events of an attendee`);
  for (const one of crowd) await one.next("attendance.changed", (data) => data.here === all);
  console.log(`# ${MANY} connected in ${Math.round(ms)} ms, ${events} events to each`);
  for (const one of crowd.slice(1)) one.socket.close();
  await presiding.next("attendance.changed", (data) => data.here === 2);
  assert.equal((await crowd[0].post(`/attendees/${first.id}/remove`, { reason: "乱来" })).status, 403);
  assert.equal((await host.post(`${path}/attendees/${crowd[0].id}/remove`, { reason: "扰乱秩序" })).status, 204);
  await crowd[0].socket.next((m) => m.close === 4004);
  assert.equal((await crowd[0].get("/me")).status, 401);
});

test("a question: asked, shown to all, answered; three wait at most", async () => {
  await presiding.ask("hearing.open");
  await first.next("house.changed", (data) => data.hearing.state === "live" && data.hearing.phase === "presentation");
  const ids = [];
  for (const text of ["如何登记？", "如何转送？", "如何督办？"]) {
    const asked = await first.post("/questions", { text });
    assert.equal(asked.status, 201, asked.text);
    ids.push(asked.json.id);
  }
  assert.equal((await first.post("/questions", { text: "第四个" })).json.reason, "questions_open");
  assert.equal((await first.post("/questions", { text: "长".repeat(501) })).json.code, "bad_field");
  const act = (who, id, what) => who.post(`${path}/questions/${id}`, { act: what });
  assert.equal((await act(lead.client, ids[0], "choose")).status, 204);
  const { data } = await first.next("attendance.changed", ({ question }) => question !== null);
  assert.deepEqual([data.question.text, data.question.unit, data.question.name, data.waiting], ["如何登记？", "城西街道办", "王**", 2]);
  await department.next("attendance.changed", ({ question }) => question?.id === ids[0]);
  assert.equal((await act(first.client, ids[0], "take_back")).json.reason, "question_moved");
  assert.equal((await act(first.client, ids[1], "drop")).json.reason, "wrong_role");
  assert.equal((await act(department.client, ids[1], "choose")).json.reason, "wrong_role");
  assert.equal((await act(host, ids[1], "choose")).status, 204);
  await first.next("question.changed");
  assert.equal((await act(first.client, ids[2], "take_back")).status, 204);
  const mine = (await first.get("/me")).json.questions;
  assert.deepEqual(mine.map(({ state }) => state), ["answered", "chosen", "dropped"]);
  assert.equal((await act(host, ids[1], "answer")).status, 204);
  await department.next("attendance.changed", ({ question }) => question === null);
});

test("rolls: one at a time, answered once; who has a seat answers too", async () => {
  assert.equal((await host.post(`${path}/rolls`, { minutes: 31 })).json.code, "bad_field");
  const roll = (await host.post(`${path}/rolls`, { minutes: 5 })).json;
  assert.equal((await host.post(`${path}/rolls`, { minutes: 5 })).json.reason, "roll_open");
  await first.next("attendance.changed", (data) => data.roll?.id === roll.id);
  for (let i = 0; i < 2; i += 1) assert.equal((await first.post(`/rolls/${roll.id}/answer`)).status, 204);
  assert.equal((await department.client.post(`${path}/rolls/${roll.id}/answer`)).status, 204);
  assert.equal((await host.post(`${path}/rolls/${roll.id}/answer`)).json.reason, "wrong_role");
  await presiding.next("attendance.changed", (data) => data.roll?.answered === 2);
  assert.equal((await host.post(`${path}/rolls/${roll.id}/end`)).status, 204);
  await first.next("attendance.changed", (data) => data.roll === null);
  assert.equal((await first.post(`/rolls/${roll.id}/answer`)).json.reason, "roll_closed");
  assert.equal((await host.post(`${path}/rolls`, { minutes: 1 })).json.number, 2);
});

test("who is to speak is given a seat, and then the floor", async () => {
  assert.equal((await first.post("/seat-link")).json.code, "not_found");
  assert.equal((await host.post(`${path}/attendees/${first.id}/seat`)).status, 204);
  await first.next("seat.offered");
  assert.equal((await host.post(`${path}/attendees/${first.id}/seat`)).json.reason, "attendee_seated");
  const { url } = (await first.post("/seat-link")).json;
  const client = new Client(server.http);
  const opened = await client.openLink(url);
  assert.deepEqual([opened.status, opened.json.participant.role, opened.json.participant.unit], [200, "department", "城西街道办"], opened.text);
  const speaker = new LivePerson(client, opened.json.participant.id);
  await speaker.connect(hearing.id);
  await presiding.ask("floor.give", { participant: speaker.id });
  await first.next("house.changed", ({ seats: here }) => here.some(({ id, has_floor: has }) => id === speaker.id && has));
  await presiding.next("hearing.changed", (data) => data.hearing.floor?.participant === speaker.id);
  // The second roll: the same person, by the seat.
  const [, second] = (await host.get(path)).json.rolls;
  assert.equal((await client.post(`${path}/rolls/${second.id}/answer`)).status, 204);
  assert.deepEqual((await host.get(path)).json.attendees.find(({ id }) => id === first.id).rolls, [1, 2]);
});

test("a restart keeps who came, and what is shown", async () => {
  const asked = await first.post("/questions", { text: "重启后还在吗？" });
  assert.equal((await host.post(`${path}/questions/${asked.json.id}`, { act: "choose" })).status, 204);
  await server.stop("SIGKILL");
  await server.start();
  for (const one of [presiding, first]) {
    one.client.base = server.http;
    const { attendance } = await one.connect(hearing.id);
    assert.equal(attendance.question.text, "重启后还在吗？");
    assert.equal(attendance.roll.number, 2);
  }
});

test("the end: a sheet with times and rolls, as table and as document", async () => {
  await presiding.ask("hearing.close", { outcomes: [], note: "提前结束" });
  await first.next("hearing.ended");
  await first.socket.next((m) => m.close === 1000);
  assert.equal((await first.post("/questions", { text: "还能问吗" })).json.reason, "hearing_closed");
  const csv = await host.get(`${path}/sheet.csv`);
  assert.equal(csv.headers["content-type"], "text/csv; charset=utf-8");
  const rows = csv.bytes.toString().replace("\ufeff", "").trimEnd().split("\r\n").map((line) => line.slice(1, -1).split('","'));
  assert.deepEqual(rows[0], ["姓名", "单位", "身份", "到场", "离场", "在场分钟", "第1次点名", "第2次点名", "备注"]);
  assert.equal(rows.length, 1 + 3 + MANY + 2);
  const line = rows.find(([name]) => name === "王小明");
  assert.deepEqual([line[6], line[7]], ["到", "到"]);
  assert.match(line[3], /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assert.equal(rows.find(([name]) => name === "department2")[6], "到");
  const paper = await host.post(`${API}/hearings/${hearing.id}/documents`, { kind: "attendance_sheet", language: "zh" });
  assert.equal(paper.status, 201, paper.text);
  const facts = (await host.get(`${API}/hearings/${hearing.id}/documents/${paper.json.id}/files/json`)).json.facts;
  assert.equal(facts.attendees.length, MANY + 2);
  assert.deepEqual(facts.rolls.map(({ number }) => number), ["1", "2"]);
  assert.equal(facts.attendees.find(({ name }) => name === "王小明").rolls, "1、2");
}, 60_000);
