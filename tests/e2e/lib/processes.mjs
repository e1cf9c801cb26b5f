// SPDX-License-Identifier: Apache-2.0
// Processes that this test started: which one a call started, and signals to it and all below it.
import { readdirSync, readFileSync } from "node:fs";

function parents() {
  const found = new Map();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    try {
      // The name in brackets may hold spaces: count from behind it.
      const fields = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").pop().split(" ");
      found.set(Number(name), Number(fields[1]));
    } catch {
      // ended meanwhile
    }
  }
  return found;
}

const childrenOf = (pid) => [...parents()].filter(([, parent]) => parent === pid).map(([child]) => child);

// [what start() gave, the process that it started]
export async function startedBy(start) {
  const before = new Set(childrenOf(process.pid));
  const result = await start();
  const pids = childrenOf(process.pid).filter((pid) => !before.has(pid));
  if (pids.length !== 1) throw new Error(`${pids.length} processes were started`);
  return [result, pids[0]];
}

export function signalTree(pid, signal) {
  const all = parents();
  const below = [pid];
  for (let i = 0; i < below.length; i += 1)
    for (const [child, parent] of all) if (parent === below[i]) below.push(child);
  for (const one of below) {
    try {
      process.kill(one, signal);
    } catch {
      // ended meanwhile
    }
  }
}
