// SPDX-License-Identifier: Apache-2.0
// Pictures of one screen as everybody may meet it: phone and desk, both languages; with what axe finds
// in it, what is too small to be tapped, and what is wider than the screen.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SETTLE_MS = 350;
export const SIZES = { phone: { width: 360, height: 740 }, desk: { width: 1440, height: 900 } };

const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

// Runs in the page: by the switch that people use, wherever it may be now.
function speak(language) {
  const before = document.documentElement.lang.startsWith("en") ? "en" : "zh";
  if (before === language) return;
  const own = document.createElement("heard-language");
  document.body.append(own);
  return own.updateComplete.then(() => {
    own.shadowRoot.querySelector("button").click();
    own.remove();
  });
}

async function judge(tags) {
  const { violations } = await window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help,
    nodes: nodes.slice(0, 6).map((node) => `${node.target.flat(3).join(" › ")}: ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ""}`) }));
}

// Runs in the page: what can be tapped and is lower or narrower than a finger; text cut off; a page too wide.
function measure(least) {
  const found = [];
  const walk = (root) => {
    for (const el of root.querySelectorAll("*")) {
      const box = el.getBoundingClientRect();
      const isSeen = box.width > 0 && box.height > 0 && getComputedStyle(el).visibility !== "hidden";
      if (isSeen && el.matches("button,summary,select,input:not([type=checkbox]):not([type=radio]):not([type=file]),textarea") && !el.closest("[inert]") &&
        (box.height < least - 0.5 || box.width < least - 0.5))
        found.push(`${Math.round(box.width)}×${Math.round(box.height)} ${el.getRootNode().host?.localName} “${(el.getAttribute("aria-label") ?? el.textContent).trim().slice(0, 24)}”`);
      if (isSeen && el.matches("button") && (el.scrollWidth > el.clientWidth + 1))
        found.push(`cut off: ${el.getRootNode().host?.localName} “${el.textContent.trim()}”`);
      if (el.shadowRoot) walk(el.shadowRoot);
    }
  };
  walk(document);
  const over = document.documentElement.scrollWidth - innerWidth;
  return { small: [...new Set(found)], over };
}

export class Gallery {
  serious = [];
  small = new Map();

  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  // sizes and languages: fewer where a screen is never met otherwise.
  async show(person, name, { sizes = ["phone", "desk"], languages = ["zh", "en"] } = {}) {
    const before = person.page.viewportSize();
    for (const size of sizes) {
      await person.page.setViewportSize(SIZES[size]);
      for (const language of languages) {
        await person.page.evaluate(speak, language);
        await sleep(SETTLE_MS);
        await person.shot(join(this.folder, `${name}.${size}.${language}.png`));
        const { small, over } = await person.page.evaluate(measure, 44);
        if (over > 0) this.serious.push(`${name} ${size} ${language}: ${over} px too wide`);
        if (small.length) this.small.set(`${name} ${size} ${language}`, small);
      }
      await this.#axe(person, `${name} ${size}`);
    }
    await person.page.evaluate(speak, "zh");
    if (before) await person.page.setViewportSize(before);
  }

  async #axe(person, where) {
    if (!(await person.page.evaluate(() => !!window.axe))) await person.page.evaluate(AXE);
    for (const { id, impact, help, nodes } of await person.page.evaluate(judge, RULES)) {
      const line = `${where}: ${impact} ${id} (${help}) ${nodes.join(" | ")}`;
      if (impact === "serious" || impact === "critical") this.serious.push(line);
      else console.log(`# ${line}`);
    }
  }

  // False when something serious was found.
  tell() {
    const rows = new Map();
    for (const [where, small] of this.small) for (const one of small) rows.set(one, [...(rows.get(one) ?? []), where]);
    for (const [one, where] of rows) console.log(`# small: ${one} in ${where[0]}${where.length > 1 ? ` and ${where.length - 1} more` : ""}`);
    for (const line of this.serious) console.log(`not ok ${line}`);
    return !this.serious.length;
  }
}
