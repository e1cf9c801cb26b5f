// SPDX-License-Identifier: Apache-2.0
// HTTPS on the wire: what a connection costs a thin line, slow and rude clients, and how many one host may hold.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { Server, removeFolder, tempFolder } from "./lib/server.mjs";

const FILE_BYTES = 6_000_000;
const pages = tempFolder();
const file = randomBytes(FILE_BYTES);
writeFileSync(join(pages, "index.html"), "<!doctype html><title>x</title>");
writeFileSync(join(pages, "app-3F2A9C01.js"), file);
const server = await new Server({ env: { HEARD_WEB_DIR: pages } }).start();
const demo = server.demo();
const port = Number(new URL(server.https).port);
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
  removeFolder(pages);
});

const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const head = (path, more = "") => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}\r\n`;

// A TCP connection that counts what the wire carries, and TLS over it.
async function dial(options = {}) {
  const raw = net.connect({ host: "127.0.0.1", port: options.port ?? port, localAddress: options.from });
  const secure = tls.connect({ socket: raw, rejectUnauthorized: false, ...options.tls });
  raw.on("error", () => {});
  await new Promise((resolve, reject) => {
    secure.once("secureConnect", resolve);
    secure.once("error", reject);
    secure.once("close", () => reject(new Error("closed")));
  });
  secure.on("error", () => {});
  return { raw, secure };
}

async function until(what, probe, ms = 10_000) {
  for (const end = Date.now() + ms; !probe(); await sleep(20)) if (Date.now() > end) assert.fail(what);
}

async function collect(secure) {
  const parts = [];
  secure.on("data", (part) => parts.push(part));
  await new Promise((resolve) => secure.once("close", resolve));
  return Buffer.concat(parts);
}

test("TLS 1.2 and 1.3, nothing older; http/1.1 by ALPN", async () => {
  for (const version of ["TLSv1.2", "TLSv1.3"]) {
    const { secure } = await dial({ tls: { minVersion: version, maxVersion: version, ALPNProtocols: ["h2", "http/1.1"] } });
    assert.equal(secure.getProtocol(), version);
    assert.equal(secure.alpnProtocol, "http/1.1");
    secure.destroy();
  }
  await assert.rejects(dial({ tls: { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } }));
});

// libmicrohttpd's own TLS put each four bytes of a WebSocket into a record of 26.
test("a WebSocket costs little more on the wire than what it says", async () => {
  const clerk = await new Client(server.https).login(demo.accounts.clerk);
  const { raw, secure } = await dial();
  let said = 0;
  let text = "";
  secure.on("data", (part) => {
    said += part.length;
    text += part.toString("latin1");
  });
  secure.write(head(`/api/v1/hearings/${demo.hearing}/events`, `Upgrade: websocket\r\nConnection: Upgrade\r\nCookie: ${clerk.cookie}\r\n` +
    `Sec-WebSocket-Protocol: heard.v1\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n`));
  await until("no upgrade", () => text.includes("\r\n\r\n"));
  assert.match(text, /^HTTP\/1\.1 101 /);
  const [saidBefore, wireBefore] = [said, raw.bytesRead];
  const message = Buffer.from(JSON.stringify({ id: 1, type: "hello", data: { language: "zh", slots: 6 } }));
  secure.write(Buffer.concat([Buffer.from([0x81, 0x80 | message.length, 0, 0, 0, 0]), message]));
  await until("no snapshot", () => text.includes('"snapshot"') && said - saidBefore > 1000);
  await sleep(300);
  const [saidNow, wire] = [said - saidBefore, raw.bytesRead - wireBefore];
  console.log(`# ${saidNow} bytes said, ${wire} on the wire`);
  assert.ok(wire < saidNow * 1.2 + 100);
  secure.destroy();
});

test("a large file for a reader who pauses, whole", async () => {
  const { secure } = await dial();
  const whole = collect(secure);
  secure.write(head("/app-3F2A9C01.js", "Connection: close\r\n"));
  for (let i = 0; i < 10; i++) {
    secure.pause();
    await sleep(50);
    secure.resume();
    await sleep(5);
  }
  const answer = await whole;
  const at = answer.indexOf("\r\n\r\n") + 4;
  assert.match(answer.subarray(0, at).toString(), /^HTTP\/1\.1 200 /);
  assert.equal(answer.length - at, FILE_BYTES);
  assert.ok(answer.subarray(at).equals(file));
});

test("who stops speaking after the request still gets the answer", async () => {
  const { secure } = await dial({ tls: { allowHalfOpen: true } });
  const answer = collect(secure);
  secure.end(head("/healthz", "Connection: close\r\n"));
  assert.match(String(await answer), /^HTTP\/1\.1 200 [\s\S]*ok\n$/);
});

test("a body that is too large is answered before the end", async () => {
  const { secure } = await dial();
  const answer = collect(secure);
  secure.write(`POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n`);
  secure.write(Buffer.alloc(900_000, 0x20));
  await sleep(300);
  secure.end();
  assert.match(String(await answer), /^HTTP\/1\.1 413 /);
});

test("no word, half a handshake, noise, plain HTTP: closed, and nobody notices", async () => {
  const { secure: whole } = await dial();
  const rude = [Buffer.alloc(0), Buffer.from("16030100", "hex"), randomBytes(3000), Buffer.from(head("/"))].map((bytes) => {
    const raw = net.connect(port, "127.0.0.1");
    raw.on("error", () => {});
    raw.write(bytes);
    return new Promise((resolve) => raw.once("close", resolve));
  });
  assert.equal((await new Client(server.https).get("/healthz")).text, "ok\n");
  await Promise.all(rude);
  whole.write(head("/healthz"));
  await new Promise((resolve) => whole.once("data", resolve));
  whole.destroy();
}, 20_000);

test("one host holds its share of connections, and no more", async () => {
  const small = await new Server({ env: { HEARD_WEB_DIR: pages }, files: 400 }).start(); // 100 connections, 25 of one host
  const to = { port: Number(new URL(small.https).port) };
  const held = [];
  try {
    for (let i = 0; i < 25; i++) held.push(await dial(to));
    await assert.rejects(dial(to).then(({ secure }) => new Promise((resolve, reject) => {
      secure.once("close", () => reject(new Error("closed")));
      secure.once("data", resolve);
      secure.write(head("/healthz"));
    })));
    const other = await dial({ ...to, from: "127.0.0.2" });
    other.secure.write(head("/healthz"));
    await new Promise((resolve) => other.secure.once("data", resolve));
    other.secure.destroy();
    held.pop().secure.destroy();
    await sleep(300);
    held.push(await dial(to));
    held.at(-1).secure.write(head("/healthz"));
    await new Promise((resolve) => held.at(-1).secure.once("data", resolve));
  } finally {
    for (const { secure } of held) secure.destroy();
    assert.equal(await small.stop(), 0);
    removeFolder(small.data);
  }
});

test("a stop says what was asked before, and ends", async () => {
  const { secure } = await dial();
  secure.write(head("/healthz"));
  await new Promise((resolve) => secure.once("data", resolve));
  const closed = new Promise((resolve) => secure.once("close", resolve));
  secure.resume();
  assert.equal(await server.stop(), 0);
  await closed;
});
