-- SPDX-License-Identifier: Apache-2.0
-- Ids are UUIDv7 text, times UTC milliseconds (NULL: not yet), states and roles wire names,
-- truth values 0 and 1. What both engines take; the rest is in 0001_init.sqlite.sql.

CREATE TABLE unit (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  short_name TEXT,
  level BIGINT NOT NULL CHECK (level BETWEEN 1 AND 6),
  kind TEXT NOT NULL,
  parent_id TEXT REFERENCES unit (id),
  line_parent_id TEXT REFERENCES unit (id),
  region_code TEXT NOT NULL,
  path TEXT NOT NULL,
  status TEXT NOT NULL,
  valid_from_ms BIGINT,
  valid_to_ms BIGINT,
  successor_id TEXT REFERENCES unit (id),
  tz TEXT,
  language TEXT,
  settings TEXT
);
CREATE INDEX unit_parent ON unit (parent_id, id);
CREATE INDEX unit_path ON unit (path);

CREATE TABLE person (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_masked TEXT NOT NULL,
  id_type TEXT,
  id_cipher TEXT,
  id_hash TEXT,
  id_masked TEXT,
  phone_cipher TEXT,
  phone_hash TEXT,
  phone_masked TEXT,
  gender TEXT,
  language TEXT,
  birth_year BIGINT NOT NULL,
  needs TEXT,
  created_ms BIGINT NOT NULL
);
CREATE INDEX person_id_hash ON person (id_hash);
CREATE INDEX person_phone_hash ON person (phone_hash);

CREATE TABLE account (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  roles TEXT NOT NULL,
  unit_id TEXT REFERENCES unit (id),
  name TEXT NOT NULL,
  title TEXT,
  totp_cipher TEXT,
  totp_last_step BIGINT NOT NULL DEFAULT 0,
  status TEXT NOT NULL,
  failed_logins BIGINT NOT NULL,
  locked_until_ms BIGINT,
  last_login_ms BIGINT,
  created_ms BIGINT NOT NULL
);
CREATE INDEX account_unit ON account (unit_id, id);

CREATE TABLE number_sequence (
  prefix TEXT NOT NULL,
  region TEXT NOT NULL,
  date TEXT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (prefix, region, date)
);

CREATE TABLE petition_case (
  id TEXT PRIMARY KEY,
  case_no TEXT NOT NULL UNIQUE,
  external_id TEXT,
  source_system TEXT,
  nature TEXT NOT NULL,
  subject_code TEXT,
  title TEXT NOT NULL,
  claim TEXT,
  facts TEXT,
  channel TEXT,
  confidentiality TEXT NOT NULL,
  state TEXT NOT NULL,
  procedure_profile TEXT,
  registered_unit_id TEXT NOT NULL REFERENCES unit (id),
  first_handler_id TEXT REFERENCES account (id),
  lead_unit_id TEXT REFERENCES unit (id),
  petitioner_id TEXT REFERENCES person (id),
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  UNIQUE (source_system, external_id)
);
CREATE INDEX petition_case_registered ON petition_case (registered_unit_id, id);
CREATE INDEX petition_case_lead ON petition_case (lead_unit_id, id);
CREATE INDEX petition_case_petitioner ON petition_case (petitioner_id, id);

CREATE TABLE hearing (
  id TEXT PRIMARY KEY,
  hearing_no TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  sub_kind TEXT,
  mode TEXT NOT NULL,
  state TEXT NOT NULL,
  phase TEXT NOT NULL,
  title TEXT NOT NULL,
  case_id TEXT REFERENCES petition_case (id),
  organiser_unit_id TEXT NOT NULL REFERENCES unit (id),
  planned_start_ms BIGINT NOT NULL,
  planned_end_ms BIGINT,
  actual_start_ms BIGINT,
  actual_end_ms BIGINT,
  publicity TEXT NOT NULL,
  recording_policy TEXT NOT NULL,
  procedure_profile TEXT,
  language TEXT,
  max_observers BIGINT NOT NULL,
  prior_hearing_id TEXT REFERENCES hearing (id),
  close_reason TEXT,
  created_ms BIGINT NOT NULL
);
CREATE INDEX hearing_planned ON hearing (planned_start_ms, id);
CREATE INDEX hearing_case ON hearing (case_id, id);
CREATE INDEX hearing_organiser ON hearing (organiser_unit_id, planned_start_ms);
CREATE INDEX hearing_state ON hearing (state, id);

CREATE TABLE phase_event (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  from_phase TEXT,
  to_phase TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  by_id TEXT,
  note TEXT
);
CREATE INDEX phase_event_hearing ON phase_event (hearing_id, at_ms, id);

CREATE TABLE seat (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  side TEXT NOT NULL,
  role TEXT NOT NULL,
  unit_id TEXT REFERENCES unit (id),
  person_id TEXT REFERENCES person (id),
  account_id TEXT REFERENCES account (id),
  display_name TEXT NOT NULL,
  unit_name TEXT,
  title TEXT,
  position BIGINT NOT NULL,
  is_lead BIGINT NOT NULL,
  speaking_limit_s BIGINT NOT NULL,
  UNIQUE (hearing_id, position)
);
CREATE INDEX seat_account ON seat (account_id, hearing_id);
CREATE INDEX seat_unit ON seat (unit_id, hearing_id);

