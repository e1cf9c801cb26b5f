// SPDX-License-Identifier: Apache-2.0
// For ever and back again; then the end of a recording: the archivist asks at a desk, the security admin confirms on a phone, and whoever
// wants to watch reads that it is no more.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { HOUSE, Network } from "./lib/network.mjs";
import { Server } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const VECTORS = fileURLToPath(new URL("../vectors/hearing/R01", import.meta.url));
const RECORDING = "01a00000-0000-7000-8000-000000000001";
const YEAR_MS = 366 * 86_400_000;
mkdirSync(OUT, { recursive: true });

let server;
let folder;
const people = {};
const shot = (person, name) => person.page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await shot(person, `failed-keeping-${name}`).catch(() => {});
}

function sql(statement) {
  const script = "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], timeout=10)\ndb.execute(sys.argv[2])\ndb.commit()";
  const run = spawnSync("python3", ["-c", script, join(server.data, "heard.db"), statement], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
}

async function logsIn(name, account) {
  const person = people[name];
  await person.open(`${server.demo.http}/login`);
  await person.fill("账号", account.login);
  await person.fill("密码", account.password);
  await person.click("button", "登录");
}

// A recording of eleven years ago: those of receptions are kept for ten.
async function openHouse(stage) {
  await new Network().open(stage);
  server = await new Server({ args: ["--address", HOUSE, "--workers", "1"] }).start();
  stage.atEnd(() => server.stop());
  const directory = `recordings/${server.demo.hearing}/R01`;
  folder = join(server.data, directory);
  cpSync(VECTORS, folder, { recursive: true });
  chmodSync(folder, 0o700);
  const stopped = Date.now() - 11 * YEAR_MS;
  sql(`INSERT INTO recording VALUES ('${RECORDING}', 'HSJ-R01', '${server.demo.hearing}', '${server.demo.case}', 'main', 'main', 1, 'sealed', '${directory}',
    ${stopped - 3_600_000}, ${stopped}, 812345678, 3600000, 'ab', 'ready', 1000, NULL, 0, 1)`);
  const browser = await openChromium(stage);
  people.archivist = await browser.person("archivist", DESKTOP);
  people.security = await browser.person("security", PHONE);
  people.clerk = await browser.person("clerk", DESKTOP);
}

// One decides that it stays for ever; that it does not any more takes another.
async function forEverAndBack() {
  const { archivist, security } = people;
  await logsIn("archivist", server.demo.accounts.archivist);
  await archivist.sees("已到期");
  await archivist.click("button", "定为永久");
  await archivist.fill("理由", "有领导批示且有处理结果");
  await archivist.click("button", "定为永久", 1);
  await archivist.sees("定为永久：苏兰");
  if (await archivist.has("button", "申请销毁")) throw new Error("what is kept for ever may be destroyed");
  await shot(archivist, "keeping-permanent");
  await archivist.click("button", "申请改回原期限");
  await archivist.fill("理由", "批示与本案无关");
  await archivist.click("button", "申请改回原期限", 1);
  await archivist.sees("须由申请人以外的另一人确认");
  if (await archivist.has("button", "确认改回原期限")) throw new Error("the archivist could end it alone");
  await logsIn("security", server.demo.accounts.sec_admin);
  await security.sees("批示与本案无关");
  await shot(security, "keeping-permanent-phone");
  await security.click("button", "确认改回原期限");
  await security.click("button", "确认改回原期限", 1);
  await security.sees("已办理");
}

// The archivist finds it by words of the title, and comes back to the list.
async function archivistFinds() {
  const { archivist } = people;
  await archivist.click("link", "录音录像");
  await archivist.sees("您有权查看的录音录像");
  await archivist.fill("查找", "没有这场");
  await archivist.page.keyboard.press("Enter");
  await archivist.sees("没有符合条件的录音录像");
  await archivist.fill("查找", "漏水 R01");
  await archivist.page.keyboard.press("Enter");
  await archivist.sees("已显示 1 份");
  await shot(archivist, "recordings-desk");
  await archivist.click("link", "小区外墙漏水问题联合接访");
  await archivist.sees("查看理由");
  await archivist.click("link", "返回");
  await archivist.sees("您有权查看的录音录像");
}

async function archivistAsks() {
  const { archivist } = people;
  await archivist.open(`${server.demo.http}/keeping`);
  await archivist.sees("录音录像保管");
  await archivist.sees("已到期");
  await archivist.click("button", "申请销毁");
  await archivist.sees("申请后须由另一人确认");
  await archivist.fill("理由", "保管期满，经鉴定无继续保存价值");
  await archivist.click("button", "申请销毁", 1);
  await archivist.sees("待第二人确认");
  await archivist.sees("申请销毁：苏兰");
  if (await archivist.has("button", "确认销毁")) throw new Error("the archivist could confirm alone");
  await shot(archivist, "keeping-desk");
}

async function securityConfirms() {
  const { security } = people;
  await security.open(`${server.demo.http}/keeping`);
  await security.sees("保管期满，经鉴定无继续保存价值");
  await security.seesNo("小区外墙漏水问题联合接访"); // administrators see no content
  await shot(security, "keeping-phone");
  await security.click("button", "确认销毁");
  await security.sees("确认后立即销毁 HSJ-R01");
  await security.click("button", "确认销毁", 1);
  await security.sees("确认销毁：方锐");
  await security.until("is not told that it is done", async () => (await security.text()).includes("下载销毁证明"), 40_000);
  if (existsSync(join(folder, "log.json")) || existsSync(join(folder, "000001.seg"))) throw new Error("the log is still there");
}

async function nobodyWatches() {
  const { clerk } = people;
  await logsIn("clerk", server.demo.accounts.clerk);
  await clerk.sees("今日安排");
  await clerk.seesNo("保管");
  await clerk.open(`${server.demo.http}/recordings/${RECORDING}`);
  await clerk.sees("这份录音录像已依规销毁");
  await clerk.open(`${server.demo.http}/keeping`);
  await clerk.sees("您的席位不能做这项操作");
}

export function steps(stage) {
  return [
    ["a recording past its term", () => openHouse(stage)],
    ["kept for ever by one, back to its term by two", forEverAndBack],
    ["the archivist finds it in the list, and comes back there", archivistFinds],
    ["the archivist asks, and can't confirm", archivistAsks],
    ["the security admin confirms on a phone", securityConfirms],
    ["who wants to watch reads that it is no more", nobodyWatches],
  ];
}
