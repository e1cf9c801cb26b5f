// SPDX-License-Identifier: Apache-2.0
// A short hearing is recorded and reviewed at the workbench: speed, silence, jumps, layouts, marks,
// search, a stretch, the watermark; two hearings side by side; and all of it on a phone.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, openFirefox, PHONE } from "./lib/browsers.mjs";
import * as recorded from "./lib/recorded.mjs";
import { isAt, logIn, picturesFollow, sayWhy, soundAt, state } from "./lib/review.mjs";
import { Server } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : OUT;
const SILENCE_MS = 8000;
const PROMISE = "承诺十日内修复外墙";
const people = {};
const recordings = [];
let server;
let chromium;
let timeline;

mkdirSync(OUT, { recursive: true });
const shot = (person, name) => person.shot(join(PICTURES, `${name}.png`));
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot?.(join(OUT, `failed-review-${name}.png`))?.catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-review-server.log"), server.log);
}

async function opens(stage) {
  if (!server) {
    server = await new Server().start();
    stage.atEnd(() => server.stop());
    chromium = await openChromium(stage);
  }
  Object.assign(people, await recorded.openHearing(server, chromium));
}

async function isHeld() {
  const { petitioner, presiding } = people;
  await recorded.says(petitioner, 4000);
  await sleep(SILENCE_MS);
  await recorded.says(presiding, 3000);
  await presiding.click("button", "进入陈述");
  await recorded.says(petitioner, 3000);
  await recorded.cameraOff(petitioner, 3000);
  await recorded.recess(people, 4000);
  await recorded.says(petitioner, 3000);
  await recorded.says(presiding, 3000);
}

async function isRecorded() {
  await recorded.close(people);
  const { id } = people;
  for (const name of Object.keys(people)) delete people[name];
  recordings.push(await recorded.derived(server, id));
}

async function shortHearing(stage) {
  await opens(stage);
  await recorded.says(people.petitioner, 6000);
  await isRecorded();
}

async function opensAndPlays() {
  const clerk = await chromium.person("clerk", DESKTOP);
  people.clerk = clerk;
  await logIn(clerk, server, server.demo.accounts.clerk);
  await clerk.open(`${server.demo.http}/recordings/${recordings[0].id}`);
  await sayWhy(clerk, "核对承诺事项");
  await clerk.click("button", "播放");
  await clerk.until("does not play", async () => {
    const { sounds, pictures } = await state(clerk);
    return sounds[0].at > 1 && pictures.filter((one) => one.frames > 5).length === 2;
  }, 40_000);
  timeline = await clerk.page.evaluate(async (id) => (await fetch(`/api/v1/recordings/${id}/timeline`)).json(), recordings[0].id);
  await clerk.shot(join(OUT, "review-desk.png"));
}

// How fast the sound goes over two seconds.
async function pace(person) {
  const [at, since] = [await soundAt(person), Date.now()];
  await sleep(2000);
  return (await soundAt(person) - at) / ((Date.now() - since) / 1000);
}

async function speedByKeysAndButtons() {
  const { clerk } = people;
  await clerk.press("Home");
  for (let i = 0; i < 3; i++) await clerk.press("]");
  await clerk.until("is not at double speed", async () => (await state(clerk)).sounds[0].rate === 2);
  const fast = await pace(clerk);
  if (fast < 1.6 || fast > 2.4) throw new Error(`2× goes at ${fast}`);
  await picturesFollow(clerk, 2);
  await clerk.press("]");
  await clerk.press("]");
  if ((await state(clerk)).sounds[0].rate !== 3) throw new Error("3× is not the fastest");
  await clerk.press("\\");
  for (let i = 0; i < 2; i++) await clerk.click("button", "减速");
  if ((await state(clerk)).sounds[0].rate !== 0.5) throw new Error("0.5× is not the slowest");
  await clerk.press("\\");
}

const spans = (name) => timeline.participants.find((one) => one.name === name).speaking.map((span) => span.map((ms) => ms / 1000));

// The longest stretch in which nobody speaks, in seconds.
function silence() {
  const all = timeline.participants.flatMap((one) => one.speaking).sort((a, b) => a[0] - b[0]);
  let [best, end] = [[0, 0], all[0][1]];
  for (const [from, to] of all) {
    if (from - end > best[1] - best[0]) best = [end, from];
    end = Math.max(end, to);
  }
  return best.map((ms) => ms / 1000);
}

