// SPDX-License-Identifier: Apache-2.0
// A whole panel hearing, from the notice to the signed report: petitioner (Firefox, phone) with an agent, a
// unit, three panelists, clerk, presiding officer, a witness and two observers. Eight of the eleven have
// pages in Chromium and Firefox; more than that two cores don't draw.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getsNothing, MOVE_MAX_MS } from "./lib/closed_room.mjs";
import { DESKTOP, openChromium, openFirefox, PHONE } from "./lib/browsers.mjs";
import { Caller } from "./lib/caller.mjs";
import { admit, clerkLogsIn, staffComes } from "./lib/hearing_steps.mjs";
import { planHearing } from "./lib/plan.mjs";
import { Server } from "./lib/server.mjs";
import { signs } from "./lib/sign.mjs";
import { petitionerComesQuickly } from "./lib/small_hearing.mjs";

const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : null;
const OUT = fileURLToPath(new URL("out", import.meta.url));
const [PRESIDING, CLERK, UNIT, PETITIONER, AGENT, WITNESS] = ["周正平", "孙书琴", "王立新", "张小满", "何为民", "郑大山"];
const PANEL = ["赵代表", "钱律师", "吴教授"];
const OBSERVERS = ["冯旁听", "陈旁听"];
// Twelve pages encode and draw on two cores.
const SMALL = { camera: { width: 160, height: 120, frameRate: 5 } };
const people = {};
const callers = {};
let server;
let chromium;
let firefoxOfPetitioner;
let firefoxOfPanelist;
let links;

export const isLong = true;

mkdirSync(OUT, { recursive: true });

async function shot(person, name) {
  await person.shot(join(OUT, `panel-${name}.png`));
  if (PICTURES) await person.shot(join(PICTURES, `panel-${name}.png`));
}

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-panel-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-panel-server.log"), server.log);
}

async function isPlanned(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  chromium = await openChromium(stage);
  // One each: of two pages in one window the one behind draws nothing and is slow.
  [firefoxOfPetitioner, firefoxOfPanelist] = [await openFirefox(stage), await openFirefox(stage)];
  people.clerk = await chromium.person("clerk", DESKTOP, SMALL);
  const { clerk } = people;
  await clerkLogsIn(clerk, server);
  const seats = [["presiding", PRESIDING], ["clerk", CLERK], ["department", UNIT], ...PANEL.map((name) => ["panelist", name]),
    ["agent", AGENT], ["witness", WITNESS], ...OBSERVERS.map((name) => ["observer", name])];
  links = await planHearing(clerk, server, "panel_hearing", { parties: [PETITIONER], seats });
}

// Made for the petitioner and sent; opened by the link, read and confirmed on the phone.
async function noticeIsServed() {
  const { clerk } = people;
  await clerk.open(`${server.demo.http}/cases/${server.demo.case}`);
  await clerk.click("link", "HSH", -1); // the newest of the kind
  await clerk.click("button", "制作文书");
  await clerk.page.locator("heard-hearing-documents select[name=kind]").first().selectOption("hearing_notice");
  await clerk.page.locator("heard-hearing-documents select[name=person]").first().selectOption({ label: PETITIONER });
  await clerk.click("button", "生成");
  await clerk.click("button", `发送给${PETITIONER}`, 0, 40_000);
  await clerk.sees("已发送，尚未打开链接");
  await shot(clerk, "notice-desk");
  people.petitioner = await firefoxOfPetitioner.person("petitioner", PHONE);
  const { petitioner } = people;
  await petitionerComesQuickly(petitioner, links[PETITIONER]);
  await petitioner.click("button", "与我有关的文书").catch(() => {});
  await petitioner.click("button", "确认收到");
  await petitioner.sees("确认收到。");
  await shot(petitioner, "notice-phone");
  await clerk.page.reload();
  await clerk.sees("已确认收到");
}

async function everybodyComes() {
  const { clerk, petitioner } = people;
  await staffComes(clerk, links[CLERK]);
  const come = async (name, who, size, browser = chromium, how = petitionerComesQuickly) => {
    people[name] = await browser.person(name, size, SMALL);
    await how(people[name], links[who]);
  };
  for (const [name, who] of [["agent", AGENT], ["panelist1", PANEL[0]], ["observer2", OBSERVERS[1]]]) callers[name] = await new Caller().comes(server, links[who]);
  await Promise.all([come("presiding", PRESIDING, DESKTOP, chromium, staffComes), come("unit", UNIT, DESKTOP, chromium, staffComes)]);
  for (const [name, who, size, browser] of [["panelist2", PANEL[1], PHONE], ["panelist3", PANEL[2], DESKTOP, firefoxOfPanelist],
    ["witness", WITNESS, PHONE], ["observer1", OBSERVERS[0], PHONE]]) await come(name, who, size, browser);
  for (const who of [PETITIONER, AGENT, ...PANEL, WITNESS, ...OBSERVERS]) await admit(clerk, who);
  await people.presiding.click("button", "宣布开始");
  await petitioner.sees("正在录制", 30_000);
  await petitioner.receives("video", 2, 60_000);
  await people.observer1.receives("video", 3, 60_000);
  await people.witness.sees("请等候"); // outside, until called
}

