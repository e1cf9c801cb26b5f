// SPDX-License-Identifier: Apache-2.0
// A real time-stamping authority: `openssl ts` behind HTTP.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";

// One authority a name, all in one folder; answer is what the next query gets.
export class Authority {
  constructor(folder) {
    this.folder = folder;
    this.asked = 0;
    this.answer = () => [503, ""];
  }

  openssl(...args) {
    const run = spawnSync("openssl", args, { cwd: this.folder, encoding: "utf8" });
    assert.equal(run.status, 0, `openssl ${args.join(" ")}: ${run.stderr}`);
    return run.stdout;
  }

  // A certificate that signs itself, and an authority that it certifies.
  make(name) {
    const file = (end) => join(this.folder, `${name}${end}`);
    writeFileSync(file(".cnf"), [
      "[ts]", "extendedKeyUsage = critical,timeStamping", "[tsa]", `serial = ${name}.serial`, `signer_cert = ${name}.pem`,
      `signer_key = ${name}.key`, `certs = ${name}-ca.pem`, "signer_digest = sha256", "default_policy = 1.2.3.4.1", "digests = sha256",
      "accuracy = secs:1", ""].join("\n"));
    writeFileSync(file(".serial"), "01\n");
    this.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", `${name}-ca.key`, "-out", `${name}-ca.pem`, "-days", "30", "-subj", `/CN=${name} root`);
    this.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name} clock`);
    this.openssl("x509", "-req", "-in", `${name}.csr`, "-CA", `${name}-ca.pem`, "-CAkey", `${name}-ca.key`, "-CAcreateserial", "-days", "30",
      "-extfile", `${name}.cnf`, "-extensions", "ts", "-out", `${name}.pem`);
    return this;
  }

  stampBy(name) {
    return (query) => {
      writeFileSync(join(this.folder, "query"), query);
      this.openssl("ts", "-reply", "-queryfile", "query", "-config", `${name}.cnf`, "-section", "tsa", "-out", "reply");
      return [200, readFileSync(join(this.folder, "reply"))];
    };
  }

  async listen() {
    this.server = http.createServer((request, response) => {
      const parts = [];
      request.on("data", (part) => parts.push(part));
      request.on("end", () => {
        this.asked += 1;
        const [status, body] = request.headers["content-type"] === "application/timestamp-query" ? this.answer(Buffer.concat(parts)) : [415, ""];
        response.writeHead(status, { "Content-Type": "application/timestamp-reply" }).end(body);
      });
    });
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}/`;
    return this;
  }

  close() {
    this.server.close();
  }
}
