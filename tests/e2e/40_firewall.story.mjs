// SPDX-License-Identifier: Apache-2.0
// A phone behind a firewall: without UDP, and with nothing but port 443 by a relay (coturn).
import { createHash, createHmac, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HOUSE, Network, RELAY } from "./lib/network.mjs";
import { SmallHearing } from "./lib/small_hearing.mjs";

const hearing = new SmallHearing("firewall");
const network = new Network();
let relay;

export const onFailure = () => hearing.onFailure();

// HTTPS on 443 as behind a strict firewall; media on UDP 8443 and TCP 8444.
async function openAll(stage) {
  hearing.network = await network.open(stage);
  relay = await network.startRelay(stage);
  const settings = join(relay.folder, "heard.conf");
  writeFileSync(settings, `turn_urls = turns:${RELAY}:443?transport=tcp turn:${RELAY}:3478?transport=tcp\nturn_secret = ${relay.secretFile}\n`);
  // The switch for pages does not reach the TLS of a relay, a list of keys does.
  const key = new X509Certificate(readFileSync(relay.certificate)).publicKey.export({ type: "spki", format: "der" });
  const spki = createHash("sha256").update(key).digest("base64");
  await network.firewall("noUdp");
  await hearing.open(stage, { settings: ["--config", settings, "--port", "443", "--http-port", "8080"],
    phoneArgs: [`--ignore-certificate-errors-spki-list=${spki}`] });
}

async function expectPath(wanted) {
  const { petitioner } = hearing.people;
  const path = await petitioner.until(`the path is not ${JSON.stringify(wanted)}`, async () => {
    const now = await hearing.path();
    if (Object.entries(wanted).every(([key, value]) => now[key] === value)) return now;
    throw new Error(JSON.stringify(now));
  }, 15_000);
  console.log(`# the phone's path: ${path.type}, ${path.relay ?? path.protocol}, to port ${path.port}`);
}

async function reloadBehind(firewall) {
  const { petitioner } = hearing.people;
  await network.firewall(firewall);
  await petitioner.page.reload();
  await petitioner.until("is not back", async () => {
    if (await petitioner.has("button", "继续")) await petitioner.click("button", "继续", 0, 1000).catch(() => {});
    return (await petitioner.text()).includes("静音");
  }, 40_000);
}

// As the page asks a relay: what candidates come, and with which code it refuses.
async function relayAnswers(username, credential) {
  return hearing.people.petitioner.page.evaluate(async ([urls, name, password]) => {
    const peer = new RTCPeerConnection({ iceTransportPolicy: "relay", iceServers: [{ urls, username: name, credential: password }] });
    const seen = { candidates: 0, codes: [] };
    peer.onicecandidate = ({ candidate }) => { if (candidate?.candidate) seen.candidates += 1; };
    peer.onicecandidateerror = ({ errorCode }) => seen.codes.push(errorCode);
    peer.addTransceiver("audio");
    await peer.setLocalDescription();
    for (let i = 0; i < 80 && peer.iceGatheringState !== "complete"; i++) await new Promise((r) => setTimeout(r, 100));
    peer.close();
    return seen;
  }, [`turn:${RELAY}:443?transport=tcp`, username, credential]);
}

async function relayRefuses() {
  const signed = (secret, name) => createHmac("sha1", secret).update(name).digest("base64");
  const now = Math.floor(Date.now() / 1000);
  const cases = [["right", relay.secret, `${now + 600}:x`, true], ["expired", relay.secret, `${now - 60}:x`, false],
    ["of another secret", "not the secret", `${now + 600}:x`, false]];
  for (const [what, secret, name, taken] of cases) {
    const seen = await relayAnswers(name, signed(secret, name));
    if ((seen.candidates > 0) !== taken || (!taken && !seen.codes.includes(401))) throw new Error(`${what}: ${JSON.stringify(seen)}`);
  }
}

export function steps(stage) {
  return [
    ["server, relay and browsers start; the phone's network drops UDP", () => openAll(stage)],
    ["without UDP the phone comes by ICE-TCP straight to the server", async () => {
      await hearing.phoneComes();
      await hearing.allSeeAndHear();
      await expectPath({ relay: null, protocol: "tcp", remote: HOUSE });
    }],
    ["with the media ports shut it comes by the relay, TURN over TCP", async () => {
      await reloadBehind("relayByTcp");
      await hearing.allSeeAndHear();
      await expectPath({ type: "relay", relay: "tcp" });
    }],
    ["with port 443 alone it comes by the relay, TURN over TLS", async () => {
      await reloadBehind("only443");
      await hearing.allSeeAndHear();
      await expectPath({ type: "relay", relay: "tls" });
    }],
    ["the relay refuses expired and wrong credentials", relayRefuses],
    ["the relay's log names nobody", async () => {
      const { petitioner, presiding } = hearing.server.demo.links;
      for (const word of ["张小满", petitioner.split("/").pop(), presiding.split("/").pop()]) {
        if (network.relayLog.includes(word)) throw new Error(`the relay's log holds ${word}`);
      }
      if (!/session.*realm <heard.test> user <\d+:[0-9a-f]{16}>/.test(network.relayLog)) throw new Error(`no session: ${network.relayLog.slice(-800)}`);
    }],
    ["the server ends cleanly", () => hearing.serverEnds()],
  ];
}
