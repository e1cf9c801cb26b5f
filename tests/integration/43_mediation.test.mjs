// SPDX-License-Identifier: Apache-2.0
// A mediation through the real server: consents before the opening is left, facts, offers between the sides, the agreement, its
// end. And who sees what of an offer that was not released: by every role and every route that tells of a hearing.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { LivePerson } from "./lib/live_person.mjs";
import { Server, removeFolder } from "./lib/server.mjs";

let server = await new Server().start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const API = "/api/v1";
const SECRET = "我方最多只能赔八千三百一十七元"; // in no answer, event or file but those of side A and the mediator
const SECRET_FEN = 831_700;
const people = {};
let hearing;
let path;

class Person extends LivePerson {
  constructor(name, client, id) {
    super(client, id);
    Object.assign(this, { name, heard: "" });
  }

  connect() {
    return super.connect(hearing);
  }

  note(message) {
    this.heard += JSON.stringify(message);
  }

  async act(act, fields = {}) {
    const answer = await this.client.post(`${path}/acts`, { act, ...fields });
    assert.equal(answer.status, 200, `${this.name} ${act}: ${answer.text}`);
    return answer.json;
  }

  async refused(act, fields, status, code, reason) {
    const answer = await this.client.post(`${path}/acts`, { act, ...fields });
    assert.deepEqual([answer.status, answer.json.code, answer.json.reason], [status, code, reason], `${this.name} ${act}: ${answer.text}`);
    return answer.json;
  }

  async view() {
    const answer = await this.client.get(path);
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }
}

// What came to this person as events since the last question: nothing waits, so a marker goes round.
async function eventsOf(person) {
  const before = person.heard.length;
  await person.say("ping");
  return person.heard.slice(before);
}

const clerkAccount = await new Client(server.http).login(demo.accounts.clerk);

test("both sides come, and the mediator opens", async () => {
  const seats = [
    { role: "mediator", name: "吴和" }, { role: "petitioner", name: "李四" }, { role: "petitioner", name: "王五", side: "respondent" },
    { role: "agent", name: "赵律师", side: "petitioner" }, { role: "agent", name: "钱律师", side: "respondent" },
    { role: "observer", name: "旁听" }, { role: "clerk", name: "孙书琴" }, { role: "interpreter", name: "译员" }, { role: "witness", name: "证人" },
  ];
  const made = await clerkAccount.post(`${API}/cases/${demo.case}/hearings`, { kind: "mediation", planned_start_ms: Date.now(), recorded: true, seats });
  assert.equal(made.status, 201, made.text);
  hearing = made.json.hearing.id;
  path = `${API}/hearings/${hearing}/mediation`;
  const names = ["mediator", "a", "b", "agentA", "agentB", "observer", "clerk", "interpreter", "witness"];
  for (const [i, link] of made.json.links.entries()) {
    const client = new Client(server.http);
    assert.equal((await client.openLink(link.url)).status, 200);
    people[names[i]] = new Person(names[i], client, link.participant);
    await people[names[i]].connect();
  }
  const { mediator, a } = people;
  assert.equal((await a.client.get(path)).json.code, "not_admitted");
  for (const name of names.filter((one) => !["mediator", "clerk"].includes(one))) {
    for (const subject of ["online_mode", "recording"]) await people[name].ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
    await mediator.ask("participant.check_identity", { participant: people[name].id, method: "id_card", document: "1234", result: "ok" });
    await mediator.ask("participant.admit", { participant: people[name].id });
  }
  await mediator.ask("hearing.open");
  assert.deepEqual((await a.view()).parties.map(({ name, side, mediation, mediator: m }) => [name, side, mediation, m]),
    [["李四", "petitioner", "none", "none"], ["王五", "respondent", "none", "none"]]);
}, 60_000);

test("another kind of hearing has none", async () => {
  const answer = await clerkAccount.get(`${API}/hearings/${demo.hearing}/mediation`);
  assert.deepEqual([answer.status, answer.json.code], [404, "not_found"]);
});

