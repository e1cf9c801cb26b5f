// SPDX-License-Identifier: Apache-2.0
// One joint reception with four people, three in Chromium and one in Firefox, from the links to the
// review. Two cores do not carry five browsers that send and receive pictures.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DESKTOP, openChromium, openFirefox, PHONE } from "./lib/browsers.mjs";
import { admit, deskAction, petitionerComes, staffComes } from "./lib/hearing_steps.mjs";
import { heard, Server } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const run = promisify(execFile);
const PEER = fileURLToPath(new URL("webrtcbin_peer.py", import.meta.url));
const people = {};
let server;

mkdirSync(OUT, { recursive: true });
// With HEARD_PICTURES=1 the pictures of README and web/README.md are made anew.
const PICTURES = process.env.HEARD_PICTURES ? fileURLToPath(new URL("../../web/pictures", import.meta.url)) : OUT;
mkdirSync(PICTURES, { recursive: true });
const shot = (person, name) => person.shot(join(PICTURES, `${name}.png`));
const everybody = () => Object.values(people);

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot(join(OUT, `failed-${name}.png`)).catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-server.log"), server.log);
}

async function openBrowsers(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  stage.atEnd(async () => writeFileSync(join(OUT, "server.log"), server.log));
  const chromium = await openChromium(stage);
  const firefox = await openFirefox(stage);
  people.petitioner = await chromium.person("petitioner", PHONE);
  people.presiding = await chromium.person("presiding", DESKTOP);
  people.clerk = await chromium.person("clerk", DESKTOP);
  people.housing = await firefox.person("housing", DESKTOP);
}

async function clerkLogsIn() {
  const { clerk } = people;
  const { login, password } = server.demo.accounts.clerk;
  await clerk.open(`${server.demo.http}/login`);
  await clerk.fill("账号", login);
  await clerk.fill("密码", "wrong-" + password);
  await clerk.click("button", "登录");
  await clerk.sees("账号或密码");
  await clerk.fill("密码", password);
  await clerk.click("button", "登录");
  await clerk.sees("今日安排");
  await shot(clerk, "staff-today");
  await clerk.click("link", "进入 小区外墙漏水问题联合接访");
  await clerk.click("button", "继续");
  await clerk.sees("等候");
}

async function othersSeenAndHeard() {
  for (const person of everybody()) {
    await person.receives("video", 3, 60_000);
    await person.receives("audio", 3, 60_000);
  }
}

async function thirdImplementation() {
  const { whip, whep, token } = server.demo;
  const publish = run(PEER, ["whip", `${whip}?label=gst`, token, "26"]);
  await new Promise((r) => setTimeout(r, 3000));
  const { stdout } = await run(PEER, ["whep", `${whep}?of=gst`, token, "18"]);
  const seen = JSON.parse(stdout);
  const sent = JSON.parse((await publish).stdout);
  if (seen.frames < 30 || !(seen.audio_rms_db > -40) || sent.state !== "connected") throw new Error(JSON.stringify({ seen, sent }));
}

// Both estimates are on the clock of our sender reports; without those there are none (media.md 9.4).
async function lipsAndVoiceTogether() {
  for (const person of [people.clerk, people.presiding]) {
    await person.until("sound and picture are apart", async () => {
      const rows = (await person.inbound()).filter((row) => row.playout !== null);
      const apart = rows.filter((row) => row.kind === "audio").map((audio) => {
        const video = rows.find((row) => row.kind === "video" && Number(row.mid) === Number(audio.mid) + 1);
        return video ? Math.round(Math.abs(audio.playout - video.playout)) : null;
      }).filter((ms) => ms !== null);
      if (apart.length >= 3 && apart.every((ms) => ms < 200)) console.log(`# ${person.name}: ${apart.join(", ")} ms apart`);
      else throw new Error(JSON.stringify(apart));
      return true;
    }, 40_000);
  }
}

function recordingFolder() {
  const root = join(server.data, "recordings");
  for (const a of readdirSync(root)) if (a !== "reserve") for (const b of readdirSync(join(root, a))) return join(root, a, b);
  throw new Error("no recording");
}

