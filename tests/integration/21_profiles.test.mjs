// SPDX-License-Identifier: Apache-2.0
// An office's own procedure: read at the start, kept by each hearing for its life.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client, Socket } from "./lib/client.mjs";
import { Server, removeFolder, tempFolder } from "./lib/server.mjs";

const API = "/api/v1";
const folder = tempFolder();
const data = tempFolder();
atEnd(() => [folder, data].forEach(removeFolder));
const builtIn = JSON.parse(readFileSync(new URL("../../server/hearing/profiles/reception.json", import.meta.url)));
const config = join(data, "heard.conf");
writeFileSync(config, `profiles = ${folder}\n`);

function put(name, change) {
  const profile = structuredClone(builtIn);
  change(profile);
  writeFileSync(join(folder, name), JSON.stringify(profile));
}

const READING = { code: "reading", required: true, limit_minutes: 3, title: { zh: "宣读纪律", en: "Rules are read" }, speak: ["clerk"] };
const start = () => new Server({ data, args: ["--config", config] }).start();

async function hearingNow(server, id) {
  const clerk = await new Client(server.http).login(server.demo().accounts.clerk);
  const { socket } = await Socket.open(server.http, `${API}/hearings/${id}/events`, { cookie: clerk.cookie });
  socket.command(1, "hello", { language: "zh", slots: 0 });
  const { data: { hearing } } = await socket.next((message) => message.type === "snapshot");
  socket.tcp.destroy();
  return hearing;
}

test("a profile that is wrong: the server does not start, and says what", async () => {
  put("reception.json", (profile) => { profile.phases[2].speak = ["observer"]; });
  await assert.rejects(start, /profiles: reception\.json: phases\[2\]\.speak: observer may never speak/);
  writeFileSync(join(folder, "reception.json"), "{");
  await assert.rejects(start, /profiles: reception\.json: not JSON at line 1/);
});

test("a hearing has the phases of its office, and keeps them when the office changes its mind", async () => {
  put("reception.json", (profile) => profile.phases.splice(2, 0, READING));
  put("reception@99.json", (profile) => profile.phases.splice(2, 1));
  let server = await start();
  try {
    const demo = server.demo();
    const clerk = await new Client(server.http).login(demo.accounts.clerk);
    const me = (await clerk.get(`${API}/me`)).json;
    const seats = [{ role: "petitioner", name: "李四" }, { role: "presiding", name: "周" }, { role: "clerk", account_id: me.id }];
    const plan = () => clerk.post(`${API}/cases/${demo.case}/hearings`, { kind: "reception", planned_start_ms: Date.now(), seats });
    const first = await plan();
    assert.equal(first.status, 201, first.text);
    const of = async (id) => (await hearingNow(server, id)).phases.map(({ code }) => code);
    const now = await hearingNow(server, first.json.hearing.id);
    assert.deepEqual(now.phases.map(({ code }) => code).slice(0, 4), ["check_in", "opening", "reading", "statement"]);
    assert.deepEqual([now.phases[2].limit_ms, now.phases[2].title], [180_000, READING.title]);
    assert.equal(now.phases[1].title, undefined);
    const summary = (await clerk.get(`${API}/hearings/${first.json.hearing.id}`)).json;
    assert.deepEqual(summary.phase_titles, { reading: READING.title });
    assert.equal((await clerk.get(`${API}/hearings/${demo.hearing}`)).json.phase_titles, undefined);
    assert.equal(await server.stop(), 0);

    put("reception.json", () => {});
    server = await start();
    const again = await new Client(server.http).login(server.demo().accounts.clerk);
    const second = await again.post(`${API}/cases/${demo.case}/hearings`, { kind: "reception", planned_start_ms: Date.now(), seats });
    assert.deepEqual((await of(second.json.hearing.id)).slice(0, 3), ["check_in", "opening", "statement"]);
    assert.deepEqual((await of(first.json.hearing.id)).slice(0, 4), ["check_in", "opening", "reading", "statement"]);
  } finally {
    await server.stop();
  }
}, 60_000);
