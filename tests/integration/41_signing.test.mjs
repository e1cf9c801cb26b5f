// SPDX-License-Identifier: Apache-2.0
// From the draft of the minutes to their seal over the real server: circulate, read, correct, sign with the code that one's
// own page is told, refuse, note a refusal; what is refused, what stays, and what the sealed log says of it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { People, until } from "./lib/people.mjs";
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
const people = new People(() => server, HEARING, demo.links);
const drawing = { width: 320, height: 200, strokes: [[20, 40, 90, 160, 200, 30], [220, 60, 300, 150]] };
let department; // an account with a seat that came into the hearing
let signing;
let lines;

const of = (role) => people.of[role].client;
const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
};
const fine = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const course = async (role) => fine(await of(role).get(`${MINUTES}/confirmation`));
const act = (role, what) => of(role).post(`${MINUTES}/confirmation`, { act: what });
const told = (role, type) => people.told(role).filter((m) => m.type === type).map((m) => m.data);
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const SIGNING = () => `${HEARING}/signings/${signing}`;

// Asks for a code and gives what the page of that person was told, and nobody else.
async function codeOf(role) {
  const before = told(role, "signing.code").length;
  fine(await of(role).post(`${SIGNING()}/code`, {}));
  const all = await until("a code", () => told(role, "signing.code").length > before && told(role, "signing.code"));
  return all.at(-1).code;
}

async function signs(role, more = {}) {
  const { text } = fine(await of(role).get(SIGNING()));
  const code = more.code ?? (await codeOf(role));
  return of(role).post(`${SIGNING()}/sign`, { sha256: sha256(text), code, drawing, device: "phone", ...more });
}

test("a reception is under way, with lines", async () => {
  for (const role of ["presiding", "clerk", "petitioner", "department", "observer"]) await people.enters(role);
  department = people.of.department;
  await people.admitsPetitioner();
  await people.does("clerk", "participant.admit", { participant: department.id }).catch(() => {});
  await people.does("presiding", "hearing.open");
  refused(await act("clerk", "circulate"), 409, "conflict");
  for (const [kind, text] of [["heading", "陈述"], ["statement", "我家的房子漏水三年了。"], ["action", "出示维修单三张。"]])
    fine(await of("clerk").post(MINUTES, { kind, text, at_ms: Date.now(), ...(kind === "statement" ? { speaker: people.of.petitioner.id } : {}) }), 201);
  lines = (await of("clerk").get(MINUTES)).json.items;
  const now = await course("clerk");
  assert.deepEqual([now.state, now.may, now.corrections, now.signing], ["drafting", ["circulate"], [], null]);
  refused(await act("petitioner", "read"), 409, "wrong_phase");
  refused(await act("presiding", "circulate"), 403, "wrong_role");
  refused(await act("clerk", "erase"), 422, "bad_field");
});

test("circulated: each signer reads them, nobody adds a line", async () => {
  assert.equal(fine(await act("clerk", "circulate")).state, "circulated");
  await until("told", () => told("petitioner", "minutes.confirmation").some((one) => one.state === "circulated"));
  refused(await act("clerk", "circulate"), 409, "hearing_closed");
  refused(await of("clerk").post(MINUTES, { kind: "note", text: "后加", at_ms: Date.now() }), 409, "hearing_closed");
  const now = fine(await act("petitioner", "read"));
  const names = now.readers.map((one) => one.role).sort();
  assert.ok(names.includes("petitioner") && names.includes("clerk") && names.includes("presiding"), names.join());
  assert.ok(!names.includes("observer"));
  const own = now.readers.find((one) => one.participant === people.of.petitioner.id);
  assert.ok(own.read_at_ms > 0);
  fine(await act("petitioner", "read"));
  const again = (await course("clerk")).readers.find((one) => one.participant === people.of.petitioner.id);
  assert.equal(again.read_at_ms, own.read_at_ms, "the first time stays");
  refused(await of("observer").get(`${MINUTES}/confirmation`), 403, "not_admitted");
});

