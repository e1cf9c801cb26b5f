// SPDX-License-Identifier: Apache-2.0
// The connection test before a hearing, on a phone behind the network of net/rig.sh: a good line, a
// narrow one, without UDP, by the relay alone, and shut. The person reads plain words, the desk reads
// one, and nobody is ever held up.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, PHONE } from "./lib/browsers.mjs";
import { Network, RELAY } from "./lib/network.mjs";
import { SmallHearing } from "./lib/small_hearing.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
mkdirSync(OUT, { recursive: true });
// With HEARD_PICTURES=1 those that web/README.md shows are made anew.
const SHOWN = process.env.HEARD_PICTURES ? ["check-good", "check-weak", "check-tcp", "check-lost", "check-desktop"] : [];
const pathOf = (name) => join(SHOWN.includes(name) ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : OUT, `${name}.png`);
const hearing = new SmallHearing("conntest");
const network = new Network();
const shot = (person, name) => person.page.screenshot({ path: pathOf(name), fullPage: true });
let phone;
let desk;

export const onFailure = () => hearing.onFailure();

// HTTPS on 443, so that a firewall can leave the pages open and shut the media.
async function openAll(stage) {
  hearing.network = await network.open(stage);
  const relay = await network.startRelay(stage);
  const settings = join(relay.folder, "heard.conf");
  writeFileSync(settings, `turn_urls = turn:${RELAY}:3478?transport=tcp\nturn_secret = ${relay.secretFile}\n`);
  await hearing.open(stage, { settings: ["--config", settings, "--port", "443", "--http-port", "8080"] });
  desk = hearing.people.presiding;
  await desk.sees("等候");
}

// A busy machine spoils a test now and then: as a person would, try again.
async function finds(person, words) {
  await person.until(`does not find "${words}"`, async () => {
    if ((await person.text()).includes(words)) return true;
    if (await person.has("button", "再测一次")) await person.click("button", "再测一次", 0, 1000).catch(() => {});
    return false;
  }, 100_000);
}

async function phoneChecks() {
  phone = await hearing.phones.person("petitioner", PHONE);
  hearing.people.petitioner = phone;
  await phone.open(hearing.links.petitioner);
  await phone.click("button", "下一步");
  await phone.fill("最后四位", "1234");
  await phone.click("button", "下一步");
  await phone.sees("正在试网络");
  await finds(phone, "很好，可以正常参加");
  await phone.seesNo("可以这样试试");
  await phone.sees("听到您的声音了");
  await shot(phone, "check-good");
  await desk.sees("网络：良好");
}

// Where all is well the way to another test is in the fold.
async function fold(isOpen) {
  if ((await phone.has("button", "复制详情")) !== isOpen) await phone.click("button", "测试详情");
}

async function testAgain(words, onDesk, picture) {
  await fold(true);
  await phone.click("button", "再测一次");
  await phone.sees("正在试网络");
  await finds(phone, words);
  await fold(false);
  await shot(phone, picture);
  await desk.sees(onDesk, 40_000);
}

async function toDeviceCheck(person, link) {
  await person.open(link);
  await person.until("no device check", async () => {
    if (await person.has("textbox", "最后四位")) await person.fill("最后四位", "1234");
    if (await person.has("button", "下一步")) await person.click("button", "下一步", 0, 1000).catch(() => {});
    return person.has("button", "继续");
  });
}

async function staffTestsEveryWay() {
  await network.firewall("open");
  const department = await hearing.desks.person("department", DESKTOP);
  hearing.people.department = department;
  await toDeviceCheck(department, hearing.server.demo.links.department[0]);
  await finds(department, "很好，可以正常参加");
  await department.click("button", "测试详情");
  await department.click("button", "每种线路都测一遍");
  await department.until("no figures for TCP and relay", async () =>
    /TCP 直连 结果 通.*TURN 中转 结果 通/.test(await department.text()), 60_000);
  await shot(department, "check-desktop");
}

export function steps(stage) {
  return [
    ["server, relay and browsers start", () => openAll(stage)],
    ["a good line is said to be good, and the desk knows", phoneChecks],
    ["the figures are in the details", async () => {
      await fold(true);
      const text = await phone.text();
      if (!/UDP 直连 结果 通 上行带宽 [\d.]+ [kM]bit\/s 下行带宽 (≥ )?[\d.]+ [kM]bit\/s/.test(text)) throw new Error(text.slice(-400));
      await shot(phone, "check-details");
    }],
    ["at 350 kbit/s the picture will be small", async () => {
      await network.rate({ up: 350, down: 350 });
      await testAgain("画面会小一些", "网络：较弱", "check-weak");
    }],
    ["at 90 kbit/s only sound is sure", async () => {
      await network.rate({ up: 90, down: 90 });
      await testAgain("只能保证声音", "网络：仅声音", "check-audio-only");
      await network.rate(null);
    }],
    ["without UDP it goes by TCP and says so", async () => {
      await network.firewall("noUdp");
      await testAgain("改走了备用线路", "（备用线路）", "check-tcp");
      await desk.shot(pathOf("desk-line"));
    }],
    ["with the media ports shut it goes by the relay", async () => {
      await network.firewall("relayByTcp");
      await testAgain("只能绕道中转", "（备用线路）", "check-relay");
    }],
    ["with all shut it says what to do, and lets the person go on", async () => {
      await network.firewall("only443");
      await testAgain("画面和声音都连不上", "网络：连不上", "check-lost");
      await phone.sees("给通知您的单位打电话");
      await phone.click("button", "先继续");
      await phone.sees("我同意以视频方式参加");
    }],
    ["staff at a desk: every way one after the other", staffTestsEveryWay],
    ["an observer without a camera has a line too", async () => {
      const observer = await hearing.desks.person("observer", DESKTOP);
      hearing.people.observer = observer;
      await toDeviceCheck(observer, hearing.server.demo.links.observer);
      await finds(observer, "很好，可以正常参加");
    }],
    ["the server ends cleanly", () => hearing.serverEnds()],
  ];
}
