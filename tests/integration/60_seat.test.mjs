// SPDX-License-Identifier: Apache-2.0
// One seat, one voice: an encoder goes on until another one of the same person is connected.
// Encoders and viewer are `heard bench`, over real sockets. Sound only: its pictures are noise,
// which `heard derive` rightly refuses (test_media_seat.c has a picture).
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readLog } from "../vectors/read.mjs";
import { logSignatures } from "./lib/log_signatures.mjs";
import { atEnd, test } from "./lib/runner.mjs";
import { pause, People, until } from "./lib/people.mjs";
import { BINARY, Server, heard, heardStarts, removeFolder } from "./lib/server.mjs";

const server = await new Server({ args: ["--load", "1"] }).start();
const demo = server.demo();
const children = [];
atEnd(async () => {
  for (const child of children) child.kill("SIGKILL");
  await server.stop();
  removeFolder(server.data);
});

const HEARING = `/api/v1/hearings/${demo.hearing}`;
const SDP = { "Content-Type": "application/sdp" };
const CONNECT_MS = 30_000; // HEARD_PEER_CONNECT_US
const offer = readFileSync(new URL("../fuzz/corpus/sdp/chromium-full6.sdp", import.meta.url));
// Of 50 a second; a busy machine sends fewer, an encoder that lost its seat none.
const HEARD_PPS = 40;
const house = new People(() => server, HEARING, demo.links);
const people = house.of;

const changesOf = (role, from) => house.told("presiding").slice(from)
  .filter((m) => m.type === "participant.changed" && m.data.participant.id === people[role].id).map((m) => m.data.participant);
const since = () => house.told("presiding").length;

function encoder() {
  const child = heardStarts(["bench", `--whip=${server.http}${HEARING}/whip?label=camera`, `--bearer=${people.department.token}`,
    "--subs=0", "--media=a", "--settle=0", "--duration=200", "--no-delete"]);
  children.push(child);
  return child;
}

