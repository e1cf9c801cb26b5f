// SPDX-License-Identifier: Apache-2.0
// A recording as a package: packed by `heard package`, opened from the disk in a browser, intact is green and one altered
// byte is red, and the page says the same of altered logs as `heard verify`.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Authority } from "./lib/authority.mjs";
import { DESKTOP, openChromium, PHONE } from "./lib/browsers.mjs";
import { heard, Server, tempFolder } from "./lib/server.mjs";
import { filesOf, TwoChecks } from "./lib/two_checks.mjs";

const VECTORS = fileURLToPath(new URL("../vectors/hearing/", import.meta.url));
const WEB = fileURLToPath(new URL("../../web/dist", import.meta.url));
const SEED = 20261128;
const ROUNDS = 60;
const folder = tempFolder("package");
let browser;
let authority;
let recorded;
const traffic = [];

async function pack(log, name) {
  const out = join(folder, `${name}.zip`);
  const { code, stderr } = await heard(["package", "--recording", log, "--out", out], { env: { ...process.env, HEARD_WEB_DIR: WEB } });
  if (code !== 0) throw new Error(`package ${code}: ${stderr}`);
  return out;
}

function unpack(zip) {
  const to = zip.replace(/\.zip$/, "");
  execFileSync("python3", ["-m", "zipfile", "-e", zip, to]);
  return join(to, readdirSync(to)[0]);
}

// A byte of the nth chunk of a segment in the zip, flipped. The page in it holds the words too: search behind it.
function flip(zip, segment, chunk, out) {
  const bytes = readFileSync(zip);
  let at = bytes.indexOf(`original/${String(segment).padStart(6, "0")}.seg`);
  for (let i = 0; i <= chunk; i += 1) at = bytes.indexOf("CHNK", at + 1);
  bytes[at + 70] ^= 1;
  writeFileSync(out, bytes);
  return out;
}

async function records(stage) {
  const server = await new Server({ args: ["--load", "1", "--load-recorded"] }).start();
  stage.atEnd(() => server.stop());
  const { whip, whep, token } = server.demo;
  const { code, stderr } = await heard(["bench", `--whip=${whip}?label=p{p}`, `--whep=${whep}?of=p{p}`, `--bearer=${token}`, "--media=av",
    "--duration=8", "--settle=1", "--bind=192.0.2.2"]);
  if (code !== 0) throw new Error(`bench ${code}: ${stderr}`);
  await server.stop();
  const root = join(server.data, "recordings");
  const hearings = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const hearing of hearings) for (const name of readdirSync(join(root, hearing))) recorded = join(root, hearing, name);
  const zip = await pack(recorded, "recorded");
  const home = unpack(zip);
  const verify = await heard(["verify", join(home, "original"), "--lang", "en"]);
  if (verify.code !== 0) throw new Error(verify.stdout);
  execFileSync("sha256sum", ["--quiet", "-c", "manifest.sha256"], { cwd: home });
}

// The lines of readme.txt that a person types who has only openssl.
async function byOpenssl() {
  for (const name of ["R01", "R02"]) {
    const home = unpack(await pack(join(VECTORS, name), name));
    const lines = readFileSync(join(home, "readme.txt"), "utf8").split("\n").map((line) => line.trim());
    const from = lines.findIndex((line) => line.startsWith("sha256sum"));
    const script = lines.slice(from, lines.findIndex((line) => line.startsWith("openssl pkeyutl")) + 1).join("\n");
    const said = execFileSync("bash", ["-ec", script], { cwd: home, encoding: "utf8" });
    if (!/Signature Verified Successfully/.test(said)) throw new Error(said);
  }
}

async function page(name, size, home) {
  const who = await browser.person(name, size);
  who.page.on("request", (request) => traffic.push(request.url()));
  who.page.on("console", (message) => traffic.push(`console: ${message.text()}`));
  who.page.on("pageerror", (error) => traffic.push(`error: ${error}`));
  await who.open(`file://${home}/verify.html`);
  return who;
}

async function judge(who, input, file) {
  const again = who.page.getByRole("button", { name: "核验另一份" });
  if (await again.count()) await again.click();
  await who.page.setInputFiles(`input[data-kind=${input}]`, file);
  const verdict = who.page.locator(".verdict, .failure");
  await verdict.waitFor({ timeout: 60_000 });
  return { colour: (await verdict.getAttribute("class")).split(" ").pop(), text: await verdict.textContent(), all: await who.page.textContent("main") };
}

function expect(seen, colour, ...words) {
  if (seen.colour !== colour) throw new Error(`${seen.colour} instead of ${colour}: ${seen.all}`);
  for (const word of words) if (!seen.all.includes(word)) throw new Error(`without "${word}": ${seen.all}`);
}

