// SPDX-License-Identifier: Apache-2.0
/*
 * The only module that calls fetch: server/app/openapi.yaml as functions.
 *
 * Errors  ApiError with the server's stable code; "offline" when nothing answered.
 *         Pages show their own text for a code (i18n error.*), never the server's.
 */
import type { Language } from './format';
import { learn } from './i18n';
import type { MinutesState } from './minutes/course';
import type { MinutesLine, Words } from './minutes/line';
import type { MachineDraft } from './minutes/machine';
import type { LineFigures, Role, Presence } from './protocol';

export class ApiError extends Error {
  /* members: what stands beside the code */
  constructor(readonly code: string, readonly status = 0, readonly detail = '',
    readonly members: Record<string, unknown> = {}) {
    super(code);
  }
}

export interface Me {
  kind: 'account' | 'participant';
  id: string;
  name: string;
  unit: string | null;
  title: string;
  roles: string[];
  hearing_id: string | null;
}

export interface Seat {
  participant: string;
  role: Role;
  side: string;
  name: string;
  unit: string | null;
  title: string;
  presence: Presence;
}

/* Phases that an office named itself, by code. */
export type PhaseTitles = Record<string, Record<Language, string>>;

export interface HearingSummary {
  id: string;
  number: string;
  kind: string;
  title: string;
  state: string;
  phase: string;
  phase_titles?: PhaseTitles;
  planned_start_ms: number;
  started_at_ms: number | null;
  ended_at_ms: number | null;
  organiser: string;
  case: { id: string; number: string; title: string } | null;
  my_participant: string | null;
  my_role: Role | null;
  seats: Seat[];
  waiting: number;
  outcome_note: string | null;
}

export interface OpenedLink {
  participant: {
    id: string; role: Role; side: string; name: string; masked_name: string; unit: string | null;
    title: string;
  };
  hearing: HearingSummary;
  id_check: boolean;
}

export interface CaseSummary {
  id: string;
  number: string;
  title: string;
  state: string;
  petitioner: string;
  lead_unit: string | null;
  registered_at_ms: number;
}

export interface CaseEvent {
  at_ms: number;
  code: string;
  detail: string;
  unit: string | null;
}

export interface RecordingFile {
  id: string;
  kind: 'take' | 'mixed_audio' | 'index' | 'timeline' | 'waveform' | 'thumbnails';
  participant: string | null;
  name: string | null;
  unit: string | null;
  role: string | null;
  side: string | null;
  source: 'microphone' | 'camera' | 'screen' | null;
  media_type: string;
  size: number;
  sha256: string;
  start_ms: number;
  duration_ms: number;
  index_file: string | null;
}

/* What is done to a recording beside playing it: timestamp, copy, composite. */
export interface RecordingTask {
  state: 'queued' | 'running' | 'waiting' | 'ready' | 'failed';
  progress_permille: number;
  at_ms: number;
  error: string | null;
  detail: Record<string, unknown> | null;
}

/* What went wrong with a recording; to_ms null: it lasts. */
export interface RecordingFault {
  id: string;
  fault: 'disk_full' | 'io_error' | 'overrun' | 'stalled' | 'crash';
  from_ms: number;
  to_ms: number | null;
  note: string | null;
  note_by: string | null;
  note_at_ms: number | null;
  countersigned_by: string | null;
  countersigned_at_ms: number | null;
  may_note: boolean;
  may_countersign: boolean;
}

export interface RecordingDetail {
  id: string;
  number: string;
  hearing_id: string;
  phase_titles?: PhaseTitles;
  case_id: string | null;
  state: string;
  started_at_ms: number;
  stopped_at_ms: number | null;
  duration_ms: number;
  chain_head: string | null;
  derived: { state: string; progress_permille?: number; error?: string | null };
  may_play: boolean;
  may_export: boolean;
  files: RecordingFile[];
  tasks?: Partial<Record<string, RecordingTask>>;
}

