// SPDX-License-Identifier: Apache-2.0
// Files of a recording: the right, the reason, the range.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
const FILE = "01a00000-0000-7000-8000-000000000002";
const BYTES = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
const SHA = createHash("sha256").update(BYTES).digest("hex");
const directory = `recordings/${demo.hearing}/R99`;
mkdirSync(join(server.data, directory, "derived"), { recursive: true });
writeFileSync(join(server.data, directory, "derived", "mix.webm"), BYTES);
server.sql(
  `INSERT INTO recording VALUES ('${RECORDING}', 'X-R99', '${demo.hearing}', '${demo.case}', 'main', 'main', 1, 'sealed', '${directory}', 1, 2, 1, 1, 'ab', 'ready', 1000, NULL, 0, 1)`,
  `INSERT INTO recording_file VALUES ('${FILE}', '${RECORDING}', 'mixed_audio', NULL, NULL, 'mix.webm', 'audio/webm; codecs="opus"', ${BYTES.length}, '${SHA}', 0, 1000, 0, 0, 1)`,
);
const path = `${API}/recordings/${RECORDING}/files/${FILE}`;
const staff = (role, index = 0) => new Client(server.http).login([demo.accounts[role]].flat()[index]);

test("no byte without a reason given in this session", async () => {
  const clerk = await staff("clerk");
  const about = await clerk.get(`${API}/recordings/${RECORDING}`);
  assert.equal(about.json.may_play, true);
  assert.equal(about.json.files[0].sha256, SHA);
  assert.equal((await clerk.get(path)).json.code, "forbidden");
  assert.equal((await clerk.post(`${API}/recordings/${RECORDING}/views`, { reason: "x" })).json.code, "bad_field");
  assert.equal((await clerk.post(`${API}/recordings/${RECORDING}/views`, { reason: "复核" })).status, 201);
  const whole = await clerk.get(path);
  assert.equal(whole.status, 200);
  assert.ok(whole.bytes.equals(BYTES));
  assert.equal(whole.headers["cache-control"], "no-store");
  await new Promise((resolve) => setTimeout(resolve, 5));
  const again = await staff("clerk");
  assert.equal((await again.get(path)).json.code, "forbidden");
});

test("every file of a recording is listed, however many there are", async () => {
  const many = "0199f000-0000-7000-8000-0000000000b9";
  const id = (n) => `0199f000-0000-7000-9000-${String(n).padStart(12, "0")}`;
  const row = (n, kind, name, type) =>
    `INSERT INTO recording_file VALUES ('${id(n)}', '${many}', '${kind}', NULL, 'camera', '${name}', '${type}', 1, '${SHA}', 0, 1000, 0, 0, 1)`;
  server.sql(
    `INSERT INTO recording VALUES ('${many}', 'X-R98', '${demo.hearing}', '${demo.case}', 'main', 'main', 2, 'sealed', '${directory}8', 1, 2, 1, 1, 'ab', 'ready', 1000, NULL, 0, 1)`,
    ...Array.from({ length: 400 }, (_, i) => row(i, "take", `t${i}-1.webm`, "video/webm")),
    row(400, "thumbnails", "thumbs-1-1.jpg", "image/jpeg"),
    row(401, "take_index", "thumbs-1-1.json", "application/json"),
    row(402, "waveform", "waveform.json", "application/json"),
  );
  const { files } = (await (await staff("clerk")).get(`${API}/recordings/${many}`)).json;
  assert.equal(files.length, 403);
  assert.equal(new Set(files.map((file) => file.id)).size, 403);
  assert.equal(files.find((file) => file.kind === "thumbnails").index_file, id(401));
  assert.equal(files.find((file) => file.kind === "waveform").index_file, null);
});

test("ranges", async () => {
  const clerk = await staff("clerk");
  await clerk.post(`${API}/recordings/${RECORDING}/views`, { reason: "复核" });
  const part = await clerk.get(path, { Range: "bytes=10-19" });
  assert.equal(part.status, 206);
  assert.ok(part.bytes.equals(BYTES.subarray(10, 20)));
  assert.equal(part.headers["content-range"], `bytes 10-19/${BYTES.length}`);
  assert.equal(part.headers["accept-ranges"], "bytes");
  assert.equal(part.headers["content-type"], 'audio/webm; codecs="opus"');
  assert.equal((await clerk.get(path, { Range: "bytes=-7" })).bytes.length, 7);
  assert.ok((await clerk.get(path, { Range: `bytes=${BYTES.length - 1}-` })).bytes.equals(BYTES.subarray(-1)));
  const outside = await clerk.get(path, { Range: `bytes=${BYTES.length}-` });
  assert.equal(outside.status, 416);
  assert.equal(outside.headers["content-range"], `bytes */${BYTES.length}`);
  assert.equal(outside.json.code, "range");
  assert.equal((await clerk.get(path, { Range: "bytes=0-1,4-5" })).status, 200);
  const tag = part.headers.etag;
  assert.equal((await clerk.get(path, { Range: "bytes=0-1", "If-Range": tag })).status, 206);
  assert.equal((await clerk.get(path, { Range: "bytes=0-1", "If-Range": '"other"' })).status, 200);
  assert.equal((await clerk.request("HEAD", path)).headers["content-length"], String(BYTES.length));
});

