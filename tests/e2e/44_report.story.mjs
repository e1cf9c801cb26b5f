// SPDX-License-Identifier: Apache-2.0
// The desk after a panel hearing: the report by a form, put to signature, the signed version, sent to the petitioner; on a desk and on a
// phone, in both languages. The hearing itself and the signatures go over the API.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Panel } from "../integration/lib/panel.mjs";
import { openChromium, PHONE } from "./lib/browsers.mjs";
import { logIn } from "./lib/review.mjs";
import { Server } from "./lib/server.mjs";

const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : null;
const OUT = fileURLToPath(new URL("out", import.meta.url));
const WIDE = { width: 1440, height: 900 };
const REPORT = {
  信访人的主张: "外墙漏水三年，三次维修均未修好，请求限期修复并赔偿室内装修损失。",
  承办单位的意见: "已三次督促物业维修，愿意继续督促。",
  认定的事实: "外墙自2023年3月起渗漏，属于共用部位；三次维修未根治。",
  结论: "支持限期修复的请求，赔偿部分建议通过调解解决。",
};
const people = {};
let server;
let panel;
let url;

mkdirSync(OUT, { recursive: true });

async function shot(person, name) {
  await person.shot(join(OUT, `report-${name}.png`));
  if (PICTURES) await person.shot(join(PICTURES, `report-${name}.png`));
}

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-report-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-report-server.log"), server.log);
}

async function isHeld(stage) {
  server = await new Server({ env: { ASAN_OPTIONS: "detect_leaks=0" } }).start(); // caches of cairo, in the children: tests/lsan.supp
  stage.atEnd(() => server.stop());
  panel = new Panel(server.demo.http, server.demo);
  await panel.comes();
  await panel.asksForRecusal("曾任责任单位法律顾问");
  await panel.recuses("经核实情况属实");
  url = `${server.demo.http}/cases/${server.demo.case}?show=hearing:${panel.hearing}`;
  const chromium = await openChromium(stage);
  people.desk = await chromium.person("desk", WIDE);
  people.phone = await chromium.person("phone", PHONE);
  await logIn(people.desk, server, server.demo.accounts.clerk);
}

async function choose(person, kind) {
  await person.page.locator("select[name=kind]").selectOption({ label: kind });
}

async function isTooEarly() {
  const { desk } = people;
  await desk.open(url);
  await desk.page.getByText("制作文书").click();
  await choose(desk, "听证报告");
  await desk.sees("评议结果尚未宣布");
  await shot(desk, "too-early");
}

async function isMade() {
  const { desk } = people;
  await panel.deliberates();
  await panel.seals();
  await panel.advance("announcement");
  await panel.releases();
  await desk.open(url);
  await desk.page.getByText("制作文书").click();
  await choose(desk, "听证报告");
  for (const [label, text] of Object.entries(REPORT)) await desk.fill(label, text);
  await shot(desk, "form");
  await desk.click("button", "生成");
  await desk.sees("已生成：");
  await desk.click("button", "交付签名");
  await desk.sees("已交付听证组和主持人签名");
  await desk.sees("正在签名");
  await shot(desk, "signing");
}

async function isSigned() {
  const { desk } = people;
  const { json } = await panel.office.get(panel.at("documents"));
  const { signing } = json.items.find(({ kind }) => kind === "hearing_report");
  for (const who of ["n1", "n2", "n3", "presiding"]) await panel.signs(who, signing.id);
  await desk.open(url);
  await desk.sees("签名已结束");
  await desk.click("button", "生成签名版");
  await desk.sees("本版载有签名");
  await desk.page.getByLabel("发送给…").first().selectOption({ label: "王秀英 · 信访人" });
  await desk.sees("已发送给王秀英");
  await shot(desk, "signed");
  const item = (await panel.of("petitioner").get(panel.at("documents"))).json.items.find(({ signed }) => signed);
  if (!item) throw new Error("the petitioner has no signed report");
  await desk.open(`${server.demo.http}/api/v1/hearings/${panel.hearing}/documents/${item.id}/files/html`);
  await desk.sees("一般电子签名");
  await shot(desk, "page");
}

async function onAPhone() {
  const { phone } = people;
  await logIn(phone, server, server.demo.accounts.clerk);
  await phone.open(url);
  await phone.sees("本版载有签名");
  await phone.page.getByText("本版载有签名").first().scrollIntoViewIfNeeded();
  await shot(phone, "phone");
  await phone.page.evaluate(() => localStorage.setItem("heard.language", "en"));
  await phone.open(url);
  await phone.sees("This version carries the signatures");
  await phone.page.getByText("Make a document").click();
  await phone.page.locator("select[name=kind]").selectOption({ label: "Hearing report" });
  await phone.sees("Facts found");
  await shot(phone, "phone-en");
}

export function steps(stage) {
  return [
    ["a panel is here, two of it are recused", () => isHeld(stage)],
    ["before the result is released the desk is told that it is too early", isTooEarly],
    ["the report by the form, put to signature", isMade],
    ["signed by three and who presided; the signed version goes to the petitioner", isSigned],
    ["the same on a phone, in both languages", onAPhone],
  ];
}
