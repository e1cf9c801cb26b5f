// SPDX-License-Identifier: Apache-2.0
// The command line: what can go wrong before there is a server, and how it ends.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { Server, heard, removeFolder, tempFolder } from "./lib/server.mjs";

function oneLine(run, code, pattern) {
  assert.equal(run.code, code, run.stderr);
  const lines = run.stderr.trim().split("\n").filter((line) => line.startsWith("heard:"));
  assert.equal(lines.length, 1, run.stderr);
  assert.match(lines[0], pattern);
}

test("help and version", () => {
  assert.equal(heard(["--help"]).code, 0);
  assert.match(heard(["--help"]).stdout, /serve[\s\S]*verify[\s\S]*token/);
  assert.match(heard(["--version"]).stdout, /^heard \d/);
  assert.match(heard(["serve", "--help"]).stdout, /--port N/);
});

test("wrong use ends with 2 and one line", () => {
  oneLine(heard(["nonsense"]), 2, /unknown command 'nonsense'/);
  oneLine(heard(["serve", "--nonsense"]), 2, /unknown option '--nonsense'/);
  oneLine(heard(["serve", "--port", "x"]), 2, /--port/);
  oneLine(heard(["serve", "--config", "/nowhere.conf"]), 2, /nowhere\.conf/);
  oneLine(heard(["token"]), 2, /--login is missing/);
});

test("a data folder that cannot be written", () => {
  oneLine(heard(["serve", "--data", "/proc/heard"]), 1, /data folder \/proc\/heard/);
});

test("a certificate that cannot be read", () => {
  const data = tempFolder();
  const config = join(data, "heard.conf");
  writeFileSync(config, "certificate = /nowhere/cert.pem\ncertificate_key = /nowhere/key.pem\n");
  oneLine(heard(["serve", "--config", config, "--data", data, "--port", "0"]), 1, /certificate: .*\/nowhere\/cert\.pem/);
  removeFolder(data);
});

test("a certificate that is none", () => {
  const data = tempFolder();
  const config = join(data, "heard.conf");
  const pem = join(data, "x.pem");
  writeFileSync(pem, "nothing\n");
  writeFileSync(config, `certificate = ${pem}\ncertificate_key = ${pem}\n`);
  oneLine(heard(["serve", "--config", config, "--data", data, "--port", "0"]), 1, /not PEM/);
  removeFolder(data);
});

test("a port that is taken is named", async () => {
  const data = tempFolder();
  const other = net.createServer().listen(0);
  await new Promise((resolve) => other.once("listening", resolve));
  const port = other.address().port;
  oneLine(heard(["serve", "--data", data, "--port", String(port), "--workers", "1"]), 1, new RegExp(`${port}`));
  other.close();
  removeFolder(data);
});

test("a damaged database stops the start and is not touched", () => {
  const data = tempFolder();
  writeFileSync(join(data, "heard.db"), "this is no database, but long enough to look like one".repeat(40));
  const before = statSync(join(data, "heard.db")).size;
  const run = heard(["serve", "--data", data, "--port", "0"]);
  assert.equal(run.code, 1);
  assert.match(run.stderr, /^heard: /m);
  assert.equal(statSync(join(data, "heard.db")).size, before);
  removeFolder(data);
});

test("two servers never share a folder", async () => {
  const server = await new Server().start();
  oneLine(heard(["serve", "--data", server.data, "--port", "0"]), 1, /another heard server/);
  assert.equal(await server.stop(), 0);
  removeFolder(server.data);
});

test("a first start tells what a person and a script need", async () => {
  const server = await new Server().start();
  const demo = server.demo();
  assert.equal(demo.pid, server.child.pid);
  assert.equal(demo.https, server.https);
  assert.equal(demo.http, server.http);
  assert.equal(demo.links.department.length, 2);
  for (const role of ["petitioner", "presiding", "clerk", "mediator", "observer"]) {
    assert.match(demo.links[role], /^https:\/\/127\.0\.0\.1:\d+\/j\/\w{43}$/);
    assert.match(server.out, new RegExp(`^  ${role} +https://\\S+/j/\\w{43}`, "m"));
  }
  assert.ok(demo.accounts.clerk.password && demo.accounts.mediator.password);
  assert.match(demo.whip, /\/whip$/);
  assert.match(demo.whep, /\/whep$/);
  assert.equal(statSync(join(server.data, "demo.json")).mode & 0o777, 0o600);
  assert.equal(statSync(server.data).mode & 0o777, 0o700);
  assert.equal(await server.stop("SIGINT"), 0);
  removeFolder(server.data);
});

