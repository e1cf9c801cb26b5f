// SPDX-License-Identifier: Apache-2.0
// A large camera is sent in three layers. What the phone gets of it follows what it shows and what
// its line carries, and no change of layer holds the picture up for more than half a second. Once
// with VP8 and once with H.264.
import { layersSent, Pictures } from "./lib/pictures.mjs";
import { SmallHearing } from "./lib/small_hearing.mjs";
import { DESKTOP, PHONE } from "./lib/browsers.mjs";

const CAMERA = { width: 1280, height: 720, frameRate: 20 };
const SMALL = 180;
const MIDDLE = 360;
const LARGE = 720;
const GAP_MAX_MS = 500;
const SETTLE_MS = 2_000;
const CALM_MS = 6_000;
const CALM_TRIES_MAX = 15;
const TRIES_MAX = 6;
const BAD_FALLS_MAX = 1;
const BUSY = 0.75; // the part of its pictures that the desk makes on a machine that is free
const LIMIT_KBIT = 400;
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
let hearing;
let pictures;

export const onFailure = () => hearing?.onFailure();

// In the page: a browser that knows no other codec for pictures than H.264.
function withoutVp8() {
  for (const Side of [RTCRtpSender, RTCRtpReceiver]) {
    const all = Side.getCapabilities.bind(Side);
    Side.getCapabilities = (kind) => {
      const found = all(kind);
      return found && { ...found, codecs: found.codecs.filter(({ mimeType }) => mimeType.toLowerCase() !== "video/vp8") };
    };
  }
}

async function opens(stage, codec) {
  const scripts = codec === "H264" ? [withoutVp8] : [];
  hearing = new SmallHearing(`layers-${codec}`);
  await hearing.open(stage, {
    deskArgs: [`--use-fake-device-for-media-stream=fps=${CAMERA.frameRate}`],
    deskOptions: { camera: CAMERA, scripts }, phoneOptions: { scripts },
  });
  await hearing.phoneComes();
  await hearing.allSeeAndHear();
  pictures = new Pictures(hearing.people.petitioner);
  await pictures.watch();
}

async function sendsThree(codec) {
  const { presiding } = hearing.people;
  const sent = await presiding.until("does not send three layers", async () => {
    const rows = await flowing(2_000);
    if (rows.length === 3 && rows.every(({ fps }) => fps > 0) && rows.map(({ height }) => height).join() === [SMALL, MIDDLE, LARGE].join()) return rows;
    throw new Error(JSON.stringify(rows));
  }, 60_000);
  for (const { rid, height, fps, kbit, encoder, limit } of sent) console.log(`# ${rid}: ${height} lines, ${fps} fps, ${kbit} kbit/s, ${encoder}, limited by ${limit}`);
  for (const row of sent) if (row.codec !== `video/${codec}`) throw new Error(`${row.rid}: ${row.codec}`);
}

// What the desk sends in so many milliseconds.
async function flowing(ms) {
  const { presiding } = hearing.people;
  const before = await layersSent(presiding);
  const from = Date.now();
  await sleep(ms);
  return rates(before, await layersSent(presiding), Date.now() - from);
}

function rates(before, after, ms) {
  return after.map((row) => {
    const was = before.find(({ rid }) => rid === row.rid) ?? row;
    return { ...row, fps: Math.round((row.frames - was.frames) * 1000 / ms), kbit: Math.round((row.bytes - was.bytes) * 8 / ms) };
  });
}

// Does this and waits until the phone shows that; nothing may stand still meanwhile. What went wrong
// while other work kept this machine from making pictures, or from showing even those of the own
// camera, says nothing: false, do it again.
async function change(what, act, isThere, waitMs = 30_000) {
  const { petitioner, presiding } = hearing.people;
  const before = await pictures.figures();
  const sentBefore = await layersSent(presiding);
  const from = await pictures.now();
  await act();
  await petitioner.until(`${what}: not there`, async () => {
    const now = await pictures.figures();
    if (now && isThere(now.height)) return true;
    throw new Error(JSON.stringify({ now, sent: await layersSent(presiding) }));
  }, waitMs);
  await sleep(SETTLE_MS);
  const gap = await pictures.longestGap(from);
  const shown = await pictures.since(from);
  const first = shown.find(({ at, height }) => at >= from && isThere(height));
  const made = Math.max(...rates(sentBefore, await layersSent(presiding), await pictures.now() - from).map(({ fps }) => fps));
  const ownGap = await pictures.longestGap(from, "own");
  const isFree = made >= CAMERA.frameRate * BUSY && ownGap <= GAP_MAX_MS / 2;
  const after = await pictures.figures();
  const same = before?.id === after.id;
  const freezes = same ? after.freezes - before.freezes : after.freezes;
  const frozenMs = same ? after.frozenMs - before.frozenMs : after.frozenMs;
  console.log(`# ${what}: ${after.height} lines after ${first ? Math.round(first.at - from) : "?"} ms, longest gap ${gap} ms, ` +
    `${freezes} freezes of ${frozenMs} ms together, made at ${made} fps, own camera ${ownGap} ms, lost ${after.lost}, PLI ${after.plis}`);
  const wrong = !isThere(after.height) ? `${after.height} lines` : gap > GAP_MAX_MS ? `nothing new for ${gap} ms`
    : frozenMs > freezes * GAP_MAX_MS ? `${freezes} freezes of ${frozenMs} ms` : "";
  if (wrong && isFree) throw new Error(wrong);
  if (wrong) console.log(`# ${wrong}, but the machine is busy: once more`);
  return !wrong;
}

