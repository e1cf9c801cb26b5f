// SPDX-License-Identifier: Apache-2.0
// The second copy: into a folder, into a real S3 store (radosgw), and by the server's own jobs.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Authority } from "./lib/authority.mjs";
import { Client } from "./lib/client.mjs";
import { Radosgw } from "./lib/radosgw.mjs";
import { atEnd, test } from "./lib/runner.mjs";
import { BINARY, heard, Server, removeFolder, tempFolder } from "./lib/server.mjs";

const VECTORS = fileURLToPath(new URL("../vectors/hearing/R01", import.meta.url));
const FILES = ["000001.seg", "000002.seg", "journal.jsonl", "log.json", "seal.json"];
const folder = tempFolder();
atEnd(() => removeFolder(folder));

function newLog(name) {
  const log = join(folder, name, "R01");
  cpSync(VECTORS, log, { recursive: true });
  return log;
}

// Beside this process, which serves some of what it needs.
function copy(log, to, ...more) {
  return new Promise((resolve) => {
    const child = spawn(BINARY, ["copy", "--recording", log, "--to", to, ...more]);
    let out = "";
    let log_ = "";
    child.stdout.on("data", (part) => (out += part));
    child.stderr.on("data", (part) => (log_ += part));
    child.on("close", (code) => resolve({ code, log: log_, last: JSON.parse(out.trim().split("\n").pop() || "null") }));
  });
}

const verify = (log) => {
  const { code, stdout } = heard(["verify", log, "--json"]);
  return { code, ...JSON.parse(stdout) };
};
const flip = (file, at) => {
  const bytes = readFileSync(file);
  bytes[at] ^= 1;
  writeFileSync(file, bytes);
};

test("a folder: what is closed, each file read back", async () => {
  const log = newLog("h1");
  const there = join(folder, "nas");
  const missing = await copy(log, there);
  assert.deepEqual([missing.code, /^unavailable: .*mounted/.test(missing.last.failed)], [1, true]);
  mkdirSync(there);
  const first = await copy(log, there);
  assert.deepEqual([first.code, first.last.complete, first.last.files, first.last.copied_now], [0, true, 5, 5], first.log);
  assert.equal(verify(join(there, "h1", "R01")).code, 0);
  assert.equal(verify(log).code, 0); // the ledger beside it disturbs nobody
  assert.equal((await copy(log, there)).last.copied_now, 0);
  assert.equal((await copy(log, "nas")).last.failed.split(":")[0], "config");
});

test("a recording that runs: not its last segment, and all of it at the end", async () => {
  const log = newLog("h2");
  const there = join(folder, "nas2");
  mkdirSync(there);
  const journal = readFileSync(join(log, "journal.jsonl"), "utf8");
  const seal = readFileSync(join(log, "seal.json"));
  rmSync(join(log, "seal.json"));
  writeFileSync(join(log, "journal.jsonl"), journal.split("\n").slice(0, 3).join("\n") + "\n");
  const running = await copy(log, there);
  assert.deepEqual([running.code, running.last.complete, running.last.files], [0, false, 3], running.log);
  assert.ok(!existsSync(join(there, "h2", "R01", "000002.seg")));
  writeFileSync(join(log, "journal.jsonl"), journal);
  writeFileSync(join(log, "seal.json"), seal);
  const ended = await copy(log, there);
  assert.deepEqual([ended.code, ended.last.complete, ended.last.copied_now], [0, true, 3], ended.log);
  for (const file of FILES) assert.ok(readFileSync(join(there, "h2", "R01", file)).equals(readFileSync(join(log, file))), file);
});

