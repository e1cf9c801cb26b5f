// SPDX-License-Identifier: Apache-2.0
// A phone whose line carries voices only says so: on the picture that stands, and of its own line.
import { SmallHearing } from "./lib/small_hearing.mjs";
import { Starved } from "./lib/starved.mjs";

const hearing = new SmallHearing("starved");
const starved = new Starved(hearing);

export const onFailure = () => hearing.onFailure();

export function steps(stage) {
  return [
    ["two see and hear each other, and no picture waits", () => starved.begin(stage)],
    ["the desk sends no pictures: its tile says so, the phone's line is not blamed", () => starved.deskSendsNoPictures()],
    ["the line starves: the tile and the line say so within 10 s, sound flows", () => starved.lineStarves()],
    ["the line is back: within 10 s the words are gone and the picture moves", () => starved.lineIsBack()],
    ["a camera that is off is not said to wait", () => starved.deskTurnsCameraOff()],
    ["the server ends cleanly", () => hearing.serverEnds()],
  ];
}
