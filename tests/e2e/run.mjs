// SPDX-License-Identifier: Apache-2.0
// Runs the stories (*.story.mjs) one after the other and prints TAP. A story is a list of steps;
// each step is one test; after a failed step the rest of its story is not run and counts as failed.
import { readdirSync } from "node:fs";
import { Report } from "./lib/report.mjs";

const wanted = process.argv.slice(2);
const names = readdirSync(new URL(".", import.meta.url))
  .filter((f) => f.endsWith(".story.mjs"))
  .filter((f) => wanted.length === 0 || wanted.some((w) => f.startsWith(w)))
  .sort();
const report = new Report();
for (const name of names) {
  const story = await import(new URL(name, import.meta.url));
  await report.run(name.replace(".story.mjs", ""), story);
}
process.exit(report.end() ? 0 : 1);
