// SPDX-License-Identifier: Apache-2.0
// A recording that runs is followed, so that little is left to do at its end. The log is that of tests/vectors; rows
// say what a hearing's would.
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atEnd, test } from "./lib/runner.mjs";
import { Server, removeFolder, tempFolder } from "./lib/server.mjs";

const vectors = fileURLToPath(new URL("../vectors", import.meta.url));
const data = tempFolder();
copyFileSync(join(vectors, "organisation.key"), join(data, "recordings.key"));
chmodSync(join(data, "recordings.key"), 0o600);
const server = await new Server({ data }).start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(data);
});

const id = (n) => `01a00000-0000-7000-8000-0000000001${String(n).padStart(2, "0")}`;
const folder = (name) => join(data, "recordings", demo.hearing, name);
const LIMIT_MS = 60_000;

async function until(what, look) {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; ) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}\n${server.log.split("\n").slice(-10).join("\n")}`);
}

function begin(n, name) {
  mkdirSync(join(data, "recordings", demo.hearing), { recursive: true });
  cpSync(join(vectors, "hearing/R01"), folder(name), { recursive: true });
  renameSync(join(folder(name), "seal.json"), join(data, `${name}.seal`));
  server.sql(
    `INSERT INTO recording VALUES ('${id(n)}', 'X-${name}', '${demo.hearing}', '${demo.case}', 'main', 'main', ${n}, 'recording', 'recordings/${demo.hearing}/${name}', ${Date.now() - 120_000}, NULL, 1, 1, NULL, 'none', 0, NULL, 0, 1)`,
  );
}

function seal(n, name) {
  renameSync(join(data, `${name}.seal`), join(folder(name), "seal.json"));
  server.sql(
    `UPDATE recording SET state = 'sealed', derive_state = 'queued' WHERE id = '${id(n)}'`,
    `INSERT INTO job VALUES ('${id(50 + n)}', 'derive', '${id(n)}', '{}', 'queued', 0, 3, 1, NULL, NULL, NULL, 1, NULL)`,
  );
}

const follower = (name) =>
  readdirSync("/proc").find((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return line.includes("--follow") && line.includes(folder(name));
    } catch {
      return false; // not a process, or none any more
    }
  });
const ready = (n) => server.query(`SELECT derive_state FROM recording WHERE id = '${id(n)}'`)[0][0] === "ready";
const kinds = (n) => server.query(`SELECT kind FROM recording_file WHERE recording_id = '${id(n)}' ORDER BY kind`).flat();
const lines = (event, n) => server.log.split("\n").filter((line) => line.includes(`${event} recording=${id(n)}`)).length;

test("followed while it runs, ready at its end", async () => {
  begin(1, "R71");
  await until("not followed", () => existsSync(join(folder("R71"), "derived.part", "mix.webm")));
  assert.equal(existsSync(join(folder("R71"), "derived")), false);
  seal(1, "R71");
  await until("not ready", () => ready(1));
  assert.equal(lines("follows", 1), 1);
  assert.equal(lines("start kind=derive", 1), 0);
  assert.deepEqual(kinds(1), ["mixed_audio", "take_index", "timeline", "waveform"]);
}, 2 * LIMIT_MS);

test("one that dies is replaced at the end", async () => {
  begin(2, "R72");
  await until("not followed", () => existsSync(join(folder("R72"), "derived.part", "mix.webm")));
  process.kill(Number(follower("R72")), "SIGKILL");
  await until("its end is not noticed", () => lines("ended", 2) > 0);
  seal(2, "R72");
  await until("not ready", () => ready(2));
  assert.equal(lines("follows", 2), 1);
  assert.equal(lines("start kind=derive", 2), 1);
  assert.deepEqual(kinds(2), ["mixed_audio", "take_index", "timeline", "waveform"]);
}, 2 * LIMIT_MS);

test("none outlives the server", async () => {
  begin(3, "R73");
  await until("not followed", () => existsSync(join(folder("R73"), "derived.part", "mix.webm")));
  await server.stop();
  await until("it runs on", () => !follower("R73"));
}, 2 * LIMIT_MS);
