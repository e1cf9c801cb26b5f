// SPDX-License-Identifier: Apache-2.0
// Is speech still intelligible? Known speech is spoken by one page, recorded by another and compared.
//
// The measure follows STOI (Taal and others, 2011): amplitudes in 15 third-octave bands from 150 Hz,
// correlated over pieces of 0.4 s while the speaker speaks. A player that stretches and shrinks time
// is followed: each piece may lie 150 ms from where the one before lay. After a piece that is lost the
// speech may have jumped: where it is up to 0.6 s away it is followed from the next piece on. 1 is perfect.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const RATE = 16000;
const HOP = 160; // 10 ms
const WINDOW = 512;
const BANDS = 15;
const PIECE = 40;
const STEP = 20;
const REACH = 15;
const FAR = 60;
const FOUND = 0.8; // what is found far away must be no chance
const ACTIVE_DB = 30;
const CLEAR = 0.5; // a piece that correlates less is as good as lost

const TEXT = "我反映小区外墙漏水的问题。去年冬天开始，三号楼西侧的外墙一直往屋里渗水，墙皮脱落，电线也受潮了。" +
  "我找过物业三次，物业说要等维修基金。请各部门告诉我，什么时候能修，由谁负责，修好之前老人住在哪里。";

// Makes the file that a browser speaks in place of a microphone; returns { file, reference }.
export function makeSpeech(folder) {
  const spoken = join(folder, "spoken.wav");
  const file = join(folder, "microphone.wav");
  execFileSync("espeak-ng", ["-v", "cmn", "-s", "150", "-w", spoken, TEXT]);
  execFileSync("ffmpeg", ["-loglevel", "error", "-y", "-i", spoken, "-ar", "48000", "-ac", "1", file]);
  return { file, reference: envelopes(decode(file)) };
}

export function decode(file) {
  const raw = execFileSync("ffmpeg", ["-loglevel", "error", "-i", file, "-ar", `${RATE}`, "-ac", "1", "-f", "f32le", "-"],
    { maxBuffer: 1 << 28 });
  return new Float32Array(raw.buffer, raw.byteOffset, raw.length >> 2);
}

// Runs in the page: what its visitor hears of the others for a while, as base64 of WebM or Ogg.
export async function recordHeard(ms) {
  const peer = window.heardPeers.filter((one) => one.connectionState !== "closed").at(-1);
  let best = null;
  for (const s of (await peer.getStats()).values()) {
    if (s.type === "inbound-rtp" && s.kind === "audio" && (best === null || s.totalAudioEnergy > best.totalAudioEnergy)) best = s;
  }
  const { receiver } = peer.getTransceivers().find((one) => one.mid === best.mid);
  const mimeType = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus"].find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(new MediaStream([receiver.track]), { mimeType, audioBitsPerSecond: 96000 });
  const chunks = [];
  recorder.ondataavailable = (event) => chunks.push(event.data);
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  await new Promise((resolve) => setTimeout(resolve, ms));
  recorder.stop();
  await stopped;
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

// Per 10 ms the amplitude in each band.
export function envelopes(pcm) {
  const edges = [];
  for (let b = 0; b <= BANDS; b++) edges.push(Math.round((150 * 2 ** ((b - 0.5) / 3) * WINDOW) / RATE));
  const frames = [];
  const re = new Float64Array(WINDOW);
  const im = new Float64Array(WINDOW);
  for (let at = 0; at + WINDOW <= pcm.length; at += HOP) {
    for (let i = 0; i < WINDOW; i++) {
      re[i] = pcm[at + i] * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
      im[i] = 0;
    }
    transform(re, im);
    const frame = new Float64Array(BANDS);
    for (let b = 0; b < BANDS; b++) {
      let power = 0;
      for (let k = edges[b]; k < Math.max(edges[b + 1], edges[b] + 1); k++) power += re[k] ** 2 + im[k] ** 2;
      frame[b] = Math.sqrt(power);
    }
    frames.push(frame);
  }
  return frames;
}

// Radix 2, in place.
function transform(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let size = 2; size <= n; size <<= 1) {
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < size / 2; k++) {
        const angle = (-2 * Math.PI * k) / size;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const [a, b] = [start + k, start + k + size / 2];
        const [x, y] = [re[b] * c - im[b] * s, re[b] * s + im[b] * c];
        [re[b], im[b]] = [re[a] - x, im[a] - y];
        [re[a], im[a]] = [re[a] + x, im[a] + y];
      }
    }
  }
}