const enter = (phase) => people.presiding.click("button", `进入${phase}`);

// The petitioner asks for a panelist's recusal on the phone; the presiding officer refuses it with a reason.
async function recusalIsDecided() {
  const { presiding, petitioner, unit } = people;
  await enter("开场告知");
  await enter("权利与回避");
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
  await callers.agent.ask("recusal.answer", { decision: "none" });
  await unit.click("button", "不申请回避");
  // A reason may come up later: at a desk it is in the bar.
  await unit.seesNo("您是否申请回避");
  await unit.click("button", "申请回避");
  await unit.sees("申请谁回避");
  await shot(unit, "recusal-later");
  await unit.click("button", "返回");
  await unit.seesNo("申请谁回避");
}

// Both sides state and argue; a line of minutes for each; the witness comes when called, and goes.
async function bothSidesAreHeard() {
  const { presiding, clerk, petitioner, unit, witness, observer1 } = people;
  await getsNothing([witness]);
  const note = async (text) => {
    const field = await clerk.find("textbox", "记一行");
    await field.click();
    await field.type(text);
    await clerk.press("Enter");
  };
  await enter("信访人陈述");
  await note("信访人：三楼外墙渗水三年。");
  await enter("承办单位陈述");
  await note("承办单位：已两次派人查看。");
  await enter("质证辩论");
  await unit.click("button", "举手");
  await presiding.click("button", "请发言");
  await petitioner.sees(`${UNIT} 正在发言`);
  await unit.click("button", "发言完毕");
  await shot(petitioner, "challenge-phone");
  await shot(observer1, "observer-phone");
  await enter("听证员询问");
  await shot(people.panelist2, "panelist");
  await enter("证人");
  await presiding.click("button", `请证人${WITNESS}进入会场`);
  await witness.receives("video", 2, 40_000);
  await petitioner.sees(WITNESS);
  await note("证人：去年雨季亲眼看见渗水。");
  await presiding.click("button", `请证人${WITNESS}退场`);
  await getsNothing([witness]);
  await presiding.click("button", "信访人最后陈述"); // no expert was called
  await enter("承办单位最后陈述");
  await shot(presiding, "desk");
  await shot(clerk, "clerk");
}

const jury = () => [people.presiding, people.clerk, people.panelist2, people.panelist3];

const outside = () => [people.petitioner, people.unit, people.witness, people.observer1];

async function panelDeliberates() {
  const { presiding, petitioner, panelist3 } = people;
  await enter("评议");
  await presiding.sees("评议不录音录像");
  await presiding.page.locator("heard-ask button.primary").click();
  for (const one of jury()) await one.sees("评议室", MOVE_MAX_MS);
  await petitioner.sees("听证员正在评议");
  for (const one of jury().slice(2)) if (await one.has("button", "打开麦克风")) await one.click("button", "打开麦克风");
  await Promise.all(jury().map((one) => one.receives("video", 3, 40_000)));
  await presiding.receives("audio", 2, 20_000);
  await getsNothing(outside());
  await presiding.receives("audio", 2, 20_000);
  await shot(presiding, "deliberation");
  await shot(panelist3, "deliberation-panelist");
  await shot(petitioner, "deliberation-waiting");
}

// On the presiding officer's desk a question; on phones one tap and a confirmation.
async function panelVotes() {
  const { presiding, clerk, petitioner, panelist2, panelist3 } = people;
  await presiding.click("button", "提出表决事项");
  await presiding.fill("表决事项", "是否建议支持信访人关于屋顶维修的诉求？");
  await presiding.fill("选项 1", "支持");
  await presiding.fill("选项 2", "不支持");
  await presiding.click("radio", "不记名");
  await shot(presiding, "ballot-put");
  await presiding.click("button", "开始表决");
  for (const one of [panelist2, panelist3]) await one.sees("是否建议支持信访人关于屋顶维修的诉求？", MOVE_MAX_MS);
  await presiding.sees("已投 0 / 3");
  await panelist2.click("radio", "支持", 0);
  await shot(panelist2, "ballot-phone");
  await panelist2.click("button", "投出这一票");
  await panelist2.sees("您已投票", 40_000);
  await presiding.sees("已投 1 / 3", 40_000);
  await panelist3.click("radio", "支持", 0);
  await panelist3.click("button", "投出这一票");
  await panelist3.sees("您已投票", 40_000);
  const { ballots: [ballot] } = await callers.panelist1.get("deliberation");
  await callers.panelist1.post(`ballots/${ballot.id}/vote`, { choice: 1 });
  await presiding.sees("全部投完，可以结束表决", 40_000);
  await shot(presiding, "ballot-progress");
  await presiding.click("button", "结束表决并计票");
  for (const one of jury()) await one.sees("过半数：支持（2 / 3）", MOVE_MAX_MS);
  await clerk.click("button", "写评议意见");
  await clerk.fill("评议意见", "经评议，听证员以 2 票对 1 票建议支持信访人的诉求，由承办单位三十日内组织维修。");
  await clerk.click("button", "保存");
  await panelist2.click("button", "我确认这份意见");
  await panelist2.sees("您已确认", 40_000);
  await callers.panelist1.post("deliberation/confirm", { version: 1 });
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
  await enter("宣布结果");
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
  await shot(people.panelist3, "ballot-released");
}

