// SPDX-License-Identifier: Apache-2.0
// A hearing whose disk gives out, as people see it: too little room to open, a banner for everybody
// when nothing is saved any more, the presiding officer's way to pause; and by default a recess that
// the server calls. The disk is a tmpfs that is made smaller and larger.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { admit } from "./lib/hearing_steps.mjs";
import { PHONE } from "./lib/browsers.mjs";
import { heard, tempFolder } from "./lib/server.mjs";
import { SmallHearing } from "./lib/small_hearing.mjs";

const OUT = fileURLToPath(new URL("./out", import.meta.url));
const LARGE = "20g";
const SMALL = "2g"; // less than two hours
const UNSAVED = "但此刻的录音录像可能没有保存";
const PATIENCE_MS = 8500; // 5 s without a durable byte, the tick that sees it, and a busy machine
let house;
let disk;

function resize(size) {
  execFileSync("mount", ["-o", `remount,size=${size}`, disk], { stdio: "pipe" });
}

// From now on not one page more than what is there. Where the recorder wrote between the look and
// the mount, the kernel refuses to make it smaller than that: look again.
function fill(tries = 50) {
  const { blocks, bfree, bsize } = statfsSync(disk);
  try {
    resize((blocks - bfree) * bsize);
  } catch (error) {
    if (tries === 0) throw error;
    fill(tries - 1);
  }
}

async function begins(stage, name, size, lost) {
  const data = tempFolder(name);
  disk = join(data, "recordings");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=0750`, "tmpfs", disk]);
  const mounted = disk;
  stage.atEnd(async () => execFileSync("umount", ["-l", mounted]));
  writeFileSync(join(data, "heard.conf"), `recording_lost = ${lost}\n`);
  const { network } = house ?? {};
  house = new SmallHearing(name);
  house.network = network;
  await house.open(stage, { data, settings: ["--config", join(data, "heard.conf")] });
}

async function tooLittleRoom(stage) {
  await begins(stage, "at_risk", SMALL, "continue");
  const { presiding } = house.people;
  house.people.petitioner = await house.phones.person("petitioner", PHONE);
  await house.petitionerComes(house.people.petitioner, house.links.petitioner);
  await admit(presiding, "李四");
  await presiding.sees("存储空间不足，暂不能开始");
  await presiding.click("button", "宣布开始");
  await presiding.sees("不能开始需要录制的接访。请联系管理员腾出空间");
  await presiding.shot(join(OUT, "risk-desk-low.png"));
  if ((await house.people.petitioner.text()).includes("存储空间")) throw new Error("the petitioner is told of the disk");
  if (readdirSync(disk).some((name) => name !== "reserve")) throw new Error(`something was recorded: ${readdirSync(disk)}`);
}

async function withRoomItOpens() {
  const { presiding, petitioner } = house.people;
  resize(LARGE);
  await presiding.seesNo("存储空间不足，暂不能开始");
  await presiding.click("button", "宣布开始");
  await presiding.sees("正在录制");
  await petitioner.sees("正在录制");
  await house.allSeeAndHear();
}

async function everybodyIsTold() {
  const { presiding, petitioner } = house.people;
  const since = Date.now();
  fill();
  await Promise.all([presiding, petitioner].map((one) => one.sees(UNSAVED, PATIENCE_MS)));
  console.log(`# told ${Date.now() - since} ms after the disk was full`);
  await petitioner.sees("您可以继续说，但此刻的录音录像可能没有保存");
  for (const one of [presiding, petitioner]) if ((await one.text()).includes("正在录制")) throw new Error(`${one.name}: the light says recording`);
  if (await petitioner.has("button", "暂停接访（休会）")) throw new Error("the petitioner may pause");
  await house.allSeeAndHear(); // nobody is cut off for it
  await petitioner.shot(join(OUT, "risk-phone.png"));
  await presiding.shot(join(OUT, "risk-desk.png"));
}

async function thePresidingOfficerPauses() {
  const { presiding, petitioner } = house.people;
  await presiding.click("button", "暂停接访（休会）");
  await presiding.shot(join(OUT, "risk-desk-ask.png"));
  await presiding.click("button", "休会", -1);
  await petitioner.sees("录音录像暂时无法保存，等待恢复。");
  for (const one of [presiding, petitioner]) await one.seesNo(UNSAVED);
  await petitioner.shot(join(OUT, "risk-phone-recess.png"));
}

async function freed() {
  const { presiding, petitioner } = house.people;
  resize(LARGE);
  await presiding.click("button", "恢复");
  for (const one of [presiding, petitioner]) {
    await one.sees("正在录制");
    await one.seesNo(UNSAVED);
  }
  await new Promise((resolve) => setTimeout(resolve, 7000));
  for (const one of [presiding, petitioner]) if ((await one.text()).includes(UNSAVED)) throw new Error(`${one.name}: the banner came back`);
  await house.serverEnds();
  await wholeLogs();
}

async function wholeLogs() {
  for (const hearing of readdirSync(disk, { withFileTypes: true }).filter((one) => one.isDirectory()))
    for (const name of readdirSync(join(disk, hearing.name))) {
      const report = await heard(["verify", join(disk, hearing.name, name), "--lang", "en"]);
      if (report.code !== 0) throw new Error(`verify ${name} ${report.code}: ${report.stdout}`);
    }
}

async function suspended(stage) {
  await begins(stage, "suspended", LARGE, "suspend");
  await house.phoneComes();
  const { presiding, petitioner } = house.people;
  fill();
  await Promise.all([presiding, petitioner].map((one) => one.sees("系统自动休会", PATIENCE_MS + 1000)));
  await presiding.shot(join(OUT, "risk-desk-suspended.png"));
  await petitioner.shot(join(OUT, "risk-phone-suspended.png"));
  await presiding.click("button", "恢复");
  await presiding.sees("原因：存储空间不足");
  await presiding.shot(join(OUT, "risk-desk-refused.png"));
}

// The reserve gives the room for the end: closing does not wait for an administrator.
async function closesOnAFullDisk() {
  const { presiding } = house.people;
  await presiding.click("button", "结束接访");
  await presiding.click("radio", "改日继续");
  await presiding.fill("说明", "存储空间已满，改日继续。");
  await presiding.click("button", "结束接访", -1);
  await house.people.petitioner.sees("已结束");
  await presiding.until("no seal", () => readdirSync(disk, { recursive: true }).some((name) => name.endsWith("seal.json")), 10_000);
  if (!/reserve-used/.test(house.server.log)) throw new Error("it had room without the reserve");
  await house.serverEnds();
  await wholeLogs();
}

export async function onFailure() {
  await house?.onFailure();
}

export function steps(stage) {
  return [
    ["room for less than two hours: it does not open, and the desk is told why", () => tooLittleRoom(stage)],
    ["with room it opens", () => withRoomItOpens()],
    ["the disk is full: phone and desk are told", () => everybodyIsTold()],
    ["the presiding officer pauses from the banner", () => thePresidingOfficerPauses()],
    ["with room again it goes on, and no banner stays", () => freed()],
    ["by default the server calls a recess, and does not let it end while the disk is full", () => suspended(stage)],
    ["closing on the full disk: the log has its end", () => closesOnAFullDisk()],
  ];
}
