// SPDX-License-Identifier: Apache-2.0
// A phone that changes networks, loses its network for a while, or sleeps: it keeps its seat and is
// back without a click.
import { isBack, sameSeat } from "./lib/move.mjs";
import { SmallHearing } from "./lib/small_hearing.mjs";

const hearing = new SmallHearing("roaming");
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const SLEEP_MS = 40_000; // past the 30 s of consent and the 35 s of the WebSocket
let frozen;

export const onFailure = () => hearing.onFailure();

async function shortOutage() {
  await hearing.network.cutWifi();
  await sleep(4000);
  const since = Date.now();
  await hearing.network.joinWifi();
  await isBack(hearing, "wifi back after 4 s", since);
}

// Scripts of the page stand still and the radio is off.
async function fallsAsleep() {
  const { petitioner } = hearing.people;
  frozen = await petitioner.page.context().newCDPSession(petitioner.page);
  await frozen.send("Page.setWebLifecycleState", { state: "frozen" });
  await hearing.network.cutWifi();
  await sleep(SLEEP_MS);
  await hearing.people.presiding.sees("网络中断", 1000);
}

async function wakesUp() {
  const since = Date.now();
  await hearing.network.joinWifi();
  await frozen.send("Page.setWebLifecycleState", { state: "active" });
  await isBack(hearing, "awake after 40 s", since, 30_000);
}

export function steps(stage) {
  return [
    ["a phone and a desk see and hear each other", async () => {
      await hearing.open(stage);
      await hearing.phoneComes();
      await hearing.allSeeAndHear();
    }],
    ["the phone gets another address: the same seat, no click", () =>
      sameSeat(hearing, () => hearing.network.joinWifi("198.51.100.7"), "another address", "198.51.100.7")],
    ["from wifi to the mobile network: the same seat, no click", () =>
      sameSeat(hearing, () => hearing.network.leaveWifiForCell(), "wifi to mobile", "198.51.100.130")],
    ["from the mobile network back to wifi: the same seat, no click", () =>
      sameSeat(hearing, () => hearing.network.leaveCellForWifi(), "mobile to wifi", "198.51.100.2")],
    ["the network is away for 4 s", shortOutage],
    ["the phone sleeps for 40 s: its seat is kept", fallsAsleep],
    ["it wakes up and is back without a click", wakesUp],
    ["the server ends cleanly", () => hearing.serverEnds()],
  ];
}
