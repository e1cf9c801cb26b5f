// SPDX-License-Identifier: Apache-2.0
// TAP on stdout. A story exports `steps(stage)`, an array of [name, async function], and the stage
// keeps what must be closed at its end.
const STEP_MS = 240_000;

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

  #line(ok, name) {
    this.#count += 1;
    if (!ok) this.#failed += 1;
    console.log(`${ok ? "ok" : "not ok"} ${this.#count} - ${name}`);
  }

  async run(name, story) {
    const stage = new Stage();
    const started = Date.now();
    let broken = false;
    for (const [title, step] of story.steps(stage)) {
      if (broken) {
        this.#line(false, `${name}: ${title} (not run)`);
        continue;
      }
      try {
        await withLimit(step(), STEP_MS, title);
        this.#line(true, `${name}: ${title}`);
      } catch (error) {
        broken = true;
        for (const line of String(error.stack ?? error).split("\n").slice(0, 12)) console.log(`# ${line}`);
        if (story.onFailure) await withLimit(story.onFailure(stage), 20_000, "onFailure").catch(() => {});
        this.#line(false, `${name}: ${title}`);
      }
    }
    await stage.close();
    console.log(`# ${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }

  end() {
    console.log(`1..${this.#count}`);
    return this.#failed === 0 && this.#count > 0;
  }
}
