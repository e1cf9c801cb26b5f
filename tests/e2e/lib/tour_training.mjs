// SPDX-License-Identifier: Apache-2.0
// An online dialogue: one explains, others listen and ask in turn.
import { admit, staffComes } from "./hearing_steps.mjs";
import { planSeats } from "./seats.mjs";
import { petitionerComesQuickly } from "./small_hearing.mjs";
import { goTo, opens } from "./tour_steps.mjs";

const SEATS = [["presiding", "presiding", "周正平"], ["lead", "lead_unit", "许讲解"], ["trainee", "department", "韩听讲"],
  ["trainee2", "department", "沈听讲"], ["observer", "observer", "陈旁听"]];

export async function tour({ server, people, comes, show }) {
  const links = await planSeats(server, "training", SEATS.map(([, role, name]) => ({ role, name })), { title: "信访工作条例培训" });
  for (const [i, [who, role]] of SEATS.entries()) {
    const person = await comes(who, who === "trainee");
    if (role === "observer") await petitionerComesQuickly(person, links[i]);
    else await staffComes(person, links[i]);
  }
  const { presiding, lead, trainee } = people;
  await admit(presiding, "陈旁听");
  await opens(presiding);
  await trainee.sees("正在录制", 60_000);
  await goTo(presiding, "questions");
  await trainee.click("button", "举手");
  await presiding.sees("韩听讲");
  await show(presiding, "presiding");
  await show(lead, "lead");
  await show(trainee, "trainee");
}