test("two that differ: nothing is replaced, whoever is right", async () => {
  const log = newLog("h3");
  const there = join(folder, "nas3");
  mkdirSync(there);
  assert.equal((await copy(log, there)).code, 0);
  const segment = join(there, "h3", "R01", "000001.seg");
  flip(segment, 700);
  const damaged = readFileSync(segment);
  assert.equal((await copy(log, there)).code, 0); // remembered as good
  const checked = await copy(log, there, "--check");
  assert.deepEqual([checked.code, checked.last.failed.split(":")[0]], [1, "conflict"]);
  assert.ok(checked.last.failed.includes("000001.seg"));
  assert.ok(readFileSync(segment).equals(damaged));
  // A file that was cut off there is another one as well; one that is gone comes back.
  rmSync(segment);
  assert.equal((await copy(log, there, "--check")).code, 0);
  assert.ok(readFileSync(segment).equals(readFileSync(join(log, "000001.seg"))));
  // A damaged ledger costs work, not truth.
  writeFileSync(join(log, "copy.json"), '{"files":{"log.json":');
  assert.deepEqual([(await copy(log, there)).code, verify(log).code], [0, 0]);
});

// ---- a real store ----

const store = new Radosgw(tempFolder());
const credentials = join(folder, "s3.credentials");
const wrong = join(folder, "s3.wrong");
let s3;

test("a real S3 store starts", async () => {
  atEnd(() => {
    store.stop();
    removeFolder(store.dir);
  });
  await store.start();
  assert.equal(store.request("PUT", "archive").status, 200);
  writeFileSync(credentials, `${store.access} ${store.secret}\n`, { mode: 0o600 });
  writeFileSync(wrong, `${store.access} ${store.secret}x\n`, { mode: 0o600 });
  s3 = `${store.url}/archive/heard`;
}, 300_000);

test("S3: every file arrives as it is", async () => {
  const log = newLog("h4");
  appendFileSync(join(log, "000002.seg.torn1"), Buffer.alloc(3 << 20, 7)); // larger than a socket's buffer
  const first = await copy(log, s3, "--credentials", credentials);
  assert.deepEqual([first.code, first.last.complete, first.last.copied_now], [0, true, 6], first.log);
  for (const file of [...FILES, "000002.seg.torn1"]) {
    const got = store.request("GET", `archive/heard/h4/R01/${file}`);
    assert.equal(got.status, 200);
    assert.ok(Buffer.from(got.body, "latin1").equals(readFileSync(join(log, file))), file);
  }
  assert.deepEqual([(await copy(log, s3, "--credentials", credentials, "--check")).code, (await copy(log, `${s3}/`, "--credentials", credentials)).code], [0, 0]);
  const other = join(folder, "other", "h4", "R01");
  cpSync(VECTORS, other, { recursive: true });
  flip(join(other, "000002.seg"), 300);
  const differs = await copy(other, s3, "--credentials", credentials);
  assert.deepEqual([differs.code, differs.last.failed.split(":")[0]], [1, "conflict"], differs.log);
});

test("S3: refused, away, unknown, carelessly kept secrets: one clear word each", async () => {
  const log = newLog("h5");
  const word = async (...args) => (await copy(log, ...args)).last.failed.split(":")[0];
  assert.equal(await word(s3, "--credentials", wrong), "forbidden");
  assert.equal(await word(s3), "config");
  assert.equal(await word("http://127.0.0.1:9/archive", "--credentials", credentials), "unavailable");
  assert.equal(await word(`${store.url}/nobucket/x`, "--credentials", credentials), "unavailable");
  assert.equal(await word(store.url, "--credentials", credentials), "config");
  chmodSync(wrong, 0o644);
  assert.equal(await word(s3, "--credentials", wrong), "config");
  assert.ok(!existsSync(join(log, "copy.json")));
});

