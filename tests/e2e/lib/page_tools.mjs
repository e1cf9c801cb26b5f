// SPDX-License-Identifier: Apache-2.0
// Functions that run inside the page; each must be self-contained. They look through shadow roots.

// Before any script of the page: keep every peer connection for the statistics, and give the page
// this camera whatever it asks for.
export function keepPeers(camera) {
  const Native = window.RTCPeerConnection;
  window.heardPeers = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      window.heardPeers.push(this);
    }
  };
  const devices = navigator.mediaDevices;
  const open = devices?.getUserMedia?.bind(devices);
  if (open)
    devices.getUserMedia = (wish) =>
      open(wish.video ? { ...wish, video: camera } : wish);
}

// Before any script of the page, in Firefox, which takes no file for its fake microphone: every
// microphone that is opened says this WAV over and over. By an element: without a sound card an
// AudioContext of Firefox never starts.
export function speakInstead(base64) {
  const devices = navigator.mediaDevices;
  if (!devices?.getUserMedia) return;
  const open = devices.getUserMedia.bind(devices);
  let voice = null;
  const speak = async () => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const player = new Audio(URL.createObjectURL(new Blob([bytes], { type: "audio/wav" })));
    player.loop = true;
    const said = player.mozCaptureStream();
    await player.play();
    for (let i = 0; i < 100 && !said.getAudioTracks().length; i++) await new Promise((r) => setTimeout(r, 50));
    return { player, track: said.getAudioTracks()[0] };
  };
  devices.getUserMedia = async (wish) => {
    const stream = await open(wish);
    if (!stream.getAudioTracks().length) return stream;
    voice ??= speak();
    for (const track of stream.getAudioTracks()) {
      stream.removeTrack(track);
      track.stop();
    }
    stream.addTrack((await voice).track.clone());
    return stream;
  };
}

// Before any script of the page, in Chromium: the microphone is a voice that speaks while
// window.heardVoice.speak(true), and is silent else. It begins speaking, for the device check.
export function speakWhenTold() {
  const devices = navigator.mediaDevices;
  if (!devices?.getUserMedia) return;
  const open = devices.getUserMedia.bind(devices);
  let loudness = 0.5;
  const gains = [];
  const voice = () => {
    const sound = new AudioContext();
    const [tone, syllables] = [new OscillatorNode(sound, { frequency: 220, type: "sawtooth" }), new OscillatorNode(sound, { frequency: 3 })];
    const depth = new GainNode(sound, { gain: 0.3 });
    const [spoken, gain] = [new GainNode(sound, { gain: 0.5 }), new GainNode(sound, { gain: loudness })];
    const out = new MediaStreamAudioDestinationNode(sound);
    syllables.connect(depth).connect(spoken.gain);
    tone.connect(spoken).connect(gain).connect(out);
    tone.start();
    syllables.start();
    gains.push(gain);
    return out.stream.getAudioTracks()[0];
  };
  window.heardVoice = {
    speak(on) {
      loudness = on ? 0.5 : 0;
      for (const gain of gains) gain.gain.value = loudness;
    },
  };
  devices.getUserMedia = async (wish) => {
    const stream = await open(wish);
    for (const track of stream.getAudioTracks()) {
      stream.removeTrack(track);
      track.stop();
      stream.addTrack(voice());
    }
    return stream;
  };
}

// The first visible element with this role whose accessible name contains `name`.
export function findByRole([role, name, index]) {
  const roles = {
    button: "button,[role=button],summary,input[type=submit]",
    link: "a[href],[role=link]",
    textbox: "input:not([type]),input[type=text],input[type=password],input[type=tel],input[type=search],input[type=number],input[type=datetime-local],textarea,[role=textbox]",
    checkbox: "input[type=checkbox],[role=checkbox]",
    radio: "input[type=radio],[role=radio]",
    combobox: "select,[role=combobox]",
    slider: "input[type=range],[role=slider]",
    tab: "[role=tab]",
    any: "*",
  };
  const found = [];
  const nameOf = (el) => {
    const root = el.getRootNode();
    const by = el.getAttribute("aria-labelledby");
    if (by) return by.split(/\s+/).map((id) => root.getElementById?.(id)?.textContent ?? "").join(" ");
    if (el.getAttribute("aria-label")) return el.getAttribute("aria-label");
    if (el.labels && el.labels.length) return [...el.labels].map((l) => l.textContent).join(" ");
    return (el.textContent || el.getAttribute("title") || el.getAttribute("placeholder") || el.value || "").trim();
  };
  const visible = (el) => {
    const box = el.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(el).visibility !== "hidden";
  };
  const walk = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.matches(roles[role] ?? `[role=${role}]`) && nameOf(el).replace(/\s+/g, " ").includes(name)) {
        const shown = visible(el) || [...(el.labels ?? [])].some(visible);
        if (shown && !el.disabled && el.getAttribute("aria-disabled") !== "true") found.push(el);
      }
      if (el.shadowRoot) walk(el.shadowRoot);
    }
  };
  walk(document);
  return found.at(index ?? 0) ?? null;
}

