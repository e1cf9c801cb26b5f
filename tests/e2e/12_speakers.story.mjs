// SPDX-License-Identifier: Apache-2.0
// Who speaks is shown large, so people swap places again and again: nobody's picture may go black
// by it. Three in Chromium speak in turns, the department watches with Firefox.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, openFirefox, PHONE } from "./lib/browsers.mjs";
import { admit, petitionerComes, staffComes } from "./lib/hearing_steps.mjs";
import { expectNoBlack, Looks } from "./lib/looks.mjs";
import { speakWhenTold } from "./lib/page_tools.mjs";
import { Server } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const TURN_MS = 4000; // who holds the large place keeps it for 2.5 s at least
const TURNS = 9;
const SWAPS_MIN = 3;
const people = {};
let server;
let watches;

mkdirSync(OUT, { recursive: true });
const everybody = () => Object.values(people);
const shot = (person, name) => person.shot(join(OUT, `speakers-${name}.png`));

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-speakers-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-speakers-server.log"), server.log);
}

async function allCome(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  const chromium = await openChromium(stage);
  const firefox = await openFirefox(stage);
  const voice = { scripts: [speakWhenTold] };
  people.petitioner = await chromium.person("petitioner", PHONE, voice);
  people.presiding = await chromium.person("presiding", DESKTOP, voice);
  people.clerk = await chromium.person("clerk", DESKTOP, voice);
  people.housing = await firefox.person("housing", DESKTOP);
  const { clerk, presiding, petitioner, housing } = people;
  const { login, password } = server.demo.accounts.clerk;
  await clerk.open(`${server.demo.http}/login`);
  await clerk.fill("账号", login);
  await clerk.fill("密码", password);
  await clerk.click("button", "登录");
  await clerk.click("link", "进入");
  await clerk.click("button", "继续");
  await staffComes(presiding, server.demo.links.presiding);
  await staffComes(housing, server.demo.links.department[0]);
  await petitionerComes(petitioner, server.demo.links.petitioner);
  await admit(clerk, "张小满");
  await clerk.until("somebody is still in the lobby", async () => {
    if (!(await clerk.has("button", "准入")) && !(await clerk.has("button", "相符"))) return true;
    for (const label of ["准入", "相符", "核验身份"]) await clerk.click("button", label, 0, 500).catch(() => {});
    return false;
  }, 60_000);
  await presiding.click("button", "宣布开始");
  for (const person of everybody()) await person.sees("正在录制", 30_000);
  await housing.click("button", "静音"); // Firefox's fake microphone never ends its tone
}

const speak = (person, on) => person.page.evaluate((loud) => window.heardVoice.speak(loud), on);

async function takeTurns() {
  const speakers = [people.petitioner, people.presiding, people.clerk];
  for (const one of speakers) await speak(one, false);
  await sleep(1000);
  for (let turn = 0; turn < TURNS; turn++) {
    const now = speakers[turn % speakers.length];
    await speak(now, true);
    await sleep(TURN_MS);
    await speak(now, false);
  }
}

export function steps(stage) {
  return [
    ["four come and the hearing opens", () => allCome(stage)],
    ["each sees the three others", async () => {
      for (const person of everybody()) await person.receives("video", 3, 60_000);
    }],
    ["the speaker changes every few seconds: no picture goes black", async () => {
      watches = everybody().map((person) => new Looks(person));
      for (const looks of watches) await looks.watch();
      await sleep(1000);
      await takeTurns();
      for (const [name, person] of Object.entries(people)) await shot(person, name);
      await expectNoBlack("turns", watches, SWAPS_MIN);
    }],
    ["the server ends cleanly", async () => {
      const code = await server.stop();
      if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
    }],
  ];
}
