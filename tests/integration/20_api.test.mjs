// SPDX-License-Identifier: Apache-2.0
// REST: who may do what, and every wrong input with its code.
import assert from "node:assert/strict";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { Server, removeFolder } from "./lib/server.mjs";

const server = await new Server().start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const API = "/api/v1";
const nobody = () => new Client(server.http);
const staff = (role, index = 0) => new Client(server.http).login([demo.accounts[role]].flat()[index]);

function problem(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json?.code, code, answer.text);
  assert.equal(answer.headers["content-type"], "application/problem+json");
  assert.equal(answer.json.status, status);
  assert.ok(answer.headers["x-request-id"]);
}

async function freshHearing(seats = [{ role: "petitioner", name: "李四" }, { role: "presiding", name: "周" }]) {
  const clerk = await staff("clerk");
  const answer = await clerk.post(`${API}/cases/${demo.case}/hearings`, { kind: "reception", planned_start_ms: Date.now(), seats });
  assert.equal(answer.status, 201, answer.text);
  return { clerk, hearing: answer.json.hearing, links: answer.json.links };
}

test("health for all, readiness and figures for operators", async () => {
  assert.equal((await new Client(server.https).get("/healthz")).text, "ok\n");
  assert.equal((await nobody().get("/readyz")).status, 200);
  assert.match((await nobody().get("/metrics")).text, /^heard_http_requests_total \d+$/m);
  problem(await new Client(server.https).get("/readyz"), 401, "unauthenticated");
  const token = { Authorization: `Bearer ${demo.token}` };
  assert.equal((await new Client(server.https).get("/readyz", token)).status, 200);
});