async function verifyFindsAFlip() {
  const good = await heard(["verify", recordingFolder()]);
  if (good.code !== 0) throw new Error(`verify: ${good.code} ${good.stdout} ${good.stderr}`);
  const copy = join(server.data, "altered");
  await run("cp", ["-r", recordingFolder(), copy]);
  const segment = readdirSync(copy).filter((f) => f.includes("seg")).sort()[0];
  const bytes = readFileSync(join(copy, segment));
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  writeFileSync(join(copy, segment), bytes);
  const bad = await heard(["verify", copy, "--lang", "en"]);
  if (bad.code === 0 || !/segment/i.test(bad.stdout)) throw new Error(`flip not found: ${bad.code} ${bad.stdout}`);
  if (!/may be of: track \d+, (camera|microphone) of [0-9a-f-]{36}$/m.test(bad.stdout)) throw new Error(`no track: ${bad.stdout}`);
}

async function reviewPlays() {
  const { clerk } = people;
  await clerk.open(`${server.demo.http}/cases`);
  await clerk.click("link", "漏水");
  await clerk.click("link", "查看录音录像", 0, 60_000);
  await clerk.fill("查看理由", "核对承诺事项");
  await clerk.click("button", "开始查看");
  await clerk.click("button", "播放");
  const playing = () => clerk.page.evaluate(() => {
    const media = [];
    const walk = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.matches("video,audio")) media.push({ tag: el.tagName, at: el.currentTime, length: el.duration, ready: el.readyState,
          frames: el.getVideoPlaybackQuality?.().totalVideoFrames ?? 0 });
        if (el.shadowRoot) walk(el.shadowRoot);
      }
    };
    walk(document);
    return media;
  });
  await clerk.until("review does not play", async () => {
    const rows = await playing();
    return rows.filter((r) => r.tag === "VIDEO" && r.frames > 20).length >= 3 && rows.some((r) => r.tag === "AUDIO" && r.at > 2) ? rows : null;
  }, 40_000);
  await shot(clerk, "review");
  await clerk.click("button", "校验通过");
  for (const words of ["签名者", "Ed25519", "证书指纹"]) await clerk.sees(words);
  await shot(clerk, "review-integrity");
  await clerk.click("button", "校验通过");
  const before = (await playing()).find((r) => r.tag === "AUDIO").at;
  await clerk.press("l");
  await clerk.until("does not seek", async () => {
    const rows = await playing();
    const sound = rows.find((r) => r.tag === "AUDIO").at;
    const near = rows.filter((r) => r.tag === "VIDEO" && r.ready >= 2);
    return sound > before + 5 && near.length >= 3;
  });
  await jumpsToTheEndAndBack(clerk, playing);
  await clerk.sees("校验通过");
}

// By the page's own buttons: past the last chapter, then back to the first.
async function jumpsToTheEndAndBack(clerk, playing) {
  const sound = async () => (await playing()).find((r) => r.tag === "AUDIO").at;
  const press = async (name, far) => {
    for (let i = 0; i < 20 && !far(await sound()); i++) {
      await clerk.click("button", name);
      await new Promise((r) => setTimeout(r, 200));
    }
  };
  const { length } = (await playing()).find((r) => r.tag === "AUDIO");
  await press("下一环节", (at) => at > length - 1);
  await press("上一环节", (at) => at < 2);
  await clerk.press("ArrowRight");
  await clerk.until("pictures do not come back from the end", async () => {
    const rows = await playing();
    const at = rows.find((r) => r.tag === "AUDIO").at;
    const near = rows.filter((r) => r.tag === "VIDEO" && r.ready >= 2 && Math.abs(r.at - at) < 0.5);
    return at < 30 && near.length >= 3 ? rows : null;
  });
}

