// SPDX-License-Identifier: Apache-2.0
// Bookmarks and notes beside a recording: whose they are, what stays of them, what is refused.
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
const RECORDING = "01a00000-0000-7000-8000-000000000001";
const OTHER = "01a00000-0000-7000-8000-000000000002";
const insert = (id, number) => `INSERT INTO recording VALUES ('${id}', 'X-${number}', '${demo.hearing}', '${demo.case}', 'main', 'main', 1, 'sealed', 'recordings/${demo.hearing}/${number}', 1, 2, 1, 60000, 'ab', 'ready', 1000, NULL, 0, 1)`;
server.sql(insert(RECORDING, "R98"), insert(OTHER, "R99"));
const path = `${API}/recordings/${RECORDING}/notes`;
const patch = (client, id, body) => client.request("PATCH", `${path}/${id}`, body);
const remove = (client, id) => client.request("DELETE", `${path}/${id}`);
const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
};

async function viewer(role, index = 0) {
  const client = await new Client(server.http).login([demo.accounts[role]].flat()[index]);
  for (const id of [RECORDING, OTHER]) {
    const answer = await client.post(`${API}/recordings/${id}/views`, { reason: "复核" });
    assert.equal(answer.status, 201, answer.text);
  }
  return client;
}

const clerk = await viewer("clerk");
const mediator = await viewer("mediator");
const BOOKMARK = { kind: "bookmark", visibility: "private", at_ms: 1500 };
const NOTE = { kind: "note", visibility: "file", at_ms: 20_000, to_ms: 25_000, text: "承诺十日内修复" };

async function write(client, body) {
  const answer = await client.post(path, body);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}
const list = async (client) => (await client.get(path)).json.items;
const read = (sql) => server.query(sql).map((row) => row[0]);
const trail = () => read("SELECT action || ' ' || object FROM audit WHERE action LIKE 'recording.note%' ORDER BY seq");

test("notes need the right to play and a reason, as the files do", async () => {
  const fresh = await new Client(server.http).login(demo.accounts.clerk);
  refused(await fresh.get(path), 403, "forbidden");
  refused(await fresh.post(path, BOOKMARK), 403, "forbidden");
  const observer = await new Client(server.http).login(demo.accounts.observer);
  refused(await observer.get(path), 403, "wrong_role");
  refused(await new Client(server.http).get(path), 401, "unauthenticated");
  const link = new Client(server.http);
  await link.openLink(demo.links.clerk);
  refused(await link.get(path), 403, "forbidden");
});

test("a private one is its author's, one for the file is everybody's who may play", async () => {
  const own = await write(clerk, BOOKMARK);
  const shared = await write(clerk, NOTE);
  assert.deepEqual([own.text, own.to_ms, own.mine, own.edited_at_ms], ["", null, true, null]);
  assert.deepEqual((await list(clerk)).map((one) => one.id), [own.id, shared.id]);
  const [seen, ...more] = await list(mediator);
  assert.equal(more.length, 0);
  assert.deepEqual([seen.id, seen.text, seen.mine, seen.to_ms], [shared.id, NOTE.text, false, 25_000]);
  assert.ok(seen.author.length > 0 && seen.unit.length > 0);
  refused(await patch(mediator, own.id, { text: "x" }), 404, "not_found");
  refused(await remove(mediator, own.id), 404, "not_found");
  refused(await patch(mediator, shared.id, { text: "x" }), 403, "forbidden");
  refused(await remove(mediator, shared.id), 403, "forbidden");
  assert.deepEqual(trail(), [`recording.note.write note:${shared.id}`]);
});

test("an edit of one for the file shows what it said before, and when", async () => {
  const note = await write(clerk, NOTE);
  const changed = await patch(clerk, note.id, { text: "承诺十五日内修复", to_ms: null });
  assert.equal(changed.status, 200, changed.text);
  const seen = (await list(mediator)).find((one) => one.id === note.id);
  assert.equal(seen.text, "承诺十五日内修复");
  assert.equal(seen.to_ms, null);
  assert.equal(seen.at_ms, NOTE.at_ms);
  assert.ok(seen.edited_at_ms >= seen.created_at_ms);
  assert.deepEqual(seen.earlier.map((one) => [one.text, one.to_ms]), [[NOTE.text, 25_000]]);
  assert.ok(trail().includes(`recording.note.edit note:${note.id}`));
  refused(await patch(clerk, note.id, { visibility: "private" }), 409, "conflict");
  server.sql(`UPDATE recording_note SET edit_count = 50 WHERE id = '${note.id}'`);
  refused(await patch(clerk, note.id, { text: "又一次" }), 429, "too_many");
});