test("S3: bytes that are damaged on the way are refused by the store and come again", async () => {
  const log = newLog("h6");
  let harm = true;
  const proxy = http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      if (harm && body.length > 100) body[50] ^= 1;
      const onward = http.request(store.url + request.url, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      onward.end(body);
    });
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const through = `http://127.0.0.1:${proxy.address().port}/archive/heard`;
  const damaged = await copy(log, through, "--credentials", credentials);
  assert.deepEqual([damaged.code, damaged.last.failed.split(":")[0]], [1, "unavailable"], damaged.log);
  assert.equal(store.request("GET", "archive/heard/h6/R01/000001.seg").status, 404);
  harm = false;
  const again = await copy(log, through, "--credentials", credentials);
  proxy.close();
  proxy.closeAllConnections();
  assert.deepEqual([again.code, again.last.complete], [0, true], again.log);
});

test("S3: room given back once everything was read back, and the segments come again", async () => {
  const log = newLog("h7");
  const key = join(folder, "organisation.key");
  cpSync(join(VECTORS, "../../organisation.key"), key);
  chmodSync(key, 0o600);
  const derived = heard(["derive", "--recording", log, "--key", key, "--out", join(log, "derived")], "", {}, 60_000);
  assert.equal(derived.code, 0, derived.stderr);
  const args = [log, s3, "--credentials", credentials];
  const failed = async (...more) => (await copy(...args, ...more)).last.failed.split(":")[0];
  assert.equal(await failed("--release"), "conflict"); // it is not there
  assert.equal((await copy(...args)).code, 0);
  // What the store has is not what is here: nothing goes.
  const there = `archive/heard/h7/R01/000002.seg`;
  const whole = readFileSync(join(log, "000002.seg"));
  const put = (bytes) => {
    writeFileSync(join(folder, "body"), bytes);
    assert.equal(store.request("PUT", there, { body: `@${join(folder, "body")}` }).status, 200);
  };
  const other = Buffer.from(whole);
  other[300] ^= 1;
  put(other);
  assert.equal(await failed("--release"), "conflict");
  put(whole);
  assert.equal(verify(log).result, "intact");
  const released = await copy(...args, "--release");
  assert.deepEqual([released.code, released.last.files], [0, 2], released.log);
  const segments = ["000001.seg", "000002.seg"].map((name) => join(log, name));
  assert.deepEqual(segments.map(existsSync), [false, false]);
  const report = verify(log);
  assert.deepEqual([report.code, report.result, report.segments_elsewhere, report.findings.filter(({ fault }) => fault)], [4, "elsewhere", 2, []]);
  assert.match(heard(["verify", log, "--lang", "zh"]).stdout, /^分段保存在第二存储处：2 个分段在 http/);
  assert.deepEqual([(await copy(...args, "--check")).code, (await copy(...args)).last.complete], [0, true]);
  // Who needs the segments is told so.
  const page = join(folder, "page.html");
  writeFileSync(page, "<p>page</p>");
  for (const command of [["export", "--recording", log, "--key", key, "--pcapng", join(folder, "x.pcapng")], ["package", "--recording", log, "--out", join(folder, "x.zip"), "--page", page], ["statement", "--recording", log, "--out", join(folder, "x.pdf")]]) {
    const { code, stderr } = heard(command);
    assert.deepEqual([code, /elsewhere: .*bring them back first/.test(stderr)], [1, true], stderr);
  }
  // Damaged there: it does not come back under a segment's name, and --check says so.
  put(other);
  assert.deepEqual([await failed("--restore"), await failed("--check"), existsSync(segments[1]), verify(log).code], ["corrupt", "corrupt", false, 4]);
  put(whole);
  const back = await copy(...args, "--restore");
  assert.deepEqual([back.code, back.last.files, verify(log).result, existsSync(join(log, "away.json"))], [0, 2, "intact", false], back.log);
  assert.ok(readFileSync(segments[1]).equals(whole));
}, 120_000);

// ---- the server's jobs ----