/* A request for a copy; valid_until_ms only while it may be downloaded. */
export interface ExportRequest {
  id: string;
  state: 'requested' | 'approved' | 'refused';
  requested_at_ms: number;
  requested_by: string | null;
  reason: string;
  /* Of an excerpt, on the recording's clock. */
  from_ms?: number;
  to_ms?: number;
  decided_by: string | null;
  decided_at_ms?: number;
  valid_until_ms?: number;
  note: string | null;
  downloads: number;
  own: boolean;
  may_decide: boolean;
  may_download: boolean;
}

/* A bookmark or note beside a recording; one for the file shows what it said before. */
export interface Note {
  id: string;
  kind: 'bookmark' | 'note';
  visibility: 'private' | 'file';
  at_ms: number;
  to_ms: number | null;
  text: string;
  author: string;
  unit: string | null;
  mine: boolean;
  created_at_ms: number;
  edited_at_ms: number | null;
  earlier: { edited_at_ms: number; at_ms: number; to_ms: number | null; text: string }[];
}

export type NewNote = Pick<Note, 'kind' | 'visibility' | 'at_ms' | 'to_ms' | 'text'>;

/* From at_ms on; "none": not in the room any more. */
export interface LineChange extends LineFigures {
  participant: string;
  at_ms: number;
}

export interface CaseFile extends CaseSummary {
  claim: string;
  registered_unit: string;
  events: CaseEvent[];
  hearings: HearingSummary[];
  outcomes: { hearing_id: string; outcome: string; note: string; at_ms: number }[];
  recordings: RecordingDetail[];
}

/* One in the list of recordings. */
export interface RecordingItem {
  id: string;
  number: string;
  title: string;
  case_number: string | null;
  state: string;
  started_at_ms: number | null;
  duration_ms: number;
  derived: string;
  may_play: boolean;
}

export type KeepShow = 'all' | 'due' | 'held' | 'requested' | 'permanent' | 'destroyed';

interface Person {
  id: string;
  name: string;
}

export interface Hold {
  id: string;
  scope: 'recording' | 'case';
  reason: string;
  set_by: Person | null;
  set_at_ms: number;
}

export interface Keeping {
  id: string;
  number: string;
  hearing_number: string;
  title: string | null;
  state: string;
  started_at_ms: number | null;
  duration_ms: number;
  bytes: number;
  class: string;
  keep_from_ms: number | null;
  keep_until_ms: number | null;
  is_past: boolean;
  is_held: boolean;
  holds: Hold[];
  order: {
    id: string; state: 'requested' | 'confirmed' | 'done'; reason: string;
    requested_by: Person | null; requested_at_ms: number;
    confirmed_by: Person | null; confirmed_at_ms: number | null; done_at_ms: number | null;
  } | null;
  permanent: {
    reason: string; decided_by: Person | null; decided_at_ms: number;
    end_reason: string | null; end_asked_by: Person | null; end_asked_at_ms: number | null;
  } | null;
  may: string[];
}

export interface Unit {
  id: string;
  code: string;
  name: string;
  short_name: string;
  kind: string;
}

export interface Account {
  id: string;
  name: string;
  unit: string | null;
  title: string;
  roles: string[];
}

export interface NewSeat {
  role: Role;
  /* of a party in a mediation */
  side?: 'petitioner' | 'respondent';
  account_id?: string;
  name?: string;
  unit_id?: string;
  title?: string;
}

export interface SeatLink {
  participant: string;
  role: Role;
  name: string;
  url: string;
}

export interface IceServers {
  ice_servers: RTCIceServer[];
  expires_at: number;
}

interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

export const BASE = '/api/v1';
const PAGES_MAX = 40;
const MINUTES_PAGES_MAX = 101; /* 20,000 lines */
/* A request on a network that went away hangs for minutes; joining must know sooner. */
const JOIN_WAIT_MS = 8_000;
const RESTART_WAIT_MS = 3_000;