test("the opening is left when all parties agreed, and not before", async () => {
  const { mediator, a, b, agentA, clerk } = people;
  const forward = async () => (await mediator.say("hearing.advance", { phase: "statements", reason: "" })).error?.reason;
  assert.equal(await forward(), "mediation_not_agreed");
  await mediator.refused("fact_add", { text: "早了" }, 409, "wrong_phase", "not_yet");
  const { disclosure } = await mediator.act("disclose", { text: "与双方没有亲属、业务或其他利害关系。" });
  for (const one of [a, b, clerk]) await one.next("mediation.changed");
  await agentA.refused("answer", { subject: "mediation", decision: "given" }, 403, "wrong_role", "no_right");
  await clerk.refused("disclose", { text: "x" }, 403, "wrong_role", "no_right");
  await a.refused("answer", { subject: "mediator", of: "x", decision: "given" }, 409, "conflict", "stale");
  for (const one of [a, b]) {
    await one.act("answer", { subject: "mediation", decision: "given" });
    assert.equal(await forward(), "mediation_not_agreed");
    await one.act("answer", { subject: "mediator", of: disclosure.id, decision: "given" });
  }
  const now = await a.view();
  assert.deepEqual([now.state, /^\d{4}-\d\d-\d\d$/.test(now.period.last_day)], ["in_mediation", true]);
  assert.equal(await forward(), undefined);
}, 30_000);

test("facts: joint when both confirmed the same words", async () => {
  const { mediator, a, b, agentB } = people;
  const { facts: [fact] } = await mediator.act("fact_add", { text: "2024年7月起屋顶漏雨" });
  await a.act("fact_answer", { of: fact.id, version: 1, decision: "confirmed" });
  await mediator.act("fact_change", { of: fact.id, version: 1, text: "2024年6月起屋顶漏雨" });
  const late = await b.refused("fact_answer", { of: fact.id, version: 1, decision: "confirmed" }, 409, "conflict", "stale");
  assert.equal(late.mediation.facts[0].text, "2024年6月起屋顶漏雨");
  await agentB.act("fact_answer", { of: fact.id, version: 2, decision: "confirmed" });
  assert.deepEqual((await a.view()).facts.map(({ joint, petitioner, respondent }) => [joint, petitioner, respondent]), [[false, "none", "confirmed"]]);
  await a.act("fact_answer", { of: fact.id, version: 2, decision: "confirmed" });
  assert.equal((await b.view()).facts[0].joint, true);
  await mediator.refused("fact_remove", { of: fact.id, version: 2 }, 409, "conflict", "joint");
}, 30_000);

// Every route that tells something of a hearing, by its table of routes as it is.
function routesOfHearing() {
  const routes = ["", "/minutes", "/exhibits", "/mediation", "/quality"];
  return [`${API}/hearings`, `${API}/cases/${demo.case}`, `${API}/cases`, `${API}/recordings`, ...routes.map((one) => `${API}/hearings/${hearing}${one}`)];
}

const tells = (text) => text.includes(SECRET) || text.includes(String(SECRET_FEN));

let offer;

// Who learns of it: by GET of each route, by trying to act on it, by events.
async function tableOf() {
  const table = {};
  const callers = { ...people, account: { client: clerkAccount }, stranger: { client: new Client(server.http) } };
  for (const [name, { client }] of Object.entries(callers)) {
    table[name] = [];
    for (const route of routesOfHearing()) if (tells((await client.get(route)).text)) table[name].push(route.split("/").pop());
    for (const fields of [{ act: "offer_answer", decision: "accepted" }, { act: "offer_talk" }, { act: "offer_release" }, { act: "offer_carry" }, { act: "offer_withdraw" },
      { act: "offer_make", what: "反要约" }]) {
      if (["mediator", "a", "agentA"].includes(name)) continue; // theirs: tried below
      const answer = await client.post(`${path}/acts`, { of: offer, ...fields });
      assert.ok(answer.status >= 400 && !tells(answer.text), `${name} ${fields.act}: ${answer.text}`);
      if (name === "b" || name === "agentB")
        assert.deepEqual([answer.status, answer.json.code], fields.act === "offer_carry" ? [403, "wrong_role"] : [404, "not_found"], `${name} ${fields.act}: ${answer.text}`);
    }
  }
  return Object.fromEntries(Object.entries(table).filter(([, routes]) => routes.length));
}

const OWN = { mediator: ["mediation"], a: ["mediation"], agentA: ["mediation"] };