test("the server has its recordings stamped and copied, and says so; what is away is asked again", async () => {
  const authority = await new Authority(tempFolder()).make("good").make("strange").listen();
  const config = join(folder, "heard.conf");
  writeFileSync(config, [`tsa_url = ${authority.url}`, `copy_to = ${s3}`, `copy_credentials = ${credentials}`, "keep_reception = 1d", "jobs_seconds = 5", `tsa_ca = ${join(authority.folder, "strange-ca.pem")}`, ""].join("\n"));
  const server = await new Server({ args: ["--config", config] }).start();
  try {
    const demo = server.demo();
    const id = "01a00000-0000-7000-8000-000000000009";
    const directory = `recordings/${demo.hearing}/R97`;
    cpSync(VECTORS, join(server.data, directory), { recursive: true });
    await server.stop();
    server.sql(
      `INSERT INTO recording VALUES ('${id}', 'X-R97', '${demo.hearing}', '${demo.case}', 'main', 'main', 1, 'sealed', '${directory}', 1, 2, 1, 1, 'ab', 'failed', 0, NULL, 0, 1)`);
    await server.start();
    const clerk = await new Client(server.http).login([demo.accounts.clerk].flat()[0]);
    const tasks = async () => (await clerk.get(`/api/v1/recordings/${id}`)).json.tasks;
    const until = async (what, check) => {
      for (let i = 0; i < 400; i += 1) {
        const now = await tasks();
        if (check(now)) return now;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      throw new Error(`${what}: ${JSON.stringify(await tasks())}\n${server.log.slice(-2000)}`);
    };
    const waits = await until("the authority's refusal", (now) => now.timestamp?.error && now.copy?.state === "ready");
    assert.match(waits.timestamp.error, /^unavailable: the authority answers HTTP 503/);
    assert.deepEqual([waits.timestamp.state, waits.copy.detail.complete, waits.copy.detail.files], ["queued", true, 5]);
    authority.answer = authority.stampBy("good");
    const done = await until("time-stamp", (now) => now.timestamp.state === "ready" && now.copy.state === "ready" && now.copy.detail.files === 6);
    assert.ok(Math.abs(done.timestamp.detail.timestamp_ms - Date.now()) < 200_000);
    assert.equal(done.timestamp.error, null);
    assert.equal(store.request("GET", `archive/heard/${demo.hearing}/R97/timestamp.tsr`).status, 200);
    // By an authority that this server was told to trust: not the one that stamped it.
    const report = (await clerk.get(`/api/v1/recordings/${id}/integrity`)).json;
    assert.deepEqual([report.result, report.findings.filter(({ fault }) => fault).map(({ kind }) => kind)], ["altered", ["timestamp"]]);
    // Destroyed by two persons: the second copy loses its key and all that it opens, too.
    const there = (name) => store.request("GET", `archive/heard/${demo.hearing}/R97/${name}`).status;
    assert.deepEqual([there("log.json"), there("000001.seg"), there("destruction.jsonl")], [200, 200, 404]);
    const [archivist, security] = await Promise.all(["archivist", "sec_admin"].map((role) => new Client(server.http).login([demo.accounts[role]].flat()[0])));
    const asked = await archivist.post(`/api/v1/keeping/${id}/request`, { reason: "期满" });
    assert.equal(asked.status, 201, asked.text);
    const confirmed = await security.post(`/api/v1/keeping/${id}/confirm`);
    assert.equal(confirmed.status, 202, confirmed.text);
    for (let i = 0; i < 200 && (await archivist.get(`/api/v1/keeping/${id}`)).json.state !== "destroyed"; i += 1) await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal((await archivist.get(`/api/v1/keeping/${id}`)).json.state, "destroyed", server.log.slice(-1500));
    assert.deepEqual(["log.json", "000001.seg", "000002.seg", "destruction.jsonl", "journal.jsonl", "seal.json", "timestamp.tsr"].map(there), [404, 404, 404, 200, 200, 200, 200]);
    assert.equal(verify(join(server.data, directory)).code, 3);
    assert.ok(!server.log.includes(store.secret));
  } finally {
    await server.stop();
    authority.close();
    removeFolder(authority.folder);
    removeFolder(server.data);
  }
}, 150_000);
