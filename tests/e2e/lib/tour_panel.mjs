// SPDX-License-Identifier: Apache-2.0
// A panel hearing with everybody who may be at one: from the lobby to the signed minutes and the end.
import { join } from "node:path";
import { admit, deskAction, staffComes } from "./hearing_steps.mjs";
import { drawsName } from "./sign.mjs";
import { photo } from "./papers.mjs";
import { planSeats } from "./seats.mjs";
import { tempFolder } from "./server.mjs";
import { petitionerComesQuickly } from "./small_hearing.mjs";
import { goTo, opens } from "./tour_steps.mjs";

const SEATS = [["presiding", "presiding", "周正平"], ["clerk", "clerk", "孙书琴"], ["panelist1", "panelist", "钱一鸣"],
  ["panelist2", "panelist", "吴秋月"], ["panelist3", "panelist", "郑开来"], ["unit", "department", "王立新"], ["petitioner", "petitioner", "张小满"],
  ["agent", "agent", "赵立人"], ["witness", "witness", "冯见闻"], ["observer", "observer", "陈旁听"], ["observer2", "observer", "褚旁听"]];
const NAME = Object.fromEntries(SEATS.map(([who, , name]) => [who, name]));
const PHONES = ["petitioner", "panelist2", "witness", "observer", "agent"];
const PHONE = { sizes: ["phone"] };
const DESK = { sizes: ["desk"] };

export async function tour(at) {
  const { server, people, comes, show } = at;
  const links = await planSeats(server, "panel_hearing", SEATS.map(([who, role, name]) => ({ role, name,
    ...(who === "unit" ? { unit: "海口市住房和城乡建设局" } : {}) })));
  for (const [i, [who]] of SEATS.entries()) {
    const person = await comes(who, PHONES.includes(who));
    if (["presiding", "clerk", "unit"].includes(who)) await staffComes(person, links[i]);
    else if (who !== "petitioner") await petitionerComesQuickly(person, links[i]);
    else await petitionerWalksIn(at, links[i]);
  }
  await lobby(at);
  await speaking(at);
  await exhibits(at);
  await deliberation(at);
  await signing(at);
  await end(at);
}

async function petitionerWalksIn({ people: { petitioner }, show }, link) {
  await petitioner.open(link);
  await petitioner.sees("谁会在场");
  await show(petitioner, "in-1-what");
  await petitioner.click("button", "下一步");
  await petitioner.sees("最后四位");
  await show(petitioner, "in-2-name", PHONE);
  await petitionerComesQuickly(petitioner, link);
}

async function lobby({ people, show }) {
  const { clerk, presiding, petitioner } = people;
  await show(petitioner, "lobby-petitioner");
  await clerk.sees(NAME.petitioner);
  await show(clerk, "lobby-clerk");
  for (const [who, role, name] of SEATS) if (!["presiding", "clerk", "department"].includes(role)) await admit(clerk, name).catch((error) => { throw new Error(`${who}: ${error.message}`); });
  await show(presiding, "ready-presiding");
  await opens(presiding);
  await petitioner.sees("正在录制", 60_000);
  await goTo(presiding, "rights_and_recusal");
  await petitioner.sees("您是否申请回避");
  await show(petitioner, "recusal-petitioner");
  await show(presiding, "recusal-presiding");
  await petitioner.click("button", "申请回避", 1); // the first one is 不申请回避
  await show(petitioner, "recusal-form", PHONE);
  await petitioner.click("radio", NAME.panelist2);
  await petitioner.fill("理由", "他是对方的朋友。");
  await petitioner.click("button", "提交申请");
  for (const who of ["agent", "unit"]) await people[who].click("button", "不申请回避");
  await presiding.sees("他是对方的朋友");
  await show(presiding, "recusal-decide");
  await presiding.click("radio", "驳回申请");
  await presiding.fill("决定的理由", "只是同住一个小区。");
  await presiding.click("button", "记录决定");
  await presiding.sees("已驳回");
}

async function speaking({ people, show }) {
  const { clerk, presiding, petitioner, unit, panelist2, panelist1, observer, witness, agent } = people;
  await goTo(presiding, "petitioner_statement");
  await petitioner.receives("video", 2, 60_000);
  await show(petitioner, "statement-petitioner");
  await show(agent, "statement-agent", PHONE);
  await show(observer, "statement-observer");
  await show(witness, "statement-witness");
  await show(panelist2, "statement-panelist");
  await show(clerk, "statement-clerk");
  await goTo(presiding, "handling_statement");
  await goTo(presiding, "challenge");
  await agent.click("button", "举手");
  await presiding.sees("发言队列");
  await deskAction(presiding, NAME.petitioner, "请发言");
  await presiding.click("radio", "3 分钟");
  await presiding.click("button", "请发言", -1);
  await petitioner.sees("轮到您发言");
  await show(petitioner, "challenge-petitioner");
  await show(presiding, "challenge-presiding");
  await show(unit, "challenge-unit");
  await show(panelist1, "challenge-panelist", DESK);
  const summary = await presiding.find("button", `对${NAME.agent}的操作`);
  await summary.click();
  await show(presiding, "person-menu", DESK);
  await summary.click();
  await presiding.page.setViewportSize({ width: 360, height: 740 });
  await presiding.click("button", "更多");
  await show(presiding, "more-presiding", PHONE);
  await presiding.press("Escape");
  await presiding.page.setViewportSize({ width: 1440, height: 900 });
}

