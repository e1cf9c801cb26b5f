// SPDX-License-Identifier: Apache-2.0
// A panel hearing through the real server: the round of recusal, a panel that gets too small, witnesses
// who wait without media, somebody who is not seen by somebody, a restart in between, and the log.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { LivePerson } from "./lib/live_person.mjs";
import { Server, heard, removeFolder } from "./lib/server.mjs";

let server = await new Server().start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const API = "/api/v1";
const OFFER = readFileSync(new URL("../fuzz/corpus/sdp/chromium-full6.sdp", import.meta.url));
const people = {};
let hearing;

class Person extends LivePerson {
  connect() {
    return super.connect(hearing);
  }

  post() {
    return this.client.post(`${API}/hearings/${hearing}/peers`, OFFER, { "Content-Type": "application/sdp" });
  }

  read(what) {
    return this.client.get(`${API}/hearings/${hearing}/${what}`);
  }
}

const NAMES = ["presiding", "clerk", "petitioner", "department", "panelist1", "panelist2", "panelist3", "panelist4", "panelist5",
  "witness1", "witness2", "observer"];
const role = (name) => name.replace(/[0-9]$/, "");
const advance = (phase, reason = "从简") => people.presiding.ask("hearing.advance", { phase, reason });

test("all are let in: witnesses into the waiting room", async () => {
  const clerk = await new Client(server.http).login(demo.accounts.clerk);
  const seats = NAMES.map((name) => ({ role: role(name), name }));
  const made = await clerk.post(`${API}/cases/${demo.case}/hearings`, { kind: "panel_hearing", planned_start_ms: Date.now(), seats });
  assert.equal(made.status, 201, made.text);
  hearing = made.json.hearing.id;
  for (const [i, link] of made.json.links.entries()) {
    const client = new Client(server.http);
    assert.equal((await client.openLink(link.url)).status, 200);
    people[NAMES[i]] = new Person(client, link.participant);
    await people[NAMES[i]].connect();
  }
  for (const name of NAMES.filter((name) => !["presiding", "clerk", "department"].includes(name))) {
    for (const subject of ["online_mode", "recording"]) await people[name].ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
    await people.clerk.ask("participant.check_identity", { participant: people[name].id, method: "id_card", document: "1234", result: "ok" });
    await people.clerk.ask("participant.admit", { participant: people[name].id });
    const { room } = (await people[name].next("you.changed", (data) => data.room !== "lobby")).data;
    assert.equal(room, role(name) === "witness" ? "witness" : "main", name);
  }
  await people.presiding.ask("hearing.open");
  const { hearing: now } = (await people.petitioner.next("hearing.changed", (data) => data.hearing.state === "live")).data;
  assert.deepEqual(now.panel, { here: 5, least: 3, complete: true });
  assert.deepEqual(now.recusal, { asking: false, done: false, requests: [] });
}, 120_000);

test("a witness who waits gets no connection, no minutes, no exhibit, and sees only who is public", async () => {
  const { witness1 } = people;
  const answer = await witness1.post();
  assert.deepEqual([answer.status, answer.json.code], [403, "not_admitted"]);
  assert.equal((await witness1.read("minutes")).status, 403);
  const exhibits = await witness1.read("exhibits");
  assert.ok(exhibits.status === 403 || exhibits.json.items.length === 0, exhibits.text);
  await witness1.refused("hand.raise", {}, "witness_waits");
  witness1.socket.end?.();
  const { participants, you } = await witness1.connect();
  assert.equal(you.room, "witness");
  assert.deepEqual([...new Set(participants.map((one) => one.role))].sort(), ["clerk", "department", "presiding", "witness"]);
  assert.equal(participants.filter((one) => one.role === "witness").length, 1);
}, 60_000);

test("nothing goes past the round of recusal before all have answered and all is decided", async () => {
  const { presiding, petitioner, department, clerk, observer, panelist1 } = people;
  await presiding.refused("hearing.advance", { phase: "petitioner_statement", reason: "急" }, "recusal_unanswered");
  await advance("rights_and_recusal");
  await petitioner.next("you.changed", ({ may }) => may.includes("recusal.answer"));
  await observer.refused("recusal.answer", { decision: "none" }, "wrong_role");
  await department.ask("recusal.answer", { decision: "none" });
  await petitioner.refused("recusal.answer", { decision: "ask", participant: department.id, reason: "对方" }, "not_recusable");
  await petitioner.ask("recusal.answer", { decision: "ask", participant: panelist1.id, reason: "是对方的亲属" });
  // the reason is for the desk and for who gave it
  const request = ({ hearing: { recusal } }) => recusal.requests[0]?.reason === "是对方的亲属";
  await presiding.next("hearing.changed", request);
  assert.equal((await presiding.next("notice", ({ code }) => code === "recusal_asked")).data.detail, panelist1.id);
  await petitioner.next("hearing.changed", request);
  const seen = await department.connect();
  assert.deepEqual(seen.hearing.recusal.requests, []);
  await presiding.refused("hearing.advance", { phase: "petitioner_statement" }, "recusal_undecided");
  await clerk.refused("recusal.decide", { participant: panelist1.id, decision: "granted", reason: "属实" }, "no_request");
  await presiding.ask("recusal.decide", { participant: panelist1.id, decision: "granted", reason: "属实" });
  assert.equal((await petitioner.next("notice", ({ code }) => code === "recusal_granted")).data.detail, panelist1.id);
  await presiding.next("notice", ({ code }) => code === "panel_incomplete");
  const gone = (await clerk.next("participant.changed", ({ participant: p }) => p.id === panelist1.id && p.recused)).data.participant;
  assert.equal(gone.presence, "removed");
  await department.next("participant.gone", ({ participant }) => participant === panelist1.id);
  assert.equal((await panelist1.post()).status, 403);
  await clerk.refused("participant.hold", { participant: panelist1.id, reason: "误会" }, "recused");
  await presiding.ask("hearing.advance", { phase: "petitioner_statement" });
  await presiding.refused("hearing.advance", { phase: "deliberation", reason: "急" }, "panel_incomplete");
}, 60_000);