test("a second start keeps the data and the links", async () => {
  const server = await new Server().start();
  const first = server.demo();
  assert.equal(await server.stop(), 0);
  await server.start();
  const second = server.demo();
  assert.deepEqual([second.hearing, second.accounts, second.token], [first.hearing, first.accounts, first.token]);
  const token = (url) => url.split("/").pop();
  assert.equal(token(second.links.petitioner), token(first.links.petitioner));
  await new Client(server.http).login(second.accounts.clerk);
  await server.stop("SIGKILL");
  await server.start();
  assert.equal(server.demo().hearing, first.hearing);
  assert.equal((await new Client(server.http).openLink(first.links.petitioner)).status, 200);
  await server.stop();
  removeFolder(server.data);
});

test("a lost demo.json gives new links and ends the old ones", async () => {
  const server = await new Server().start();
  const first = server.demo();
  await server.stop();
  writeFileSync(join(server.data, "demo.json"), "{}");
  await server.start();
  assert.equal(server.demo().hearing, first.hearing);
  assert.equal((await new Client(server.http).openLink(first.links.clerk)).json.code, "link_unknown");
  assert.equal((await new Client(server.http).openLink(server.demo().links.clerk)).status, 200);
  await server.stop();
  removeFolder(server.data);
});

test("--no-demo makes neither hearing nor file", async () => {
  const server = await new Server({ args: ["--no-demo"] }).start();
  assert.throws(() => server.demo());
  assert.doesNotMatch(server.out, /\/j\//);
  await server.stop();
  removeFolder(server.data);
});

test("it ends within two seconds with clients connected", async () => {
  const server = await new Server().start();
  const idle = net.connect(new URL(server.http).port, "127.0.0.1");
  await new Promise((resolve) => idle.once("connect", resolve));
  idle.on("error", () => {});
  const started = Date.now();
  assert.equal(await server.stop(), 0);
  assert.ok(Date.now() - started < 2000 * (process.env.HEARD_SLOW ?? 3));
  idle.destroy();
  removeFolder(server.data);
});

test("accounts and tokens from the command line", async () => {
  const server = await new Server().start();
  const add = heard(["user", "add", "--data", server.data, "--login", "anna", "--name", "安娜", "--roles", "clerk"], "a long password\n");
  assert.equal(add.code, 0, add.stderr);
  oneLine(heard(["user", "add", "--data", server.data, "--login", "anna", "--name", "x", "--roles", "clerk"], "a long password\n"), 1, /stands already/);
  oneLine(heard(["user", "add", "--data", server.data, "--login", "b", "--name", "x", "--roles", "judge"]), 2, /judge/);
  await new Client(server.http).login({ login: "anna", password: "a long password" });
  const token = heard(["token", "--data", server.data, "--login", "anna", "--scope", "operate"]);
  assert.equal(token.code, 0, token.stderr);
  const headers = { Authorization: `Bearer ${token.stdout.trim()}` };
  assert.equal((await new Client(server.https).get("/metrics", headers)).status, 200);
  assert.equal((await new Client(server.https).get("/metrics")).status, 401);
  await server.stop();
  removeFolder(server.data);
});

test("a folder that is read-only for this user", () => {
  if (process.getuid() === 0) return; // root writes everywhere
  const data = tempFolder();
  mkdirSync(join(data, "d"));
  chmodSync(join(data, "d"), 0o500);
  oneLine(heard(["serve", "--data", join(data, "d"), "--port", "0"]), 1, /cannot be written/);
  removeFolder(data);
});
