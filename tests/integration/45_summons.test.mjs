// SPDX-License-Identifier: Apache-2.0
// A unit called into a running hearing, through the real server: two duty screens ring, the first answer
// counts, a seat with a name plate, declined, too late, a restart while it rings, and what proves it.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client, Socket } from "./lib/client.mjs";
import { LivePerson } from "./lib/live_person.mjs";
import { Server, heard, removeFolder, tempFolder } from "./lib/server.mjs";

const API = "/api/v1";
const HOUSING = "460105-0003";
const PASSWORD = "correct horse 7 battery";
const data = tempFolder();
const profiles = tempFolder();
const config = join(data, "heard.conf");
const joint = JSON.parse(readFileSync(new URL("../../server/hearing/profiles/joint_reception.json", import.meta.url)));
writeFileSync(join(profiles, "joint_reception.json"), JSON.stringify({ ...joint, summons_reply_seconds: 1 }));
writeFileSync(config, `profiles = ${profiles}\n`);
const start = () => new Server({ data, args: ["--config", config] }).start();
let server = await start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  [data, profiles].forEach(removeFolder);
});

// A duty screen of an account.
class Duty {
  static async open(client) {
    const self = new Duty();
    self.client = client;
    const { status, socket, text } = await Socket.open(client.base, `${API}/duty/events`, { cookie: client.cookie });
    assert.equal(status, 101, text);
    self.socket = socket;
    socket.command(1, "hello", { language: "zh", slots: 0 });
    return self;
  }

  async list(when) {
    return (await this.socket.next((m) => m.type === "snapshot" && when(m.data.summonses))).data.summonses;
  }

  async ringing(hearing) {
    const rings = (one) => one.state === "ringing" && one.hearing === hearing;
    return (await this.list((list) => list.some(rings))).find(rings);
  }

  answer(id, decision, reason) {
    return this.client.post(`${API}/summonses/${id}/answer`, { decision, ...(reason ? { reason } : {}) });
  }
}

const people = {};
let first, second; // duty screens of one unit
let hearing, units;

async function openHearing(kind) {
  const clerk = await new Client(server.http).login(demo.accounts.clerk);
  const seats = ["presiding", "clerk", "petitioner"].map((role) => ({ role, name: role }));
  const made = await clerk.post(`${API}/cases/${demo.case}/hearings`, { kind, title: "漏水问题", planned_start_ms: Date.now(), seats });
  assert.equal(made.status, 201, made.text);
  hearing = made.json.hearing.id;
  for (const [i, link] of made.json.links.entries()) {
    const client = new Client(server.http);
    assert.equal((await client.openLink(link.url)).status, 200);
    const person = (people[seats[i].role] = new LivePerson(client, link.participant));
    await person.connect(hearing);
  }
  for (const subject of ["online_mode", "recording"]) await people.petitioner.ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
  await people.clerk.ask("participant.check_identity", { participant: people.petitioner.id, method: "id_card", document: "1234", result: "ok" });
  await people.clerk.ask("participant.admit", { participant: people.petitioner.id });
  await people.presiding.ask("hearing.open");
}

const calls = async (state) =>
  (await people.presiding.next("hearing.changed", ({ hearing: { summons } }) => summons.calls.at(-1)?.state === state)).data.hearing.summons.calls.at(-1);

test("whom one may call: units of the territory, with who is on duty", async () => {
  const made = heard(["user", "add", "--data", data, "--login", "housing2", "--name", "李安", "--roles", "department", "--unit", HOUSING, "--title", "值班员"], PASSWORD);
  assert.equal(made.code, 0, made.stderr);
  await openHearing("reception");
  const find = (client, search) => client.get(`${API}/hearings/${hearing}/summonable-units?search=${encodeURIComponent(search)}`);
  first = await Duty.open(await new Client(server.http).login(demo.accounts.department[0]));
  assert.deepEqual(await first.list(() => true), []);
  const { json } = await find(people.presiding.client, "住");
  assert.deepEqual(json.items.map(({ short_name, on_duty }) => [short_name, on_duty]), [["县住建局", true]]);
  units = { housing: json.items[0].id, street: (await find(people.presiding.client, "滨河街道")).json.items[0].id };
  assert.equal((await find(people.petitioner.client, "")).status, 403);
  assert.deepEqual((await find(people.presiding.client, "市")).json.items, []); // not upwards
  const street = await new Client(server.http).login(demo.accounts.department[1]);
  assert.equal((await Socket.open(server.http, `${API}/duty/events`, { cookie: people.presiding.client.cookie })).status, 403);
  assert.equal((await Socket.open(server.http, `${API}/duty/events`, { cookie: (await new Client(server.http).login(demo.accounts.clerk)).cookie })).status, 403);
  people.street = street;
}, 30_000);

