// SPDX-License-Identifier: Apache-2.0
// What the tiles of a page look like while people swap places. A black look is a tile without a
// picture though the line and its person's camera are on and the tile had one before. The functions with a page
// run inside it.

const EVERY_MS = 50;

// Looks at each frame that the browser draws, and every `everyMs` where it draws none.
function watch(everyMs) {
  if (window.heardLooks) return;
  const kept = (window.heardLooks = { looks: 0, black: 0, blackMs: 0, swaps: 0, handed: 0, stills: 0, episodes: [] });
  const state = new Map(); // tile key -> { shown, blackSince }
  const owners = new WeakMap(); // video -> tile key
  let main = null;
  let last = performance.now();
  const find = (root, name, found = []) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === name) found.push(el);
      if (el.shadowRoot) find(el.shadowRoot, name, found);
    }
    return found;
  };
  const isSeen = (el) => el && getComputedStyle(el).visibility !== "hidden" && el.getBoundingClientRect().width > 0;
  const lookAt = (el, isConnected, now, passed) => {
    const { key, participant, video: source, isSelf } = el.tile;
    const one = state.get(key) ?? { shown: false, blackSince: null };
    const video = el.shadowRoot.querySelector("video");
    const still = el.shadowRoot.querySelector("canvas");
    const isExpected = isConnected && !el.paused && participant[source] === "on" && (participant.in_media || isSelf);
    const isPicture = isSeen(video) && video.readyState >= 2 && video.videoWidth > 0;
    const shows = (isPicture || isSeen(still)) && !el.shadowRoot.querySelector(".initial");
    state.set(key, one);
    if (!isExpected) Object.assign(one, { shown: false, blackSince: null });
    if (video) {
      if ((owners.get(video) ?? key) !== key) kept.handed += 1;
      owners.set(video, key);
    }
    if (!one.shown) {
      one.shown = isExpected && shows;
      return;
    }
    kept.looks += 1;
    if (still) kept.stills += 1;
    if (shows) {
      if (one.blackSince !== null) kept.episodes.push({ key, at: Math.round(one.blackSince), ms: Math.round(now - one.blackSince) });
      one.blackSince = null;
      return;
    }
    one.blackSince ??= now;
    kept.black += 1;
    kept.blackMs += passed;
  };
  const look = () => {
    const now = performance.now();
    if (now - last < 8) return;
    const room = find(document, "heard-room")[0];
    const stage = room && find(room.shadowRoot, "heard-stage")[0];
    const isConnected = room?.live.mediaState === "connected";
    const next = stage?.layout.main?.key ?? null;
    if (main && next && next !== main) kept.swaps += 1;
    main = next ?? main;
    for (const el of stage ? find(stage.shadowRoot, "heard-tile") : []) if (el.shadowRoot?.firstElementChild) lookAt(el, isConnected, now, now - last);
    last = now;
  };
  const draw = () => {
    look();
    requestAnimationFrame(draw);
  };
  draw();
  setInterval(look, everyMs);
}

export class Looks {
  constructor(person) {
    this.person = person;
  }

  async watch() {
    await this.person.page.evaluate(watch, EVERY_MS);
  }

  // Since the watch began, or was read the last time.
  async read() {
    return this.person.page.evaluate(() => {
      const seen = { ...window.heardLooks };
      Object.assign(window.heardLooks, { looks: 0, black: 0, blackMs: 0, swaps: 0, handed: 0, stills: 0, episodes: [] });
      return seen;
    });
  }
}

// Prints what each saw; fails where a tile went black, or where too little happened to see it: swaps at
// each, stills at one of them.
export async function expectNoBlack(what, watches, { swaps = 0, stills = false } = {}) {
  const problems = [];
  let stillsSeen = 0;
  for (const looks of watches) {
    const seen = await looks.read();
    const { name, kind } = looks.person;
    console.log(`# ${what}: ${name} (${kind}): ${seen.black} black of ${seen.looks} looks, ${Math.round(seen.blackMs)} ms, ` +
      `${seen.swaps} swaps, ${seen.handed} videos handed over, ${seen.stills} looks at a still`);
    if (seen.black) problems.push(`${name}: ${seen.black} black looks: ${JSON.stringify(seen.episodes.slice(0, 6))}`);
    stillsSeen += seen.stills;
    if (seen.swaps < swaps) problems.push(`${name}: ${seen.swaps} swaps`);
    if (!seen.looks) problems.push(`${name}: saw nothing`);
  }
  if (stills && !stillsSeen) problems.push("nobody saw a still");
  if (problems.length) throw new Error(problems.join("; "));
}