test("a correction: wanted by who signs, accepted or declined by the clerk, told to everybody", async () => {
  const [, said] = lines;
  const propose = (role, more = {}) => of(role).post(`${MINUTES}/corrections`, { line: said.id, version: 1, text: "我家的房子漏水四年了。", reason: "年数记错了", ...more });
  refused(await propose("observer"), 403, "wrong_role");
  refused(await propose("petitioner", { reason: "" }), 422, "bad_field");
  refused(await propose("petitioner", { text: " " }), 422, "bad_field");
  refused(await propose("petitioner", { version: 9 }), 409, "conflict");
  refused(await propose("petitioner", { line: "nothing" }), 404, "not_found");
  const wanted = fine(await propose("petitioner"), 201).corrections;
  fine(await propose("petitioner", { text: "我家的房子没有漏水。", reason: "试试" }), 201);
  assert.deepEqual([wanted.length, wanted[0].state, wanted[0].proposer], [1, "proposed", people.of.petitioner.id]);
  refused(await act("clerk", "start_signing"), 409, "conflict");
  const decide = (role, id, body) => of(role).post(`${MINUTES}/corrections/${id}`, body);
  refused(await decide("petitioner", wanted[0].id, { decision: "accept" }), 403, "wrong_role");
  const accepted = fine(await decide("clerk", wanted[0].id, { decision: "accept" }));
  assert.equal(accepted.state, "corrected");
  const line = await until("told", () => told("petitioner", "minutes.changed").map((one) => one.line).find((one) => one.id === said.id && one.version === 2));
  assert.equal(line.text, "我家的房子漏水四年了。");
  refused(await decide("clerk", wanted[0].id, { decision: "decline", reason: "再想想" }), 409, "conflict");
  const [, second] = accepted.corrections;
  refused(await decide("clerk", second.id, { decision: "accept" }), 409, "conflict");
  refused(await decide("clerk", second.id, { decision: "decline" }), 422, "bad_field");
  const declined = fine(await decide("clerk", second.id, { decision: "decline", reason: "与录音不符" }));
  assert.deepEqual(declined.corrections.map((one) => [one.state, one.decided_reason]), [["accepted", null], ["declined", "与录音不符"]]);
});

test("the signing freezes the text and asks who was let in", async () => {
  refused(await act("petitioner", "start_signing"), 403, "wrong_role");
  const now = fine(await act("presiding", "start_signing"));
  assert.equal(now.state, "signing");
  ({ signing } = now);
  const one = fine(await of("petitioner").get(SIGNING()));
  assert.equal(one.sha256, sha256(one.text));
  assert.ok(one.text.includes("漏水四年") && !one.text.includes("漏水三年") && one.text.includes("出示维修单三张"), one.text);
  assert.ok(one.signatures.every((each) => one.text.includes(each.name)), one.text);
  assert.deepEqual([one.kind, one.state, one.method, one.strength, one.title], ["minutes", "open", "drawn_code", "simple", "接访笔录"]);
  assert.ok(one.signatures.every((each) => each.state === "waiting"));
  assert.deepEqual(one.signatures.find((each) => each.mine).may, ["sign", "refuse"]);
  refused(await of("observer").get(`${HEARING}/signings`), 403, "wrong_role");
  refused(await of("clerk").request("PATCH", `${MINUTES}/${lines[1].id}`, { version: 2, text: "x" }), 409, "hearing_closed");
  assert.throws(() => server.sql(`UPDATE minutes_line SET text = 'x', version = 3 WHERE id = '${lines[1].id}'`));
  refused(await act("clerk", "start_signing"), 409, "hearing_closed");
});

