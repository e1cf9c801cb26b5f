// SPDX-License-Identifier: Apache-2.0
// A mediation from the disclosure to an agreement in effect: the mediator at a desk, both parties on phones, one of them in
// Firefox, two rounds of offers over private talks. What was not passed on the other side never sees. All sign; then until when
// a court may confirm it, also on the page that is left when the mediation is over.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, openFirefox, PHONE } from "./lib/browsers.mjs";
import { admit, staffComes } from "./lib/hearing_steps.mjs";
import { Server } from "./lib/server.mjs";
import { signs } from "./lib/sign.mjs";
import { petitionerComesQuickly } from "./lib/small_hearing.mjs";

const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : null;
const OUT = fileURLToPath(new URL("out", import.meta.url));
const [MEDIATOR, A, B] = ["周正平", "张小满", "李国强"];
const SMALL = { camera: { width: 320, height: 180, frameRate: 5 } };
const people = {};
let server;
let links;

mkdirSync(OUT, { recursive: true });

async function shot(person, name) {
  await person.shot(join(OUT, `mediation-${name}.png`));
  if (PICTURES) await person.shot(join(PICTURES, `mediation-${name}.png`));
}

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-mediation-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-mediation-server.log"), server.log);
}

async function schedule() {
  const { http, accounts, case: id } = server.demo;
  const json = { "Content-Type": "application/json" };
  const login = await fetch(`${http}/api/v1/login`, { method: "POST", headers: json, body: JSON.stringify(accounts.clerk) });
  const cookie = login.headers.get("set-cookie").split(";")[0];
  const seats = [{ role: "mediator", name: MEDIATOR }, { role: "petitioner", name: A }, { role: "petitioner", name: B, side: "respondent" }];
  const made = await fetch(`${http}/api/v1/cases/${id}/hearings`, { method: "POST", headers: { ...json, Cookie: cookie },
    body: JSON.stringify({ kind: "mediation", planned_start_ms: Date.now(), recorded: false, seats }) });
  if (made.status !== 201) throw new Error(`schedule: ${made.status} ${await made.text()}`);
  return (await made.json()).links.map(({ url }) => url.replace(/^https:[/][/][^/]*/, http));
}

async function bothAreHere(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  const [chromium, firefox] = [await openChromium(stage), await openFirefox(stage)];
  links = await schedule();
  for (const [name, size] of [["mediator", DESKTOP], ["a", PHONE]]) people[name] = await chromium.person(name, size, SMALL);
  people.b = await firefox.person("b", PHONE);
  const { mediator, a, b } = people;
  await Promise.all([staffComes(mediator, links[0]), petitionerComesQuickly(a, links[1]), petitionerComesQuickly(b, links[2])]);
  await admit(mediator, A);
  await admit(mediator, B);
  await mediator.click("button", "宣布开始");
  await a.sees("调解员开场");
}

async function allAgree() {
  const { mediator, a, b } = people;
  await a.sees("您愿意用调解解决这件事吗？");
  await shot(a, "phone-consent");
  await mediator.click("button", "打开调解");
  await mediator.click("button", "告知双方");
  await mediator.click("button", "陈述");
  await mediator.sees("双方都同意调解并接受调解员之后，才能进入下一步。");
  for (const one of [a, b]) {
    await one.click("button", "我愿意调解");
    await one.sees("没有亲属、业务或者其他利害关系");
    await one.click("button", "我接受");
  }
  await mediator.sees("调解进行中");
  await mediator.click("button", "陈述");
}

async function factsAreConfirmed() {
  const { mediator, a, b } = people;
  await mediator.fill("写下一条双方可能都认可的事实", "2024年7月起，三楼外墙渗水进入张小满家。");
  await mediator.click("button", "加一条");
  await a.sees("这一条事实，您确认吗？");
  await shot(a, "phone-fact");
  for (const one of [a, b]) await one.click("button", "确认属实");
  await mediator.sees("双方确认");
}

async function writes(person, { what, yuan, how, when }) {
  await person.fill("内容", what);
  await person.fill("金额", yuan);
  await person.fill("履行方式", how);
  await person.fill("履行时间", when);
  await person.click("button", "写好了");
}

const SECRET = "对方赔我修缮费";

// A panel that came by itself goes with its question: then it is opened by hand.
const offers = (person, button) => person.until(`cannot ${button}`, async () => {
  if (!(await person.has("button", button))) await person.click("button", "打开调解", 0, 1500);
  await person.click("button", button, 0, 1500);
  return true;
});

