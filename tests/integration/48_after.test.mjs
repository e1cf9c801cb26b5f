// SPDX-License-Identifier: Apache-2.0
// After the end of a hearing: who comes by a link says who he is, reads, has a line corrected, signs with a code in his own answer; the
// desk waits three working days. What an outsider, somebody who was sent out, and the other party get of it: nothing of a caucus.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { LivePerson } from "./lib/live_person.mjs";
import { Server, removeFolder } from "./lib/server.mjs";

const server = await new Server().start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const API = "/api/v1";
const SECRET = "我方最多只能赔八千三百一十七元";
const drawing = { width: 320, height: 200, strokes: [[20, 40, 90, 160, 200, 30], [220, 60, 300, 150]] };
const people = {};
const links = {};
const account = await new Client(server.http).login(demo.accounts.clerk);
let hearing;
let signing;

const at = (path = "") => `${API}/hearings/${hearing}${path}`;
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const refused = (answer, status, code) => assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
const fine = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const course = async (name) => fine(await people[name].client.get(at("/minutes/confirmation")));
const act = (name, what) => people[name].client.post(at("/minutes/confirmation"), { act: what });
const identify = (client, four) => client.post(`${API}/links/identify`, { last_four: four });

// Everybody of the list comes, is checked and let in by the first.
async function begin(kind, seats) {
  const made = fine(await account.post(`${API}/cases/${demo.case}/hearings`, { kind, planned_start_ms: Date.now(), ...(kind === "mediation" ? { recorded: false } : {}),
    seats: seats.map(([name, role, side]) => ({ role, name, ...(side ? { side } : {}) })) }), 201);
  hearing = made.hearing.id;
  for (const [i, link] of made.links.entries()) {
    const client = new Client(server.http);
    fine(await client.openLink(link.url));
    links[seats[i][0]] = link.url;
    people[seats[i][0]] = new LivePerson(client, link.participant);
    await people[seats[i][0]].connect(hearing);
  }
  const desk = people[seats[0][0]];
  for (const [i, [name, role]] of seats.entries()) {
    if (["mediator", "presiding", "clerk", "department"].includes(role)) continue;
    for (const subject of ["online_mode", "recording"]) await people[name].ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
    await desk.ask("participant.check_identity", { participant: people[name].id, method: "id_card", document: String(1230 + i), result: "ok" });
    await desk.ask("participant.admit", { participant: people[name].id });
  }
  await desk.ask("hearing.open");
}

test("a mediation ends: an offer that stayed with its side, an agent who was sent out", async () => {
  await begin("mediation", [["mediator", "mediator"], ["clerk", "clerk"], ["a", "petitioner"], ["b", "petitioner", "respondent"],
    ["agent", "agent", "petitioner"], ["observer", "observer"]]);
  const say = async (name, what, fields = {}) => fine(await people[name].client.post(at("/mediation/acts"), { act: what, ...fields }));
  const { disclosure } = await say("mediator", "disclose", { text: "没有利害关系。" });
  for (const name of ["a", "b"]) {
    await say(name, "answer", { subject: "mediation", decision: "given" });
    await say(name, "answer", { subject: "mediator", of: disclosure.id, decision: "given" });
  }
  await people.mediator.ask("hearing.advance", { phase: "statements", reason: "" });
  await people.mediator.ask("participant.remove", { participant: people.agent.id, reason: "安全", safety: true });
  await say("a", "offer_make", { what: SECRET, amount_fen: 831_700, how: "银行转账", by_when: "十日内" });
  for (const [kind, text] of [["statement", "屋顶漏水三年了。"], ["action", "出示维修单三张。"]])
    fine(await people.clerk.client.post(at("/minutes"), { kind, text, at_ms: Date.now(), ...(kind === "statement" ? { speaker: people.a.id } : {}) }), 201);
  await people.mediator.ask("hearing.close", { outcome: "adjourned", note: "双方改日再谈" });
}, 30_000);

test("nothing is read before it is sent round; then by each signer, not by an observer", async () => {
  refused(await people.a.client.get(at("/minutes")), 403, "forbidden");
  fine(await act("clerk", "circulate"));
  assert.equal(fine(await people.a.client.get(at("/minutes"))).items.length, 2);
  assert.deepEqual((await course("b")).may, ["read", "propose"]);
  refused(await people.observer.client.get(at("/minutes")), 403, "forbidden");
  refused(await people.observer.client.get(at("/signings")), 403, "wrong_role");
});