test("a wrong code counts, five of them spend it, an old one is void", async () => {
  const { text } = fine(await of("petitioner").get(SIGNING()));
  const good = { sha256: sha256(text), drawing };
  const tries = (code, more = {}) => of("petitioner").post(`${SIGNING()}/sign`, { ...good, code, ...more });
  refused(await tries("123456"), 410, "code_expired");
  const code = await codeOf("petitioner");
  assert.match(code, /^\d{6}$/);
  assert.equal(told("clerk", "signing.code").length, 0, "nobody else is told");
  const wrong = code === "000000" ? "000001" : "000000";
  refused(await tries(code, { sha256: sha256(`${text} `) }), 409, "text_altered");
  refused(await tries(code, { drawing: { width: 320, height: 200, strokes: [[5, 5]] } }), 422, "bad_field");
  for (let left = 4; left >= 0; left -= 1) {
    const answer = await tries(wrong);
    refused(answer, 422, "code_wrong");
    assert.equal(answer.json.tries_left, left);
  }
  refused(await tries(code), 410, "code_expired");
  const next = await codeOf("petitioner");
  server.sql(`UPDATE signature SET code_ms = code_ms - 300000 WHERE participant_id = '${people.of.petitioner.id}'`);
  refused(await tries(next), 410, "code_expired");
  const [[hash]] = server.query(`SELECT code_hash FROM signature WHERE participant_id = '${people.of.petitioner.id}'`);
  assert.ok(!hash.includes(next) && hash.length === 64);
  server.sql(`UPDATE signature SET code_count = 30 WHERE participant_id = '${people.of.petitioner.id}'`);
  refused(await of("petitioner").post(`${SIGNING()}/code`, {}), 429, "too_many");
  server.sql(`UPDATE signature SET code_count = 3 WHERE participant_id = '${people.of.petitioner.id}'`);
});

test("who is not identified gets no code, nor who has no page in the hearing", async () => {
  const who = `id = '${people.of.petitioner.id}'`;
  const [[method]] = server.query(`SELECT check_in_method FROM participant WHERE ${who}`);
  server.sql(`UPDATE participant SET check_in_method = NULL WHERE ${who}`);
  refused(await of("petitioner").post(`${SIGNING()}/code`, {}), 403, "forbidden");
  server.sql(`UPDATE participant SET check_in_method = '${method}' WHERE ${who}`);
});

test("the petitioner signs; whose signature it is, what it binds and that it is the weaker kind stands with it", async () => {
  const one = fine(await signs("petitioner"));
  const own = one.signatures.find((each) => each.mine);
  assert.deepEqual([own.state, own.strength, own.method, own.may], ["signed", "simple", "drawn_code", []]);
  assert.deepEqual(own.drawing, { width: 320, height: 200, path: "M20 40Q90 160 145 95L200 30M220 60L300 150" });
  assert.match(own.seal, /^[0-9a-f]{64}$/);
  const lines = ["heard signature 1", one.id, one.sha256, own.participant, own.role, "drawn_code", sha256(JSON.stringify(drawing)), own.at_ms, ""];
  assert.equal(own.seal, sha256(lines.join("\n")));
  await until("told", () => told("clerk", "signings.changed").length > 0);
  refused(await of("petitioner").post(`${SIGNING()}/sign`, { sha256: one.sha256, code: "123456", drawing }), 409, "conflict");
  refused(await of("petitioner").post(`${SIGNING()}/refuse`, { reason: "反悔" }), 409, "conflict");
  refused(await of("petitioner").post(`${SIGNING()}/code`, {}), 409, "conflict");
});

test("who refuses may think better of it; a refusal is noted by the desk only", async () => {
  refused(await of("petitioner").post(`${SIGNING()}/refuse`, { reason: "x", participant: people.of.clerk.id }), 403, "wrong_role");
  refused(await of("presiding").post(`${SIGNING()}/refuse`, { reason: "" }), 422, "bad_field");
  const refusedOne = fine(await of("presiding").post(`${SIGNING()}/refuse`, { reason: "先不签" }));
  assert.deepEqual(refusedOne.signatures.find((each) => each.mine).may, ["sign"]);
  assert.equal(fine(await signs("presiding")).state, "open");
  refused(await of("clerk").post(`${SIGNING()}/refuse`, { reason: "x", participant: "nobody" }), 403, "wrong_role");
});

