// SPDX-License-Identifier: Apache-2.0
// Connection tests before a hearing: who may, what is refused, how they end, who sees them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { Server, heard, removeFolder } from "./lib/server.mjs";

const server = await new Server({ args: ["--load", "1"] }).start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const SDP = { "Content-Type": "application/sdp" };
const TESTS = `/api/v1/hearings/${demo.hearing}/connection-tests`;
const offer = (name) => readFileSync(new URL(`../fuzz/corpus/sdp/${name}.sdp`, import.meta.url));
const nobody = () => new Client(server.http);

function problem(answer, status, code) {
  assert.equal(answer.json?.code, code, `${answer.status} ${answer.text}`);
  assert.equal(answer.status, status);
}

async function person(role) {
  const client = nobody();
  assert.equal((await client.openLink([demo.links[role]].flat()[0])).status, 200);
  return client;
}

async function started(client) {
  const answer = await client.post(TESTS, offer("chromium-full6"), SDP);
  assert.equal(answer.status, 201, answer.text);
  return answer;
}

async function metric(what) {
  const { text } = await nobody().get("/metrics");
  return Number(new RegExp(`^heard_connection_tests_total\\{what="${what}"\\} (\\d+)`, "m").exec(text)?.[1] ?? 0);
}

test("from the lobby, before identity and consent, and for observers too", async () => {
  for (const role of ["petitioner", "observer"]) {
    const client = await person(role);
    const answer = await started(client);
    assert.equal(answer.headers["content-type"], "application/sdp");
    assert.match(answer.headers.location, new RegExp(`^${TESTS}/\\w{24}$`));
    assert.equal(answer.headers["accept-patch"], undefined);
    // Its microphone, its camera and one slot; the screen and five slots are turned down.
    const lines = [...answer.text.matchAll(/^m=(\w+) (\d+)/gm)].map((m) => `${m[1]}${m[2] === "0" ? "-" : "+"}`);
    assert.deepEqual(lines.slice(0, 5), ["audio+", "video+", "video-", "audio+", "video+"]);
    assert.ok(lines.slice(5).every((line) => line.endsWith("-")), lines.join(" "));
    assert.match(answer.text, /^a=candidate:\S+ 1 udp /m);
    assert.match(answer.text, /^a=candidate:\S+ 1 tcp /m);
    assert.equal((await client.request("DELETE", answer.headers.location)).status, 200);
    problem(await client.request("DELETE", answer.headers.location), 404, "not_found");
  }
});

test("an account with a seat may, a person without one may not", async () => {
  const clerk = await new Client(server.http).login(demo.accounts.clerk);
  const answer = await started(clerk);
  assert.equal((await clerk.request("DELETE", answer.headers.location)).status, 200);
  problem(await nobody().post(TESTS, offer("chromium-full6"), SDP), 401, "unauthenticated");
  const token = { ...SDP, Authorization: `Bearer ${demo.token}` };
  problem(await nobody().post(TESTS, offer("chromium-full6"), token), 403, "forbidden");
  const petitioner = await person("petitioner");
  for (const hearing of ["load-0", demo.case]) {
    const refused = await petitioner.post(`/api/v1/hearings/${hearing}/connection-tests`, offer("chromium-full6"), SDP);
    problem(refused, hearing === "load-0" ? 403 : 404, hearing === "load-0" ? "forbidden" : "unknown_hearing");
  }
  const account = { login: "outsider", password: "a long enough password" };
  const made = heard(["user", "add", "--data", server.data, "--login", account.login, "--name", "路人", "--roles", "clerk"], `${account.password}\n`);
  assert.equal(made.code, 0, made.stderr);
  const outsider = await nobody().login(account);
  problem(await outsider.post(TESTS, offer("chromium-full6"), SDP), 403, "forbidden");
});

test("an offer that is none, lacks something, or is too large", async () => {
  const client = await person("petitioner");
  problem(await client.post(TESTS, "hello", SDP), 400, "not_sdp");
  problem(await client.post(TESTS, "", SDP), 400, "not_sdp");
  problem(await client.post(TESTS, offer("chromium-full6").toString().replace(/^a=fingerprint.*\r\n/gm, ""), SDP), 422, "sdp_incomplete");
  problem(await client.post(TESTS, "v=0\r\n".repeat(45_000), SDP), 413, "too_large");
  problem(await client.post(TESTS, "{}", { "Content-Type": "application/json" }), 415, "media_type");
  problem(await client.get(TESTS), 405, "method_not_allowed");
  problem(await client.request("PATCH", `${TESTS}/x`, "x", SDP), 405, "method_not_allowed");
});

test("a new one replaces the old; nobody ends another's", async () => {
  const petitioner = await person("petitioner");
  const clerk = await new Client(server.http).login(demo.accounts.clerk);
  const first = await started(petitioner);
  const second = await started(petitioner);
  problem(await petitioner.request("DELETE", first.headers.location), 404, "not_found");
  problem(await clerk.request("DELETE", second.headers.location), 404, "not_found");
  problem(await petitioner.request("DELETE", second.headers.location.replace("connection-tests", "peers")), 404, "not_found");
  assert.equal((await petitioner.request("DELETE", second.headers.location)).status, 200);
});

test("it is no join: no audit entry, no seat taken, nobody to be watched", async () => {
  const petitioner = await person("petitioner");
  const before = server.query("SELECT count(*) FROM audit");
  const answer = await started(petitioner);
  assert.deepEqual(server.query("SELECT count(*) FROM audit"), before);
  const id = (await petitioner.get("/api/v1/me")).json.id;
  const seats = (await petitioner.get(`/api/v1/hearings/${demo.hearing}`)).json.seats;
  assert.equal(seats.find((seat) => seat.participant === id)?.presence ?? "absent", "absent");
  // Somebody who may watch sees no more of it than before: the hearing has no such publisher.
  problem(await petitioner.post(`/api/v1/hearings/${demo.hearing}/whep?of=${id}`, offer("chromium-whep"), SDP), 403, "not_admitted");
  problem(await petitioner.post(`/api/v1/hearings/${demo.hearing}/peers`, offer("chromium-full6"), SDP), 403, "not_admitted");
  await petitioner.request("DELETE", answer.headers.location);
});

test("what was started and refused is counted", async () => {
  assert.ok((await metric("started")) >= 6);
  assert.equal(await metric("refused"), 0);
});
