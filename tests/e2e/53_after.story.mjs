// SPDX-License-Identifier: Apache-2.0
// After the close of a panel hearing, which people without pictures held before: a petitioner on a new phone says who he is, has a line
// corrected, receives a document and signs; the clerk sends the minutes round again and reminds; the panel decides at a distance.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "../integration/lib/client.mjs";
import { LivePerson } from "../integration/lib/live_person.mjs";
import { openChromium, PHONE } from "./lib/browsers.mjs";
import { Server } from "./lib/server.mjs";
import { signs } from "./lib/sign.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const WIDE = { width: 1440, height: 900 };
const [PETITIONER, PRESIDING] = ["张小满", "周正平"];
const PANEL = ["钱明", "孙立", "李安"];
const FIXED = "我家的房子漏水四年了，找过物业三次。";
const people = {};
const live = {};
const links = {};
let server;
let chromium;
let hearing;

mkdirSync(OUT, { recursive: true });
const shot = (person, name) => person.shot(join(OUT, `after-${name}.png`));

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-after-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-after-server.log"), server.log);
}

function fine(answer) {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer.json;
}

// The whole hearing by its messages: nobody needs a picture for what comes after it.
async function isHeld(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  const { http, accounts, case: file } = server.demo;
  const clerk = await new Client(http).login(accounts.clerk);
  const me = fine(await clerk.get("/api/v1/me"));
  const seats = [["presiding", PRESIDING], ["petitioner", PETITIONER], ["department", "王建"], ...PANEL.map((name) => ["panelist", name])];
  const made = fine(await clerk.post(`/api/v1/cases/${file}/hearings`, { kind: "panel_hearing", planned_start_ms: Date.now(),
    seats: [...seats.map(([role, name]) => ({ role, name })), { role: "clerk", account_id: me.id }] }));
  hearing = `/api/v1/hearings/${made.hearing.id}`;
  for (const [i, link] of made.links.entries()) {
    const name = seats[i]?.[1] ?? "clerk";
    links[name] = link.url.replace(/^https:[/][/][^/]*/, http);
    const client = new Client(http);
    if (name === "clerk") client.cookie = clerk.cookie;
    else fine(await client.openLink(link.url));
    live[name] = new LivePerson(client, link.participant);
    await live[name].connect(made.hearing.id);
  }
  for (const name of [PETITIONER, ...PANEL]) {
    for (const subject of ["online_mode", "recording"]) await live[name].ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
    await live[PRESIDING].ask("participant.check_identity", { participant: live[name].id, method: "id_card", document: "1234", result: "ok" });
    await live[PRESIDING].ask("participant.admit", { participant: live[name].id });
  }
  await live[PRESIDING].ask("hearing.open");
  await live[PRESIDING].ask("hearing.advance", { phase: "rights_and_recusal", reason: "从简" });
  for (const name of [PETITIONER, "王建"]) await live[name].ask("recusal.answer", { decision: "none" });
  for (const [kind, text] of [["heading", "陈述"], ["statement", "我家的房子漏水三年了，找过物业三次。"], ["action", "出示维修单三张。"]])
    fine(await clerk.post(`${hearing}/minutes`, { kind, text, at_ms: Date.now(), ...(kind === "statement" ? { speaker: live[PETITIONER].id } : {}) }));
  const notice = fine(await clerk.post(`${hearing}/documents`, { kind: "hearing_notice", language: "zh", participant: live[PETITIONER].id }));
  fine(await clerk.post(`${hearing}/documents/${notice.id}/sendings`, { participant: live[PETITIONER].id }));
  await live[PRESIDING].ask("hearing.close", { outcome: "referred", note: "评议另行进行，结果书面告知。" });
  fine(await clerk.post(`${hearing}/minutes/confirmation`, { act: "circulate" }));
  chromium = await openChromium(stage);
}

async function saysWhoHeIs() {
  const phone = (people.petitioner = await chromium.person("petitioner", PHONE));
  await phone.open(links[PETITIONER]);
  await phone.sees("这一场已经结束");
  await shot(phone, "1-who");
  await phone.fill("最后四位", "9999");
  await phone.click("button", "下一步");
  await phone.sees("还可以试 4 次");
  await phone.fill("最后四位", "1234");
  await phone.click("button", "下一步");
  await phone.sees("笔录核对中");
  await phone.sees("请您核对笔录");
  await phone.sees("评议另行进行，结果书面告知。");
  await shot(phone, "2-read");
}

async function aLineIsCorrected() {
  const phone = people.petitioner;
  await phone.click("button", "去看笔录");
  await phone.click("button", "这里不对：我家的房子漏水三年了，找过物业三次。");
  await phone.fill("应该改成", FIXED);
  await phone.fill("为什么要改", "年数记错了");
  await phone.click("button", "交给书记员");
  await phone.sees("书记员正在看");
  await phone.click("button", "看完了");
  await phone.sees("有 1 份文书送给您");
  await shot(phone, "3-receive");
  const desk = (people.clerk = await chromium.person("clerk", WIDE));
  await desk.open(`${server.demo.http}/login`);
  await desk.fill("账号", server.demo.accounts.clerk.login);
  await desk.fill("密码", server.demo.accounts.clerk.password);
  await desk.click("button", "登录");
  await desk.click("link", "会后事项");
  await desk.sees("有人要求更正笔录");
  await desk.sees(FIXED);
  await shot(desk, "4-desk-correction");
  await desk.click("button", "同意更正");
  await desk.click("button", "再发一次核对");
  await desk.click("button", "再发一次核对", 1);
  await desk.sees("各方核对中");
}

