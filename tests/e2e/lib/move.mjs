// SPDX-License-Identifier: Apache-2.0
// The phone of a small hearing is on another network: media are back on the same seat, without a click.
import { allFlowAgain } from "./flow.mjs";

const BACK_MAX_MS = 15_000;

const peers = (hearing) => hearing.people.petitioner.page.evaluate(() => window.heardPeers.length);

export async function isBack(hearing, what, since, max = BACK_MAX_MS) {
  const { petitioner, presiding } = hearing.people;
  const times = await allFlowAgain(Object.values(hearing.people), since, max);
  const path = await hearing.path();
  console.log(`# ${what}: the desk sees and hears the phone after ${times[0]} ms, the phone the desk after ${times[1]} ms, from ${path.local}`);
  await petitioner.sees("正在录制");
  await presiding.until("the phone counts as away", async () => !(await presiding.text()).includes("网络中断"), BACK_MAX_MS);
  return path;
}

// The same peer connection after it: ICE was restarted, no new offer was needed.
export async function sameSeat(hearing, change, what, local) {
  const before = await peers(hearing);
  const since = Date.now();
  await change();
  await hearing.people.petitioner.until(`${what}: no media from ${local}`, async () =>
    (await hearing.path().catch(() => null))?.local === local, BACK_MAX_MS);
  await isBack(hearing, what, since);
  if ((await peers(hearing)) !== before) throw new Error(`${what}: a new offer instead of an ICE restart`);
}
