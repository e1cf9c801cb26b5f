// SPDX-License-Identifier: Apache-2.0
/* The part of openapi.yaml about units that are called into a hearing, and their duty screens. */
import { BASE, enc, get, post } from './api';

export interface CallableUnit {
  id: string;
  name: string;
  short_name: string;
  on_duty: boolean;
}

export const summonsApi = {
  units: (hearing: string, search: string) => get<{ items: CallableUnit[] }>(
    `/hearings/${enc(hearing)}/summonable-units?search=${enc(search)}`),
  seen: (id: string) => post(`/summonses/${enc(id)}/seen`),
  answer: (id: string, body: { decision: 'accepted' | 'declined'; reason?: string }) =>
    post<{ hearing: string; participant: string | null }>(`/summonses/${enc(id)}/answer`, body),
  dutyUrl(): string {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    return `${scheme}://${location.host}${BASE}/duty/events`;
  },
};
