// SPDX-License-Identifier: Apache-2.0
// What follows from a panel hearing on paper: the decision on a recusal, the record of the deliberation, the report; signed by the panel and the
// presiding officer, with the signatures in the version made then; who reads what, and who signs nothing.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { NAMES, Panel, WORDS, done } from "./lib/panel.mjs";
import { atEnd, test } from "./lib/runner.mjs";
import { Server, removeFolder } from "./lib/server.mjs";
import { readLog } from "../vectors/read.mjs";

const server = await new Server({ env: { ASAN_OPTIONS: "detect_leaks=0" } }).start(); // caches of cairo, in the children: tests/lsan.supp
const panel = new Panel(server.http, server.demo());
const { people } = panel;
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const TEST_MS = 120_000; // fonts are laid out in a second, on a machine that has time
const WHY = { asked: "曾任责任单位法律顾问", decided: "经核实情况属实", refusal: "认为表决程序有误" };
const DETAILS = { petitioner_position: "漏水三年，要求修复", unit_position: "已三次督促物业", facts_found: "外墙渗漏属实", conclusion: "支持限期修复的请求" };

const at = (path) => panel.at(path);
const of = (who) => panel.of(who);
const signs = (who, signing) => panel.signs(who, signing);
const refused = (answer, status, code, reason) => assert.deepEqual([answer.status, answer.json?.code, answer.json?.reason], [status, code, reason], answer.text);
const textOf = (bytes) => spawnSync("pdftotext", ["-layout", "-", "-"], { input: bytes, encoding: "utf8" }).stdout.replaceAll(/\s+/g, "");
const make = (who, body) => (who === "office" ? panel.office : of(who)).post(at("documents"), body);
const file = async (who, paper, name) => (await of(who).get(at(`documents/${paper.id}/files/${name}`)));
const kindsOf = async (who) => Object.fromEntries(done(await of(who).get(at("documents"))).kinds.map((row) => [row.kind, row.not_yet]));
const sees = async (who) => done(await of(who).get(at("documents"))).items.map((row) => `${row.kind}-${row.version}`);

test("a panel of five is three after two recusals; before anything was decided nothing can be made of it", async () => {
  await panel.comes();
  const before = await kindsOf("presiding");
  assert.deepEqual([before.recusal_decision, before.deliberation_record, before.hearing_report, before.hearing_minutes], ["no_decision", "not_sealed", "not_released", null]);
  refused(await make("clerk", { kind: "hearing_report", details: DETAILS }), 409, "conflict", "not_released");
  refused(await make("clerk", { kind: "recusal_decision" }), 409, "conflict", "no_decision");
  await panel.asksForRecusal(WHY.asked);
  refused(await make("clerk", { kind: "recusal_decision" }), 409, "conflict", "no_decision");
  await panel.recuses(WHY.decided);
});

test("the decision on the recusal: who asked, why, what was decided; read by whom it is sent to", async () => {
  const paper = done(await make("clerk", { kind: "recusal_decision" }), 201);
  const text = textOf((await file("clerk", paper, "pdf")).bytes);
  for (const wanted of ["回避决定", NAMES.petitioner, NAMES.n4, WHY.asked, "应当回避", WHY.decided, `主持人${NAMES.presiding}`]) assert.ok(text.includes(wanted), `${wanted}: ${text}`);
  for (const who of ["petitioner", "department", "n1", "n4"]) assert.equal((await of(who).get(at(`documents/${paper.id}`))).status, 404, who);
  for (const who of ["petitioner", "n4"]) {
    done(await of("clerk").post(at(`documents/${paper.id}/sendings`), { participant: people[who].id }), 201);
    assert.ok((await file(who, paper, "html")).text.includes("应当回避"), who);
  }
  assert.deepEqual(await sees("department"), []);
}, TEST_MS);

test("the panel votes; the record of it is made from what was sealed, by the presiding officer alone", async () => {
  await panel.deliberates();
  refused(await make("presiding", { kind: "deliberation_record" }), 409, "conflict", "not_sealed");
  await panel.seals();
  for (const who of ["clerk", "n1", "n4", "office"]) refused(await make(who, { kind: "deliberation_record" }), 403, "wrong_role");
  const paper = done(await make("presiding", { kind: "deliberation_record" }), 201);
  const text = textOf((await file("n1", paper, "pdf")).bytes);
  for (const wanted of [WORDS.question, `${NAMES.n3}${WORDS.options[1]}`, `应当修复：2票`, `${NAMES.n3}的不同意见：${WORDS.dissent}`, "超过半数通过", WORDS.opinion]) assert.ok(text.includes(wanted), `${wanted}: ${text}`);
  const { facts } = (await file("presiding", paper, "json")).json;
  const [[record, hash]] = server.query(`SELECT record, sha256 FROM deliberation WHERE hearing_id = '${panel.hearing}'`);
  assert.deepEqual([facts.seal.sha256, facts.seal.nonce], [hash, JSON.parse(record).nonce]);
  assert.deepEqual(facts.signers.map((one) => one.name).sort(), [NAMES.n1, NAMES.n2, NAMES.n3, NAMES.presiding].sort());
  for (const who of ["clerk", "petitioner", "department", "n4"]) {
    assert.equal((await of(who).get(at(`documents/${paper.id}`))).status, 404, who);
    assert.ok(!(await of(who).get(at("documents"))).text.includes("deliberation_record"), who);
  }
  assert.equal((await panel.office.get(at(`documents/${paper.id}`))).status, 404);
}, TEST_MS);

