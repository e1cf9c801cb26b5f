// SPDX-License-Identifier: Apache-2.0
// A recorded panel hearing through the real server: the floor, warnings, the lock, the spotlight and
// a recess that says how long; who is told what, what a restart keeps, what the sealed log says.
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
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const people = {};
let hearing;

class Person extends LivePerson {
  connect() {
    return super.connect(hearing);
  }

  async hearing(when) {
    return (await this.next("hearing.changed", (data) => when(data.hearing))).data.hearing;
  }

  async person(id, when) {
    return (await this.next("participant.changed", ({ participant: p }) => p.id === id && when(p))).data.participant;
  }
}

const microphone = (word) => (p) => p.microphone === word;

test("seven come, and the presiding officer opens", async () => {
  const clerk = await new Client(server.http).login(demo.accounts.clerk);
  const seats = [
    { role: "presiding", name: "周正" }, { role: "clerk", name: "陈晨" }, { role: "panelist", name: "甲" }, { role: "panelist", name: "乙" },
    { role: "panelist", name: "丙" }, { role: "petitioner", name: "张建国" }, { role: "observer", name: "旁听" },
  ];
  const made = await clerk.post(`${API}/cases/${demo.case}/hearings`, { kind: "panel_hearing", planned_start_ms: Date.now(), seats });
  assert.equal(made.status, 201, made.text);
  hearing = made.json.hearing.id;
  const names = ["presiding", "clerk", "panelist", "second", "third", "petitioner", "observer"];
  for (const [i, link] of made.json.links.entries()) {
    const client = new Client(server.http);
    assert.equal((await client.openLink(link.url)).status, 200);
    people[names[i]] = new Person(client, link.participant);
    const snapshot = await people[names[i]].connect();
    const { floor, locked, spotlight, time } = snapshot.hearing;
    assert.deepEqual({ floor, locked, spotlight, time }, { floor: null, locked: false, spotlight: null, time: null });
  }
  const { presiding } = people;
  await presiding.refused("floor.give", { participant: people.petitioner.id }, "not_live");
  for (const name of names.slice(2)) {
    for (const subject of ["online_mode", "recording"]) await people[name].ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
    await presiding.ask("participant.check_identity", { participant: people[name].id, method: "id_card", document: "1234", result: "ok" });
    await presiding.ask("participant.admit", { participant: people[name].id });
  }
  await presiding.ask("hearing.open");
  await presiding.next("recording.changed", ({ recording }) => recording.state === "recording");
}, 60_000);

test("the floor: given with minutes, seen by all, given back", async () => {
  const { presiding, petitioner, panelist, observer } = people;
  await petitioner.ask("hand.raise");
  assert.equal((await presiding.person(petitioner.id, (p) => p.hand === 1)).microphone, "blocked");
  await petitioner.refused("floor.give", { participant: petitioner.id }, "wrong_role");
  await presiding.refused("floor.give", { participant: observer.id }, "source_blocked");
  assert.equal((await presiding.say("floor.give", { participant: petitioner.id, minutes: 999 })).error.code, "bad_field");
  await presiding.ask("floor.give", { participant: petitioner.id, minutes: 3 });
  const { floor } = await observer.hearing((h) => h.floor);
  assert.deepEqual({ ...floor, since_ms: 0 }, { participant: petitioner.id, since_ms: 0, limit_ms: 180_000, by: presiding.id });
  assert.ok(Math.abs(Date.now() - floor.since_ms) < 10_000);
  assert.equal((await presiding.person(petitioner.id, microphone("off"))).hand, null); // free now, and off by its owner's wish
  assert.ok((await petitioner.next("you.changed", ({ may }) => may.includes("floor.take"))).data.may.length > 0);
  await panelist.refused("floor.take", {}, "wrong_role");
  await petitioner.ask("floor.take");
  await observer.hearing((h) => h.floor === null);
  await presiding.person(petitioner.id, microphone("blocked"));
}, 30_000);

test("locked, but for the chair and the floor; shown to all", async () => {
  const { presiding, petitioner, clerk } = people;
  await presiding.ask("hearing.advance", { phase: "rights_and_recusal", reason: "双方已知悉" });
  await petitioner.ask("recusal.answer", { decision: "none" });
  await presiding.ask("hearing.advance", { phase: "challenge", reason: "双方同意直接质证" });
  const changed = await petitioner.hearing((h) => h.phase === "challenge");
  assert.deepEqual(changed.time, { petitioner_ms: 0, respondent_ms: 0, neutral_ms: 0 });
  await presiding.person(petitioner.id, microphone("off"));
  await presiding.ask("order.lock", { locked: true });
  assert.equal((await petitioner.hearing((h) => h.locked)).floor, null);
  await presiding.person(petitioner.id, microphone("blocked"));
  await presiding.ask("floor.give", { participant: petitioner.id });
  await presiding.person(petitioner.id, microphone("off"));
  await clerk.ask("spotlight.set", { participant: petitioner.id }); // by delegation
  assert.equal((await people.observer.hearing((h) => h.spotlight)).spotlight, petitioner.id);
}, 30_000);