test("after a correction they go round again, and who had read reads once more", async () => {
  const [line] = fine(await people.a.client.get(at("/minutes"))).items;
  const own = (now, name) => now.readers.find((one) => one.participant === people[name].id).read_at_ms;
  const first = own(fine(await act("b", "read")), "b");
  assert.ok(first > 0);
  const { corrections: [wanted] } = fine(await people.a.client.post(at("/minutes/corrections"),
    { line: line.id, version: line.version, text: "屋顶漏水四年了。", reason: "年数记错了" }), 201);
  refused(await act("clerk", "circulate"), 409, "hearing_closed");
  fine(await people.clerk.client.post(at(`/minutes/corrections/${wanted.id}`), { decision: "accept" }));
  assert.deepEqual((await course("clerk")).may, ["circulate", "read", "propose", "decide", "start_signing"]);
  const now = fine(await act("clerk", "circulate"));
  assert.deepEqual([now.state, own(now, "b")], ["circulated", null]);
  assert.ok(own(fine(await act("b", "read")), "b") >= first);
  ({ signing } = fine(await act("clerk", "start_signing")));
});

test("another device: nothing but the name of the hearing until the last four are said", async () => {
  const client = new Client(server.http);
  const opened = fine(await client.openLink(links.a));
  assert.deepEqual([opened.id_check, opened.hearing.state, opened.hearing.outcome_note, opened.hearing.my_participant], [true, "concluded", null, people.a.id]);
  for (const path of ["", "/minutes", "/minutes/confirmation", "/signings", `/signings/${signing}`, "/documents", "/mediation", "/exhibits"])
    refused(await client.get(at(path)), 403, "not_identified");
  refused(await client.get(`${API}/hearings`), 403, "not_identified");
  refused(await client.post(at(`/signings/${signing}/code`)), 403, "not_identified");
  refused(await client.post(at(`/signings/${signing}/refuse`), { reason: "x" }), 403, "not_identified");
  const wrong = await identify(client, "9999");
  refused(wrong, 422, "code_wrong");
  assert.equal(wrong.json.tries_left, 4);
  fine(await identify(client, "1232"), 204);
  assert.equal(fine(await client.get(at())).outcome_note, "双方改日再谈");
  assert.equal(fine(await client.openLink(links.a)).id_check, false);
  people.a.client = client;
});

test("the fifth wrong answer ends the link; the desk gives a new one", async () => {
  const client = new Client(server.http);
  fine(await client.openLink(links.b));
  for (let left = 4; left > 0; left -= 1) assert.equal((await identify(client, "0000")).json.tries_left, left);
  refused(await identify(client, "0000"), 410, "link_revoked");
  refused(await identify(client, "1233"), 401, "unauthenticated");
  refused(await new Client(server.http).openLink(links.b), 410, "link_revoked");
  const trail = server.query(`SELECT action FROM audit WHERE object = 'participant:${people.b.id}' AND action LIKE 'link.%' ORDER BY seq`).map(([one]) => one);
  assert.deepEqual(trail, [...Array(5).fill("link.identify_wrong"), "link.revoke"]);
  const made = fine(await people.clerk.client.post(at(`/participants/${people.b.id}/link`)), 201);
  assert.ok(made.expires_at_ms > Date.now() + 29 * 24 * 3600 * 1000);
  people.b.client = new Client(server.http);
  fine(await people.b.client.openLink(made.url));
  fine(await identify(people.b.client, "1233"), 204);
});

test("a link holds thirty days after the end, and no longer", async () => {
  const [[until]] = server.query(`SELECT token_expires_ms FROM participant WHERE id = '${people.observer.id}'`);
  const [[ended]] = server.query(`SELECT actual_end_ms FROM hearing WHERE id = '${hearing}'`);
  assert.equal(Number(until) - Number(ended), 30 * 24 * 3600 * 1000);
  server.sql(`UPDATE participant SET token_expires_ms = 1 WHERE id = '${people.observer.id}'`);
  refused(await new Client(server.http).openLink(links.observer), 410, "link_expired");
});

test("a code stands in one's own answer, once; five wrong ones spend it; then it is signed", async () => {
  const { client } = people.a;
  const one = fine(await client.get(at(`/signings/${signing}`)));
  assert.ok(one.due_at_ms > Date.now() + 2 * 24 * 3600 * 1000);
  const sign = (code) => client.post(at(`/signings/${signing}/sign`), { sha256: sha256(one.text), code, drawing });
  const ask = (key) => client.post(at(`/signings/${signing}/code`), {}, { "Idempotency-Key": key });
  const { code } = fine(await ask("first"));
  assert.match(code, /^\d{6}$/);
  assert.equal(fine(await ask("first")).code, undefined, "not kept for a repetition");
  const bad = code === "000000" ? "000001" : "000000";
  for (let i = 0; i < 5; i += 1) refused(await sign(bad), 422, "code_wrong");
  refused(await sign(code), 410, "code_expired");
  const next = fine(await ask("second")).code;
  const signed = fine(await sign(next));
  assert.equal(signed.signatures.find((each) => each.mine).state, "signed");
});