test("an offer that was not released: nobody of the other side, no clerk, no observer, no account", async () => {
  const { mediator, a, b, agentA, observer, clerk } = people;
  await mediator.ask("room.open", { room: "caucus_a" });
  await a.ask("room.answer", { room: "caucus_a", decision: "accepted" });
  for (const one of Object.values(people)) await eventsOf(one);
  const before = JSON.stringify(await b.view());
  const made = await a.act("offer_make", { what: SECRET, amount_fen: SECRET_FEN, how: "银行转账", by_when: "签字后十日内" });
  offer = made.offers[0].id;
  assert.deepEqual([made.offers[0].state, made.offers[0].round, made.offers[0].by_mediator], ["kept", null, false]);
  for (const one of [mediator, a, agentA]) assert.ok((await eventsOf(one)).includes("mediation.changed"), `${one.name} was not told`);
  for (const one of Object.values(people).filter((each) => ![mediator, a, agentA].includes(each))) {
    const events = await eventsOf(one);
    assert.ok(!events.includes("mediation.changed"), `${one.name} was told that something happened`);
  }
  assert.equal(JSON.stringify(await b.view()), before, "B sees another picture");
  assert.deepEqual(await tableOf(), OWN);
  await mediator.refused("offer_carry", { of: offer }, 403, "forbidden", "not_released");
  await mediator.refused("offer_release", { of: offer }, 403, "wrong_role", "no_right");
  assert.deepEqual([(await observer.client.get(path)).json.code, (await clerk.view()).offers.length], ["forbidden", 0]);
}, 60_000);

test("released it waits for the mediator; carried over the other side sees it, and nobody else", async () => {
  const { mediator, a, b } = people;
  const before = JSON.stringify(await b.view());
  await a.act("offer_release", { of: offer });
  assert.equal(JSON.stringify(await b.view()), before);
  assert.ok(!(await eventsOf(b)).includes("mediation.changed"));
  assert.deepEqual(await tableOf(), OWN);
  await mediator.act("offer_carry", { of: offer });
  await b.next("mediation.changed");
  const seen = (await b.view()).offers;
  assert.deepEqual(seen.map(({ what, amount_fen, round, state, made_at_ms }) => [what, amount_fen, round, state, made_at_ms]), [[SECRET, SECRET_FEN, 1, "carried", null]]);
  for (const name of ["clerk", "observer", "interpreter", "witness"])
    for (const route of routesOfHearing()) assert.ok(!tells((await people[name].client.get(route)).text), `${name} ${route}`);
}, 60_000);

test("a counter is as secret; notes are the mediator's; an answer is everybody's at the table", async () => {
  const { mediator, a, b, agentB } = people;
  await b.act("offer_talk", { of: offer, text: "修缮也要算进去" });
  const before = JSON.stringify(await a.view());
  assert.ok(!before.includes("修缮也要算进去") && JSON.stringify(await mediator.view()).includes("修缮也要算进去"));
  const counter = (await mediator.act("offer_make", { side: "respondent", of: offer, what: "付一万元并修好屋顶", amount_fen: 1_000_000, how: "现金", by_when: "月底前" })).offers[1];
  assert.equal(counter.by_mediator, true);
  assert.equal(JSON.stringify(await a.view()), before);
  await agentB.act("offer_release", { of: counter.id });
  assert.equal(JSON.stringify(await a.view()), before);
  await mediator.act("offer_carry", { of: counter.id });
  const offers = (await a.view()).offers;
  assert.deepEqual(offers.map((one) => [one.round, one.state, one.by_mediator]), [[1, "countered", false], [2, "carried", false]]);
  await a.act("offer_answer", { of: counter.id, decision: "accepted", text: "只跟调解员说：其实早就想了结" });
  assert.ok(!JSON.stringify(await b.view()).includes("早就想了结"));
  assert.equal((await b.view()).offers[1].state, "accepted");
}, 30_000);

test("it outlives the server, and its rows say it all", async () => {
  const views = {};
  for (const name of ["mediator", "a", "b", "clerk"]) views[name] = JSON.stringify(await people[name].view());
  await server.stop();
  server = await new Server({ data: server.data }).start();
  for (const one of Object.values(people)) {
    one.client.base = server.http;
    await one.connect();
  }
  clerkAccount.base = server.http;
  for (const [name, view] of Object.entries(views)) assert.equal(JSON.stringify(await people[name].view()), view);
  const trail = server.query("SELECT coalesce(reason, '') || detail || object FROM audit").map(([text]) => text).join("");
  assert.ok(!tells(trail), "the trail has words of an offer");
  assert.ok(!server.log.includes(SECRET), "the log has them");
  assert.throws(() => server.query("UPDATE mediation_entry SET data = '{}'"));
}, 60_000);

const WHOLE = { form: "written", parties: "甲方李四；乙方王五", facts: "屋顶漏雨", disputes: "维修费用", responsibilities: "各半",
  terms: [{ what: "乙方付甲方", amount_fen: 1_000_000, how: "银行转账", by_when: "2026年12月31日前" }] };

