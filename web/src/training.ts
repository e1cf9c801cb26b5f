// SPDX-License-Identifier: Apache-2.0
/* The part of openapi.yaml about attending a training without a seat, and what follows from it. */
import { enc, get, offerTo, post } from './api';
import type { Role } from './protocol';

export const QUESTION_CHARS_MAX = 500;
export const QUESTIONS_OPEN_MAX = 3;
export const ROLL_MINUTES = [2, 5, 10] as const;

export type QuestionState = 'asked' | 'chosen' | 'answered' | 'dropped';
export type QuestionAct = 'choose' | 'put_back' | 'answer' | 'drop' | 'take_back';

export interface Question {
  id: string;
  number: number;
  text: string;
  state: QuestionState;
  asked_at_ms: number;
}

export interface QueuedQuestion extends Question { attendee: string; name: string; unit: string }

export interface OpenRoll {
  id: string;
  number: number;
  opened_at_ms: number;
  until_ms: number;
  answered: number;
}

/* What everybody in the house is told. */
export interface Attendance {
  attendees: number;
  here: number;
  max: number;
  waiting: number;
  roll: OpenRoll | null;
  question: { id: string; number: number; text: string; unit: string; name: string } | null;
}

export interface AttendeeName { id: string; name: string; unit: string }

export interface Training {
  id: string;
  number: string;
  kind: string;
  title: string;
  organiser: string;
  planned_start_ms: number;
  state: string;
  phase: string;
  recorded: boolean;
}

export interface OpenedTraining { hearing: Training; unit: string; attendee: AttendeeName | null }

export interface OwnPart {
  attendee: AttendeeName;
  hearing: Training;
  questions: Question[];
  answered_rolls: string[];
  seat_offered: boolean;
}

export interface Attendee extends AttendeeName {
  here: boolean;
  came_at_ms: number | null;
  left_at_ms: number | null;
  stayed_ms: number;
  participant: string | null;
  removed: boolean;
  rolls: number[];
}

export interface AttendanceList {
  max: number;
  attendees: Attendee[];
  rolls: { id: string; number: number; opened_at_ms: number; until_ms: number;
    ended_at_ms: number | null; answered: number }[];
  questions: QueuedQuestion[];
  links: { id: string; unit: string; expires_at_ms: number }[];
}

export interface MadeLink { unit: string; url: string; expires_at_ms: number }

/* Whose name plates an attendee sees. */
export interface HouseSeat {
  id: string;
  role: Role;
  name: string;
  unit: string | null;
  title: string;
  has_floor: boolean;
}

export interface House {
  hearing: { id: string; title: string; organiser: string; state: string; phase: string;
    phase_since_ms: number; recorded: boolean };
  seats: HouseSeat[];
  recording: string;
}

const of = (hearing: string) => `/hearings/${enc(hearing)}/attendance`;

export const trainingApi = {
  open: (token: string) => post<OpenedTraining>('/training-links/open', { token }),
  join: (token: string, name: string, unit: string) =>
    post<{ hearing: string; attendee: AttendeeName }>('/training-links/join',
      { token, name, ...(unit ? { unit } : {}) }),
  me: (hearing: string) => get<OwnPart>(`${of(hearing)}/me`),
  ask: (hearing: string, text: string) => post<Question>(`${of(hearing)}/questions`, { text }),
  act: (hearing: string, id: string, act: QuestionAct) =>
    post(`${of(hearing)}/questions/${enc(id)}`, { act }),
  answerRoll: (hearing: string, roll: string) => post(`${of(hearing)}/rolls/${enc(roll)}/answer`),
  seatLink: (hearing: string) => post<{ url: string }>(`${of(hearing)}/seat-link`),
  offer: (hearing: string, sdp: string) => offerTo(`/api/v1${of(hearing)}/peers`, sdp),
  eventsUrl(hearing: string): string {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    return `${scheme}://${location.host}/api/v1${of(hearing)}/events`;
  },

  list: (hearing: string) => get<AttendanceList>(of(hearing)),
  links: (hearing: string, units: string[]) =>
    post<{ links: MadeLink[] }>(`${of(hearing)}/links`, units.length ? { units } : {}),
  revokeLink: (hearing: string, id: string) => post(`${of(hearing)}/links/${enc(id)}/revoke`),
  callRoll: (hearing: string, minutes: number) => post(`${of(hearing)}/rolls`, { minutes }),
  endRoll: (hearing: string, roll: string) => post(`${of(hearing)}/rolls/${enc(roll)}/end`),
  seat: (hearing: string, id: string) => post(`${of(hearing)}/attendees/${enc(id)}/seat`),
  remove: (hearing: string, id: string, reason: string) =>
    post(`${of(hearing)}/attendees/${enc(id)}/remove`, { reason }),
  sheetUrl: (hearing: string) => `/api/v1${of(hearing)}/sheet.csv`,
};

/* Open until its time, even when no word comes any more. */
export function openRoll(attendance: Attendance | null, now_ms: number): OpenRoll | null {
  const roll = attendance?.roll ?? null;
  return roll && now_ms < roll.until_ms ? roll : null;
}

export function waitingOf(questions: readonly Question[]): number {
  return questions.filter(({ state }) => state === 'asked' || state === 'chosen').length;
}

/* One a line, each once, as pasted from a table. */
export function unitsOf(text: string): string[] {
  return [...new Set(text.split(/[\n\t,，;；]+/).map((one) => one.trim()).filter(Boolean))];
}

/* Who calls the roll, and who shows questions. */
export const leadsTraining = (role: Role | undefined): boolean =>
  role === 'presiding' || role === 'clerk';
export const showsQuestions = (role: Role | undefined): boolean =>
  leadsTraining(role) || role === 'lead_unit';
export const isOnRoll = (role: Role | undefined): boolean =>
  role === 'department' || role === 'lead_unit' || role === 'case_lead' || role === 'observer';
