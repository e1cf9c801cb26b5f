// SPDX-License-Identifier: Apache-2.0
// Somebody signs a document on his page: reads it, writes the name, types the code that the page shows.

const STROKES = [[[0.1, 0.3], [0.3, 0.25], [0.32, 0.6], [0.12, 0.8]], [[0.45, 0.2], [0.45, 0.85], [0.38, 0.75]],
  [[0.6, 0.3], [0.9, 0.35], [0.62, 0.8], [0.92, 0.75]]];

// With the finger where the page is a phone's in Chromium, else with the mouse. Points are parts of the box.
export async function drawsName(person) {
  const pad = await person.page.evaluateHandle(() => {
    const find = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.localName === "heard-pad") return el;
        const found = el.shadowRoot && find(el.shadowRoot);
        if (found) return found;
      }
      return null;
    };
    return find(document);
  });
  const box = await pad.asElement().boundingBox();
  const place = ([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
  const hasFinger = person.kind === "chromium" && await person.page.evaluate(() => navigator.maxTouchPoints > 0);
  if (hasFinger) {
    const touch = await person.page.context().newCDPSession(person.page);
    const send = (type, points) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: points });
    for (const stroke of STROKES) {
      await send("touchStart", [place(stroke[0])]);
      for (const point of stroke.slice(1)) await send("touchMove", [place(point)]);
      await send("touchEnd", []);
    }
    return;
  }
  const { mouse } = person.page;
  for (const stroke of STROKES) {
    const [first, ...rest] = stroke.map(place);
    await mouse.move(first.x, first.y);
    await mouse.down();
    for (const { x, y } of rest) await mouse.move(x, y);
    await mouse.up();
  }
}

// The digits that this page shows, which nobody else was told.
export const codeOn = (person) => person.until("shows no code",
  async () => /您的验证码\s*(\d{3}) (\d{3})/.exec(await person.text())?.slice(1).join(""), 20_000);

// words: of the text that is signed; back: the last button; shot: called with read, draw, code, done.
export async function signs(person, { words, back = "回到会场", shot = async () => {} }) {
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
