// SPDX-License-Identifier: Apache-2.0
// A recorded mediation with a caucus through the real server: who is told what, where an offer may
// go, a restart in the middle, and what the sealed log says of the time in between.
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
const OFFER = readFileSync(new URL("../fuzz/corpus/sdp/chromium-full6.sdp", import.meta.url));
const people = {};
let hearing;

async function until(what, find, patience_ms = 60_000) {
  const end = Date.now() + patience_ms;
  for (; Date.now() < end; await pause(100)) {
    const found = await find();
    if (found) return found;
  }
  throw new Error(`in vain: ${what}: ${server.log.slice(-1500)}`);
}

class Person extends LivePerson {
  connect() {
    return super.connect(hearing);
  }

  post(room) {
    const query = room ? `?room=${room}` : "";
    return this.client.post(`${API}/hearings/${hearing}/peers${query}`, OFFER, { "Content-Type": "application/sdp" });
  }
}

// Who opens a link learns which side each one is of; who only watches learns no party's name.
function sidesAreTold({ participant, hearing: { seats } }, { role, side }) {
  assert.equal(participant.side, side ?? { mediator: "neutral", observer: "observer" }[role] ?? "petitioner");
  const parties = seats.filter((seat) => seat.role === "petitioner");
  assert.deepEqual(parties.map((seat) => seat.side), ["petitioner", "respondent"]);
  assert.deepEqual(parties.map((seat) => seat.name), role === "observer" ? ["李*", "王*"] : ["李四", "王五"]);
}

test("both sides come, and the mediator opens", async () => {
  const clerk = await new Client(server.http).login(demo.accounts.clerk);
  const seats = [
    { role: "mediator", name: "吴和" }, { role: "petitioner", name: "李四" }, { role: "petitioner", name: "王五", side: "respondent" },
    { role: "agent", name: "律师", side: "petitioner" }, { role: "observer", name: "旁听" },
  ];
  const made = await clerk.post(`${API}/cases/${demo.case}/hearings`, { kind: "mediation", planned_start_ms: Date.now(), recorded: true, seats });
  assert.equal(made.status, 201, made.text);
  hearing = made.json.hearing.id;
  const names = ["mediator", "a", "b", "agent", "observer"];
  for (const [i, link] of made.json.links.entries()) {
    const client = new Client(server.http);
    const opened = await client.openLink(link.url);
    assert.equal(opened.status, 200);
    sidesAreTold(opened.json, seats[i]);
    people[names[i]] = new Person(client, link.participant);
    const snapshot = await people[names[i]].connect();
    assert.equal(snapshot.you.room, i === 0 ? "main" : "lobby");
    assert.deepEqual(snapshot.hearing.rooms.map(({ room, open }) => [room, open]), [["caucus_a", false], ["caucus_b", false]]);
    assert.deepEqual([snapshot.hearing.apart, snapshot.hearing.recorded], [null, true]);
  }
  const { mediator } = people;
  for (const name of names.slice(1)) {
    if (name === "b") await mediator.refused("hearing.open", {}, "respondent_missing");
    for (const subject of ["online_mode", "recording"]) await people[name].ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
    await mediator.ask("participant.check_identity", { participant: people[name].id, method: "id_card", document: "1234", result: "ok" });
    await mediator.ask("participant.admit", { participant: people[name].id });
    assert.equal((await people[name].next("media.admitted")).data.room, "main");
  }
  await mediator.ask("hearing.open");
  await mediator.next("recording.changed", ({ recording }) => recording.state === "recording");
  await pause(1500);
}, 60_000);

