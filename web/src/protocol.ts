// SPDX-License-Identifier: Apache-2.0
/*
 * The words of signaling/PROTOCOL.md as types. No logic here.
 *
 * Units  *_ms are UTC milliseconds or durations in milliseconds.
 */
import type { Attendance } from './training';

export type HearingState = 'ready' | 'live' | 'recessed' | 'closing' | 'concluded';
export type Role =
  | 'petitioner' | 'department' | 'presiding' | 'clerk' | 'mediator' | 'panelist' | 'agent'
  | 'witness' | 'interpreter' | 'observer' | 'lead_unit' | 'case_lead' | 'supervisor';
export type Presence =
  | 'absent' | 'in_lobby' | 'identity_ok' | 'consented' | 'admitted' | 'present'
  | 'in_caucus' | 'on_hold' | 'disconnected' | 'left' | 'removed' | 'completed';
/* none: not in the hearing. A deliberation's people are in_caucus, too. */
export type RoomName = 'none' | 'lobby' | 'main' | 'caucus_a' | 'caucus_b' | 'deliberation'
  | 'witness';
export type Caucus = 'caucus_a' | 'caucus_b';
export type SourceState = 'on' | 'off' | 'blocked';
export type Source = 'microphone' | 'camera' | 'screen';
export type Decision = 'none' | 'given' | 'refused';
export type RecordingState =
  | 'none' | 'armed' | 'recording' | 'paused' | 'interrupted' | 'finalising' | 'sealed';

export type Level = 'good' | 'weak' | 'audio_only' | 'lost';

export interface Phase {
  code: string;
  required: boolean;
  limit_ms: number;
  entered_at_ms: number | null;
  /* Of a phase that an office made: pages know no word for its code. */
  title?: { zh: string; en: string };
}

export interface ClosedRoom {
  room: RoomName;
  open: boolean;
  locked: boolean;
  since_ms: number | null;
  by: string | null;
}

/* decision, and what comes with it: null until there is one. */
export interface RecusalRequest {
  by: string;
  participant: string;
  reason: string;
  asked_at_ms: number;
  decision: 'granted' | 'refused' | null;
  decision_reason: string | null;
  decided_by: string | null;
  decided_at_ms: number | null;
}

export interface Hearing {
  id: string;
  number: string;
  kind: string;
  title: string;
  case: { id: string; number: string; title: string } | null;
  organiser: string;
  state: HearingState;
  phase: string;
  phases: Phase[];
  planned_start_ms: number;
  started_at_ms: number | null;
  ended_at_ms: number | null;
  phase_since_ms: number;
  recess: { since_ms: number; reason: string; until_ms?: number | null } | null;
  /* is it recorded at all? */
  recorded?: boolean;
  /* the closed rooms of this kind; a server without them says nothing */
  rooms?: ClosedRoom[];
  /* a closed room is open: in main nothing flows and nothing is recorded */
  apart?: { since_ms: number; reason: 'caucus' | 'deliberation' } | null;
  /* null: this kind asks nobody; requests: the own ones, at the desk all */
  recusal?: { asking: boolean; done: boolean; requests: RecusalRequest[] } | null;
  panel?: { here: number; least: number; complete: boolean } | null;
  /* null: this kind calls nobody, or it is not shown to me */
  summons?: Summons | null;
  /* who has the floor; the limit is soft, 0: none */
  floor?: Floor | null;
  /* all microphones but the leader's, the floor holder's and interpreters' are off */
  locked?: boolean;
  /* whom the desk shows large to everybody */
  spotlight?: string | null;
  /* speech of each side in this phase; null: not counted in it */
  time?: SideTime | null;
}

export type SummonsState = 'ringing' | 'accepted' | 'declined' | 'cancelled' | 'unanswered';

/* A unit that was called into the hearing. */
export interface SummonsCall {
  number: number;
  unit: string;
  unit_name: string;
  by: string;
  state: SummonsState;
  called_at_ms: number;
  due_at_ms: number;
  rung_at_ms: number | null;
  seen_at_ms: number | null;
  ended_at_ms: number | null;
  answered_by: string | null;
  participant: string | null;
  reason: string;
}

export interface Summons {
  reply_ms: number;
  calls: SummonsCall[];
}

export interface Floor {
  participant: string;
  since_ms: number;
  limit_ms: number;
  by: string;
}

export interface SideTime {
  petitioner_ms: number;
  respondent_ms: number;
  neutral_ms: number;
}

