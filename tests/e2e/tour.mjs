// SPDX-License-Identifier: Apache-2.0
// tour.mjs [SCENE…]: real hearings in real Chromium, and the main screen of each role at the telling moments:
// phone and desk, Chinese and English, into out/tour. Judges each by axe and by a ruler; ends with 1 when
// something serious is wrong. HEARD_BUILD names the build. Not a story: it is for people who look.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openChromium } from "./lib/browsers.mjs";
import { Gallery, SIZES } from "./lib/gallery.mjs";
import { Stage } from "./lib/report.mjs";
import { Server } from "./lib/server.mjs";
import * as joint from "./lib/tour_joint.mjs";
import * as mediation from "./lib/tour_mediation.mjs";
import * as panel from "./lib/tour_panel.mjs";
import * as training from "./lib/tour_training.mjs";

const scenes = { panel, mediation, joint, training };
const SMALL = { camera: { width: 160, height: 90, frameRate: 2 } };
const wanted = process.argv.slice(2);
const out = fileURLToPath(new URL("out/tour", import.meta.url));
const gallery = new Gallery(out);
const stage = new Stage();
let failed = 0;

for (const [name, scene] of Object.entries(scenes)) {
  if (wanted.length && !wanted.includes(name)) continue;
  const people = {};
  try {
    const server = await new Server().start();
    stage.atEnd(() => server.stop());
    const chromium = await openChromium(stage);
    const comes = async (who, isPhone = false) => (people[who] = await chromium.person(who, isPhone ? SIZES.phone : SIZES.desk, SMALL));
    await scene.tour({ server, people, comes, show: (person, what, options) => gallery.show(person, `${name}-${what}`, options) });
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    for (const [who, person] of Object.entries(people)) await person.shot(join(out, `failed-${name}-${who}.png`)).catch(() => {});
    console.log(`not ok ${name}: ${error.stack}`);
  }
  await stage.close();
}
process.exit(gallery.tell() && !failed ? 0 : 1);
