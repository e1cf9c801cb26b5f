// SPDX-License-Identifier: Apache-2.0
/* The part of openapi.yaml about exhibits. An upload tells how far it is, which fetch cannot. */
import { ApiError, BASE, call, enc, get, post } from './api';
import type { Exhibit } from './exhibits';

export interface NewExhibit {
  file_name: string;
  size: number;
  title?: string;
  side?: string;
  closed?: boolean;
}

const of = (hearing: string) => `/hearings/${enc(hearing)}/exhibits`;
const TRIES = 4;
const AGAIN_MS = 2000;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/* share: 0 … 1 */
function send(url: string, file: Blob, onShare: (share: number) => void): Promise<Exhibit> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => onShare(total ? loaded / total : 0);
    request.onerror = () => reject(new ApiError('offline'));
    request.onload = () => {
      try {
        const body = JSON.parse(request.responseText) as Exhibit & { code?: string };
        if (request.status === 201) resolve(body);
        else reject(new ApiError(body.code ?? 'internal', request.status));
      } catch {
        reject(new ApiError('internal', request.status));
      }
    };
    request.send(file);
  });
}

export const exhibitApi = {
  list: async (hearing: string) => (await get<{ items: Exhibit[] }>(of(hearing))).items,
  act: (hearing: string, id: string, body: { act: string; ground?: string; note?: string }) =>
    post<Exhibit>(`${of(hearing)}/${enc(id)}/acts`, body),
  show: (hearing: string, id: string, page = 1, pointer: { x: number; y: number } | null = null) =>
    post(`${of(hearing)}/${enc(id)}/show`, { page, pointer }),
  hide: (hearing: string, id: string) => post(`${of(hearing)}/${enc(id)}/hide`),
  url: (hearing: string, id: string) => `${BASE}${of(hearing)}/${enc(id)}/content`,

  async bytes(hearing: string, id: string): Promise<Uint8Array> {
    return new Uint8Array(await (await call(exhibitApi.url(hearing, id))).arrayBuffer());
  },

  /* A line that breaks is tried again: the same ticket never makes two exhibits. */
  async upload(hearing: string, file: Blob, about: NewExhibit, onShare: (share: number) => void):
  Promise<Exhibit> {
    const { upload } = await post<{ upload: string }>(of(hearing), about);
    for (let tries = 1; ; tries += 1) {
      try {
        return await send(upload, file, onShare);
      } catch (error) {
        const { code } = error as ApiError;
        if (!['offline', 'conflict', 'unavailable'].includes(code) || tries >= TRIES) throw error;
        await wait(AGAIN_MS * tries);
      }
    }
  },
};
