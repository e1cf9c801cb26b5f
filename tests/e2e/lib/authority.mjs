// SPDX-License-Identifier: Apache-2.0
// A time-stamping authority of `openssl ts`, for logs of a test.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KEYS = { rsa: ["-newkey", "rsa:2048"], ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] };

export class Authority {
  // kind: of its keys, rsa or ec.
  constructor(folder, name, kind) {
    Object.assign(this, { folder, name, ca: join(folder, `${name}-ca.pem`) });
    writeFileSync(join(folder, `${name}.cnf`), [
      "[ts]", "extendedKeyUsage = critical,timeStamping", "[tsa]", `serial = ${name}.serial`, `signer_cert = ${name}.pem`,
      `signer_key = ${name}.key`, `certs = ${name}-ca.pem`, "signer_digest = sha256", "default_policy = 1.2.3.4.1",
      "digests = sha256", "accuracy = secs:1", ""].join("\n"));
    writeFileSync(join(folder, `${name}.serial`), "01\n");
    this.#openssl("req", "-x509", ...KEYS[kind], "-nodes", "-keyout", `${name}-ca.key`, "-out", `${name}-ca.pem`, "-days", "30", "-subj", `/CN=${name} root`);
    this.#openssl("req", ...KEYS[kind], "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name} clock`);
    this.#openssl("x509", "-req", "-in", `${name}.csr`, "-CA", `${name}-ca.pem`, "-CAkey", `${name}-ca.key`, "-CAcreateserial", "-days", "30",
      "-extfile", `${name}.cnf`, "-extensions", "ts", "-out", `${name}.pem`);
  }

  #openssl(...args) {
    execFileSync("openssl", args, { cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
  }

  #answer(...about) {
    this.#openssl("ts", "-query", ...about, "-sha256", "-cert", "-out", "query");
    this.#openssl("ts", "-reply", "-queryfile", "query", "-config", `${this.name}.cnf`, "-section", "tsa", "-out", "reply");
    return readFileSync(join(this.folder, "reply"));
  }

  // Puts timestamp.tsr into the folder of a log, and one over a line of its journal, as if it had run then.
  stamp(log, line = 3) {
    writeFileSync(join(log, "timestamp.tsr"), this.#answer("-data", join(log, "seal.json")));
    writeFileSync(join(this.folder, "line"), readFileSync(join(log, "journal.jsonl"), "utf8").split("\n")[line - 1]);
    writeFileSync(join(log, "timestamp-0001.tsr"), this.#answer("-data", join(this.folder, "line")));
  }
}