test("its signing is seen by those who sign it; why one won't stands with the signature alone", async () => {
  const [paper] = done(await of("presiding").get(at("documents"))).items.filter((row) => row.kind === "deliberation_record");
  assert.deepEqual(paper.may, ["open_signing"]);
  for (const who of ["clerk", "n4", "petitioner"]) assert.equal((await of(who).post(at(`documents/${paper.id}/signing`))).status, 404, who);
  refused(await of("n1").post(at(`documents/${paper.id}/signing`)), 403, "wrong_role");
  const asked = done(await of("presiding").post(at(`documents/${paper.id}/signing`)), 201);
  assert.deepEqual([asked.signing.state, asked.may, asked.signed], ["open", [], false]);
  refused(await of("presiding").post(at(`documents/${paper.id}/signing`)), 409, "conflict");
  const { id } = asked.signing;
  const one = done(await of("n1").get(at(`signings/${id}`)));
  assert.deepEqual([one.kind, one.title, one.signatures.length], ["deliberation_record", "评议笔录", 4]);
  for (const wanted of [WORDS.dissent, paper.number, paper.pdf.sha256, paper.json.sha256]) assert.ok(one.text.includes(wanted), `${wanted}: ${one.text}`);
  for (const who of ["clerk", "petitioner", "department", "n4"]) {
    assert.equal((await of(who).get(at(`signings/${id}`))).status, 404, who);
    assert.ok(!(await of(who).get(at("signings"))).text.includes(id), who);
  }
  refused(await of("presiding").post(at(`documents/${paper.id}/signed`)), 409, "conflict");
  for (const who of ["presiding", "n1", "n2"]) await signs(who, id);
  assert.equal((await of("clerk").post(at(`signings/${id}/refuse`), { participant: people.n3.id, reason: "x" })).status, 404);
  const settled = done(await of("n3").post(at(`signings/${id}/refuse`), { reason: WHY.refusal }));
  assert.equal(settled.state, "settled");
  const copy = done(await of("presiding").post(at(`documents/${paper.id}/signed`)), 201);
  assert.deepEqual([copy.version, copy.signed, copy.may], [2, true, []]);
  const text = textOf((await file("n2", copy, "pdf")).bytes);
  for (const wanted of [`${NAMES.n3}于`, `理由：${WHY.refusal}`, "一次性验证码加手写签名", "一般电子签名"]) assert.ok(text.includes(wanted), `${wanted}: ${text}`);
  assert.equal(server.query(`SELECT count(*) FROM audit WHERE reason LIKE '%${WHY.refusal}%' OR detail LIKE '%${WHY.refusal}%'`)[0][0], 0);
}, TEST_MS);

test("the report: totals and opinion when they were released, no vote by name; the panel's until it is signed", async () => {
  await panel.advance("announcement");
  refused(await make("clerk", { kind: "hearing_report", details: DETAILS }), 409, "conflict", "not_released");
  await panel.releases();
  refused(await make("clerk", { kind: "hearing_report", details: { ...DETAILS, conclusion: undefined } }), 422, "bad_field");
  const paper = done(await make("clerk", { kind: "hearing_report", details: DETAILS }), 201);
  const { text: json, json: { facts } } = await file("clerk", paper, "json");
  assert.deepEqual(facts.votes, [{ question: WORDS.question, is_secret: false, abstained: 0, voters: 3, result: "majority", chosen: WORDS.options[0],
    totals: [{ text: WORDS.options[0], votes: 2 }, { text: WORDS.options[1], votes: 1 }] }]);
  assert.ok(json.includes(WORDS.opinion) && !json.includes(WORDS.dissent) && !json.includes("choice"), json);
  const text = textOf((await file("n1", paper, "pdf")).bytes);
  for (const wanted of ["听证报告", ...Object.values(DETAILS), WORDS.opinion, "应表决3人，弃权0人"]) assert.ok(text.includes(wanted), `${wanted}: ${text}`);
  assert.deepEqual(facts.signers.map((one) => one.name).sort(), [NAMES.n1, NAMES.n2, NAMES.n3, NAMES.presiding].sort());
  for (const who of ["petitioner", "department", "n4"]) assert.equal((await of(who).get(at(`documents/${paper.id}`))).status, 404, who);
  refused(await of("clerk").post(at(`documents/${paper.id}/sendings`), { participant: people.petitioner.id }), 403, "forbidden");
}, TEST_MS);

