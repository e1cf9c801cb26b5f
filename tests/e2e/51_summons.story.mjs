// SPDX-License-Identifier: Apache-2.0
// A unit is called into a running hearing: the presiding officer at a desk in Chromium, the petitioner
// on a phone there, the unit's duty screen in Firefox. It rings, is seen, answered; the name plate is seen by all.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, openFirefox, PHONE } from "./lib/browsers.mjs";
import { admit, clerkLogsIn, staffComes } from "./lib/hearing_steps.mjs";
import { planHearing } from "./lib/plan.mjs";
import { Server } from "./lib/server.mjs";
import { petitionerComesQuickly } from "./lib/small_hearing.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const [CHAIR, PETITIONER, OFFICER] = ["周正平", "张小满", "陈建"];
const WIDE = { width: 1440, height: 900 };
const people = {};
let server;

mkdirSync(OUT, { recursive: true });
const shot = (person, name) => person.shot(join(OUT, `summons-${name}.png`));

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-summons-${name}.png`)).catch(() => {});
}

async function dutyStands(firefox) {
  people.unit = await firefox.person("unit", WIDE);
  const { unit } = people;
  const { login, password } = server.demo.accounts.department[0];
  await unit.open(`${server.demo.http}/login?next=%2Fduty`);
  await unit.fill("账号", login);
  await unit.fill("密码", password);
  await unit.click("button", "登录");
  await unit.sees("已就绪");
  if (await unit.has("button", "开启声音")) {
    await shot(unit, "duty-silent");
    await unit.click("button", "开启声音");
  }
  // a test machine may have no sound output; then the page says so
  await unit.until("says nothing of sound", async () => /声音已开启|没有可用的声音输出/.test(await unit.text()));
  await shot(unit, "duty-idle");
}

async function theyCome(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  const [chromium, firefox] = await Promise.all([openChromium(stage), openFirefox(stage)]);
  const camera = { width: 320, height: 180, frameRate: 5 };
  people.presiding = await chromium.person("presiding", WIDE, { camera });
  const { presiding } = people;
  await clerkLogsIn(presiding, server);
  const links = await planHearing(presiding, server, "joint_reception", { parties: [PETITIONER], seats: [["presiding", CHAIR], ["clerk", "林书宁"]] });
  people.petitioner = await chromium.person("petitioner", PHONE, { camera });
  people.clerk = await chromium.person("clerk", DESKTOP, { camera });
  await staffComes(presiding, links[CHAIR]);
  await staffComes(people.clerk, links["林书宁"]);
  await petitionerComesQuickly(people.petitioner, links[PETITIONER]);
  await admit(presiding, PETITIONER);
  await presiding.click("button", "宣布开始");
  await dutyStands(firefox);
}

async function itRings() {
  const { presiding, unit } = people;
  await presiding.click("button", "召集单位");
  await presiding.fill("单位名称", "住");
  await presiding.sees("值班屏在线");
  await shot(presiding, "desk-find");
  await presiding.click("button", "召集示范县住房和城乡建设局");
  await unit.sees("示范县信访局召集示范县住房和城乡建设局参加联合接访");
  await unit.sees("14:");
  await presiding.sees("已有人查看");
  await shot(unit, "duty-ringing");
  await shot(presiding, "desk-ringing");
  await unit.click("button", "不能参加");
  await unit.sees("现在没有了解情况的人在岗");
  await shot(unit, "duty-decline");
  await unit.click("button", "返回");
}

async function answered() {
  const { presiding, petitioner, unit } = people;
  await unit.click("button", "接听并参加");
  await unit.click("button", "继续");
  await petitioner.sees(OFFICER, 30_000);
  await presiding.sees("已应答");
  await unit.receives("video", 1);
  await petitioner.sees("住房和城乡建设局");
  await shot(presiding, "desk-answered");
  await shot(petitioner, "phone-plate");
  await shot(unit, "unit-inside");
}

export function steps(stage) {
  return [
    ["three come, and a duty screen stands in Firefox", () => theyCome(stage)],
    ["the desk finds the unit and calls; it rings and is seen", itRings],
    ["answered: through the device check into the hearing, the name plate is seen", answered],
    ["the server ends cleanly", async () => {
      const code = await server.stop();
      if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
    }],
  ];
}