test("a draft: both see each change, and what the law asks for is missed in words", async () => {
  const { mediator, a, b } = people;
  await mediator.ask("room.close", { room: "caucus_a" });
  assert.equal((await mediator.act("draft_set", { version: 0, form: "written" })).draft.version, 1);
  for (const one of [a, b]) await one.next("mediation.changed");
  assert.deepEqual((await b.view()).draft.missing, ["parties", "facts", "disputes", "responsibilities", "terms"]);
  await mediator.refused("freeze", { version: 1 }, 409, "conflict", "incomplete");
  await mediator.refused("draft_set", { version: 0, form: "written" }, 409, "conflict", "stale");
  await a.refused("draft_set", { version: 1, ...WHOLE }, 403, "wrong_role", "no_right");
  assert.deepEqual((await mediator.act("draft_set", { version: 1, ...WHOLE })).draft.missing, []);
  await mediator.refused("draft_set", { version: 2, ...WHOLE, terms: Array(21).fill(WHOLE.terms[0]) }, 422, "bad_field", undefined);
  const frozen = await mediator.act("freeze", { version: 2 });
  assert.deepEqual([frozen.state, frozen.signatures.map((one) => `${one.name} ${one.state}`).sort()], ["signing", ["吴和 waiting", "李四 waiting", "王五 waiting"]]);
}, 30_000);

const drawing = { width: 320, height: 200, strokes: [[20, 40, 90, 160, 200, 30], [220, 60, 300, 150]] };

// As the page does: read the text, ask for the code that one's own page is told, sign the hash of what was read.
async function signs(person) {
  const { signing } = await person.view();
  const at = `${API}/hearings/${hearing}/signings/${signing}`;
  const { text } = (await person.client.get(at)).json;
  assert.ok(text.includes("10,000元") && text.includes("屋顶漏雨"), text);
  assert.equal((await person.client.post(`${at}/code`)).status, 200);
  const { code } = (await person.next("signing.code")).data;
  const answer = await person.client.post(`${at}/sign`, { sha256: createHash("sha256").update(text).digest("hex"), code, drawing, device: "phone" });
  assert.equal(answer.status, 200, answer.text);
}

test("taken back to be changed, nobody is asked to sign any more", async () => {
  const { mediator, a } = people;
  const { signing } = await a.view();
  await mediator.act("thaw");
  assert.deepEqual((await a.view()).signatures, []);
  assert.equal((await a.client.get(`${API}/hearings/${hearing}/signings/${signing}`)).json.state, "withdrawn");
  assert.equal((await mediator.act("freeze", { version: 2 })).state, "signing");
}, 30_000);

test("signed by all it is effective; the court is asked by both, within thirty days", async () => {
  const { mediator, a, b } = people;
  await a.refused("sign", { version: 2 }, 422, "bad_field", undefined);
  await signs(a);
  await signs(mediator);
  const half = await b.view();
  assert.deepEqual([half.effective_at_ms, half.signatures.map((one) => one.state).sort()], [null, ["signed", "signed", "waiting"]]);
  await signs(b);
  const now = await b.view();
  assert.equal(now.state, "effective");
  assert.deepEqual(now.signatures.map((one) => one.name), ["李四", "吴和", "王五"]);
  const due = new Date(now.effective_at_ms + 8 * 3600e3 + 30 * 86400e3).toISOString().slice(0, 10);
  assert.deepEqual([now.confirmation.last_day, now.confirmation.is_open], [due, true]);
  await mediator.act("seal", { text: "滨河街道人民调解委员会" });
  const clean = { personal_status: false, unclear: false, against_law: false, harms_others: false };
  await a.refused("apply", {}, 409, "wrong_phase", "not_yet");
  await mediator.act("check", { ...clean, harms_others: true });
  await a.refused("apply", {}, 409, "conflict", "not_allowed");
  await mediator.act("check", { ...clean, text: "美兰区人民法院" });
  await a.act("apply");
  assert.equal((await b.act("apply")).state, "confirmation_applied");
  await mediator.refused("end", { reason: "other" }, 409, "wrong_phase", "over");
}, 30_000);

