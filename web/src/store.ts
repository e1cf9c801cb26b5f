// SPDX-License-Identifier: Apache-2.0
/*
 * What this page knows of the hearing: a pure reducer over the server's events.
 * No clock is read here: the caller gives the local time of each event.
 */
import {
  isInRoom, isWaiting,
  type EventMessage, type Hearing, type Participant, type Quality, type Recording,
  type RoomName, type Shown, type SideTime, type Slot, type Snapshot,
  type Summons, type You,
} from './protocol';
import { machineCaption, nextCaption, type MinutesLine } from './minutes/line';
import type { Connection } from './signaling';
import type { OneTimeCode } from './signings';

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
  /* what was said last, by the minutes */
  caption: MinutesLine | null;
  you: You | null;
  ahead: number | null;
  shown: Shown | null;
  /* grows when the list of exhibits is another */
  exhibits: number;
  /* grows when something was said in the mediation */
  mediations: number;
  /* the same of what is to be read or signed */
  papers: number;
  /* as told last, for one's own signature */
  signingCode: OneTimeCode | null;
  /* the same of the panel's deliberation; released: its result was, while we were here */
  deliberation: number;
  released: number;
  notices: readonly Notice[];
  noticeCount: number;
  admitted: number;
  dropped: { count: number; reason: string };
  /* taken out of one room, and not told yet that the other is ready */
  isMoving: boolean;
  /* when a mediator was last in which closed room, by the server's clock */
  visited: Readonly<Partial<Record<RoomName, number>>>;
  ended: { state: string; outcome_note: string } | null;
  /* server clock minus local clock */
  offset_ms: number;
}

const NOTICES_MAX = 5;
const INTERRUPTED = 'recording_interrupted';
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
  caption: null,
  you: null,
  ahead: null,
  shown: null,
  exhibits: 0,
  mediations: 0,
  papers: 0,
  signingCode: null,
  deliberation: 0,
  released: 0,
  notices: [],
  noticeCount: 0,
  admitted: 0,
  dropped: { count: 0, reason: '' },
  isMoving: false,
  visited: {},
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
  /* Of several moves the last one says where one is. */
  const isOld = (one: Notice) => one.code === code
    || (one.code.startsWith('moved.') && code.startsWith('moved.'));
  const others = state.notices.filter((notice) => !isOld(notice));
  return {
    ...state,
    noticeCount: key,
    notices: [...others, { key, code, detail }].slice(-NOTICES_MAX),
  };
}

/* The banner of a recording in danger says it, and what to do: not both. */
function withoutInterrupted(state: State): State {
  return { ...state, notices: state.notices.filter(({ code }) => code !== INTERRUPTED) };
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
  /* Moved while nobody could tell: the connection of the old room is gone. */
  const isElsewhere = data.epoch === state.epoch && !!state.you?.room
    && state.you.room !== data.you.room;
  return {
    ...state,
    dropped: isElsewhere ? { count: state.dropped.count + 1, reason: 'room' } : state.dropped,
    epoch: data.epoch,
    offset_ms,
    hearing: data.hearing,
    participants: new Map(data.participants.map((one) => [one.id, one])),
    visited: data.epoch === state.epoch ? state.visited : {},
    recording: data.recording,
    recordingAtMs: recordingAt(null, data.recording, offset_ms, localMs),
    slots: data.slots,
    speakers: data.speakers ?? [],
    ahead: data.ahead ?? null,
    shown: data.shown ?? null,
    exhibits: state.exhibits + 1,
    mediations: state.mediations + 1,
    papers: state.papers + 1,
    deliberation: state.deliberation + 1,
    you: data.you,
    isMoving: false,
  };
}

function takeParticipant(state: State, data: { participant: Participant; ahead?: number },
  localMs: number): State {
  const { participant } = data;
  const participants = new Map(state.participants);
  const before = participants.get(participant.id);
  participants.set(participant.id, participant);
  const ahead = data.ahead ?? state.ahead;
  const visited = participant.role === 'mediator' && before?.room
    && before.room !== participant.room
    ? { ...state.visited, [before.room]: localMs + state.offset_ms } : state.visited;
  const next = { ...state, participants, ahead, visited };
  return hasDeclined(next, before, participant)
    ? withNotice(next, 'declined', participant.name) : next;
}

