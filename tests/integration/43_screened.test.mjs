// SPDX-License-Identifier: Apache-2.0
// Who is screened from somebody has no name for him: in no answer, in no event, in neither language; everybody else
// reads the name as before. And an answer that is given again tells nobody anything.
import assert from "node:assert/strict";
import { atEnd, test } from "./lib/runner.mjs";
import { People, until } from "./lib/people.mjs";
import { Server, removeFolder } from "./lib/server.mjs";

let server = await new Server().start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
});

const HEARING = `/api/v1/hearings/${demo.hearing}`;
const people = new People(() => server, HEARING, demo.links);
const KEPT_FROM = ["department", "observer"];
const COVER = "受保护的参加人";
let name; // of the petitioner
const of = (role) => people.of[role].client;
const masked = () => [...name][0] + "*".repeat([...name].length - 1);
const events = (role, from) => JSON.stringify(people.told(role).slice(from));
const ask = (role, path, headers = {}) => of(role).request("GET", `${HEARING}${path}`, undefined, headers);

// Whether there is something to read for each of them.
const PLACES = [
  { path: "", readers: ["department", "observer"] },
  { path: "/minutes", readers: ["department"] },
  { path: "/minutes/confirmation", readers: ["department"] },
  { path: "/signings", readers: [] },
  { path: "/exhibits", readers: [] },
  { path: "/documents", readers: [] },
];

test("a reception with lines that name the petitioner", async () => {
  for (const role of ["presiding", "clerk", "petitioner", "department", "observer"]) await people.enters(role);
  await people.admitsPetitioner();
  await people.does("presiding", "hearing.open");
  name = (await ask("presiding", "")).json.seats.find((one) => one.participant === people.of.petitioner.id).name;
  assert.ok(name.length >= 2);
  await until("seen", () => events("department", 0).includes(name));
});

test("screened: from now on no event has the name, and the person has another one", async () => {
  const before = Object.fromEntries([...KEPT_FROM, "clerk"].map((role) => [role, people.told(role).length]));
  await people.does("presiding", "screen.set", { participant: people.of.petitioner.id, from: KEPT_FROM.map((role) => people.of[role].id) });
  const line = { kind: "statement", text: `${name}说：我叫${name}。`, speaker: people.of.petitioner.id, at_ms: Date.now() };
  assert.equal((await of("clerk").post(`${HEARING}/minutes`, line)).status, 201);
  await until("the line", () => events("department", before.department).includes("minutes.changed"));
  for (const role of KEPT_FROM) {
    const told = events(role, before[role]);
    assert.ok(!told.includes(name) && !told.includes(masked()), told);
  }
  const changed = people.told("department").slice(before.department).find((m) => m.type === "participant.changed" && m.data.participant.id === people.of.petitioner.id);
  assert.deepEqual([changed.data.participant.name, changed.data.participant.screened], [COVER, true]);
  assert.ok(events("department", before.department).includes(`${COVER}说：我叫${COVER}。`));
  assert.ok(events("clerk", before.clerk).includes(`${name}说`));
});

test("no place hands it out, also not after a restart", async () => {
  assert.equal((await of("clerk").post(`${HEARING}/minutes/confirmation`, { act: "circulate" })).status, 200);
  for (const restarted of [false, true]) {
    if (restarted) {
      await server.stop();
      server = await new Server({ data: server.data }).start();
      for (const { client } of Object.values(people.of)) client.base = server.http;
    }
    for (const { path, readers } of PLACES)
      for (const role of KEPT_FROM) {
        const { text } = await ask(role, path);
        assert.ok(!text.includes(name) && !text.includes(masked()), `${role} ${path}: ${text}`);
        if (readers.includes(role)) assert.ok(text.includes(COVER), `${role} ${path}: ${text}`);
      }
    assert.ok((await ask("department", "/minutes", { "Accept-Language": "en-GB" })).text.includes("Protected participant"));
    for (const path of ["", "/minutes"]) {
      const { text } = await ask("clerk", path);
      assert.ok(text.includes(name) && !text.includes(COVER), path);
    }
  }
}, 60_000);

test("with the screen gone the name is there again", async () => {
  await people.enters("presiding");
  await people.enters("department");
  assert.ok(!events("department", 0).includes(name), "the snapshot of one who comes back");
  await people.does("presiding", "screen.set", { participant: people.of.petitioner.id, from: [] });
  await until("the name", () => events("department", 0).includes(name));
  assert.ok((await ask("department", "")).text.includes(name));
});
