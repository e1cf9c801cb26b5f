// SPDX-License-Identifier: Apache-2.0
// A mediation with both parties on phones: disclosure, a private talk, an offer carried over, the agreement.
import { admit, staffComes } from "./hearing_steps.mjs";
import { planSeats } from "./seats.mjs";
import { petitionerComesQuickly } from "./small_hearing.mjs";

const [MEDIATOR, A, B] = ["周正平", "张小满", "李国强"];
const PHONE = { sizes: ["phone"] };
const DESK = { sizes: ["desk"] };

export async function tour(at) {
  const { server, people, comes } = at;
  const links = await planSeats(server, "mediation", [{ role: "mediator", name: MEDIATOR }, { role: "petitioner", name: A },
    { role: "petitioner", name: B, side: "respondent" }], { recorded: false });
  await staffComes(await comes("mediator"), links[0]);
  await petitionerComesQuickly(await comes("a", true), links[1]);
  await petitionerComesQuickly(await comes("b", true), links[2]);
  const { mediator, a, b } = people;
  for (const name of [A, B]) await admit(mediator, name);
  await mediator.click("button", "宣布开始");
  await a.sees("您愿意用调解解决这件事吗？");
  await agreed(at);
  await caucus(at);
  await agreement(at);
  await b.sees("调解协议");
}

async function agreed({ people: { mediator, a, b }, show }) {
  await show(a, "consent-a");
  await mediator.click("button", "打开调解");
  await show(mediator, "opening-mediator");
  await mediator.click("button", "告知双方");
  for (const one of [a, b]) {
    await one.click("button", "我愿意调解");
    await one.sees("没有亲属、业务或者其他利害关系");
    if (one === a) await show(a, "disclosure-a", PHONE);
    await one.click("button", "我接受");
  }
  await mediator.sees("调解进行中");
  await mediator.click("button", "陈述");
  await show(a, "statements-a", PHONE);
  await mediator.fill("写下一条双方可能都认可的事实", "2024年7月起，三楼外墙渗水进入张小满家。");
  await mediator.click("button", "加一条");
  await a.sees("这一条事实，您确认吗？");
  await show(a, "fact-a", PHONE);
  for (const one of [a, b]) await one.click("button", "确认属实");
  await mediator.sees("双方确认");
}

async function caucus({ people: { mediator, a, b }, show }) {
  await mediator.click("button", "请甲方到单独的房间谈话");
  await a.sees("调解员请您单独谈话");
  await show(a, "invited-a");
  await show(mediator, "inviting-mediator");
  await a.click("button", "去单独谈");
  await a.sees("甲方单独谈话");
  await a.receives("video", 1, 40_000);
  if (!(await a.has("button", "写一个方案"))) await a.click("button", "打开调解");
  await show(a, "caucus-a");
  await show(b, "apart-b");
  await a.click("button", "写一个方案");
  await show(a, "offer-form-a", PHONE);
  for (const [field, value] of [["内容", "对方赔我修缮费"], ["金额", "8317.5"], ["履行方式", "银行转账"], ["履行时间", "签字后十日内"]]) await a.fill(field, value);
  await a.click("button", "写好了");
  await a.sees("只有本方和调解员看得到");
  await show(a, "offer-kept-a", PHONE);
  await show(mediator, "caucus-mediator");
  await a.click("button", "同意转给对方");
  await mediator.click("button", "转交给乙方");
  await b.sees("甲方提出一个方案");
  await show(b, "offer-b", PHONE);
  await mediator.click("button", "结束与甲方的单独谈话");
  await b.sees("主会场");
  await b.click("button", "接受这个方案");
  await show(b, "accept-b", PHONE);
  await b.click("button", "确定接受");
  await mediator.sees("已接受");
  await show(mediator, "offers-mediator");
}

async function agreement({ people: { mediator, a, b }, show }) {
  await mediator.click("button", "调解协议");
  await mediator.click("button", "起草协议");
  await mediator.sees("争议事项");
  await mediator.fill("争议事项", "修缮费用由谁承担。");
  await mediator.fill("各方责任", "李国强承担外墙维修责任。");
  await mediator.sees("法定内容齐全");
  await show(mediator, "draft-mediator");
  await show(a, "draft-a", PHONE);
  await mediator.click("button", "定稿，交各方签署");
  await a.sees("请阅读并签署调解协议");
  await a.find("button", "去签名");
  await show(a, "agreement-a");
  await show(mediator, "signing-mediator", DESK);
  await b.click("button", "去签名");
  await b.sees("请看一遍");
  await show(b, "agreement-read-b", PHONE);
}
