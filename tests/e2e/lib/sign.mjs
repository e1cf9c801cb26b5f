// SPDX-License-Identifier: Apache-2.0
// Signing as a person does it: read, draw the name with a finger (Chromium's phones) or a mouse, the
// digits of the page, confirm.

const STROKES = [[[0.1, 0.3], [0.3, 0.25], [0.32, 0.6], [0.12, 0.8]], [[0.45, 0.2], [0.45, 0.85], [0.38, 0.75]],
  [[0.6, 0.3], [0.9, 0.35], [0.62, 0.8], [0.92, 0.75]]];

// Runs in the page: the sheet to draw on.
function findPad() {
  const find = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "heard-pad") return el;
      const found = el.shadowRoot && find(el.shadowRoot);
      if (found) return found;
    }
    return null;
  };
  return find(document);
}

// A finger on the glass: x and y are parts of the box.
export async function drawsName(person) {
  const box = await (await person.page.evaluateHandle(findPad)).asElement().boundingBox();
  const at = ([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
  const touch = person.kind === "chromium" ? await person.page.context().newCDPSession(person.page) : null;
  const send = (type, touchPoints) => touch.send("Input.dispatchTouchEvent", { type, touchPoints });
  const { mouse } = person.page;
  for (const [first, ...rest] of STROKES.map((stroke) => stroke.map(at))) {
    if (touch) await send("touchStart", [first]);
    else {
      await mouse.move(first.x, first.y);
      await mouse.down();
    }
    for (const point of rest) await (touch ? send("touchMove", [point]) : mouse.move(point.x, point.y));
    await (touch ? send("touchEnd", []) : mouse.up());
  }
}

// The digits that this page shows, which nobody else was told.
const codeOn = (person) => person.until("shows no code", async () => /您的验证码\s*(\d{3}) (\d{3})/.exec(await person.text())?.slice(1).join(""), 20_000);

// words: what the text must have; shot(part): called at "read", "draw", "code" and "done"; back: the button at the end.
export async function signs(person, words, { shot = async () => {}, back = "回到会场" } = {}) {
  await person.click("button", "去签名");
  await person.sees("请看一遍");
  await person.sees(words);
  await shot("read");
  await person.click("button", "看完了，去签名");
  await drawsName(person);
  await shot("draw");
  await person.click("button", "写好了");
  await person.fill("6 个数字", await codeOn(person));
  await shot("code");
  await person.click("button", "确认签名");
  await person.sees("签好了");
  await shot("done");
  await person.click("button", back);
}