test("the same over TLS", async () => {
  const clerk = await new Client(server.https).login(demo.accounts.clerk);
  await clerk.post(`${API}/recordings/${RECORDING}/views`, { reason: "复核" });
  assert.ok((await clerk.get(path)).bytes.equals(BYTES));
  assert.ok((await clerk.get(path, { Range: "bytes=99000-" })).bytes.equals(BYTES.subarray(99_000)));
});

test("the right is asked for each byte range", async () => {
  const mediator = await staff("mediator");
  await mediator.post(`${API}/recordings/${RECORDING}/views`, { reason: "复核" });
  assert.equal((await mediator.get(path, { Range: "bytes=0-1" })).status, 206);
  server.sql("UPDATE seat SET account_id = NULL WHERE role = 'mediator'", "UPDATE account SET unit_id = NULL WHERE login = 'demo.mediator'");
  assert.equal((await mediator.get(path, { Range: "bytes=2-3" })).json.code, "not_found");
});

test("a department plays only what it has a seat in; observers never", async () => {
  const housing = await staff("department");
  assert.equal((await housing.get(`${API}/recordings/${RECORDING}`)).json.may_play, true);
  server.sql("UPDATE seat SET account_id = NULL WHERE role = 'department' AND display_name = '陈建'");
  const about = await housing.get(`${API}/recordings/${RECORDING}`);
  assert.equal(about.json.may_play, false);
  assert.deepEqual(about.json.files, []);
  assert.equal((await housing.post(`${API}/recordings/${RECORDING}/views`, { reason: "想看" })).json.code, "forbidden");
  const observer = await staff("observer");
  assert.equal((await observer.get(path)).json.code, "wrong_role");
  const link = new Client(server.http);
  await link.openLink(demo.links.clerk);
  assert.equal((await link.get(path)).json.code, "forbidden");
});

test("a row can name no file outside the data folder", async () => {
  const clerk = await staff("clerk");
  await clerk.post(`${API}/recordings/${RECORDING}/views`, { reason: "复核" });
  server.sql(`UPDATE recording_file SET name = '../../../../demo.json' WHERE id = '${FILE}'`);
  const inside = await clerk.get(path);
  server.sql(`UPDATE recording_file SET name = '../../../../../../../etc/passwd' WHERE id = '${FILE}'`);
  assert.equal((await clerk.get(path)).json.code, "not_found");
  assert.notEqual(inside.status, 200);
  server.sql(`UPDATE recording_file SET name = 'gone.webm' WHERE id = '${FILE}'`);
  assert.equal((await clerk.get(path)).json.code, "not_found");
});

test("all files are named, however many; what shows small pictures knows its list of times", async () => {
  const many = "01a00000-0000-7000-8000-000000000009";
  const row = (id, kind, name, type) => `INSERT INTO recording_file VALUES ('${id}', '${many}', '${kind}', NULL, NULL, '${name}', '${type}', 1, 'ab', 0, 0, 0, 0, 1)`;
  server.sql(
    `INSERT INTO recording VALUES ('${many}', 'X-R97', '${demo.hearing}', '${demo.case}', 'main', 'main', 1, 'sealed', 'recordings/${demo.hearing}/R97', 1, 2, 1, 1, 'ab', 'ready', 1000, NULL, 0, 1)`,
    row("zz-wave", "waveform", "waveform.json", "application/json"),
    row("zz-list", "thumbnails", "thumbs-t1-1.json", "application/json"),
    row("zz-sprite", "thumbnails", "thumbs-t1-1.jpg", "image/jpeg"),
    row("zz-alone", "thumbnails", "thumbs-t2-1.jpg", "image/jpeg"),
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450) INSERT INTO recording_file SELECT printf('take-%04d', i), '${many}', 'take', NULL, 'camera', 't' || i || '.webm', 'video/webm', 1, 'ab', 0, 0, 0, 0, 1 FROM n`,
  );
  const { files } = (await (await staff("clerk")).get(`${API}/recordings/${many}`)).json;
  assert.equal(files.length, 454);
  assert.equal(new Set(files.map((file) => file.id)).size, 454);
  const lists = Object.fromEntries(files.filter((file) => file.id.startsWith("zz")).map((file) => [file.id, [file.kind, file.index_file]]));
  assert.deepEqual(lists, { "zz-wave": ["waveform", null], "zz-list": ["thumbnails", null], "zz-sprite": ["thumbnails", "zz-list"], "zz-alone": ["thumbnails", null] });
});

test("integrity of a folder that is no log is a clear answer", async () => {
  const clerk = await staff("clerk");
  const answer = await clerk.get(`${API}/recordings/${RECORDING}/integrity`);
  assert.ok([200, 503].includes(answer.status), answer.text);
  if (answer.status === 200) assert.notEqual(answer.json.intact, true);
});

test("who looked and why stands in the audit trail", async () => {
  const clerk = await staff("clerk");
  await clerk.post(`${API}/recordings/${RECORDING}/views`, { reason: "审计测试" });
  server.sql("SELECT 1"); // the trail is append-only: triggers refuse what follows
  assert.throws(() => server.sql("UPDATE audit SET reason = 'x'"));
  assert.throws(() => server.sql("DELETE FROM audit"));
});
