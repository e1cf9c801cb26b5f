// SPDX-License-Identifier: Apache-2.0
// Runs the stories (*.story.mjs) one after the other and prints TAP. A story is a list of steps;
// each step is one test; after a failed step the rest of its story is not run and counts as failed.
// A story that says isLong is told when it is named, or with HEARD_WHOLE=1.
// HEARD_RETELL: so many stories may fail once by chance (a shared machine) and are told again at the end.
import { readdirSync } from "node:fs";
import { Report } from "./lib/report.mjs";

const wanted = process.argv.slice(2);
const names = readdirSync(new URL(".", import.meta.url))
  .filter((f) => f.endsWith(".story.mjs"))
  .filter((f) => wanted.length === 0 || wanted.some((w) => f.startsWith(w)))
  .sort();
const load = (name, query = "") => import(new URL(`${name}.story.mjs${query}`, import.meta.url));
const retell = Number(process.env.HEARD_RETELL ?? 0);
const report = new Report();
for (const file of names) {
  const name = file.replace(".story.mjs", "");
  const story = await load(name);
  if (story.isLong && wanted.length === 0 && !process.env.HEARD_WHOLE) {
    console.log(`# ${name} is long: name it, or HEARD_WHOLE=1`);
    continue;
  }
  await report.run(name, story, retell > 0);
}
await report.tellAgain(retell, (name) => load(name, "?again"));
process.exit(report.end() ? 0 : 1);
