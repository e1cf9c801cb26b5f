// SPDX-License-Identifier: Apache-2.0
// Who speaks is shown large, so people swap places again and again: nobody's picture may go black
// by it. Three in Chromium speak in turns, the department watches with Firefox.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, openFirefox, PHONE } from "./lib/browsers.mjs";
import { admit, clerkLogsIn, petitionerComes, staffComes } from "./lib/hearing_steps.mjs";
import { expectNoBlack, Looks } from "./lib/looks.mjs";
import { speakWhenTold } from "./lib/page_tools.mjs";
import { Server } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const TURN_MS = 4000; // who holds the large place keeps it for 2.5 s at least
const TURNS = 9;
const SWAPS_MIN = 3;
const people = {};
let server;
let watches;

mkdirSync(OUT, { recursive: true });
const isDesktop = ({ person }) => person === people.presiding || person === people.housing;
const everybody = () => Object.values(people);
const shot = (person, name) => person.shot(join(OUT, `speakers-${name}.png`));

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-speakers-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-speakers-server.log"), server.log);
}

async function allCome(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  const chromium = await openChromium(stage);
  const firefox = await openFirefox(stage);
  const voice = { scripts: [speakWhenTold] };
  people.petitioner = await chromium.person("petitioner", PHONE, voice);
  people.presiding = await chromium.person("presiding", DESKTOP, voice);
  people.clerk = await chromium.person("clerk", DESKTOP, voice);
  people.housing = await firefox.person("housing", DESKTOP);
  const { clerk, presiding, petitioner, housing } = people;
  await clerkLogsIn(clerk, server);
  await staffComes(presiding, server.demo.links.presiding);
  await staffComes(housing, server.demo.links.department[0]);
  await petitionerComes(petitioner, server.demo.links.petitioner);
  await admit(clerk, "张小满");
  await clerk.until("somebody is still in the lobby", async () => {
    if (!(await clerk.has("button", "准入")) && !(await clerk.has("button", "相符"))) return true;
    for (const label of ["准入", "相符", "核验身份"]) await clerk.click("button", label, 0, 500).catch(() => {});
    return false;
  }, 60_000);
  await presiding.click("button", "宣布开始");
  for (const person of everybody()) await person.sees("正在录制", 30_000);
  await housing.click("button", "静音"); // Firefox's fake microphone never ends its tone
}

const speak = (person, on) => person.page.evaluate((loud) => window.heardVoice.speak(loud), on);

async function takeTurns() {
  const speakers = [people.petitioner, people.presiding, people.clerk];
  for (const one of speakers) await speak(one, false);
  await sleep(1000);
  for (let turn = 0; turn < TURNS; turn++) {
    const now = speakers[turn % speakers.length];
    await speak(now, true);
    await sleep(TURN_MS);
    await speak(now, false);
  }
}

// Runs in the page: the tiles in the order of keyboard and screen reader, and whose button has the focus.
function readPlaces() {
  const find = (root, name, found = []) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === name) found.push(el);
      if (el.shadowRoot) find(el.shadowRoot, name, found);
    }
    return found;
  };
  const slots = [...find(document, "heard-places")[0].shadowRoot.querySelectorAll("slot")];
  let focus = document.activeElement;
  while (focus?.shadowRoot?.activeElement) focus = focus.shadowRoot.activeElement;
  return { tiles: slots.flatMap((slot) => slot.assignedElements().map((el) => el.tile.participant.name)),
    focus: focus?.getRootNode().host?.tile?.participant.name ?? "", label: focus?.getAttribute("aria-label") ?? "" };
}

// Runs in the page: what the tile of this person shows.
function readTile(name) {
  const find = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "heard-tile" && el.tile.participant.name === name) return el.shadowRoot;
      const inside = el.shadowRoot && find(el.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const tile = find(document);
  return { text: tile.querySelector(".initial")?.textContent ?? "", video: !!tile.querySelector("video"), still: !!tile.querySelector("canvas") };
}

// Runs in the page: whose tiles are marked as speaking.
function readMarks() {
  const find = (root, found = []) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "heard-tile" && el.shadowRoot.querySelector("figure.speaking")) found.push(el.tile.participant.name);
      if (el.shadowRoot) find(el.shadowRoot, found);
    }
    return found;
  };
  return find(document);
}