async function skipsSilence() {
  const { clerk } = people;
  const [from, to] = silence();
  if (to - from < 4) throw new Error(`the silence of the hearing is ${to - from} s`);
  await clerk.press("Home");
  await clerk.press("s");
  const began = Date.now();
  await clerk.sees("已跳过静默", (from + 6) * 1000);
  await isAt(clerk, to - 1, to + 3, "is not behind the silence");
  const took = (Date.now() - began) / 1000;
  console.log(`# silence of ${(to - from).toFixed(1)} s; behind it after ${took.toFixed(1)} s instead of ${to.toFixed(1)} s`);
  if (took > to - 2) throw new Error("nothing was skipped");
  await picturesFollow(clerk, 2);
  await clerk.press("s");
}

async function jumps() {
  const { clerk } = people;
  await clerk.press("k");
  const [, statement] = timeline.chapters.map((one) => one.from_ms / 1000);
  await clerk.press("Home");
  await clerk.press("l"); // the first phase may begin a moment after the recording
  await clerk.press("ArrowDown");
  await isAt(clerk, statement - 0.5, statement + 0.5, "not at the next phase");
  await clerk.press("Home");
  await clerk.page.evaluate(() => document.activeElement?.blur());
  const select = await clerk.find("combobox", "发言");
  await select.selectOption({ label: recorded.PRESIDING });
  await clerk.page.evaluate(() => document.activeElement?.blur());
  const last = spans(recorded.PRESIDING).at(-1)[0];
  for (let i = 0; i < 6; i++) await clerk.press("t");
  await isAt(clerk, last - 0.5, last + 0.5, "not at the last turn of the presiding officer");
  await clerk.sees("那个方向没有了");
  await clerk.press("Shift+T");
  await isAt(clerk, 0, last - 3, "not at a turn before");
  await clerk.click("button", "休会");
  await clerk.press("Home");
}

async function layoutsAndFocus() {
  const { clerk } = people;
  const large = async () => (await state(clerk)).pictures.filter((one) => one.large).length;
  await clerk.click("button", "发言人");
  await clerk.until("nobody is large", async () => (await large()) === 1);
  await clerk.press("2");
  await clerk.until("the second is not held", async () => (await state(clerk)).pinned === 1 && (await state(clerk)).pictures[1].large);
  await clerk.press("1");
  await clerk.until("the first is not held", async () => (await state(clerk)).pictures[0].large);
  await clerk.click("button", "跟随发言人");
  await clerk.until("still held", async () => (await state(clerk)).pinned === 0);
  const before = (await state(clerk)).pictures.map((one) => one.frames);
  await clerk.press("v");
  await clerk.sees("此刻没有共享屏幕");
  await clerk.press("v");
  await clerk.until("is no grid", async () => (await large()) === 0);
  const after = (await state(clerk)).pictures.map((one) => one.frames);
  if (after.some((frames, at) => frames < before[at])) throw new Error("a layout made a new video");
}

async function marks() {
  const { clerk } = people;
  await clerk.press("l");
  await clerk.press("m");
  await clerk.sees("加书签，仅自己可见");
  const at = await soundAt(clerk);
  await clerk.press("n");
  await clerk.fill("内容", PROMISE);
  await clerk.click("radio", "存入案卷");
  await clerk.sees("每次修改都保留原文");
  await clerk.click("button", "保存");
  await clerk.sees("已保存");
  await clerk.sees(PROMISE);
  await clerk.press("Home");
  await clerk.press("b");
  await isAt(clerk, at - 0.2, at + 0.2, "not at the bookmark");
  await clerk.click("button", "修改", 1);
  await clerk.fill("内容", "承诺十五日内修复外墙");
  await clerk.click("button", "保存");
  await clerk.sees("修改前的内容（1 次）");
}

async function othersSeeOnlyWhatIsForTheFile() {
  const mediator = await chromium.person("mediator", DESKTOP);
  people.mediator = mediator;
  await logIn(mediator, server, server.demo.accounts.mediator);
  await mediator.open(`${server.demo.http}/recordings/${recordings[0].id}`);
  await sayWhy(mediator, "调解准备");
  await mediator.sees("承诺十五日内修复外墙");
  const text = await mediator.text();
  if (text.includes("仅自己")) throw new Error("a private bookmark is shown to another");
  if (await mediator.has("button", "删除")) throw new Error("another may remove the note");
  await mediator.close();
  delete people.mediator;
}

