// SPDX-License-Identifier: Apache-2.0
// One person at one browser page. The same few verbs over Playwright (Chromium) and Puppeteer (Firefox).
import * as tools from "./page_tools.mjs";

const STEP_MS = 20_000;
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

export class Person {
  constructor(name, page, kind) {
    this.name = name;
    this.page = page;
    this.kind = kind; // "chromium" | "firefox"
    this.console = [];
    page.on("console", (m) => this.console.push(`${m.type()}: ${m.text()}`));
    page.on("pageerror", (e) => this.console.push(`pageerror: ${e.message}`));
  }

  async open(url) {
    await this.page.goto(url, { waitUntil: "load", timeout: STEP_MS });
  }

  async until(what, probe, ms = STEP_MS) {
    const end = Date.now() + ms;
    let last;
    for (;;) {
      try {
        last = await probe();
        if (last) return last;
      } catch (error) {
        last = error.message;
      }
      if (Date.now() > end) {
        const seen = (await this.text().catch(() => "")).slice(0, 400);
        throw new Error(`${this.name}: ${what} (${JSON.stringify(last)}); on the page: ${seen}; console: ${this.console.slice(-5).join(" | ")}`);
      }
      await sleep(150);
    }
  }

  async find(role, name, index = 0, ms = STEP_MS) {
    return this.until(`no ${role} "${name}"`, async () => {
      const handle = await this.page.evaluateHandle(tools.findByRole, [role, name, index]);
      return handle.asElement();
    }, ms);
  }

  async has(role, name) {
    const handle = await this.page.evaluateHandle(tools.findByRole, [role, name, 0]);
    return handle.asElement() !== null;
  }

  async click(role, name, index = 0, ms = STEP_MS) {
    const end = Date.now() + ms;
    for (;;) {
      const element = await this.find(role, name, index, Math.max(end - Date.now(), 1));
      try {
        await element.click({ timeout: 15_000 });
        return;
      } catch (error) {
        if (Date.now() > end) throw new Error(`${this.name}: click ${role} "${name}": ${error.message}`);
        await sleep(200); // redrawn meanwhile
      }
    }
  }

  async fill(name, value, index = 0) {
    const element = await this.find("textbox", name, index);
    await element.evaluate((el) => { el.value = ""; });
    await element.type(value);
  }

  async press(key) {
    await this.page.keyboard.press(key);
  }

  async text() {
    return this.page.evaluate(tools.visibleText);
  }

  async sees(words, ms = STEP_MS) {
    await this.until(`does not see "${words}"`, async () => (await this.text()).includes(words), ms);
  }

  async seesNo(words, ms = STEP_MS) {
    await this.until(`still sees "${words}"`, async () => !(await this.text()).includes(words), ms);
  }

  async inbound() {
    return this.page.evaluate(tools.inbound);
  }

  // `count` streams whose decoded frames (video) or energy (audio) rise over a second.
  async receives(kind, count, ms = 30_000) {
    return this.until(`does not get ${count} living ${kind} streams`, async () => {
      const before = await this.inbound();
      await sleep(1000);
      const after = await this.inbound();
      const living = after.filter((row) => {
        const was = before.find((b) => b.mid === row.mid);
        if (row.kind !== kind || !was) return false;
        return kind === "video" ? row.frames > was.frames + 2 : row.energy - was.energy > 1e-6;
      });
      return living.length >= count ? living : null;
    }, ms);
  }

  async receivesNothing(kind, ms = 15_000) {
    return this.until(`still gets ${kind}`, async () => {
      const before = await this.inbound();
      await sleep(1200);
      const after = await this.inbound();
      return after.every((row) => {
        const was = before.find((b) => b.mid === row.mid);
        return row.kind !== kind || !was || (kind === "video" ? row.frames === was.frames : row.energy - was.energy < 1e-6);
      });
    }, ms);
  }

  async shot(path) {
    await this.page.screenshot({ path });
  }
}
