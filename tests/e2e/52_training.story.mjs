// SPDX-License-Identifier: Apache-2.0
// A training: the host at a desk sends out a link, two attend on phones without camera and microphone, one asks, all see the
// question, the roll is called, one is asked to speak; then the sheet.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { staffComes } from "./lib/hearing_steps.mjs";
import { Server } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : OUT;
const QUESTION = "群众重复来访，登记时如何关联以前的事项？";
const people = {};
let server, link;

mkdirSync(OUT, { recursive: true });
const shot = (person, name) => person.shot(join(PICTURES, `training-${name}.png`));

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-training-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-training-server.log"), server.log);
}

async function schedule() {
  const { http, accounts } = server.demo;
  const json = { "Content-Type": "application/json" };
  const login = await fetch(`${http}/api/v1/login`, { method: "POST", headers: json, body: JSON.stringify(accounts.clerk) });
  const cookie = login.headers.get("set-cookie").split(";")[0];
  const seats = [{ role: "presiding", name: "周正平" }, { role: "lead_unit", name: "陈讲师" }];
  const made = await fetch(`${http}/api/v1/hearings`, { method: "POST", headers: { ...json, Cookie: cookie },
    body: JSON.stringify({ kind: "training", title: "信访业务培训：登记与转送", planned_start_ms: Date.now(), seats }) });
  if (made.status !== 201) throw new Error(`schedule: ${made.status} ${await made.text()}`);
  return (await made.json()).links.map(({ url }) => here(url));
}

const here = (url) => url.replace(/^https:[/][/][^/]*/, server.demo.http);

async function theHostSendsALink(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  const chromium = await openChromium(stage);
  const options = { camera: { width: 640, height: 360, frameRate: 10 } };
  const [host, teacher] = await schedule();
  for (const name of ["host", "teacher"]) people[name] = await chromium.person(name, DESKTOP, options);
  for (const name of ["one", "other"]) people[name] = await chromium.person(name, PHONE);
  await staffComes(people.host, host);
  await staffComes(people.teacher, teacher);
  await people.host.click("button", "参训与提问");
  await people.host.click("button", "参训链接");
  await people.host.click("button", "生成全场通用链接");
  await people.host.sees("链接只在这里显示一次");
  link = here(await people.host.page.locator("heard-training-links input").first().inputValue());
  await shot(people.host, "desk-links");
}

async function twoComeIn() {
  const { host, one, other } = people;
  await one.open(link);
  await one.sees("不会打开您的摄像头和麦克风");
  await shot(one, "phone-enter");
  await one.click("button", "进入会场");
  await one.sees("请填写姓名和单位");
  for (const [person, name, unit] of [[one, "王小明", "城西街道办"], [other, "李芳", "龙华区信访局"]]) {
    if (person === other) await person.open(link);
    await person.fill("姓名", name);
    await person.fill("单位", unit);
    await person.click("button", "进入会场");
    await person.sees("还没有开始");
  }
  await shot(one, "phone-wait");
  await host.press("Escape");
  await host.sees("参训在场 2 人");
  await host.until("cannot open", async () => {
    if ((await host.text()).includes("正在录制")) return true;
    await host.click("button", "宣布开始", 0, 1000).catch(() => {});
    return false;
  }, 40_000);
  for (const person of [one, other]) {
    await person.receives("video", 1, 60_000);
    await person.receives("audio", 1);
    await person.sees("正在录制");
  }
  await shot(one, "phone-room");
}

async function oneAsks() {
  const { host, teacher, one, other } = people;
  await one.fill("我要提问", QUESTION);
  await one.click("button", "提交问题");
  await one.sees("等候中");
  await teacher.sees("等候提问 1 个");
  await teacher.click("button", "参训与提问");
  await teacher.sees(QUESTION);
  await shot(teacher, "desk-questions");
  await teacher.click("button", "向全场展示");
  await teacher.press("Escape");
  for (const person of [other, host, teacher]) await person.sees(QUESTION);
  await one.sees("正在展示");
  await shot(other, "phone-question");
  await shot(teacher, "room-question");
}

async function theRollIsCalled() {
  const { host, one, other } = people;
  await host.click("button", "参训与提问");
  await host.click("button", "点名");
  await host.click("button", "点名 5 分钟");
  await one.sees("第 1 次点名");
  await shot(one, "phone-roll");
  for (const person of [one, other]) await person.click("button", "到");
  await one.sees("已应到");
  await host.until("two did not answer", async () => /2 \/ 2/.test(await host.text()));
  await shot(host, "desk-roll");
}

async function oneIsAskedToSpeak() {
  const { host, one } = people;
  await host.click("button", "在场 2");
  await host.sees("城西街道办");
  await shot(host, "desk-people");
  await host.click("button", "请其发言");
  await host.sees("已有发言席位");
  await one.sees("主持人请您发言");
  await shot(one, "phone-seat");
  await one.click("button", "去发言");
  await one.until("is not in the room", async () => {
    for (const name of ["下一步", "继续", "正常，继续"]) if (await one.has("button", name)) await one.click("button", name, 0, 1000).catch(() => {});
    return one.has("button", "举手");
  }, 40_000);
  const sheet = await host.page.evaluate(async () => (await fetch(`${location.origin}/api/v1/hearings/${(await (await fetch("/api/v1/me")).json()).hearing_id}/attendance/sheet.csv`)).text());
  for (const words of ["王小明", "李芳", "第1次点名", '"到"']) if (!sheet.includes(words)) throw new Error(sheet);
}

export function steps(stage) {
  return [
    ["the host sends out a link", () => theHostSendsALink(stage)],
    ["two come in, hear and see", twoComeIn],
    ["one asks, and all see it", oneAsks],
    ["the roll is called", theRollIsCalled],
    ["one is asked to speak; the sheet", oneIsAskedToSpeak],
  ];
}