test("a request about who presides stops everything, also over a restart", async () => {
  const { presiding, petitioner, clerk } = people;
  await petitioner.ask("recusal.answer", { decision: "ask", participant: presiding.id, reason: "曾办理本案" });
  const { hearing: now } = (await petitioner.next("hearing.changed", (data) => data.hearing.state === "recessed")).data;
  assert.equal(now.recess.reason, "recusal");
  await presiding.ask("screen.set", { participant: people.witness1.id, from: [people.petitioner.id] });
  await server.stop();
  server = await new Server({ data: server.data }).start();
  for (const { client } of Object.values(people)) client.base = server.http;
  for (const name of NAMES.filter((name) => name !== "panelist1")) people[name].snapshot = await people[name].connect();
  const { hearing: again, participants } = clerk.snapshot;
  assert.deepEqual(again.recusal.requests.map(({ decision }) => decision), ["granted", null]);
  assert.deepEqual([again.recess.reason, people.observer.snapshot.hearing.panel.here], ["recusal", 4]);
  assert.ok(participants.find(({ id }) => id === people.panelist1.id).recused);
  assert.deepEqual(participants.find(({ id }) => id === people.witness1.id).unseen_by, [petitioner.id]);
  await presiding.refused("hearing.resume", {}, "recusal_undecided");
  await clerk.refused("recusal.decide", { participant: presiding.id, decision: "refused", reason: "没有办理过" }, "decider_missing");
  await clerk.ask("recusal.decide", { participant: presiding.id, decision: "refused", reason: "没有办理过", decided_by: "县信访局局长" });
  await presiding.ask("hearing.resume");
}, 120_000);

test("witnesses are called one by one and go out with the phase", async () => {
  const { presiding, clerk, petitioner, witness1, witness2 } = people;
  await clerk.refused("witness.call", { participant: witness1.id }, "not_witness_phase");
  await advance("witness");
  await petitioner.refused("witness.call", { participant: witness1.id }, "wrong_role");
  await clerk.ask("witness.call", { participant: witness1.id });
  assert.equal((await witness1.next("media.admitted")).data.room, "main");
  const seen = (await petitioner.next("participant.changed", ({ participant: p }) => p.id === witness1.id && p.room === "main")).data.participant;
  assert.equal(seen.screened, true);
  assert.equal(seen.unseen_by, undefined);
  assert.equal((await witness1.post()).status, 201);
  await presiding.refused("witness.call", { participant: witness2.id }, "witness_inside");
  await presiding.ask("witness.dismiss", { participant: witness1.id });
  assert.equal((await witness1.next("you.changed", ({ room }) => room === "witness")).data.room, "witness");
  assert.equal((await witness1.post()).status, 403);
  await presiding.ask("witness.call", { participant: witness2.id });
  assert.equal((await witness2.next("media.admitted")).data.room, "main");
  await advance("final_statement_petitioner");
  await witness2.next("you.changed", ({ room }) => room === "witness");
}, 60_000);

test("the hearing is adjourned, and the sealed log tells why", async () => {
  await people.presiding.ask("hearing.close", { outcome: "adjourned", note: "听证员不足" });
  const end = Date.now() + 60_000;
  let rows = [];
  while (rows.length < 2 && Date.now() < end) {
    rows = server.query(`SELECT directory FROM recording WHERE hearing_id = '${hearing}' AND state = 'sealed' ORDER BY recording_no`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.equal(rows.length, 2);
  const texts = rows.map(([directory]) => heard(["verify", join(server.data, directory), "--json"], "", {}, 60_000));
  for (const verified of texts) assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  const paused = texts.flatMap(({ stdout }) => JSON.parse(stdout).findings).filter(({ kind }) => kind === "paused");
  assert.ok(paused.some(({ detail }) => detail === "recusal"), JSON.stringify(paused));
  const trail = server.query(`SELECT action, result FROM audit WHERE hearing_id = '${hearing}' AND action LIKE 'recusal.%'`);
  assert.deepEqual(trail.filter(([, result]) => result === "done").map(([action]) => action),
    ["recusal.answer", "recusal.answer", "recusal.decide", "recusal.answer", "recusal.decide"]);
}, 90_000);
