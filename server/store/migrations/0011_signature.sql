-- SPDX-License-Identifier: Apache-2.0
-- Signing of the documents of a hearing, and the minutes on their way to it.

-- A text that is to be signed, frozen. A text that changed is another version, with its own row.
CREATE TABLE signing (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  subject_kind TEXT NOT NULL CHECK (subject_kind IN
    ('minutes', 'agreement', 'deliberation_record', 'hearing_report')),
  subject_id TEXT NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'settled', 'withdrawn')),
  opened_by TEXT NOT NULL,
  opened_ms BIGINT NOT NULL,
  ended_ms BIGINT,
  UNIQUE (subject_kind, subject_id, version)
);
CREATE INDEX signing_hearing ON signing (hearing_id, id);

-- One of each signer, made with the signing. evidence is the method's: the drawing.
CREATE TABLE signature (
  id TEXT PRIMARY KEY,
  signing_id TEXT NOT NULL REFERENCES signing (id),
  participant_id TEXT NOT NULL REFERENCES participant (id),
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'signed', 'refused')),
  method TEXT,
  strength TEXT CHECK (strength IN ('simple', 'reliable')),
  evidence TEXT,
  seal TEXT,
  reason TEXT,
  noted_by TEXT,
  device TEXT,
  at_ms BIGINT,
  code_hash TEXT,
  code_ms BIGINT,
  code_tries BIGINT NOT NULL,
  code_count BIGINT NOT NULL,
  UNIQUE (signing_id, participant_id)
);
CREATE INDEX signature_signing ON signature (signing_id, id);

ALTER TABLE minutes ADD COLUMN circulated_ms BIGINT;
ALTER TABLE minutes ADD COLUMN sealed_ms BIGINT;
ALTER TABLE minutes ADD COLUMN sha256 TEXT;

-- Who has read what was circulated.
CREATE TABLE minutes_reading (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES minutes (hearing_id),
  participant_id TEXT NOT NULL REFERENCES participant (id),
  at_ms BIGINT NOT NULL,
  UNIQUE (hearing_id, participant_id)
);

-- A correction that somebody wants of a line.
CREATE TABLE minutes_correction (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES minutes (hearing_id),
  line_id TEXT NOT NULL REFERENCES minutes_line (id),
  line_version BIGINT NOT NULL,
  text TEXT NOT NULL,
  reason TEXT NOT NULL,
  proposer_id TEXT NOT NULL REFERENCES participant (id),
  state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'declined')),
  created_ms BIGINT NOT NULL,
  decided_ms BIGINT,
  decided_by TEXT REFERENCES participant (id),
  decided_reason TEXT
);
CREATE INDEX minutes_correction_hearing ON minutes_correction (hearing_id, id);

-- What was found wrong after the seal: beside the minutes, never in them.
CREATE TABLE minutes_addendum (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES minutes (hearing_id),
  text TEXT NOT NULL,
  author_id TEXT NOT NULL REFERENCES participant (id),
  author TEXT NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE INDEX minutes_addendum_hearing ON minutes_addendum (hearing_id, id);
