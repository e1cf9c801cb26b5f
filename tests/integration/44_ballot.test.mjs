// SPDX-License-Identifier: Apache-2.0
// A panel deliberates over the real server: named and secret votes, a crash between two of them, a panelist who is sent out,
// opinion, dissent, seal and release; and what every role and account gets of it by every route, at every stage.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { LivePerson } from "./lib/live_person.mjs";
import { Server, removeFolder } from "./lib/server.mjs";
import { readLog } from "../vectors/read.mjs";

let server = await new Server().start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const API = "/api/v1";
const WORDS = { named: "房屋漏水是否属实", secret: "是否建议支持诉求", options: ["全部支持照赔", "部分支持照赔"], opinion: "合议意见如此如此", dissent: "本人保留不同看法" };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const people = {};
const accounts = {};
const ballots = {};
let hearing;

class Person extends LivePerson {
  connect() {
    return super.connect(hearing);
  }

  // What next() passes over is kept: nobody outside may have had news.
  opened() {
    const { frames } = this.socket;
    this.news ??= [];
    frames.shift = () => {
      const [frame] = frames.splice(0, 1);
      if (frame?.opcode === 1) this.news.push(frame.payload.toString());
      return frame;
    };
  }
}

const at = (path) => `${API}/hearings/${hearing}/${path}`;
const see = async (client) => (await client.get(at("deliberation"))).json;
const done = (answer, status = 204) => assert.equal(answer.status, status, answer.text);
const refused = (answer, status, code, reason) => {
  assert.deepEqual([answer.status, answer.json?.code, ...(reason ? [answer.json?.reason] : [])], [status, code, ...(reason ? [reason] : [])], answer.text);
};
const put = (who, question, secret, options = WORDS.options) => people[who].client.post(at("ballots"), { question, secret, options });
const vote = (who, ballot, choice, headers) => people[who].client.post(at(`ballots/${ballot}/vote`), { choice }, headers);
const advance = (phase) => people.presiding.ask("hearing.advance", { phase, reason: "评议" });

// What of the deliberation a text holds: none of its words, or some.
const leaks = (text) => [WORDS.named, WORDS.secret, ...WORDS.options, WORDS.opinion, WORDS.dissent].filter((word) => text.includes(word));

const PANEL = ["n1", "n2", "n3", "n4", "n5"];
const INSIDE = ["presiding", "clerk", ...PANEL];
const OUTSIDE = ["petitioner", "agent", "department", "witness", "observer"];

test("a panel of five is here and goes to deliberate", async () => {
  const clerk = await new Client(server.http).login(demo.accounts.clerk);
  const names = [...INSIDE, ...OUTSIDE];
  const roleOf = (name) => (PANEL.includes(name) ? "panelist" : name);
  const seats = names.map((name) => ({ role: roleOf(name), name }));
  const made = await clerk.post(`${API}/cases/${demo.case}/hearings`, { kind: "panel_hearing", planned_start_ms: Date.now(), seats });
  assert.equal(made.status, 201, made.text);
  hearing = made.json.hearing.id;
  for (const [i, link] of made.json.links.entries()) {
    const client = new Client(server.http);
    done(await client.openLink(link.url), 200);
    people[names[i]] = new Person(client, link.participant);
    await people[names[i]].connect();
  }
  const { presiding } = people;
  for (const name of [...PANEL, ...OUTSIDE]) {
    if (name === "department") continue;
    for (const subject of ["online_mode", "recording"]) await people[name].ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
    await presiding.ask("participant.check_identity", { participant: people[name].id, method: "id_card", document: "1234", result: "ok" });
    await presiding.ask("participant.admit", { participant: people[name].id });
  }
  refused(await put("presiding", WORDS.named, false), 409, "wrong_phase", "not_in_room");
  await presiding.ask("hearing.open");
  await advance("rights_and_recusal");
  for (const name of ["petitioner", "agent", "department"]) await people[name].ask("recusal.answer", { decision: "none" });
  await advance("deliberation");
  await people.n5.next("you.changed", ({ room }) => room === "deliberation");
}, 60_000);