/* Told to the desk only, as the invitation was: asked into a room that is open still, and stays. */
function hasDeclined(state: State, before: Participant | undefined, now: Participant): boolean {
  const room = before?.invited;
  return !!room && !now.invited && now.room === before.room && isInRoom(now.presence)
    && now.id !== state.you?.participant
    && !!state.hearing?.rooms?.some((one) => one.room === room && one.open);
}

/* Where one is now is said in words, once, when it changes. */
function takeYou(state: State, data: { may: string[]; room?: RoomName }): State {
  if (!state.you) return state;
  const { may: list, room = state.you.room } = data;
  const before = state.you.room;
  const next = { ...state, you: { ...state.you, may: list, ...(room ? { room } : {}) } };
  if (!room || !before || room === before) return next;
  if (room === 'main' && before !== 'lobby' && before !== 'none')
    return withNotice(next, 'moved.main');
  return ['caucus_a', 'caucus_b', 'deliberation'].includes(room)
    ? withNotice(next, `moved.${room}`) : next;
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
    case 'summons.changed':
      return state.hearing ? { ...state, hearing: { ...state.hearing,
        summons: (event.data as { summons: Summons | null }).summons } } : state;
    case 'time.changed':
      return state.hearing ? { ...state, hearing: { ...state.hearing,
        time: (event.data as { time: SideTime | null }).time } } : state;
    case 'participant.changed':
      return takeParticipant(state, event.data as { participant: Participant; ahead?: number },
        localMs);
    case 'participant.gone':
      return dropParticipant(state, (event.data as { participant: string }).participant);
    case 'recording.changed': {
      const recording = (event.data as { recording: Recording }).recording;
      const { recording: before, offset_ms } = state;
      return { ...(recording.at_risk ? withoutInterrupted(state) : state), recording,
        recordingAtMs: recordingAt(before, recording, offset_ms, localMs) };
    }
    case 'slots.changed':
      return { ...state, slots: (event.data as { slots: Slot[] }).slots };
    case 'speakers.changed':
      return { ...state, speakers: (event.data as { speakers: string[] }).speakers };
    case 'minutes.changed': {
      const { line } = event.data as { line: MinutesLine };
      return { ...state, caption: nextCaption(state.caption, line) };
    }
    case 'speech.caption':
      return { ...state, caption: nextCaption(state.caption,
        machineCaption(event.data as Parameters<typeof machineCaption>[0])) };
    case 'quality.changed':
      return takeQuality(state, event.data as Quality & { participant: string });
    case 'exhibit.shown':
      return { ...state, shown: (event.data as { shown: Shown | null }).shown };
    case 'mediation.changed':
      return { ...state, mediations: state.mediations + 1 };
    case 'exhibits.changed':
      return { ...state, exhibits: state.exhibits + 1 };
    case 'minutes.confirmation':
    case 'signings.changed':
      return { ...state, papers: state.papers + 1 };
    case 'signing.code':
      return { ...state, signingCode: event.data as OneTimeCode };
    case 'deliberation.changed':
      return { ...state, deliberation: state.deliberation + 1 };
    case 'deliberation.released':
      return { ...state, deliberation: state.deliberation + 1, released: state.released + 1 };
    case 'media.admitted': {
      const { room } = event.data as { room?: RoomName };
      const next = { ...state, admitted: state.admitted + 1, isMoving: false };
      return state.you && room ? takeYou(next, { may: state.you.may, room }) : next;
    }
    case 'media.dropped': {
      const { reason } = event.data as { reason: string };
      return { ...state, dropped: { count: state.dropped.count + 1, reason },
        isMoving: reason === 'room' };
    }
    case 'you.changed':
      return takeYou(state, event.data as { may: string[]; room?: RoomName });
    case 'notice': {
      const { code, detail } = event.data as { code: string; detail?: string };
      return code === INTERRUPTED && state.recording.at_risk ? state
        : withNotice(state, code, detail);
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
