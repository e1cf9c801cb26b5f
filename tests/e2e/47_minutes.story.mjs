// SPDX-License-Identifier: Apache-2.0
// The clerk types the minutes while a reception is recorded: captions on the petitioner's phone, two
// writers on one line at once, a line broken meanwhile, undo; then the review follows and finds them.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { admit, staffComes } from "./lib/hearing_steps.mjs";
import { speakWhenTold } from "./lib/page_tools.mjs";
import * as recorded from "./lib/recorded.mjs";
import { isAt, logIn, sayWhy, soundAt, state } from "./lib/review.mjs";
import { Server } from "./lib/server.mjs";
import { signs } from "./lib/sign.mjs";
import { petitionerComesQuickly } from "./lib/small_hearing.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : OUT;
const [PETITIONER, PRESIDING, MEDIATOR] = ["张小满", "周正平", "林和"];
const COMPLAINT = "我家的房子漏水三年了，找过物业三次。";
const people = {};
let server;
let chromium;
let links;

mkdirSync(OUT, { recursive: true });
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const shot = (person, name) => person.shot(join(PICTURES, `${name}.png`));

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot?.(join(OUT, `failed-minutes-${name}.png`))?.catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-minutes-server.log"), server.log);
}

async function schedule() {
  const json = { "Content-Type": "application/json" };
  const login = await fetch(`${server.demo.http}/api/v1/login`, { method: "POST", headers: json, body: JSON.stringify(server.demo.accounts.clerk) });
  const headers = { ...json, Cookie: login.headers.get("set-cookie").split(";")[0] };
  const { id } = await (await fetch(`${server.demo.http}/api/v1/me`, { headers })).json();
  const seats = [...[["petitioner", PETITIONER], ["presiding", PRESIDING], ["mediator", MEDIATOR]].map(([role, name]) => ({ role, name })), { role: "clerk", account_id: id }];
  const made = await fetch(`${server.demo.http}/api/v1/cases/${server.demo.case}/hearings`, { method: "POST", headers,
    body: JSON.stringify({ kind: "reception", planned_start_ms: Date.now(), seats }) });
  if (made.status !== 201) throw new Error(`schedule: ${made.status} ${await made.text()}`);
  const { links: all, hearing } = await made.json();
  links = { id: hearing.id, ...Object.fromEntries(all.map(({ role, url }) => [role, url.replace(/^https:[/][/][^/]*/, server.demo.http)])) };
}

async function opens(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  chromium = await openChromium(stage);
  await schedule();
  people.presiding = await chromium.person("presiding", DESKTOP, { scripts: [speakWhenTold] });
  people.clerk = await chromium.person("clerk", DESKTOP);
  people.petitioner = await chromium.person("petitioner", PHONE, { scripts: [speakWhenTold] });
  await staffComes(people.presiding, links.presiding);
  await staffComes(people.clerk, links.clerk);
  await petitionerComesQuickly(people.petitioner, links.petitioner);
}

const box = (person) => person.find("textbox", "记一行");
async function writes(person, text) {
  const field = await box(person);
  await field.click();
  await field.type(text);
  await person.press("Enter");
}

// What stands in the list of the minutes: [[speaker, words], …].
const written = (person) => person.page.evaluate(() => {
  const found = [];
  const walk = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "heard-minutes-line") {
        const words = el.shadowRoot.querySelector(".read .words");
        if (words) found.push([words.querySelector(".who")?.textContent.replace("：", "") ?? "", [...words.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("")]);
      }
      if (el.shadowRoot) walk(el.shadowRoot);
    }
  };
  walk(document);
  return found;
});
const hasLine = (person, words, speaker) => person.until(`has no line "${words}"`, async () => {
  const lines = await written(person);
  if (lines.some(([who, text]) => text === words && (speaker === undefined || who === speaker))) return true;
  throw new Error(JSON.stringify(lines));
});
const isSaved = (person) => person.sees("已保存");

async function preparesBeforeTheOpening() {
  const { clerk } = people;
  const select = await clerk.find("combobox", "插入常用语");
  await select.selectOption({ label: "记录开头" });
  await clerk.until("no head", async () => (await written(clerk)).length === 3);
  await isSaved(clerk);
}

