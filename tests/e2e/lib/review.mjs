// SPDX-License-Identifier: Apache-2.0
// What a review page does now, as its elements tell, and the way into it.

// { clocks: [{ at, speed, silent }], sounds: [{ at, rate, paused, muted }], pictures: [{ at, frames, large, shown }], lanes, stages }
export function state(person) {
  return person.page.evaluate(() => {
    const seen = { clocks: [], sounds: [], pictures: [], lanes: [], pinned: 0, full: null, overflow: document.documentElement.scrollWidth - innerWidth };
    const walk = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.localName === "heard-review") seen.clocks.push({ at: el.clock.at / 1000, speed: el.clock.speed, silent: el.clock.isSilent });
        if (el.localName === "audio") seen.sounds.push({ at: el.currentTime, rate: el.playbackRate, paused: el.paused, muted: el.muted });
        if (el.localName === "video") {
          const tile = el.getRootNode().host;
          seen.pictures.push({ at: el.currentTime, ready: el.readyState, frames: el.getVideoPlaybackQuality().totalVideoFrames,
            large: tile.classList.contains("large"), shown: !tile.hidden });
        }
        if (el.matches(".lane")) seen.lanes.push(el.className);
        if (el.matches(".plate[aria-pressed=true]")) seen.pinned += 1;
        if (el.localName === "heard-watermark") {
          const canvas = el.shadowRoot.querySelector("canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          seen.watermark = { drawn: data.some((value) => value > 0), text: el.text, box: el.getBoundingClientRect().toJSON() };
          seen.full = el.getRootNode().fullscreenElement?.contains(el) ?? false;
        }
        if (el.shadowRoot) walk(el.shadowRoot);
      }
    };
    walk(document);
    return seen;
  });
}

export async function soundAt(person, index = 0) {
  return (await state(person)).sounds[index].at;
}

export async function logIn(person, server, { login, password }) {
  await person.open(`${server.demo.http}/login`);
  await person.fill("账号", login);
  await person.fill("密码", password);
  await person.click("button", "登录");
  await person.sees("今日安排");
}

export async function sayWhy(person, why) {
  await person.fill("查看理由", why);
  await person.click("button", "开始查看");
}

// Both pictures are where the sound is.
export function picturesFollow(person, count) {
  return person.until("pictures are not with the sound", async () => {
    const { sounds, pictures } = await state(person);
    const near = pictures.filter((one) => one.ready >= 2 && Math.abs(one.at - sounds[0].at) < 0.5);
    return near.length >= count;
  });
}

// The playhead is between these seconds.
export function isAt(person, from, to, what = "is not there") {
  return person.until(what, async () => {
    const at = await soundAt(person);
    if (at >= from && at <= to) return true;
    throw new Error(`${at.toFixed(1)} s, not ${from}–${to}`);
  });
}
