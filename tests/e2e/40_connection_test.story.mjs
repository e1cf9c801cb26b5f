// SPDX-License-Identifier: Apache-2.0
// The connection test before a hearing, on the real paths: UDP, then TCP where the network drops UDP,
// then neither. The person reads plain words, the desk reads one, and nobody is ever held up.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { Server } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
mkdirSync(OUT, { recursive: true });
const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : OUT;
const shot = (person, name) => person.page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
const people = {};
let server;

const nft = (...args) => execFileSync("nft", args, { stdio: ["ignore", "ignore", "pipe"] });

// In this story's own network namespace: what goes to the media ports is dropped on its way.
function shut(...protocols) {
  open();
  nft("add", "table", "inet", "heard_conntest");
  nft("add", "chain", "inet", "heard_conntest", "out", "{ type filter hook output priority 0; }");
  const ports = { udp: "8443", tcp: "8444" };
  for (const protocol of protocols)
    nft("add", "rule", "inet", "heard_conntest", "out", protocol, "dport", `${ports[protocol]}-8460`, "drop");
}

function open() {
  try {
    nft("delete", "table", "inet", "heard_conntest");
  } catch {
    // there is none
  }
}

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await shot(person, `failed-${name}`).catch(() => {});
}

async function clerkAtTheDesk() {
  const { clerk } = people;
  const { login, password } = server.demo.accounts.clerk;
  await clerk.open(`${server.demo.http}/login`);
  await clerk.fill("账号", login);
  await clerk.fill("密码", password);
  await clerk.click("button", "登录");
  await clerk.click("link", "进入");
  await clerk.click("button", "继续"); // in the middle of the test: it holds nobody up
  await clerk.sees("等候");
}

// A busy machine spoils a test now and then: as a person would, try again.
async function finds(person, words) {
  await person.until(`does not find "${words}"`, async () => {
    if ((await person.text()).includes(words)) return true;
    if (await person.has("button", "再测一次")) await person.click("button", "再测一次", 0, 1000).catch(() => {});
    return false;
  }, 100_000);
}

async function petitionerChecks() {
  const { petitioner } = people;
  await petitioner.open(server.demo.links.petitioner);
  await petitioner.click("button", "下一步");
  await petitioner.fill("最后四位", "1234");
  await petitioner.click("button", "下一步");
  await petitioner.sees("正在试网络");
  await finds(petitioner, "很好，可以正常参加");
  await petitioner.seesNo("可以这样试试");
  await petitioner.sees("听到您的声音了");
  await shot(petitioner, "check-good");
  await people.clerk.sees("网络：好");
}

async function detailsOf(person) {
  await person.click("button", "测试详情");
  return person.text();
}

export function steps(stage) {
  return [
    ["server and three people start", async () => {
      stage.atEnd(async () => open());
      server = await new Server().start();
      stage.atEnd(() => server.stop());
      const chromium = await openChromium(stage);
      people.petitioner = await chromium.person("petitioner", PHONE);
      people.clerk = await chromium.person("clerk", DESKTOP);
      people.department = await chromium.person("department", DESKTOP);
    }],
    ["the clerk sits at the desk", clerkAtTheDesk],
    ["a good line is said to be good, and the desk knows", petitionerChecks],
    ["the figures are in the details", async () => {
      const text = await detailsOf(people.petitioner);
      if (!/UDP 直连 结果 通 上行带宽 [\d.]+ [kM]bit\/s 下行带宽 (≥ )?[\d.]+ [kM]bit\/s/.test(text)) throw new Error(text.slice(-400));
      await shot(people.petitioner, "check-details");
    }],
    ["without UDP it goes by TCP, says so, and the desk knows", async () => {
      shut("udp");
      await people.petitioner.click("button", "再测一次");
      await finds(people.petitioner, "改走了备用线路");
      await shot(people.petitioner, "check-tcp");
      await people.clerk.sees("（备用线路）", 40_000);
      await shot(people.clerk, "desk-line");
    }],
    ["with both shut it says what to do, and lets the person go on", async () => {
      shut("udp", "tcp");
      await people.petitioner.click("button", "再测一次");
      await people.petitioner.sees("画面和声音都连不上", 60_000);
      await people.petitioner.sees("给通知您的单位打电话");
      await shot(people.petitioner, "check-lost");
      await people.clerk.sees("网络：连不上");
      await people.petitioner.click("button", "先继续");
      await people.petitioner.sees("我同意以视频方式参加");
    }],
    ["staff at a desk: all ways one after the other", async () => {
      open();
      const { department } = people;
      await department.open(server.demo.links.department[0]);
      await department.until("no device check", async () => {
        if (await department.has("button", "下一步")) await department.click("button", "下一步", 0, 1000).catch(() => {});
        return department.has("button", "继续");
      });
      await finds(department, "很好，可以正常参加");
      await detailsOf(department);
      await department.click("button", "每种线路都测一遍");
      await department.until("no figures for TCP", async () => /TCP 直连 结果 通/.test(await department.text()), 40_000);
      await shot(department, "check-desktop");
    }],
  ];
}
