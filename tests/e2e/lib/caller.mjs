// SPDX-License-Identifier: Apache-2.0
// Somebody who is in a hearing without a page and without a picture: the same messages over the same
// link, for hearings of more people than two cores can draw.
import { createHash } from "node:crypto";
import { Client } from "../../integration/lib/client.mjs";
import { LivePerson } from "../../integration/lib/live_person.mjs";

const DRAWING = { width: 320, height: 200, strokes: [[20, 40, 90, 160, 200, 30], [220, 60, 300, 150]] };
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

function fine(answer) {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer.json;
}

export class Caller {
  // By the personal link; identity and admission are the desk's.
  async comes(server, link) {
    const client = new Client(server.demo.http);
    const { hearing, participant } = fine(await client.openLink(link));
    this.path = `/api/v1/hearings/${hearing.id}`;
    this.live = new LivePerson(client, participant.id);
    await this.live.connect(hearing.id);
    for (const subject of ["online_mode", "recording"]) await this.live.ask("consent.give", { subject, decision: "given", text_version: "2026-11" });
    return this;
  }

  ask(type, data) {
    return this.live.ask(type, data);
  }

  get(path) {
    return this.live.client.get(`${this.path}/${path}`).then(fine);
  }

  post(path, body) {
    return this.live.client.post(`${this.path}/${path}`, body).then(fine);
  }

  // The digits come over the own connection; when the hearing is over, in the answer.
  async signs(kind) {
    const { id } = (await this.get("signings")).items.find((one) => one.kind === kind && one.state === "open");
    const { text } = await this.get(`signings/${id}`);
    const answer = await this.post(`signings/${id}/code`, {});
    const code = answer?.code ?? (await this.live.next("signing.code", (data) => data.signing === id)).data.code;
    await this.post(`signings/${id}/sign`, { sha256: sha256(text), code, drawing: DRAWING });
  }
}