// Changes that lead back to where they begin.
async function round(...changes) {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    let isGood = true;
    for (const one of changes) isGood = (await one()) && isGood;
    if (isGood) return;
  }
  throw new Error(`the machine is busy: ${TRIES_MAX} times`);
}

const lines = (height) => (shown) => shown === height;

async function calm(codec) {
  const { petitioner } = hearing.people;
  await petitioner.until("not the middle layer", async () => (await pictures.figures())?.height === MIDDLE);
  for (let tries = 0; tries < CALM_TRIES_MAX; tries++) {
    const before = await pictures.figures();
    const from = await pictures.now();
    const sent = await flowing(CALM_MS);
    const gap = await pictures.longestGap(from);
    const ownGap = await pictures.longestGap(from, "own");
    const { freezes, fps, codec: mime } = await pictures.figures();
    if (mime !== `video/${codec}`) throw new Error(mime);
    console.log(`# calm: longest gap ${gap} ms, ${freezes - before.freezes} freezes, ${fps} fps of ${sent[0].fps}, own camera ${ownGap} ms`);
    if (Math.max(gap, ownGap) <= GAP_MAX_MS / 2) return;
  }
  throw new Error("this machine is too busy to tell");
}

const turns = (size) => () => hearing.people.petitioner.page.setViewportSize(size);
const wide = () => change("a large screen", turns(DESKTOP), lines(LARGE));
const narrow = () => change("a phone's screen", turns(PHONE), lines(MIDDLE));
const shares = () => change("a shared screen has the large place", () => hearing.people.presiding.click("button", "共享屏幕"), lines(SMALL));
// The first is on the shared screen.
const pins = () => change("the camera is pinned", () => hearing.people.petitioner.click("button", "固定为主画面", 1), lines(MIDDLE));
const unpins = () => change("no more pinned", () => hearing.people.petitioner.click("button", "取消固定"), lines(SMALL));
const endsSharing = () => change("the screen is gone", () => hearing.people.presiding.click("button", "停止共享"), lines(MIDDLE));

const falls = () => change(`${LIMIT_KBIT} kbit/s`, () => hearing.network.rate({ down: LIMIT_KBIT, queueMs: 300 }), (height) => height < LARGE);
const rises = () => change("no more limit", () => hearing.network.rate(null), lines(LARGE), 60_000);

async function staysLow() {
  await sleep(8_000);
  const before = await pictures.figures();
  const from = await pictures.now();
  const sent = await flowing(5_000);
  const gap = await pictures.longestGap(from);
  const count = (await pictures.since(from)).length;
  const { height, bytes } = await pictures.figures();
  const kbit = Math.round((bytes - before.bytes) * 8 / 5000);
  const ownGap = await pictures.longestGap(from, "own");
  // Chromium counts its padding to what the smallest layer sent: 550 kbit/s here are 110 of H.264.
  console.log(`# at ${LIMIT_KBIT} kbit/s: ${height} lines, ${Math.round(count / 5)} fps of ${sent[0].fps}, ${kbit} kbit/s, longest gap ${gap} ms, own camera ${ownGap} ms; ` +
    `sent ${sent.map(({ height: h, kbit: rate }) => `${h}: ${rate}`).join(", ")} kbit/s`);
  const wrong = kbit > LIMIT_KBIT ? `${kbit} kbit/s` : gap > GAP_MAX_MS ? `nothing new for ${gap} ms` : "";
  if (wrong && ownGap <= GAP_MAX_MS / 2) throw new Error(wrong);
  return !wrong;
}

// What the line loses at the moment of its fall is chance: of two falls one must go without a freeze.
async function slowLine() {
  const { petitioner } = hearing.people;
  await wide();
  for (let bad = 0; ; ) {
    try {
      return await round(falls, staysLow, rises);
    } catch (error) {
      console.log(`# a fall that froze: ${error.message}`);
      if (++bad > BAD_FALLS_MAX) throw error;
      await hearing.network.rate(null);
      await petitioner.until("not the large layer again", async () => (await pictures.figures())?.height === LARGE, 60_000);
    }
  }
}

async function ends() {
  const refused = await hearing.server.misunderstood();
  console.log(`# refused: ${JSON.stringify(refused)}`);
  for (const person of Object.values(hearing.people)) await person.close();
  await hearing.serverEnds();
  if (Object.keys(refused).length) throw new Error(JSON.stringify(refused));
}

export function steps(stage) {
  const hearingWith = (codec) => [
    ["a desk with a large camera and a phone see and hear each other", () => opens(stage, codec)],
    ["three layers are sent", () => sendsThree(codec)],
    ["in calm times pictures come steadily", () => calm(codec)],
    ["more lines on a large screen, fewer on a phone's", () => round(wide, narrow)],
    ["few lines in a small tile, more when pinned", () => round(shares, pins, unpins, pins, unpins, endsSharing)],
    ["a slow line takes lines away, and gives them back", slowLine],
    ["all was understood and the server ends cleanly", ends],
  ].map(([title, step]) => [`${codec}: ${title}`, step]);
  return [...hearingWith("VP8"), ...hearingWith("H264")];
}
