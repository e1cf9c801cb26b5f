// SPDX-License-Identifier: Apache-2.0
// A phone with Firefox on a bad line, the desk with Chromium: speech and pictures as in 60_bad_line,
// and another address on the way.
import { lineIsDead } from "./lib/line_break.mjs";
import { sameSeat } from "./lib/move.mjs";
import { SmallHearing } from "./lib/small_hearing.mjs";
import { Talk } from "./lib/talk.mjs";

const hearing = new SmallHearing("bad-line-firefox");
const talk = new Talk(hearing);
const ADDRESS = "198.51.100.7";

export const onFailure = () => hearing.onFailure();

export function steps(stage) {
  return [
    ["Firefox on the phone and Chromium at the desk see and hear each other", () => talk.begin(stage, { phoneIsFirefox: true })],
    ["on a good line speech is intelligible", () => talk.onGoodLine()],
    ["on an unusable line the measure says so", () => talk.onUnusableLine()],
    ["at 300 kbit/s with 3 % loss speech stays intelligible both ways", () => talk.onBadLine()],
    ["the line is dead for 10 s: pictures are back within 5 s", () => lineIsDead(hearing)],
    ["the phone gets another address: the same seat, no click", () =>
      sameSeat(hearing, () => hearing.network.joinWifi(ADDRESS), "another address", ADDRESS)],
    ["nothing that the browsers sent was refused", () => hearing.nothingRefused()],
    ["the server ends cleanly", () => hearing.serverEnds()],
  ];
}
