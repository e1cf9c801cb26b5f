// SPDX-License-Identifier: Apache-2.0
// An interpreter in a reception: a voice of its own, and each listener chooses what to hear of it. Two
// speak at a time; what the page plays is looked at, and the large place stays with who is interpreted.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { admit, clerkLogsIn, staffComes } from "./lib/hearing_steps.mjs";
import { speakWhenTold } from "./lib/page_tools.mjs";
import { planHearing } from "./lib/plan.mjs";
import { Server } from "./lib/server.mjs";
import { petitionerComesQuickly } from "./lib/small_hearing.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const [PRESIDING, PETITIONER, INTERPRETER] = ["周正平", "李四", "符雅"];
const people = {};
let server;

mkdirSync(OUT, { recursive: true });

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-interpreter-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-interpreter-server.log"), server.log);
}

// Runs in the page: how loud it plays whose voice, e.g. {"李四": 1, "符雅": 0}.
function loudness() {
  const find = (root, name) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === name) return el;
      const inside = el.shadowRoot && find(el.shadowRoot, name);
      if (inside) return inside;
    }
    return null;
  };
  const { state } = find(document, "heard-room").live;
  const players = [...find(document, "heard-sound").shadowRoot.querySelectorAll("audio")];
  const loud = {};
  for (const { slot, participant } of state.slots) {
    const player = players[slot];
    if (!player?.srcObject) continue;
    const name = state.participants.get(participant).name;
    loud[name] = Math.max(loud[name] ?? 0, player.muted ? 0 : player.volume);
  }
  return loud;
}

const speak = (person, on) => person.page.evaluate((loud) => window.heardVoice.speak(loud), on);

async function plays(person, wanted, ms = 10_000) {
  let last;
  await person.until(`does not play ${JSON.stringify(wanted)}`, async () => {
    last = await person.page.evaluate(loudness);
    return Object.entries(wanted).every(([name, gain]) => Math.abs((last[name] ?? -1) - gain) < 0.001);
  }, ms).catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(last)}`); });
}

async function allCome(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  const chromium = await openChromium(stage);
  const clerk = await chromium.person("clerk", DESKTOP);
  await clerkLogsIn(clerk, server);
  const links = await planHearing(clerk, server, "reception",
    { parties: [PETITIONER], seats: [["presiding", PRESIDING], ["interpreter", INTERPRETER]] });
  await clerk.close();
  const voice = { scripts: [speakWhenTold] };
  people.presiding = await chromium.person("presiding", DESKTOP, voice);
  people.petitioner = await chromium.person("petitioner", PHONE, voice);
  people.interpreter = await chromium.person("interpreter", DESKTOP, voice);
  const { presiding, petitioner, interpreter } = people;
  await staffComes(presiding, links[PRESIDING]);
  for (const [person, name] of [[petitioner, PETITIONER], [interpreter, INTERPRETER]]) {
    await petitionerComesQuickly(person, links[name]);
    await admit(presiding, name);
  }
  await presiding.click("button", "宣布开始");
  for (const person of Object.values(people)) await person.sees("正在录制", 30_000);
  await petitioner.receives("audio", 2, 30_000);
}

async function everythingAtFirst() {
  await plays(people.presiding, { [PETITIONER]: 1, [INTERPRETER]: 1 });
}

async function theInterpretation() {
  const { presiding, petitioner, interpreter } = people;
  await speak(presiding, false);
  await speak(petitioner, true);
  await speak(interpreter, true);
  await presiding.click("button", "选择声音");
  await presiding.shot(join(OUT, "interpreter-choice.png"));
  await presiding.click("radio", "以翻译为主");
  await presiding.page.keyboard.press("Escape");
  await plays(presiding, { [PETITIONER]: 0.15, [INTERPRETER]: 1 });
  await speak(interpreter, false);
  await plays(presiding, { [PETITIONER]: 1, [INTERPRETER]: 1 });
}

async function theOriginal() {
  const { petitioner } = people;
  await speak(people.interpreter, true);
  await petitioner.click("button", "更多");
  await petitioner.click("button", "选择声音");
  await petitioner.shot(join(OUT, "interpreter-choice-phone.png"));
  await petitioner.click("radio", "只听原声");
  await petitioner.page.keyboard.press("Escape");
  await plays(petitioner, { [PRESIDING]: 1, [INTERPRETER]: 0 });
  await people.presiding.shot(join(OUT, "interpreter-desk.png"));
  if (await people.interpreter.has("button", "选择声音")) throw new Error("nobody interprets for the interpreter");
}

async function largeIsWhoIsInterpreted() {
  const { presiding } = people;
  await presiding.until("the large place is not the petitioner's", async () => (await presiding.page.evaluate(() => {
    const find = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.localName === "heard-stage") return el;
        const inside = el.shadowRoot && find(el.shadowRoot);
        if (inside) return inside;
      }
      return null;
    };
    return find(document).layout.main.participant.name;
  })) === PETITIONER, 10_000);
}

async function ends() {
  const code = await server.stop();
  if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
}

export const steps = (stage) => [
  ["presiding officer, petitioner and interpreter come", () => allCome(stage)],
  ["until somebody chooses, all voices are as they come", everythingAtFirst],
  ["the presiding officer hears the interpretation, the original quietly behind it", theInterpretation],
  ["the petitioner hears the original only; the interpreter has nothing to choose", theOriginal],
  ["the large place is the petitioner's, who spoke, not the interpreter's", largeIsWhoIsInterpreted],
  ["the server ends cleanly", ends],
];
