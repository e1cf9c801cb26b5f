// SPDX-License-Identifier: Apache-2.0
// The phone of a small hearing on a line that carries voices only, and what its page says of it.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { flowsAgain } from "./flow.mjs";
import { labels, sendPictures } from "./page_tools.mjs";

const OUT = fileURLToPath(new URL("../out", import.meta.url));
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const WAITS = "画面等待网络";
const STARVED = { down: 120, queueMs: 300 };
const SAYS_MAX_MS = 10_000;
const STANDS_MAX_MS = 6000; // a line may let pictures through for longer than SAYS_MAX_MS
const BACK_MAX_MS = 10_000;
const CLEARS_MAX_MS = 4000; // where pictures flow
const LOOK_MAX_MS = 40_000;
const CALM_MS = 5000;

export class Starved {
  constructor(hearing) {
    this.hearing = hearing;
  }

  get phone() {
    return this.hearing.people.petitioner;
  }

  async begin(stage, options = {}) {
    await this.hearing.open(stage, options);
    await this.hearing.phoneComes();
    await this.hearing.allSeeAndHear();
    await this.staysSo("says that pictures wait", async () => !(await this.saysWait()));
  }

  async saysWait() {
    return (await this.phone.text()).includes(WAITS);
  }

  async ownLine() {
    const all = await this.phone.page.evaluate(labels, "img");
    return all.find((label) => label.startsWith("您的线路："))?.slice(5) ?? "";
  }

  async frames() {
    return (await this.phone.inbound()).reduce((sum, row) => sum + row.frames, 0);
  }

  // For CALM_MS without a break: for a moment it may be otherwise on a machine with other work.
  async staysSo(otherwise, probe) {
    await this.phone.until(otherwise, async () => {
      for (const end = Date.now() + CALM_MS; Date.now() < end; await sleep(500)) if (!(await probe())) return false;
      return true;
    }, LOOK_MAX_MS);
  }

  // Until the probe says so; in time since the cause, or since the last frame that still came.
  async saysInTime(what, since, probe) {
    let frames = await this.frames();
    let moved = since;
    await this.phone.until(`does not say in ${LOOK_MAX_MS} ms: ${what}`, async () => {
      const now = await this.frames();
      if (now !== frames) moved = Date.now();
      frames = now;
      return probe();
    }, LOOK_MAX_MS);
    const [all, stood] = [Date.now() - since, Date.now() - moved];
    console.log(`# ${what} after ${all} ms, ${stood} ms after the last frame`);
    if (all > SAYS_MAX_MS && stood > STANDS_MAX_MS) throw new Error(`${what}: too late`);
  }

  // The desk's camera is on, as everybody is told, and nothing comes of it.
  async deskSendsNoPictures() {
    const { presiding } = this.hearing.people;
    await presiding.page.evaluate(sendPictures, false);
    await this.saysInTime("no pictures are sent: the tile says that it waits", Date.now(), () => this.saysWait());
    await this.staysSo("calls its own line bad", async () => (await this.ownLine()) !== "仅声音");
    await presiding.page.evaluate(sendPictures, true);
    await this.phone.seesNo(WAITS, LOOK_MAX_MS);
  }

  async lineStarves() {
    // On a machine with other work even a good line is rightly called weak.
    await this.phone.until("has no good line", async () => (await this.ownLine()) === "良好", LOOK_MAX_MS)
      .catch((error) => console.log(`# ${error.message}`));
    const since = Date.now();
    await this.hearing.network.rate(STARVED);
    await Promise.all([this.saysInTime(`${STARVED.down} kbit/s: the tile says that it waits`, since, () => this.saysWait()),
      this.saysInTime("the own line is not good", since, async () => (await this.ownLine()) !== "良好")]);
    console.log(`# the own line is ${await this.ownLine()}`);
    await this.phone.shot(join(OUT, `${this.hearing.name}-phone.png`));
    await this.phone.receives("audio", 1);
  }

  async lineIsBack(backMaxMs = BACK_MAX_MS) {
    await this.phone.sees(WAITS, LOOK_MAX_MS); // a picture may have come through
    const since = Date.now();
    await this.hearing.network.rate(null);
    const [words, flows] = await Promise.all([this.phone.seesNo(WAITS, LOOK_MAX_MS).then(() => Date.now() - since),
      flowsAgain(this.phone, since, LOOK_MAX_MS)]);
    console.log(`# the words are gone after ${words} ms, pictures flow after ${flows} ms`);
    if (words > backMaxMs || words > flows + CLEARS_MAX_MS) throw new Error(`not within ${backMaxMs} ms`);
  }

  async deskTurnsCameraOff() {
    await this.hearing.people.presiding.click("button", "关闭画面");
    await this.phone.sees("摄像头已关");
    await this.staysSo("says of a camera that is off that it waits", async () => !(await this.saysWait()));
  }
}
