// SPDX-License-Identifier: Apache-2.0
// A second reader of recordings/FORMAT.md 5, that shares nothing with the first: how many signatures of a
// log are right, by Node's crypto. Ed25519 only, which is all that it knows.
import { createHash, verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

function signedBytes(logId, lines, head) {
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(lines));
  return Buffer.concat([Buffer.from("heard checkpoint 1"), Buffer.from(logId.replaceAll("-", ""), "hex"), count, head]);
}

// { name, fingerprint, right, wrong } of the log in this folder.
export function logSignatures(folder) {
  const bytes = readFileSync(join(folder, "log.json"));
  const log = JSON.parse(bytes);
  const certificate = new X509Certificate(log.signer);
  const found = { name: certificate.subject, fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(), right: 0, wrong: 0 };
  const check = (lines, head, hex) => {
    const right = verify(null, signedBytes(log.log_id, lines, head), certificate.publicKey, Buffer.from(hex ?? "", "hex"));
    found[right ? "right" : "wrong"] += 1;
  };
  let head = sha256(bytes);
  let lines = 0;
  for (const line of readFileSync(join(folder, "journal.jsonl"), "utf8").split("\n").slice(0, -1)) {
    const entry = JSON.parse(line);
    if (entry.kind === "checkpoint") check(lines, head, entry.signature);
    head = sha256(line);
    lines += 1;
  }
  check(lines, head, JSON.parse(readFileSync(join(folder, "seal.json"))).signature);
  return found;
}
