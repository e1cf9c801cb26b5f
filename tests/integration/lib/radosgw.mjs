// SPDX-License-Identifier: Apache-2.0
// A real S3 store on loopback: Ceph's radosgw with one monitor and one OSD in memory. It checks signatures.
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function config(dir, fsid, monitor, gateway) {
  const quiet = ["auth_cluster_required", "auth_service_required", "auth_client_required"].map((key) => `${key} = none`);
  return ["[global]", `fsid = ${fsid}`, `mon_host = [v1:127.0.0.1:${monitor}]`, ...quiet, "public_network = 127.0.0.0/8",
    "ms_bind_ipv6 = false", "ms_bind_msgr2 = false", "osd_pool_default_size = 1", "osd_pool_default_min_size = 1", "osd_pool_default_pg_num = 1",
    "osd_crush_chooseleaf_type = 0", "mon_allow_pool_size_one = true", "mon_warn_on_pool_no_redundancy = false",
    "osd_objectstore = memstore", "memstore_device_bytes = 536870912", "mon_data_avail_crit = 1",
    `run_dir = ${dir}`, `admin_socket = ${dir}/$name.asok`, `log_file = ${dir}/$name.log`, `mon_data = ${dir}/mon`,
    `osd_data = ${dir}/osd`, `pid_file =`, "[client.rgw]", `rgw_data = ${dir}`, `rgw_frontends = beast endpoint=127.0.0.1:${gateway}`,
    "rgw_enable_gc_threads = false", "rgw_run_sync_thread = false", "rgw_enable_lc_threads = false", "rgw_enable_quota_threads = false",
    "rgw_enable_usage_log = false", ""].join("\n");
}

// Ends with stop(); everything lies in dir.
export class Radosgw {
  constructor(dir) {
    this.dir = dir;
    this.children = [];
  }

  run(command, ...args) {
    const run = spawnSync(command, ["-c", this.conf, ...args], { encoding: "utf8", timeout: 120_000 });
    if (run.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${run.stderr.slice(-600)}`);
    return run.stdout;
  }

  daemon(command, ...args) {
    const child = spawn(command, ["-f", "-c", this.conf, ...args], { stdio: ["ignore", "ignore", "ignore"] });
    this.children.push(child);
    return child;
  }

  async start() {
    const fsid = randomUUID();
    const [monitor, gateway] = await freePorts(2);
    const osd = randomUUID();
    const map = join(this.dir, "monmap");
    this.conf = join(this.dir, "ceph.conf");
    writeFileSync(this.conf, config(this.dir, fsid, monitor, gateway));
    mkdirSync(join(this.dir, "osd"));
    const made = spawnSync("monmaptool", ["--create", "--clobber", "--fsid", fsid, "--addv", "a", `[v1:127.0.0.1:${monitor}]`, map], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(`monmaptool: ${made.stderr}`);
    this.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", map);
    this.daemon("ceph-mon", "-i", "a");
    this.run("ceph", "osd", "new", osd);
    this.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd);
    const storage = this.daemon("ceph-osd", "-i", "0");
    await this.until("the OSD is not up", () => {
      if (storage.exitCode !== null) throw new Error(`ceph-osd ${storage.exitCode}`);
      return JSON.parse(this.run("ceph", "osd", "stat", "--format", "json")).num_up_osds === 1;
    });
    this.daemon("radosgw", "-n", "client.rgw"); // makes its pools, which needs the OSD
    this.url = `http://127.0.0.1:${gateway}`;
    await this.ready();
    const user = JSON.parse(this.run("radosgw-admin", "user", "create", "--uid=heard", "--display-name=heard"));
    this.access = user.keys[0].access_key;
    this.secret = user.keys[0].secret_key;
    return this;
  }

  async ready() {
    await this.until("radosgw does not answer", () => fetch(this.url).then(() => true, () => false));
  }

  async until(what, check) {
    for (let i = 0; i < 300; i += 1) {
      if (await check()) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const logs = ["mon.a.log", "osd.0.log", "client.rgw.log"].filter((name) => existsSync(join(this.dir, name)));
    const ended = this.children.map(({ spawnfile, exitCode }) => `${spawnfile} ${exitCode}`);
    throw new Error([what, ...ended, ...logs.map((name) => readFileSync(join(this.dir, name), "utf8").slice(-600))].join("\n"));
  }

  // curl of Debian signs by itself; only the tests use it.
  request(method, path, { body, key = this.secret } = {}) {
    const args = ["-s", "-X", method, "--aws-sigv4", "aws:amz:us-east-1:s3", "-u", `${this.access}:${key}`, "-w", "\n%{http_code}",
      "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", `${this.url}/${path}`];
    if (body) args.push("--data-binary", body);
    const run = spawnSync("curl", args, { encoding: "latin1", maxBuffer: 64 << 20 });
    const cut = run.stdout.lastIndexOf("\n");
    return { status: Number(run.stdout.slice(cut + 1)), body: run.stdout.slice(0, cut) };
  }

  stop() {
    for (const child of this.children.reverse()) child.kill("SIGKILL");
  }
}