test("accounts without a seat are there too", async () => {
  server.sql(
    "INSERT INTO account (id, login, password_hash, roles, unit_id, name, status, failed_logins, created_ms) SELECT '0192f000-0000-7000-8000-000000000001', 'test.audit', password_hash, 'audit_admin', unit_id, '审计', status, 0, created_ms FROM account WHERE login = 'demo.security'",
  );
  for (const role of ["clerk", "presiding", "archivist", "sec_admin"]) accounts[role] = await new Client(server.http).login([demo.accounts[role]].flat()[0]);
  accounts.audit_admin = await new Client(server.http).login({ ...demo.accounts.sec_admin, login: "test.audit" });
});

test("a named vote: once, no result before its end, a majority after it", async () => {
  refused(await put("n1", WORDS.named, false), 403, "wrong_role", "wrong_role");
  for (const [body, field] of [
    [{ question: WORDS.named, secret: false, options: ["一"] }, "options"],
    [{ question: WORDS.named, secret: false, options: ["一", "一"] }, "options"],
    [{ question: WORDS.named, secret: false, options: ["一", 2] }, "options"],
    [{ question: WORDS.named, secret: false, options: [..."一二三四五六七八九"] }, "options"],
    [{ question: " ", secret: false, options: WORDS.options }, "question"],
    [{ question: WORDS.named, options: WORDS.options }, "secret"],
  ]) {
    const answer = await people.presiding.client.post(at("ballots"), body);
    refused(answer, 422, "bad_field");
    assert.match(answer.json.detail, new RegExp(`^${field}`));
  }
  const made = await put("clerk", WORDS.named, false);
  done(made, 201);
  ballots.named = made.json.id;
  refused(await put("presiding", WORDS.secret, true), 409, "conflict", "question_open");
  await people.n1.next("deliberation.changed");
  refused(await vote("presiding", ballots.named, 0), 403, "wrong_role", "wrong_role");
  refused(await vote("clerk", ballots.named, 0), 403, "wrong_role", "wrong_role");
  refused(await vote("n1", ballots.named, 2), 422, "bad_field");
  refused(await vote("n1", "0192f000-0000-7000-8000-000000000009", 0), 404, "not_found");
  done(await vote("n1", ballots.named, 0));
  refused(await vote("n1", ballots.named, 1), 409, "conflict", "has_voted");
  const open = await see(people.presiding.client);
  assert.deepEqual(open.may, ["close", "withdraw", "write"]);
  assert.deepEqual([open.ballots[0].votes, open.ballots[0].choices, open.ballots[0].who.filter(({ voted }) => voted).length], [null, [], 1]);
  assert.deepEqual((await see(people.n1.client)).ballots[0].choices, [{ participant: people.n1.id, choice: 0 }]);
  assert.deepEqual((await see(people.n2.client)).ballots[0].choices, []);
  for (const [who, choice] of [["n2", 1], ["n3", 1], ["n4", -1], ["n5", 1]]) done(await vote(who, ballots.named, choice));
  refused(await people.n2.client.post(at(`ballots/${ballots.named}/close`)), 403, "wrong_role");
  done(await people.presiding.client.post(at(`ballots/${ballots.named}/close`)));
  const [ended] = (await see(people.n2.client)).ballots;
  assert.deepEqual([ended.state, ended.votes, ended.abstained, ended.voters, ended.result, ended.option], ["closed", [1, 3], 1, 5, "majority", 1]);
  assert.deepEqual(new Map(ended.choices.map(({ participant, choice }) => [participant, choice])).get(people.n4.id), -1);
});

const urn = () => server.query(`SELECT urn FROM ballot WHERE id = '${ballots.secret}'`)[0][0];

