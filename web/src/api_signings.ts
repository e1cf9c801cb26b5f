// SPDX-License-Identifier: Apache-2.0
/* The part of openapi.yaml about signing. */
import { enc, get, post } from './api';
import type { Signing, Strokes } from './signings';

const of = (hearing: string, id = '', act = ''): string =>
  `/hearings/${enc(hearing)}/signings${id ? `/${enc(id)}` : ''}${act ? `/${act}` : ''}`;

const DEVICE_MAX = 200;

export const signingApi = {
  list: async (hearing: string) => (await get<{ items: Signing[] }>(of(hearing))).items,
  one: (hearing: string, id: string) => get<Signing>(of(hearing, id)),
  askCode: (hearing: string, id: string) =>
    post<{ until_ms: number; tries_left: number; code?: string }>(of(hearing, id, 'code')),
  sign: (hearing: string, id: string, sha256: string, code: string, drawing: Strokes) =>
    post<Signing>(of(hearing, id, 'sign'),
      { sha256, code, drawing, device: navigator.userAgent.slice(0, DEVICE_MAX) }),
  refuse: (hearing: string, id: string, reason: string, participant = '') =>
    post<Signing>(of(hearing, id, 'refuse'),
      { reason, ...(participant ? { participant } : {}) }),
};
