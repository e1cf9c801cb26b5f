// SPDX-License-Identifier: Apache-2.0
// Closed rooms. A mediation: the mediator at a desk, both parties on phones; private talks with each
// side, of which the other gets no packet, and a party that declines first. Then a panel hearing
// with three panelists, whose deliberation nobody else gets.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { admit, clerkLogsIn, staffComes } from "./lib/hearing_steps.mjs";
import { planHearing } from "./lib/plan.mjs";
import { Server } from "./lib/server.mjs";
import { petitionerComesQuickly } from "./lib/small_hearing.mjs";

const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : null;
const OUT = fileURLToPath(new URL("out", import.meta.url));
const QUIET_MS = 5000;
const MOVE_MAX_MS = 15_000; // a desk with two cores and all browsers on it
const [MEDIATOR, A, B] = ["周正平", "张小满", "李国强"];
const PANEL = ["赵代表", "钱律师", "吴教授"];
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const people = {};
let server;
let chromium;

mkdirSync(OUT, { recursive: true });

async function shot(person, name) {
  await person.shot(join(OUT, `rooms-${name}.png`));
  if (PICTURES) await person.shot(join(PICTURES, `rooms-${name}.png`));
}

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-rooms-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-rooms-server.log"), server.log);
}

// Runs in the page before its scripts: how often a device was asked for, and whether the page ever
// said that the line is broken.
function keepWitness() {
  window.heardAsked = 0;
  window.heardBroken = [];
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wish) => {
    window.heardAsked += 1;
    return open(wish);
  };
  const banner = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "heard-room") return el.shadowRoot?.querySelector(".banner.warn")?.textContent ?? "";
      const inside = el.shadowRoot && banner(el.shadowRoot);
      if (inside) return inside;
    }
    return "";
  };
  setInterval(() => {
    const text = document.body ? banner(document).trim() : "";
    if (/中断|没有接通|重新连接/.test(text) && window.heardBroken.length < 20) window.heardBroken.push(text);
  }, 40);
}

// Packets and bytes of all living connections of this page.
async function received() {
  let [packets, bytes] = [0, 0];
  for (const peer of window.heardPeers ?? []) {
    if (peer.connectionState === "closed") continue;
    for (const s of (await peer.getStats()).values()) {
      if (s.type !== "inbound-rtp") continue;
      packets += s.packetsReceived;
      bytes += s.bytesReceived;
    }
  }
  return { packets, bytes };
}

// Not a packet of sound or picture for as long as that; what was under way may still come first.
async function getsNothing(who) {
  await Promise.all(who.map(async (person) => {
    const before = await person.until("still gets packets", async () => {
      const first = await person.page.evaluate(received);
      await sleep(600);
      const then = await person.page.evaluate(received);
      return then.packets === first.packets ? then : null;
    }, 10_000);
    await sleep(QUIET_MS);
    const after = await person.page.evaluate(received);
    if (after.packets !== before.packets)
      throw new Error(`${person.name} got ${after.packets - before.packets} packets (${after.bytes - before.bytes} bytes) in ${QUIET_MS} ms`);
    console.log(`# ${person.name}: no packet in ${QUIET_MS} ms`);
  }));
}

async function hearEachOther(who, ms = MOVE_MAX_MS) {
  await Promise.all(who.map(async (person) => {
    await person.receives("audio", 1, ms);
    await person.receives("video", who.length > 2 ? 2 : 1, ms);
  }));
}

// Nobody was asked for a device anew, nobody was told of a broken line.
async function movedCalmly(who) {
  for (const person of who) {
    const { asked, broken } = await person.page.evaluate(() => ({ asked: window.heardAsked, broken: window.heardBroken }));
    if (asked !== person.asked) throw new Error(`${person.name}: devices were asked for again (${person.asked} → ${asked})`);
    if (broken.length) throw new Error(`${person.name} was told: ${broken[0]}`);
  }
}

async function remember(who) {
  for (const person of who) {
    person.asked = await person.page.evaluate(() => {
      window.heardBroken = [];
      return window.heardAsked;
    });
  }
}

