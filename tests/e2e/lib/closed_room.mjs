// SPDX-License-Identifier: Apache-2.0
// What a page gets of a room, and whether its person was left in peace while rooms changed.
const QUIET_MS = 5000;
export const MOVE_MAX_MS = 15_000; // a desk with two cores and all browsers on it
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

// Runs in the page before its scripts: how often a device was asked for, and whether the page ever
// said that the line is broken.
export function keepWitness() {
  window.heardAsked = 0;
  window.heardBroken = [];
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wish) => {
    window.heardAsked += 1;
    return open(wish);
  };
  const banner = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "heard-banner") return el.shadowRoot?.querySelector(".warn")?.textContent ?? "";
      const inside = el.shadowRoot && banner(el.shadowRoot);
      if (inside) return inside;
    }
    return "";
  };
  setInterval(() => {
    const text = document.body ? banner(document).trim() : "";
    if (/中断|没有接通|重新连接/.test(text) && window.heardBroken.length < 20) window.heardBroken.push(text);
  }, 40);
}

// Packets and bytes of all living connections of this page.
async function received() {
  let [packets, bytes] = [0, 0];
  for (const peer of window.heardPeers ?? []) {
    if (peer.connectionState === "closed") continue;
    for (const s of (await peer.getStats()).values()) {
      if (s.type !== "inbound-rtp") continue;
      packets += s.packetsReceived;
      bytes += s.bytesReceived;
    }
  }
  return { packets, bytes };
}

// Not a packet of sound or picture for as long as that; what was under way may still come first.
export async function getsNothing(who) {
  await Promise.all(who.map(async (person) => {
    const before = await person.until("still gets packets", async () => {
      const first = await person.page.evaluate(received);
      await sleep(600);
      const then = await person.page.evaluate(received);
      return then.packets === first.packets ? then : null;
    }, 10_000);
    await sleep(QUIET_MS);
    const after = await person.page.evaluate(received);
    if (after.packets !== before.packets)
      throw new Error(`${person.name} got ${after.packets - before.packets} packets (${after.bytes - before.bytes} bytes) in ${QUIET_MS} ms`);
    console.log(`# ${person.name}: no packet in ${QUIET_MS} ms`);
  }));
}

export async function hearEachOther(who, ms = MOVE_MAX_MS) {
  await Promise.all(who.map(async (person) => {
    await person.receives("audio", 1, ms);
    await person.receives("video", who.length > 2 ? 2 : 1, ms);
  }));
}

// Nobody was asked for a device anew, nobody was told of a broken line.
export async function movedCalmly(who) {
  for (const person of who) {
    const { asked, broken } = await person.page.evaluate(() => ({ asked: window.heardAsked, broken: window.heardBroken }));
    if (asked !== person.asked) throw new Error(`${person.name}: devices were asked for again (${person.asked} → ${asked})`);
    if (broken.length) throw new Error(`${person.name} was told: ${broken[0]}`);
  }
}

export async function remember(who) {
  for (const person of who) {
    person.asked = await person.page.evaluate(() => {
      window.heardBroken = [];
      return window.heardAsked;
    });
  }
}
