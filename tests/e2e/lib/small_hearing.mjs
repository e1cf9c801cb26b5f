// SPDX-License-Identifier: Apache-2.0
// A reception of two for the stories about networks: the presiding officer at a desk beside the
// server, and the petitioner on a phone behind the network of net/rig.sh.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, openFirefox, PHONE } from "./browsers.mjs";
import { admit, staffComes } from "./hearing_steps.mjs";
import { HOUSE, Network, onPhone } from "./network.mjs";
import { findByRole, pathOfMedia } from "./page_tools.mjs";
import { Server } from "./server.mjs";

const OUT = fileURLToPath(new URL("../out", import.meta.url));
const PETITIONER = "李四";

// Whatever the page asks on the way, until the person waits at the desk.
export async function petitionerComesQuickly(person, link) {
  const answers = [["checkbox", "我同意以视频方式参加"], ["checkbox", "我知道并同意录音录像"], ["button", "同意并进入"],
    ["button", "正常，继续"], ["button", "下一步"]];
  await person.open(link);
  await person.until("is not at the desk", async () => {
    if (await person.has("textbox", "最后四位")) await person.fill("最后四位", "1234");
    for (const [role, name] of answers) {
      const handle = await person.page.evaluateHandle(findByRole, [role, name, 0]);
      const element = handle.asElement();
      if (element && !(role === "checkbox" && (await element.evaluate((box) => box.checked)))) await element.click({ timeout: 5000 }).catch(() => {});
    }
    return (await person.text()).includes("您已就位");
  }, 60_000);
}

export class SmallHearing {
  people = {};

  constructor(name) {
    this.name = name;
    mkdirSync(OUT, { recursive: true });
  }

  async onFailure() {
    for (const [name, person] of Object.entries(this.people)) {
      await person.shot(join(OUT, `failed-${this.name}-${name}.png`)).catch(() => {});
    }
    if (this.server) writeFileSync(join(OUT, `failed-${this.name}-server.log`), this.server.log);
    if (this.network?.relayLog) writeFileSync(join(OUT, `failed-${this.name}-relay.log`), this.network.relayLog);
  }

  // The desk comes at once, the phone later. deskOptions and phoneOptions are those of person();
  // data: the server's folder, a new one without it; speech: what both say in place of a microphone.
  async open(stage, { data, settings, phoneArgs = [], deskArgs = [], phoneIsFirefox = false, speech, deskOptions, phoneOptions } = {}) {
    this.phoneOptions = phoneOptions;
    this.network ??= await new Network().open(stage);
    this.server = await new Server({ data, args: ["--address", HOUSE, "--workers", "1", ...(settings ?? [])] }).start();
    stage.atEnd(() => this.server.stop());
    this.desks = await openChromium(stage, { speech, args: deskArgs });
    this.phones = phoneIsFirefox ? await openFirefox(stage, { ...onPhone("firefox-esr"), speech })
      : await openChromium(stage, { ...onPhone("chromium"), speech, args: phoneArgs });
    this.links = await this.schedule();
    this.people.presiding = await this.desks.person("presiding", DESKTOP, deskOptions);
    await staffComes(this.people.presiding, this.links.presiding);
  }

  // Of a kind that the presiding officer may open without a clerk.
  async schedule() {
    const { http, accounts, case: id } = this.server.demo;
    const json = { "Content-Type": "application/json" };
    const login = await fetch(`${http}/api/v1/login`, { method: "POST", headers: json, body: JSON.stringify(accounts.clerk) });
    const cookie = login.headers.get("set-cookie").split(";")[0];
    const seats = [{ role: "petitioner", name: PETITIONER }, { role: "presiding", name: "周正平" }];
    const made = await fetch(`${http}/api/v1/cases/${id}/hearings`, { method: "POST", headers: { ...json, Cookie: cookie },
      body: JSON.stringify({ kind: "reception", planned_start_ms: Date.now(), seats }) });
    if (made.status !== 201) throw new Error(`schedule: ${made.status} ${await made.text()}`);
    const port = new URL(this.server.demo.https).port;
    const { links } = await made.json();
    return Object.fromEntries(links.map(({ role, url }) => [role, url.replace(/^https:[/][/][^/]*/, `https://${HOUSE}:${port || 443}`)]));
  }

  petitionerComes(person, link) {
    return petitionerComesQuickly(person, link);
  }

  async phoneComes() {
    this.people.petitioner = await this.phones.person("petitioner", PHONE, this.phoneOptions);
    await this.petitionerComes(this.people.petitioner, this.links.petitioner);
    await admit(this.people.presiding, PETITIONER);
    await this.people.presiding.until("cannot open", async () => {
      if ((await this.people.presiding.text()).includes("正在录制")) return true;
      await this.people.presiding.click("button", "宣布开始", 0, 1000).catch(() => {});
      return false;
    }, 40_000);
    await this.people.petitioner.sees("正在录制", 30_000);
  }

  // Each gets the other's picture and voice.
  async allSeeAndHear(ms = 30_000) {
    await Promise.all(Object.values(this.people).map(async (person) => {
      await person.receives("video", 1, ms);
      await person.receives("audio", 1, ms);
    }));
  }

  // The pair of candidates that the phone's media take, from its own statistics. A connection may be
  // "disconnected" for a moment although its media flow again: it is asked until one has a pair.
  async path(person = this.people.petitioner) {
    return person.until("no connection has a path", () => person.page.evaluate(pathOfMedia), 5000);
  }

  async nothingRefused() {
    const refused = await this.server.misunderstood();
    if (Object.keys(refused).length) throw new Error(JSON.stringify(refused));
  }

  async serverEnds() {
    const code = await this.server.stop();
    if (code !== 0) throw new Error(`exit ${code}: ${this.server.log.slice(-1500)}`);
  }
}