async function exhibits({ people, show }) {
  const { petitioner, presiding, unit } = people;
  await petitioner.click("button", "证据");
  await petitioner.sees("还没有证据材料");
  await show(petitioner, "exhibits-none", PHONE);
  await petitioner.page.locator("heard-exhibits input[capture]").setInputFiles(photo(join(tempFolder("tour"), "image.jpg")));
  await petitioner.sees("已上传，编号 甲1", 40_000);
  await show(petitioner, "exhibits-petitioner");
  await presiding.click("button", "证据");
  await presiding.sees("甲1");
  await show(presiding, "exhibits-presiding");
  await presiding.click("button", "向全体出示");
  await petitioner.click("button", "收起证据");
  await unit.sees("甲1");
  await show(presiding, "shown-presiding", DESK);
  await show(petitioner, "shown-petitioner", PHONE);
  await show(unit, "shown-unit", DESK);
  await presiding.click("button", "结束出示");
  await presiding.click("button", "收起证据");
}

async function deliberation({ people, show }) {
  const { presiding, petitioner, panelist1, panelist2, panelist3, clerk } = people;
  await goTo(presiding, "deliberation");
  for (const one of [presiding, panelist2]) await one.sees("评议室", 40_000);
  await petitioner.sees("听证员正在评议");
  await show(petitioner, "deliberation-petitioner");
  await presiding.click("button", "提出表决事项");
  await presiding.fill("表决事项", "是否建议支持信访人关于屋顶维修的诉求？");
  await presiding.fill("选项 1", "支持");
  await presiding.fill("选项 2", "不支持");
  await show(presiding, "ballot-put");
  await presiding.click("button", "开始表决");
  await panelist2.sees("是否建议支持信访人关于屋顶维修的诉求？", 40_000);
  await panelist2.click("radio", "支持", 0);
  await show(panelist2, "ballot-vote");
  for (const one of [panelist1, panelist2, panelist3]) {
    await one.click("radio", "支持", 0);
    await one.click("button", "投出这一票");
    await one.sees("您已投票", 40_000);
  }
  await show(presiding, "ballot-all", DESK);
  await presiding.click("button", "结束表决并计票");
  await clerk.click("button", "写评议意见");
  await clerk.fill("评议意见", "经评议，听证员一致建议支持信访人的诉求，由承办单位三十日内组织维修。");
  await show(clerk, "opinion-clerk");
  await clerk.click("button", "保存");
  await panelist2.find("button", "我确认这份意见", 0, 40_000);
  await show(panelist2, "opinion-panelist", PHONE);
  for (const one of [panelist1, panelist2, panelist3]) {
    await one.click("button", "我确认这份意见");
    await one.sees("您已确认", 40_000);
  }
  await presiding.click("button", "封存评议笔录");
  await presiding.page.locator("heard-ask button.primary").click();
  await presiding.sees("评议笔录已于", 40_000);
  await goTo(presiding, "announcement");
  await petitioner.seesNo("听证员正在评议");
  await presiding.click("button", "公布评议结果");
  await presiding.page.locator("heard-ask button.primary").click();
  await petitioner.sees("由承办单位三十日内组织维修", 40_000);
  await show(petitioner, "released-petitioner");
  await show(presiding, "released-presiding", DESK);
}

async function signing({ people, show }) {
  const { presiding, petitioner, clerk } = people;
  await goTo(presiding, "record_confirm");
  if (await petitioner.has("button", "收起评议")) await petitioner.click("button", "收起评议");
  if (await clerk.has("button", "收起评议")) await clerk.click("button", "收起评议");
  const field = clerk.page.locator("heard-minutes .compose textarea");
  for (const words of ["漏水三年，多次报修没有结果。", "我局已于九月约谈物业，十日内给出方案。"]) {
    await field.fill(words);
    await field.press("Enter");
  }
  await clerk.sees("十日内给出方案");
  await show(clerk, "minutes-clerk");
  await clerk.click("button", "发给各方核对");
  await show(clerk, "minutes-ask", DESK);
  await clerk.click("button", "发给各方核对", -1);
  await petitioner.sees("请您核对笔录");
  await show(petitioner, "minutes-asked");
  await petitioner.click("button", "去看笔录");
  await petitioner.sees("请核对笔录");
  await show(petitioner, "minutes-check");
  await petitioner.click("button", "看完了");
  await clerk.click("button", "开始签名");
  await clerk.click("button", "开始签名", -1);
  await petitioner.find("button", "去签名", 0, 40_000);
  await show(petitioner, "sign-asked");
  await show(clerk, "sign-clerk");
  await petitioner.click("button", "去签名");
  await petitioner.sees("请看一遍");
  await show(petitioner, "sign-read", PHONE);
  await petitioner.click("button", "看完了，去签名");
  await drawsName(petitioner);
  await show(petitioner, "sign-draw", PHONE);
  await petitioner.click("button", "写好了");
  await petitioner.sees("您的验证码", 40_000);
  await show(petitioner, "sign-code", PHONE);
  await petitioner.press("Escape");
}

async function end({ people, show }) {
  const { presiding, petitioner, observer } = people;
  await presiding.click("button", "结束听证");
  await show(presiding, "close-ask");
  await presiding.page.locator("heard-ask input[type=radio]").first().check();
  await presiding.page.locator("heard-ask textarea").fill("三十日内组织维修，并书面告知信访人。");
  await presiding.page.locator("heard-ask button.danger").click();
  await petitioner.sees("感谢您参加", 40_000);
  await show(petitioner, "end-petitioner");
  await show(presiding, "end-presiding", DESK);
  await show(observer, "end-observer", PHONE);
}
