// SPDX-License-Identifier: Apache-2.0
// What the tours need to be quick: commands given by the page itself, in the words of the protocol.

export async function command(person, type, data = {}) {
  const isDone = await person.page.evaluate(async ([what, with_what]) => {
    const find = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.live?.command) return el.live;
        const inside = el.shadowRoot && find(el.shadowRoot);
        if (inside) return inside;
      }
      return null;
    };
    return find(document).command(what, with_what);
  }, [type, data]);
  if (!isDone) throw new Error(`${person.name}: ${type} ${JSON.stringify(data)} was refused; ${(await person.text()).slice(0, 300)}`);
}

export const goTo = (person, phase) => command(person, "hearing.advance", { phase, reason: "从简进行。" });


// On a busy machine the first part of the recording may not be saved in time: then once more.
export async function opens(person) {
  await person.until("cannot open", async () => {
    if ((await person.text()).includes("正在录制")) return true;
    await person.click("button", "宣布开始", 0, 1000).catch(() => {});
    return false;
  }, 90_000);
}
