// SPDX-License-Identifier: Apache-2.0
// The network of net/rig.sh while it runs: firewall, rate, delay, loss, cables, addresses, relay.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { tempFolder } from "./server.mjs";

const run = promisify(execFile);
const space = (name) => `heard-${name}-${process.env.HEARD_RIG}`;
const BAD_LINE = join(process.env.HEARD_BUILD, "tests/e2e/net/bad_line");
const DELAYED = { up: ["-i", "wifi", "1"], down: ["-o", "wifi", "2"] };
const WIFI_GATEWAY = "198.51.100.1";

export const HOUSE = "192.0.2.2";
export const RELAY = "203.0.113.2";

// Options for this browser on the phone.
export function onPhone(browser) {
  return { executablePath: fileURLToPath(new URL("../net/inside", import.meta.url)),
    env: { ...process.env, HEARD_INSIDE: space("phone"), HEARD_BROWSER: `/usr/bin/${browser}` } };
}

const FIREWALLS = {
  open: "",
  noUdp: "meta l4proto udp drop",
  // The page by 443, nothing of the media worker; the relay by TCP 3478 alone.
  relayByTcp: `meta l4proto udp drop; ip daddr ${HOUSE} tcp dport != 443 drop; ip daddr ${RELAY} tcp dport != 3478 drop`,
  only443: "meta l4proto udp drop; tcp dport != 443 drop",
};

export class Network {
  // The rig is there already; at the end of the story it is as it was.
  async open(stage) {
    stage.atEnd(() => this.restore());
    return this;
  }

  inside(name, file, ...args) {
    return run("ip", ["netns", "exec", space(name), file, ...args]);
  }