async function firstRound() {
  const { mediator, a, b } = people;
  await mediator.click("button", "请甲方到单独的房间谈话");
  await a.click("button", "去单独谈");
  await a.sees("甲方单独谈话");
  await offers(a, "写一个方案");
  await a.sees("写好后只有您这一方和调解员看得到");
  await shot(a, "phone-write");
  await writes(a, { what: SECRET, yuan: "8317.5", how: "银行转账", when: "签字后十日内" });
  await a.sees("只有本方和调解员看得到");
  await mediator.sees(SECRET);
  await shot(a, "phone-kept");
  if ((await b.text()).includes(SECRET)) throw new Error("B sees what A did not release");
  if (await mediator.has("button", "转交给乙方")) throw new Error("it may be passed on before A said so");
  await a.click("button", "同意转给对方");
  await mediator.find("button", "转交给乙方");
  if ((await b.text()).includes(SECRET)) throw new Error("B sees what was not passed on");
  await shot(mediator, "desk-offers");
  await mediator.click("button", "转交给乙方");
  await b.sees("甲方提出一个方案");
  await b.sees("8,317.50");
  await shot(b, "phone-offer");
  await b.click("button", "先谈谈");
  await mediator.sees("想先谈谈");
  await mediator.click("button", "结束与甲方的单独谈话");
  await a.sees("主会场");
}

async function secondRound() {
  const { mediator, a, b } = people;
  await mediator.click("button", "请乙方到单独的房间谈话");
  await b.click("button", "去单独谈");
  await b.sees("乙方单独谈话");
  await offers(b, "提出我的方案");
  await writes(b, { what: "一次付清修缮费，并修好外墙", yuan: "7000", how: "银行转账", when: "2026年12月31日前" });
  await b.click("button", "同意转给对方");
  await mediator.click("button", "转交给甲方");
  await mediator.click("button", "结束与乙方的单独谈话");
  await a.sees("乙方提出一个方案");
  await a.sees("柒仟元整");
  await a.click("button", "接受这个方案");
  await a.click("button", "确定接受");
  await mediator.sees("已接受");
  await shot(mediator, "desk-timeline");
}

async function agreementIsFrozen() {
  const { mediator, a, b } = people;
  await mediator.click("button", "调解协议");
  await mediator.click("button", "起草协议");
  await mediator.sees("争议事项");
  await mediator.fill("争议事项", "修缮费用由谁承担。");
  await mediator.fill("各方责任", "李国强承担外墙维修责任。");
  await mediator.sees("法定内容齐全");
  for (const one of [a, b]) await one.sees("李国强承担外墙维修责任。");
  await shot(mediator, "desk-draft");
  await shot(b, "phone-draft");
  await mediator.click("button", "定稿，交各方签署");
  await a.sees("请阅读并签署调解协议");
  for (const one of [mediator, a, b]) await one.find("button", "去签名");
  await shot(a, "phone-sign");
  await shot(mediator, "desk-signing");
}

async function allSign() {
  const { mediator, a, b } = people;
  for (const [name, one] of Object.entries({ a, b, mediator })) {
    await signs(one, "李国强承担外墙维修责任。");
    if (name !== "mediator") await mediator.until(`does not see that ${name} signed`, async () => (await mediator.text()).split("已签").length > (name === "a" ? 1 : 2));
  }
  for (const one of [mediator, a, b]) {
    await one.sees("生效");
    await one.sees("共同向法院申请司法确认");
  }
  await shot(a, "phone-effective");
  await shot(mediator, "desk-effective");
}

async function afterTheEnd() {
  const { mediator, a, b } = people;
  await mediator.click("button", "结束调解");
  await mediator.click("radio", "达成协议");
  await mediator.fill("说明", "双方达成协议，当场签字。");
  await mediator.click("button", "结束调解", 1);
  for (const one of [a, b]) {
    await one.click("button", "看看还要办什么");
    await one.sees("现在没有要您办的事");
    await one.sees("起生效");
    await one.sees("共同向法院申请司法确认");
  }
  await shot(a, "phone-after");
  await shot(b, "phone-after-firefox");
}

export function steps(stage) {
  return [
    ["both parties are here", () => bothAreHere(stage)],
    ["the opening is left when both agreed and accepted the mediator", allAgree],
    ["a fact is joint when both confirmed it", factsAreConfirmed],
    ["round one: A's offer, kept, released, passed on", firstRound],
    ["round two: B answers with an offer, A accepts", secondRound],
    ["the agreement is drafted before both, frozen, and each is asked to sign", agreementIsFrozen],
    ["both parties, one of them in Firefox, and the mediator sign; it is in effect, and until when a court may confirm it", allSign],
    ["the mediation ends; each one's page shows what is in effect", afterTheEnd],
  ];
}