async function searches() {
  const { clerk } = people;
  await clerk.press("/");
  await clerk.page.keyboard.type("休会");
  await clerk.sees("找到");
  await clerk.until("no hits in the time line", async () => (await hits(clerk)) > 0);
  await clerk.page.keyboard.press("Enter");
  const pause = timeline.gaps.find((gap) => gap.reason === "paused" && !gap.participant).from_ms / 1000;
  await isAt(clerk, pause - 0.7, pause + 0.7, "not at the recess");
  await shot(clerk, "review-search");
  await clerk.fill("搜索发言人", "十五日");
  await clerk.sees("找到 1 处");
  await clerk.fill("搜索发言人", "没有这句话");
  await clerk.sees("没有找到");
  await clerk.page.keyboard.press("Escape");
  await clerk.until("hits stay", async () => (await hits(clerk)) === 0);
}

const hits = (person) => person.page.evaluate(() => {
  let count = 0;
  const walk = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.matches("i.hit")) count += 1;
      if (el.shadowRoot) walk(el.shadowRoot);
    }
  };
  walk(document);
  return count;
});

async function keepsAStretch() {
  const { clerk } = people;
  await clerk.press("Home");
  await clerk.press("i");
  await clerk.press("l");
  await clerk.press("o");
  await clerk.sees("终点 00:10");
  await clerk.click("button", "存为笔记");
  await clerk.fill("内容", "开场部分");
  await clerk.click("button", "保存");
  await clerk.sees("–00:10");
  await clerk.click("button", "清除选段");
}

function addArchivist() {
  const account = { login: "archive.one", password: "geheim-geheim-1" };
  const db = join(server.data, "heard.db");
  const script = "import sqlite3,sys\ndb=sqlite3.connect(sys.argv[1],timeout=10)\nprint(db.execute('SELECT code FROM unit WHERE id = (SELECT organiser_unit_id FROM hearing LIMIT 1)').fetchone()[0])";
  const unit = execFileSync("python3", ["-c", script, db], { encoding: "utf8" }).trim();
  execFileSync(join(process.env.HEARD_BUILD, "server/app/heard"), ["user", "add", "--login", account.login, "--name", "王芳", "--roles", "archivist",
    "--unit", unit, "--data", server.data], { input: account.password, stdio: ["pipe", "ignore", "inherit"] });
  return account;
}

// The archivist has the right, the clerk has not.
async function asksForAnExcerpt() {
  const { clerk } = people;
  const account = addArchivist();
  if (await clerk.has("button", "申请导出片段")) throw new Error("the clerk may ask for an excerpt");
  const [archivist, phone] = [await chromium.person("archivist", DESKTOP), await chromium.person("archivist-phone", PHONE)];
  for (const person of [archivist, phone]) {
    await person.open(`${server.demo.http}/login`);
    await person.fill("账号", account.login);
    await person.fill("密码", account.password);
    await person.click("button", "登录");
    await person.sees("录音录像保管");
    await person.open(`${server.demo.http}/recordings/${recordings[0].id}`);
    await sayWhy(person, "移送复议机关");
    await person.sees("播放");
  }
  await archivist.press("Home");
  await archivist.press("i");
  await archivist.press("l");
  await archivist.press("o");
  await archivist.sees("终点 00:10");
  await shot(archivist, "review-excerpt-range");
  await archivist.click("button", "申请导出片段");
  await archivist.sees("片段 00:00 – 00:10");
  await shot(archivist, "review-excerpt");
  await archivist.page.getByRole("button", { name: "申请导出", exact: true }).click();
  await archivist.sees("请写明理由");
  await archivist.fill("导出理由", "质证片段");
  await archivist.page.getByRole("button", { name: "申请导出", exact: true }).click();
  await archivist.sees("等待另一位有权限的人批准");
  const { items } = await archivist.page.evaluate(async (id) => (await fetch(`/api/v1/recordings/${id}/exports`)).json(), recordings[0].id);
  const [{ from_ms, to_ms, reason }] = items;
  if (from_ms !== 0 || Math.abs(to_ms - 10_000) > 1 || reason !== "质证片段") throw new Error(JSON.stringify(items));
  await phone.click("button", "设为起点");
  await phone.press("l");
  await phone.click("button", "设为终点");
  await phone.click("button", "申请导出片段");
  await phone.sees("导出片段");
  await shot(phone, "review-excerpt-phone");
  if ((await state(phone)).overflow > 0) throw new Error(`the page is ${(await state(phone)).overflow} px too wide`);
  await archivist.close();
  await phone.close();
}