// All the text that a person sees, shadow roots included.
export function visibleText() {
  const out = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      out.push(node.textContent);
      return;
    }
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (["STYLE", "SCRIPT", "TEMPLATE"].includes(node.tagName)) return;
      const style = getComputedStyle(node);
      if (style.display === "none" || style.visibility === "hidden") return;
    }
    if (node.tagName === "SLOT") {
      const given = node.assignedNodes();
      for (const child of given.length ? given : node.childNodes) walk(child);
      return;
    }
    for (const child of (node.shadowRoot ?? node).childNodes) walk(child);
  };
  walk(document.body);
  return out.join(" ").replace(/\s+/g, " ");
}

// The labels of all elements with this role.
export function labels(role) {
  const found = [];
  const walk = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.getAttribute("role") === role && el.getAttribute("aria-label")) found.push(el.getAttribute("aria-label"));
      if (el.shadowRoot) walk(el.shadowRoot);
    }
  };
  walk(document);
  return found;
}

// What is received now: one row for each inbound RTP stream of all living connections.
export async function inbound() {
  const rows = [];
  for (const peer of window.heardPeers ?? []) {
    if (peer.connectionState === "closed") continue;
    for (const s of (await peer.getStats()).values()) {
      if (s.type !== "inbound-rtp") continue;
      rows.push({ kind: s.kind, mid: s.mid ?? s.id, packets: s.packetsReceived, lost: s.packetsLost, frames: s.framesDecoded ?? 0,
        energy: s.totalAudioEnergy ?? 0, samples: s.totalSamplesReceived ?? 0, width: s.frameWidth ?? 0, freezes: s.freezeCount ?? 0,
        playout: s.estimatedPlayoutTimestamp ?? null });
    }
  }
  return rows;
}

// Whether pictures leave this page, although its camera stays on.
export async function sendPictures(on) {
  for (const peer of (window.heardPeers ?? []).filter((p) => p.connectionState === "connected")) {
    for (const sender of peer.getSenders().filter((s) => s.track?.kind === "video")) {
      const parameters = sender.getParameters();
      sender.heardActive ??= parameters.encodings.map((encoding) => encoding.active);
      parameters.encodings.forEach((encoding, i) => {
        encoding.active = on && sender.heardActive[i];
      });
      await sender.setParameters(parameters);
    }
  }
}

export function connectionStates() {
  return (window.heardPeers ?? []).map((p) => p.connectionState);
}

// The pair of candidates of the newest connection that has one; null while none has.
export async function pathOfMedia() {
  for (const peer of (window.heardPeers ?? []).toReversed()) {
    if (peer.connectionState !== "connected") continue;
    const stats = await peer.getStats();
    const rows = [...stats.values()];
    const transport = rows.find((s) => s.type === "transport");
    const pairs = rows.filter((s) => s.type === "candidate-pair");
    const pair = stats.get(transport?.selectedCandidatePairId) ?? pairs.find((s) => s.selected);
    const [local, remote] = [stats.get(pair?.localCandidateId), stats.get(pair?.remoteCandidateId)];
    if (!local || !remote) continue;
    return { type: local.candidateType, protocol: local.protocol, relay: local.relayProtocol ?? null,
      local: local.address ?? local.ip, remote: remote.address ?? remote.ip, port: remote.port,
      all: pairs.map((s) => {
        const mine = stats.get(s.localCandidateId);
        return `${s.state} ${mine?.candidateType}/${mine?.relayProtocol ?? mine?.protocol} ${s.responsesReceived}/${s.requestsSent}`;
      }) };
  }
  return null;
}
