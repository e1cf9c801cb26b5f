// SPDX-License-Identifier: Apache-2.0
// The sealed original of an old recording is at the second place: it plays, the page says where it is, and one button
// brings it back for its verification and its export.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { HOUSE, Network } from "./lib/network.mjs";
import { logIn, sayWhy } from "./lib/review.mjs";
import { Server, tempFolder } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const VECTORS = fileURLToPath(new URL("../vectors", import.meta.url));
const RECORDING = "01a00000-0000-7000-8000-000000000073";
const DAY_MS = 86_400_000;
mkdirSync(OUT, { recursive: true });

let server;
let folder;
let nas;
const people = {};
const shot = (person, name) => person.page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await shot(person, `failed-bring-back-${name}`).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-bring-back-server.log"), server.log);
}

function sql(statement) {
  const script = "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], timeout=10)\ndb.execute(sys.argv[2])\ndb.commit()";
  const run = spawnSync("python3", ["-c", script, join(server.data, "heard.db"), statement], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
}

// Derived and copied by the server itself; a hundred days old.
async function isAway(stage) {
  await new Network().open(stage);
  const data = tempFolder("data");
  nas = tempFolder("nas");
  cpSync(join(VECTORS, "organisation.key"), join(data, "recordings.key"));
  chmodSync(join(data, "recordings.key"), 0o600);
  const config = join(data, "heard.conf");
  writeFileSync(config, `copy_to = ${nas}\nlocal_days = 90\n`);
  server = await new Server({ data, args: ["--config", config, "--address", HOUSE, "--workers", "1"] }).start();
  stage.atEnd(() => server.stop());
  const directory = `recordings/${server.demo.hearing}/R01`;
  folder = join(server.data, directory);
  cpSync(join(VECTORS, "hearing/R01"), folder, { recursive: true });
  const stopped = Date.now() - 100 * DAY_MS;
  sql(`INSERT INTO recording VALUES ('${RECORDING}', 'HSJ-R01', '${server.demo.hearing}', '${server.demo.case}', 'main', 'main', 1, 'sealed', '${directory}',
    ${stopped - 62_000}, ${stopped}, 1859, 62000, 'ab', 'none', 0, NULL, 0, 1)`);
  const browser = await openChromium(stage);
  people.clerk = await browser.person("clerk", DESKTOP);
  people.phone = await browser.person("phone", PHONE);
  for (let i = 0; existsSync(join(folder, "000001.seg")) || existsSync(join(folder, "000002.seg")); i += 1) {
    if (i > 1800) throw new Error(`the segments are still here\n${server.log.slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function opens(person, why) {
  await logIn(person, server, server.demo.accounts.clerk);
  await person.open(`${server.demo.http}/recordings/${RECORDING}`);
  await sayWhy(person, why);
  await person.sees("封存的原始数据只保存在第二份副本处");
  await person.sees("存证与成片");
  await person.sees("取回后即可校验");
  if ((await person.text()).includes("校验未通过")) throw new Error("it looks damaged");
}

async function says() {
  await opens(people.clerk, "核对旧案");
  await shot(people.clerk, "bring-back-desk");
  await opens(people.phone, "手机查看");
  await shot(people.phone, "bring-back-phone");
  const wide = await people.phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) throw new Error(`${wide} px too wide`);
}

async function comesBack() {
  const { clerk } = people;
  await clerk.click("button", "取回到本机");
  await clerk.sees("校验通过：内容完整，未被改动");
  await clerk.until("the page still says that it is away", async () => !(await clerk.text()).includes("只保存在第二份副本处"), 30_000);
  await shot(clerk, "bring-back-desk-after");
  if (!existsSync(join(folder, "000001.seg")) || existsSync(join(folder, "away.json"))) throw new Error("it is not here");
}

export function steps(stage) {
  return [
    ["an old recording gave its room up", () => isAway(stage)],
    ["it plays, and the page says where its original is", says],
    ["one button brings it back, verified", comesBack],
  ];
}