test("security headers on every answer", async () => {
  for (const path of ["/", "/healthz", `${API}/me`, "/nothing"]) {
    const { headers } = await new Client(server.https).get(path);
    assert.match(headers["content-security-policy"], /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(headers["content-security-policy"], /unsafe/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
    assert.match(headers["permissions-policy"], /camera=\(self\), microphone=\(self\)/);
    assert.equal(headers["strict-transport-security"], undefined);
  }
});

test("pages: index for addresses of the application, assets for a year", async () => {
  for (const path of ["/", "/keeping", "/j/abc", "/hearings/1", "/cases/1", "/login", "/duty", "/t/abc", "/recordings"]) {
    const answer = await nobody().get(path);
    assert.match(answer.text, /<title>heard/);
    assert.equal(answer.headers["cache-control"], "no-store");
  }
  const asset = await nobody().get("/app-3F2A9C01.js");
  assert.match(asset.headers["cache-control"], /immutable/);
  assert.match(asset.headers["content-type"], /^text\/javascript/);
  const again = await nobody().get("/app-3F2A9C01.js", { "If-None-Match": asset.headers.etag });
  assert.equal(again.status, 304);
  assert.equal((await nobody().request("HEAD", "/app-3F2A9C01.js")).bytes.length, 0);
  problem(await nobody().get("/nothing.js"), 404, "not_found");
  problem(await nobody().get("/..%2f..%2fetc%2fpasswd"), 404, "not_found");
  problem(await nobody().request("DELETE", "/"), 405, "method_not_allowed");
});

test("login, who am I, logout", async () => {
  const clerk = await staff("clerk");
  const me = await clerk.get(`${API}/me`);
  assert.equal(me.json.kind, "account");
  assert.deepEqual(me.json.roles, ["clerk"]);
  assert.equal((await clerk.post(`${API}/logout`)).status, 204);
  problem(await clerk.get(`${API}/me`), 401, "unauthenticated");
});

test("without a relay the list of ICE servers is empty, and only for a session", async () => {
  problem(await nobody().get(`${API}/ice-servers`), 401, "unauthenticated");
  problem(await nobody().get(`${API}/ice-servers`, { Authorization: `Bearer ${demo.token}` }), 403, "forbidden");
  const clerk = await staff("clerk");
  assert.deepEqual((await clerk.get(`${API}/ice-servers`)).json.ice_servers, []);
});

test("the cookie is out of reach for scripts and other sites", async () => {
  const answer = await new Client(server.https).post(`${API}/login`, demo.accounts.clerk);
  assert.match(answer.headers["set-cookie"][0], /^heard_session=\w{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
  assert.equal(answer.headers["cache-control"], "no-store");
});

test("wrong passwords say nothing and lock after five", async () => {
  const account = { login: demo.accounts.observer.login, password: "wrong wrong" };
  problem(await nobody().post(`${API}/login`, { login: "nobody.here", password: "x" }), 401, "bad_credentials");
  for (let i = 0; i < 5; i += 1) problem(await nobody().post(`${API}/login`, account), 401, "bad_credentials");
  problem(await nobody().post(`${API}/login`, demo.accounts.observer), 429, "locked_out");
  server.sql("UPDATE account SET locked_until_ms = NULL, failed_logins = 0");
  assert.equal((await nobody().post(`${API}/login`, demo.accounts.observer)).status, 200);
});

test("bodies: type, JSON, fields, size", async () => {
  const clerk = await staff("clerk");
  const json = { "Content-Type": "application/json" };
  problem(await clerk.post(`${API}/cases`, "{}", { "Content-Type": "text/plain" }), 415, "media_type");
  problem(await clerk.post(`${API}/cases`, "{", json), 400, "bad_json");
  problem(await clerk.post(`${API}/cases`, "[]", json), 400, "bad_json");
  problem(await clerk.post(`${API}/cases`, "[".repeat(5000), json), 400, "bad_json");
  problem(await clerk.post(`${API}/cases`, { title: "x", claim: "y" }), 422, "bad_field");
  problem(await clerk.post(`${API}/cases`, { title: 5, claim: "y", petitioner_name: "z" }), 422, "bad_field");
  problem(await clerk.post(`${API}/cases`, { title: "x".repeat(201), claim: "y", petitioner_name: "z" }), 422, "bad_field");
  problem(await clerk.post(`${API}/cases`, "x".repeat(70_000), json), 413, "too_large");
  problem(await clerk.post(`${API}/cases`, "x".repeat(70_000), { ...json, "Transfer-Encoding": "chunked" }), 413, "too_large");
  assert.equal((await clerk.get(`${API}/me`)).status, 200);
});

test("a body beyond all bounds ends the connection, not the server", async () => {
  const huge = Buffer.alloc(4 * 1024 * 1024);
  await nobody().post(`${API}/login`, huge, { "Content-Type": "application/json" }).then(
    (answer) => assert.equal(answer.status, 413),
    (error) => assert.match(error.code, /EPIPE|ECONNRESET/),
  );
  assert.equal((await nobody().get("/healthz")).status, 200);
});

test("paths, methods, lists", async () => {
  const clerk = await staff("clerk");
  problem(await clerk.get(`${API}/nothing`), 404, "not_found");
  const answer = await clerk.request("DELETE", `${API}/cases`);
  problem(answer, 405, "method_not_allowed");
  assert.equal(answer.headers.allow, "GET, POST");
  problem(await clerk.get(`${API}/cases?limit=0`), 422, "bad_field");
  problem(await clerk.get(`${API}/cases?cursor=x`), 422, "bad_field");
  problem(await clerk.get(`${API}/hearings?day=2026-13-01`), 422, "bad_field");
  problem(await clerk.get(`${API}/hearings/${demo.case}`), 404, "unknown_hearing");
  problem(await clerk.get(`${API}/cases/${demo.hearing}`), 404, "not_found");
});

test("units page by cursor, each exactly once", async () => {
  const clerk = await staff("clerk");
  const all = (await clerk.get(`${API}/units?limit=200`)).json.items.map((u) => u.id);
  const seen = [];
  let cursor = "";
  do {
    const page = (await clerk.get(`${API}/units?limit=3${cursor}`)).json;
    seen.push(...page.items.map((u) => u.id));
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : "";
  } while (cursor);
  assert.deepEqual(seen, all);
  assert.ok(all.length >= 8);
});

test("a page of another site cannot write", async () => {
  const clerk = await staff("clerk");
  const body = { title: "x", claim: "y", petitioner_name: "z" };
  problem(await clerk.post(`${API}/cases`, body, { Origin: "https://evil.example" }), 403, "forbidden");
  problem(await clerk.post(`${API}/cases`, body, { Origin: "null" }), 403, "forbidden");
  assert.equal((await clerk.post(`${API}/cases`, body, { Origin: server.http })).status, 201);
});

test("roles: what the table does not give is refused", async () => {
  const observer = await staff("observer");
  problem(await observer.get(`${API}/cases`), 403, "wrong_role");
  problem(await observer.post(`${API}/cases`, {}), 403, "wrong_role");
  problem(await observer.get(`${API}/recordings/x`), 403, "wrong_role");
  const department = await staff("department");
  problem(await department.post(`${API}/cases`, {}), 403, "wrong_role");
  const petitioner = nobody();
  await petitioner.openLink(demo.links.petitioner);
  problem(await petitioner.get(`${API}/cases/${demo.case}`), 403, "forbidden");
  problem(await petitioner.post(`${API}/hearings/${demo.hearing}/participants/x/link`), 403, "wrong_role");
});

test("reach: other units' hearings do not exist", async () => {
  const { hearing } = await freshHearing();
  const street = await staff("department", 1);
  problem(await street.get(`${API}/hearings/${hearing.id}`), 404, "unknown_hearing");
  const petitioner = nobody();
  await petitioner.openLink(demo.links.petitioner);
  problem(await petitioner.get(`${API}/hearings/${hearing.id}`), 404, "unknown_hearing");
});

test("names of petitioners are masked for observers", async () => {
  const observer = nobody();
  const opened = await observer.openLink(demo.links.observer);
  const seat = opened.json.hearing.seats.find((s) => s.role === "petitioner");
  assert.match(seat.name, /^.\*+$/);
  const clerk = nobody();
  const full = (await clerk.openLink(demo.links.clerk)).json.hearing.seats.find((s) => s.role === "petitioner");
  assert.doesNotMatch(full.name, /\*/);
});

test("a link: open, come back, identify", async () => {
  const person = nobody();
  const opened = await person.openLink(demo.links.petitioner);
  assert.equal(opened.status, 200, opened.text);
  assert.equal(opened.json.participant.role, "petitioner");
  assert.equal(opened.json.id_check, true);
  assert.equal(opened.json.hearing.case, null);
  assert.equal((await person.openLink(demo.links.petitioner)).status, 200);
  problem(await person.post(`${API}/links/identify`, { last_four: "12" }), 422, "bad_field");
  assert.equal((await person.post(`${API}/links/identify`, { last_four: "123X" })).status, 204);
  const me = (await person.get(`${API}/me`)).json;
  assert.deepEqual([me.kind, me.hearing_id], ["participant", demo.hearing]);
});

test("a link: unknown, expired, revoked, renewed, used, over", async () => {
  const { clerk, hearing, links } = await freshHearing();
  const link = links.find((l) => l.role === "petitioner");
  const token = (url) => ({ token: url.split("/").pop() });
  const path = `${API}/hearings/${hearing.id}/participants/${link.participant}/link`;
  problem(await nobody().post(`${API}/links/open`, { token: "x".repeat(43) }), 404, "link_unknown");
  problem(await nobody().post(`${API}/links/open`, { token: "x".repeat(65) }), 422, "bad_field");

  const person = nobody();
  assert.equal((await person.openLink(link.url)).status, 200);
  const renewed = await clerk.post(path);
  assert.equal(renewed.status, 201, renewed.text);
  assert.ok(renewed.json.expires_at_ms > Date.now());
  problem(await person.get(`${API}/me`), 401, "unauthenticated");
  problem(await nobody().openLink(link.url), 404, "link_unknown");

  assert.equal((await nobody().openLink(renewed.json.url)).status, 200);
  server.sql(`UPDATE participant SET presence_state = 'admitted' WHERE id = '${link.participant}'`);
  problem(await nobody().post(`${API}/links/open`, token(renewed.json.url)), 409, "link_used");
  server.sql(`UPDATE participant SET presence_state = 'in_lobby', token_expires_ms = 1 WHERE id = '${link.participant}'`);
  problem(await nobody().post(`${API}/links/open`, token(renewed.json.url)), 410, "link_expired");
  assert.equal((await clerk.request("DELETE", path)).status, 204);
  problem(await nobody().post(`${API}/links/open`, token(renewed.json.url)), 410, "link_revoked");

  const another = await clerk.post(path);
  server.sql(`UPDATE hearing SET state = 'concluded' WHERE id = '${hearing.id}'`);
  const late = nobody();
  assert.deepEqual([(await late.openLink(another.json.url)).json.id_check, (await late.get(`${API}/hearings/${hearing.id}`)).json.code], [true, "not_identified"]);
  problem(await late.post(`${API}/links/identify`, { last_four: "1234" }), 422, "code_wrong");
  const again = await clerk.post(path);
  assert.equal(again.status, 201, again.text);
  server.sql(`UPDATE hearing SET state = 'cancelled' WHERE id = '${hearing.id}'`);
  problem(await nobody().openLink(again.json.url), 409, "hearing_closed");
  problem(await clerk.post(path), 409, "hearing_closed");
});

test("the same write twice with a key is done once", async () => {
  const clerk = await staff("clerk");
  const body = { title: "屋顶漏水", claim: "维修", petitioner_name: "王五" };
  const key = { "Idempotency-Key": "once-and-only-once" };
  const first = await clerk.post(`${API}/cases`, body, key);
  const second = await clerk.post(`${API}/cases`, body, key);
  assert.equal(first.status, 201);
  assert.deepEqual(second.json, first.json);
  problem(await clerk.post(`${API}/cases`, { ...body, title: "另一件" }, key), 409, "conflict");
  problem(await clerk.post(`${API}/cases`, body, { "Idempotency-Key": "a b" }), 400, "bad_request");
  const list = (await clerk.get(`${API}/cases?limit=200`)).json.items;
  assert.equal(list.filter((c) => c.title === body.title).length, 1);
});

test("a case file tells what happened, in order", async () => {
  const { clerk, hearing } = await freshHearing();
  const file = (await clerk.get(`${API}/cases/${demo.case}`)).json;
  assert.match(file.petitioner, /\*/);
  assert.ok(file.hearings.some((h) => h.id === hearing.id));
  assert.equal(file.events[0].code, "case.registered");
  const times = file.events.map((e) => e.at_ms);
  assert.deepEqual(times, [...times].sort((a, b) => a - b));
});

test("schedules refuse what cannot be", async () => {
  const clerk = await staff("clerk");
  const plan = (change) => clerk.post(`${API}/cases/${demo.case}/hearings`, { kind: "reception", planned_start_ms: Date.now(), seats: [{ role: "petitioner" }], ...change });
  problem(await plan({ kind: "party" }), 422, "bad_field");
  problem(await plan({ seats: [] }), 422, "bad_field");
  problem(await plan({ seats: [{ role: "judge" }] }), 422, "bad_field");
  problem(await plan({ seats: [{ role: "clerk" }] }), 422, "bad_field");
  problem(await plan({ seats: Array(33).fill({ role: "petitioner" }) }), 422, "bad_field");
  problem(await plan({ planned_start_ms: 5 }), 422, "bad_field");
  problem(await plan({ seats: [{ role: "clerk", account_id: demo.case }] }), 404, "not_found");
});

test("a mediation needs both sides, a panel hearing an odd panel", async () => {
  const clerk = await staff("clerk");
  const plan = (kind, seats, more = {}) => clerk.post(`${API}/cases/${demo.case}/hearings`, { kind, planned_start_ms: Date.now(), seats, ...more });
  const seat = (role, side) => ({ role, name: role, ...(side && { side }) });
  const parties = [seat("mediator"), seat("petitioner"), seat("petitioner", "respondent")];
  const made = await plan("mediation", [...parties, seat("agent", "respondent"), seat("interpreter")]);
  assert.equal(made.status, 201, made.text);
  assert.match(made.json.hearing.number, /^HSM/);
  assert.equal(made.json.links.length, 5);
  assert.deepEqual(server.query(`SELECT recording_policy FROM hearing WHERE id = '${made.json.hearing.id}'`), [["off"]]);
  const sides = server.query(`SELECT role, side FROM seat WHERE hearing_id = '${made.json.hearing.id}' ORDER BY position`);
  assert.deepEqual(sides.map(([, side]) => side), ["neutral", "petitioner", "respondent", "respondent", "neutral"]);
  const recorded = await plan("mediation", parties, { recorded: true });
  assert.deepEqual(server.query(`SELECT recording_policy FROM hearing WHERE id = '${recorded.json.hearing.id}'`), [["on"]]);
  assert.equal((await plan("mediation", [seat("mediator"), seat("petitioner"), seat("department")])).status, 201);
  for (const seats of [parties.slice(1), [seat("mediator"), seat("petitioner")], [...parties, seat("panelist")], [...parties, seat("clerk", "respondent")]])
    problem(await plan("mediation", seats), 422, "bad_field");
  problem(await plan("mediation", [...parties, { role: "petitioner", side: "respondent" }]), 422, "bad_field"); // who?
  problem(await plan("mediation", parties, { recorded: "yes" }), 422, "bad_field");

  const court = [seat("presiding"), seat("clerk"), seat("petitioner"), seat("department")];
  const panel = (count) => [...court, ...Array.from({ length: count }, () => seat("panelist"))];
  const hearing = await plan("panel_hearing", panel(3));
  assert.equal(hearing.status, 201, hearing.text);
  assert.match(hearing.json.hearing.number, /^HSH/);
  for (const count of [0, 1, 2, 4]) problem(await plan("panel_hearing", panel(count)), 422, "bad_field");
  problem(await plan("panel_hearing", panel(3).slice(1)), 422, "bad_field");
  problem(await plan("panel_hearing", panel(3), { recorded: false }), 422, "bad_field");
  problem(await plan("panel_hearing", [...panel(3), seat("petitioner", "respondent")]), 422, "bad_field");
});

test("the log holds no token, password, name or address", () => {
  for (const secret of [demo.token, demo.accounts.clerk.password, demo.links.clerk.split("/").pop(), "李四", "张", "127.0.0.1"])
    assert.ok(!server.log.includes(secret), `the log holds ${secret}`);
});
