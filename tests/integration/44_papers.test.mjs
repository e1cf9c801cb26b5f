// SPDX-License-Identifier: Apache-2.0
// Documents of a hearing over the real server: made, listed, hashed, versioned, read by another program, sent, confirmed; what is refused.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { Server, removeFolder, tempFolder } from "./lib/server.mjs";

const ENV = { ASAN_OPTIONS: "detect_leaks=0" }; // caches of cairo and fontconfig, in the children: tests/lsan.supp
const TEST_MS = 120_000; // fonts are laid out in a second, on a machine that has time
const wording = tempFolder();
writeFileSync(join(wording, "attendance_sheet@46.json"), JSON.stringify({
  kind: "attendance_sheet", title: { zh: "到会人员签到表", en: "Who came" }, blocks: [{ text: "{hearing.number}：{people|count}" }],
}));
const config = join(wording, "heard.conf");
writeFileSync(config, `papers = ${wording}\n`);
const server = await new Server({ args: ["--config", config], env: ENV }).start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
  removeFolder(wording);
});

const HEARING = `/api/v1/hearings/${demo.panel.hearing}`;
const DOCUMENTS = `${HEARING}/documents`;
const one = (links) => [links].flat()[0];
const enter = async (role, which = demo.panel) => {
  const client = new Client(server.http);
  const { participant } = (await client.openLink(one(which.links[role]))).json;
  return Object.assign(client, { id: participant.id });
};
const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
};
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const made = async (client, body) => {
  const answer = await client.post(DOCUMENTS, body);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
};
const textOf = (bytes) => spawnSync("pdftotext", ["-layout", "-", "-"], { input: bytes, encoding: "utf8" }).stdout.replaceAll(/\s+/g, "");

const clerk = await enter("clerk");
const office = await new Client(server.http).login(one(demo.accounts.clerk));
const { json: first } = await clerk.get(DOCUMENTS);
const petitioner = first.people.find((person) => person.role === "petitioner");
const HEARING_NO = (await clerk.get(HEARING)).json.number;
let notice;

test("the desk is told what it can have made, with whom and what it has to write", async () => {
  assert.deepEqual(first.items, []);
  const kinds = Object.fromEntries(first.kinds.map((row) => [row.kind, row]));
  assert.deepEqual(Object.keys(kinds).sort(), ["acceptance_notice", "attendance_sheet", "authority_letter", "case_file_index", "commitment_list", "handover_letter", "hearing_minutes", "hearing_notice",
    "hearing_report", "online_consent", "recusal_decision", "service_address", "service_receipt"]);
  assert.deepEqual([kinds.hearing_notice.personal, kinds.hearing_minutes.personal], [true, false]);
  assert.deepEqual(kinds.handover_letter.details, [{ name: "to_unit", required: true }, { name: "matter", required: true }, { name: "note", required: false }]);
  assert.deepEqual((await office.get(DOCUMENTS)).json.kinds.length, 13);
  assert.deepEqual([kinds.hearing_report.not_yet, kinds.hearing_notice.not_yet], ["not_released", null]);
});

test("a notice says what the law wants, as PDF, page and JSON, and their hashes hold", async () => {
  notice = await made(clerk, { kind: "hearing_notice", participant: petitioner.id });
  assert.deepEqual([notice.number, notice.version, notice.language, notice.participant], [`${HEARING_NO}-D01-1`, 1, "zh", petitioner.id]);
  const files = {};
  for (const name of ["pdf", "html", "json"]) {
    const answer = await clerk.get(`${DOCUMENTS}/${notice.id}/files/${name}`);
    assert.equal(answer.status, 200, answer.text);
    files[name] = answer;
    assert.equal(sha256(answer.bytes), notice[name].sha256);
    assert.equal(answer.bytes.length, notice[name].size);
    const kept = readFileSync(join(server.data, "documents", demo.panel.hearing, notice.number, `document.${name}`));
    assert.equal(sha256(kept), notice[name].sha256);
  }
  const text = textOf(files.pdf.bytes);
  for (const wanted of ["听证通知书", notice.number, "外墙漏水处理意见听证", petitioner.name, "陈思源", "申请其回避", "请准备的材料", "不视为缺席", "第1页"])
    assert.ok(text.includes(wanted), `${wanted}: ${text}`);
  assert.match(spawnSync("pdffonts", ["-"], { input: files.pdf.bytes, encoding: "utf8" }).stdout, /Noto.* yes yes yes /);
  assert.match(files.html.headers["content-type"], /^text\/html/);
  assert.match(files.html.headers["content-security-policy"], /^sandbox; default-src 'none'/);
  assert.ok(files.html.text.includes("申请其回避") && !files.html.text.includes("<script"));
  const { schema, kind, facts } = files.json.json;
  assert.deepEqual([schema, kind, facts.hearing.number, facts.panel.length], ["heard.document.1", "hearing_notice", HEARING_NO, 3]);
  assert.ok(!files.json.text.includes("/j/"), "no personal link stands in it");
}, TEST_MS);

