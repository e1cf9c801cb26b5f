// SPDX-License-Identifier: Apache-2.0
// Keys that nobody sees: organisation key and signing key in a PKCS#11 token (SoftHSM).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { BINARY, heard, Server, removeFolder, tempFolder } from "./lib/server.mjs";

const folder = tempFolder();
atEnd(() => removeFolder(folder));
const MODULE = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"].find(existsSync);
const env = { SOFTHSM2_CONF: join(folder, "softhsm2.conf") };
const file = (name) => join(folder, name);

function run(command, ...args) {
  const done = spawnSync(command, args, { cwd: folder, encoding: "utf8", env: { ...process.env, ...env } });
  assert.equal(done.status, 0, `${command} ${args.join(" ")}: ${done.stdout}${done.stderr}`);
}

mkdirSync(file("tokens"));
writeFileSync(env.SOFTHSM2_CONF, `directories.tokendir = ${file("tokens")}\nobjectstore.backend = file\nlog.level = ERROR\n`);
writeFileSync(file("pin"), "4321\n", { mode: 0o600 });
writeFileSync(file("wrong-pin"), "1234\n", { mode: 0o600 });
writeFileSync(file("open-pin"), "4321\n", { mode: 0o644 });
run("softhsm2-util", "--init-token", "--free", "--label", "heard", "--so-pin", "12345678", "--pin", "4321");
for (const [name, id] of [["sign", "02"], ["other", "03"]]) {
  run("openssl", "genpkey", "-algorithm", "ED25519", "-out", `${name}.pem`);
  run("openssl", "req", "-x509", "-new", "-key", `${name}.pem`, "-subj", `/CN=${name} office`, "-days", "30", "-out", `${name}.crt`);
  run("softhsm2-util", "--import", `${name}.pem`, "--token", "heard", "--label", name, "--id", id, "--pin", "4321");
}
// softhsm2-util reads the file as a line of text: a byte 0 or 10 would cut the key.
writeFileSync(file("kek.bin"), Buffer.from(Array.from({ length: 32 }, () => 11 + Math.floor(Math.random() * 245))));
run("softhsm2-util", "--import", "kek.bin", "--aes", "--token", "heard", "--label", "organisation", "--id", "01", "--pin", "4321");
writeFileSync(file("short.bin"), Buffer.alloc(15, 7));
run("softhsm2-util", "--import", "short.bin", "--aes", "--token", "heard", "--label", "short", "--id", "04", "--pin", "4321");

const uri = (object, type, pin = "pin", module = MODULE) =>
  `pkcs11:token=heard;object=${object};type=${type}?module-path=${module}&pin-source=file:${file(pin)}`;
const KEK = uri("organisation", "secret-key");

function config(settings) {
  const path = join(tempFolder(), "heard.conf");
  atEnd(() => removeFolder(join(path, "..")));
  writeFileSync(path, Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`).join(""));
  return path;
}

let log;

test("a hearing is recorded under keys of the token", async () => {
  const settings = { recordings_key: KEK, signing_key: uri("sign", "private"), signing_certificate: file("sign.crt") };
  const server = await new Server({ args: ["--config", config(settings), "--load", "1", "--load-recorded"], env }).start();
  atEnd(() => removeFolder(server.data));
  const { whip, whep, token } = server.demo();
  const bench = heard(["bench", `--whip=${whip}?label=p{p}`, `--whep=${whep}?of=p{p}`, `--bearer=${token}`, "--media=a",
    "--duration=2", "--settle=1"]);
  assert.equal(bench.code, 0, bench.stderr);
  assert.equal(await server.stop(), 0, server.log.slice(-1500));
  assert.ok(!existsSync(join(server.data, "recordings.key")));
  assert.ok(!existsSync(join(server.data, "signing-key.pem")));
  const folders = readdirSync(join(server.data, "recordings"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.equal(folders.length, 1, server.log.slice(-1500));
  const hearing = join(server.data, "recordings", folders[0].name);
  log = join(hearing, readdirSync(hearing)[0]);
  assert.equal(JSON.parse(readFileSync(join(log, "log.json"), "utf8")).key.kek, "pkcs11");
  const report = JSON.parse(heard(["verify", log, "--json", "--ca", file("sign.crt")]).stdout);
  assert.deepEqual([report.result, report.signer, report.signer_algorithm], ["intact", "sign office", "Ed25519"]);
  assert.ok(report.records > 50, `${report.records} records`);
  assert.ok(!server.log.includes("4321"));
}, 120_000);

function derive(key, name) {
  const done = spawnSync(BINARY, ["derive", "--recording", log, "--key", key, "--out", file(name)],
    { encoding: "utf8", env: { ...process.env, ...env } });
  return { code: done.status, stderr: done.stderr };
}

test("it is played with the token's key, and with no other", () => {
  const derived = derive(KEK, "derived");
  assert.equal(derived.code, 0, derived.stderr);
  assert.ok(existsSync(join(folder, "derived", "mix.webm")));
  writeFileSync(file("file.key"), `${readFileSync(file("kek.bin")).toString("hex")}\n`, { mode: 0o600 });
  const other = derive(file("file.key"), "none");
  assert.equal(other.code, 1);
  assert.match(other.stderr, /crypto: the log was sealed under organisation key [0-9a-f]{16} \(pkcs11\)/);
  assert.ok(!existsSync(file("none")));
}, 120_000);

test("what is wrong with a token is said in one line", () => {
  const word = (key) => /heard derive: (\w+): (.*)/.exec(derive(key, "none").stderr).slice(1);
  assert.deepEqual(word(uri("organisation", "secret-key", "wrong-pin"))[0], "config");
  assert.match(word(uri("organisation", "secret-key", "wrong-pin"))[1], /PIN/);
  assert.match(word(uri("organisation", "secret-key", "open-pin"))[1], /0600/);
  assert.match(word(uri("organisation", "secret-key", "missing-pin"))[1], /0600|missing/);
  assert.match(word(uri("nobody", "secret-key"))[1], /no key fits/);
  const short = word(uri("short", "secret-key"));
  assert.deepEqual([short[0], /not one of AES-256/.test(short[1])], ["config", true]);
  assert.match(word(uri("organisation", "secret-key", "pin", "/nowhere.so"))[1], /module/);
  assert.match(word(KEK.replace("token=heard", "token=else"))[1], /no such token/);
  assert.match(word("pkcs11:token=heard")[1], /pin-source/);
  assert.equal(word("pkcs11:token=%zz")[0], "config");
});

test("a certificate of another key: the server does not start", async () => {
  const settings = { signing_key: uri("sign", "private"), signing_certificate: file("other.crt") };
  const server = new Server({ args: ["--config", config(settings)], env });
  atEnd(() => removeFolder(server.data));
  await assert.rejects(() => server.start(), /not the certificate of the signing key/);
});
