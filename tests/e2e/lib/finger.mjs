// SPDX-License-Identifier: Apache-2.0
// A name drawn with the finger, and the one-time code that confirms it.

// A finger on the glass: x and y are parts of the box.
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
  const touch = await person.page.context().newCDPSession(person.page);
  const at = ([x, y]) => [{ x: box.x + x * box.width, y: box.y + y * box.height }];
  const send = (type, points) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  for (const stroke of [[[0.1, 0.3], [0.3, 0.25], [0.32, 0.6], [0.12, 0.8]], [[0.45, 0.2], [0.45, 0.85], [0.38, 0.75]], [[0.6, 0.3], [0.9, 0.35], [0.62, 0.8], [0.92, 0.75]]]) {
    await send("touchStart", at(stroke[0]));
    for (const point of stroke.slice(1)) await send("touchMove", at(point));
    await send("touchEnd", []);
  }
}

// The digits that this page shows, which nobody else was told.
export const codeOn = (person) => person.until("shows no code", async () => /您的验证码\s*(\d{3}) (\d{3})/.exec(await person.text())?.slice(1).join(""), 20_000);