async function isOpened() {
  const { presiding } = people;
  await admit(presiding, PETITIONER);
  await presiding.until("cannot open", async () => {
    if ((await presiding.text()).includes("正在录制")) return true;
    await presiding.click("button", "宣布开始", 0, 1000).catch(() => {});
    return false;
  }, 40_000);
  await people.petitioner.receives("video", 2, 60_000);
  for (const person of [presiding, people.petitioner]) await person.page.evaluate(() => window.heardVoice.speak(false));
  await presiding.click("button", "进入陈述").catch(() => {});
}

// The voice says who; Enter ends the line.
async function clerkTypesWhatIsSaid() {
  const { clerk, petitioner } = people;
  await petitioner.page.evaluate(() => window.heardVoice.speak(true));
  await clerk.until("the petitioner is not heard", () => clerk.page.evaluate((name) => {
    const find = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.matches?.(".chips button[aria-pressed=true]") && el.textContent.includes(name)) return true;
        if (el.shadowRoot && find(el.shadowRoot)) return true;
      }
      return false;
    };
    return find(document);
  }, PETITIONER), 30_000);
  await writes(clerk, COMPLAINT);
  await hasLine(clerk, COMPLAINT, PETITIONER);
  await petitioner.page.evaluate(() => window.heardVoice.speak(false));
  await petitioner.sees(COMPLAINT);
  await shot(petitioner, "minutes-captions-phone");
  await isSaved(clerk);
}

async function speakerByOneKey() {
  const { clerk, petitioner } = people;
  const field = await box(clerk);
  await field.click();
  await field.type("物业是否留有维修记录？");
  await clerk.press("Alt+2");
  await clerk.press("Enter");
  await hasLine(clerk, "物业是否留有维修记录？", PRESIDING);
  await petitioner.sees("物业是否留有维修记录？");
  await field.type("出示维修单三张。");
  await clerk.press("Alt+k");
  await clerk.press("Alt+0");
  await clerk.press("Enter");
  await hasLine(clerk, "出示维修单三张。", "");
  await isSaved(clerk);
  await petitioner.seesNo("出示维修单三张。");
  await shot(clerk, "minutes-desk");
}

async function captionsGoOff() {
  const { petitioner } = people;
  await petitioner.click("button", "更多");
  await petitioner.click("button", "关闭字幕");
  await petitioner.press("Escape");
  await petitioner.seesNo("物业是否留有维修记录？");
  await petitioner.click("button", "更多");
  await petitioner.click("button", "打开字幕");
  await petitioner.press("Escape");
}

// A second writer comes. Both open one line and write; the slower one is shown both.
async function twoWriteOneLine() {
  const { clerk } = people;
  people.mediator = await chromium.person("mediator", DESKTOP);
  const { mediator } = people;
  await staffComes(mediator, links.mediator);
  await mediator.click("button", "笔录");
  await hasLine(mediator, COMPLAINT, PETITIONER);
  for (const person of [clerk, mediator]) await person.click("button", COMPLAINT);
  const fields = await Promise.all([clerk, mediator].map((person) => person.find("textbox", "的一行")));
  await Promise.all([fields[0].fill("我家的房子漏水三年了，找过物业五次。"), fields[1].fill("我家漏水三年，找过物业三次。")]);
  await Promise.all([clerk.press("Enter"), mediator.press("Enter")]);
  const loser = await clerk.until("nobody is asked", async () => {
    for (const person of [clerk, mediator]) if ((await person.text()).includes("另一位同时改了这一行")) return person;
    return null;
  });
  for (const words of ["找过物业五次", "我家漏水三年"]) await loser.sees(words);
  await shot(loser, "minutes-conflict");
  await loser.click("button", "两行都留");
  for (const person of [clerk, mediator])
    for (const words of ["我家的房子漏水三年了，找过物业五次。", "我家漏水三年，找过物业三次。"]) await hasLine(person, words);
  await mediator.close();
  delete people.mediator;
}

async function offlineTypingIsSentLater() {
  const { clerk } = people;
  await clerk.page.context().setOffline(true);
  await writes(clerk, "断网时记下的话。");
  await clerk.sees("未保存，正在重试", 30_000);
  await shot(clerk, "minutes-offline");
  await clerk.page.context().setOffline(false);
  await clerk.until("is not saved", async () => (await clerk.text()).includes("已保存"), 40_000);
  await hasLine(clerk, "断网时记下的话。");
}

