// SPDX-License-Identifier: Apache-2.0
// Speech to text over the real server: espeak-ng speaks, webrtcbin publishes, pocketsphinx listens (tests/speech/service.py);
// drafts come to whoever writes the minutes. Then a service that goes, one that is slow, one that talks nonsense.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { LivePerson } from "./lib/live_person.mjs";
import { BINARY, removeFolder, Server, tempFolder } from "./lib/server.mjs";
import { readLog } from "../vectors/read.mjs";

const SERVICE = fileURLToPath(new URL("../speech/service.py", import.meta.url));
const PEER = fileURLToPath(new URL("../e2e/webrtcbin_peer.py", import.meta.url));
const [RATE, SECONDS, NEAR_MS] = [16000, 120, 2500];
// What each says, when first and how often then, in seconds; a sentence takes about three. Ended by the test.
const SAID = {
  petitioner: { text: "company promised repair december", first: 5, every: 7 },
  presiding: { text: "water damaged everybody building", first: 9, every: 1000 },
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const folder = tempFolder();
const path = join(folder, "speech.socket");
const notes = join(folder, "notes");
const server = new Server({ args: ["--config", join(folder, "settings")] });
const people = {};
const services = [];
const publishers = {};
let demo;

atEnd(async () => {
  for (const one of [...services, ...Object.values(publishers)]) one.kill("SIGKILL");
  await server.stop();
  removeFolder(server.data);
  removeFolder(folder);
});

async function until(what, look, ms = 15_000) {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await pause(20)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`in vain: ${what}\n${server.log.split("\n").slice(-8).join("\n")}`);
}

async function startService() {
  const service = spawn("/usr/bin/python3", [SERVICE, path, notes], { stdio: ["ignore", "pipe", "inherit"] });
  services.push(service);
  await once(service.stdout, "data");
  return service;
}

function makeSound(role) {
  const file = join(folder, `${role}.wav`);
  const sound = Buffer.alloc(SECONDS * RATE * 2);
  const { text, first, every } = SAID[role];
  const spoken = execFileSync("sh", ["-c", 'espeak-ng -v "$1" -s 125 --stdout "$2" | ffmpeg -v error -i - -ar 16000 -ac 1 -f s16le -', "sh",
    role === "petitioner" ? "en-us+f3" : "en-us", text], { maxBuffer: 1 << 24 });
  for (let at = first; at + 4 < SECONDS; at += every) spoken.copy(sound, at * RATE * 2);
  execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "s16le", "-ar", String(RATE), "-ac", "1", "-i", "-", file], { input: sound });
  return file;
}

function publish(role) {
  const file = makeSound(role);
  publishers[role] = spawn("/usr/bin/python3", [PEER, "say", `${server.http}/api/v1/hearings/${demo.hearing}/whip`, `cookie:${people[role].client.cookie}`,
    String(SECONDS), file], { stdio: ["ignore", "ignore", "inherit"] });
}

async function enters(role, nth = 0) {
  const client = new Client(server.http);
  const { id } = (await client.openLink([demo.links[role]].flat()[nth])).json.participant;
  const person = new (class extends LivePerson {
    events = [];
    note(message) {
      this.events.push(message);
    }
  })(client, id);
  person.snapshot = await person.connect(demo.hearing);
  people[role] = person;
  return person;
}

// What a person was told, without waiting.
function told(role, type) {
  const { socket, events } = people[role];
  for (const { opcode, payload } of socket.frames.splice(0)) if (opcode === 1) events.push(JSON.parse(payload.toString()));
  return events.filter((one) => one.type === type).map(({ data }) => data);
}

const DRAFTS = () => `/api/v1/hearings/${demo.hearing}/drafts`;
const drafts = async () => (await people.clerk.client.get(DRAFTS())).json.items;
const frames = () => readFileSync(notes, "utf8").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
const share = (text, of) => of.split(" ").filter((word) => text.split(" ").includes(word)).length / of.split(" ").length;
const draftOf = async (role, since_ms = 0) =>
  (await drafts()).find((one) => one.speaker === people[role].id && one.at_ms > since_ms && share(one.text, SAID[role].text) >= 0.5);

test("a hearing is opened, and everybody is told that it is transcribed", async () => {
  writeFileSync(join(folder, "settings"), `speech_socket = ${path}\nspeech_captions = true\n`);
  writeFileSync(notes, "");
  await Promise.all([startService(), server.start()]);
  demo = server.demo();
  server.sql(`UPDATE hearing SET language = 'en' WHERE id = '${demo.hearing}'`);
  for (const role of ["presiding", "clerk", "petitioner", "observer"]) await enters(role);
  for (const person of Object.values(people)) assert.equal(person.snapshot.recording.transcribed, true);
  const { petitioner, clerk, presiding } = people;
  for (const subject of ["online_mode", "recording"])
    await petitioner.ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
  await clerk.ask("participant.check_identity", { participant: petitioner.id, method: "id_card", document: "1234", result: "ok" });
  await clerk.ask("participant.admit", { participant: petitioner.id });
  await presiding.ask("hearing.open");
  await until("the service", () => server.log.includes("service-ready"));
  for (const role of ["petitioner", "presiding"]) publish(role);
}, 90_000);

