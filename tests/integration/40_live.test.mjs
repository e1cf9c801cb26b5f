// SPDX-License-Identifier: Apache-2.0
// Joining and signaling: what is wrong is answered, and nothing of it harms the server.
import assert from "node:assert/strict";
import dgram from "node:dgram";
import net from "node:net";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { atEnd, test } from "./lib/runner.mjs";
import { Client, Socket } from "./lib/client.mjs";
import { Server, heard, heardStarts, removeFolder } from "./lib/server.mjs";

const server = await new Server({ args: ["--load", "2"] }).start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const API = "/api/v1";
const SDP = { "Content-Type": "application/sdp" };
const TOKEN = { ...SDP, Authorization: `Bearer ${demo.token}` };
const offer = (name) => readFileSync(new URL(`../fuzz/corpus/sdp/${name}.sdp`, import.meta.url));
const nobody = () => new Client(server.http);

function problem(answer, status, code) {
  assert.equal(answer.json?.code, code, `${answer.status} ${answer.text}`);
  assert.equal(answer.status, status);
  assert.equal(answer.headers["content-type"], "application/problem+json");
}

async function person(role, index = 0) {
  const client = nobody();
  const url = [demo.links[role]].flat()[index];
  assert.equal((await client.openLink(url)).status, 200);
  return client;
}

async function connect(client, hearing = demo.hearing) {
  const { status, socket, text } = await Socket.open(server.http, `${API}/hearings/${hearing}/events`, { cookie: client.cookie });
  assert.equal(status, 101, text);
  return socket;
}

test("WHIP and WHEP: publish, watch, leave", async () => {
  const whip = await nobody().post(`${API}/hearings/load-0/whip?label=a`, offer("chromium-whip"), TOKEN);
  assert.equal(whip.status, 201, whip.text);
  assert.equal(whip.headers["content-type"], "application/sdp");
  assert.match(whip.text, /^v=0\r\n[\s\S]*a=setup:passive\r\n/);
  assert.match(whip.headers.location, /^\/api\/v1\/hearings\/load-0\/whip\/\w+$/);
  const whep = await nobody().post(`${API}/hearings/load-0/whep?of=a`, offer("chromium-whep"), TOKEN);
  assert.equal(whep.status, 201, whep.text);
  problem(await nobody().request("PATCH", whip.headers.location, "x", { ...TOKEN, "Content-Type": "text/plain" }), 415, "media_type");
  for (const answer of [whip, whep]) {
    assert.equal((await nobody().request("DELETE", answer.headers.location, undefined, TOKEN)).status, 200);
    problem(await nobody().request("DELETE", answer.headers.location, undefined, TOKEN), 404, "not_found");
  }
});

