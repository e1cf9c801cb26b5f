// SPDX-License-Identifier: Apache-2.0
// People in a hearing, by role: each with a device of its own, its socket, and all that it was told.
import assert from "node:assert/strict";
import { Client, Socket } from "./client.mjs";

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(what, look, ms = 15_000) {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await pause(20)) {
    const found = look();
    if (found) return found;
  }
  throw new Error(`in vain: ${what}`);
}

export class People {
  #ids = 0;

  // server: gives the present one, which may have restarted; path: of the hearing; links: by role.
  constructor(server, path, links) {
    Object.assign(this, { server, path, links, of: {} });
  }

  // Every message so far.
  told(role) {
    const { socket } = this.of[role];
    socket.seen ??= [];
    for (const { opcode, payload } of socket.frames.splice(0)) if (opcode === 1) socket.seen.push(JSON.parse(payload.toString()));
    return socket.seen;
  }

  async ask(role, type, body) {
    const id = (this.#ids += 1);
    this.of[role].socket.command(id, type, body);
    return until(type, () => this.told(role).find((m) => m.re === id));
  }

  async does(role, type, body) {
    const reply = await this.ask(role, type, body);
    assert.equal(reply.ok, true, `${type}: ${JSON.stringify(reply)}`);
  }

  // Who was there before comes back with the same device.
  async enters(role) {
    const { http } = this.server();
    let { client, id } = this.of[role] ?? {};
    if (client) client.base = http;
    else {
      client = new Client(http);
      ({ id } = (await client.openLink([this.links[role]].flat()[0])).json.participant);
    }
    const { status, socket, text } = await Socket.open(http, `${this.path}/events`, { cookie: client.cookie });
    assert.equal(status, 101, text);
    this.of[role] = { client, socket, id, token: client.cookie.split("=")[1] };
    await this.does(role, "hello", { language: "zh", slots: 6 });
  }

  // The petitioner agrees, is checked and let in by the clerk.
  async admitsPetitioner() {
    for (const subject of ["online_mode", "recording"])
      await this.does("petitioner", "consent.give", { subject, decision: "given", text_version: "2026-11" });
    const participant = this.of.petitioner.id;
    await this.does("clerk", "participant.check_identity", { participant, method: "id_card", document: "1234", result: "ok" });
    await this.does("clerk", "participant.admit", { participant });
  }
}
