// SPDX-License-Identifier: Apache-2.0
// test(name, function, ms): registered in order; flat TAP, one line each.
const TEST_MS = 30_000;
const tests = [];
const closers = [];

export function test(name, run, ms = TEST_MS) {
  tests.push({ name, run, ms });
}

export function atEnd(close) {
  closers.push(close);
}

function withLimit(promise, ms) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

export async function runAll() {
  let failed = 0;
  for (const [index, { name, run, ms }] of tests.entries()) {
    try {
      await withLimit(run(), ms);
      console.log(`ok ${index + 1} - ${name}`);
    } catch (error) {
      failed += 1;
      for (const line of String(error.stack ?? error).split("\n").slice(0, 10)) console.log(`# ${line}`);
      console.log(`not ok ${index + 1} - ${name}`);
    }
  }
  for (const close of closers.reverse()) await close();
  console.log(`1..${tests.length}`);
  return failed === 0 && tests.length > 0;
}
