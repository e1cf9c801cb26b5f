// SPDX-License-Identifier: Apache-2.0
// The real binary, started on a data folder of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const BINARY = join(process.env.HEARD_BUILD ?? "../../build", "server/app/heard");
const WEB = fileURLToPath(new URL("../../../web/dist", import.meta.url));

export function tempFolder(name) {
  return mkdtempSync(join(tmpdir(), `heard-${name}-`));
}

export class Server {
  constructor(options = {}) {
    this.data = options.data ?? tempFolder("data");
    this.args = options.args ?? [];
    this.log = "";
  }

  async start() {
    this.child = spawn(BINARY, ["serve", "--data", this.data, ...this.args], {
      env: { ...process.env, HEARD_WEB_DIR: WEB },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.ended = once(this.child, "exit");
    let out = "";
    this.child.stderr.on("data", (chunk) => (this.log += chunk));
    const ready = new Promise((resolve, reject) => {
      this.child.stdout.on("data", (chunk) => {
        out += chunk;
        if (/^heard: ready/m.test(out)) resolve();
      });
      this.child.on("exit", (code, signal) => reject(new Error(`server ended ${code ?? signal}: ${this.log.slice(-2000)}`)));
      setTimeout(() => reject(new Error(`server not ready after 60 s: ${out} ${this.log.slice(-2000)}`)), 60_000).unref();
    });
    await ready;
    this.out = out;
    const file = join(this.data, "demo.json");
    this.demo = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
    return this;
  }

  async stop() {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return this.child?.exitCode;
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    const [code, signal] = await this.ended;
    clearTimeout(timer);
    return code ?? signal;
  }

  // What arrived and was not understood, by reason: { bad_rtcp: 3 }.
  async misunderstood() {
    const reasons = ["malformed", "bad_rtcp", "bad_codec", "unknown_ssrc", "unknown_payload", "too_many_ssrcs", "stun_malformed"];
    const page = await (await fetch(`${this.demo.http}/metrics`)).text();
    const rows = [...page.matchAll(/^heard_media_packets_dropped_total[{]reason="(\w+)"[}] (\d+)$/gm)];
    if (rows.length < reasons.length) throw new Error(`/metrics: ${page.slice(0, 300)}`);
    return Object.fromEntries(rows.map(([, reason, count]) => [reason, Number(count)]).filter(([reason, count]) => count > 0 && reasons.includes(reason)));
  }

  async kill9() {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  remove() {
    rmSync(this.data, { recursive: true, force: true });
  }
}

export async function heard(args, options = {}) {
  const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (c) => (stdout += c));
  child.stderr.on("data", (c) => (stderr += c));
  const [code, signal] = await once(child, "exit");
  return { code: code ?? signal, stdout, stderr };
}