export function steps(stage) {
  const petitionerName = "张小满";
  return [
    ["server and four browsers start", () => openBrowsers(stage)],
    ["the clerk logs in and enters", clerkLogsIn],
    ["presiding officer and departments come by link", async () => {
      await staffComes(people.presiding, server.demo.links.presiding);
      await staffComes(people.housing, server.demo.links.department[0]);
    }],
    ["the petitioner goes from link to waiting room", () => petitionerComes(people.petitioner, server.demo.links.petitioner, shot)],
    ["the clerk checks identity and admits all", async () => {
      await shot(people.clerk, "clerk-lobby");
      await admit(people.clerk, petitionerName);
      for (const name of await lobbyNames(people.clerk)) await admit(people.clerk, name);
      await people.petitioner.sees("静音");
    }],
    ["the presiding officer opens; the recording light is on for all", async () => {
      await people.presiding.click("button", "宣布开始");
      for (const person of everybody()) await person.sees("正在录制", 30_000);
    }],
    ["each sees and hears the three others", othersSeenAndHeard],
    ["sound and picture of each slot are together", lipsAndVoiceTogether],
    ["pictures of the rooms", async () => {
      await people.presiding.click("button", "进入陈述");
      await people.petitioner.sees("陈述");
      await shot(people.petitioner, "phone-hearing");
      await shot(people.presiding, "desktop-hearing");
      await shot(people.housing, "firefox-hearing");
    }],
    ["GStreamer's webrtcbin publishes and watches by WHIP and WHEP", thirdImplementation],
    ["a muted petitioner is heard by nobody, and again after", async () => {
      await deskAction(people.presiding, petitionerName, "静音");
      await people.petitioner.sees("已被静音");
      await people.housing.until("still hears the petitioner", async () => (await heardVoices(people.housing)) === 2);
      await deskAction(people.presiding, petitionerName, "取消静音");
      await people.petitioner.click("button", "打开麦克风", 0, 3000).catch(() => {});
      await people.housing.until("does not hear the petitioner again", async () => (await heardVoices(people.housing)) === 3);
    }],
    ["recess: nobody sees or hears; resume: all do", async () => {
      await people.presiding.click("button", "休会");
      await people.presiding.fill("理由", "当事人需要休息");
      await people.presiding.click("button", "休会", 1);
      await people.petitioner.sees("休会中");
      for (const person of [people.petitioner, people.housing]) {
        await person.receivesNothing("video");
        await person.receivesNothing("audio");
      }
      await shot(people.petitioner, "phone-recess");
      await people.presiding.click("button", "恢复");
      await othersSeenAndHeard();
    }],
    ["a reloaded page takes its seat over", async () => {
      await people.petitioner.page.reload();
      await people.petitioner.until("is not back", async () => {
        if (await people.petitioner.has("button", "继续")) await people.petitioner.click("button", "继续", 0, 1000).catch(() => {});
        return (await people.petitioner.text()).includes("正在录制");
      }, 40_000);
      await people.petitioner.receives("video", 3, 40_000);
      await people.housing.receives("video", 3, 40_000);
    }],
    ["the server understood all that browsers sent", async () => {
      const refused = await server.misunderstood();
      console.log(`# refused: ${JSON.stringify(refused)}`);
      if (Object.keys(refused).length) throw new Error(JSON.stringify(refused));
    }],
    ["the presiding officer closes; all see the end", async () => {
      await people.presiding.click("button", "结束接访");
      await people.presiding.click("radio", "解释");
      await people.presiding.fill("说明", "已说明维修责任，十日内修复。");
      await people.presiding.click("button", "结束接访", 1);
      await people.petitioner.sees("接访已结束");
      await people.petitioner.sees("十日内修复");
      await shot(people.petitioner, "petitioner-6-end");
    }],
    ["the recording becomes ready and plays and seeks in the case file", reviewPlays],
    ["pictures of the case file", async () => {
      await people.clerk.click("link", "回到案卷");
      await people.clerk.sees("录音录像存入案卷");
      await shot(people.clerk, "case-file");
    }],
    ["heard verify passes, and names a flipped byte", verifyFindsAFlip],
    ["the server ends cleanly and logged nothing personal", async () => {
      const code = await server.stop();
      if (code !== 0) throw new Error(`exit ${code}: ${server.log.slice(-1500)}`);
      for (const secret of [server.demo.token, "张小满", "漏水", server.demo.links.petitioner.split("/").pop()]) if (server.log.includes(secret)) throw new Error(`log holds ${secret}`);
    }],
  ];
}

async function lobbyNames(person) {
  return person.page.evaluate(() => {
    const names = [];
    const walk = (root) => {
      for (const el of root.querySelectorAll("*")) {
        if (el.matches("article[aria-label]") && el.getRootNode().host?.localName === "heard-lobby-item") names.push(el.getAttribute("aria-label"));
        if (el.shadowRoot) walk(el.shadowRoot);
      }
    };
    walk(document);
    return names;
  });
}

async function heardVoices(person) {
  const before = await person.inbound();
  await new Promise((r) => setTimeout(r, 1500));
  const after = await person.inbound();
  return after.filter((row) => {
    const was = before.find((b) => b.mid === row.mid);
    return row.kind === "audio" && was && row.energy - was.energy > 1e-6;
  }).length;
}
