// SPDX-License-Identifier: Apache-2.0
// The server is killed in the middle of a hearing: nothing older than a second is lost, and the
// people are back by themselves.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { admit, petitionerComes, staffComes } from "./lib/hearing_steps.mjs";
import { heard, Server } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const LOST_MAX_MS = 1000;
const people = {};
let server;
let killedWallMs;

mkdirSync(OUT, { recursive: true });

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-crash-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-crash-server.log"), server.log);
}

const folder = (name) => join(server.data, "recordings", server.demo.hearing, name);

async function hearingRuns(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  const chromium = await openChromium(stage);
  Object.defineProperty(people, "chromium", { value: chromium, enumerable: false });
  people.petitioner = await chromium.person("petitioner", PHONE);
  people.presiding = await chromium.person("presiding", DESKTOP);
  people.clerk = await chromium.person("clerk", DESKTOP);
  await staffComes(people.presiding, server.demo.links.presiding.replace(server.demo.https, server.demo.http));
  await staffComes(people.clerk, server.demo.links.clerk.replace(server.demo.https, server.demo.http));
  await petitionerComes(people.petitioner, server.demo.links.petitioner.replace(server.demo.https, server.demo.http));
  await admit(people.clerk, "张小满");
  await people.presiding.click("button", "宣布开始");
  for (const person of Object.values(people)) {
    await person.sees("正在录制", 30_000);
    await person.receives("video", 2, 60_000);
  }
  await new Promise((r) => setTimeout(r, 4000));
}

async function killAndRestart() {
  killedWallMs = Date.now();
  await server.kill9();
  const again = new Server({ data: server.data });
  await again.start();
  Object.assign(server, { child: again.child, ended: again.ended, demo: again.demo });
  again.child.stderr.on("data", (chunk) => (server.log += chunk));
}

async function peopleAreBack() {
  const began = Date.now();
  const took = await Promise.all(Object.values(people).map(async (person) => {
    await person.receives("video", 2, 60_000);
    return Date.now() - began;
  }));
  console.log(`# pictures moved again ${took.join(", ")} ms after the server was up`);
  for (const person of Object.values(people)) await person.sees("正在录制", 30_000);
}

// The phone broke: the clerk makes a new link, and whoever opens it waits at the desk again.
async function newDeviceByNewLink() {
  const url = await people.clerk.page.evaluate(async (hearing) => {
    const { seats } = await (await fetch(`/api/v1/hearings/${hearing}`)).json();
    const { participant } = seats.find((seat) => seat.role === "petitioner");
    const reply = await fetch(`/api/v1/hearings/${hearing}/participants/${participant}/link`,
      { method: "POST", headers: { "Content-Type": "application/json" } });
    return (await reply.json()).url;
  }, server.demo.hearing);
  await people.petitioner.sees("登录已失效");
  people.other = await people.chromium.person("other", PHONE);
  await people.other.until("the new link does not open", async () => {
    await people.other.open(url.replace(/^https:[/][/][^/]*/, server.demo.http));
    return people.other.has("button", "下一步");
  });
  await people.other.click("button", "下一步");
  await people.other.until("no device check", async () => {
    if (await people.other.has("textbox", "最后四位")) {
      await people.other.fill("最后四位", "1234");
      await people.other.click("button", "下一步");
    }
    return people.other.has("button", "正常，继续");
  });
  await people.other.click("button", "正常，继续");
  await people.other.sees("您已就位");
  await admit(people.clerk, "张小满");
  await people.other.receives("video", 2, 40_000);
}

async function logIsRecovered() {
  const { code, stdout, stderr } = await heard(["verify", folder("R01"), "--json"]);
  if (code !== 0) throw new Error(`verify ${code}: ${stdout} ${stderr}`);
  const report = JSON.parse(stdout);
  const lost = killedWallMs - (report.started_wall_ms + report.duration_ms);
  console.log(`# recovered to ${lost} ms before the kill; ${report.findings.map((f) => f.kind).join(", ")}`);
  if (lost > LOST_MAX_MS) throw new Error(`${lost} ms are missing`);
}

// Derived by the restarted server: each microphone and camera reaches to the last second.
async function eachTrackReachesTheEnd() {
  const derived = join(folder("R01"), "derived");
  const manifest = await people.clerk.until("R01 is not derived", () => {
    const name = readdirSync(folder("R01")).find((f) => f.startsWith("derived") && !f.includes("tmp"));
    return name ? JSON.parse(readFileSync(join(folder("R01"), name, "manifest.json"), "utf8")) : null;
  }, 60_000);
  const started = JSON.parse((await heard(["verify", folder("R01"), "--json"])).stdout).started_wall_ms;
  const ends = new Map();
  for (const file of manifest.files.filter((f) => f.kind === "take")) {
    const key = `${file.participant} ${file.source}`;
    ends.set(key, Math.max(ends.get(key) ?? 0, file.start_ms + file.duration_ms));
  }
  const missing = [...ends.values()].map((end) => killedWallMs - started - end);
  console.log(`# missing for each track: ${missing.join(", ")} ms (${derived.length > 0 ? ends.size : 0} tracks)`);
  if (ends.size !== 6) throw new Error(`${ends.size} tracks, not 6`);
  if (missing.some((ms) => ms > LOST_MAX_MS)) throw new Error(`more than ${LOST_MAX_MS} ms missing`);
}

async function flippedByteIsNamed() {
  const path = join(folder("R01"), "000001.seg");
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  writeFileSync(path, bytes);
  const { code, stdout } = await heard(["verify", folder("R01"), "--lang", "en"]);
  console.log(`# ${stdout.trim().split("\n").slice(0, 8).join("\n# ")}`);
  if (code !== 1 || !/00:00:\d\d/.test(stdout)) throw new Error(`exit ${code}: ${stdout}`);
}

export function steps(stage) {
  return [
    ["a hearing of three is recorded", () => hearingRuns(stage)],
    ["the server is killed and started again", killAndRestart],
    ["all three are back without a click, recorded again", peopleAreBack],
    ["a new link brings a new device to the desk, not into the room", newDeviceByNewLink],
    ["heard verify passes on the recovered log, at most a second lost", logIsRecovered],
    ["each track of the first recording reaches the last second", eachTrackReachesTheEnd],
    ["a flipped byte is found and its second named", flippedByteIsNamed],
    ["the server ends cleanly", async () => {
      const code = await server.stop();
      if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
    }],
  ];
}