async function green() {
  const home = join(folder, "recorded", readdirSync(join(folder, "recorded"))[0]);
  for (const [name, size] of [["phone", PHONE], ["desktop", DESKTOP]]) {
    const who = await page(name, size, home);
    const fingerprint = JSON.parse(readFileSync(join(home, "verification.json"))).signer_fingerprint;
    expect(await judge(who, "zip", join(folder, "recorded.zip")), "good", "没有被改动", fingerprint);
    expect(await judge(who, "folder", home), "good", "没有被改动");
    expect(await judge(who, "zip", join(folder, "R01.zip")), "good", "Ed25519", "录音录像编号X-R01");
    expect(await judge(who, "zip", join(folder, "R02.zip")), "good", "SM2-SM3", "有效签名数3");
    await who.close();
  }
}

async function red() {
  const who = await page("altered", DESKTOP, join(folder, "R01", "X-R01"));
  for (const name of ["R01", "R02"]) {
    const bad = flip(join(folder, `${name}.zip`), 2, 0, join(folder, `${name}-bad.zip`));
    expect(await judge(who, "zip", bad), "bad", "问题位于第 2 分段，时间 00:01:01.020 至 00:01:02.000");
  }
  const altered = flip(join(folder, "recorded.zip"), 1, 4, join(folder, "recorded-bad.zip"));
  expect(await judge(who, "zip", altered), "bad", "第 1 分段 · 数据块 4", "00:00:0", "可能涉及：", "的画面（轨道 ", "的声音（轨道 ");
  const home = join(folder, "file-altered");
  cpSync(join(folder, "R01", "X-R01"), home, { recursive: true });
  writeFileSync(join(home, "certificates/signer.pem"), "other");
  for (const left of ["key.pem", "signed.bin", "signature.bin"]) rmSync(join(home, left));
  expect(await judge(who, "folder", home), "bad", "原始录音录像完好", "certificates/signer.pem");
  writeFileSync(join(folder, "cut.zip"), readFileSync(join(folder, "R01.zip")).subarray(0, 9000));
  expect(await judge(who, "zip", join(folder, "cut.zip")), "failure", "这不是 ZIP 文件");
  execFileSync("python3", ["-c", "import sys,zipfile,os\nz=zipfile.ZipFile(sys.argv[2],'w',zipfile.ZIP_DEFLATED)\n[z.write(os.path.join(d,f)) for d,_,fs in os.walk(sys.argv[1]) for f in fs]",
    join(VECTORS, "R01"), join(folder, "packed.zip")]);
  expect(await judge(who, "zip", join(folder, "packed.zip")), "failure", "请先解压");
  await who.close();
}

async function stamped() {
  const log = join(folder, "stamped");
  cpSync(join(VECTORS, "R01"), log, { recursive: true });
  const who = await page("stamped", DESKTOP, join(folder, "R01", "X-R01"));
  for (const kind of ["rsa", "ec"]) {
    authority = new Authority(folder, kind, kind);
    authority.stamp(log);
    const zip = await pack(log, `stamped-${kind}`);
    expect(await judge(who, "zip", zip), "good", `时间戳机构${kind} clock`, "时间戳签名有效", "录制中的时间戳1 个，最后一个", "涵盖至 00:01:01");
    await who.page.click("summary");
    await who.page.setInputFiles("#trust-authority", authority.ca);
    await who.page.locator(".verdict.good").waitFor();
    await who.page.setInputFiles("#trust-office", join(VECTORS, "../signing-certificate.pem"));
    await who.page.getByText("属于所选证书是").waitFor();
    const other = new Authority(folder, `strange-${kind}`, kind);
    await who.page.setInputFiles("#trust-authority", other.ca);
    await who.page.locator(".verdict.bad").waitFor();
    expect({ colour: "bad", all: await who.page.textContent("main") }, "bad", "时间戳无效", "不属于所选时间戳机构");
    await who.page.reload();
  }
  await who.close();
}

// The other language, the keyboard, and what went out: nothing.
async function quiet() {
  const who = await page("english", PHONE, join(folder, "R01", "X-R01"));
  await who.page.getByRole("button", { name: "English" }).press("Enter");
  await who.page.setInputFiles("input[data-kind=zip]", join(folder, "R01.zip"));
  await who.page.getByText("Intact: this recording was not altered since it was sealed.").waitFor();
  await who.page.getByRole("button", { name: "Print the result" }).waitFor();
  const width = await who.page.evaluate(() => document.documentElement.scrollWidth);
  if (width > PHONE.width) throw new Error(`${width} pixels wide`);
  await who.close();
  const strange = traffic.filter((one) => !one.startsWith("file:") && !one.startsWith("blob:"));
  if (strange.length) throw new Error(strange.join("\n"));
}

function makeRandom(seed) {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 0x7fffffff;
    return state % below;
  };
}