async function helpAndWatermark() {
  const { clerk } = people;
  await clerk.press("?");
  await clerk.sees("这张表");
  await clerk.sees("放大第几个画面");
  await shot(clerk, "review-keys");
  await clerk.page.keyboard.press("Escape");
  await clerk.seesNo("这张表");
  const { watermark } = await state(clerk);
  if (!watermark.drawn || !/林书宁.*20\d\d年/.test(watermark.text)) throw new Error(JSON.stringify(watermark));
  await clerk.press("f");
  await clerk.until("no full screen with the watermark in it", async () => (await state(clerk)).full);
  const full = (await state(clerk)).watermark;
  if (!full.drawn || full.box.width < DESKTOP.width - 20) throw new Error(`in full screen: ${JSON.stringify(full)}`);
  await clerk.click("button", "退出全屏");
}

// With and without what heard derive may lay beside the takes.
async function wavesOnlyWhereThereAreSome() {
  const { clerk } = people;
  const about = await clerk.page.evaluate(async (id) => (await fetch(`/api/v1/recordings/${id}`)).json(), recordings[0].id);
  const has = about.files.some((file) => file.kind === "waveform");
  await clerk.until("wave lane", async () => (await state(clerk)).lanes.some((name) => name.includes("wave")) === has);
  await clerk.sees("张小满：摄像头已关");
  await clerk.sees("当事人需要休息");
  const errors = clerk.console.filter((line) => /error/i.test(line));
  if (errors.length) throw new Error(errors.join("\n"));
}

async function sideBySide() {
  const { clerk } = people;
  await clerk.click("link", "回到案卷");
  await clerk.click("button", "与另一场并排查看");
  await clerk.click("link", `${recordings[0].number}，`);
  await sayWhy(clerk, "对比两次说法");
  await clerk.until("no two players", async () => (await state(clerk)).sounds.length === 2);
  await clerk.click("button", "一起播放");
  await clerk.until("both do not play", async () => {
    const { sounds, pictures } = await state(clerk);
    return sounds.every((one) => one.at > 1.5) && pictures.filter((one) => one.frames > 5).length === 4;
  }, 40_000);
  await shot(clerk, "review-pair");
  await clerk.click("button", "一起暂停");
  const sounds = async () => (await state(clerk)).sounds;
  if ((await sounds()).some((one) => !one.paused)) throw new Error("one still plays");
  if ((await sounds()).map((one) => one.muted).join() !== "false,true") throw new Error("both sounds at once");
  await clerk.click("button", "声音关");
  await clerk.until("the right one stays silent", async () => (await sounds()).every((one) => !one.muted));
  await offsetIsKept(clerk, sounds);
}

async function offsetIsKept(clerk, sounds) {
  await clerk.click("button", "同步进退");
  await clerk.press("Home");
  const right = await clerk.find("slider", "播放位置", 1);
  await right.evaluate((el) => { el.value = "3000"; el.dispatchEvent(new Event("input")); });
  await clerk.until("the right one is not at 3 s alone", async () => {
    const [a, b] = await sounds();
    return a.at < 0.5 && Math.abs(b.at - 3) < 0.3;
  });
  await clerk.click("button", "以现在的位置对齐");
  await clerk.sees("右边比左边晚 00:03");
  const left = await clerk.find("slider", "播放位置", 0);
  await left.evaluate((el) => { el.value = "2000"; el.dispatchEvent(new Event("input")); });
  await clerk.until("the right one does not go along", async () => {
    const [a, b] = await sounds();
    return Math.abs(a.at - 2) < 0.3 && Math.abs(b.at - 5) < 0.3;
  });
}