test("three of the panel and the presiding officer sign it; who was recused signs nothing; parties read what was signed", async () => {
  const [paper] = done(await panel.office.get(at("documents"))).items.filter((row) => row.kind === "hearing_report");
  assert.deepEqual(paper.may, ["open_signing"]);
  const newer = done(await make("clerk", { kind: "hearing_report", details: DETAILS }), 201);
  refused(await of("clerk").post(at(`documents/${paper.id}/signing`)), 409, "conflict");
  const english = done(await make("clerk", { kind: "hearing_report", details: DETAILS, language: "en" }), 201);
  refused(await of("clerk").post(at(`documents/${english.id}/signing`)), 409, "conflict");
  const { signing: { id } } = done(await of("clerk").post(at(`documents/${newer.id}/signing`)), 201);
  refused(await of("n4").get(at(`signings/${id}`)), 404, "not_found");
  refused(await of("n4").post(at(`signings/${id}/code`), {}), 404, "not_found");
  assert.ok(done(await of("clerk").get(at(`signings/${id}`))).text.includes(DETAILS.conclusion));
  for (const who of ["n1", "n2", "n3"]) assert.equal((await signs(who, id)).state, "open");
  refused(await of("clerk").post(at(`documents/${newer.id}/signed`)), 409, "conflict");
  const settled = await signs("presiding", id);
  assert.equal(settled.state, "settled");
  const copy = done(await of("clerk").post(at(`documents/${newer.id}/signed`)), 201);
  assert.deepEqual([copy.version, copy.signed, copy.number.slice(0, -1)], [3, true, newer.number.slice(0, -1)]);
  refused(await of("clerk").post(at(`documents/${newer.id}/signed`)), 409, "conflict");
  const { facts } = (await file("petitioner", copy, "json")).json;
  assert.equal(facts.signing.document, newer.number);
  assert.equal(facts.signing.sha256, settled.sha256);
  assert.deepEqual(facts.signing.signatures.map((one) => [one.name, one.state, one.seal, one.drawing.path]).sort(),
    settled.signatures.map((one) => [one.name, "signed", one.seal, one.drawing.path]).sort());
  const before = (await file("clerk", newer, "json")).json.facts;
  assert.deepEqual({ ...facts, signing: undefined }, { ...before, signing: undefined }, "what was signed");
  const text = textOf((await file("petitioner", copy, "pdf")).bytes);
  for (const name of ["n1", "n2", "n3", "presiding"]) assert.ok(text.includes(NAMES[name]), text);
  for (const one of settled.signatures) assert.ok(text.includes(one.seal), text);
  const html = (await file("department", copy, "html")).text;
  assert.equal(html.split("<svg").length - 1, 4);
  assert.ok(html.includes(settled.signatures[0].drawing.path));
  done(await of("clerk").post(at(`documents/${copy.id}/sendings`), { participant: people.petitioner.id }), 201);
  assert.equal((await of("n4").get(at(`documents/${copy.id}`))).status, 404);
}, TEST_MS);

test("the recording's log knows who signed, and no word of the deliberation", async () => {
  await people.presiding.ask("hearing.close", { outcome: "supported", note: "评议后宣布" });
  let rows = [];
  for (let i = 0; i < 300 && rows.length === 0; i++, await new Promise((resolve) => setTimeout(resolve, 100))) rows = server.query(`SELECT directory FROM recording WHERE hearing_id = '${panel.hearing}' AND state = 'sealed'`);
  const events = rows.flatMap(([directory]) => readLog(join(server.data, directory), join(server.data, "recordings.key")).filter(({ type }) => type === "event").map(({ json }) => json));
  const signatures = events.filter((one) => one.type === "signature");
  assert.deepEqual(signatures.map((one) => [one.kind, one.state]).slice(0, 4), [...Array(3).fill(["deliberation_record", "signed"]), ["deliberation_record", "refused"]]);
  assert.equal(signatures.filter((one) => one.kind === "hearing_report" && one.state === "signed").length, 4);
  const all = JSON.stringify(events);
  for (const word of [WHY.refusal, WORDS.dissent, WORDS.opinion]) assert.ok(!all.includes(word), word);
  assert.ok(!server.log.includes(WORDS.dissent) && !server.log.includes(WHY.refusal));
}, TEST_MS);
