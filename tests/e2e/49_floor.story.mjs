// SPDX-License-Identifier: Apache-2.0
// The floor and order: who speaks and for how long, a turn given and given back, everybody muted,
// shown to all, warned, a recess that cools tempers, removed. Three in one Chromium, voices on order;
// the procedure is an office's own way (a profile): the petitioner alone speaks, time is counted.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { admit, clerkLogsIn, deskAction, staffComes } from "./lib/hearing_steps.mjs";
import { speakWhenTold } from "./lib/page_tools.mjs";
import { planHearing } from "./lib/plan.mjs";
import { Server, tempFolder } from "./lib/server.mjs";
import { petitionerComesQuickly } from "./lib/small_hearing.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : OUT;
const RECEPTION = fileURLToPath(new URL("../../server/hearing/profiles/reception.json", import.meta.url));
const [CHAIR, PETITIONER, UNIT] = ["周正平", "张小满", "王立新"];
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const people = {};
let server;

mkdirSync(OUT, { recursive: true });
const shot = (person, name) => person.shot(join(PICTURES, `floor-${name}.png`));
const speak = (person, on) => person.page.evaluate((loud) => window.heardVoice.speak(loud), on);

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-floor-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-floor-server.log"), server.log);
}

async function theyCome(stage) {
  const profiles = tempFolder("profiles");
  const profile = JSON.parse(readFileSync(RECEPTION, "utf8"));
  Object.assign(profile.phases.find(({ code }) => code === "statement"), { speak: ["petitioners"], equal_time: true });
  writeFileSync(join(profiles, "reception.json"), JSON.stringify(profile));
  const config = join(profiles, "heard.conf");
  writeFileSync(config, `profiles = ${profiles}\n`);
  server = await new Server({ args: ["--config", config] }).start();
  stage.atEnd(() => server.stop());
  const chromium = await openChromium(stage);
  const options = { scripts: [speakWhenTold], camera: { width: 320, height: 180, frameRate: 5 } };
  people.presiding = await chromium.person("presiding", DESKTOP, options);
  const { presiding } = people;
  await clerkLogsIn(presiding, server);
  const links = await planHearing(presiding, server, "reception", { parties: [PETITIONER], seats: [["presiding", CHAIR], ["department", UNIT]] });
  people.petitioner = await chromium.person("petitioner", PHONE, options);
  people.unit = await chromium.person("unit", DESKTOP, options);
  await staffComes(presiding, links[CHAIR]);
  await staffComes(people.unit, links[UNIT]);
  await petitionerComesQuickly(people.petitioner, links[PETITIONER]);
  await admit(presiding, PETITIONER);
  await presiding.click("button", "宣布开始");
  for (const person of Object.values(people)) await person.receives("audio", 2, 60_000);
  for (const person of Object.values(people)) await speak(person, false);
  await presiding.click("button", "进入陈述");
  await people.petitioner.sees("信访人一方");
}

// Runs in the page: seconds of both sides.
function readSides() {
  const find = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "heard-floor") return el.shadowRoot;
      const inside = el.shadowRoot && find(el.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const seconds = (text) => text.trim().split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
  return [...find(document).querySelectorAll(".sides b")].map((el) => seconds(el.textContent));
}

const sides = (person) => person.page.evaluate(readSides);

async function timeIsCounted() {
  const { presiding, petitioner, unit } = people;
  const [before, still] = await sides(presiding);
  await speak(petitioner, true);
  await speak(unit, true); // has no microphone here: counts for nothing
  await sleep(6000);
  for (const person of [petitioner, unit]) await speak(person, false);
  for (const person of [presiding, petitioner])
    await person.until("the time of the sides is wrong", async () => {
      const [first, second] = await sides(person);
      if (first - before < 4 || first - before > 8 || second !== still) throw new Error(JSON.stringify([before, still, first, second]));
      return true;
    }, 8000);
  await shot(petitioner, "phone-time");
}

