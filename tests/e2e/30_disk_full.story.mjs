// SPDX-License-Identifier: Apache-2.0
// The disk fills while a recording runs: people are still forwarded, what was recorded stays whole,
// and the recording goes on as soon as there is room.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { heard, Server, tempFolder } from "./lib/server.mjs";

const DISK_MB = 24;
let server;
let disk;
let ballast;

function recording() {
  for (const hearing of readdirSync(disk, { withFileTypes: true })) {
    if (!hearing.isDirectory()) continue; // the reserve
    const folder = join(disk, hearing.name);
    for (const name of readdirSync(folder, { withFileTypes: true }))
      if (name.isDirectory() && name.name.startsWith("R")) return join(folder, name.name);
  }
  throw new Error("no recording");
}

async function smallDisk(stage) {
  const data = tempFolder("full");
  disk = join(data, "recordings");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MB}m,mode=0750`, "tmpfs", disk]);
  stage.atEnd(async () => execFileSync("umount", ["-l", disk]));
  server = await new Server({ data, args: ["--load", "1", "--load-recorded"] }).start();
  stage.atEnd(() => server.stop());
  ballast = join(disk, "ballast");
  const free = statfsSync(disk);
  writeFileSync(ballast, Buffer.alloc(Math.max(free.bavail * free.bsize - 6 * 1048576, 0)));
}

function load(seconds) {
  const { whip, whep, token } = server.demo;
  return heard(["bench", `--whip=${whip}?label=p{p}`, `--whep=${whep}?of=p{p}`, `--bearer=${token}`, "--media=av",
    "--video-kbps=6000", `--duration=${seconds}`, "--settle=1", "--bind=192.0.2.2"]);
}

async function fills() {
  const { code, stdout, stderr } = await load(14);
  if (code !== 0) throw new Error(`bench ${code}: ${stderr}`);
  const result = JSON.parse(stdout);
  console.log(`# loss while the disk was full: ${result.loss_pct} %`);
  if (result.loss_pct > 1) throw new Error(`loss ${result.loss_pct}`);
  if (!/disk|storage_full|interrupted/.test(server.log)) throw new Error(`not logged: ${server.log.slice(-800)}`);
  const lines = server.log.split("\n").filter((l) => /disk_full|storage_full|interrupted/.test(l));
  console.log(`# ${lines.slice(0, 3).join("\n# ")}`);
  if (lines.length > 10) throw new Error(`logged ${lines.length} times`);
}

async function goesOn() {
  rmSync(ballast);
  const { code, stderr } = await load(5);
  if (code !== 0) throw new Error(`bench ${code}: ${stderr}`);
}

async function whole() {
  const code = await server.stop();
  if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
  const report = await heard(["verify", recording(), "--lang", "en"]);
  console.log(`# ${report.stdout.trim().split("\n").slice(0, 6).join("\n# ")}`);
  if (report.code !== 0) throw new Error(`verify ${report.code}: ${report.stdout}`);
  if (!/disk|space|storage/i.test(report.stdout)) throw new Error("the gap is not in the report");
}

export function steps(stage) {
  return [
    ["a server with a small disk records", () => smallDisk(stage)],
    ["the disk fills: people are still forwarded, one clear line", fills],
    ["with room again the recording goes on", goesOn],
    ["what was recorded is whole, the gap has its reason", whole],
  ];
}