test("who was sent out still signs what was written, and sees nothing of the caucus; nor does the other party, nor a stranger", async () => {
  const { agent, b, observer } = people;
  const texts = [];
  for (const { client } of [agent, b, observer])
    for (const path of ["", "/mediation", "/minutes", "/minutes/confirmation", "/signings", `/signings/${signing}`, "/documents", "/exhibits"])
      texts.push((await client.get(at(path))).text);
  assert.equal(texts.filter((text) => text.includes(SECRET) || text.includes("831700")).length, 0);
  assert.ok((await people.a.client.get(at("/mediation"))).text.includes(SECRET));
  assert.equal(fine(await agent.client.get(at(`/signings/${signing}`))).signatures.find((each) => each.mine).state, "waiting");
  fine(await agent.client.post(at(`/signings/${signing}/refuse`), { reason: "我被请出，不签。" }));
  const stranger = await new Client(server.http).login([demo.accounts.department].flat()[0]);
  for (const path of ["", "/minutes/confirmation", "/signings", `/signings/${signing}`, "/documents"]) {
    const answer = await stranger.get(at(path));
    assert.ok([403, 404].includes(answer.status), answer.text);
  }
});

test("the desk waits for the last day, then notes who did not sign, and the minutes are sealed", async () => {
  const note = (name) => people.clerk.client.post(at(`/signings/${signing}/refuse`), { participant: people[name].id, reason: "到期未签，记录在案" });
  const may = async () => fine(await people.clerk.client.get(at(`/signings/${signing}`))).signatures.find((each) => each.participant === people.b.id).may;
  refused(await note("b"), 409, "not_due");
  assert.deepEqual(await may(), []);
  server.sql("DROP TRIGGER signing_text_stays"); /* eight days later */
  server.sql("UPDATE signing SET opened_ms = opened_ms - 691200000");
  server.sql(`UPDATE hearing SET actual_end_ms = actual_end_ms - 691200000 WHERE id = '${hearing}'`);
  assert.deepEqual(await may(), ["note"]);
  for (const name of ["b", "mediator"]) fine(await note(name));
  const { code } = fine(await people.clerk.client.post(at(`/signings/${signing}/code`)));
  const one = fine(await people.clerk.client.get(at(`/signings/${signing}`)));
  fine(await people.clerk.client.post(at(`/signings/${signing}/sign`), { sha256: one.sha256, code, drawing }));
  assert.equal((await course("clerk")).state, "sealed");
});

test("a panel that ended without a vote decides afterwards, each at a distance; the clerk's pen stayed in the room", async () => {
  await begin("panel_hearing", [["presiding", "presiding"], ["clerk", "clerk"], ["petitioner", "petitioner"], ["department", "department"],
    ["n1", "panelist"], ["n2", "panelist"], ["n3", "panelist"]]);
  await people.presiding.ask("hearing.advance", { phase: "rights_and_recusal", reason: "从简" });
  for (const name of ["petitioner", "department"]) await people[name].ask("recusal.answer", { decision: "none" });
  await people.presiding.ask("hearing.close", { outcome: "referred", note: "评议另行进行" });
  const put = (name) => people[name].client.post(at("/ballots"), { question: "是否支持", secret: false, options: ["支持", "不支持"] });
  refused(await put("clerk"), 409, "wrong_phase");
  refused(await put("n1"), 403, "wrong_role");
  const made = await put("presiding");
  assert.ok([200, 201, 204].includes(made.status), made.text);
  const { ballots: [ballot], may } = fine(await people.n1.client.get(at("/deliberation")));
  assert.ok(may.includes("vote"));
  assert.deepEqual(ballot.who.map((one) => one.name).sort(), ["n1", "n2", "n3"]);
  for (const [i, name] of ["n1", "n2", "n3"].entries()) fine(await people[name].client.post(at(`/ballots/${ballot.id}/vote`), { choice: i < 2 ? 0 : 1 }), 204);
  const { presiding } = people;
  const done = async (path, body) => assert.ok([200, 201, 204].includes((await presiding.client.post(at(path), body)).status), path);
  await done(`/ballots/${ballot.id}/close`, {});
  await done("/deliberation/opinion", { text: "多数意见支持。", version: 0 });
  for (const name of ["n1", "n2", "n3"]) fine(await people[name].client.post(at("/deliberation/confirm"), { version: 1 }), 204);
  await done("/deliberation/seal", {});
  assert.equal(fine(await people.petitioner.client.get(at("/deliberation"))).released, null);
  await done("/deliberation/release", {});
  assert.equal(fine(await people.petitioner.client.get(at("/deliberation"))).released.opinion, "多数意见支持。");
}, 30_000);