test("an offer that is none, lacks something, or is too large", async () => {
  const url = `${API}/hearings/load-0/whip?label=b`;
  problem(await nobody().post(url, "hello", TOKEN), 400, "not_sdp");
  problem(await nobody().post(url, "", TOKEN), 400, "not_sdp");
  problem(await nobody().post(url, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", TOKEN), 422, "sdp_incomplete");
  const bare = offer("chromium-whip").toString().replace(/^a=fingerprint.*\r\n/gm, "");
  problem(await nobody().post(url, bare, TOKEN), 422, "sdp_incomplete");
  problem(await nobody().post(url, "v=0\r\n".repeat(45_000), TOKEN), 413, "too_large");
  problem(await nobody().post(url, "{}", { ...TOKEN, "Content-Type": "application/json" }), 415, "media_type");
});

test("who may not: no token, wrong token, wrong scope, wrong hearing", async () => {
  const sdp = offer("chromium-whip");
  problem(await nobody().post(`${API}/hearings/load-0/whip?label=a`, sdp, SDP), 401, "unauthenticated");
  problem(await nobody().post(`${API}/hearings/load-0/whip?label=a`, sdp, { ...SDP, Authorization: `Bearer ${"x".repeat(43)}` }), 401, "unauthenticated");
  const made = heard(["token", "--data", server.data, "--login", demo.accounts.clerk.login, "--scope", "watch"]);
  assert.equal(made.code, 0, made.stderr);
  problem(await nobody().post(`${API}/hearings/load-0/whip?label=a`, sdp, { ...SDP, Authorization: `Bearer ${made.stdout.trim()}` }), 403, "forbidden");
  problem(await nobody().post(`${API}/hearings/load-7/whip?label=a`, sdp, TOKEN), 404, "unknown_hearing");
  problem(await nobody().post(`${API}/hearings/${demo.case}/whip?label=a`, sdp, TOKEN), 404, "unknown_hearing");
  problem(await nobody().post(`${API}/hearings/load-0/whip?label=a/b`, sdp, TOKEN), 422, "bad_field");
  problem(await nobody().post(`${API}/hearings/load-0/whip`, sdp, TOKEN), 422, "bad_field");
  const petitioner = await person("petitioner");
  problem(await petitioner.post(`${API}/hearings/load-0/whip?label=a`, sdp, SDP), 403, "forbidden");
});

test("media before admission is refused", async () => {
  const petitioner = await person("petitioner");
  problem(await petitioner.post(`${API}/hearings/${demo.hearing}/peers`, offer("chromium-full6"), SDP), 403, "not_admitted");
});

test("a WebSocket that is none", async () => {
  const client = await person("petitioner");
  const path = `${API}/hearings/${demo.hearing}/events`;
  problem(await client.get(path), 400, "bad_request");
  const open = (options) => Socket.open(server.http, path, { cookie: client.cookie, ...options });
  assert.equal((await open({ protocol: null })).code, "bad_request");
  assert.equal((await open({ protocol: "chat" })).code, "bad_request");
  assert.equal((await open({ headers: { "Sec-WebSocket-Version": "8" } })).code, "bad_request");
  assert.equal((await open({ headers: { Origin: "https://evil.example" } })).code, "forbidden");
  assert.equal((await open({ cookie: undefined })).code, "unauthenticated");
  const other = await Socket.open(server.http, `${API}/hearings/${demo.case}/events`, { cookie: client.cookie });
  assert.equal(other.code, "unknown_hearing");
});

test("hello, snapshot, a refused command", async () => {
  const socket = await connect(await person("petitioner"));
  socket.command(1, "hello", { language: "zh", slots: 6 });
  assert.equal((await socket.next((m) => m.re === 1)).ok, true);
  const snapshot = await socket.next((m) => m.type === "snapshot");
  assert.equal(snapshot.data.hearing.id, demo.hearing);
  socket.command(2, "hearing.open");
  assert.equal((await socket.next((m) => m.re === 2)).error.code, "wrong_role");
  socket.command(3, "no.such");
  assert.equal((await socket.next((m) => m.re === 3)).error.code, "unknown_command");
  socket.close();
});

test("malformed messages are answered, then the connection is closed", async () => {
  const socket = await connect(await person("observer"));
  socket.command(1, "hello", { language: "zh", slots: 0 });
  await socket.next((m) => m.re === 1);
  socket.send("{");
  assert.equal((await socket.next((m) => m.re === null)).error.code, "bad_message");
  for (let i = 0; i < 12; i += 1) socket.send("[]");
  assert.equal((await socket.next((m) => m.close !== undefined)).close, 4002);
  socket.close();
});

for (const [name, wrong] of [
  ["a frame without mask", (s) => s.send("{}", 0x81, false)],
  ["reserved bits", (s) => s.send("{}", 0xf1)],
  ["an unknown opcode", (s) => s.send("{}", 0x83)],
  ["a text that is not UTF-8", (s) => s.send(Buffer.from([0xff, 0xfe, 0x80]))],
  ["a message of 70 KB", (s) => s.send("x".repeat(70_000))],
  ["noise", (s) => s.tcp.write(randomBytes(5000))],
]) {
  test(`${name} ends one connection and nothing else`, async () => {
    const socket = await connect(await person("mediator"));
    wrong(socket);
    await socket.next((m) => m.close !== undefined).catch((error) => assert.match(error.message, /ended/));
    socket.close();
    assert.equal((await nobody().get("/healthz")).status, 200);
  });
}

test("a second connection of the same person replaces the first", async () => {
  const client = await person("clerk");
  const first = await connect(client);
  first.command(1, "hello", { language: "zh", slots: 6 });
  await first.next((m) => m.re === 1);
  const second = await connect(client);
  second.command(1, "hello", { language: "zh", slots: 6 });
  await second.next((m) => m.re === 1);
  assert.equal((await first.next((m) => m.close !== undefined)).close, 4001);
  second.close();
});

test("a revoked link ends its connection with 4004", async () => {
  const staff = await new Client(server.http).login(demo.accounts.clerk);
  const opened = await nobody().openLink([demo.links.department].flat()[1]);
  const client = await person("department", 1);
  const socket = await connect(client);
  socket.command(1, "hello", { language: "zh", slots: 6 });
  await socket.next((m) => m.re === 1);
  const path = `${API}/hearings/${demo.hearing}/participants/${opened.json.participant.id}/link`;
  assert.equal((await staff.request("DELETE", path)).status, 204);
  assert.equal((await socket.next((m) => m.close !== undefined)).close, 4004);
  socket.close();
});

test("garbage on the media ports", async () => {
  const whip = await nobody().post(`${API}/hearings/load-1/whip?label=c`, offer("chromium-whip"), TOKEN);
  const udp = Number(/udp \d+ 127\.0\.0\.1 (\d+)/.exec(whip.text)[1]);
  const tcp = Number(/tcp \d+ 127\.0\.0\.1 (\d+)/.exec(whip.text)[1]);
  const socket = dgram.createSocket("udp4");
  for (let i = 0; i < 500; i += 1) {
    const datagram = randomBytes(1 + (i % 1400));
    datagram[0] = [0, 1, 20, 22, 63, 80, 128, 144, 200, 255][i % 10];
    await new Promise((resolve) => socket.send(datagram, udp, "127.0.0.1", resolve));
  }
  socket.close();
  const stream = net.connect(tcp, "127.0.0.1");
  stream.on("error", () => {});
  await new Promise((resolve) => stream.once("connect", resolve));
  stream.write(randomBytes(20_000));
  await new Promise((resolve) => setTimeout(resolve, 200));
  stream.destroy();
  const again = await nobody().post(`${API}/hearings/load-1/whip?label=d`, offer("firefox-whip"), TOKEN);
  assert.equal(again.status, 201, again.text);
});

// A department's encoder by WHIP over real sockets; it stands still, as a machine that sleeps.
test("the desk sees a line that is lost and good again, and it is kept", async () => {
  const clerk = await new Client(server.http).login(demo.accounts.clerk);
  const department = await person("department");
  const desk = await connect(clerk);
  const beside = await connect(department);
  for (const socket of [desk, beside]) socket.command(1, "hello", { language: "zh", slots: 6 });
  const own = (await beside.next((m) => m.type === "snapshot")).data.you.participant;
  const encoder = heardStarts(["bench", `--whip=${server.http}${API}/hearings/${demo.hearing}/whip?label=camera`,
    `--bearer=${department.cookie.split("=")[1]}`, "--subs=0", "--media=av", "--video-kbps=300", "--duration=110", "--no-delete"]);
  const line = (level, ms) => desk.next((m) => m.type === "quality.changed" && m.data.participant === own && m.data.level === level, ms);
  try {
    const good = (await line("good", 30_000)).data;
    assert.equal(good.up, "good");
    assert.ok(good.up_bps > 10_000, JSON.stringify(good)); // told as soon as it is known: it may have begun just now
    assert.equal(good.up_loss_permille, 0);
    encoder.kill("SIGSTOP");
    const lost = (await line("lost", 12_000)).data;
    assert.ok(lost.since_ms > good.since_ms);
    const other = await connect(clerk);
    other.command(1, "hello", { language: "zh", slots: 6 });
    const snapshot = await other.next((m) => m.type === "snapshot");
    assert.equal(snapshot.data.participants.find((one) => one.id === own).quality.level, "lost");
    encoder.kill("SIGCONT");
    await other.next((m) => m.type === "quality.changed" && m.data.level === "good", 25_000);
    // The person is told of the own line, and of no other.
    const told = await beside.next((m) => m.type === "quality.changed");
    assert.equal(told.data.participant, own);
    other.close();
  } finally {
    encoder.kill("SIGCONT");
    encoder.kill("SIGKILL");
    desk.close();
    beside.close();
  }
  const path = `${API}/hearings/${demo.hearing}/quality`;
  let levels = [];
  // Told at once, written behind it.
  for (let i = 0; i < 100 && levels.length < 3; i += 1) {
    const kept = await clerk.get(path);
    assert.equal(kept.status, 200, kept.text);
    levels = kept.json.items.filter((row) => row.participant === own).map((row) => row.level);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(levels.slice(0, 3), ["good", "lost", "good"]);
  const page = await clerk.get(`${path}?limit=1`);
  assert.equal(page.json.items.length, 1);
  assert.equal((await clerk.get(`${path}?limit=1&cursor=${page.json.next_cursor}`)).json.items[0].level, "lost");
  problem(await department.get(path), 403, "forbidden");
  problem(await clerk.get(`${API}/hearings/${demo.case}/quality`), 404, "unknown_hearing");
}, 60_000);

test("a stop tells everybody with 1001", async () => {
  const socket = await connect(await person("presiding"));
  socket.command(1, "hello", { language: "zh", slots: 6 });
  await socket.next((m) => m.re === 1);
  const stopping = server.stop();
  assert.equal((await socket.next((m) => m.close !== undefined)).close, 1001);
  socket.close();
  assert.equal(await stopping, 0, server.log);
});