test("words come back as a draft with who said them and when, to the clerk alone; as a caption to all, marked", async () => {
  const one = await until("the petitioner's words", () => draftOf("petitioner"));
  const two = await until("the presiding officer's", () => draftOf("presiding"));
  const again = await until("the petitioner's again", async () => (await drafts()).find((draft) => draft.speaker === people.petitioner.id && draft.id !== one.id));
  console.log(`# "${SAID.petitioner.text}": "${one.text}"; "${SAID.presiding.text}": "${two.text}"; again after ${again.at_ms - one.at_ms} ms`);
  assert.ok(Math.abs(again.at_ms - one.at_ms - 7000) < NEAR_MS, `${again.at_ms - one.at_ms} ms apart`);
  assert.ok(one.end_ms > one.at_ms + 1500 && one.end_ms < one.at_ms + 5000, JSON.stringify(one));
  people.petitioner.draft = one;
  assert.equal(told("clerk", "draft.added").some(({ draft }) => draft.id === one.id), true);
  for (const role of ["petitioner", "presiding", "observer"]) assert.equal(told(role, "draft.added").length, 0, role);
  assert.equal(told("petitioner", "speech.caption").some(({ id, text }) => id === one.id && text === one.text), true);
  assert.equal(told("observer", "speech.caption").length, 0, "who waits in the lobby hears nothing");
  assert.equal((await people.petitioner.client.get(DRAFTS())).json.code, "wrong_role");
  assert.equal((await people.clerk.client.get(`/api/v1/hearings/${demo.hearing}/minutes`)).json.items.length, 0, "no draft is a line by itself");
}, 60_000);

test("silence is not sent", () => {
  const seconds = frames().filter(({ type }) => type === "audio").reduce((sum, { bytes }) => sum + bytes, 0) / (2 * RATE);
  const spoken = frames().filter(({ type }) => type === "pause").length;
  console.log(`# ${seconds.toFixed(1)} s of sound for ${spoken} sentences of three seconds`);
  assert.ok(seconds / spoken > 2 && seconds / spoken < 6.5, `${seconds} s`);
});

test("two clerks: a draft is taken once, or dropped once", async () => {
  const { client } = people.clerk;
  const second = await new Client(server.http).login([demo.accounts.clerk].flat()[0]);
  const { id, at_ms, speaker } = people.petitioner.draft;
  const take = (who, text) => who.post(`/api/v1/hearings/${demo.hearing}/minutes`, { kind: "statement", text, at_ms, speaker, draft: id });
  const both = await Promise.all([take(client, "公司答应十二月修好"), take(second, "公司答应修")]);
  const [won, lost] = both.sort((a, b) => a.status - b.status);
  assert.deepEqual([won.status, lost.status, lost.json.code, won.json.id], [201, 409, "conflict", id]);
  assert.deepEqual(lost.json.line, won.json);
  await until("told", () => told("clerk", "draft.gone").some((one) => one.id === id && one.why === "taken"));
  assert.equal((await take(client, "x").then((answer) => answer.json.code)), "conflict");
  const left = (await drafts()).find((one) => one.speaker === people.presiding.id);
  assert.equal((await people.petitioner.client.request("DELETE", `${DRAFTS()}/${left.id}`)).json.code, "wrong_role");
  assert.equal((await second.request("DELETE", `${DRAFTS()}/${left.id}`)).status, 204);
  assert.equal((await client.request("DELETE", `${DRAFTS()}/${left.id}`)).json.code, "not_found");
  assert.equal((await take(client, "x").then((answer) => answer.status)), 409);
  assert.equal((await client.post(`/api/v1/hearings/${demo.hearing}/minutes`, { kind: "note", text: "x", at_ms, draft: "no id" })).json.code, "bad_field");
  assert.equal((await second.request("DELETE", DRAFTS())).status, 204);
  await until("told of all", () => told("clerk", "draft.gone").some((one) => one.id === null && one.why === "dropped"));
});

test("a service that is killed is found again, and the next words come", async () => {
  const [old] = services;
  await startService();
  const ready = server.log.split("service-ready").length;
  old.kill("SIGKILL");
  await until("its end is seen", () => /service-lost hearing=\S+ reason=no_service/.test(server.log));
  await until("another one", () => server.log.split("service-ready").length > ready);
  const since_ms = Date.now();
  await until("the next words", () => draftOf("petitioner", since_ms), 30_000);
}, 60_000);