async function undoAcrossLines() {
  const { clerk } = people;
  await writes(clerk, "写错了的一行。");
  await hasLine(clerk, "写错了的一行。");
  await isSaved(clerk);
  await (await box(clerk)).click();
  await clerk.press("Control+z");
  await clerk.until("is still there", async () => !(await written(clerk)).some(([, text]) => text === "写错了的一行。"));
  await isSaved(clerk);
  await clerk.press("Control+Shift+z");
  await hasLine(clerk, "写错了的一行。");
  await clerk.press("Control+z");
  await isSaved(clerk);
}

async function aReloadLosesNothing() {
  const { clerk } = people;
  const before = (await written(clerk)).map(([, text]) => text);
  const field = await box(clerk);
  await field.click();
  await field.type("还没有按回车就刷新");
  clerk.page.once("dialog", (dialog) => void dialog.accept());
  await clerk.page.reload();
  await clerk.until("is not back", async () => {
    if (await clerk.has("button", "继续")) await clerk.click("button", "继续", 0, 1000).catch(() => {});
    return clerk.has("textbox", "记一行");
  }, 60_000);
  await hasLine(clerk, "还没有按回车就刷新");
  for (const words of before) await hasLine(clerk, words);
  await isSaved(clerk);
}

let recording;
async function isRecorded() {
  await recorded.close(people);
  for (const name of ["presiding", "petitioner"]) delete people[name];
  await people.clerk.sees("接访已结束");
  await people.clerk.close();
  recording = await recorded.derived(server, links.id);
}

// The line that is marked as the current one.
const current = (person) => person.page.evaluate(() => {
  const find = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.matches?.("li.now")) return el.textContent.replace(/\s+/g, " ");
      const found = el.shadowRoot && find(el.shadowRoot);
      if (found) return found;
    }
    return "";
  };
  return find(document);
});

// Where a line stands by its wall time, in seconds.
const placeOf = (person, words) => person.page.evaluate(async ([id, hearing, text]) => {
  const timeline = await (await fetch(`/api/v1/recordings/${id}/timeline`)).json();
  const { items } = await (await fetch(`/api/v1/hearings/${hearing}/minutes?limit=200`)).json();
  return (items.find((one) => one.text === text).at_ms - timeline.started_wall_ms) / 1000;
}, [recording.id, links.id, words]);

async function circulatedAndCorrected() {
  const { clerk, petitioner } = people;
  await clerk.click("button", "发给各方核对");
  await clerk.click("button", "发给各方核对", 1);
  await clerk.sees("各方核对中");
  await petitioner.sees("请您核对笔录");
  await shot(petitioner, "minutes-asked-phone");
  await petitioner.click("button", "去看笔录");
  await petitioner.sees("请核对笔录");
  await shot(petitioner, "minutes-check-phone");
  await petitioner.click("button", "这里不对：物业是否留有维修记录？");
  await petitioner.fill("应该改成", "物业是否留有三年来的维修记录？");
  await petitioner.fill("为什么要改", "主持人问的是三年来的记录");
  await shot(petitioner, "minutes-fix-phone");
  await petitioner.click("button", "交给书记员");
  await petitioner.sees("书记员正在看");
  await clerk.sees("主持人问的是三年来的记录");
  await shot(clerk, "minutes-correction-desk");
  await clerk.click("button", "同意更正");
  await petitioner.sees("物业是否留有三年来的维修记录？");
  await petitioner.click("button", "看完了");
  await clerk.sees("已看完 1 人");
  if ((await state(petitioner)).overflow > 0) throw new Error("too wide");
}

async function signedAndSealed() {
  const { clerk, petitioner, presiding } = people;
  await clerk.click("button", "开始签名");
  await clerk.click("button", "开始签名", 1);
  await clerk.sees("正在签名");
  const corrected = "物业是否留有三年来的维修记录？";
  await signs(petitioner, corrected, { shot: (part) => shot(petitioner, `sign-phone-${part}`) });
  await signs(presiding, corrected);
  await signs(clerk, corrected);
  await clerk.click("button", "签名情况");
  await clerk.click("button", `记录 ${MEDIATOR} 拒绝签名`);
  await shot(clerk, "sign-refusal-desk");
  await clerk.click("button", "记录拒签");
  await clerk.sees("拒绝签名，记录在案");
  await shot(clerk, "sign-list-desk");
  await clerk.click("button", "回到会场");
  await clerk.sees("已签名封存");
  await shot(clerk, "minutes-sealed-desk");
}