test("the agreement is a document of the case file, of what was signed", async () => {
  const { mediator, a } = people;
  const documents = `${API}/hearings/${hearing}/documents`;
  const made = await mediator.client.post(documents, { kind: "mediation_agreement" });
  assert.equal(made.status, 201, made.text);
  assert.match(made.json.number, /-D01-1$/);
  assert.equal((await a.client.post(documents, { kind: "mediation_agreement" })).status, 403);
  const { facts } = (await a.client.get(`${documents}/${made.json.id}/files/json`)).json;
  const { draft, effective_at_ms: effective } = await a.view();
  assert.deepEqual([facts.about, facts.facts, facts.disputes, facts.responsibilities], [draft.parties, draft.facts, draft.disputes, draft.responsibilities]);
  assert.deepEqual(facts.terms.map(({ what, how, by_when: by }) => [what, how, by]), draft.terms.map(({ what, how, by_when: by }) => [what, how, by]));
  assert.deepEqual(facts.terms.filter(({ amount }) => amount).map(({ amount }) => Number(amount.replace(/[^\d.]/g, ""))),
    draft.terms.filter(({ amount_fen: fen }) => fen !== null).map(({ amount_fen: fen }) => fen / 100));
  assert.equal(facts.effective_ms, effective);
  const html = (await a.client.get(`${documents}/${made.json.id}/files/html`)).text;
  assert.match(html, /调解协议书[^]*李四[^]*王五[^]*生效日期/);
  assert.equal(made.json.signed, true);
  assert.ok(facts.signing.signatures.length >= 3 && facts.signing.signatures.every(({ state, seal, drawing }) => state === "signed" && seal && drawing.path), JSON.stringify(facts.signing));
  assert.equal(html.split("<svg").length - 1, facts.signing.signatures.length);
}, 60_000);

test("the application to the court follows from it, with its thirty days", async () => {
  const { mediator, a } = people;
  const documents = `${API}/hearings/${hearing}/documents`;
  assert.equal((await mediator.client.post(documents, { kind: "confirmation_application" })).status, 422, "the court is missing");
  const made = await mediator.client.post(documents, { kind: "confirmation_application", details: { court: "美兰区人民法院" } });
  assert.equal(made.status, 201, made.text);
  const { facts } = (await a.client.get(`${documents}/${made.json.id}/files/json`)).json;
  assert.match(facts.agreement_number, /-D01-1$/);
  const day = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
  assert.equal(day(facts.apply_by_ms), day(facts.effective_ms + 30 * 86_400_000), "the first day is not counted");
  assert.match((await a.client.get(`${documents}/${made.json.id}/files/html`)).text, /司法确认申请书[^]*甲方[^]*李四[^]*乙方[^]*王五[^]*美兰区人民法院/);
  const ended = await mediator.client.post(documents, { kind: "mediation_end", details: { reason: "不成" } });
  assert.deepEqual([ended.status, ended.json.reason], [409, "agreed"]);
}, 60_000);

test("it ends without agreement, with one of the reasons of Art. 25, and both are told", async () => {
  const seats = [{ role: "mediator", name: "吴和" }, { role: "petitioner", name: "李四" }, { role: "petitioner", name: "王五", side: "respondent" }];
  const made = await clerkAccount.post(`${API}/cases/${demo.case}/hearings`, { kind: "mediation", planned_start_ms: Date.now(), recorded: false, seats });
  hearing = made.json.hearing.id;
  path = `${API}/hearings/${hearing}/mediation`;
  const three = [];
  for (const [i, link] of made.json.links.entries()) {
    const client = new Client(server.http);
    await client.openLink(link.url);
    three.push(new Person(["mediator", "a", "b"][i], client, link.participant));
    await three[i].connect();
  }
  const [mediator, a, b] = three;
  for (const one of [a, b]) {
    await one.ask("consent.give", { subject: "online_mode", decision: "given", text_version: "2026-11" });
    await mediator.ask("participant.check_identity", { participant: one.id, method: "id_card", document: "1234", result: "ok" });
    await mediator.ask("participant.admit", { participant: one.id });
  }
  await mediator.ask("hearing.open");
  await b.act("answer", { subject: "mediation", decision: "refused" });
  assert.equal((await a.view()).state, "refused");
  await mediator.refused("end", { reason: "agreed" }, 422, "bad_field", undefined);
  await mediator.act("end", { reason: "unwilling", text: "乙方不同意调解" });
  await mediator.ask("hearing.advance", { phase: "end_without", reason: "乙方不同意调解" });
  for (const one of [a, b]) {
    const { end, state } = await one.view();
    assert.deepEqual([state, end.reason, end.note], ["ended", "unwilling", "乙方不同意调解"]);
  }
  const documents = `${API}/hearings/${hearing}/documents`;
  const early = await mediator.client.post(documents, { kind: "mediation_agreement" });
  assert.deepEqual([early.status, early.json.reason], [409, "not_effective"]);
  const notice = await mediator.client.post(documents, { kind: "mediation_end" });
  assert.equal(notice.status, 201, notice.text);
  assert.match((await a.client.get(`${documents}/${notice.json.id}/files/html`)).text, /终结原因[^]*当事人一方明确表示不愿意继续调解[^]*乙方不同意调解[^]*其他途径/);
}, 60_000);
