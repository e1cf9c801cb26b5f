// SPDX-License-Identifier: Apache-2.0
// Runs the *.test.mjs files one after the other and prints TAP; each test stands alone.
import { readdirSync } from "node:fs";
import { runAll } from "./lib/runner.mjs";

const wanted = process.argv.slice(2);
const names = readdirSync(new URL(".", import.meta.url))
  .filter((f) => f.endsWith(".test.mjs"))
  .filter((f) => wanted.length === 0 || wanted.some((w) => f.startsWith(w)))
  .sort();
for (const name of names) await import(new URL(name, import.meta.url));
process.exit((await runAll()) ? 0 : 1);
