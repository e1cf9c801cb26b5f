// SPDX-License-Identifier: Apache-2.0
// local_days: an old recording gives the room of its segments back, and gets them again when somebody asks.
import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "./lib/client.mjs";
import { atEnd, test } from "./lib/runner.mjs";
import { heard, Server, removeFolder, tempFolder } from "./lib/server.mjs";

const VECTORS = fileURLToPath(new URL("../vectors", import.meta.url));
const DAY = 24 * 3600 * 1000;
const folder = tempFolder();
const nas = join(folder, "nas");
atEnd(() => removeFolder(folder));
const idOf = (n) => `01a00000-0000-7000-8000-0000000046${String(n).padStart(2, "0")}`;
const SEGMENTS = ["000001.seg", "000002.seg"];

test("only what is old, copied, playable and not held gives its room up; asked for, it comes back and stays", async () => {
  mkdirSync(nas);
  const config = join(folder, "heard.conf");
  writeFileSync(config, `copy_to = ${nas}\nlocal_days = 30\njobs_seconds = 2\n`);
  const data = tempFolder();
  cpSync(join(VECTORS, "organisation.key"), join(data, "recordings.key"));
  chmodSync(join(data, "recordings.key"), 0o600);
  const server = await new Server({ data, args: ["--config", config] }).start();
  try {
    const demo = server.demo();
    const places = {};
    const put = (n, name, days) => {
      const directory = `recordings/${demo.hearing}/${name}`;
      places[n] = join(data, directory);
      cpSync(join(VECTORS, "hearing/R01"), places[n], { recursive: true });
      const ended = Date.now() - days * DAY;
      return `INSERT INTO recording VALUES ('${idOf(n)}', 'X-${name}', '${demo.hearing}', '${demo.case}', 'main', 'main', ${n}, 'sealed', '${directory}', ${ended - 62_000}, ${ended}, 1, 62000, 'ab', 'none', 0, NULL, 0, 1)`;
    };
    await server.stop();
    const held = `INSERT INTO legal_hold VALUES ('h46', '${idOf(2)}', NULL, '诉讼', (SELECT id FROM account LIMIT 1), 1, NULL, NULL, NULL)`;
    server.sql(put(1, "R61", 31), put(2, "R62", 31), put(3, "R63", 29), held);
    await server.start();
    const state = (n, kind) => server.query(`SELECT state FROM recording_task WHERE recording_id = '${idOf(n)}' AND kind = '${kind}'`)[0]?.[0];
    const until = async (what, look) => {
      for (let i = 0; i < 150; i += 1) {
        if (await look()) return;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      throw new Error(`${what}\n${server.log.slice(-3000)}`);
    };
    const here = (n) => SEGMENTS.map((name) => existsSync(join(places[n], name)));
    await until("copied", () => [1, 2, 3].every((n) => state(n, "copy") === "ready"));
    await until("released", () => state(1, "release") === "ready");
    assert.deepEqual([here(1), here(2), here(3)], [[false, false], [true, true], [true, true]]);
    assert.deepEqual([state(2, "release"), state(3, "release")], [undefined, undefined]);
    assert.equal(heard(["verify", places[1]]).code, 4);

    // People are told, and can still play it.
    const clerk = await new Client(server.http).login([demo.accounts.clerk].flat()[0]);
    const path = `/api/v1/recordings/${idOf(1)}`;
    const detail = (await clerk.get(path)).json;
    assert.deepEqual([detail.state, detail.tasks.release.state, detail.tasks.release.detail.files], ["sealed", "ready", 2]);
    const report = (await clerk.get(`${path}/integrity`)).json;
    assert.deepEqual([report.result, report.segments_elsewhere], ["elsewhere", 2]);
    assert.equal((await clerk.post(`${path}/views`, { reason: "核对" })).status, 201);
    assert.equal((await clerk.get(`${path}/timeline`)).status, 200);
    const statement = await clerk.get(`${path}/statement.pdf`);
    assert.deepEqual([statement.status, statement.json.code], [409, "elsewhere"], statement.text);
    assert.equal((await clerk.post(`/api/v1/recordings/${idOf(2)}/restore`)).json.code, "conflict");

    // A start with segments elsewhere is no damage and no loss.
    await server.stop();
    server.sql("UPDATE legal_hold SET lift_reason = '结案', lifted_by = set_by, lifted_ms = 2 WHERE id = 'h46'");
    await server.start();
    assert.deepEqual(server.query(`SELECT state FROM recording WHERE id = '${idOf(1)}'`), [["sealed"]]);
    const again = await new Client(server.http).login([demo.accounts.clerk].flat()[0]);
    await until("the other, when its hold is lifted", () => state(2, "release") === "ready");

    // Asked for.
    const asked = await again.post(`${path}/restore`);
    assert.equal(asked.status, 202, asked.text);
    await until("brought back", () => state(1, "restore") === "ready");
    assert.deepEqual([here(1), heard(["verify", places[1]]).code, state(1, "release")], [[true, true], 0, "waiting"]);
    for (const name of SEGMENTS) assert.ok(readFileSync(join(places[1], name)).equals(readFileSync(join(VECTORS, "hearing/R01", name))), name);
    assert.equal((await again.get(`${path}/integrity`)).json.result, "intact");
    assert.equal((await again.get(`${path}/statement.pdf`)).status, 200);
    // It stays for as long as a new one would.
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    assert.deepEqual([here(1), here(3)], [[true, true], [true, true]]);
  } finally {
    await server.stop();
    removeFolder(data);
  }
}, 420_000);
