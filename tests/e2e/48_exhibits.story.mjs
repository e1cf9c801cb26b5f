// SPDX-License-Identifier: Apache-2.0
// A petitioner's phone sends a picture, the desk shows it to all, pages of a PDF turn on both screens together,
// it is contested and decided on; the review jumps to it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium } from "./lib/browsers.mjs";
import * as papers from "./lib/papers.mjs";
import * as recorded from "./lib/recorded.mjs";
import { isAt, logIn, sayWhy } from "./lib/review.mjs";
import { Server, tempFolder } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : OUT;
const PAPER = "答复意见书";
const PAGES = ["答复意见书 第一页", "维修责任说明 第二页", "附件清单 第三页"];
const people = {};
let server;
let chromium;
let folder;
let recording;

mkdirSync(OUT, { recursive: true });
const shot = (person, name) => person.shot(join(PICTURES, `${name}.png`));
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot?.(join(OUT, `failed-exhibits-${name}.png`))?.catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-exhibits-server.log"), server.log);
}

// What the page draws of an exhibit: the picture's size, or the PDF's page and how much of it is ink.
function drawn(person) {
  return person.page.evaluate(() => {
    let seen = null;
    const walk = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.localName === "heard-exhibit-view") {
          const img = el.shadowRoot.querySelector("img");
          const canvas = el.shadowRoot.querySelector("canvas");
          const box = (img ?? canvas)?.getBoundingClientRect();
          seen = { kind: img ? "picture" : canvas ? "pdf" : "none", loaded: img ? img.naturalWidth : 0, page: Number(canvas?.dataset.page ?? 0),
            width: box?.width ?? 0, height: box?.height ?? 0, room: el.getBoundingClientRect().height };
          if (canvas && canvas.width > 0) {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height / 4);
            seen.ink = 0;
            for (let i = 0; i < data.length; i += 4) if (data[i] < 128 && data[i + 3] > 0) seen.ink += 1;
          }
          const dot = el.shadowRoot.querySelector(".dot");
          seen.dot = dot ? [dot.style.left, dot.style.top] : null;
        }
        if (el.shadowRoot) walk(el.shadowRoot);
      }
    };
    walk(document);
    return seen;
  });
}
const overflow = (person) => person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
const isTight = async (person) => {
  const px = await overflow(person);
  if (px > 0) throw new Error(`${person.name}: ${px} px too wide`);
};

async function opens(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  folder = tempFolder("papers");
  chromium = await openChromium(stage);
  Object.assign(people, await recorded.openHearing(server, chromium));
}

async function phoneSendsAPicture() {
  const { petitioner, presiding } = people;
  await petitioner.click("button", "证据");
  await petitioner.sees("还没有证据材料");
  await shot(petitioner, "exhibits-phone-empty");
  await petitioner.page.locator("heard-exhibits input[capture]").setInputFiles(papers.photo(join(folder, "image.jpg")));
  await petitioner.sees("已上传，编号 甲1", 40_000);
  await petitioner.sees("只有本方和书记员能看到");
  await shot(petitioner, "exhibits-phone");
  await isTight(petitioner);
  await presiding.click("button", "证据");
  await presiding.sees("甲1");
}

async function aLieIsToldApart() {
  const { petitioner } = people;
  const liar = join(folder, "外墙.jpg");
  writeFileSync(liar, "<html>no picture at all</html>".padEnd(500));
  await petitioner.page.locator("heard-exhibits input[multiple]").setInputFiles(liar);
  await petitioner.sees("这种文件不能作为证据上传", 40_000);
}

