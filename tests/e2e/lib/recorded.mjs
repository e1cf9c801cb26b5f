// SPDX-License-Identifier: Apache-2.0
// A short hearing of two that is recorded, with what a review has to show: turns and silence, a
// camera that was off, a recess. The petitioner and the presiding officer speak when told.
import { DESKTOP, PHONE } from "./browsers.mjs";
import { admit, staffComes } from "./hearing_steps.mjs";
import { speakWhenTold } from "./page_tools.mjs";
import { petitionerComesQuickly } from "./small_hearing.mjs";

export const PETITIONER = "张小满";
export const PRESIDING = "周正平";
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const speak = (person, on) => person.page.evaluate((loud) => window.heardVoice.speak(loud), on);

async function login(server) {
  const json = { "Content-Type": "application/json" };
  const answer = await fetch(`${server.demo.http}/api/v1/login`, { method: "POST", headers: json, body: JSON.stringify(server.demo.accounts.clerk) });
  return { ...json, Cookie: answer.headers.get("set-cookie").split(";")[0] };
}

// Of a kind that the presiding officer may open without a clerk: links by role, and its id.
async function schedule(server, headers) {
  const seats = [{ role: "petitioner", name: PETITIONER }, { role: "presiding", name: PRESIDING }];
  const made = await fetch(`${server.demo.http}/api/v1/cases/${server.demo.case}/hearings`, { method: "POST", headers,
    body: JSON.stringify({ kind: "reception", planned_start_ms: Date.now(), seats }) });
  if (made.status !== 201) throw new Error(`schedule: ${made.status} ${await made.text()}`);
  const { links, hearing } = await made.json();
  const local = (url) => url.replace(/^https:[/][/][^/]*/, server.demo.http);
  return { id: hearing.id, ...Object.fromEntries(links.map(({ role, url }) => [role, local(url)])) };
}

// { petitioner, presiding }, both in the hearing, which is open and recorded.
export async function openHearing(server, chromium) {
  const hearing = await schedule(server, await login(server));
  const presiding = await chromium.person("presiding", DESKTOP, { scripts: [speakWhenTold] });
  const petitioner = await chromium.person("petitioner", PHONE, { scripts: [speakWhenTold] });
  await staffComes(presiding, hearing.presiding);
  await petitionerComesQuickly(petitioner, hearing.petitioner);
  await admit(presiding, PETITIONER);
  await presiding.until("cannot open", async () => {
    if ((await presiding.text()).includes("正在录制")) return true;
    await presiding.click("button", "宣布开始", 0, 1000).catch(() => {});
    return false;
  }, 40_000);
  for (const person of [presiding, petitioner]) {
    await person.receives("video", 1, 60_000);
    await speak(person, false);
  }
  return { id: hearing.id, presiding, petitioner };
}

// A voice for so long, or nobody's.
export async function says(person, ms) {
  await speak(person, true);
  await sleep(ms);
  await speak(person, false);
}

export async function cameraOff(person, ms) {
  await person.click("button", "关闭画面");
  await sleep(ms);
  await person.click("button", "打开画面");
}

export async function recess({ presiding }, ms) {
  await presiding.click("button", "休会");
  await presiding.fill("理由", "当事人需要休息");
  await presiding.click("button", "休会", 1);
  await sleep(ms);
  await presiding.click("button", "恢复");
}

export async function close({ presiding, petitioner }) {
  await presiding.click("button", "结束接访");
  await presiding.click("radio", "解释");
  await presiding.fill("说明", "已说明维修责任。");
  await presiding.click("button", "结束接访", 1);
  await petitioner.sees("接访已结束");
  await presiding.close();
  await petitioner.close();
}

// The recording of this hearing, once its files are there.
export async function derived(server, hearingId) {
  const headers = await login(server);
  for (let i = 0; i < 300; i++) {
    const file = await (await fetch(`${server.demo.http}/api/v1/cases/${server.demo.case}`, { headers })).json();
    const found = file.recordings.find((one) => one.hearing_id === hearingId && one.derived.state === "ready");
    if (found) return found;
    await sleep(300);
  }
  throw new Error("the recording does not become ready");
}