test("a private one may become one for the file; that is audited then", async () => {
  const note = await write(clerk, { ...BOOKMARK, text: "先看看" });
  assert.equal((await patch(clerk, note.id, { text: "值得注意" })).status, 200);
  const published = await patch(clerk, note.id, { visibility: "file" });
  assert.equal(published.status, 200, published.text);
  assert.deepEqual(published.json.earlier, [], "what was private stays so");
  assert.ok((await list(mediator)).some((one) => one.id === note.id));
  assert.ok(trail().includes(`recording.note.edit note:${note.id}`));
});

test("taking one out: a private one is gone, one for the file leaves its trace", async () => {
  const own = await write(clerk, BOOKMARK);
  const shared = await write(clerk, NOTE);
  assert.equal((await remove(clerk, own.id)).status, 204);
  assert.equal((await remove(clerk, shared.id)).status, 204);
  refused(await remove(clerk, shared.id), 404, "not_found");
  const ids = (await list(clerk)).map((one) => one.id);
  assert.ok(!ids.includes(own.id) && !ids.includes(shared.id));
  assert.ok(trail().includes(`recording.note.take_out note:${shared.id}`));
  assert.deepEqual(read(`SELECT text FROM recording_note WHERE id = '${shared.id}' AND deleted_ms > 0`), [NOTE.text]);
  assert.deepEqual(read(`SELECT count(*) FROM recording_note WHERE id = '${own.id}'`), [0]);
  assert.throws(() => server.sql(`DELETE FROM recording_note WHERE id = '${shared.id}'`));
});

test("what a note cannot be", async () => {
  for (const wrong of [{ kind: "party" }, { visibility: "all" }, { at_ms: -1 }, { at_ms: 66_000 }, { at_ms: "1" }, { to_ms: 20_000 },
    { to_ms: 66_000 }, { text: "" }, { text: "x".repeat(2001) }, { text: "a\u0007" }, { kind: undefined }, { at_ms: undefined }])
    refused(await clerk.post(path, { ...NOTE, ...wrong }), 422, "bad_field");
  assert.equal((await write(clerk, { ...NOTE, text: "长".repeat(2000) })).text.length, 2000);
  const note = await write(clerk, NOTE);
  refused(await patch(clerk, note.id, { at_ms: 30_000 }), 422, "bad_field");
  refused(await patch(clerk, note.id, { text: "" }), 422, "bad_field");
  refused(await patch(clerk, "nothing", { text: "x" }), 404, "not_found");
  refused(await clerk.request("PATCH", `${API}/recordings/${OTHER}/notes/${note.id}`, { text: "x" }), 404, "not_found");
  const key = { "Idempotency-Key": "note-once-only" };
  const [one, two] = [await clerk.post(path, NOTE, key), await clerk.post(path, NOTE, key)];
  assert.equal(one.json.id, two.json.id);
});

test("pages by cursor; a bound for each account", async () => {
  const seen = [];
  let cursor = "";
  do {
    const page = (await clerk.get(`${path}?limit=6${cursor}`)).json;
    seen.push(...page.items.map((one) => one.id));
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : "";
  } while (cursor);
  assert.deepEqual(seen, (await clerk.get(`${path}?limit=200`)).json.items.map((one) => one.id));
  const [account] = read("SELECT account_id FROM recording_note LIMIT 1");
  server.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO recording_note SELECT 'many-' || i, '${OTHER}', '${account}', 'x', NULL, 'bookmark', 'private', 1, NULL, '', 1, NULL, 0, NULL FROM n`);
  refused(await clerk.post(`${API}/recordings/${OTHER}/notes`, BOOKMARK), 429, "too_many");
  assert.equal((await mediator.post(`${API}/recordings/${OTHER}/notes`, BOOKMARK)).status, 201);
});

test("the log holds nothing that a note says", () => assert.ok(!server.log.includes("承诺")));