test("the last one seals the minutes with what was refused", async () => {
  const waiting = () => of("clerk").get(SIGNING()).then((answer) => fine(answer).signatures.filter((each) => each.state === "waiting"));
  fine(await signs("clerk"));
  const left = await waiting();
  assert.ok(left.length > 0);
  for (const each of left) {
    assert.deepEqual(each.may, ["note"]);
    fine(await of("clerk").post(`${SIGNING()}/refuse`, { participant: each.participant, reason: "拒绝签名，记录在案" }));
  }
  const now = await course("clerk");
  const one = fine(await of("clerk").get(SIGNING()));
  assert.deepEqual([now.state, now.sha256, one.state, now.may], ["sealed", one.sha256, "settled", ["add"]]);
  const noted = one.signatures.filter((each) => each.state === "refused");
  assert.ok(noted.every((each) => each.noted_by === people.of.clerk.id && each.reason === "拒绝签名，记录在案"));
  assert.deepEqual(server.query(`SELECT state, sha256 FROM minutes`), [["sealed", one.sha256]]);
  const trail = server.query("SELECT action FROM audit WHERE action LIKE 'minutes.%' ORDER BY seq").map(([action]) => action);
  assert.deepEqual(trail.slice(-3), ["minutes.start_signing", "minutes.signed_with_refusal", "minutes.seal"]);
  assert.throws(() => server.sql("UPDATE minutes SET state = 'drafting'"));
  refused(await of("clerk").post(`${SIGNING()}/refuse`, { participant: left[0].participant, reason: "再记" }), 409, "conflict");
});

test("an addendum stands beside the seal, with name and time", async () => {
  const add = (role, text) => of(role).post(`${MINUTES}/addenda`, { text });
  refused(await add("petitioner", "补记"), 403, "wrong_role");
  refused(await add("clerk", " "), 422, "bad_field");
  const { addenda, state } = fine(await add("clerk", "维修单实为四张。"), 201);
  assert.deepEqual([addenda.length, addenda[0].text, addenda[0].author, state], [1, "维修单实为四张。", people.of.clerk.id, "sealed"]);
  assert.ok(addenda[0].name && addenda[0].at_ms > 0);
  const text = fine(await of("clerk").get(SIGNING())).text;
  assert.ok(!text.includes("四张"));
});

test("the case file tells of it; after the end whoever may play reads how it was signed", async () => {
  await people.does("presiding", "hearing.close", { outcome: "explained", note: "已说明" });
  await until("sealed", () => server.query("SELECT state FROM recording WHERE state = 'sealed'").length === 1);
  const clerk = await new Client(server.http).login([demo.accounts.clerk].flat()[0]);
  const file = fine(await clerk.get(`/api/v1/cases/${demo.case}`));
  const event = file.events.find((one) => one.code === "minutes.sealed");
  const [[hash]] = server.query("SELECT sha256 FROM minutes");
  assert.ok(event?.detail.endsWith(hash), JSON.stringify(file.events));
  assert.equal(fine(await clerk.get(`${MINUTES}/confirmation`)).state, "sealed");
});

test("the sealed log has each step, each signature and the hash; the server's own log no words", async () => {
  const [[directory]] = server.query("SELECT directory FROM recording WHERE state = 'sealed'");
  const events = readLog(join(server.data, directory), join(server.data, "recordings.key"))
    .filter(({ type }) => type === "event").map(({ json }) => json);
  const steps = events.filter((one) => one.type === "minutes_step").map((one) => one.act);
  assert.deepEqual(steps, ["circulate", "read", "read", "propose", "propose", "accept", "decline", "start_signing", "add"]);
  const signatures = events.filter((one) => one.type === "signature");
  const [[hash]] = server.query("SELECT sha256 FROM minutes");
  assert.ok(signatures.every((one) => one.sha256 === hash));
  const signed = signatures.filter((one) => one.state === "signed").map((one) => one.role);
  assert.deepEqual(signed, ["petitioner", "presiding", "clerk"]);
  assert.deepEqual(signatures.filter((one) => one.settled).length, 1);
  assert.ok(signatures.at(-1).settled);
  assert.ok(!server.log.includes("漏水") && !server.log.includes("拒绝签名"));
});
