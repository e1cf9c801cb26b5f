// SPDX-License-Identifier: Apache-2.0
// The line of a small hearing is as good as gone for 10 s, with addresses and routes as they were.
import { allFlowAgain } from "./flow.mjs";

const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const BREAK_MS = 10_000;
const BACK_MAX_MS = 5_000;
const LOOK_MAX_MS = 30_000;

async function breaks(hearing, what, cut) {
  await cut();
  await sleep(BREAK_MS);
  const since = Date.now();
  await hearing.network.rate(null);
  await hearing.network.line();
  const [desk, phone] = await allFlowAgain(Object.values(hearing.people), since, LOOK_MAX_MS);
  console.log(`# ${what}: pictures flow again after ${desk} ms at the desk, ${phone} ms on the phone`);
  if (Math.max(desk, phone) > BACK_MAX_MS) throw new Error(`more than ${BACK_MAX_MS} ms`);
}

export function lineFalls(hearing) {
  return breaks(hearing, "50 kbit/s", async () => {
    await hearing.network.line();
    await hearing.network.rate({ up: 50, down: 50, queueMs: 500 });
  });
}

export function lineIsDead(hearing) {
  return breaks(hearing, "dead", () => hearing.network.line({ up: "loss=100", down: "loss=100" }));
}