const person = async (name, size, options = {}) => {
  people[name] = await chromium.person(name, size, { scripts: [keepWitness], ...options });
  return people[name];
};

async function bothAreHere(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  chromium = await openChromium(stage);
  const clerk = await person("clerk", DESKTOP);
  await clerkLogsIn(clerk, server);
  const links = await planHearing(clerk, server, "mediation", { parties: [A, B], seats: [["mediator", MEDIATOR]] });
  await clerk.close();
  delete people.clerk;
  const mediator = await person("mediator", DESKTOP);
  const a = await person("a", PHONE);
  const b = await person("b", PHONE);
  await staffComes(mediator, links[MEDIATOR]);
  await petitionerComesQuickly(a, links[A]);
  await petitionerComesQuickly(b, links[B]);
  await admit(mediator, A);
  await admit(mediator, B);
  await mediator.click("button", "宣布开始");
  await a.sees("调解员开场");
  await hearEachOther([mediator, a, b], 60_000);
  await a.sees(`谁能听见：`);
  await shot(mediator, "desk-together");
  await remember([mediator, a, b]);
}

async function caucusWithA() {
  const { mediator, a, b } = people;
  await mediator.click("button", "请甲方到单独的房间谈话");
  await a.sees("调解员请您单独谈话");
  await a.sees("只有您、您的代理人和调解员听得见，不录音录像。");
  await shot(a, "invited");
  await b.sees("调解员请甲方单独谈话");
  await getsNothing([a, b]);
  await a.click("button", "去单独谈");
  for (const one of [mediator, a]) await one.sees("甲方单独谈话");
  await a.sees("您和周正平（调解员）");
  await mediator.sees("您和张小满（甲方）");
  await b.sees("调解员正在与甲方单独谈话");
  await b.sees("现在没有人听见您、看见您");
  await hearEachOther([mediator, a]);
  await getsNothing([b]);
  await hearEachOther([mediator, a]);
  await movedCalmly([mediator, a]);
  await shot(mediator, "desk-caucus");
  await shot(a, "caucus");
  await shot(b, "waiting");
}

async function togetherAgain() {
  const { mediator, a, b } = people;
  await mediator.click("button", "结束与甲方的单独谈话");
  await a.sees("主会场");
  await hearEachOther([mediator, a, b], 30_000);
  await movedCalmly([mediator, a, b]);
}

async function caucusWithBDeclinedThenAccepted() {
  const { mediator, a, b } = people;
  await mediator.click("button", "请乙方到单独的房间谈话");
  await b.sees("调解员请您单独谈话");
  await b.click("button", "先不去");
  await b.seesNo("调解员请您单独谈话");
  await b.sees("您选择了留在这里");
  await mediator.sees("李国强选择先留在主会场");
  await shot(b, "declined");
  await getsNothing([a, b]);
  await mediator.click("button", "邀请李国强到乙方的房间");
  await b.click("button", "去单独谈");
  for (const one of [mediator, b]) await one.sees("乙方单独谈话");
  await hearEachOther([mediator, b]);
  await getsNothing([a]);
  await mediator.click("button", "锁定乙方的房间");
  await mediator.sees("已锁定");
  await movedCalmly([mediator, a, b]);
}

async function mediationEnds() {
  const { mediator, a, b } = people;
  await mediator.click("button", "请大家回到主会场");
  await hearEachOther([mediator, a, b], 30_000);
  await mediator.click("button", "结束调解");
  await mediator.click("radio", "达成协议");
  await mediator.fill("说明", "双方同意维修费用各半，十日内付清。");
  await mediator.click("button", "结束调解", 1);
  for (const one of [a, b]) {
    await one.sees("调解已结束，感谢您参加");
    await one.sees("双方同意维修费用各半");
  }
  for (const one of Object.values(people)) await one.close();
  for (const name of Object.keys(people)) delete people[name];
}

// 320 × 180: seven browsers encode on two cores.
const small = { camera: { width: 320, height: 180, frameRate: 5 } };