async function aDocumentIsReceived() {
  const phone = people.petitioner;
  await phone.until("is not asked again", async () => (await phone.text()).includes("请您核对笔录"), 25_000);
  await phone.click("button", "去看笔录");
  await phone.sees(FIXED);
  await phone.click("button", "看完了");
  await phone.click("button", "看文书");
  await phone.click("button", "确认收到");
  await phone.sees("现在没有要您办的事");
  await shot(phone, "5-nothing");
}

async function heSigns() {
  const { petitioner: phone, clerk: desk } = people;
  await desk.until("does not see who has read", async () => (await desk.text()).includes("已看完 1 人"), 25_000);
  await desk.click("button", "开始签名");
  await desk.click("button", "开始签名", 1);
  await desk.sees("签名截止");
  await desk.click("button", `提醒 ${PANEL[0]} 签名`);
  await desk.click("button", "生成新链接");
  await desk.until("has no message", () => desk.page.evaluate(() => {
    const find = (root) => [...root.querySelectorAll("*")].some((el) => (el.localName === "textarea" && /等待签名，请在.*\/j\//.test(el.value))
      || (el.shadowRoot && find(el.shadowRoot)));
    return find(document);
  }));
  await shot(desk, "6-desk-remind");
  await desk.click("button", "完成");
  await shot(desk, "7-desk-waiting");
  await phone.until("is not asked to sign", async () => (await phone.text()).includes("请您签名"), 25_000);
  await shot(phone, "8-sign");
  await signs(phone, FIXED, { back: "返回", shot: (step) => shot(phone, `9-sign-${step}`) });
  await phone.sees("等待签名");
  await phone.click("button", "听证笔录");
  await phone.sees(FIXED);
  await shot(phone, "10-text");
  await phone.click("button", "返回");
  await phone.page.evaluate(() => localStorage.setItem("heard.language", "en"));
  await phone.open(links[PETITIONER]);
  await phone.sees("Nothing is asked of you now");
  await shot(phone, "11-en");
}

// A panelist on a phone of his own; the first one by the new link that he was reminded with.
async function panelistComes(name) {
  const phone = (people[name] = await chromium.person(name, PHONE));
  await phone.open(links[name]);
  await phone.fill("最后四位", "1234");
  await phone.click("button", "下一步");
  await phone.find("button", "评议");
  await phone.click("button", "评议");
  return phone;
}

async function thePanelDecides() {
  const desk = (people.presiding = await chromium.person("presiding", WIDE));
  await desk.open(links[PRESIDING]);
  await desk.click("button", "评议");
  await desk.click("button", "提出表决事项");
  await desk.fill("表决事项", "是否建议支持诉求？");
  await shot(desk, "12-panel-put");
  await desk.click("button", "开始表决");
  const made = fine(await live.clerk.client.post(`${hearing}/participants/${live[PANEL[0]].id}/link`));
  links[PANEL[0]] = made.url.replace(/^https:[/][/][^/]*/, server.demo.http);
  for (const [i, name] of PANEL.entries()) {
    const phone = await panelistComes(name);
    await phone.click("radio", i < 2 ? "同意" : "不同意");
    if (i === 0) await shot(phone, "13-panel-vote");
    await phone.click("button", "投出这一票");
    await phone.sees("您已投票");
  }
  await desk.until("does not see three votes", async () => (await desk.text()).includes("已投 3 / 3"), 25_000);
  await desk.click("button", "结束表决并计票");
  await desk.sees("过半数");
  await desk.click("button", "写评议意见");
  await desk.fill("评议意见", "多数意见：支持诉求，由住建部门组织维修。");
  await desk.click("button", "保存");
  for (const name of PANEL) await people[name].click("button", "我确认这份意见", 0, 30_000);
  await desk.until("not all confirmed", async () => {
    const seen = await desk.text();
    return PANEL.every((name) => new RegExp(`已确认：\\S*${name}`).test(seen));
  }, 25_000);
  await desk.click("button", "封存评议笔录");
  await desk.click("button", "封存评议笔录", 1);
  await desk.sees("校验值");
  await shot(desk, "14-panel-sealed");
  await desk.click("button", "公布评议结果");
  await desk.click("button", "公布评议结果", 1);
  await desk.sees("公布");
  const phone = people.petitioner;
  await phone.page.evaluate(() => localStorage.setItem("heard.language", "zh"));
  await phone.open(links[PETITIONER]);
  await phone.click("button", "评议");
  await phone.sees("由住建部门组织维修");
  await phone.sees("过半数");
  await shot(phone, "15-released");
}

export function steps(stage) {
  return [
    ["a panel hearing is over, its minutes are sent round", () => isHeld(stage)],
    ["the petitioner opens the old link on a new phone and says who he is", saysWhoHeIs],
    ["a line is corrected, and the minutes go round again", aLineIsCorrected],
    ["a document is received", aDocumentIsReceived],
    ["the clerk starts the signing and reminds; the petitioner signs with a code on his page", heSigns],
    ["the panel votes, writes, seals and releases at a distance", thePanelDecides],
  ];
}
