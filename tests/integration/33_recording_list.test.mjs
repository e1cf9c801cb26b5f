// SPDX-License-Identifier: Apache-2.0
// The list of recordings: nobody finds there what he may not play, nor misses what he may.
import assert from "node:assert/strict";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { Server, removeFolder, tempFolder } from "./lib/server.mjs";

const API = "/api/v1";
const DAY_MS = 86_400_000;
const ROWS = 60;
const seed = Number(process.env.HEARD_SEED ?? Math.floor(Math.random() * 1e9));
const data = tempFolder();
const server = await new Server({ data, env: { TZ: "Asia/Shanghai" } }).start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(data);
});

let state = seed;
const dice = (count) => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return (state >> 8) % count;
};
const pick = (list) => list[dice(list.length)];
const uuid = (kind, i) => `01b0${kind}-0000-7000-8000-${String(i).padStart(12, "0")}`;
const words = ["征地补偿", "外墙漏水", "拖欠工资", "噪声扰民", "劳动合同", "ABC小区"];
const first = Date.parse("2026-03-01T10:00:00+08:00");
const recordings = [];

function problem(answer, status, code) {
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
}

function fill() {
  const units = server.query("SELECT id FROM unit").flat();
  const accounts = server.query("SELECT id FROM account").flat();
  const statements = [];
  for (let i = 0; i < ROWS; i += 1) {
    const [file, hearing, id] = [uuid("0001", i), uuid("0002", i), uuid("0003", i)];
    const hasCase = dice(4) > 0;
    const title = `${pick(words)}第${i}次接访`;
    const started = first + i * DAY_MS;
    const record = { id, title, number: `HSJ-T${i}-R01`, caseNumber: hasCase ? `XF-T${i}` : null, caseTitle: `${pick(words)}诉求`, started };
    statements.push(`INSERT INTO petition_case (id, case_no, nature, title, confidentiality, state, registered_unit_id, lead_unit_id, created_ms, updated_ms)
      VALUES ('${file}', 'XF-T${i}', 'claim', '${record.caseTitle}', '${pick(["normal", "accusation"])}', 'registered', '${pick(units)}', '${pick(units)}', 1, 1)`);
    statements.push(`INSERT INTO hearing (id, hearing_no, kind, mode, state, phase, title, case_id, organiser_unit_id, planned_start_ms, publicity, recording_policy, max_observers, created_ms)
      VALUES ('${hearing}', 'HSJ-T${i}', 'reception', 'online', 'closed', 'closed', '${title}', ${hasCase ? `'${file}'` : "NULL"}, '${pick(units)}', ${started}, 'invited', 'on', 0, 1)`);
    for (let seat = 0; seat < dice(3); seat += 1) {
      statements.push(`INSERT INTO seat (id, hearing_id, side, role, account_id, unit_id, display_name, position, is_lead, speaking_limit_s)
        VALUES ('${uuid("0004", i * 10 + seat)}', '${hearing}', 'staff', 'clerk', ${dice(2) ? `'${pick(accounts)}'` : "NULL"}, ${dice(2) ? `'${pick(units)}'` : "NULL"}, 'x', ${seat}, 0, 0)`);
    }
    statements.push(`INSERT INTO recording VALUES ('${id}', '${record.number}', '${hearing}', ${hasCase ? `'${file}'` : "NULL"}, 'main', 'main', 1, 'sealed', 'recordings/${id}',
      ${started}, ${started + 60_000}, 1000, 60000, 'ab', 'ready', 1000, NULL, 0, 1)`);
    recordings.push(record);
  }
  server.sql(...statements);
}

async function all(client, query = "") {
  const items = [];
  let cursor = null;
  do {
    const page = await client.get(`${API}/recordings?limit=7${query}${cursor ? `&cursor=${cursor}` : ""}`);
    assert.equal(page.status, 200, page.text);
    items.push(...page.json.items);
    cursor = page.json.next_cursor;
  } while (cursor);
  return items;
}

const accounts = Object.entries(demo.accounts).flatMap(([role, one]) => [one].flat().map((account) => [role, account]));