export const enc = encodeURIComponent;

async function problemOf(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { code?: string; detail?: string };
    return new ApiError(body.code ?? 'internal', response.status, body.detail ?? '',
      body as Record<string, unknown>);
  } catch {
    return new ApiError(response.status === 404 ? 'not_found' : 'internal', response.status);
  }
}

/* AbortSignal.timeout() is younger than the browsers that we serve. */
function timeout(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new DOMException('too late', 'TimeoutError')), ms);
  return controller.signal;
}

export async function call(url: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError('offline');
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function get<T>(path: string): Promise<T> {
  return (await (await call(BASE + path)).json()) as T;
}

export async function post<T>(path: string, body: object = {}, method = 'POST',
  key: string = crypto.randomUUID()): Promise<T> {
  const response = await call(BASE + path, {
    method,
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return (text ? JSON.parse(text) : {}) as T;
}

function learned<T extends { phase_titles?: PhaseTitles }>(one: T): T {
  for (const [code, title] of Object.entries(one.phase_titles ?? {})) learn(`phase.${code}`, title);
  return one;
}

/* All pages of a list, up to a bound that no office reaches by hand. */
async function all<T>(path: string, pagesMax = PAGES_MAX,
  eachPage: (page: Page<T>) => void = () => undefined): Promise<T[]> {
  const items: T[] = [];
  let cursor = '';
  for (let page = 0; page < pagesMax; page += 1) {
    const mark = path.includes('?') ? '&' : '?';
    const next = cursor ? `&cursor=${enc(cursor)}` : '';
    const part = await get<Page<T>>(`${path}${mark}limit=200${next}`);
    items.push(...part.items);
    eachPage(part);
    if (!part.next_cursor) break;
    cursor = part.next_cursor;
  }
  return items;
}

async function offerTo(url: string, sdp: string): Promise<{ answer: string; location: string }> {
  const headers = { 'Content-Type': 'application/sdp' };
  const signal = timeout(JOIN_WAIT_MS);
  const response = await call(url, { method: 'POST', headers, body: sdp, signal });
  const location = response.headers.get('Location') ?? '';
  return { answer: await response.text(), location };
}

export const api = {
  login: (login: string, password: string, totp: string) =>
    post<Me>('/login', { login, password, ...(totp ? { totp } : {}) }),
  logout: () => post('/logout'),
  me: () => get<Me>('/me'),
  iceServers: () => get<IceServers>('/ice-servers'),

  openLink: (token: string) => post<OpenedLink>('/links/open', { token }),
  identify: (lastFour: string) => post('/links/identify', { last_four: lastFour }),
  newLink: (hearing: string, participant: string) =>
    post<{ url: string; expires_at_ms: number }>(
      `/hearings/${enc(hearing)}/participants/${enc(participant)}/link`),

  units: () => all<Unit>('/units'),
  accounts: () => all<Account>('/accounts'),

  async hearings(day: string): Promise<Page<HearingSummary>> {
    const page = await get<Page<HearingSummary>>(
      `/hearings?limit=200${day ? `&day=${enc(day)}` : ''}`);
    page.items.forEach(learned);
    return page;
  },
  hearing: async (id: string) => learned(await get<HearingSummary>(`/hearings/${enc(id)}`)),
  lines: (hearing: string) => all<LineChange>(`/hearings/${enc(hearing)}/quality`),
  /* withRemoved: also lines taken out, for who writes them. */
  async minutes(hearing: string, withRemoved: boolean): Promise<{
    items: MinutesLine[]; may_edit: boolean; state: MinutesState;
  }> {
    let mayEdit = false;
    let state: MinutesState = 'drafting';
    const items = await all<MinutesLine>(
      `/hearings/${enc(hearing)}/minutes${withRemoved ? '?show=all' : ''}`, MINUTES_PAGES_MAX,
      (page) => {
        ({ may_edit: mayEdit, state } = page as unknown as { may_edit: boolean; state: MinutesState });
      });
    return { items, may_edit: mayEdit, state };
  },
  drafts: async (hearing: string) =>
    (await get<Page<MachineDraft>>(`/hearings/${enc(hearing)}/drafts`)).items,
  dropDraft: (hearing: string, id: string) =>
    call(`${BASE}/hearings/${enc(hearing)}/drafts/${enc(id)}`, { method: 'DELETE' }),
  dropDrafts: (hearing: string) =>
    call(`${BASE}/hearings/${enc(hearing)}/drafts`, { method: 'DELETE' }),
  addMinutes: (hearing: string, words: Omit<Words, 'removed'> & { draft?: string }, key: string) =>
    post<MinutesLine>(`/hearings/${enc(hearing)}/minutes`, words, 'POST', key),
  changeMinutes: (hearing: string, line: string, change: Partial<Words> & { version: number },
    key: string) => post<MinutesLine>(
    `/hearings/${enc(hearing)}/minutes/${enc(line)}`, change, 'PATCH', key),
  schedule: (caseId: string, body: {
    kind: string; title: string; planned_start_ms: number; seats: NewSeat[]; recorded?: boolean;
  }) => post<{ hearing?: HearingSummary; id?: string; links?: SeatLink[] }>(
    caseId ? `/cases/${enc(caseId)}/hearings` : '/hearings', body),

  cases: (cursor = '') =>
    get<Page<CaseSummary>>(`/cases?limit=50${cursor ? `&cursor=${enc(cursor)}` : ''}`),
  case: (id: string) => get<CaseFile>(`/cases/${enc(id)}`),
  registerCase: (body: object) => post<{ id: string }>('/cases', body),

  recordings: (wanted: { search: string; from: string; to: string }, cursor: string) => {
    const query = new URLSearchParams({ limit: '50', ...wanted, cursor });
    for (const [name, value] of [...query]) if (!value) query.delete(name);
    return get<Page<RecordingItem>>(`/recordings?${query}`);
  },
  recording: async (id: string) =>
    learned(await get<RecordingDetail>(`/recordings/${enc(id)}`)),
  view: (id: string, reason: string) => post(`/recordings/${enc(id)}/views`, { reason }),
  timeline: (id: string) => get<unknown>(`/recordings/${enc(id)}/timeline`),
  integrity: (id: string) => get<Record<string, unknown>>(`/recordings/${enc(id)}/integrity`),
  notes: (id: string) => all<Note>(`/recordings/${enc(id)}/notes`),
  writeNote: (id: string, note: NewNote) => post<Note>(`/recordings/${enc(id)}/notes`, note),
  changeNote: (id: string, note: string, change: Partial<NewNote>) =>
    post<Note>(`/recordings/${enc(id)}/notes/${enc(note)}`, change, 'PATCH'),
  takeOutNote: (id: string, note: string) =>
    call(`${BASE}/recordings/${enc(id)}/notes/${enc(note)}`, { method: 'DELETE' }),
  bringBack: (id: string) => post<RecordingDetail>(`/recordings/${enc(id)}/restore`),
  makeFilm: (id: string, layout: string) =>
    post<RecordingDetail>(`/recordings/${enc(id)}/composite`, { layout }),
  filmUrl: (id: string) => `${BASE}/recordings/${enc(id)}/composite`,
  faults: async (id: string) =>
    (await get<{ items: RecordingFault[] }>(`/recordings/${enc(id)}/faults`)).items,
  faultNote: (id: string, fault: string, note: string) =>
    post(`/recordings/${enc(id)}/faults/${enc(fault)}/note`, { note }),
  faultCountersign: (id: string, fault: string) =>
    post(`/recordings/${enc(id)}/faults/${enc(fault)}/countersign`, {}),
  fileUrl: (id: string, file: string) => `${BASE}/recordings/${enc(id)}/files/${enc(file)}`,

  documentUrl: (id: string, kind: 'statement' | 'certificate', language: string) =>
    `${BASE}/recordings/${enc(id)}/${kind}.pdf?language=${language}`,

  keeping: (show: KeepShow, cursor: string) => get<Page<Keeping>>(
    `/keeping?limit=50&show=${show}${cursor ? `&cursor=${enc(cursor)}` : ''}`),
  keepingOf: (id: string) => get<Keeping>(`/keeping/${enc(id)}`),
  setHold: (id: string, reason: string, scope: string) =>
    post(`/keeping/${enc(id)}/holds`, { reason, scope }),
  liftHold: (id: string, hold: string, reason: string) =>
    post(`/keeping/${enc(id)}/holds/${enc(hold)}/lift`, { reason }),
  keepForEver: (id: string, reason: string) =>
    post(`/keeping/${enc(id)}/permanent`, { reason }),
  askEndOfKeeping: (id: string, reason: string) =>
    post(`/keeping/${enc(id)}/permanent/end`, { reason }),
  withdrawEndOfKeeping: (id: string, reason: string) =>
    post(`/keeping/${enc(id)}/permanent/end/withdraw`, { reason }),
  confirmEndOfKeeping: (id: string) => post(`/keeping/${enc(id)}/permanent/end/confirm`),
  requestDestruction: (id: string, reason: string) =>
    post(`/keeping/${enc(id)}/request`, { reason }),
  withdrawDestruction: (id: string, reason: string) =>
    post(`/keeping/${enc(id)}/withdraw`, { reason }),
  confirmDestruction: (id: string) => post(`/keeping/${enc(id)}/confirm`),
  destructionCertificate: (id: string) =>
    get<{ file: string; text: string }>(`/keeping/${enc(id)}/certificate`),
  exports: (id: string) => all<ExportRequest>(`/recordings/${enc(id)}/exports`),
  askExport: (id: string, reason: string, range?: { from_ms: number; to_ms: number }) =>
    post<ExportRequest>(`/recordings/${enc(id)}/exports`, { reason, ...range }),
  decideExport: (id: string, request: string, approve: boolean, note: string) =>
    post<ExportRequest>(`/recordings/${enc(id)}/exports/${enc(request)}/decision`,
      { approve, ...(note ? { note } : {}) }),
  packageUrl: (id: string) => `${BASE}/recordings/${enc(id)}/package`,

  async fileJson(id: string, file: string): Promise<unknown> {
    return (await call(api.fileUrl(id, file))).json();
  },

  /* Bytes [from, to) of a derived file. */
  async fileRange(id: string, file: string, from: number, to: number, signal: AbortSignal) {
    const headers = { Range: `bytes=${from}-${to - 1}` };
    return (await call(api.fileUrl(id, file), { headers, signal })).arrayBuffer();
  },

  eventsUrl(hearing: string): string {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    return `${scheme}://${location.host}${BASE}/hearings/${enc(hearing)}/events`;
  },

  /* room: what the page shows as its own; the server refuses where it is another by now. */
  postOffer: (hearing: string, sdp: string, room = '') =>
    offerTo(`${BASE}/hearings/${enc(hearing)}/peers${room ? `?room=${enc(room)}` : ''}`, sdp),
  /* One's own picture, before the hearing; ends by leavePeer or by itself after 30 s. */
  postTest: (hearing: string, sdp: string) =>
    offerTo(`${BASE}/hearings/${enc(hearing)}/connection-tests`, sdp),

  async restartIce(location: string, frag: string): Promise<string> {
    const headers = { 'Content-Type': 'application/trickle-ice-sdpfrag' };
    const signal = timeout(RESTART_WAIT_MS);
    return (await call(location, { method: 'PATCH', headers, body: frag, signal })).text();
  },

  /* Leaving must reach the server even while the page goes away. */
  async leavePeer(location: string): Promise<void> {
    await call(location, { method: 'DELETE', keepalive: true }).catch(() => undefined);
  },
};
