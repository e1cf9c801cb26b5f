// SPDX-License-Identifier: Apache-2.0
// Somebody in a live hearing: the session of a personal link, and its WebSocket.
import assert from "node:assert/strict";
import { Socket } from "./client.mjs";

export class LivePerson {
  constructor(client, id) {
    Object.assign(this, { client, id, last: 0 });
  }

  // Resolves to the snapshot. After a restart client.base is the new server's.
  async connect(hearing) {
    const { status, socket, text } = await Socket.open(this.client.base, `/api/v1/hearings/${hearing}/events`, { cookie: this.client.cookie });
    assert.equal(status, 101, text);
    this.socket = socket;
    this.opened();
    await this.ask("hello", { language: "zh", slots: 6 });
    return (await this.next("snapshot")).data;
  }

  // Before anything is said.
  opened() {}

  // Each message that is read, also those that next() passes over.
  note() {}

  async say(type, data = {}) {
    const id = (this.last += 1);
    this.socket.command(id, type, data);
    return this.#read((m) => m.re === id);
  }

  async ask(type, data) {
    const reply = await this.say(type, data);
    assert.equal(reply.ok, true, `${type}: ${JSON.stringify(reply)}`);
  }

  async refused(type, data, reason, code) {
    const reply = await this.say(type, data);
    assert.equal(reply.error?.reason, reason, `${type}: ${JSON.stringify(reply)}`);
    if (code) assert.equal(reply.error.code, code);
  }

  next(type, when = () => true) {
    return this.#read((m) => m.type === type && when(m.data));
  }

  #read(when) {
    return this.socket.next((m) => {
      this.note(m);
      return when(m);
    });
  }
}
