// SPDX-License-Identifier: Apache-2.0
// Closed rooms. A mediation: the mediator at a desk, both parties on phones; private talks with each
// side, of which the other gets no packet, and a party that declines first.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getsNothing, hearEachOther, keepWitness, movedCalmly, remember } from "./lib/closed_room.mjs";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { admit, clerkLogsIn, staffComes } from "./lib/hearing_steps.mjs";
import { planHearing } from "./lib/plan.mjs";
import { Server } from "./lib/server.mjs";
import { petitionerComesQuickly } from "./lib/small_hearing.mjs";

const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : null;
const OUT = fileURLToPath(new URL("out", import.meta.url));
const [MEDIATOR, A, B] = ["周正平", "张小满", "李国强"];
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
    ["the server understood everything and ends", serverEnds],
  ];
}
