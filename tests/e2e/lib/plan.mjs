// SPDX-License-Identifier: Apache-2.0
// A hearing planned by the form of the case file, as a clerk would; what the form gives are the links.

// parties: names in the order of the form; seats: [place, name], all of whom come by link.
// Resolves to { name: link }.
export async function planHearing(clerk, server, kind, { parties, seats }) {
  const { page } = clerk;
  await clerk.open(`${server.demo.http}/cases/${server.demo.case}/schedule`);
  await clerk.sees("安排场次");
  await page.locator("select[name=kind]").selectOption(kind);
  const inputs = ["first", "second"];
  for (const [i, name] of parties.entries()) await page.locator(`input[name=${inputs[i]}]`).fill(name);
  for (const [i, [place, name]] of seats.entries()) {
    const row = page.locator(".seat").nth(i);
    if (!(await row.count())) await clerk.click("button", "增加席位");
    await row.locator("select").nth(0).selectOption(place);
    await row.locator("select").nth(1).selectOption("?");
    await row.locator(".named input").fill(name);
  }
  await clerk.click("button", "安排并生成链接");
  await clerk.sees("已安排");
  const found = await page.locator(".links label").evaluateAll((labels) =>
    labels.map((label) => [label.textContent.trim().split(" · ")[0].trim(), label.querySelector("input").value]));
  return Object.fromEntries(found.map(([name, url]) => [name, url.replace(/^https:[/][/][^/]*/, server.demo.http)]));
}
