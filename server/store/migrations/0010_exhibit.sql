-- SPDX-License-Identifier: Apache-2.0
-- Exhibits of a hearing. The file lies in the data folder under its SHA-256; a row is never
-- removed, so that a number once given stays given.

CREATE TABLE exhibit (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  side TEXT NOT NULL CHECK (side IN ('petitioner', 'respondent', 'organiser')),
  number BIGINT NOT NULL CHECK (number >= 1),
  title TEXT NOT NULL,
  file_name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL CHECK (size >= 1),
  sha256 TEXT NOT NULL,
  is_closed BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('uploaded', 'offered', 'presented', 'admitted', 'not_admitted', 'withdrawn')),
  uploader_id TEXT NOT NULL,
  uploader TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  offered_ms BIGINT,
  presented_ms BIGINT,
  ended_ms BIGINT,
  ended_by TEXT,
  ended_note TEXT,
  UNIQUE (hearing_id, side, number)
);
CREATE INDEX exhibit_hearing ON exhibit (hearing_id, id);

-- What was said against one; rows are only added.
CREATE TABLE exhibit_objection (
  id TEXT PRIMARY KEY,
  exhibit_id TEXT NOT NULL REFERENCES exhibit (id),
  ground TEXT NOT NULL CHECK (ground IN ('genuine', 'lawful', 'relevant')),
  participant_id TEXT NOT NULL REFERENCES participant (id),
  name TEXT NOT NULL,
  side TEXT NOT NULL,
  text TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  UNIQUE (exhibit_id, ground, participant_id)
);
CREATE INDEX exhibit_objection_exhibit ON exhibit_objection (exhibit_id, id);
