// SPDX-License-Identifier: Apache-2.0
// The camera pictures of the other person on a page of two: which are presented and when, and what
// the statistics of their stream say. The functions with a page run inside it.

const KEPT_MAX = 20_000;

// Remembers each presented picture of the other's and the own camera, whichever element of the page
// shows it: { other: [{ at, height }], own }.
function watch(most) {
  if (window.heardPictures) return;
  const kept = (window.heardPictures = { other: [], own: [] });
  const known = new WeakSet();
  const follow = (video) => {
    const see = (now, frame) => {
      video.requestVideoFrameCallback(see);
      if (video.matches(".screen")) return;
      const list = video.matches(".self") ? kept.own : kept.other;
      list.push({ at: frame.presentationTime ?? now, height: frame.height });
      if (list.length > most) list.shift();
    };
    known.add(video);
    video.requestVideoFrameCallback(see);
  };
  const walk = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "video" && el.getRootNode().host?.localName === "heard-tile" && !known.has(el)) follow(el);
      if (el.shadowRoot) walk(el.shadowRoot);
    }
  };
  setInterval(() => walk(document), 30);
}

// Of the stream that the page shows as the other's camera; null: it shows none.
async function readFigures() {
  const videos = [];
  const walk = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.localName === "video" && el.getRootNode().host?.localName === "heard-tile" && !el.matches(".self, .screen")) videos.push(el);
      if (el.shadowRoot) walk(el.shadowRoot);
    }
  };
  walk(document);
  const track = videos[0]?.srcObject?.getVideoTracks()[0]?.id;
  for (const peer of window.heardPeers ?? []) {
    if (!track || peer.connectionState === "closed") continue;
    const stats = await peer.getStats();
    for (const s of stats.values()) {
      if (s.type !== "inbound-rtp" || s.trackIdentifier !== track) continue;
      return { id: s.id, height: s.frameHeight ?? 0, fps: s.framesPerSecond ?? 0, codec: stats.get(s.codecId)?.mimeType ?? "",
        bytes: s.bytesReceived, freezes: s.freezeCount, frozenMs: Math.round(s.totalFreezesDuration * 1000),
        keys: s.keyFramesDecoded, dropped: s.framesDropped, lost: s.packetsLost, plis: s.pliCount, nacks: s.nackCount };
    }
  }
  return null;
}

// What this page sends of its camera, one row a simulcast layer.
async function readLayers() {
  const rows = [];
  for (const peer of window.heardPeers ?? []) {
    if (peer.connectionState === "closed") continue;
    const stats = await peer.getStats();
    for (const s of stats.values())
      if (s.type === "outbound-rtp" && s.rid)
        rows.push({ rid: s.rid, height: s.frameHeight ?? 0, frames: s.framesSent, bytes: s.bytesSent - s.retransmittedBytesSent, fps: s.framesPerSecond ?? 0,
          keys: s.keyFramesEncoded, limit: s.qualityLimitationReason, codec: stats.get(s.codecId)?.mimeType ?? "",
          encoder: s.encoderImplementation ?? "" });
  }
  return rows.sort((a, b) => a.height - b.height);
}

export class Pictures {
  constructor(person) {
    this.person = person;
  }

  async watch() {
    await this.person.page.evaluate(watch, KEPT_MAX);
  }

  // The page's own clock, in ms.
  now() {
    return this.person.page.evaluate(() => performance.now());
  }

  figures() {
    return this.person.page.evaluate(readFigures);
  }

  // Those presented since then, with the last one before.
  async since(from, whose = "other") {
    const all = await this.person.page.evaluate((list) => window.heardPictures[list], whose);
    all.sort((a, b) => a.at - b.at);
    const first = all.findIndex(({ at }) => at >= from);
    return first < 0 ? all.slice(-1) : all.slice(Math.max(first - 1, 0));
  }

  // The longest time without a new picture, from then until now.
  async longestGap(from, whose = "other") {
    const times = (await this.since(from, whose)).map(({ at }) => at);
    times.push(await this.now());
    if (times.length < 2) throw new Error(`${this.person.name}: no pictures at all`);
    return Math.round(Math.max(...times.slice(1).map((at, i) => at - times[i])));
  }
}

export function layersSent(person) {
  return person.page.evaluate(readLayers);
}
