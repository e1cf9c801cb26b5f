// SPDX-License-Identifier: Apache-2.0
// A start on a full disk: logs that a crash left open are ended in the room of the reserve. The disk is a small tmpfs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statfsSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atEnd, test } from "./lib/runner.mjs";
import { Server, heard, removeFolder, tempFolder } from "./lib/server.mjs";

const VECTORS = fileURLToPath(new URL("../vectors/hearing/R01", import.meta.url));
const data = tempFolder();
const disk = join(data, "recordings");
mkdirSync(disk);
execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m,mode=0750", "tmpfs", disk]);
let server = await new Server({ data }).start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  execFileSync("umount", ["-l", disk]);
  removeFolder(data);
});

const idOf = (n) => `01a00000-0000-7000-8000-0000000033${String(n).padStart(2, "0")}`;
const directory = (name) => `recordings/${demo.hearing}/${name}`;
const reserve = join(disk, "reserve");
const filler = join(disk, "filler");
const bytesOf = (file) => (existsSync(file) ? statSync(file).size : 0);
const stateOf = (n) => server.query(`SELECT state FROM recording WHERE id = '${idOf(n)}'`)[0][0];

// As a crash leaves it: no seal, no end of the journal, the last segment without its trailer.
function crashed(n, name) {
  const log = join(data, directory(name));
  cpSync(VECTORS, log, { recursive: true });
  rmSync(join(log, "seal.json"));
  writeFileSync(join(log, "journal.jsonl"), readFileSync(join(log, "journal.jsonl"), "utf8").split("\n").slice(0, 5).join("\n") + "\n");
  truncateSync(join(log, "000002.seg"), statSync(join(log, "000002.seg")).size - 30);
  server.sql(`INSERT INTO recording VALUES ('${idOf(n)}', 'X-${name}', '${demo.hearing}', '${demo.case}', 'main', 'main', ${n}, 'recording', '${directory(name)}', 1, NULL, 1, 1, NULL, 'none', 0, NULL, 0, 1)`);
  return log;
}

function fill() {
  const fd = openSync(filler, "a");
  for (const size of [1 << 20, 4096])
    try {
      for (;;) writeSync(fd, Buffer.alloc(size));
    } catch (error) {
      assert.equal(error.code, "ENOSPC");
    }
  closeSync(fd);
  assert.equal(statfsSync(disk).bavail, 0);
}

test("with a reserve the log is ended, signed and good", async () => {
  for (let i = 0; i < 100 && !existsSync(reserve); i += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  await server.stop();
  const log = crashed(1, "R31");
  const kept = bytesOf(reserve);
  assert.ok(kept > 0);
  fill();
  server = await new Server({ data }).start();
  const { code, stdout } = heard(["verify", log, "--json"]);
  const report = JSON.parse(stdout);
  assert.deepEqual([code, report.result, report.findings.some(({ kind }) => kind === "recovered")], [0, "intact", true], stdout);
  assert.equal(stateOf(1), "sealed");
  assert.ok(bytesOf(reserve) < kept, `${bytesOf(reserve)} of ${kept}`);
  assert.match(server.log, /reserve reserve-used/);
}, 60_000);

test("without one it is left as it is, and ended at a start with room", async () => {
  await server.stop();
  rmSync(filler, { force: true });
  rmSync(reserve, { force: true });
  const log = crashed(2, "R32");
  const before = readFileSync(join(log, "000001.seg"));
  fill();
  server = await new Server({ data }).start();
  assert.equal(stateOf(2), "interrupted");
  assert.equal(existsSync(join(log, "seal.json")), false);
  assert.ok(readFileSync(join(log, "000001.seg")).equals(before));
  await server.stop();
  rmSync(filler);
  server = await new Server({ data }).start();
  assert.deepEqual([heard(["verify", log]).code, stateOf(2)], [0, "sealed"]);
}, 60_000);