// The mediator watches the department; its own publisher is silent and elsewhere.
function watches(seconds) {
  const child = spawn(BINARY, ["bench", `--whip=${server.http}/api/v1/hearings/load-0/whip?label=none`, `--whip-bearer=${demo.token}`, "--silent",
    `--whep=${server.http}${HEARING}/whep?of=${people.department.id}`, `--whep-bearer=${people.mediator.token}`,
    "--media=a", "--settle=1", `--duration=${seconds}`], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  let out = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  return new Promise((resolve) => child.on("exit", () => resolve(JSON.parse(out))));
}

async function offers() {
  const answer = await people.department.client.post(`${HEARING}/peers`, offer, SDP);
  assert.equal(answer.status, 201, answer.text);
  return answer.headers.location;
}

const leaves = async (location) => (await people.department.client.request("DELETE", location)).status;

test("a hearing begins, with a department's encoder", async () => {
  for (const role of ["presiding", "clerk", "petitioner", "department", "mediator"]) await house.enters(role);
  await house.admitsPetitioner();
  await house.does("presiding", "hearing.open");
  people.first = encoder();
  await until("the encoder", () => changesOf("department", 0).some((p) => p.in_media && p.microphone === "on"));
});

test("offers that never connect: the old one is heard all the time", async () => {
  const from = since();
  const seen = watches(10);
  await pause(3500);
  const locations = [await offers(), await offers()];
  assert.equal(await leaves(locations[0]), 404); // one waits, not two
  await pause(1500);
  const result = await seen;
  console.log(`# ${result.pps_out} packets/s, loss ${result.loss_pct} %`);
  assert.ok(result.pps_out > HEARD_PPS, JSON.stringify(result));
  assert.equal(result.starved_tracks, 0);
  await pause(CONNECT_MS - 4000);
  assert.equal(await leaves(locations[1]), 404); // its time is over
  const again = await watches(3);
  assert.ok(again.pps_out > HEARD_PPS, JSON.stringify(again));
  assert.deepEqual(changesOf("department", from).filter((p) => !p.in_media || p.microphone !== "on"), []);
  assert.deepEqual(house.told("department").filter((m) => m.type === "media.dropped"), []);
}, 90_000);

test("the one that connects is heard in its place, and nobody saw a change", async () => {
  const from = since();
  const seen = watches(10);
  await pause(3000);
  people.second = encoder();
  await pause(3000);
  people.first.kill("SIGKILL"); // it is nobody by now
  const result = await seen;
  console.log(`# ${result.pps_out} packets/s, loss ${result.loss_pct} %`);
  assert.ok(result.pps_out > HEARD_PPS, JSON.stringify(result));
  assert.deepEqual(changesOf("department", from).filter((p) => !p.in_media || p.microphone !== "on"), []);
  assert.deepEqual(house.told("presiding").slice(from).filter((m) => m.type === "quality.changed" && m.data.level === "lost"
    && m.data.participant === people.department.id), []);
}, 60_000);

test("one that waits leaves alone; at the end of the hearing both go", async () => {
  const waits = await offers();
  assert.equal(await leaves(waits), 200);
  const last = await offers();
  await house.does("presiding", "hearing.close", { outcome: "explained", note: "all said" });
  await until("the end", () => house.told("department").some((m) => m.type === "hearing.ended"));
  assert.equal(await leaves(last), 404);
});

test("the recording is whole, and has the department once at a time", async () => {
  const folder = join(server.data, "recordings", demo.hearing, "R01");
  await until("the seal", () => readdirSync(folder).includes("seal.json"));
  const report = heard(["verify", folder, "--json"]);
  assert.equal(report.code, 0, report.stdout + report.stderr);
  const told = JSON.parse(report.stdout);
  const signed = logSignatures(folder);
  console.log(`# signed by ${told.signer}: ${told.signatures} times`);
  assert.ok(told.signatures >= 1);
  assert.deepEqual([signed.right, signed.wrong, signed.fingerprint], [told.signatures, 0, told.signer_fingerprint]);
  assert.equal(heard(["verify", folder, "--ca", join(server.data, "signing-certificate.pem")]).code, 0);
  const strange = heard(["verify", folder, "--lang", "en", "--ca", join(server.data, "certificate.pem")]);
  assert.equal(strange.code, 1);
  assert.match(strange.stdout, /the certificate of who signed is not good/);
  const capture = join(server.data, "out.pcapng");
  const exported = heard(["export", "--recording", folder, "--key", join(server.data, "recordings.key"), "--pcapng", capture]);
  assert.equal(exported.code, 0, exported.stderr);
  const { packets, reports, records, damaged } = JSON.parse(exported.stdout);
  const seen = spawnSync("tcpdump", ["-ttnr", capture], { encoding: "utf8", maxBuffer: 1 << 26 }).stdout.trim().split("\n");
  const read = readLog(folder, join(server.data, "recordings.key"));
  const count = (...types) => read.filter(({ type }) => types.includes(type)).length;
  assert.deepEqual([count("rtp"), count("sr"), read.length], [packets, reports, packets + reports + records]);
  const to = (port) => seen.filter((line) => line.includes(`> 10.128.0.1.${port}: UDP`)).length;
  console.log(`# exported: ${packets} packets, ${reports} reports, ${records} other records; tcpdump read ${seen.length}`);
  assert.deepEqual([to(5004), to(5005), to(5999), damaged], [packets, reports, records, 0]);
  assert.ok(packets > 1000 && reports > 5);
  const out = join(mkdtempSync(join(server.data, "derived-")), "out");
  const derived = heard(["derive", "--recording", folder, "--key", join(server.data, "recordings.key"), "--out", out], "",
    { ASAN_OPTIONS: "detect_leaks=0" }); // GStreamer's own: tests/lsan.supp
  assert.equal(derived.code, 0, derived.stderr);
  const { files } = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
  const takes = files.filter((f) => f.kind === "take").sort((a, b) => a.start_ms - b.start_ms);
  console.log(`# takes: ${takes.map((t) => `${t.start_ms}+${t.duration_ms}`).join(" ")}`);
  assert.deepEqual(takes.map((t) => t.participant), [people.department.id, people.department.id]);
  const gap_ms = takes[1].start_ms - takes[0].start_ms - takes[0].duration_ms;
  assert.ok(gap_ms > -60 && gap_ms < 1500, `${gap_ms} ms between them`);
}, 60_000);
