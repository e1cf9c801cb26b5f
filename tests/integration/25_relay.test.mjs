// SPDX-License-Identifier: Apache-2.0
// Credentials of the TURN relay: for staff and for people with a link, as coturn computes them.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { atEnd, test } from "./lib/runner.mjs";
import { Client } from "./lib/client.mjs";
import { heard, removeFolder, Server, tempFolder } from "./lib/server.mjs";

const SECRET = "a secret that two machines share";
const folder = tempFolder();
const secret = join(folder, "turn.secret");
const settings = join(folder, "heard.conf");
writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 });
writeFileSync(settings, `turn_urls = turn:relay.example.org:3478 turns:relay.example.org:443\nturn_secret = ${secret}\nturn_ttl = 3600\n`);

const server = await new Server({ args: ["--config", settings] }).start();
const demo = server.demo();
atEnd(async () => {
  await server.stop();
  removeFolder(server.data);
  removeFolder(folder);
});

const servers = async (client) => {
  const answer = await client.get("/api/v1/ice-servers");
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers["cache-control"], "no-store");
  return answer.json;
};

test("staff and people with a link get credentials that coturn takes", async () => {
  const clerk = await new Client(server.http).login(demo.accounts.clerk);
  const person = new Client(server.http);
  await person.openLink(demo.links.petitioner);
  for (const client of [clerk, person]) {
    const { ice_servers: [relay], expires_at: expires } = await servers(client);
    assert.deepEqual(relay.urls, ["turn:relay.example.org:3478", "turns:relay.example.org:443"]);
    assert.match(relay.username, new RegExp(`^${expires / 1000}:[0-9a-f]{16}$`));
    assert.equal(relay.credential, createHmac("sha1", SECRET).update(relay.username).digest("base64"));
    assert.ok(expires > Date.now() + 3500_000 && expires <= Date.now() + 3600_000);
  }
  const who = async (client) => (await servers(client)).ice_servers[0].username.split(":")[1];
  assert.equal(await who(clerk), await who(clerk));
  assert.notEqual(await who(clerk), await who(person));
});

test("neither the secret nor a credential is in the log", async () => {
  assert.doesNotMatch(server.log, /a secret that|relay\.example/);
});

test("a relay without its secret is refused at the start", () => {
  writeFileSync(settings, "turn_urls = turn:relay.example.org\n");
  const run = heard(["serve", "--data", join(folder, "data"), "--config", settings]);
  assert.equal(run.code, 1);
  assert.match(run.stderr, /turn_urls and turn_secret belong together/);
});