/* up: from the person, down: to the person; level is the worse of both. */
export interface LineFigures {
  level: Level | 'none';
  up: Level | 'none';
  down: Level | 'none';
  up_loss_permille: number;
  down_loss_permille: number;
  rtt_ms: number | null;
  up_bps: number;
  down_bps: number;
}

export interface Quality extends LineFigures {
  since_ms: number;
}

/* What a person's own connection test found. */
export interface Line {
  level: 'good' | 'weak' | 'audio_only' | 'lost';
  path: 'udp' | 'tcp' | 'relay' | 'none';
  rtt_ms: number;
  loss_permille: number;
  up_bps: number;
  down_bps: number;
  at_ms: number;
}

export interface Participant {
  id: string;
  role: Role;
  side: string;
  name: string;
  unit: string | null;
  title: string;
  presence: Presence;
  online: boolean;
  in_media: boolean;
  microphone: SourceState;
  camera: SourceState;
  screen: SourceState;
  hand: number | null;
  room?: RoomName;
  /* told to the desk and to the person: asked into this room, and no answer yet */
  invited?: RoomName | null;
  identity?: {
    checked: boolean; method?: string; document?: string; claimed?: string | null; at_ms?: number;
  };
  consents?: { online_mode: Decision; recording: Decision };
  waiting_since_ms?: number;
  /* told to the desk and to the person; null: not in the room with media */
  quality?: Quality | null;
  /* left by a decision, for good */
  recused?: boolean;
  /* this person's pictures are kept from the viewer */
  screened?: boolean;
  /* told to the desk and to the person: from whom they are kept */
  unseen_by?: string[];
  /* what this party said when it was asked */
  recusal?: 'none' | 'ask' | null;
  /* a witness who was called once */
  testified?: boolean;
  line?: Line | null;
  /* told to the desk and to the person: how often, and the last one's words */
  warnings?: number;
  warning?: { reason: string; at_ms: number } | null;
}

export interface Recording {
  state: RecordingState;
  recorded_ms: number;
  durable_at_ms?: number;
  hours_left?: number | null;
  fault: string | null;
  number?: string | null;
  /* while it records, what is said becomes draft text for the clerk */
  transcribed?: boolean;
  /* how long the disk lasts */
  disk?: 'fine' | 'warn' | 'low' | 'ending' | 'full';
  /* it should record, and nothing was saved for five seconds */
  at_risk?: boolean;
  at_risk_since_ms?: number | null;
}

export interface Slot {
  slot: number;
  participant: string;
  video: 'camera' | 'screen' | 'none';
}

export interface You {
  participant: string;
  role: Role;
  may: string[];
  room?: RoomName;
  language?: string;
}

/* The exhibit that everybody sees now. */
export interface Shown {
  exhibit: {
    id: string; side: ExhibitSide; number: number; title: string | null;
    media_type: string | null; closed: boolean; may_see: boolean;
  };
  page: number;
  /* permille of the page from its upper left */
  pointer: { x: number; y: number } | null;
  by: string;
}

export type ExhibitSide = 'petitioner' | 'respondent' | 'organiser';

export interface Snapshot {
  epoch: string;
  server_time_ms: number;
  hearing: Hearing;
  participants: Participant[];
  recording: Recording;
  slots: Slot[];
  speakers?: string[];
  ahead?: number;
  shown?: Shown | null;
  attendance?: Attendance | null;
  you: You;
}

export interface View {
  participant: string;
  video: 'camera' | 'screen';
  height: number;
  pinned: boolean;
}

export interface EventMessage {
  seq: number;
  type: string;
  data: unknown;
}

export interface ReplyError {
  code: string;
  /* the rule that refused: says it better than the code */
  reason?: string;
  detail?: string;
}

export interface ReplyMessage {
  re: number | null;
  ok: boolean;
  data?: unknown;
  error?: ReplyError;
}

/* Close codes of PROTOCOL.md 2. */
export const CLOSE = {
  done: 1000,
  restart: 1001,
  replaced: 4001,
  broken: 4002,
  tooSlow: 4003,
  sessionEnded: 4004,
} as const;

export const CONSENT_VERSION = '2026-12';

/* Who counts as being inside the room rather than in front of its door. */
export function isInRoom(presence: Presence): boolean {
  return presence === 'admitted' || presence === 'present' || presence === 'in_caucus'
    || presence === 'disconnected';
}

export function isWaiting(presence: Presence): boolean {
  return presence === 'in_lobby' || presence === 'identity_ok' || presence === 'consented'
    || presence === 'on_hold';
}

export function isGone(presence: Presence): boolean {
  return presence === 'left' || presence === 'removed' || presence === 'completed';
}
