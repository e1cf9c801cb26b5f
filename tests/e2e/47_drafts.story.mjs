// SPDX-License-Identifier: Apache-2.0
// What the petitioner says is taken down by a machine (tests/speech/service.py): everybody is told before and while, the clerk takes,
// mends and drops drafts; captions say what they are.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { admit, staffComes } from "./lib/hearing_steps.mjs";
import { speakWhenTold } from "./lib/page_tools.mjs";
import { Server, tempFolder } from "./lib/server.mjs";
import { petitionerComesQuickly } from "./lib/small_hearing.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const SERVICE = fileURLToPath(new URL("../speech/service.py", import.meta.url));
const [PETITIONER, PRESIDING] = ["张小满", "周正平"];
const people = {};
let server;
let links;

mkdirSync(OUT, { recursive: true });
const shot = (person, name) => person.shot(join(OUT, `${name}.png`));

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await shot(person, `failed-drafts-${name}`).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-drafts-server.log"), server.log);
}

// A sentence, and four seconds of silence: over and over.
function makeSpeech(folder) {
  const file = join(folder, "microphone.wav");
  execFileSync("sh", ["-c", 'espeak-ng -v en-us+f3 -s 125 --stdout "$1" | ffmpeg -v error -y -i - -af apad=pad_dur=4 -ar 48000 -ac 1 "$2"', "sh",
    "water damaged everybody building", file]);
  return file;
}

async function schedule() {
  const json = { "Content-Type": "application/json" };
  const login = await fetch(`${server.demo.http}/api/v1/login`, { method: "POST", headers: json, body: JSON.stringify(server.demo.accounts.clerk) });
  const headers = { ...json, Cookie: login.headers.get("set-cookie").split(";")[0] };
  const { id } = await (await fetch(`${server.demo.http}/api/v1/me`, { headers })).json();
  const seats = [{ role: "petitioner", name: PETITIONER }, { role: "presiding", name: PRESIDING }, { role: "clerk", account_id: id }];
  const made = await fetch(`${server.demo.http}/api/v1/cases/${server.demo.case}/hearings`, { method: "POST", headers,
    body: JSON.stringify({ kind: "reception", planned_start_ms: Date.now(), seats }) });
  if (made.status !== 201) throw new Error(`schedule: ${made.status} ${await made.text()}`);
  const { links: all, hearing } = await made.json();
  links = Object.fromEntries(all.map(({ role, url }) => [role, url.replace(/^https:[/][/][^/]*/, server.demo.http)]));
  /* No page asks for the language of a hearing; this service knows English. */
  execFileSync("python3", ["-c", "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], timeout=10)\ndb.execute(\"UPDATE hearing SET language = 'en' WHERE id = ?\", sys.argv[2:])\ndb.commit()",
    join(server.data, "heard.db"), hearing.id]);
}

async function opens(stage) {
  const folder = tempFolder("speech");
  const socket = join(folder, "socket");
  writeFileSync(join(folder, "settings"), `speech_socket = ${socket}\nspeech_captions = true\n`);
  const service = spawn("/usr/bin/python3", [SERVICE, socket], { stdio: ["ignore", "pipe", "inherit"] });
  stage.atEnd(() => service.kill());
  await once(service.stdout, "data");
  server = await new Server({ args: ["--config", join(folder, "settings")] }).start();
  stage.atEnd(() => server.stop());
  const [desks, phones] = [await openChromium(stage), await openChromium(stage, { speech: makeSpeech(folder) })];
  await schedule();
  people.presiding = await desks.person("presiding", DESKTOP, { scripts: [speakWhenTold] });
  people.clerk = await desks.person("clerk", DESKTOP);
  people.petitioner = await phones.person("petitioner", PHONE);
  await staffComes(people.presiding, links.presiding);
  await staffComes(people.clerk, links.clerk);
}

async function isToldBefore() {
  const { petitioner, presiding } = people;
  const comes = petitionerComesQuickly(petitioner, links.petitioner);
  await petitioner.until("is not told before consent", async () => (await petitioner.text()).includes("转成文字草稿"), 60_000);
  await shot(petitioner, "drafts-consent-phone");
  await comes;
  await admit(presiding, PETITIONER);
  await presiding.until("cannot open", async () => {
    if ((await presiding.text()).includes("正在录制")) return true;
    await presiding.click("button", "宣布开始", 0, 1000).catch(() => {});
    return false;
  }, 40_000);
  await presiding.page.evaluate(() => window.heardVoice.speak(false));
  for (const person of Object.values(people)) await person.sees("同时机器转写");
}

async function draftsCome() {
  const { clerk, petitioner } = people;
  await clerk.until("no draft", async () => (await clerk.text()).includes("草稿 · 机器转写 · 2 条"), 40_000);
  await petitioner.sees("机器转写，仅供参考");
  await shot(clerk, "drafts-clerk");
  await shot(petitioner, "drafts-captions-phone");
}

const counts = (person) => person.page.evaluate(() => {
  const found = { lines: [], drafts: 0 };
  const walk = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "heard-minutes-line") found.lines.push(el.shadowRoot.querySelector(".words")?.textContent ?? "");
      if (el.localName === "heard-drafts") found.drafts = el.shadowRoot.querySelectorAll("li").length;
      if (el.shadowRoot) walk(el.shadowRoot);
    }
  };
  walk(document);
  return found;
});

async function clerkTakesMendsAndDrops() {
  const { clerk, presiding } = people;
  await (await clerk.find("textbox", "记一行")).click();
  await clerk.press("Alt+Enter");
  await clerk.until("not taken", async () => (await counts(clerk)).lines.some((text) => text.startsWith(`${PETITIONER}：`)));
  await clerk.sees("已保存");
  const mend = await clerk.find("button", "修改后收下");
  await mend.click();
  const field = await clerk.find("textbox", "修改后收下");
  await field.fill("整栋楼的人家都被水泡了");
  await shot(clerk, "drafts-clerk-mends");
  await clerk.press("Enter");
  await clerk.until("not mended", async () => (await counts(clerk)).lines.some((text) => text.includes("整栋楼")));
  await clerk.sees("已保存");
  await presiding.sees("整栋楼的人家都被水泡了"); // the caption is the clerk's line now
  await clerk.until("no more drafts", async () => (await counts(clerk)).drafts > 0, 30_000);
  const { lines } = await counts(clerk);
  await clerk.click("button", "全部不要");
  await clerk.until("not dropped", async () => (await counts(clerk)).drafts === 0);
  if ((await counts(clerk)).lines.length !== lines.length) throw new Error("a dropped draft became a line");
}

export function steps(stage) {
  return [
    ["a service listens, and staff comes", () => opens(stage)],
    ["everybody is told, before and while", isToldBefore],
    ["what is said comes as a draft", draftsCome],
    ["the clerk takes, mends and drops", clerkTakesMendsAndDrops],
    ["the server ends cleanly and logged no word of it", async () => {
      const code = await server.stop();
      if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
      if (server.log.includes("damaged")) throw new Error("the log holds what was said");
    }],
  ];
}
