// SPDX-License-Identifier: Apache-2.0
/*
 * What this page knows of the hearing: a pure reducer over the server's events.
 * No clock is read here: the caller gives the local time of each event.
 */
import {
  isInRoom, isWaiting,
  type EventMessage, type Hearing, type Participant, type Quality, type Recording, type Shown,
  type Slot, type Snapshot, type You,
} from './protocol';
import type { Connection } from './signaling';

export interface Notice {
  key: number;
  code: string;
  detail: string;
}

export interface State {
  connection: Connection;
  closeCode: number;
  epoch: string;
  hearing: Hearing | null;
  participants: ReadonlyMap<string, Participant>;
  recording: Recording;
  recordingAtMs: number;
  slots: readonly Slot[];
  speakers: readonly string[];
  you: You | null;
  ahead: number | null;
  shown: Shown | null;
  /* grows when the list of exhibits is another */
  exhibits: number;
  notices: readonly Notice[];
  noticeCount: number;
  admitted: number;
  dropped: { count: number; reason: string };
  ended: { state: string; outcome_note: string } | null;
  /* server clock minus local clock */
  offset_ms: number;
}

const NOTICES_MAX = 5;
/* A word may come so late on a starved line; later ones count from when they came. */
const LATE_MAX_MS = 15_000;
/* Lateness, and the wait until a silent connection is given up (signaling.ts). */
const RUN_ON_MAX_MS = 30_000;

export const emptyState: State = {
  connection: 'connecting',
  closeCode: 0,
  epoch: '',
  hearing: null,
  participants: new Map(),
  recording: { state: 'none', recorded_ms: 0, fault: null },
  recordingAtMs: 0,
  slots: [],
  speakers: [],
  you: null,
  ahead: null,
  shown: null,
  exhibits: 0,
  notices: [],
  noticeCount: 0,
  admitted: 0,
  dropped: { count: 0, reason: '' },
  ended: null,
  offset_ms: 0,
};

export function withConnection(state: State, connection: Connection, closeCode: number): State {
  return { ...state, connection, closeCode };
}

export function withoutNotice(state: State, key: number): State {
  return { ...state, notices: state.notices.filter((notice) => notice.key !== key) };
}

export function withNotice(state: State, code: string, detail = ''): State {
  const key = state.noticeCount + 1;
  const others = state.notices.filter((notice) => notice.code !== code);
  return {
    ...state,
    noticeCount: key,
    notices: [...others, { key, code, detail }].slice(-NOTICES_MAX),
  };
}

/* When, by the local clock, recorded_ms was true. A word that tells of nothing new on disk
 * is no reason to run on. */
function recordingAt(before: Recording | null, now: Recording, offset_ms: number,
  localMs: number): number {
  const { durable_at_ms: durable = 0 } = now;
  if (!durable || durable === before?.durable_at_ms) return localMs;
  const at_ms = durable - offset_ms;
  return localMs - at_ms > LATE_MAX_MS ? localMs : Math.min(at_ms, localMs);
}

function takeSnapshot(state: State, data: Snapshot, localMs: number): State {
  const offset_ms = data.server_time_ms - localMs;
  return {
    ...state,
    epoch: data.epoch,
    offset_ms,
    hearing: data.hearing,
    participants: new Map(data.participants.map((one) => [one.id, one])),
    recording: data.recording,
    recordingAtMs: recordingAt(null, data.recording, offset_ms, localMs),
    slots: data.slots,
    speakers: data.speakers ?? [],
    ahead: data.ahead ?? null,
    shown: data.shown ?? null,
    exhibits: state.exhibits + 1,
    you: data.you,
  };
}

function takeParticipant(state: State, data: { participant: Participant; ahead?: number }): State {
  const participants = new Map(state.participants);
  participants.set(data.participant.id, data.participant);
  const ahead = data.ahead ?? state.ahead;
  return { ...state, participants, ahead };
}

function takeQuality(state: State, data: Quality & { participant: string }): State {
  const { participant: id, ...quality } = data;
  const before = state.participants.get(id);
  if (!before) return state;
  const participants = new Map(state.participants);
  participants.set(id, { ...before, quality: quality.level === 'none' ? null : quality });
  return { ...state, participants };
}

function dropParticipant(state: State, id: string): State {
  const participants = new Map(state.participants);
  participants.delete(id);
  return {
    ...state,
    participants,
    speakers: state.speakers.filter((speaker) => speaker !== id),
    slots: state.slots.filter((slot) => slot.participant !== id),
  };
}

/* Unknown events are left alone: a newer server may say more than this page knows. */
export function reduce(state: State, event: EventMessage, localMs: number): State {
  switch (event.type) {
    case 'snapshot':
      return takeSnapshot(state, event.data as Snapshot, localMs);
    case 'hearing.changed':
      return { ...state, hearing: (event.data as { hearing: Hearing }).hearing };
    case 'participant.changed':
      return takeParticipant(state, event.data as { participant: Participant; ahead?: number });
    case 'participant.gone':
      return dropParticipant(state, (event.data as { participant: string }).participant);
    case 'recording.changed': {
      const recording = (event.data as { recording: Recording }).recording;
      const { recording: before, offset_ms } = state;
      return { ...state, recording,
        recordingAtMs: recordingAt(before, recording, offset_ms, localMs) };
    }
    case 'slots.changed':
      return { ...state, slots: (event.data as { slots: Slot[] }).slots };
    case 'speakers.changed':
      return { ...state, speakers: (event.data as { speakers: string[] }).speakers };
    case 'quality.changed':
      return takeQuality(state, event.data as Quality & { participant: string });
    case 'exhibit.shown':
      return { ...state, shown: (event.data as { shown: Shown | null }).shown };
    case 'exhibits.changed':
      return { ...state, exhibits: state.exhibits + 1 };
    case 'media.admitted':
      return { ...state, admitted: state.admitted + 1 };
    case 'media.dropped': {
      const { reason } = event.data as { reason: string };
      return { ...state, dropped: { count: state.dropped.count + 1, reason } };
    }
    case 'you.changed': {
      const { may } = event.data as { may: string[] };
      return state.you ? { ...state, you: { ...state.you, may } } : state;
    }
    case 'notice': {
      const { code, detail } = event.data as { code: string; detail?: string };
      return withNotice(state, code, detail);
    }
    case 'hearing.ended':
      return { ...state, ended: event.data as { state: string; outcome_note: string } };
    default:
      return state;
  }
}

export function me(state: State): Participant | null {
  return state.you ? state.participants.get(state.you.participant) ?? null : null;
}

export function may(state: State, command: string): boolean {
  return state.connection === 'open' && !!state.you?.may.includes(command);
}

export function inRoom(state: State): Participant[] {
  return [...state.participants.values()].filter((one) => isInRoom(one.presence));
}

export function waiting(state: State): Participant[] {
  return [...state.participants.values()]
    .filter((one) => isWaiting(one.presence))
    .sort((a, b) => (a.waiting_since_ms ?? 0) - (b.waiting_since_ms ?? 0));
}

export function handQueue(state: State): Participant[] {
  return [...state.participants.values()]
    .filter((one) => one.hand !== null)
    .sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0));
}

/* Recorded time now: it runs on between two reports only while the server records, also when
 * a report is late. */
export function recordedMs(state: State, localMs: number): number {
  const { recording } = state;
  if (recording.state !== 'recording' || recording.at_risk) return recording.recorded_ms;
  const since_ms = Math.max(0, localMs - state.recordingAtMs);
  return recording.recorded_ms + Math.min(RUN_ON_MAX_MS, since_ms);
}