CREATE TABLE participant (
  id TEXT PRIMARY KEY,
  seat_id TEXT NOT NULL UNIQUE REFERENCES seat (id) ON DELETE CASCADE,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  invite_state TEXT NOT NULL,
  presence_state TEXT NOT NULL,
  join_token_hash TEXT UNIQUE,
  token_expires_ms BIGINT,
  token_state TEXT NOT NULL,
  check_in_method TEXT,
  check_in_by TEXT,
  check_in_at_ms BIGINT,
  document_masked TEXT,
  joined_at_ms BIGINT,
  left_at_ms BIGINT,
  leave_reason TEXT
);
CREATE INDEX participant_hearing ON participant (hearing_id, id);

CREATE TABLE consent (
  id TEXT PRIMARY KEY,
  participant_id TEXT NOT NULL REFERENCES participant (id),
  subject TEXT NOT NULL,
  text_version TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('given', 'refused')),
  at_ms BIGINT NOT NULL,
  channel TEXT NOT NULL,
  evidence_ref TEXT,
  withdrawn_at_ms BIGINT
);
CREATE INDEX consent_participant ON consent (participant_id, at_ms, id);

CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('account', 'participant', 'bearer')),
  account_id TEXT REFERENCES account (id),
  participant_id TEXT REFERENCES participant (id) ON DELETE CASCADE,
  hearing_id TEXT REFERENCES hearing (id),
  scope TEXT,
  factor_2_done BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  revoked_ms BIGINT,
  last_seen_ms BIGINT
);
CREATE INDEX session_expires ON session (expires_ms);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_participant ON session (participant_id);

CREATE TABLE outcome (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  case_id TEXT REFERENCES petition_case (id),
  item TEXT NOT NULL,
  result TEXT NOT NULL,
  note TEXT,
  by_id TEXT,
  at_ms BIGINT NOT NULL
);
CREATE INDEX outcome_hearing ON outcome (hearing_id, id);

CREATE TABLE commitment (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  case_id TEXT REFERENCES petition_case (id),
  text TEXT NOT NULL,
  owner_unit_id TEXT NOT NULL REFERENCES unit (id),
  due_at_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  evidence TEXT,
  created_ms BIGINT NOT NULL
);
CREATE INDEX commitment_hearing ON commitment (hearing_id, id);
CREATE INDEX commitment_case ON commitment (case_id, id);

CREATE TABLE recording (
  id TEXT PRIMARY KEY,
  recording_no TEXT NOT NULL UNIQUE,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  case_id TEXT REFERENCES petition_case (id),
  room TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  state TEXT NOT NULL,
  directory TEXT NOT NULL UNIQUE,
  started_ms BIGINT,
  stopped_ms BIGINT,
  durable_bytes BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  chain_head TEXT,
  derive_state TEXT NOT NULL,
  derive_permille BIGINT NOT NULL,
  derive_error TEXT,
  hold BIGINT NOT NULL,
  created_ms BIGINT NOT NULL
);
CREATE INDEX recording_hearing ON recording (hearing_id, id);
CREATE INDEX recording_case ON recording (case_id, id);
CREATE INDEX recording_state ON recording (state, id);

CREATE TABLE recording_file (
  id TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL REFERENCES recording (id),
  kind TEXT NOT NULL,
  participant_id TEXT,
  source TEXT,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  start_ms BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  UNIQUE (recording_id, name)
);

CREATE TABLE recording_view (
  id TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL REFERENCES recording (id),
  account_id TEXT REFERENCES account (id),
  participant_id TEXT,
  at_ms BIGINT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX recording_view_recording ON recording_view (recording_id, at_ms, id);

CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  payload TEXT,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
  tries BIGINT NOT NULL,
  tries_max BIGINT NOT NULL,
  run_after_ms BIGINT NOT NULL,
  lease_owner TEXT,
  lease_until_ms BIGINT,
  last_error TEXT,
  created_ms BIGINT NOT NULL,
  finished_ms BIGINT
);
CREATE INDEX job_due ON job (state, run_after_ms, id);
-- The same work never waits or runs twice at a time.
CREATE UNIQUE INDEX job_active ON job (kind, subject_id) WHERE state IN ('queued', 'running');

CREATE TABLE audit (
  seq BIGINT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  actor_id TEXT,
  role TEXT,
  unit_id TEXT,
  action TEXT NOT NULL,
  object TEXT,
  hearing_id TEXT,
  reason TEXT,
  ip TEXT,
  result TEXT,
  detail TEXT,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_hearing ON audit (hearing_id, seq);

CREATE TABLE idempotency (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT NOT NULL,
  answer TEXT,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_created ON idempotency (created_ms);
