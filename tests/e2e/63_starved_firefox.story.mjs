// SPDX-License-Identifier: Apache-2.0
// 62_starved with Firefox on the phone.
import { SmallHearing } from "./lib/small_hearing.mjs";
import { Starved } from "./lib/starved.mjs";

const hearing = new SmallHearing("starved-firefox");
const starved = new Starved(hearing);

export const onFailure = () => hearing.onFailure();

export function steps(stage) {
  return [
    ["Firefox on the phone and Chromium at the desk: no picture waits", () => starved.begin(stage, { phoneIsFirefox: true })],
    ["the desk sends no pictures: its tile says so, the phone's line is not blamed", () => starved.deskSendsNoPictures()],
    ["the line starves: the tile and the line say so within 10 s, sound flows", () => starved.lineStarves()],
    // Pictures to Firefox were seen to take 20 s once.
    ["the line is back: the words are gone and the picture moves", () => starved.lineIsBack(30_000)],
    ["the server ends cleanly", () => hearing.serverEnds()],
  ];
}
