// SPDX-License-Identifier: Apache-2.0
// A phone on a bad line: at 300 kbit/s with 3 % loss both ways speech stays intelligible both ways,
// and the picture is back within 5 s after a break.
import { lineFalls, lineIsDead } from "./lib/line_break.mjs";
import { SmallHearing } from "./lib/small_hearing.mjs";
import { Talk } from "./lib/talk.mjs";

const hearing = new SmallHearing("bad-line");
const talk = new Talk(hearing);

export const onFailure = () => hearing.onFailure();

export function steps(stage) {
  return [
    ["two who speak known words see and hear each other", () => talk.begin(stage)],
    ["on a good line speech is intelligible", () => talk.onGoodLine()],
    ["on an unusable line the measure says so", () => talk.onUnusableLine()],
    ["at 300 kbit/s with 3 % loss speech stays intelligible both ways", () => talk.onBadLine()],
    ["the line falls to 50 kbit/s for 10 s: pictures are back within 5 s", () => lineFalls(hearing)],
    ["the line is dead for 10 s: pictures are back within 5 s", () => lineIsDead(hearing)],
    ["the server ends cleanly", () => hearing.serverEnds()],
  ];
}
