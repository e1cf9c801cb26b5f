// SPDX-License-Identifier: Apache-2.0
// An export as people do it: one asks on the page of the recording, another approves, the first downloads, and the page in
// the package says that it is intact.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { heard, Server, tempFolder } from "./lib/server.mjs";

const VECTORS = fileURLToPath(new URL("../vectors/hearing/R02", import.meta.url));
const RECORDING = "01a00000-0000-7000-8000-000000000001";
const folder = tempFolder("export");
const PASSWORD = "geheim-geheim-1";
let server;
let browser;
const people = {};

function sql(statement) {
  const script = "import sqlite3,sys\ndb=sqlite3.connect(sys.argv[1],timeout=10)\nprint(*[r[0] for r in db.execute(sys.argv[2]).fetchall()])\ndb.commit()";
  return execFileSync("python3", ["-c", script, join(server.data, "heard.db"), statement], { encoding: "utf8" }).trim();
}

async function ready(stage) {
  server = await new Server().start();
  stage.atEnd(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const { hearing, case: file } = server.demo;
  const directory = `recordings/${hearing}/R91`;
  mkdirSync(join(server.data, "recordings", hearing), { recursive: true });
  cpSync(VECTORS, join(server.data, directory), { recursive: true });
  sql(`INSERT INTO recording VALUES ('${RECORDING}', 'HS-R91', '${hearing}', '${file}', 'main', 'main', 1, 'sealed', '${directory}', 1795824000000, 1795824062000, 1, 62000, 'ab', 'ready', 1000, NULL, 0, 1)`);
  const unit = sql("SELECT code FROM unit WHERE id = (SELECT organiser_unit_id FROM hearing LIMIT 1)");
  browser = await openChromium(stage);
  for (const [login, name, size] of [["archive.one", "王芳", PHONE], ["archive.two", "赵明", DESKTOP]]) {
    execFileSync(join(process.env.HEARD_BUILD, "server/app/heard"), ["user", "add", "--login", login, "--name", name, "--roles", "archivist",
      "--unit", unit, "--data", server.data], { input: PASSWORD, stdio: ["pipe", "ignore", "inherit"] });
    const who = (people[name] = await browser.person(name, size));
    await who.open(`${server.demo.http}/login`);
    await who.fill("账号", login);
    await who.fill("密码", PASSWORD);
    await who.click("button", "登录");
    await who.until("not logged in", async () => !who.page.url().endsWith("/login"));
  }
}

async function opens(who, button = "导出") {
  await who.open(`${server.demo.http}/recordings/${RECORDING}`);
  await who.click("button", button);
  await who.sees("导出录音录像");
}

async function asks() {
  const who = people["王芳"];
  await opens(who);
  await who.click("button", "申请导出");
  await who.sees("请写明理由");
  await who.fill("导出理由", "行政复议机关调卷");
  await who.click("button", "申请导出");
  await who.sees("等待另一位有权限的人批准");
  if (await who.has("button", "批准")) throw new Error("may approve an own request");
}

async function approves() {
  const who = people["赵明"];
  await opens(who, "导出 · 1 项待批准");
  for (const words of ["王芳 申请导出", "行政复议机关调卷"]) await who.sees(words);
  await who.fill("批准意见", "同意");
  await who.page.getByRole("button", { name: "批准", exact: true }).click();
  await who.sees("已批准 · 赵明 · 同意");
}

async function downloads() {
  const who = people["王芳"];
  await opens(who);
  await who.sees("赵明 已批准");
  const [download] = await Promise.all([who.page.waitForEvent("download"), who.click("link", "下载导出包")]);
  if (download.suggestedFilename() !== "HS-R91.zip") throw new Error(download.suggestedFilename());
  const zip = join(folder, "HS-R91.zip");
  await download.saveAs(zip);
  execFileSync("python3", ["-m", "zipfile", "-e", zip, folder]);
  const verify = await heard(["verify", join(folder, "X-R02/original")]);
  if (verify.code !== 0) throw new Error(verify.stdout);
  const page = await browser.person("page", PHONE);
  await page.open(`file://${join(folder, "X-R02/verify.html")}`);
  await page.page.setInputFiles("input[data-kind=zip]", zip);
  await page.sees("完好：这份录音录像自封存以来没有被改动");
  await page.sees("SM2-SM3");
}

export function steps(stage) {
  return [
    ["a server, a recording, two archivists", () => ready(stage)],
    ["one asks, with a reason, and cannot approve it", asks],
    ["another sees that it waits, and approves", approves],
    ["the first downloads; the package is intact", downloads],
  ];
}
