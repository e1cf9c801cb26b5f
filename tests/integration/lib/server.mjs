// SPDX-License-Identifier: Apache-2.0
// The real binary on a data folder and ports of its own.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const BINARY = join(process.env.HEARD_BUILD, "server/app/heard");
export const WEB = fileURLToPath(new URL("../pages", import.meta.url));

export function tempFolder() {
  return mkdtempSync(join(tmpdir(), "heard-integration-"));
}

export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
}

// Runs to its end: { code, stdout, stderr }.
export function heard(args, input = "", env = {}, timeout = 20_000) {
  const run = spawnSync(BINARY, args, { input, encoding: "utf8", timeout, env: { ...process.env, ...env } });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

// Runs beside the test, which ends it.
export function heardStarts(args) {
  return spawn(BINARY, args, { stdio: "ignore" });
}

export class Server {
  // files: how many descriptors it may have.
  constructor({ data = tempFolder(), args = [], env = {}, files = null } = {}) {
    Object.assign(this, { data, args, env, files, out: "", log: "" });
  }

  async start() {
    const args = ["serve", "--data", this.data, "--port", "0", "--address", "127.0.0.1", "--workers", "1", ...this.args];
    const command = this.files ? ["prlimit", `--nofile=${this.files}`, BINARY] : [BINARY];
    this.child = spawn(command[0], [...command.slice(1), ...args], {
      env: { ...process.env, HEARD_WEB_DIR: WEB, ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.ended = once(this.child, "exit");
    this.out = "";
    this.child.stderr.on("data", (chunk) => (this.log += chunk));
    await new Promise((resolve, reject) => {
      this.child.stdout.on("data", (chunk) => {
        this.out += chunk;
        if (/^heard: ready .*$/m.test(this.out)) resolve();
      });
      this.child.on("exit", (code, signal) => reject(new Error(`ended ${code ?? signal}: ${this.log}`)));
    });
    [, this.https, this.http] = /^heard: ready (\S+)(?: (\S+))?$/m.exec(this.out);
    return this;
  }

  demo() {
    return JSON.parse(readFileSync(join(this.data, "demo.json"), "utf8"));
  }

  async stop(signal = "SIGTERM") {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    this.child.kill(signal);
    const [code, by] = await this.ended;
    return code ?? by;
  }

  // What no API tells: [[column, …], …] of the embedded store.
  query(statement) {
    const script = "import json, sqlite3, sys\nprint(json.dumps(sqlite3.connect(sys.argv[1], timeout=10).execute(sys.argv[2]).fetchall()))";
    const run = spawnSync("python3", ["-c", script, join(this.data, "heard.db"), statement], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(run.stderr);
    return JSON.parse(run.stdout);
  }

  // Rows that no API makes: expired links, sealed recordings. The server sees them at once (WAL).
  sql(...statements) {
    const script =
      "import sqlite3, sys\n" +
      "db = sqlite3.connect(sys.argv[1], timeout=10)\n" +
      "for s in sys.argv[2:]: db.execute(s)\n" +
      "db.commit()\n";
    const run = spawnSync("python3", ["-c", script, join(this.data, "heard.db"), ...statements], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(run.stderr);
  }
}