test("a secret vote that outlives a crash, and that no row tells", async () => {
  const made = await put("presiding", WORDS.secret, true);
  done(made, 201);
  ballots.secret = made.json.id;
  const key = join(server.data, "urns", `${ballots.secret}.key`);
  assert.ok(existsSync(key));
  const lengths = new Set([urn().length]);
  done(await vote("n3", ballots.secret, 1, { "Idempotency-Key": "vote-of-three" }));
  lengths.add(urn().length);
  done(await vote("n1", ballots.secret, 0, { "Idempotency-Key": "vote-of-one" }));
  await server.stop("SIGKILL");
  server = await new Server({ data: server.data }).start();
  for (const client of [...Object.values(people).map((one) => one.client), ...Object.values(accounts)]) client.base = server.http;
  for (const [name, one] of Object.entries(people)) assert.equal((await one.connect()).you.room, INSIDE.includes(name) ? "deliberation" : name === "witness" ? "witness" : "main", name);
  refused(await vote("n1", ballots.secret, 1), 409, "conflict", "has_voted");
  for (const [who, choice] of [["n2", 1], ["n5", 0], ["n4", -1]]) {
    done(await vote(who, ballots.secret, choice));
    lengths.add(urn().length);
  }
  assert.equal(lengths.size, 1, "the urn's length tells something");
  for (const who of ["presiding", "n1"]) {
    const one = (await see(people[who].client)).ballots.at(-1);
    assert.deepEqual([one.votes, one.choices, one.result], [null, [], null]);
  }
  done(await people.clerk.client.post(at(`ballots/${ballots.secret}/close`)));
  const ended = (await see(people.n1.client)).ballots.at(-1);
  assert.deepEqual([ended.votes, ended.abstained, ended.result, ended.option, ended.choices], [[2, 2], 1, "tie", null, []]);
  assert.equal(existsSync(key), false);
  assert.deepEqual(server.query(`SELECT urn FROM ballot WHERE id = '${ballots.secret}'`), [[null]]);
  assert.deepEqual(server.query(`SELECT * FROM ballot_vote WHERE ballot_id = '${ballots.secret}'`), []);
  assert.deepEqual(server.query("SELECT * FROM idempotency WHERE key LIKE 'vote-of-%'"), []);
  // In the trail the five differ by who and when alone.
  const traces = server.query(`SELECT role, action, object, reason, result, detail FROM audit WHERE action = 'ballot.vote' AND object = 'ballot:${ballots.secret}'`);
  assert.equal(traces.length, 5);
  assert.equal(new Set(traces.map((trace) => JSON.stringify(trace))).size, 1);
  // Rows of voters in their order of coming; the marks were all set by the same statement.
  assert.deepEqual(server.query(`SELECT DISTINCT has_voted FROM ballot_voter WHERE ballot_id = '${ballots.secret}'`), [[1]]);
}, 60_000);

test("the panel changes: the vote is void, and the next one is of those who are left", async () => {
  const made = await put("presiding", WORDS.secret, true);
  done(await vote("n5", made.json.id, 0));
  await people.presiding.ask("participant.remove", { participant: people.n5.id, reason: "回避", safety: true });
  refused(await people.n5.client.get(at("deliberation")), 200, undefined);
  done(await people.presiding.client.post(at(`ballots/${made.json.id}/close`)));
  const ended = (await see(people.n1.client)).ballots.at(-1);
  assert.deepEqual([ended.state, ended.votes, ended.result], ["void", null, null]);
  assert.deepEqual(readdirSync(join(server.data, "urns")), []);
  const again = await put("presiding", WORDS.secret, true);
  assert.equal((await see(people.n1.client)).ballots.at(-1).voters, 4);
  refused(await vote("n5", again.json.id, 0), 403, "wrong_role", "wrong_role");
  for (const [who, choice] of [["n1", 1], ["n2", 1], ["n3", 1]]) done(await vote(who, again.json.id, choice));
  done(await people.presiding.client.post(at(`ballots/${again.json.id}/close`)));
  const [result] = (await see(people.n1.client)).ballots.slice(-1);
  assert.deepEqual([result.votes, result.result, result.option], [[0, 3], "majority", 1]);
  const taken = await put("presiding", "多余的问题", false);
  refused(await people.presiding.client.post(at(`ballots/${taken.json.id}/withdraw`), { reason: " " }), 422, "bad_field");
  done(await people.presiding.client.post(at(`ballots/${taken.json.id}/withdraw`), { reason: "重复" }));
});