function alter(files, others, random, only = null) {
  const names = Object.keys(files);
  const name = only ?? names[random(names.length)];
  const bytes = Buffer.from(files[name]);
  const at = random(bytes.length);
  switch (random(6)) {
    case 0: return [{ ...files, [name]: bytes.subarray(0, at) }, `${name} cut to ${at}`];
    case 1: {
      const { [name]: _, ...rest } = files;
      return [rest, `${name} missing`];
    }
    case 2: return [{ ...files, [name]: others[name] ?? Buffer.alloc(0) }, `${name} of another log`];
    case 3: {
      const { "000001.seg": one, "000002.seg": two, ...rest } = files;
      return [{ ...rest, ...(two && { "000001.seg": two }), ...(one && { "000002.seg": one }) }, "segments swapped"];
    }
    case 4: return [{ ...files, [name]: Buffer.concat([bytes.subarray(0, at), Buffer.from("CHNK"), bytes.subarray(at)]) }, `${name}: more at ${at}`];
    default:
      bytes[at] ^= 1 << random(8);
      return [{ ...files, [name]: bytes }, `${name} byte ${at}`];
  }
}

// One segment of a vector by itself, with the range that it holds.
function excerptOf(name, segment) {
  const { [`${String(3 - segment).padStart(6, "0")}.seg`]: _, ...files } = filesOf(join(VECTORS, name));
  const [from, to] = segment === 1 ? [0, 500] : [61_500, 62_000];
  const text = `{"first_segment":${segment},"from_ms":${from},"last_segment":${segment},"to_ms":${to},"version":1}\n`;
  return { ...files, "excerpt.json": Buffer.from(text) };
}

async function excerptsInStep(both, random) {
  const excerpts = [excerptOf("R01", 1), excerptOf("R02", 2), excerptOf("R01", 2)];
  const found = { intact: 0, altered: 0, nothing: 0 };
  for (const files of excerpts) if ((await both.of(files, "an excerpt")).result !== "intact") throw new Error("an excerpt is not intact");
  for (let round = 0; round < ROUNDS; round += 1) {
    const which = random(3);
    const [files, what] = alter(excerpts[which], excerpts[which === 1 ? 0 : 1], random, round % 4 === 0 ? "excerpt.json" : null);
    const { result, part } = await both.of(files, `seed ${SEED}, excerpt ${which}, round ${round}: ${what}`);
    if (result === "intact" && (!what.startsWith("excerpt.json") || part === "")) throw new Error(`${what} was not found`);
    found[result] += 1;
  }
  console.log(`# excerpts ${JSON.stringify(found)}`);
}

// A log with tracks in its journal: both say of which an altered chunk may be.
async function tracksInStep(both) {
  const { derived: _, ...files } = filesOf(recorded);
  const bytes = Buffer.from(files["000001.seg"]);
  bytes[bytes.indexOf("CHNK", bytes.indexOf("CHNK") + 1) + 70] ^= 1;
  const { findings } = await both.of({ ...files, "000001.seg": bytes }, "a chunk of the recorded hearing");
  const [chunk] = findings.filter((one) => one.startsWith("chunk/"));
  for (const source of ["microphone", "camera"])
    if (!new RegExp(`/\\d+,${source},p0`).test(chunk)) throw new Error(`no ${source}: ${findings}`);
}

async function inStep() {
  const both = await new TwoChecks().open(folder);
  const logs = [join(VECTORS, "R01"), join(VECTORS, "R02"), join(folder, "stamped")].map(filesOf);
  const random = makeRandom(SEED);
  const found = { intact: 0, altered: 0, nothing: 0 };
  for (const files of [...logs, filesOf(recorded)].map(({ derived: _, ...rest }) => rest)) found[(await both.of(files, "as it is")).result] += 1;
  const stamped = await both.of(logs[2], "as it is", authority.ca);
  if (found.intact !== 4) throw new Error(JSON.stringify(found));
  for (let round = 0; round < ROUNDS; round += 1) {
    const which = random(3);
    const [files, what] = alter(logs[which], logs[(which + 1) % 2], random);
    const where = `seed ${SEED}, round ${round}: ${what}`;
    const { result } = /^timestamp\S* byte/.test(what) ? await both.ofToken(files, where, authority.ca, stamped)
      : await both.of(files, where, which === 2 ? authority.ca : null);
    if (result === "intact" && !what.startsWith("timestamp")) throw new Error(`${what} was not found`);
    found[result] += 1;
  }
  console.log(`# ${JSON.stringify(found)}`);
  await tracksInStep(both);
  await excerptsInStep(both, random);
}

export function steps(stage) {
  stage.atEnd(async () => rmSync(folder, { recursive: true, force: true }));
  return [
    ["a recording is packed; the package holds it intact", () => records(stage)],
    ["readme.txt: the lines for openssl verify both kinds of signature", byOpenssl],
    ["a browser for the page", async () => void (browser = await openChromium(stage))],
    ["intact is green: zip and folder, Ed25519 and SM2, phone and desktop", green],
    ["one altered byte is red and named; other trouble has its words", red],
    ["time-stamps, and whom to believe", stamped],
    ["English, keyboard, narrow; no request, no error", quiet],
    ["the page and heard verify say the same of altered logs", inStep],
  ];
}
