// SPDX-License-Identifier: Apache-2.0
// A joint reception with two units and an interpreter: who may hear what, a warning, a recess.
import { admit, deskAction, staffComes } from "./hearing_steps.mjs";
import { planSeats } from "./seats.mjs";
import { petitionerComesQuickly } from "./small_hearing.mjs";
import { goTo, opens } from "./tour_steps.mjs";

const SEATS = [["presiding", "presiding", "周正平"], ["unit", "department", "王立新"], ["unit2", "department", "蒋和平"],
  ["interpreter", "interpreter", "符雅"], ["petitioner", "petitioner", "李四"]];
const PHONE = { sizes: ["phone"] };
const DESK = { sizes: ["desk"] };

export async function tour({ server, people, comes, show }) {
  const links = await planSeats(server, "joint_reception", SEATS.map(([, role, name]) => ({ role, name })));
  for (const [i, [who, role]] of SEATS.entries()) {
    const person = await comes(who, role === "petitioner");
    if (role === "presiding" || role === "department") await staffComes(person, links[i]);
    else await petitionerComesQuickly(person, links[i]);
  }
  const { presiding, petitioner, interpreter, unit } = people;
  for (const name of ["符雅", "李四"]) await admit(presiding, name);
  await opens(presiding);
  await petitioner.sees("正在录制", 60_000);
  await goTo(presiding, "statement");
  await petitioner.receives("video", 2, 60_000);
  await show(petitioner, "statement-petitioner");
  await show(interpreter, "interpreter", DESK);
  await show(unit, "unit");
  await petitioner.click("button", "更多");
  await show(petitioner, "more-petitioner", PHONE);
  await petitioner.click("button", "选择声音");
  await show(petitioner, "listening-petitioner", PHONE);
  await petitioner.press("Escape");
  await deskAction(presiding, "李四", "警告");
  await presiding.fill("理由", "请不要打断别人发言");
  await presiding.click("button", "警告", -1);
  await petitioner.sees("第 1 次警告");
  await show(petitioner, "warned-petitioner", PHONE);
  await petitioner.click("button", "我知道了");
  await presiding.click("button", "休会");
  await presiding.click("radio", "冷静休息 5 分钟");
  await show(presiding, "recess-ask");
  await presiding.click("button", "休会", -1);
  await petitioner.sees("休会中");
  await show(petitioner, "recess-petitioner");
  await show(presiding, "recess-presiding");
}
