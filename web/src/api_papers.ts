// SPDX-License-Identifier: Apache-2.0
/* The part of openapi.yaml about documents of a hearing. */
import { BASE, enc, get, post } from './api';
import type { NewPaper, Paper, PaperList } from './papers';

const of = (hearing: string) => `/hearings/${enc(hearing)}/documents`;

export const paperApi = {
  list: (hearing: string) => get<PaperList>(of(hearing)),
  make: (hearing: string, wanted: NewPaper) => post<Paper>(of(hearing), wanted),
  send: (hearing: string, id: string, participant?: string) =>
    post<Paper>(`${of(hearing)}/${enc(id)}/sendings`, participant ? { participant } : {}),
  confirm: (hearing: string, id: string) =>
    post<Paper>(`${of(hearing)}/${enc(id)}/confirmation`),
  openSigning: (hearing: string, id: string) =>
    post<Paper>(`${of(hearing)}/${enc(id)}/signing`),
  makeSigned: (hearing: string, id: string) => post<Paper>(`${of(hearing)}/${enc(id)}/signed`),
  url: (hearing: string, id: string, file: 'pdf' | 'html' | 'json') =>
    `${BASE}${of(hearing)}/${enc(id)}/files/${file}`,
};