// The list lies over the pictures: the keyboard is in it, the button back closes it.
async function backClosesTheList() {
  const { petitioner } = people;
  const where = () => petitioner.page.evaluate(() => {
    const path = [];
    for (let at = document.activeElement; at; at = at.shadowRoot?.activeElement) path.push(at.localName);
    return `${location.hash} ${path.join(" ")}`;
  });
  const isAt = (pattern) => petitioner.until(`is not at ${pattern}`, async () => pattern.test(await where()) || null);
  await petitioner.click("button", "收起证据");
  await isAt(/^ .*heard-controls button$/);
  await petitioner.press("Enter");
  await isAt(/^#exhibits .*heard-side/);
  await petitioner.page.goBack();
  await isAt(/^ .*heard-controls button$/);
  if (await petitioner.has("button", "收起证据")) throw new Error("the list is still open");
  await petitioner.press("Enter");
  await isAt(/^#exhibits .*heard-side/);
  await petitioner.press("Escape");
  await isAt(/^ .*heard-controls button$/);
}

async function deskShowsItToAll() {
  const { petitioner, presiding } = people;
  await presiding.click("button", "向全体出示");
  for (const person of [petitioner, presiding]) {
    await person.until("does not see the picture", async () => {
      const seen = await drawn(person);
      return seen?.kind === "picture" && seen.loaded === 1200 && seen.height > 150 && seen.height <= seen.room;
    });
    await person.sees("甲1");
    await isTight(person);
  }
  await presiding.sees("正在出示");
  await shot(presiding, "exhibit-shown-desk");
  await shot(petitioner, "exhibit-shown-phone");
  if (await petitioner.has("button", "结束出示")) throw new Error("the petitioner may end what the desk shows");
  const before = await drawn(petitioner);
  await petitioner.click("button", "放大");
  await petitioner.until("is not larger", async () => (await drawn(petitioner)).width > before.width * 1.3);
  await petitioner.click("button", "适合窗口");
  if ((await drawn(presiding)).dot) throw new Error("a pointer before anybody pointed");
  await presiding.page.locator("heard-shown heard-exhibit-view .page").click();
  await petitioner.until("sees no pointer", async () => ((await drawn(petitioner)).dot ?? []).every((at) => Math.abs(parseFloat(at) - 50) < 2) && (await drawn(petitioner)).dot);
}

async function pagesTurnTogether() {
  const { petitioner, presiding } = people;
  await presiding.page.locator("heard-exhibits input[multiple]").setInputFiles(papers.pdf(join(folder, `${PAPER}.pdf`), PAGES));
  await presiding.sees("已上传，编号 本1", 40_000);
  await sleep(1500);
  await presiding.click("button", "向全体出示");
  const on = (page) => Promise.all([petitioner, presiding].map((person) =>
    person.until(`is not on page ${page}`, async () => {
      const seen = await drawn(person);
      return seen?.kind === "pdf" && seen.page === page && seen.ink > 200;
    }, 40_000)));
  await on(1);
  await petitioner.sees("第 1 / 3 页");
  const began = Date.now();
  await presiding.click("button", "下一页");
  await on(2);
  console.log(`# both screens on page 2 within ${Date.now() - began} ms`);
  await petitioner.sees("第 2 / 3 页");
  await shot(presiding, "exhibit-pdf-desk");
  await shot(petitioner, "exhibit-pdf-phone");
  await isTight(petitioner);
  const [own] = await Promise.all([petitioner.page.reload(), sleep(0)]);
  if (!own) throw new Error("no page");
  await petitioner.until("a page that was loaded anew does not see page 2", async () => {
    const go = await petitioner.has("button", "正常，继续");
    if (go) await petitioner.click("button", "正常，继续", 0, 2000).catch(() => {});
    const seen = await drawn(petitioner);
    return seen?.kind === "pdf" && seen.page === 2 && seen.ink > 200;
  }, 60_000);
}

async function contestedAndDecided() {
  const { petitioner, presiding } = people;
  await petitioner.click("button", "证据");
  await petitioner.click("button", "提出异议");
  await petitioner.click("radio", "关联性");
  await petitioner.fill("异议理由", "与漏水无关");
  await shot(petitioner, "exhibit-objection-phone");
  await petitioner.click("button", "提交");
  await petitioner.sees("对关联性有异议");
  await presiding.sees("与漏水无关");
  await presiding.click("button", "认定", 1);
  await presiding.fill("理由", "与本案有关");
  await presiding.click("button", "采纳");
  await petitioner.sees("已采纳");
  await shot(presiding, "exhibits-desk");
  await sleep(2500);
  await presiding.click("button", "结束出示");
  await petitioner.until("it is still shown", async () => !(await petitioner.page.evaluate(() => !!document.querySelector("heard-app")?.shadowRoot?.textContent?.includes("第 2 / 3 页"))));
}

async function isRecorded() {
  await recorded.says(people.petitioner, 2000);
  await people.petitioner.click("button", "收起证据").catch(() => {});
  await recorded.close(people);
  const { id } = people;
  for (const name of Object.keys(people)) delete people[name];
  recording = await recorded.derived(server, id);
}

async function reviewJumpsToIt() {
  const clerk = await chromium.person("clerk", DESKTOP);
  people.clerk = clerk;
  await logIn(clerk, server, server.demo.accounts.clerk);
  await clerk.open(`${server.demo.http}/recordings/${recording.id}`);
  await sayWhy(clerk, "核对证据");
  await clerk.sees("出示过的证据");
  const timeline = await clerk.page.evaluate(async (id) => (await fetch(`/api/v1/recordings/${id}/timeline`)).json(), recording.id);
  const told = timeline.events.filter((one) => one.type === "exhibit");
  const acts = told.map((one) => `${one.act} ${one.number} ${one.page}`).join(", ");
  if (acts !== "shown 甲1 1, shown 本1 1, page 本1 2, ended 本1 2") throw new Error(acts);
  await clerk.press("Home");
  await clerk.click("button", `本1 ${PAPER} 第 2 页`);
  await isAt(clerk, told[2].at_ms / 1000 - 0.3, told[2].at_ms / 1000 + 0.5, "not where page 2 was shown");
  await clerk.until("page 2 is not open beside the picture", async () => {
    const seen = await drawn(clerk);
    return seen?.kind === "pdf" && seen.page === 2 && seen.ink > 100;
  }, 40_000);
  await shot(clerk, "review-exhibits");
  await clerk.press("Home");
  await clerk.press("e");
  await isAt(clerk, told[0].at_ms / 1000 - 0.3, told[0].at_ms / 1000 + 0.5, "the key does not go to the first exhibit");
  await clerk.until("the picture is not open", async () => (await drawn(clerk))?.loaded === 1200);
  const errors = clerk.console.filter((line) => /error|Content Security/i.test(line));
  if (errors.length) throw new Error(errors.join("\n"));
}

async function listedInTheCase() {
  const { clerk } = people;
  await clerk.open(`${server.demo.http}/cases/${server.demo.case}?show=hearing:${recording.hearing_id}`);
  await clerk.sees("证据材料");
  await clerk.sees(PAPER);
  await shot(clerk, "exhibits-case");
  await clerk.page.evaluate(() => localStorage.setItem("heard.language", "en"));
  await clerk.page.reload();
  await clerk.sees("Petitioner’s side (A)");
  await clerk.sees("A-1");
  await clerk.sees("Objection: Relevance");
  await clerk.page.locator("heard-exhibits").first().scrollIntoViewIfNeeded();
  await clerk.shot(join(OUT, "exhibits-case-en.png"));
}

export function steps(stage) {
  return [
    ["a hearing of two opens", () => opens(stage)],
    ["the petitioner's phone sends a picture in one tap", phoneSendsAPicture],
    ["a file that lies about its type is refused in the person's words", aLieIsToldApart],
    ["on the phone the button back and Escape close the list, and the keyboard goes along", backClosesTheList],
    ["the desk shows it to all; zoom is one's own, the pointer everybody's", deskShowsItToAll],
    ["pages of a PDF turn on both screens together, for who comes back too", pagesTurnTogether],
    ["contested by the other side, admitted by who presides", contestedAndDecided],
    ["it ends and its recording becomes ready", isRecorded],
    ["the review jumps to it and opens it at its page", reviewJumpsToIt],
    ["it is listed with the hearing in the case", listedInTheCase],
    ["the server ends cleanly and logged no title", async () => {
      const code = await server.stop();
      if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
      if (server.log.includes(PAPER)) throw new Error("the log holds a title");
    }],
  ];
}