test("a new version stands beside the old one; another language has its own number", async () => {
  const second = await made(office, { kind: "hearing_notice", participant: petitioner.id });
  const english = await made(office, { kind: "hearing_notice", participant: petitioner.id, language: "en" });
  assert.deepEqual([second.number, english.number], [`${HEARING_NO}-D01-2`, `${HEARING_NO}-D02-1`]);
  const old = await clerk.get(`${DOCUMENTS}/${notice.id}/files/pdf`);
  assert.equal(sha256(old.bytes), notice.pdf.sha256);
  const text = textOf((await clerk.get(`${DOCUMENTS}/${english.id}/files/pdf`)).bytes);
  assert.ok(text.includes("NoticeofPanelHearing") && text.includes("authoritative"), text);
  assert.deepEqual((await clerk.get(DOCUMENTS)).json.items.map((row) => row.number.slice(-5)), ["D01-1", "D01-2", "D02-1"]);
}, TEST_MS);

test("an office's own wording, and its facts", async () => {
  const sheet = await made(clerk, { kind: "attendance_sheet" });
  const text = textOf((await clerk.get(`${DOCUMENTS}/${sheet.id}/files/pdf`)).bytes);
  assert.ok(text.includes("到会人员签到表") && text.includes(`${HEARING_NO}：0`), text);
  assert.notEqual(sheet.template_sha256, notice.template_sha256);
  const key = { "Idempotency-Key": "f5a4b6de-0c5a-4f0e-8a3e-1d1b1f4a9c11" };
  const asked = await clerk.post(DOCUMENTS, { kind: "attendance_sheet" }, key);
  const again = await clerk.post(DOCUMENTS, { kind: "attendance_sheet" }, key);
  assert.deepEqual([again.status, again.json.id, again.json.number], [201, asked.json.id, asked.json.number], "asked twice, made once");
}, TEST_MS);

test("who may not, does not", async () => {
  const person = await enter("petitioner");
  const panelist = await enter("panelist");
  refused(await person.post(DOCUMENTS, { kind: "hearing_minutes" }), 403, "wrong_role");
  refused(await panelist.post(DOCUMENTS, { kind: "hearing_notice", participant: petitioner.id }), 403, "wrong_role");
  refused(await new Client(server.http).get(DOCUMENTS), 401, "unauthenticated");
  assert.deepEqual((await panelist.get(DOCUMENTS)).json.items, [], "another's notice is not a panel member's");
  refused(await panelist.get(`${DOCUMENTS}/${notice.id}`), 404, "not_found");
  refused(await panelist.get(`${DOCUMENTS}/${notice.id}/files/pdf`), 404, "not_found");
  const other = await enter("clerk", demo.mediation);
  refused(await other.get(DOCUMENTS), 404, "unknown_hearing");
  const audit = await new Client(server.http).login(one(demo.accounts.department));
  refused(await audit.post(DOCUMENTS, { kind: "hearing_minutes" }), 403, "wrong_role");
});

test("what is wrong is said", async () => {
  refused(await clerk.post(DOCUMENTS, { kind: "rumour" }), 422, "bad_field");
  refused(await clerk.post(DOCUMENTS, { kind: "hearing_notice" }), 422, "bad_field");
  refused(await clerk.post(DOCUMENTS, { kind: "hearing_notice", participant: "nobody" }), 404, "not_found");
  refused(await clerk.post(DOCUMENTS, { kind: "hearing_minutes", language: "fr" }), 422, "bad_field");
  refused(await clerk.post(DOCUMENTS, { kind: "reception_record" }), 409, "conflict");
  refused(await clerk.post(DOCUMENTS, { kind: "deliberation_record" }), 403, "wrong_role");
  refused(await clerk.post(DOCUMENTS, { kind: "hearing_report" }), 409, "conflict");
  refused(await clerk.post(DOCUMENTS, { kind: "handover_letter", details: { matter: "赔偿" } }), 422, "bad_field");
  refused(await clerk.post(DOCUMENTS, { kind: "handover_letter", details: { to_unit: "调委会", matter: "赔偿", bribe: "1" } }), 422, "bad_field");
  refused(await clerk.get(`${DOCUMENTS}/${notice.id}/files/docx`), 404, "not_found");
  assert.equal(server.query("SELECT count(*) FROM document WHERE state = 'making'")[0][0], 0, "what is refused takes no number");
});

