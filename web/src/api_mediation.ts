// SPDX-License-Identifier: Apache-2.0
/* The part of openapi.yaml about a mediation. */
import { enc, get, post } from './api';
import type { Act, Mediation } from './mediation/view';

const of = (hearing: string) => `/hearings/${enc(hearing)}/mediation`;

export const mediationApi = {
  view: (hearing: string) => get<Mediation>(of(hearing)),
  act: (hearing: string, act: Act) => post<Mediation>(`${of(hearing)}/acts`, act),
};