test("each account finds what it may play, and nothing else", async () => {
  console.log(`# HEARD_SEED=${seed}`);
  fill();
  const counts = {};
  for (const [role, account] of accounts) {
    const client = await new Client(server.http).login(account);
    const list = await client.get(`${API}/recordings`);
    if (list.status !== 200) {
      problem(list, 403, "wrong_role");
      problem(await client.get(`${API}/recordings/${recordings[0].id}`), 403, "wrong_role");
      counts[account.login] = "none";
      continue;
    }
    const may = [];
    for (const { id } of recordings) {
      const one = await client.get(`${API}/recordings/${id}`);
      if (one.json.may_play) may.push(id);
    }
    const found = await all(client);
    assert.deepEqual(found.map(({ id }) => id), may.reverse(), `${role} ${account.login}`);
    counts[account.login] = found.length;
  }
  console.log(`# found: ${JSON.stringify(counts)}`);
  assert.ok(Object.values(counts).includes("none") && Object.values(counts).some((count) => count > 5 && count < ROWS));
  problem(await new Client(server.http).get(`${API}/recordings`), 401, "unauthenticated");
  problem(await (await new Client(server.http).login(demo.accounts.observer)).get(`${API}/recordings`), 403, "wrong_role");
}, 180_000);

test("by number, by Chinese words of the title, by day", async () => {
  const client = await new Client(server.http).login(demo.accounts.archivist);
  const known = new Map((await all(client)).map((item) => [item.id, item]));
  const mine = recordings.filter(({ id }) => known.has(id)).reverse();
  const search = async (text) => (await all(client, `&search=${encodeURIComponent(text)}`)).map(({ id }) => id);
  const model = (...terms) => mine.filter((one) => terms.every((term) => [one.number, one.title, one.caseNumber, one.caseNumber && one.caseTitle]
    .some((text) => text?.toLowerCase().includes(term)))).map(({ id }) => id);
  for (const terms of [["漏水"], ["水"], ["劳动合同", "接访"], ["xf-t1"], [mine[0].number.toLowerCase()], ["没有"], ["abc"], ["诉求"]])
    assert.deepEqual(await search(terms.join(" ")), model(...terms), terms.join(" "));
  assert.deepEqual(await search("ＡＢＣ　小区"), model("abc", "小区"));
  assert.ok(model("漏水").length > 0);
  const day = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
  const middle = mine[Math.floor(mine.length / 2)].started;
  const ids = async (query) => (await all(client, query)).map(({ id }) => id);
  assert.deepEqual(await ids(`&from=${day(middle)}`), mine.filter(({ started }) => started >= middle).map(({ id }) => id));
  assert.deepEqual(await ids(`&from=${day(middle)}&to=${day(middle)}`), mine.filter(({ started }) => started === middle).map(({ id }) => id));
  for (const wrong of ["from=yesterday", "to=2026-13-01", `search=${"x".repeat(101)}`, "search=a+b+c+d+e+f+g", "search=%ff", "cursor=x"])
    problem(await client.get(`${API}/recordings?${wrong}`), 422, "bad_field");
});

test("what was destroyed is listed, and not to be played", async () => {
  const client = await new Client(server.http).login(demo.accounts.archivist);
  const [item] = (await client.get(`${API}/recordings?limit=1`)).json.items;
  assert.equal(item.may_play, true);
  server.sql(`INSERT INTO destruction_order (id, recording_id, state, reason, requested_by, requested_ms) SELECT '${uuid("0009", 1)}', '${item.id}', 'requested', 'x', id, 1 FROM account LIMIT 1`,
    `UPDATE destruction_order SET state = 'confirmed', confirmed_by = (SELECT id FROM account WHERE id <> requested_by LIMIT 1), confirmed_ms = 1, certificate = '{}'`,
    `UPDATE recording SET state = 'destroying' WHERE id = '${item.id}'`);
  const [gone] = (await client.get(`${API}/recordings?limit=1`)).json.items;
  assert.deepEqual([gone.id, gone.state, gone.may_play], [item.id, "destroying", false]);
});