const loudness = (frame) => Math.log(1e-6 + frame.reduce((sum, x) => sum + x * x, 0));

function correlation(pairs) {
  const n = pairs.length;
  let [sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0];
  for (const [x, y] of pairs) {
    sx += x;
    sy += y;
    sxx += x * x;
    syy += y * y;
    sxy += x * y;
  }
  const spread = Math.sqrt((sxx - (sx * sx) / n) * (syy - (sy * sy) / n));
  return spread > 1e-12 ? (sxy - (sx * sy) / n) / spread : 0;
}

// Silence is as loud as the faintest sound that counts as speech: a hole weighs no more than a pause.
function outline(frames) {
  const all = frames.map(loudness);
  const floor = Math.max(...all) - (ACTIVE_DB * Math.LN10) / 10;
  return all.map((one) => Math.max(one, floor));
}

// The place in the loop of the reference where the recording begins, by its loudness over all.
function findStart(reference, heard) {
  const [spoken, got] = [outline(reference), outline(heard)];
  let best = { at: 0, value: -1 };
  for (let at = 0; at < spoken.length; at++) {
    const pairs = [];
    for (let i = 0; i < got.length; i += 2) pairs.push([spoken[(at + i) % spoken.length], got[i]]);
    const value = correlation(pairs);
    if (value > best.value) best = { at, value };
  }
  return best.at;
}

function pieceScore(reference, heard, from, at) {
  let sum = 0;
  for (let b = 0; b < BANDS; b++) {
    const pairs = [];
    for (let i = 0; i < PIECE; i++) pairs.push([reference[(from + i) % reference.length][b], heard[at + i][b]]);
    sum += Math.max(0, correlation(pairs));
  }
  return sum / BANDS;
}

function findPiece(reference, heard, { from, at, reach }) {
  let best = { value: -1, shift: 0 };
  for (let shift = -reach; shift <= reach; shift++) {
    const value = pieceScore(reference, heard, from + shift, at);
    if (value > best.value) best = { value, shift };
  }
  return best;
}

// { score: mean over pieces with speech, clear: share of pieces above CLEAR, pieces }.
export function intelligibility(reference, heard) {
  const begin = findStart(reference, heard);
  const energy = (from) => {
    let sum = 0;
    for (let i = 0; i < PIECE; i++) sum += Math.exp(loudness(reference[(from + i) % reference.length]));
    return 10 * Math.log10(sum);
  };
  const loudest = Math.max(...Array.from({ length: Math.floor(reference.length / STEP) }, (_, i) => energy(i * STEP)));
  let lag = 0;
  const scores = [];
  for (let at = REACH; at + PIECE + REACH <= heard.length; at += STEP) {
    const from = begin + at + lag + reference.length;
    if (energy(from) < loudest - ACTIVE_DB) continue;
    const near = findPiece(reference, heard, { from, at, reach: REACH });
    scores.push(near.value);
    if (near.value >= CLEAR) {
      lag += near.shift;
      continue;
    }
    const far = findPiece(reference, heard, { from, at, reach: FAR });
    if (far.value >= FOUND) lag += far.shift;
  }
  const mean = scores.reduce((sum, x) => sum + x, 0) / Math.max(1, scores.length);
  return { score: mean, clear: scores.filter((x) => x >= CLEAR).length / Math.max(1, scores.length), pieces: scores.length };
}
