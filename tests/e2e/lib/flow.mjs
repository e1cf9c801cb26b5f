// SPDX-License-Identifier: Apache-2.0
// Does media flow, and since when? For stories in which the network goes away and comes back.

const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const LOOK_MS = 250;
const LOOKS = 3; // pictures in so many looks one after the other: it flows

function total(rows, kind, field) {
  return rows.filter((row) => row.kind === kind).reduce((sum, row) => sum + row[field], 0);
}

async function figures(person) {
  const rows = await person.inbound();
  return { frames: total(rows, "video", "frames"), samples: total(rows, "audio", "packets") };
}

// Resolves to the milliseconds from `since` to the first of LOOKS looks with new frames and voice.
export async function flowsAgain(person, since, ms) {
  let before = await figures(person);
  let first = 0;
  let moving = 0;
  while (moving < LOOKS) {
    if (Date.now() - since > ms) throw new Error(`${person.name}: no media after ${ms} ms`);
    await sleep(LOOK_MS);
    const now = await figures(person);
    // A page that was loaded again counts from zero.
    const moves = now.frames > before.frames && now.samples > before.samples;
    if (moves && moving === 0) first = Date.now();
    moving = moves ? moving + 1 : 0;
    before = now;
  }
  return first - since;
}

// All of them; their times in ms.
export async function allFlowAgain(people, since, ms) {
  return Promise.all(people.map((person) => flowsAgain(person, since, ms)));
}
