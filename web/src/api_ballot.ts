// SPDX-License-Identifier: Apache-2.0
/* The part of openapi.yaml about a panel's deliberation. */
import { enc, get, post } from './api';
import type { Deliberation } from './ballot';

const of = (hearing: string) => `/hearings/${enc(hearing)}`;

export const ballotApi = {
  get: (hearing: string) => get<Deliberation>(`${of(hearing)}/deliberation`),
  put: (hearing: string, body: { question: string; options: string[]; secret: boolean }) =>
    post(`${of(hearing)}/ballots`, body),
  vote: (hearing: string, id: string, choice: number) =>
    post(`${of(hearing)}/ballots/${enc(id)}/vote`, { choice }),
  close: (hearing: string, id: string) => post(`${of(hearing)}/ballots/${enc(id)}/close`),
  withdraw: (hearing: string, id: string, reason: string) =>
    post(`${of(hearing)}/ballots/${enc(id)}/withdraw`, { reason }),
  write: (hearing: string, text: string, version: number) =>
    post(`${of(hearing)}/deliberation/opinion`, { text, version }),
  confirm: (hearing: string, version: number) =>
    post(`${of(hearing)}/deliberation/confirm`, { version }),
  dissent: (hearing: string, text: string) =>
    post(`${of(hearing)}/deliberation/dissent`, { text }),
  seal: (hearing: string, note: string) =>
    post(`${of(hearing)}/deliberation/seal`, note ? { note } : {}),
  release: (hearing: string) => post(`${of(hearing)}/deliberation/release`),
};
