// SPDX-License-Identifier: Apache-2.0
// A client with a cookie jar of one; and the least of a WebSocket, so that frames can be wrong.
import { createHash, randomBytes } from "node:crypto";
import http from "node:http";
import https from "node:https";
import net from "node:net";

export class Client {
  constructor(base) {
    this.base = base;
    this.cookie = null;
  }

  // { status, headers, text, json }. body: object (JSON), text or Buffer.
  request(method, path, body, headers = {}) {
    const url = new URL(path, this.base);
    const sent = { ...headers };
    let bytes;
    if (body !== undefined) {
      const raw = typeof body === "string" || Buffer.isBuffer(body);
      bytes = Buffer.from(raw ? body : JSON.stringify(body));
      if (!raw && !sent["Content-Type"]) sent["Content-Type"] = "application/json";
      if (!sent["Transfer-Encoding"]) sent["Content-Length"] = bytes.length;
    }
    if (this.cookie) sent.Cookie = this.cookie;
    return new Promise((resolve, reject) => {
      const module = url.protocol === "https:" ? https : http;
      const request = module.request(url, { method, headers: sent, rejectUnauthorized: false, agent: false }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => {
          const cookie = response.headers["set-cookie"]?.[0];
          if (cookie) this.cookie = cookie.split(";")[0];
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString();
          let json = null;
          try {
            json = JSON.parse(text);
          } catch {
            // not every answer is JSON
          }
          resolve({ status: response.statusCode, headers: response.headers, bytes, text, json });
        });
      });
      request.on("error", reject);
      if (bytes) request.write(bytes);
      request.end();
    });
  }

  get(path, headers) {
    return this.request("GET", path, undefined, headers);
  }

  post(path, body = {}, headers) {
    return this.request("POST", path, body, headers);
  }

  async login(account) {
    const answer = await this.post("/api/v1/login", account);
    if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`);
    return this;
  }

  async openLink(url) {
    return this.post("/api/v1/links/open", { token: url.split("/").pop() });
  }
}

export class Socket {
  #buffer = Buffer.alloc(0);
  #waiting = [];
  frames = [];
  ended = false;

  // Resolves to { status, socket }; socket only with 101. Plain HTTP.
  static open(base, path, { cookie, headers = {}, protocol = "heard.v1" } = {}) {
    const url = new URL(path, base);
    const key = randomBytes(16).toString("base64");
    const lines = {
      Host: url.host,
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Key": key,
      "Sec-WebSocket-Version": "13",
      ...(protocol ? { "Sec-WebSocket-Protocol": protocol } : {}),
      ...(cookie ? { Cookie: cookie } : {}),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const tcp = net.connect(Number(url.port), url.hostname);
      const self = new Socket();
      let head = Buffer.alloc(0);
      self.tcp = tcp;
      tcp.on("error", (error) => (self.open ? self.#end() : reject(error)));
      tcp.on("close", () => self.#end());
      tcp.write(`GET ${url.pathname} HTTP/1.1\r\n${Object.entries(lines).map(([k, v]) => `${k}: ${v}\r\n`).join("")}\r\n`);
      tcp.on("data", (chunk) => {
        if (self.open) return self.#take(chunk);
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf("\r\n\r\n");
        if (end < 0) return;
        const text = head.subarray(0, end).toString();
        const status = Number(text.split(" ")[1]);
        if (status !== 101) {
          tcp.destroy();
          const body = head.subarray(end + 4).toString();
          return resolve({ status, text: body, code: /"code":"(\w+)"/.exec(body)?.[1] });
        }
        const wanted = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
        if (!text.includes(wanted)) return reject(new Error("wrong Sec-WebSocket-Accept"));
        self.open = true;
        self.#take(head.subarray(end + 4));
        resolve({ status, socket: self });
      });
    });
  }

  #end() {
    this.ended = true;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #take(chunk) {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      if (this.#buffer.length < 2) break;
      let size = this.#buffer[1] & 127;
      let at = 2;
      if (size === 126) {
        if (this.#buffer.length < 4) break;
        size = this.#buffer.readUInt16BE(2);
        at = 4;
      } else if (size === 127) {
        if (this.#buffer.length < 10) break;
        size = Number(this.#buffer.readBigUInt64BE(2));
        at = 10;
      }
      if (this.#buffer.length < at + size) break;
      const frame = { opcode: this.#buffer[0] & 15, payload: this.#buffer.subarray(at, at + size) };
      this.#buffer = this.#buffer.subarray(at + size);
      if (frame.opcode === 9) this.send(frame.payload, 0x8a); // who is silent for 35 s is gone
      else this.frames.push(frame);
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }

  // first: the first byte of the frame, 0x81 is a whole text.
  send(payload, first = 0x81, masked = true) {
    const body = Buffer.from(payload);
    const mask = randomBytes(4);
    let head;
    if (body.length < 126) head = Buffer.from([first, body.length]);
    else if (body.length < 65536) head = Buffer.from([first, 126, body.length >> 8, body.length & 255]);
    else {
      head = Buffer.alloc(10);
      head[0] = first;
      head[1] = 127;
      head.writeBigUInt64BE(BigInt(body.length), 2);
    }
    if (!masked) return this.tcp.write(Buffer.concat([head, body]));
    head[1] |= 128;
    for (let i = 0; i < body.length; i += 1) body[i] ^= mask[i % 4];
    this.tcp.write(Buffer.concat([head, mask, body]));
  }

  command(id, type, data) {
    this.send(JSON.stringify({ id, type, ...(data ? { data } : {}) }));
  }

  // The next frame that the predicate likes; close frames come as { close: code }.
  async next(like, ms = 10_000) {
    const deadline = Date.now() + ms;
    for (;;) {
      while (this.frames.length > 0) {
        const { opcode, payload } = this.frames.shift();
        if (opcode === 8) {
          const message = { close: payload.length >= 2 ? payload.readUInt16BE(0) : 1005 };
          if (like(message)) return message;
        } else if (opcode === 1) {
          const message = JSON.parse(payload.toString());
          if (like(message)) return message;
        }
      }
      if (this.ended) throw new Error("the connection ended");
      if (Date.now() > deadline) throw new Error("nothing came");
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, deadline - Date.now()));
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  close() {
    this.tcp.destroy();
  }
}
