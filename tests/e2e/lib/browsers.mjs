// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium by Playwright and Firefox ESR by Puppeteer, both headless with fake devices.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { openDoor } from "./door.mjs";
import { keepPeers, speakInstead } from "./page_tools.mjs";
import { Person } from "./person.mjs";

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 800 };
// Real devices give less than the page asks for, too: five browsers that encode 720p in three
// layers are more than two cores can do.
const SMALL_CAMERA = { width: 640, height: 360, frameRate: 10 };

// options: args for this browser, executablePath and env of one in another namespace, speech: a WAV
// file that it says in place of a microphone, over and over.
export async function openChromium(stage, { speech, ...options } = {}) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium", ...options,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream=fps=10",
      "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required", "--lang=zh-CN",
      ...(speech ? [`--use-file-for-fake-audio-capture=${speech}`] : []), ...(options.args ?? [])],
  });
  stage.atEnd(() => browser.close());
  return {
    // options: camera; scripts that run before those of the page.
    async person(name, size = DESKTOP, { camera = SMALL_CAMERA, scripts = [] } = {}) {
      const phone = size.width < 600;
      const context = await browser.newContext({ viewport: size, locale: "zh-CN", ignoreHTTPSErrors: true,
        hasTouch: phone, isMobile: phone, deviceScaleFactor: phone ? 2 : 1, permissions: ["camera", "microphone"] });
      await context.addInitScript(keepPeers, camera);
      for (const script of scripts) await context.addInitScript(script);
      const who = new Person(name, await context.newPage(), "chromium");
      who.close = () => context.close();
      return who;
    },
  };
}

// The same options, but no args.
export async function openFirefox(stage, { speech, ...options } = {}) {
  const profile = mkdtempSync(join(tmpdir(), "heard-firefox-"));
  const space = options.env?.HEARD_INSIDE;
  const browser = await puppeteer.launch({
    browser: "firefox", executablePath: "/usr/bin/firefox-esr", headless: true, userDataDir: profile,
    acceptInsecureCerts: true, ...options, debuggingPort: space ? await openDoor(stage, space) : undefined,
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true, "media.navigator.permission.disabled": true,
      "media.peerconnection.ice.obfuscate_host_addresses": false, "media.autoplay.default": 0,
      "intl.accept_languages": "zh-CN,zh", "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false, "browser.safebrowsing.update.enabled": false,
    },
  });
  stage.atEnd(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 }); // it writes after its end
  });
  return {
    async person(name, size = DESKTOP) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.setViewport(size);
      await page.evaluateOnNewDocument(keepPeers, SMALL_CAMERA);
      if (speech) await page.evaluateOnNewDocument(speakInstead, readFileSync(speech).toString("base64"));
      const who = new Person(name, page, "firefox");
      who.close = () => context.close();
      return who;
    },
  };
}
