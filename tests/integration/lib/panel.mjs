// SPDX-License-Identifier: Apache-2.0
// A panel hearing that is held over the API, by people who have names: from its planning to a result that was released.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Client } from "./client.mjs";
import { LivePerson } from "./live_person.mjs";

const API = "/api/v1";
export const PANEL = ["n1", "n2", "n3", "n4", "n5"];
export const NAMES = { presiding: "周敏", clerk: "陈晓", n1: "赵文", n2: "孙丽", n3: "何平", n4: "钱进", n5: "吴芳", petitioner: "王秀英", department: "李建国" };
export const WORDS = { question: "责任单位是否应当限期修复", options: ["应当修复", "无需修复"], opinion: "听证组认为应当在三十日内修复", dissent: "本人认为应先做鉴定" };
const drawing = { width: 320, height: 200, strokes: [[20, 40, 90, 160, 200, 30], [220, 60, 300, 150]] };
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

export const done = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};

export class Panel {
  // http: of the server; demo: what it wrote of itself.
  constructor(http, demo) {
    Object.assign(this, { http, demo, people: {} });
  }

  at(path) {
    return `${API}/hearings/${this.hearing}/${path}`;
  }

  of(who) {
    return this.people[who].client;
  }

  advance(phase) {
    return this.people.presiding.ask("hearing.advance", { phase, reason: "依次进行" });
  }

  // Planned by the office, everybody is there, the hearing is open.
  async comes() {
    const keys = Object.keys(NAMES);
    const seats = keys.map((key) => ({ role: PANEL.includes(key) ? "panelist" : key, name: NAMES[key] }));
    this.office = await new Client(this.http).login(this.demo.accounts.clerk);
    const made = done(await this.office.post(`${API}/cases/${this.demo.case}/hearings`, { kind: "panel_hearing", planned_start_ms: Date.now(), seats }), 201);
    this.hearing = made.hearing.id;
    for (const [i, link] of made.links.entries()) {
      const client = new Client(this.http);
      done(await client.openLink(link.url));
      this.people[keys[i]] = new LivePerson(client, link.participant);
      await this.people[keys[i]].connect(this.hearing);
    }
    const { presiding } = this.people;
    for (const who of [...PANEL, "petitioner"]) {
      const person = this.people[who];
      for (const subject of ["online_mode", "recording"]) await person.ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
      await presiding.ask("participant.check_identity", { participant: person.id, method: "id_card", document: "1234", result: "ok" });
      await presiding.ask("participant.admit", { participant: person.id });
    }
    await presiding.ask("hearing.open");
  }

  // The petitioner has something against the fourth of the panel, the unit against the fifth.
  async asksForRecusal(reason) {
    await this.advance("rights_and_recusal");
    await this.people.petitioner.ask("recusal.answer", { decision: "ask", participant: this.people.n4.id, reason });
    await this.people.department.ask("recusal.answer", { decision: "ask", participant: this.people.n5.id, reason: "系信访人亲属" });
  }

  async recuses(reason) {
    for (const who of ["n4", "n5"]) await this.people.presiding.ask("recusal.decide", { participant: this.people[who].id, decision: "granted", reason });
  }

  // Two to one, an opinion that two confirm and one dissents from.
  async deliberates() {
    await this.advance("deliberation");
    await this.people.n3.next("you.changed", ({ room }) => room === "deliberation");
    const ballot = done(await this.of("presiding").post(this.at("ballots"), { question: WORDS.question, secret: false, options: WORDS.options }), 201);
    for (const [who, choice] of [["n1", 0], ["n2", 0], ["n3", 1]]) done(await this.of(who).post(this.at(`ballots/${ballot.id}/vote`), { choice }), 204);
    done(await this.of("presiding").post(this.at(`ballots/${ballot.id}/close`)), 204);
    done(await this.of("presiding").post(this.at("deliberation/opinion"), { text: WORDS.opinion, version: 0 }), 204);
    for (const who of ["n1", "n2"]) done(await this.of(who).post(this.at("deliberation/confirm"), { version: 1 }), 204);
    done(await this.of("n3").post(this.at("deliberation/dissent"), { text: WORDS.dissent }), 204);
  }

  async seals() {
    done(await this.of("presiding").post(this.at("deliberation/seal")), 204);
  }

  async releases() {
    done(await this.of("presiding").post(this.at("deliberation/release")), 204);
  }

  // By the code that the own page is told, and the finger.
  async signs(who, signing) {
    const { text } = done(await this.of(who).get(this.at(`signings/${signing}`)));
    done(await this.of(who).post(this.at(`signings/${signing}/code`), {}));
    const { data: { code } } = await this.people[who].next("signing.code", (data) => data.signing === signing);
    return done(await this.of(who).post(this.at(`signings/${signing}/sign`), { sha256: sha256(text), code, drawing }));
  }
}
