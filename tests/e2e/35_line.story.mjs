// SPDX-License-Identifier: Apache-2.0
// A petitioner's machine stops in the middle of a hearing: the clerk sees the lost line within
// seconds, and that it is good again; afterwards the case file says who had which line when.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { admit, clerkLogsIn, petitionerComes } from "./lib/hearing_steps.mjs";
import { labels } from "./lib/page_tools.mjs";
import { signalTree, startedBy } from "./lib/processes.mjs";
import { Server } from "./lib/server.mjs";
import { Client, Socket } from "../integration/lib/client.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const NAME = "张小满";
const LOST_MS = 12_000;
const people = {};
let server;
let presiding; // a WebSocket
let commands = 0;
let machine; // process id of the petitioner's browser

mkdirSync(OUT, { recursive: true });
const shot = (person, name) => person.shot(join(OUT, `${name}.png`));

export async function onFailure() {
  if (machine) signalTree(machine, "SIGCONT");
  for (const [name, person] of Object.entries(people)) await shot(person, `failed-line-${name}`).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-line-server.log"), server.log);
}

async function staffIsThere(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  const offices = await openChromium(stage);
  const [home, pid] = await startedBy(() => openChromium(stage));
  machine = pid;
  stage.atEnd(async () => signalTree(machine, "SIGCONT")); // closed in reverse: before the browser
  people.clerk = await offices.person("clerk", DESKTOP);
  people.petitioner = await home.person("petitioner", PHONE);
  const { clerk } = people;
  await clerkLogsIn(clerk, server);
  await clerk.sees("等候");
  await presidingComes();
  stage.atEnd(async () => presiding.close());
}

// Without a page: two browsers are enough for a small machine.
async function presidingComes() {
  const client = new Client(server.demo.http);
  await client.openLink(server.demo.links.presiding);
  const { socket } = await Socket.open(server.demo.http, `/api/v1/hearings/${server.demo.hearing}/events`, { cookie: client.cookie });
  presiding = socket;
  await presides("hello", { language: "zh", slots: 0 });
}

async function presides(type, data = {}) {
  const id = (commands += 1);
  presiding.command(id, type, data);
  const reply = await presiding.next((m) => m.re === id);
  if (!reply.ok) throw new Error(JSON.stringify(reply));
}

async function petitionerIsAdmitted() {
  await petitionerComes(people.petitioner, server.demo.links.petitioner);
  await admit(people.clerk, NAME);
  await people.petitioner.sees("静音");
}

const lineIs = (person, level, ms) => person.find("img", `${NAME}的线路：${level}`, 0, ms);

// Any level but lost: on a machine that is busy with other work even a good line is rightly called weak.
async function lineIsThere(person, ms) {
  return person.until("has no line", async () => {
    for (const level of ["良好", "较弱", "仅声音"]) if (await person.has("img", `${NAME}的线路：${level}`)) return level;
    return null;
  }, ms);
}

async function goodLine() {
  await presides("hearing.open");
  await people.petitioner.receives("audio", 1, 40_000);
  console.log(`# at first ${await lineIsThere(people.clerk, 40_000)}`);
  await people.petitioner.find("img", "您的线路：");
  const lines = (await people.petitioner.page.evaluate(labels, "img")).filter((label) => label.includes("线路"));
  if (lines.length !== 1) throw new Error(`the petitioner sees more than the own line: ${lines}`);
}

async function stops() {
  const since = Date.now();
  signalTree(machine, "SIGSTOP");
  await lineIs(people.clerk, "中断", LOST_MS);
  console.log(`# lost after ${((Date.now() - since) / 1000).toFixed(1)} s`);
  const told = await presiding.next((m) => m.type === "quality.changed" && m.data.level === "lost");
  console.log(`# the server said so after ${((told.data.since_ms - since) / 1000).toFixed(1)} s`);
  await shot(people.clerk, "line-lost-clerk");
}

async function comesBack() {
  const since = Date.now();
  signalTree(machine, "SIGCONT");
  const level = await lineIsThere(people.clerk, 60_000);
  console.log(`# ${level} after ${((Date.now() - since) / 1000).toFixed(1)} s`);
  await people.petitioner.receives("audio", 1, 40_000);
}

async function inTheCaseFile() {
  const { clerk } = people;
  await presides("hearing.close", { outcome: "explained", note: "已说明。" });
  await people.petitioner.sees("接访已结束");
  await clerk.open(`${server.demo.http}/cases`);
  await clerk.click("link", "漏水");
  await clerk.click("link", "已开始");
  await clerk.sees("线路情况");
  await clerk.until("no line was lost", async () => /中断 \d+ 次/.test(await clerk.text()));
  await clerk.click("button", "逐次记录");
  await shot(clerk, "line-history");
  let rows;
  const read = async () => {
    rows = await clerk.page.evaluate(async (hearing) =>
      (await (await fetch(`/api/v1/hearings/${hearing}/quality`)).json()).items, server.demo.hearing);
    return rows.filter((row) => rows.some((one) => one.level === "lost" && one.participant === row.participant)).map((row) => row.level);
  };
  // Told at once, written behind it.
  const levels = await clerk.until("the end of the line is not kept", async () => {
    const now = await read();
    return now.at(-1) === "none" ? now : null;
  });
  console.log(`# petitioner: ${levels.join(" ")}`);
  const lost = levels.indexOf("lost");
  if (lost < 1 || !levels.slice(lost, -1).some((level) => level !== "lost")) throw new Error(JSON.stringify(rows));
}

export function steps(stage) {
  return [
    ["clerk and presiding officer are there", () => staffIsThere(stage)],
    ["the petitioner comes and is admitted", petitionerIsAdmitted],
    ["the desk sees the petitioner's line, the petitioner only the own", goodLine],
    ["the petitioner's machine stops: the desk sees a lost line", stops],
    ["it goes on: the line is there again", comesBack],
    ["the case file tells who had which line when", inTheCaseFile],
  ];
}