test("the opinion: one pen at a time, confirmed in its last version, and a dissent", async () => {
  const write = (who, text, version) => people[who].client.post(at("deliberation/opinion"), { text, version });
  refused(await people.presiding.client.post(at("deliberation/seal")), 409, "conflict", "opinion_missing");
  refused(await write("n1", WORDS.opinion, 0), 403, "wrong_role");
  done(await write("clerk", "初稿", 0));
  refused(await write("presiding", WORDS.opinion, 0), 409, "conflict", "opinion_changed");
  done(await people.n1.client.post(at("deliberation/confirm"), { version: 1 }));
  done(await write("presiding", WORDS.opinion, 1));
  assert.equal((await see(people.n1.client)).panel.some(({ confirmed }) => confirmed), false, "an earlier version's word counts");
  refused(await people.n1.client.post(at("deliberation/confirm"), { version: 1 }), 409, "conflict", "opinion_changed");
  for (const who of ["n1", "n2"]) done(await people[who].client.post(at("deliberation/confirm"), { version: 2 }));
  refused(await people.presiding.client.post(at("deliberation/confirm"), { version: 2 }), 403, "wrong_role");
  done(await people.n3.client.post(at("deliberation/dissent"), { text: WORDS.dissent }));
  refused(await people.presiding.client.post(at("deliberation/seal")), 409, "conflict", "confirmation_missing");
});

// By every route: whoever is outside, whatever the stage. Also the events that came, and other lists.
async function outsidersGet(stage, views) {
  const all = { ...Object.fromEntries(Object.entries(people).map(([name, one]) => [name, one.client])), ...Object.fromEntries(Object.entries(accounts).map(([name, client]) => [`account ${name}`, client])) };
  for (const [name, client] of Object.entries(all)) {
    const answer = await client.get(at("deliberation"));
    const wanted = name in views ? views[name] : (name.startsWith("account") ? views.account : views.other);
    if (wanted === null) {
      refused(answer, 403, "wrong_role");
      continue;
    }
    assert.equal(answer.status, 200, `${name}: ${answer.text}`);
    assert.equal(answer.json.view, wanted, `${stage}: ${name}`);
    if (wanted !== "all") {
      assert.deepEqual(answer.json.may, [], `${stage}: ${name}`);
      assert.deepEqual(Object.keys(answer.json).sort(), wanted === "seal" ? ["may", "released", "sealed", "view"] : ["may", "released", "view"]);
      if (answer.json.released === null) assert.deepEqual(leaks(answer.text), [], `${stage}: ${name}`);
    }
    if (name === "account audit_admin") continue; /* nothing else is for him */
    for (const path of ["", "/minutes", "/exhibits", "/quality"]) assert.deepEqual(leaks((await client.get(`${API}/hearings/${hearing}${path}`)).text), [], `${stage}: ${name} ${path}`);
    assert.deepEqual(leaks((await client.get(`${API}/hearings`)).text), [], `${stage}: ${name}`);
  }
}

const WRITES = [
  ["ballots", { question: "假", secret: false, options: ["一", "二"] }],
  ["ballots/ID/vote", { choice: 0 }],
  ["ballots/ID/close", {}],
  ["ballots/ID/withdraw", { reason: "假" }],
  ["deliberation/opinion", { text: "假", version: 2 }],
  ["deliberation/confirm", { version: 2 }],
  ["deliberation/dissent", { text: "假" }],
  ["deliberation/seal", { note: "假" }],
  ["deliberation/release", {}],
];

async function outsidersMayNot(names) {
  for (const client of names) {
    for (const [path, body] of WRITES) {
      const answer = await client.post(at(path.replace("ID", ballots.named)), body);
      assert.ok(answer.status === 403 || answer.status === 409, `${path}: ${answer.status} ${answer.text}`);
      assert.deepEqual(leaks(answer.text), []);
    }
  }
}

test("while they deliberate nobody else sees a word of it or has a hand in it", async () => {
  const inside = Object.fromEntries(INSIDE.map((name) => [name, "all"]));
  await outsidersGet("deliberation", { ...inside, n5: "result", other: "result", account: "result", "account audit_admin": "seal", "account sec_admin": null });
  await outsidersMayNot([...[...OUTSIDE, "n5"].map((name) => people[name].client), ...Object.values(accounts)]);
});

