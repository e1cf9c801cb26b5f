// SPDX-License-Identifier: Apache-2.0
// The same log before two judges: `heard verify` and the check of verify.html, under Node.
import { webcrypto } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { heard } from "./server.mjs";

globalThis.crypto ??= webcrypto; // Node 18 hides it
const WEB = fileURLToPath(new URL("../../../web/", import.meta.url));
const COUNTS = ["hearing", "recording", "log_id", "chain_head", "started_wall_ms", "bytes", "segments", "chunks", "records",
  "lost_packets", "journal_lines", "findings_left_out", "signer", "signer_fingerprint", "signer_algorithm", "signatures",
  "authority", "timestamp_ms"];

export function filesOf(folder) {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

const partText = ({ excerpt }) =>
  (excerpt ? [excerpt.from_ms, excerpt.to_ms, excerpt.first_segment, excerpt.last_segment].join("/") : "");
// Of `heard verify --json`, or of the page's report.
const hourlyText = ({ hourly_timestamps: one, hourly_stamps = 0, hourly_ms, hourly_us }) => {
  if (one) return [one.count, one.timestamp_ms, one.upto_ms].join("/");
  return hourly_stamps > 0 ? [hourly_stamps, hourly_ms, hourly_us / 1000n].join("/") : "";
};
const findingText = ({ kind, segment, chunk, from_ms, to_ms, number, tracks = [] }) =>
  [kind, segment ?? "", chunk ?? "", from_ms ?? "", to_ms ?? "", number,
    ...tracks.map(({ track, source, participant }) => [track, source, participant].join())].join("/");

export class TwoChecks {
  // folder: a place for what is checked.
  async open(folder) {
    const { build } = await import(pathToFileURL(join(WEB, "node_modules/esbuild/lib/main.js")));
    await build({ entryPoints: ["log_check.ts", "source.ts", "certificate.ts", "report.ts"].map((name) => join(WEB, "src/verify", name)),
      outdir: join(folder, "js"), outExtension: { ".js": ".mjs" }, bundle: true, splitting: true, format: "esm", platform: "node", target: "node18",
      logLevel: "error" });
    this.folder = folder;
    const load = (name) => import(pathToFileURL(join(folder, "js", `${name}.mjs`)));
    this.check = { ...(await load("log_check")), ...(await load("source")), ...(await load("certificate")), ...(await load("report")) };
    return this;
  }

  async #byProgram(files, authorities) {
    const log = join(this.folder, "log");
    rmSync(log, { recursive: true, force: true });
    mkdirSync(log);
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(log, name), bytes);
    const { code, stdout, stderr } = await heard(["verify", log, "--json", ...(authorities ? ["--tsa", authorities] : [])]);
    if (code === 2) return { result: "nothing" };
    if (code !== 0 && code !== 1) throw new Error(`heard verify: ${code} ${stderr}`);
    const report = JSON.parse(stdout);
    return { result: report.result, part: partText(report), hourly: hourlyText(report), counts: Object.fromEntries(COUNTS.map((name) => [name, report[name]])),
      findings: report.findings.map(findingText).sort() };
  }

  async #byPage(files, authorities) {
    const { checkLog, sourceOfBytes, certificatesOf, toMs, NoRecording } = this.check;
    const folder = new Map(Object.entries(files).map(([name, bytes]) => [name, sourceOfBytes(bytes)]));
    const trust = { offices: [], authorities: authorities ? certificatesOf(readFileSync(authorities, "utf8")) : [] };
    try {
      const report = await checkLog(folder, { trust });
      const ms = (us) => (us === undefined || us < 0n ? undefined : toMs(us));
      return { result: report.result, part: partText(report), hourly: hourlyText(report), counts: Object.fromEntries(COUNTS.map((name) => [name, report[name]])),
        findings: report.findings.map((one) => findingText({ ...one, from_ms: ms(one.fromUs), to_ms: ms(one.toUs), tracks: report.tracks.of(one) })).sort() };
    } catch (error) {
      if (error instanceof NoRecording) return { result: "nothing" };
      throw error;
    }
  }

  // What both say; throws where they differ. authorities: PEM file of trusted time-stampers.
  async of(files, what, authorities = null) {
    const [program, page] = [JSON.stringify(await this.#byProgram(files, authorities)), JSON.stringify(await this.#byPage(files, authorities))];
    if (program !== page) throw new Error(`${what}:\nheard verify ${program}\nverify.html  ${page}`);
    return JSON.parse(page);
  }

  // Of a token with another bit, which may lie outside of what is signed: one reader of ASN.1 is stricter than the other. Whoever
  // takes it must say the very times that the token had before.
  async ofToken(files, what, authorities, whole) {
    const said = [await this.#byProgram(files, authorities), await this.#byPage(files, authorities)];
    for (const one of said)
      if (one.result === "intact" && JSON.stringify(one) !== JSON.stringify(whole)) throw new Error(`${what}: ${JSON.stringify(one)}`);
    return said[0];
  }
}