async function panelIsHere() {
  const clerk = await person("clerk", DESKTOP, small);
  await clerkLogsIn(clerk, server);
  const seats = [["presiding", MEDIATOR], ["clerk", "孙书琴"], ["department", "王立新"], ...PANEL.map((name) => ["panelist", name])];
  const links = await planHearing(clerk, server, "panel_hearing", { parties: [A], seats });
  await staffComes(clerk, links["孙书琴"]);
  const presiding = await person("presiding", DESKTOP, small);
  await staffComes(presiding, links[MEDIATOR]);
  for (const [i, name] of PANEL.entries()) {
    const one = await person(`panelist${i + 1}`, i ? PHONE : DESKTOP, small);
    await petitionerComesQuickly(one, links[name]);
    await admit(clerk, name);
  }
  const petitioner = await person("petitioner", PHONE, small);
  await petitionerComesQuickly(petitioner, links[A]);
  await admit(clerk, A);
  await presiding.click("button", "宣布开始");
  await petitioner.sees("正在录制", 30_000);
  await petitioner.receives("video", 3, 60_000);
}

// The petitioner asks for a panelist's recusal on the phone; the presiding officer refuses it with a reason.
async function recusalIsDecided() {
  const { presiding, petitioner } = people;
  await presiding.click("button", "权利与回避");
  await presiding.fill("理由", "纪律和开场已在等候时宣读。");
  await presiding.page.locator("heard-ask button.primary").click();
  await petitioner.sees("您是否申请回避");
  await shot(petitioner, "recusal-question");
  await petitioner.click("button", "申请回避", 1); // the first one is 不申请回避
  await petitioner.click("radio", PANEL[1]);
  await petitioner.fill("理由", "他是对方的朋友。");
  await shot(petitioner, "recusal-request");
  await petitioner.click("button", "提交申请");
  await petitioner.seesNo("申请谁回避");
  await presiding.sees("他是对方的朋友");
  await presiding.click("radio", "驳回申请");
  await presiding.fill("决定的理由", "只是同住一个小区。");
  await shot(presiding, "recusal-desk");
  await presiding.click("button", "记录决定");
  await petitioner.sees("您的回避申请已被驳回");
  // A reason may come up later: in the bar of a desk as in the sheet of a phone.
  await petitioner.page.setViewportSize(DESKTOP);
  await shot(petitioner, "recusal-later-bar");
  await petitioner.click("button", "申请回避");
  await petitioner.sees("申请谁回避");
  await shot(petitioner, "recusal-later");
  await petitioner.click("button", "返回");
  await petitioner.seesNo("申请谁回避");
  await petitioner.page.setViewportSize(PHONE);
}

const jury = () => [people.presiding, people.clerk, people.panelist1, people.panelist2, people.panelist3];

async function panelDeliberates() {
  const { presiding, petitioner, panelist1 } = people;
  await remember(Object.values(people));
  await presiding.click("button", "评议");
  await presiding.fill("理由", "双方陈述已毕，无其他事项。");
  await presiding.sees("评议不录音录像");
  await presiding.page.locator("heard-ask button.primary").click();
  for (const one of jury()) await one.sees("评议室", MOVE_MAX_MS);
  await petitioner.sees("听证员正在评议");
  for (const one of jury().slice(2)) await one.click("button", "打开麦克风").catch(() => {});
  await Promise.all(jury().map((one) => one.receives("video", 3, 40_000)));
  await presiding.receives("audio", 2, 20_000);
  await getsNothing([petitioner]);
  await presiding.receives("audio", 2, 20_000);
  await movedCalmly([petitioner, presiding]);
  await shot(presiding, "deliberation");
  await shot(panelist1, "deliberation-panelist");
  await shot(petitioner, "deliberation-waiting");
}

