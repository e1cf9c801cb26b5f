-- SPDX-License-Identifier: Apache-2.0
-- Bookmarks and notes beside a recording. A private one is its author's alone; one for the file
-- leaves a trace: what it said before each edit, and when it was taken out.

CREATE TABLE recording_note (
  id TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL REFERENCES recording (id),
  account_id TEXT NOT NULL REFERENCES account (id),
  author TEXT NOT NULL,
  unit TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('bookmark', 'note')),
  visibility TEXT NOT NULL CHECK (visibility IN ('private', 'file')),
  at_ms BIGINT NOT NULL CHECK (at_ms >= 0),
  to_ms BIGINT CHECK (to_ms > at_ms),
  text TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  edited_ms BIGINT,
  edit_count BIGINT NOT NULL,
  deleted_ms BIGINT
);
CREATE INDEX recording_note_recording ON recording_note (recording_id, id);

-- What a note for the file said before; rows are only added.
CREATE TABLE recording_note_edit (
  id TEXT PRIMARY KEY,
  note_id TEXT NOT NULL REFERENCES recording_note (id),
  account_id TEXT NOT NULL REFERENCES account (id),
  edited_ms BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  to_ms BIGINT,
  text TEXT NOT NULL
);
CREATE INDEX recording_note_edit_note ON recording_note_edit (note_id, id);