test("service: sent, delivered with the link, read, confirmed; and the receipt tells it", async () => {
  const sent = await clerk.post(`${DOCUMENTS}/${notice.id}/sendings`);
  assert.equal(sent.status, 201, sent.text);
  assert.deepEqual([sent.json.sendings.length, sent.json.sendings[0].delivered_ms], [1, null]);
  refused(await clerk.post(`${DOCUMENTS}/${notice.id}/sendings`), 409, "conflict");
  const department = first.people.find((person) => person.role === "department");
  refused(await clerk.post(`${DOCUMENTS}/${notice.id}/sendings`, { participant: department.id }), 403, "forbidden");
  const state = async () => (await clerk.get(`${DOCUMENTS}/${notice.id}`)).json.sendings[0];
  assert.equal((await state()).delivered_ms, null);
  const person = await enter("petitioner");
  assert.ok((await state()).delivered_ms > 0, "the link was opened");
  assert.equal((await state()).read_ms, null);
  const own = (await person.get(DOCUMENTS)).json;
  assert.ok(own.items.some((row) => row.id === notice.id) && own.kinds.length === 0 && own.people.length === 0);
  assert.equal((await person.get(`${DOCUMENTS}/${notice.id}/files/html`)).status, 200);
  const { read_ms } = await state();
  assert.ok(read_ms > 0);
  const confirmed = await person.post(`${DOCUMENTS}/${notice.id}/confirmation`, undefined);
  assert.equal(confirmed.status, 200, confirmed.text);
  await person.get(`${DOCUMENTS}/${notice.id}/files/pdf`);
  assert.equal((await state()).read_ms, read_ms, "the first time counts");
  refused(await clerk.post(`${DOCUMENTS}/${notice.id}/confirmation`, undefined), 404, "not_found");
  const receipt = await made(clerk, { kind: "service_receipt" });
  const { facts } = (await clerk.get(`${DOCUMENTS}/${receipt.id}/files/json`)).json;
  assert.equal(facts.sendings.length, 1);
  assert.deepEqual([facts.sendings[0].number, facts.sendings[0].read_ms], [notice.number, read_ms]);
  assert.ok(facts.sendings[0].confirmed_ms >= read_ms);
}, TEST_MS);

test("the minutes, with who spoke; parties read them, a draft is called one", async () => {
  const heading = await clerk.post(`${HEARING}/minutes`, { kind: "heading", text: "一、<核对>身份", at_ms: Date.now() });
  assert.equal(heading.status, 201, heading.text);
  const minutes = await made(clerk, { kind: "hearing_minutes" });
  const person = await enter("petitioner");
  const answer = await person.get(`${DOCUMENTS}/${minutes.id}/files/pdf`);
  assert.equal(answer.status, 200, answer.text);
  const text = textOf(answer.bytes);
  for (const wanted of ["听证笔录", "【签到核验】", "一、<核对>身份", "草稿", "没有提交证据材料"]) assert.ok(text.includes(wanted), `${wanted}: ${text}`);
  assert.ok((await person.get(`${DOCUMENTS}/${minutes.id}/files/html`)).text.includes("一、&lt;核对&gt;身份"));
}, TEST_MS);

test("the index of the file has each document with its hash", async () => {
  const index = await made(office, { kind: "case_file_index" });
  const { facts } = (await office.get(`${DOCUMENTS}/${index.id}/files/json`)).json;
  const { items } = (await office.get(DOCUMENTS)).json;
  assert.deepEqual(facts.documents.map((row) => [row.number, row.sha256]), items.slice(0, -1).map((row) => [row.number, row.pdf.sha256]));
  const trail = server.query("SELECT action FROM audit WHERE action LIKE 'document.%' ORDER BY seq").map(([action]) => action);
  assert.equal(trail.filter((action) => action === "document.make").length, items.length);
  assert.deepEqual(trail.filter((action) => action !== "document.make"), ["document.send", "document.confirm"]);
}, TEST_MS);

test("what a crash left of one being made is gone after the next start", async () => {
  const left = join(server.data, "documents", "making", "left");
  await server.stop();
  mkdirSync(left);
  writeFileSync(join(left, "document.json"), "{");
  await server.start();
  assert.ok(!existsSync(left));
  assert.equal(sha256(readFileSync(join(server.data, "documents", demo.panel.hearing, notice.number, "document.pdf"))), notice.pdf.sha256);
});

test("a wrong template keeps the server from starting, and is named", async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "hearing_notice.json"), JSON.stringify({ kind: "hearing_notice", title: "a", blocks: [{ text: "{rumour}" }] }));
  const wrong = join(folder, "heard.conf");
  writeFileSync(wrong, `papers = ${folder}\n`);
  const failed = new Server({ args: ["--config", wrong] });
  await assert.rejects(failed.start());
  assert.match(failed.log + failed.out, /hearing_notice\.json.*names no fact of this kind/s);
  removeFolder(folder);
  removeFolder(failed.data);
});