async function minutesAreSigned() {
  const { clerk, petitioner, presiding } = people;
  await enter("记录确认");
  await clerk.click("button", "发给各方核对");
  await clerk.click("button", "发给各方核对", 1);
  await petitioner.click("button", "去看笔录");
  await petitioner.click("button", "看完了");
  await clerk.click("button", "开始签名");
  await clerk.click("button", "开始签名", 1);
  await clerk.sees("正在签名");
  await signs(petitioner, "三楼外墙渗水三年", { shot: (part) => shot(petitioner, `minutes-${part}`) });
  await Promise.all([presiding, people.unit].map((one) => signs(one, "三楼外墙渗水三年")));
  await signs(clerk, "三楼外墙渗水三年");
  for (const one of [callers.agent, callers.panelist1]) await one.signs("minutes");
  await Promise.all(jury().slice(2).map((one) => signs(one, "三楼外墙渗水三年")));
}

async function hearingIsClosed() {
  const { presiding, petitioner } = people;
  await presiding.click("button", "结束听证");
  await presiding.click("radio", "支持");
  await presiding.fill("说明", "建议承办单位三十日内组织维修。");
  await presiding.click("button", "结束听证", 1);
  await petitioner.sees("听证已结束，感谢您参加");
}

// What the desk writes, and nothing of who voted how.
async function reportIsPutToSignature() {
  const { presiding } = people;
  await presiding.click("button", "看看还要办什么");
  await presiding.click("button", "制作文书");
  const form = presiding.page.locator("heard-hearing-documents form");
  await form.locator("select[name=kind]").selectOption("hearing_report");
  for (const [name, text] of [["petitioner_position", "三楼外墙渗水三年，请求限期维修。"], ["unit_position", "已两次查看，同意维修。"],
    ["facts_found", "外墙渗水属实，责任单位已确认。"], ["conclusion", "支持信访人的诉求，三十日内组织维修。"]])
    await form.locator(`textarea[name=${name}]`).fill(text);
  await shot(presiding, "report-desk");
  await presiding.click("button", "生成");
  await presiding.click("button", "交付签名", 0, 40_000);
  await presiding.sees("正在签名");
}

// The panel and the presiding officer sign where they are; then the version with the signatures is made and served.
async function reportIsSigned() {
  const { presiding, panelist2, petitioner } = people;
  const words = "外墙渗水属实，责任单位已确认。";
  for (const one of [...jury().slice(2)]) await one.click("button", "看看还要办什么");
  await signs(panelist2, words, { shot: (part) => shot(panelist2, `report-${part}`), back: "返回" });
  for (const one of [people.panelist3, presiding]) await signs(one, words, { back: "返回" });
  await callers.panelist1.signs("hearing_report");
  await presiding.click("button", "生成签名版", 0, 40_000);
  await presiding.sees("本版载有签名", 40_000);
  await shot(presiding, "report-signed-desk");
  await presiding.page.locator("heard-hearing-documents select[aria-label='发送给…']").first().selectOption({ label: `${PETITIONER} · 信访人` });
  await presiding.sees(`已发送给${PETITIONER}`, 40_000);
  await petitioner.click("button", "看看还要办什么");
  await petitioner.sees("听证报告", 40_000);
  await petitioner.click("button", "确认收到");
  await petitioner.sees("您已于");
  await shot(petitioner, "report-phone");
}

async function serverEnds() {
  const refused = await server.misunderstood();
  if (Object.keys(refused).length) throw new Error(JSON.stringify(refused));
  const code = await server.stop();
  if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
}

export function steps(stage) {
  return [
    ["a hearing of eleven is planned", () => isPlanned(stage)],
    ["the notice is made, sent, read and confirmed on the phone", noticeIsServed],
    ["everybody comes and the hearing opens", everybodyComes],
    ["the petitioner asks for a recusal, which is refused", recusalIsDecided],
    ["both sides are heard, the witness only when called", bothSidesAreHeard],
    ["the panel deliberates: nobody outside gets a packet", panelDeliberates],
    ["the panel votes, writes, confirms and seals", panelVotes],
    ["the panel is back, and the petitioner reads the result", panelIsBack],
    ["everybody signs the minutes", minutesAreSigned],
    ["the hearing is closed with its result", hearingIsClosed],
    ["its report is written and put to signature", reportIsPutToSignature],
    ["the panel signs the report; the petitioner receives it", reportIsSigned],
    ["the server understood everything and ends", serverEnds],
  ];
}