async function reviewFollows() {
  const clerk = (people.clerk = await chromium.person("clerk", DESKTOP));
  await logIn(clerk, server, server.demo.accounts.clerk);
  await clerk.open(`${server.demo.http}/recordings/${recording.id}`);
  await sayWhy(clerk, "核对承诺事项");
  await clerk.sees("物业是否留有三年来的维修记录？");
  await clerk.click("button", "物业是否留有三年来的维修记录？");
  const at = await placeOf(clerk, "物业是否留有三年来的维修记录？");
  await isAt(clerk, at - 2.6, at - 1.4, "is not at the line");
  await clerk.until("does not mark the line", async () => (await current(clerk)).includes("物业是否留有三年来的维修记录？"));
  await clerk.click("button", "字幕");
  await clerk.click("button", "播放");
  await clerk.until("does not go on to the next line", async () => (await current(clerk)).includes("出示维修单三张。"), 30_000);
  await clerk.press("k");
  await clerk.until("has no caption", () => clerk.page.evaluate(() => {
    const find = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.localName === "heard-review-caption") return el.shadowRoot.textContent.includes("物业是否留有三年来的维修记录");
        const found = el.shadowRoot && find(el.shadowRoot);
        if (found) return true;
      }
      return false;
    };
    return find(document);
  }));
  await shot(clerk, "minutes-review");
}

async function foundInChinese() {
  const { clerk } = people;
  await clerk.press("/");
  await clerk.fill("搜索", "漏水 物业");
  await clerk.sees("找到 2 处");
  const at = await placeOf(clerk, "我家漏水三年，找过物业三次。");
  await clerk.press("Enter");
  await isAt(clerk, at - 2.6, at - 1.4, "Enter does not go there");
  await shot(clerk, "minutes-search");
  await clerk.press("Escape");
  const before = await soundAt(clerk);
  await clerk.press(".");
  await clerk.until("does not go a line on", async () => (await soundAt(clerk)) > before);
  if ((await state(clerk)).overflow > 0) throw new Error("too wide");
}

// Nothing in them changes any more; what comes up later stands beside them.
async function addedAfterwards() {
  const { clerk } = people;
  if (await clerk.has("button", "修改")) throw new Error("sealed minutes can be changed");
  await clerk.sees("已签 3 人，拒签 1 人");
  await clerk.click("button", "写补正说明");
  await clerk.fill("补正说明", "维修单实为四张。");
  await clerk.click("button", "保存说明");
  await clerk.sees("维修单实为四张。");
  await shot(clerk, "minutes-addendum");
}

async function reviewOnAPhone() {
  const phone = (people.phone = await chromium.person("phone", PHONE));
  await logIn(phone, server, server.demo.accounts.clerk);
  await phone.open(`${server.demo.http}/recordings/${recording.id}`);
  await sayWhy(phone, "复核");
  await phone.click("button", "三年来的维修记录？");
  await phone.until("does not mark the line", async () => (await current(phone)).includes("三年来的维修记录？"));
  await phone.page.evaluate(() => {
    const find = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.localName === "heard-review-minutes") return el.scrollIntoView();
        if (el.shadowRoot) find(el.shadowRoot);
      }
    };
    find(document);
  });
  await shot(phone, "minutes-review-phone");
  if ((await state(phone)).overflow > 0) throw new Error("too wide");
}

export function steps(stage) {
  return [
    ["a reception with a clerk is ready", () => opens(stage)],
    ["the clerk inserts the head before the opening", preparesBeforeTheOpening],
    ["it opens and is recorded", isOpened],
    ["the clerk types what is said; the phone shows it", clerkTypesWhatIsSaid],
    ["the speaker and the kind by one key", speakerByOneKey],
    ["captions go off and on", captionsGoOff],
    ["two write one line at once: both texts stay", twoWriteOneLine],
    ["what is typed without a network is sent later", offlineTypingIsSentLater],
    ["undo and redo across lines", undoAcrossLines],
    ["a reload loses nothing", aReloadLosesNothing],
    ["circulated: the petitioner reads, one line is corrected", circulatedAndCorrected],
    ["signed with the finger, one refusal noted, sealed", signedAndSealed],
    ["it ends and its recording becomes ready", isRecorded],
    ["the review follows; a click plays what was said", reviewFollows],
    ["found in Chinese; keys go from line to line", foundInChinese],
    ["after the close an addendum, and no line changes", addedAfterwards],
    ["the same on a phone", reviewOnAPhone],
    ["the server ends cleanly and logged no word of it", async () => {
      const code = await server.stop();
      if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
      if (server.log.includes("漏水")) throw new Error("the log holds minutes");
    }],
  ];
}
