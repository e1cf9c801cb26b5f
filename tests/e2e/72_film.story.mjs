// SPDX-License-Identifier: Apache-2.0
// One film of a recording, asked for on its page: it is made by the queue, watched in a browser, and made once more.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import * as recorded from "./lib/recorded.mjs";
import { logIn, sayWhy } from "./lib/review.mjs";
import { Server } from "./lib/server.mjs";

const OUT = fileURLToPath(new URL("out", import.meta.url));
const people = {};
let server;
let chromium;
let recording;

mkdirSync(OUT, { recursive: true });
const shot = (person, name) => person.shot(join(OUT, `${name}.png`));

export async function onFailure() {
  for (const [name, person] of Object.entries(people)) await person.shot?.(join(OUT, `failed-film-${name}.png`))?.catch(() => {});
  if (server) writeFileSync(join(OUT, "failed-film-server.log"), server.log);
}

async function isRecorded(stage) {
  server = await new Server().start();
  stage.atEnd(() => server.stop());
  chromium = await openChromium(stage);
  Object.assign(people, await recorded.openHearing(server, chromium));
  await recorded.says(people.petitioner, 5000);
  await recorded.close(people);
  const { id } = people;
  for (const name of Object.keys(people)) delete people[name];
  recording = await recorded.derived(server, id);
}

async function asks() {
  const clerk = await chromium.person("clerk", DESKTOP);
  people.clerk = clerk;
  await logIn(clerk, server, server.demo.accounts.clerk);
  await clerk.open(`${server.demo.http}/recordings/${recording.id}`);
  await sayWhy(clerk, "制作庭审视频");
  await clerk.sees("存证与成片");
  await clerk.page.getByRole("button", { name: "生成视频" }).scrollIntoViewIfNeeded();
  await shot(clerk, "film-desk-before");
  await clerk.page.getByLabel("画面布局").selectOption("speaker");
  await clerk.click("button", "生成视频");
  await clerk.until("is not told that it is being made", async () => /已排队|正在生成|观看视频/.test(await clerk.text()));
  await shot(clerk, "film-desk-during");
  await clerk.until("no film", async () => clerk.has("link", "观看视频"), 120_000);
  await shot(clerk, "film-desk-ready");
}

async function plays() {
  const { clerk } = people;
  const path = await clerk.page.getByRole("link", { name: "观看视频" }).getAttribute("href");
  const bytes = await clerk.page.evaluate(async (url) => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return [...new Uint8Array(await answer.arrayBuffer())];
  }, path);
  const file = join(server.data, "film.mp4");
  writeFileSync(file, Buffer.from(bytes));
  const { streams, format } = JSON.parse(execFileSync("ffprobe", ["-v", "error", "-show_streams", "-show_format", "-of", "json", file]));
  const [video, audio] = ["video", "audio"].map((kind) => streams.find(({ codec_type }) => codec_type === kind));
  if (video.codec_name !== "h264" || video.height !== 720 || audio.codec_name !== "aac") throw new Error(JSON.stringify([video.codec_name, video.height, audio.codec_name]));
  if (Math.abs(Number(format.duration) * 1000 - recording.duration_ms) > 700) throw new Error(`${format.duration} s of ${recording.duration_ms} ms`);
  execFileSync("ffmpeg", ["-v", "error", "-y", "-ss", "2", "-i", file, "-frames:v", "1", join(OUT, "film-frame.png")]);
}

async function onPhone() {
  const phone = await chromium.person("phone", PHONE);
  people.phone = phone;
  await logIn(phone, server, server.demo.accounts.clerk);
  await phone.open(`${server.demo.http}/recordings/${recording.id}`);
  await sayWhy(phone, "手机查看");
  await phone.page.getByRole("link", { name: "观看视频" }).scrollIntoViewIfNeeded();
  await shot(phone, "film-phone");
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) throw new Error(`${wide} px too wide`);
}

async function refuses() {
  const { clerk } = people;
  const ask = (layout) => clerk.page.evaluate(async ([id, wanted]) => {
    const answer = await fetch(`/api/v1/recordings/${id}/composite`, { method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() }, body: JSON.stringify({ layout: wanted }) });
    return [answer.status, (await answer.json()).code];
  }, [recording.id, layout]);
  const [status, code] = await ask("pretty");
  if (status !== 422 || code !== "bad_field") throw new Error(`${status} ${code}`);
}

export function steps(stage) {
  return [
    ["a hearing is recorded", () => isRecorded(stage)],
    ["the clerk asks for a film and sees how it goes on", asks],
    ["it is a film of the whole hearing, and plays", plays],
    ["a phone shows it too", onPhone],
    ["a layout that is none is refused", refuses],
  ];
}