test("a caucus: invited, moved, and offers only for the room one is in", async () => {
  const { mediator, a, b, agent, observer } = people;
  assert.equal((await a.post("main")).status, 201);
  await b.refused("room.open", { room: "caucus_b" }, "wrong_role");
  await mediator.ask("room.open", { room: "caucus_a" });
  const { hearing: changed } = (await observer.next("hearing.changed", (data) => data.hearing.apart)).data;
  assert.equal(changed.apart.reason, "caucus");
  assert.deepEqual(changed.rooms[0], { room: "caucus_a", open: true, locked: false, since_ms: changed.apart.since_ms, by: mediator.id });
  assert.equal((await mediator.next("media.admitted")).data.room, "caucus_a");
  assert.equal((await a.next("notice", ({ code }) => code === "room_invited")).data.detail, "caucus_a");
  assert.equal((await mediator.next("participant.changed", ({ participant: p }) => p.id === a.id && p.invited)).data.participant.invited, "caucus_a");
  await b.refused("room.enter", { room: "caucus_a" }, "wrong_room");
  await observer.refused("room.enter", { room: "caucus_a" }, "wrong_role");
  await a.ask("room.answer", { room: "caucus_a", decision: "accepted" });
  assert.equal((await a.next("media.dropped")).data.reason, "room");
  assert.equal((await a.next("media.admitted")).data.room, "caucus_a");
  const seen = (await b.next("participant.changed", ({ participant: p }) => p.id === a.id && p.room === "caucus_a")).data.participant;
  assert.deepEqual([seen.presence, seen.invited], ["in_caucus", undefined]);
  const late = await a.post("main");
  assert.deepEqual([late.status, late.json.code], [409, "conflict"]);
  assert.match(late.json.detail, /^wrong_room/);
  assert.equal((await a.post("caucus_a")).status, 201);
  assert.equal((await a.post("nowhere")).json.code, "bad_field");
  await agent.ask("room.answer", { room: "caucus_a", decision: "declined" });
  await mediator.ask("room.lock", { room: "caucus_a", locked: true });
  await agent.refused("room.enter", { room: "caucus_a" }, "room_locked");
  await pause(2500);
}, 60_000);

test("the server comes back in the middle of it", async () => {
  await server.stop();
  server = await new Server({ data: server.data }).start();
  for (const { client } of Object.values(people)) client.base = server.http;
  const { mediator, a, b } = people;
  for (const [person, room] of [[mediator, "caucus_a"], [a, "caucus_a"], [b, "main"]]) {
    const snapshot = await person.connect();
    assert.equal(snapshot.you.room, room);
    assert.equal(snapshot.hearing.apart.reason, "caucus");
    assert.equal(snapshot.hearing.rooms[0].locked, true);
  }
  assert.equal((await a.post("caucus_a")).status, 201);
  assert.equal((await b.post("caucus_a")).status, 409);
  await pause(2500);
}, 60_000);

test("all come back, and the log says why it was silent", async () => {
  const { mediator, a } = people;
  await mediator.ask("room.close", { room: "caucus_a" });
  assert.equal((await a.next("media.admitted")).data.room, "main");
  assert.equal((await a.next("notice", ({ code }) => code === "room_closed_by_mediator")).data.detail, "caucus_a");
  await mediator.next("recording.changed", ({ recording }) => recording.state === "recording");
  await pause(1500);
  await mediator.ask("hearing.close", { outcome: "mediated", note: "达成协议" });
  const folders = await until("the seal of both recordings", () => {
    const rows = server.query(`SELECT directory FROM recording WHERE hearing_id = '${hearing}' AND state = 'sealed' ORDER BY recording_no`);
    return rows.length === 2 && rows.map(([directory]) => join(server.data, directory));
  });
  const key = join(server.data, "recordings.key");
  for (const folder of folders) {
    const verified = heard(["verify", folder, "--json"]);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    const paused = JSON.parse(verified.stdout).findings.filter(({ kind }) => kind === "paused");
    assert.ok(paused.some((finding) => finding.detail === "caucus"), verified.stdout);
    const out = join(server.data, "derived", folder.slice(-3));
    const derived = heard(["derive", "--recording", folder, "--key", key, "--out", out], "", { ASAN_OPTIONS: "detect_leaks=0" }, 60_000); // GStreamer's own: tests/lsan.supp
    assert.equal(derived.code, 0, derived.stderr);
    const { gaps } = JSON.parse(readFileSync(join(out, "timeline.json"), "utf8"));
    const apart = gaps.filter(({ note }) => note === "caucus");
    assert.equal(apart.length, 1, JSON.stringify(gaps));
    assert.equal(apart[0].reason, "paused");
    // A log that ends in a pause ends with its last clock mark, up to a second before.
    assert.ok(apart[0].to_ms - apart[0].from_ms > 1400, JSON.stringify(apart));
  }
}, 90_000);
