// SPDX-License-Identifier: Apache-2.0
// A voice over a line that loses packets, in a real browser: who took RED misses little of it, who
// did not misses all that is lost, and the one who speaks learns of loss on the way to us.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";
import { Server } from "./lib/server.mjs";

const LOSS_PERCENT = Number(process.env.HEARD_LOSS_PERCENT ?? 5);
const NOTICE_MS = 8_000; // Chromium reports on sound each 2.5 to 7.5 s
const LISTEN_MS = 25_000;
let server;
let page;

// The firewall of this test's own network namespace (tests/e2e/run) is the bad line. It drops on the
// way in: on the way out the sender would be told (EPERM), and try again.
const nft = (...args) => execFileSync("nft", args);

function loseFrom(side, port, percent) {
  nft("flush", "chain", "inet", "line", "in");
  nft("add", "rule", "inet", "line", "in", "udp", side, String(port),
    "numgen", "random", "mod", "100", "<", String(percent), "drop");
}

// In the page: one who speaks and two who listen, with plain offers and answers.
async function openPeers({ whip, whep, token }) {
  const post = async (url, pc) => {
    await pc.setLocalDescription(await pc.createOffer());
    const answer = await fetch(url, {
      method: "POST", body: pc.localDescription.sdp,
      headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token}` },
    });
    if (answer.status !== 201) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    // Over UDP alone: ICE would change to TCP, which loses nothing.
    const sdp = (await answer.text()).replace(/^a=candidate:\S+ 1 tcp .*\r\n/gim, "");
    await pc.setRemoteDescription({ type: "answer", sdp });
    return sdp;
  };
  const listen = async (mimes) => {
    const pc = new RTCPeerConnection();
    const sound = pc.addTransceiver("audio", { direction: "recvonly" });
    const { codecs } = RTCRtpReceiver.getCapabilities("audio");
    sound.setCodecPreferences(codecs.filter((one) => mimes.includes(one.mimeType)));
    sound.receiver.jitterBufferTarget = 60; // what is repeated comes 20 ms late: have room for it
    const audio = new Audio();
    audio.autoplay = true;
    pc.ontrack = (event) => (audio.srcObject = new MediaStream([event.track]));
    const sdp = await post(`${whep}?of=voice`, pc);
    return { pc, audio, sdp };
  };
  const speaker = new RTCPeerConnection();
  const microphone = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  speaker.addTransceiver(microphone.getAudioTracks()[0], { direction: "sendonly" });
  const answer = await post(`${whip}?label=voice`, speaker);
  globalThis.line = {
    speaker, answer, red: await listen(["audio/opus", "audio/red"]), plain: await listen(["audio/opus"]),
  };
  return { answer, red: globalThis.line.red.sdp, plain: globalThis.line.plain.sdp };
}

function readStats() {
  const find = async (pc, type) => [...(await pc.getStats()).values()].find((one) => one.type === type);
  return Promise.all([
    find(globalThis.line.red.pc, "inbound-rtp"), find(globalThis.line.plain.pc, "inbound-rtp"),
    find(globalThis.line.speaker, "remote-inbound-rtp"),
  ]).then(([red, plain, remote]) => ({ red, plain, remote }));
}

async function open(stage) {
  server = await new Server({ args: ["--load", "1"] }).start();
  stage.atEnd(() => server.stop());
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
      "--autoplay-policy=no-user-gesture-required"],
  });
  stage.atEnd(() => browser.close());
  page = await browser.newPage();
  await page.goto(server.demo.http);
  const sdp = await page.evaluate(openPeers, { ...server.demo });
  for (const text of Object.values(sdp)) assert.match(text, /useinbandfec=1/);
  assert.match(sdp.answer, /red\/48000\/2/);
  assert.match(sdp.red, /m=audio \d+ \S+ 111 63\r\n/);
  assert.doesNotMatch(sdp.plain, /red/);
  await until("two hear the one who speaks", async () => {
    const { speaker, red, plain } = globalThis.line;
    const heard = async (pc) => [...(await pc.getStats()).values()].some((one) => one.type === "inbound-rtp" && one.packetsReceived > 50);
    return speaker.connectionState === "connected" && (await heard(red.pc)) && (await heard(plain.pc));
  }, 60_000);
  nft("add", "table", "inet", "line");
  nft("add", "chain", "inet", "line", "in", "{ type filter hook input priority 0; }");
  stage.atEnd(async () => nft("delete", "table", "inet", "line"));
  return Number(/candidate:\S+ 1 udp \d+ \S+ (\d+) /i.exec(sdp.answer)[1]);
}

// Playwright's waitForFunction takes the promise of an async function for yes.
async function until(what, look, ms) {
  for (const end = Date.now() + ms; !(await page.evaluate(look)); await page.waitForTimeout(500))
    assert.ok(Date.now() < end, `${what}: not within ${ms} ms`);
}

function missed(before, after) {
  const packets = after.packetsReceived - before.packetsReceived;
  const lost = after.packetsLost - before.packetsLost;
  const concealed = after.concealedSamples - before.concealedSamples;
  const all = after.totalSamplesReceived - before.totalSamplesReceived;
  return { packets, lost: lost / (packets + lost), concealed: concealed / all };
}

const percent = (part) => `${(100 * part).toFixed(2)} %`;

export function steps(stage) {
  let port;
  return [
    ["one speaks, two listen, one of them takes RED", async () => {
      port = await open(stage);
    }],
    [`at ${LOSS_PERCENT} % loss RED leaves a fraction of the gaps`, async () => {
      loseFrom("sport", port, LOSS_PERCENT);
      await page.waitForTimeout(NOTICE_MS); // no statistics of Chromium tell of RED
      const before = await page.evaluate(readStats);
      await page.waitForTimeout(LISTEN_MS);
      const after = await page.evaluate(readStats);
      const red = missed(before.red, after.red);
      const plain = missed(before.plain, after.plain);
      console.log(`# red: ${red.packets} packets, lost ${percent(red.lost)}, ` +
        `concealed ${percent(red.concealed)}; plain: ${plain.packets} packets, ` +
        `lost ${percent(plain.lost)}, concealed ${percent(plain.concealed)}`);
      // What a busy machine conceals besides is the same for both.
      assert.ok(red.lost > LOSS_PERCENT / 300 && plain.lost > LOSS_PERCENT / 300);
      assert.ok(plain.concealed - red.concealed > plain.lost / 4);
    }],
    ["who speaks learns of loss on the way up", async () => {
      loseFrom("dport", port, 10);
      await until("the speaker is told", async () => {
        const reports = await globalThis.line.speaker.getStats();
        return [...reports.values()].some((one) => one.type === "remote-inbound-rtp" && one.fractionLost > 0.02);
      }, 30_000);
      const { remote } = await page.evaluate(readStats);
      console.log(`# told to the speaker: fractionLost ${percent(remote.fractionLost)}`);
    }],
  ];
}