async function turnIsGiven() {
  const { presiding, petitioner, unit } = people;
  await unit.click("button", "举手");
  await presiding.click("button", "请发言");
  await unit.sees("轮到您发言");
  await petitioner.sees(`${UNIT} 正在发言`);
  await unit.click("button", "打开麦克风");
  await speak(unit, true);
  await presiding.until("the unit is not counted", async () => (await sides(presiding))[1] >= 2);
  await shot(presiding, "desk-turn");
  await shot(petitioner, "phone-turn");
  await shot(unit, "my-turn");
  await unit.click("button", "发言完毕");
  await petitioner.seesNo(`${UNIT} 正在发言`);
  await unit.sees("已被静音");
  await deskAction(presiding, PETITIONER, "请发言");
  await presiding.click("radio", "3 分钟");
  await presiding.click("button", "请发言", -1);
  await petitioner.sees("共 3 分钟");
}

async function allAreMuted() {
  const { presiding, petitioner, unit } = people;
  await presiding.click("button", "全体静音");
  await unit.sees("全体静音中");
  await petitioner.sees("轮到您发言"); // who has the floor goes on
  await presiding.click("button", "收回发言");
  await petitioner.sees("已被静音");
  await presiding.click("button", "解除全体静音");
  await petitioner.seesNo("全体静音中");
}

// Runs in the page: whose tile is large.
function readLarge() {
  const find = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "heard-stage") return el;
      const inside = el.shadowRoot && find(el.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  return find(document).layout.main?.participant.name ?? "";
}

async function oneIsShown() {
  const { presiding, petitioner } = people;
  for (const name of [UNIT, PETITIONER]) {
    await deskAction(presiding, name, "展示给所有人");
    await presiding.sees(`正在向所有人展示 ${name}`);
    const viewer = name === UNIT ? petitioner : people.unit;
    await viewer.until(`${name} is not large`, async () => (await viewer.page.evaluate(readLarge)) === name);
  }
  await presiding.click("button", "不再展示");
}

async function warnedAndCooled() {
  const { presiding, petitioner, unit } = people;
  await deskAction(presiding, PETITIONER, "请离开");
  await presiding.sees("还没有警告过对方");
  await presiding.click("button", "取消", -1);
  await deskAction(presiding, PETITIONER, "警告");
  await presiding.fill("理由", "请不要打断别人发言");
  await presiding.click("button", "警告", -1);
  await petitioner.sees("第 1 次警告");
  await petitioner.sees("请不要打断别人发言");
  await shot(petitioner, "phone-warned");
  await presiding.sees("已警告 1 次");
  await shot(presiding, "desk-warned");
  await petitioner.click("button", "我知道了");
  await petitioner.seesNo("第 1 次警告");
  await presiding.click("button", "休会");
  await presiding.click("radio", "冷静休息 5 分钟");
  await shot(presiding, "desk-recess-ask");
  await presiding.click("button", "休会", -1);
  for (const person of [petitioner, unit]) await person.sees("冷静休息 · 休会中，还有 04:");
  await shot(petitioner, "phone-cooling");
  await presiding.click("button", "恢复");
  await petitioner.seesNo("冷静休息");
  await deskAction(presiding, PETITIONER, "请离开");
  await presiding.seesNo("还没有警告过对方");
  await presiding.fill("理由", "警告后仍打断别人");
  await presiding.click("button", "请离开", -1);
  await petitioner.until("was not removed", async () => !(await petitioner.text()).includes("正在录制"));
}

export function steps(stage) {
  return [
    ["three come, and an office's own procedure begins", () => theyCome(stage)],
    ["who really speaks has it counted, and both sides see it", timeIsCounted],
    ["a turn: asked for, given, seen by all, given back; another with minutes", turnIsGiven],
    ["all are muted but the chair and the floor", allAreMuted],
    ["one person is shown to everybody", oneIsShown],
    ["warned, cooled down, and removed after it", warnedAndCooled],
    ["the server ends cleanly", async () => {
      const code = await server.stop();
      if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
    }],
  ];
}