test("in a recess every stream is closed and nothing reaches the socket", async () => {
  await people.presiding.ask("hearing.recess", { reason: "tea" });
  await until("closed", () => frames().at(-1).type === "close");
  const before = frames().length;
  await pause(5000); // the petitioner is never silent for longer than four
  assert.equal(publishers.petitioner.exitCode, null);
  assert.equal(frames().length, before, "not a frame");
});

test("with the hearing's end the drafts are gone; none is in the sealed log, no word in the server's", async () => {
  assert.equal((await drafts()).length > 0, true);
  await people.presiding.ask("hearing.resume");
  await people.presiding.ask("hearing.close", { outcome: "explained", note: "已说明" });
  await until("sealed", () => server.query("SELECT state FROM recording WHERE state = 'sealed'").length === 1);
  assert.deepEqual(await drafts(), []);
  const [[directory]] = server.query("SELECT directory FROM recording WHERE state = 'sealed'");
  const log = readLog(join(server.data, directory), join(server.data, "recordings.key"));
  const texts = JSON.stringify(log.filter(({ type }) => type === "event").map(({ json }) => json));
  assert.ok(texts.includes("公司答应") && !texts.includes("damaged") && !texts.includes("promised"), texts);
  assert.ok(!server.log.includes("damaged") && !server.log.includes("promised"));
  const metrics = (await new Client(server.http).get("/metrics")).text;
  assert.match(metrics, /heard_record_packets_dropped_total 0\b/);
  assert.match(metrics, /heard_speech_packets_dropped_total 0\b/);
  for (const one of services) one.kill();
});

// Below: the process between a hearing and a service, by itself.
function transcribe(onConnection) {
  rmSync(path, { force: true });
  const listener = createServer(onConnection).listen(path);
  const child = spawn(BINARY, ["transcribe", path, "en"], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => undefined);
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  const end = once(child, "exit").then(([code]) => {
    listener.close();
    return { code, said };
  });
  return { child, end };
}

const frame = (object) => {
  const header = Buffer.from(typeof object === "string" ? object : JSON.stringify(object));
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32BE(header.length);
  return Buffer.concat([prefix, header]);
};
const READY = frame({ type: "ready", version: 1 });

// One packet of Opus without a frame in it: 20 ms of what the decoder believes.
function piece(number) {
  const bytes = Buffer.alloc(25);
  bytes.writeUInt32LE(1, 0);
  bytes.writeUInt32LE(1, 4);
  bytes.writeBigInt64LE(BigInt(number * 20), 8);
  bytes.writeUInt32LE(number * 960, 16);
  bytes.writeUInt16LE(number & 0xffff, 20);
  bytes[24] = 0x08;
  return bytes;
}

test("a service that does not read is dropped behind: a bound, and it is told", async () => {
  const { child, end } = transcribe((connection) => connection.pause().write(READY));
  const pieces = Array.from({ length: 5000 }, (_, i) => piece(i)); // 100 s, and the queue takes 33
  child.stdin.write(Buffer.concat(pieces));
  await once(child.stdout, "data");
  await pause(1500);
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]);
  child.stdin.end();
  const { code, said } = await end;
  const dropped = said.trim().split("\n").map((line) => JSON.parse(line)).filter(({ type }) => type === "behind").reduce((sum, one) => sum + one.dropped_ms, 0);
  console.log(`# ${dropped} ms of 100,000 dropped`);
  assert.equal(code, 0);
  assert.ok(dropped > 10_000 && dropped < 75_000, `${dropped} ms, ${peak} kB`);
});

test("what is no answer ends it, whatever it is", async () => {
  const final = { type: "final", stream: 1, begin_ms: 0, end_ms: 10, text: "x" };
  for (const [what, bytes] of Object.entries({
    "another protocol": Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"),
    "a frame of 4 GB": Buffer.alloc(8, 0xff),
    "no object": frame("[1]"),
    "a version that we do not know": frame({ type: "ready", version: 2 }),
    "a word before ready": frame(final),
    "ready twice": Buffer.concat([READY, READY]),
    "a time to come": Buffer.concat([READY, frame({ ...final, begin_ms: 5000, end_ms: 6000 })]),
    "a line break": Buffer.concat([READY, frame({ ...final, text: "a\nb" })]),
    "a text without end": Buffer.concat([READY, frame({ ...final, text: "x".repeat(2001) })]),
  })) {
    const { end } = transcribe((connection) => connection.on("error", () => undefined).write(bytes));
    assert.equal((await end).code, 3, what);
  }
  const { end } = transcribe((connection) => connection.end());
  assert.equal((await end).code, 1, "gone");
});