test("warned, and only then removed; nobody else learns of it", async () => {
  const { presiding, clerk, petitioner, panelist, third } = people;
  await presiding.refused("participant.remove", { participant: third.id, reason: "喧哗" }, "warning_missing", "conflict");
  await presiding.refused("order.warn", { participant: third.id, reason: "" }, "reason_missing", "bad_field");
  await clerk.refused("order.warn", { participant: third.id, reason: "喧哗" }, "wrong_role");
  await presiding.ask("order.warn", { participant: third.id, reason: "喧哗" });
  const own = await third.person(third.id, (p) => p.warnings === 1);
  assert.equal(own.warning.reason, "喧哗");
  assert.equal((await clerk.person(third.id, (p) => p.warnings === 1)).warnings, 1);
  assert.equal((await panelist.person(third.id, () => true)).warnings, undefined);
  await presiding.ask("participant.remove", { participant: third.id, reason: "再次喧哗" });
  await presiding.refused("participant.remove", { participant: petitioner.id, reason: "持刀" }, "warning_missing");
}, 30_000);

test("a recess that says how long; a restart keeps all of it", async () => {
  const { presiding, petitioner } = people;
  await presiding.ask("hearing.recess", { reason: "cooling_off", minutes: 10 });
  const { recess } = await petitioner.hearing((h) => h.recess);
  assert.equal(recess.until_ms - recess.since_ms, 600_000);
  await server.stop();
  server = await new Server({ data: server.data }).start();
  for (const { client } of Object.values(people)) client.base = server.http;
  const snapshot = await presiding.connect();
  assert.deepEqual(snapshot.hearing.recess, recess);
  assert.equal(snapshot.hearing.locked, true);
  // Nobody of them is connected any more, but within the grace: the seats are kept, and so is the turn.
  assert.deepEqual([snapshot.hearing.floor?.participant, snapshot.hearing.spotlight], [petitioner.id, petitioner.id]);
  assert.equal(snapshot.participants.find(({ id }) => id === people.third.id).warnings, 1);
  await presiding.ask("hearing.resume");
  assert.equal((await presiding.hearing((h) => h.state === "live")).recess, null);
  await presiding.next("recording.changed", ({ recording }) => recording.state === "recording");
  await presiding.ask("order.lock", { locked: false });
  await pause(1500);
  await presiding.ask("hearing.close", { outcome: "explained", note: "测试" });
}, 60_000);

test("each of it is in the trail, and in the sealed log", async () => {
  const trail = server.query(`SELECT action, result, detail FROM audit WHERE object LIKE '%${hearing}%' OR action LIKE 'order.%'
    OR action LIKE 'floor.%' OR action LIKE 'participant.remove' OR action LIKE 'spotlight.%'`);
  const done = trail.filter(([, result]) => result === "done").map(([action]) => action);
  for (const action of ["floor.give", "floor.take", "order.warn", "order.lock", "spotlight.set", "participant.remove", "hearing.recess"])
    assert.ok(done.includes(action), `${action}: ${done}`);
  assert.ok(trail.some(([action, result]) => action === "order.warn" && result === "wrong_role"));
  const warning = trail.find(([action, result]) => action === "order.warn" && result === "done");
  assert.equal(JSON.parse(warning[2]).reason, "喧哗");
  let folders = [];
  for (let i = 0; i < 300 && folders.length < 2; i++, await pause(100))
    folders = server.query(`SELECT directory FROM recording WHERE hearing_id = '${hearing}' AND state = 'sealed' ORDER BY recording_no`);
  const key = join(server.data, "recordings.key");
  const types = new Set();
  for (const [directory] of folders) {
    const dump = heard(["verify", join(server.data, directory), "--json"]);
    assert.equal(dump.code, 0, dump.stdout + dump.stderr);
    const out = join(server.data, "derived", directory.slice(-3));
    const derived = heard(["derive", "--recording", join(server.data, directory), "--key", key, "--out", out], "", { ASAN_OPTIONS: "detect_leaks=0" }, 60_000);
    assert.equal(derived.code, 0, derived.stderr);
    for (const event of JSON.parse(readFileSync(join(out, "timeline.json"), "utf8")).events) types.add(event.type);
  }
  for (const type of ["floor", "lock", "spotlight", "warning"]) assert.ok(types.has(type), [...types].join(" "));
}, 90_000);