test("sealed with a note on who did not confirm; the hash is of the record, and tells no vote", async () => {
  refused(await people.clerk.client.post(at("deliberation/seal"), { note: "n4 不在" }), 403, "wrong_role");
  done(await people.presiding.client.post(at("deliberation/seal"), { note: "n4 未确认：临时离席" }));
  const [[record, sha256]] = server.query(`SELECT record, sha256 FROM deliberation WHERE hearing_id = '${hearing}'`);
  assert.equal(createHash("sha256").update(record).digest("hex"), sha256);
  const read = JSON.parse(record);
  assert.match(read.nonce, /^[0-9a-f]{64}$/);
  assert.deepEqual(read.ballots.map(({ state }) => state), ["closed", "closed", "void", "closed", "withdrawn"]);
  assert.deepEqual([read.opinion.text, read.dissents[0].text, read.note], [WORDS.opinion, WORDS.dissent, "n4 未确认：临时离席"]);
  assert.deepEqual(read.ballots.filter(({ secret }) => secret).flatMap(({ choices }) => choices), []);
  for (const [who, path, body] of [["presiding", "deliberation/opinion", { text: "改", version: 2 }], ["n1", "deliberation/dissent", { text: "迟" }], ["presiding", "deliberation/seal", { note: "再" }], ["presiding", "ballots", { question: "再", secret: false, options: ["一", "二"] }]])
    refused(await people[who].client.post(at(path), body), 409, "conflict", "sealed");
  const trail = server.query(`SELECT reason FROM audit WHERE action = 'deliberation.seal' AND hearing_id = '${hearing}'`);
  assert.deepEqual(trail, [[`sha256 ${sha256}`]]);
  refused(await people.presiding.client.post(at("deliberation/release")), 409, "wrong_phase", "not_yet_announced");
});

test("after the room: who decided still sees all, the clerk and everybody else nothing until the release", async () => {
  await advance("announcement");
  await people.petitioner.next("hearing.changed", (data) => data.hearing.phase === "announcement");
  const panel = Object.fromEntries(["presiding", "n1", "n2", "n3", "n4"].map((name) => [name, "all"]));
  const views = { ...panel, other: "result", account: "result", "account audit_admin": "seal", "account sec_admin": null };
  await outsidersGet("announcement", views);
  await outsidersMayNot([...[...OUTSIDE, "n5", "clerk"].map((name) => people[name].client), ...Object.values(accounts)]);
  done(await people.presiding.client.post(at("deliberation/release")));
  refused(await people.presiding.client.post(at("deliberation/release")), 409, "conflict", "released");
  await people.observer.next("deliberation.released");
  await outsidersGet("released", views);
  for (const client of [people.petitioner.client, people.observer.client, people.clerk.client, accounts.clerk]) {
    const answer = await client.get(at("deliberation"));
    const { released } = answer.json;
    assert.equal(released.opinion, WORDS.opinion);
    assert.deepEqual(released.questions.map(({ votes, abstained, voters, result, option }) => [votes, abstained, voters, result, option]),
      [[[1, 3], 1, 5, "majority", 1], [[2, 2], 1, 5, "tie", null], [[0, 3], 0, 4, "majority", 1]]);
    assert.equal(answer.text.includes(WORDS.dissent), false);
    for (const name of PANEL) assert.equal(answer.text.includes(people[name].id), false, `${name} is in what was released`);
  }
  assert.equal((await see(people.n5.client)).released, null, "who was sent out");
});

test("outside nobody had news of it, and the recording's log has the hash alone", async () => {
  await pause(300);
  for (const name of [...OUTSIDE]) {
    const types = [...people[name].news, ...people[name].socket.frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => payload.toString())];
    assert.ok(types.length > 10, name);
    for (const text of types) assert.deepEqual(leaks(text), [], name);
    assert.equal(types.some((text) => text.includes("deliberation.changed")), false, name);
  }
  await people.presiding.ask("hearing.close", { outcome: "partly_supported", note: "评议后宣布" });
  const [[sha256]] = server.query(`SELECT sha256 FROM deliberation WHERE hearing_id = '${hearing}'`);
  let rows = [];
  for (let i = 0; i < 300 && rows.length === 0; i++, await pause(200)) rows = server.query(`SELECT directory FROM recording WHERE hearing_id = '${hearing}' AND state = 'sealed' ORDER BY recording_no DESC`);
  const texts = rows.map(([directory]) => readLog(join(server.data, directory), join(server.data, "recordings.key")).filter(({ type }) => type === "event").map(({ json }) => JSON.stringify(json)).join("\n"));
  assert.ok(texts.some((text) => text.includes(sha256)), "the hash is not in the log");
  for (const text of texts) assert.deepEqual(leaks(text), []);
}, 90_000);