test("both screens of the unit ring; the first answer counts, the other stops", async () => {
  const { presiding, petitioner, clerk, street } = people;
  second = await Duty.open(await new Client(server.http).login({ login: "housing2", password: PASSWORD }));
  await second.list(() => true);
  await petitioner.refused("summons.call", { unit: units.housing }, "wrong_role");
  await presiding.refused("summons.call", { unit: "nobody" }, "unknown_unit", "not_found");
  const city = server.query("SELECT id FROM unit WHERE code = '460100-0003'")[0][0];
  await presiding.refused("summons.call", { unit: city }, "unit_out_of_reach", "forbidden");
  await presiding.ask("summons.call", { unit: units.housing });
  const [a, b] = await Promise.all([first.ringing(hearing), second.ringing(hearing)]);
  assert.equal(a.id, b.id);
  assert.deepEqual([a.kind, a.title, a.organiser, a.called_by, a.unit_name], ["reception", "漏水问题", "示范县信访局", "presiding", "示范县住房和城乡建设局"]);
  assert.equal(a.due_at_ms - a.called_at_ms, 900_000);
  await presiding.next("summons.changed", ({ summons: { calls: [one] } }) => one.rung_at_ms > 0);
  await presiding.refused("summons.call", { unit: units.housing }, "unit_called");
  assert.equal((await street.post(`${API}/summonses/${a.id}/answer`, { decision: "accepted" })).status, 404); // another unit's
  assert.equal((await second.client.post(`${API}/summonses/${a.id}/seen`)).status, 204);
  await clerk.next("summons.changed", ({ summons: { calls: [one] } }) => one.seen_at_ms > 0);
  assert.equal((await second.answer(a.id, "declined")).json.reason, "reason_missing");
  const done = await second.answer(a.id, "accepted");
  assert.equal(done.status, 200, done.text);
  const late = await first.answer(a.id, "accepted");
  assert.deepEqual([late.status, late.json.reason], [409, "summons_over"]);
  const over = (await first.list((list) => list[0]?.state === "accepted"))[0];
  assert.equal(over.answered_by, "李安（值班员）");
  const plate = (await petitioner.next("participant.changed", ({ participant: p }) => p.id === done.json.participant)).data.participant;
  assert.deepEqual([plate.role, plate.name, plate.unit, plate.title], ["department", "李安", "示范县住房和城乡建设局", "值班员"]);
  const seen = await calls("accepted");
  assert.deepEqual([seen.participant, seen.answered_by], [plate.id, "李安（值班员）"]);
  assert.equal((await presiding.next("notice", ({ code }) => code === "summons_accepted")).data.detail, "示范县住房和城乡建设局");
  people.unit = new LivePerson(second.client, plate.id);
  assert.equal((await people.unit.connect(hearing)).you.room, "main");
  await presiding.refused("summons.call", { unit: units.housing }, "unit_here");
  const words = (await clerk.client.get(`${API}/hearings/${hearing}/minutes`)).json.items.map(({ text, kind }) => [kind, text]);
  assert.deepEqual(words, [["action", "召集示范县住房和城乡建设局参加。"], ["action", "示范县住房和城乡建设局应答召集，由李安（值班员）参加。"]]);
}, 30_000);

test("it goes on ringing over a restart, is declined, taken back, and nobody learns of it who should not", async () => {
  const { presiding, petitioner } = people;
  await presiding.ask("summons.call", { unit: units.street });
  await calls("ringing");
  await server.stop();
  server = await start();
  for (const { client } of [presiding, people.clerk, petitioner, people.unit]) client.base = server.http;
  people.street.base = server.http;
  const { hearing: now } = await presiding.connect(hearing);
  assert.deepEqual(now.summons.calls.map(({ state, rung_at_ms }) => [state, rung_at_ms > 0]), [["accepted", true], ["ringing", false]]);
  assert.equal((await petitioner.connect(hearing)).hearing.summons, null);
  assert.ok((await people.unit.connect(hearing)).participants.some(({ id }) => id === people.unit.id));
  const screen = await Duty.open(people.street);
  const call = await screen.ringing(hearing);
  assert.equal((await screen.answer(call.id, "declined", "都在现场处置险情")).status, 200);
  assert.deepEqual([(await calls("declined")).reason], ["都在现场处置险情"]);
  await presiding.ask("summons.call", { unit: units.street });
  await screen.ringing(hearing);
  await presiding.ask("summons.cancel", { number: 3, reason: "不再需要" });
  assert.equal((await screen.list((list) => list.some(({ state }) => state === "cancelled"))).find(({ state }) => state === "cancelled").hearing, hearing);
  assert.equal(await screen.socket.next((m) => m.type === "snapshot", 200).catch((error) => error.message), "nothing came");
  const [row] = server.query(`SELECT unit_name, called_by, state, rung_ms > 0, answered_by, reason FROM summons WHERE hearing_id = '${hearing}' AND number = 2`);
  assert.deepEqual(row, ["滨河街道办事处", "presiding", "declined", 1, "黄河清（信访办主任）", "都在现场处置险情"]);
}, 60_000);

test("nobody answers in time: the desk learns it, may call again, and a restricted case shows no title", async () => {
  await openHearing("joint_reception"); // its office gives one second
  const { presiding } = people;
  await presiding.ask("summons.call", { unit: units.housing });
  const call = await calls("unanswered");
  assert.deepEqual([call.rung_at_ms, call.answered_by], [null, null]);
  assert.equal((await presiding.next("notice", ({ code }) => code === "summons_unanswered")).data.detail, "示范县住房和城乡建设局");
  server.sql("UPDATE petition_case SET confidentiality = 'accusation'");
  first.client.base = server.http;
  const screen = await Duty.open(first.client);
  await screen.list(() => true);
  await presiding.ask("summons.call", { unit: units.housing });
  assert.equal((await screen.ringing(hearing)).title, null);
  await calls("unanswered");
  const trail = server.query(`SELECT action, result FROM audit WHERE hearing_id = '${hearing}' AND action LIKE '%summons%' ORDER BY seq`);
  assert.deepEqual(trail, [["summons.call", "done"], ["server.summons_expire", "done"], ["summons.call", "done"], ["server.summons_expire", "done"]]);
  assert.match((await people.clerk.client.get(`${API}/hearings/${hearing}/minutes`)).text, /在1秒内未应答召集/);
}, 30_000);
