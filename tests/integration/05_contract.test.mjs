// SPDX-License-Identifier: Apache-2.0
// The table of routes and openapi.yaml name the same paths and methods, and each reference leads somewhere.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "./lib/runner.mjs";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const contract = readFileSync(at("server/app/openapi.yaml"), "utf8");

// Two levels of the file, by their indentation: no library for that.
function routesOfContract() {
  const routes = [];
  let path = null;
  for (const line of contract.slice(contract.indexOf("\npaths:"), contract.indexOf("\ncomponents:")).split("\n")) {
    path = /^ {2}(\/\S*):/.exec(line)?.[1] ?? path;
    const method = /^ {4}(get|post|patch|delete):/.exec(line)?.[1];
    if (method) routes.push(`${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "{}")}`);
  }
  return routes;
}

test("openapi.yaml has each route of the table, and no other", () => {
  const table = readFileSync(at("server/app/route_table.c"), "utf8");
  const routes = [...table.matchAll(/^ {4}ROUTE\((\w+), "([^"]+)"/gm)].map(([, method, path]) => `${method} ${path}`);
  assert.ok(routes.length > 30);
  const own = routes.filter((route) => !/\/wh[ie]p\/\{\}$/.test(route)); // told in one sentence with /peers/{peer}
  assert.deepEqual(routesOfContract().sort(), own.sort());
});

test("each reference leads somewhere", () => {
  const named = new Set([...contract.matchAll(/'#\/components\/(\w+)\/(\w+)'/g)].map(([, kind, name]) => `${kind} ${name}`));
  const parts = contract.slice(contract.indexOf("\ncomponents:")).split("\n");
  const made = new Set();
  let kind = null;
  for (const line of parts) {
    kind = /^ {2}(\w+):$/.exec(line)?.[1] ?? kind;
    const name = /^ {4}(\w+):/.exec(line)?.[1];
    if (name) made.add(`${kind} ${name}`);
  }
  assert.ok(named.size > 10);
  for (const one of named) assert.ok(made.has(one), one);
});

// What YAML parsers take silently: the later one wins.
test("no name stands twice in one place", () => {
  const open = []; // [indent, names]
  const twice = [];
  contract.split("\n").forEach((line, i) => {
    const [, spaces, item, name] = /^( *)(- )?([^\s:#'"][^:#]*|'[^']*'):(?: |$)/.exec(line) ?? [];
    if (name === undefined) return;
    const indent = spaces.length + (item?.length ?? 0);
    while (open.length > 0 && (open.at(-1)[0] > indent || (item && open.at(-1)[0] === indent))) open.pop();
    if (open.at(-1)?.[0] !== indent) open.push([indent, new Set()]);
    const names = open.at(-1)[1];
    if (names.has(name)) twice.push(`line ${i + 1}: ${name}`);
    names.add(name);
  });
  assert.deepEqual(twice, []);
});

test("it is YAML", () => {
  const run = spawnSync("python3", ["-c", "import sys\ntry:\n import yaml\nexcept ImportError:\n sys.exit(0)\nyaml.safe_load(open(sys.argv[1]))", at("server/app/openapi.yaml")], { encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
});