async function onAPhone() {
  const phone = await chromium.person("phone", PHONE);
  people.phone = phone;
  await logIn(phone, server, server.demo.accounts.clerk);
  await phone.open(`${server.demo.http}/recordings/${recordings[0].id}`);
  await sayWhy(phone, "复核");
  await phone.click("button", "播放");
  await phone.until("does not play", async () => (await soundAt(phone)) > 1, 40_000);
  await phone.click("button", "加书签");
  await phone.sees("加书签，仅自己可见");
  await phone.click("button", "发言人");
  await shot(phone, "review-phone");
  if ((await state(phone)).overflow > 0) throw new Error(`the page is ${(await state(phone)).overflow} px too wide`);
  await phone.open(`${server.demo.http}/recordings/${recordings[0].id}/with/${recordings[1].id}`);
  await sayWhy(phone, "复核");
  await phone.click("button", "一起播放");
  await phone.until("both do not play", async () => (await state(phone)).sounds.filter((one) => one.at > 1).length === 2, 40_000);
  if ((await state(phone)).overflow > 0) throw new Error(`the pair is ${(await state(phone)).overflow} px too wide`);
}

// Where Firefox finds nothing to hear by, pictures go on by a clock of their own, and it says so.
async function inFirefox(stage) {
  const reader = await (await openFirefox(stage)).person("firefox", DESKTOP);
  people.firefox = reader;
  const clock = async () => (await state(reader)).clocks[0];
  const follow = () => reader.until("pictures are not with the clock", async () => {
    const { clocks, pictures } = await state(reader);
    return pictures.filter((one) => one.ready >= 2 && Math.abs(one.at - clocks[0].at) < 0.5).length >= 2;
  });
  await logIn(reader, server, server.demo.accounts.clerk);
  await reader.open(`${server.demo.http}/recordings/${recordings[0].id}`);
  await sayWhy(reader, "核对承诺事项");
  await reader.until("no picture at the beginning", async () => (await state(reader)).pictures.filter((one) => one.ready >= 2).length === 2, 40_000);
  await reader.click("button", "播放");
  await reader.until("does not play", async () => (await clock()).at > 2 && (await state(reader)).pictures.filter((one) => one.frames > 5).length === 2, 40_000);
  for (let i = 0; i < 3; i++) await reader.press("]");
  await reader.press("Home");
  await follow();
  const [from, since] = [(await clock()).at, Date.now()];
  await sleep(2000);
  const speed = ((await clock()).at - from) / ((Date.now() - since) / 1000);
  if (speed < 1.6 || speed > 2.4) throw new Error(`2× goes at ${speed}`);
  await follow();
  await reader.press("\\");
  await reader.press("Home");
  await reader.press("s");
  await reader.sees("已跳过静默", (silence()[0] + 6) * 1000);
  await reader.press("s");
  await reader.press("Home"); // a camera is off behind the silence
  await follow();
  const { silent } = await clock();
  console.log(`# Firefox ${silent ? "without" : "with"} something to hear by`);
  if (silent) await reader.sees("声音放不出来");
  await reader.shot(join(OUT, "review-firefox.png"));
  await reader.close();
  delete people.firefox;
}

export function steps(stage) {
  return [
    ["a hearing of two opens", () => opens(stage)],
    ["it has turns, silence, a camera that is off and a recess", isHeld],
    ["it ends and its recording becomes ready", isRecorded],
    ["a second one of the same case", () => shortHearing(stage)],
    ["the clerk says why and it plays", opensAndPlays],
    ["speed by keys and buttons, pictures along with it", speedByKeysAndButtons],
    ["silence is skipped, and said so", skipsSilence],
    ["jumps by phase, by a person's turns, by a gap's words", jumps],
    ["layouts and the tile in focus, without a new video", layoutsAndFocus],
    ["a bookmark, a note for the file, an edit that keeps the words before", marks],
    ["another viewer sees what is for the file and nothing private", othersSeeOnlyWhatIsForTheFile],
    ["search in Chinese: hits in the time line, Enter goes there", searches],
    ["in and out make a stretch that is kept", keepsAStretch],
    ["the stretch is asked for as an excerpt, by who may", asksForAnExcerpt],
    ["the sheet of keys; the watermark, in full screen too", helpAndWatermark],
    ["a wave only where one was derived; gaps in words; no errors", wavesOnlyWhereThereAreSome],
    ["two hearings side by side: both play, sound by choice, an offset that stays", sideBySide],
    ["the same on a phone, nothing too wide", onAPhone],
    ["in Firefox: it plays, at double speed, over silence", () => inFirefox(stage)],
    ["the server ends cleanly and logged nothing of the notes", async () => {
      const code = await server.stop();
      if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
      if (server.log.includes("承诺")) throw new Error("the log holds a note");
    }],
  ];
}