  // For what comes from the phone; answers to the phone always pass.
  async firewall(name) {
    const rules = FIREWALLS[name].split("; ").filter(Boolean).map((rule) => `iifname { "wifi", "cell" } ${rule}\n`).join("");
    const table = `table inet phone\ndelete table inet phone\ntable inet phone {\nchain forward {\ntype filter hook forward priority 0; policy accept;\n${rules}}\n}\n`;
    const child = spawn("ip", ["netns", "exec", space("router"), "nft", "-f", "-"], { stdio: ["pipe", "inherit", "inherit"] });
    child.stdin.end(table);
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`nft: ${code}`);
  }

  // { up, down } in kbit/s with a queue of queueMs; null: as fast as it goes.
  async rate(limits) {
    for (const [device, kbit] of [["ifb0", limits?.up], ["wifi", limits?.down]]) {
      if (kbit) await run("tc", ["-n", space("router"), "qdisc", "replace", "dev", device, "root", "tbf", "rate", `${kbit}kbit`,
        "burst", "4k", "latency", `${limits.queueMs ?? 300}ms`]);
      else await run("tc", ["-n", space("router"), "qdisc", "del", "dev", device, "root"]).catch(() => {});
    }
  }

  // { up: "delay=40 loss=3", down: … } as bad_line.c takes it; a side that is not named is good.
  async line(sides = {}) {
    if (!this.badLine) await this.startBadLine();
    for (const side of ["up", "down"]) await this.tell(`${side} ${sides[side] ?? ""}`.trim());
  }

  async startBadLine() {
    this.badLine = spawn("ip", ["netns", "exec", space("router"), BAD_LINE], { stdio: ["pipe", "pipe", "inherit"] });
    this.answers = createInterface({ input: this.badLine.stdout })[Symbol.asyncIterator]();
    const { value } = await this.answers.next();
    if (value !== "ready") throw new Error(`bad_line: ${value}`);
    for (const [way, device, queue] of Object.values(DELAYED)) {
      await this.inside("router", "iptables", "-t", "mangle", "-A", "FORWARD", way, device, "-j", "NFQUEUE", "--queue-num", queue);
    }
  }

  async tell(command) {
    this.badLine.stdin.write(`${command}\n`);
    const { value } = await this.answers.next();
    if (!value || /wrong|unknown/.test(value)) throw new Error(`bad_line: ${command}: ${value}`);
    return value;
  }

  lineFigures() {
    return this.tell("stats");
  }

  async endBadLine() {
    if (!this.badLine) return;
    for (const [way, device, queue] of Object.values(DELAYED)) {
      await this.inside("router", "iptables", "-t", "mangle", "-D", "FORWARD", way, device, "-j", "NFQUEUE", "--queue-num", queue);
    }
    const ended = once(this.badLine, "exit");
    this.badLine.stdin.end();
    await ended;
    this.badLine = null;
  }

  // Out of reach of the access point: the phone sees the carrier go.
  async cutWifi() {
    await run("ip", ["-n", space("router"), "link", "set", "wifi", "down"]);
  }

  // A system without its link has no route by it; DHCP brings both back, perhaps with another address.
  async joinWifi(address = "198.51.100.2") {
    await run("ip", ["-n", space("router"), "link", "set", "wifi", "up"]);
    await run("ip", ["-n", space("phone"), "addr", "flush", "dev", "wifi"]);
    await run("ip", ["-n", space("phone"), "addr", "add", `${address}/25`, "dev", "wifi"]);
    await run("ip", ["-n", space("phone"), "route", "replace", "default", "via", WIFI_GATEWAY, "metric", "100"]);
  }

  async leaveWifiForCell() {
    await run("ip", ["-n", space("phone"), "link", "set", "cell", "up"]);
    await run("ip", ["-n", space("phone"), "route", "replace", "default", "via", "198.51.100.129", "metric", "600"]);
    await this.cutWifi();
    await run("ip", ["-n", space("phone"), "addr", "flush", "dev", "wifi"]);
  }

  async leaveCellForWifi() {
    await this.joinWifi();
    await run("ip", ["-n", space("phone"), "link", "set", "cell", "down"]);
  }

  // coturn as Debian ships it, with the scheme of GET /ice-servers. Returns what the server needs.
  async startRelay(stage) {
    const folder = tempFolder("relay");
    const at = (name) => join(folder, name);
    const secret = "the secret of a relay in a test";
    writeFileSync(at("turn.secret"), `${secret}\n`, { mode: 0o600 });
    await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
      "-subj", `/CN=${RELAY}`, "-addext", `subjectAltName=IP:${RELAY}`, "-keyout", at("key.pem"), "-out", at("cert.pem")]);
    const child = spawn("ip", ["netns", "exec", space("relay"), "turnserver", "-n", "--no-cli", "--use-auth-secret",
      `--static-auth-secret=${secret}`, "--realm=heard.test", `--listening-ip=${RELAY}`, `--relay-ip=${RELAY}`, "--listening-port=3478",
      "--tls-listening-port=443", `--cert=${at("cert.pem")}`, `--pkey=${at("key.pem")}`, "--no-multicast-peers", "--user-quota=8",
      "--denied-peer-ip=0.0.0.0-255.255.255.255", `--allowed-peer-ip=${HOUSE}`, `--log-file=${at("log")}`, "--simple-log", "--verbose",
      `--pidfile=${at("pid")}`, `--userdb=${at("db")}`], { stdio: "ignore" });
    this.relayLogFile = at("log");
    const ended = once(child, "exit");
    stage.atEnd(async () => {
      child.kill("SIGTERM");
      await ended;
    });
    return { secret, secretFile: at("turn.secret"), certificate: at("cert.pem"), folder };
  }

  get relayLog() {
    return this.relayLogFile ? readFileSync(this.relayLogFile, "utf8") : "";
  }

  async restore() {
    await this.firewall("open");
    await this.rate(null);
    await this.endBadLine();
    await run("ip", ["-n", space("phone"), "link", "set", "cell", "down"]);
    await this.joinWifi();
  }
}
