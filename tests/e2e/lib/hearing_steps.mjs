// SPDX-License-Identifier: Apache-2.0
// What people do again and again: come by their link, be checked, be admitted.

// Step 1 to the waiting room, as a petitioner on a phone would.
export async function petitionerComes(person, link, shot = async () => {}) {
  await person.open(link);
  await person.sees("联合接访");
  await person.sees("谁会在场");
  await shot(person, "petitioner-1-what");
  await person.click("button", "下一步");
  await person.fill("最后四位", "1234");
  await shot(person, "petitioner-2-name");
  await person.click("button", "下一步");
  await person.sees("听到您的声音了");
  await shot(person, "petitioner-3-check");
  await person.click("button", "正常，继续");
  await person.click("checkbox", "我同意以视频方式参加");
  await person.click("checkbox", "我知道并同意录音录像");
  await shot(person, "petitioner-4-consent");
  await person.click("button", "同意并进入");
  await person.sees("您已就位");
  await shot(person, "petitioner-5-waiting");
}

// By name and password, into the hearing of the day.
export async function clerkLogsIn(clerk, server) {
  const { login, password } = server.demo.accounts.clerk;
  await clerk.open(`${server.demo.http}/login`);
  await clerk.fill("账号", login);
  await clerk.fill("密码", password);
  await clerk.click("button", "登录");
  await clerk.click("link", "进入 小区外墙漏水问题联合接访");
  await clerk.click("button", "继续");
}

// Staff come by link or from the list; the short device check is theirs too.
export async function staffComes(person, link) {
  await person.open(link);
  await person.until("neither next nor device check", async () => {
    if (await person.has("button", "下一步")) await person.click("button", "下一步", 0, 1000).catch(() => {});
    return person.has("button", "继续");
  });
  await person.click("button", "继续");
}

// The clerk checks the identity and admits the person of this name.
export async function admit(clerk, name) {
  await clerk.until(`${name} is not in the lobby`, async () => (await lobbyItem(clerk, name)) !== null);
  // Whatever is next; on a slow machine a form shows late.
  await clerk.until(`cannot admit ${name}`, async () => {
    if ((await lobbyItem(clerk, name)) === null) return true;
    for (const label of ["准入", "相符", "核验身份"]) if (await clickIn(clerk, name, label)) break;
    return false;
  }, 60_000);
}

function lobbyItem(person, name) {
  return person.page.evaluateHandle((wanted) => {
    const all = [];
    const walk = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.matches("article") && el.getAttribute("aria-label")?.includes(wanted)) all.push(el);
        if (el.shadowRoot) walk(el.shadowRoot);
      }
    };
    walk(document);
    return all[0] ?? null;
  }, name).then((handle) => handle.asElement());
}

async function clickIn(person, name, label) {
  for (let i = 0; i < 10; i++) {
    const item = await lobbyItem(person, name);
    const button = item && (await item.evaluateHandle((el, text) =>
      [...el.querySelectorAll("button")].find((b) => b.textContent.includes(text) && !b.disabled) ?? null, label)).asElement();
    if (button) {
      await button.click();
      return true;
    }
    await new Promise((r) => setTimeout(r, 100));
  }
  return false;
}

// Choose from the small menu beside a person's name at the desk.
export async function deskAction(person, name, action) {
  await person.until(`cannot ${action} ${name}`, async () => {
    const summary = await person.find("button", `对${name}的操作`);
    if (!(await summary.evaluate((el) => el.parentElement.open))) await summary.click({ timeout: 15_000 });
    const button = (await summary.evaluateHandle((el, text) =>
      [...el.parentElement.querySelectorAll("button")].find((b) => b.textContent.trim() === text) ?? null, action)).asElement();
    // A slow click may count twice and shut the menu again: then once more.
    if (!button || !(await summary.evaluate((el) => el.parentElement.open))) return false;
    await button.click({ timeout: 15_000 });
    return true;
  });
}
