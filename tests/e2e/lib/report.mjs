// SPDX-License-Identifier: Apache-2.0
// TAP on stdout. A story exports `steps(stage)`, an array of [name, async function], and the stage
// keeps what must be closed at its end.
import { readFileSync } from "node:fs";

const STEP_MS = 240_000;

// Seconds of processor that ended children took, and theirs.
function childSeconds() {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

export class Stage {
  #closers = [];
  atEnd(close) {
    this.#closers.push(close);
  }
  async close() {
    for (const close of this.#closers.reverse()) {
      try {
        await withLimit(close(), 20_000, "closing");
      } catch (error) {
        console.log(`# closing: ${error.message}`);
      }
    }
    this.#closers = [];
  }
}

export function withLimit(promise, ms, what) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no end after ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

export class Report {
  #count = 0;
  #failed = 0;
  #held = new Map(); // what failed at its first telling: its lines, as [ok, name]

  #line(ok, name) {
    this.#count += 1;
    if (!ok) this.#failed += 1;
    console.log(`${ok ? "ok" : "not ok"} ${this.#count} - ${name}`);
  }

  async #tell(story, name, told) {
    const stage = new Stage();
    const started = Date.now();
    const spent = childSeconds();
    let broken = false;
    for (const [title, step] of story.steps(stage)) {
      if (broken) {
        told(false, `${name}: ${title} (not run)`);
        continue;
      }
      try {
        await withLimit(step(), STEP_MS, title);
        told(true, `${name}: ${title}`);
      } catch (error) {
        broken = true;
        for (const line of String(error.stack ?? error).split("\n").slice(0, 12)) console.log(`# ${line}`);
        if (story.onFailure) await withLimit(story.onFailure(stage), 20_000, "onFailure").catch(() => {});
        told(false, `${name}: ${title}`);
      }
    }
    await stage.close();
    console.log(`# ${name}: ${((Date.now() - started) / 1000).toFixed(1)} s (${(childSeconds() - spent).toFixed(0)} s of processor)`);
    return !broken;
  }

  // With `again` a story that fails is not counted yet: tellAgain does.
  async run(name, story, again = false) {
    const lines = [];
    const whole = await this.#tell(story, name, (ok, title) => {
      if (!again || ok) this.#line(ok, title);
      else {
        console.log(`# not ok - ${title}`);
        lines.push([ok, title]);
      }
    });
    if (!whole && again) this.#held.set(name, lines);
  }

  // At most `limit` stories that failed are told once more, and what failed in them is counted by the
  // second telling; with more of them broken it is no matter of chance. `load(name)` is a fresh story.
  async tellAgain(limit, load) {
    for (const [name, lines] of this.#held) {
      if (this.#held.size > limit) {
        for (const [ok, title] of lines) this.#line(ok, title);
        continue;
      }
      console.log(`# flaky? ${name} is told again`);
      const second = new Map();
      await this.#tell(await load(name), name, (ok, title) => second.set(title.replace(/ \(not run\)$/, ""), ok));
      const steps = [...second].filter(([title, ok]) => !ok || lines.some(([, t]) => t.replace(/ \(not run\)$/, "") === title));
      for (const [title, ok] of steps) this.#line(ok, ok ? `${title} (at the second telling)` : title);
    }
  }

  end() {
    console.log(`1..${this.#count}`);
    return this.#failed === 0 && this.#count > 0;
  }
}