async function marksFollowTheVoice() {
  for (const [name, speaker] of [["张小满", people.petitioner], ["林书宁", people.clerk]])
    for (const loud of [true, false]) {
      await speak(speaker, loud);
      for (const person of [people.presiding, people.housing])
        await person.until(`${name} ${loud ? "speaks" : "is silent"}, marked wrongly`, async () => {
          const marks = (await person.page.evaluate(readMarks)).join();
          if (marks !== (loud ? name : "")) throw new Error(marks || "nobody");
          return true;
        }, 10_000);
    }
}

async function pinsByKeyboard(person, one, other) {
  const places = () => person.page.evaluate(readPlaces);
  for (const name of [one, other, one, other]) {
    await (await person.find("button", `固定为主画面 ${name}`)).focus();
    await person.press("Enter");
    await person.until(`${name} is not large with the focus kept`, async () => {
      const { tiles, focus, label } = await places();
      if (tiles[0] !== name || tiles.length !== 4 || focus !== name || !label.startsWith("取消固定"))
        throw new Error(JSON.stringify([tiles, focus, label]));
      return true;
    });
    await sleep(1500);
  }
  await person.press("Enter");
  await person.until("still pinned", async () => (await places()).label.startsWith("固定"));
}

// Runs in the page. "streams": other MediaStreams with the same tracks; "seat": a new offer that takes
// the seat over, as after a network that was gone. Returns who has which slot.
async function renew(what) {
  const find = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "heard-room") return el;
      const inside = el.shadowRoot && find(el.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const { live } = find(document);
  if (what === "seat") await live.media.rejoin();
  if (what === "streams") live.streams = live.streams.map((stream) => stream && new MediaStream(stream.getTracks()));
  live.dispatchEvent(new Event("change"));
  return JSON.stringify(live.state.slots.filter(({ video }) => video === "camera"));
}

async function streamsAreReplaced() {
  for (let i = 0; i < 5; i++) {
    for (const person of everybody()) await person.page.evaluate(renew, "streams");
    await sleep(1500);
  }
}

async function seatsAreTakenOver() {
  for (const person of [people.presiding, people.housing]) {
    const before = await person.page.evaluate(renew, "nothing");
    await person.page.evaluate(renew, "seat");
    await sleep(4000);
    const after = await person.page.evaluate(renew, "nothing");
    if (after !== before) throw new Error(`${person.name}: others have moved: ${before} ${after}`);
    await person.receives("video", 3);
  }
}

async function cameraGoesOff() {
  await people.clerk.click("button", "关闭画面");
  const seen = () => people.presiding.page.evaluate(readTile, "林书宁");
  await people.presiding.until("still has a picture", async () => {
    await people.presiding.page.evaluate(renew, "streams");
    const { text, video, still } = await seen();
    if (!text.includes("摄像头已关") || video || still) throw new Error(JSON.stringify([text, video, still]));
    return true;
  });
}

export function steps(stage) {
  return [
    ["four come and the hearing opens", () => allCome(stage)],
    ["each sees the three others", async () => {
      for (const person of everybody()) await person.receives("video", 3, 60_000);
    }],
    ["the speaker changes every few seconds: no picture goes black", async () => {
      watches = everybody().map((person) => new Looks(person));
      for (const looks of watches) await looks.watch();
      await sleep(1000);
      await takeTurns();
      for (const [name, person] of Object.entries(people)) await shot(person, name);
      await expectNoBlack("turns", watches, { swaps: SWAPS_MIN });
    }],
    ["who speaks is marked, and nobody in silence", marksFollowTheVoice],
    ["pinned by keyboard: the focus goes along, the large one is read first", async () => {
      await pinsByKeyboard(people.presiding, "陈建", "张小满");
      await pinsByKeyboard(people.housing, "林书宁", "张小满");
      await expectNoBlack("pins", watches.filter(isDesktop), { swaps: SWAPS_MIN });
    }],
    ["other streams: the last picture stays until the first new one", async () => {
      await streamsAreReplaced();
      await expectNoBlack("streams", watches, { stills: true });
    }],
    ["the seat is taken over: everybody keeps the slot and the last picture", async () => {
      await seatsAreTakenOver();
      await expectNoBlack("seats", watches.filter(isDesktop), { stills: true });
    }],
    ["a camera that goes off leaves no picture behind", cameraGoesOff],
    ["the server ends cleanly", async () => {
      const code = await server.stop();
      if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
    }],
  ];
}