// On the presiding officer's desk a question; on phones one tap and a confirmation.
async function panelVotes() {
  const { presiding, clerk, petitioner, panelist1, panelist2, panelist3 } = people;
  await presiding.click("button", "提出表决事项");
  await presiding.fill("表决事项", "是否建议支持信访人关于屋顶维修的诉求？");
  await presiding.fill("选项 1", "支持");
  await presiding.fill("选项 2", "不支持");
  await presiding.click("radio", "不记名");
  await shot(presiding, "ballot-put");
  await presiding.click("button", "开始表决");
  for (const one of [panelist1, panelist2, panelist3]) await one.sees("是否建议支持信访人关于屋顶维修的诉求？", MOVE_MAX_MS);
  await presiding.sees("已投 0 / 3");
  await panelist2.click("radio", "支持", 0);
  await shot(panelist2, "ballot-phone");
  await panelist2.click("button", "投出这一票");
  await panelist2.sees("您已投票", 40_000);
  await presiding.sees("已投 1 / 3", 40_000);
  for (const [one, option] of [[panelist1, "不支持"], [panelist3, "支持"]]) {
    await one.click("radio", option, 0);
    await one.click("button", "投出这一票");
    await one.sees("您已投票", 40_000);
  }
  await presiding.sees("全部投完，可以结束表决", 40_000);
  await shot(presiding, "ballot-progress");
  await presiding.click("button", "结束表决并计票");
  for (const one of jury()) await one.sees("过半数：支持（2 / 3）", MOVE_MAX_MS);
  await clerk.click("button", "写评议意见");
  await clerk.fill("评议意见", "经评议，听证员以 2 票对 1 票建议支持信访人的诉求，由承办单位三十日内组织维修。");
  await clerk.click("button", "保存");
  for (const one of [panelist1, panelist2]) {
    await one.click("button", "我确认这份意见");
    await one.sees("您已确认", 40_000);
  }
  await panelist3.click("button", "写不同意见");
  await panelist3.fill("不同意见", "维修费用的分担应当另行协商。");
  await panelist3.click("button", "保存");
  await presiding.sees("维修费用的分担应当另行协商。", 40_000);
  await shot(panelist3, "opinion-phone");
  await presiding.click("button", "封存评议笔录");
  await presiding.page.locator("heard-ask button.primary").click();
  await presiding.sees("评议笔录已于", 40_000);
  await shot(presiding, "ballot-sealed");
  for (const word of ["屋顶维修的诉求", "过半数", "另行协商"]) await petitioner.seesNo(word);
}

async function panelIsBack() {
  const { presiding, petitioner } = people;
  await presiding.click("button", "进入宣布结果");
  await petitioner.seesNo("听证员正在评议");
  await petitioner.sees("正在录制", 30_000);
  await petitioner.receives("video", 3, 40_000);
  for (const one of jury()) await one.seesNo("评议室");
  await presiding.click("button", "公布评议结果");
  await shot(presiding, "ballot-release");
  await presiding.page.locator("heard-ask button.primary").click();
  await petitioner.sees("由承办单位三十日内组织维修", MOVE_MAX_MS);
  await petitioner.sees("过半数：支持（2 / 3）");
  await petitioner.seesNo("另行协商");
  await shot(petitioner, "ballot-released-phone");
  await shot(people.panelist1, "ballot-released");
}

async function serverEnds() {
  const refused = await server.misunderstood();
  if (Object.keys(refused).length) throw new Error(JSON.stringify(refused));
  const code = await server.stop();
  if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
}

export function steps(stage) {
  return [
    ["a mediation is planned and both parties are here", () => bothAreHere(stage)],
    ["a private talk with A: B gets no packet", caucusWithA],
    ["together again, by itself", togetherAgain],
    ["B declines, then comes: A gets no packet", caucusWithBDeclinedThenAccepted],
    ["the mediation ends with a result that both read", mediationEnds],
    ["a panel of three is here", panelIsHere],
    ["the petitioner asks for a recusal, which is refused", recusalIsDecided],
    ["the panel deliberates: the petitioner gets no packet", panelDeliberates],
    ["the panel votes, writes, confirms and seals", panelVotes],
    ["the panel is back, and the petitioner reads the result", panelIsBack],
    ["the server understood everything and ends", serverEnds],
  ];
}
