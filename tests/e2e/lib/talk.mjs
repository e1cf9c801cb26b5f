// SPDX-License-Identifier: Apache-2.0
// Two of a small hearing say known words, and each one's recording of the other is compared with
// them. What is compared is sound, not packets.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { allFlowAgain } from "./flow.mjs";
import { tempFolder } from "./server.mjs";
import { decode, envelopes, intelligibility, makeSpeech, recordHeard } from "./speech.mjs";

const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const RECORD_MS = 12_000;
const BACK_MAX_MS = 30_000; // an attempt to come back may be under way in the worst moment
const PIECES_MIN = 20;
// The undisturbed line gives 0.9 and more, the unusable one less than half; halfway is a poor call.
const INTELLIGIBLE = 0.75;
const BAD = "delay=40 jitter=10 loss=3";
const UNUSABLE = "delay=100 loss=60 burst=20"; // what the measure must refuse

export class Talk {
  constructor(hearing) {
    this.hearing = hearing;
    this.folder = tempFolder("speech");
  }

  // options as SmallHearing.open takes them.
  async begin(stage, options = {}) {
    this.speech = makeSpeech(this.folder);
    await this.hearing.open(stage, { ...options, speech: this.speech.file });
    await this.hearing.phoneComes();
    await this.hearing.allSeeAndHear();
  }

  // What both hear at the same time: { desk, phone }.
  async listen(what) {
    const [desk, phone] = await Promise.all(Object.values(this.hearing.people).map(async (person) => {
      const file = join(this.folder, person.name);
      writeFileSync(file, Buffer.from(await person.page.evaluate(recordHeard, RECORD_MS), "base64"));
      return intelligibility(this.speech.reference, envelopes(decode(file)));
    }));
    const show = ({ score, clear, pieces }) => `${score.toFixed(3)} (${Math.round(clear * 100)} % of ${pieces} pieces clear)`;
    console.log(`# ${what}: the desk hears the phone ${show(desk)}, the phone hears the desk ${show(phone)}`);
    return { desk, phone };
  }

  async frameSizes() {
    const rows = await Promise.all(Object.values(this.hearing.people).map((person) => person.inbound()));
    return rows.map((all) => all.filter((row) => row.kind === "video").map((row) => row.width).join("/")).join(" and ");
  }

  async onGoodLine() {
    expectBoth(await this.listen("good line"), true);
  }

  async onUnusableLine() {
    await this.hearing.network.line({ up: UNUSABLE, down: UNUSABLE });
    expectBoth(await this.listen("60 % lost in runs"), false);
    const since = Date.now();
    await this.hearing.network.line();
    const [desk, phone] = await allFlowAgain(Object.values(this.hearing.people), since, BACK_MAX_MS);
    console.log(`# after it: media flow again after ${desk} ms at the desk, ${phone} ms on the phone`);
  }

  // 300 kbit/s with 3 % loss, both ways; the line stays so.
  async onBadLine() {
    const { network } = this.hearing;
    await network.line({ up: BAD, down: BAD });
    await network.rate({ up: 300, down: 300, queueMs: 300 });
    await sleep(8000);
    const scores = await this.listen("300 kbit/s, 3 % loss");
    console.log(`# widths seen: ${await this.frameSizes()}; ${await network.lineFigures()}`);
    expectBoth(scores, true);
  }
}

function expectBoth(scores, good) {
  for (const [who, { score, pieces }] of Object.entries(scores)) {
    if (pieces < PIECES_MIN) throw new Error(`${who}: only ${pieces} pieces with speech`);
    if (good ? score < INTELLIGIBLE : score >= INTELLIGIBLE) throw new Error(`${who}: ${score.toFixed(3)}`);
  }
}
