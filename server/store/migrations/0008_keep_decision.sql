-- SPDX-License-Identifier: Apache-2.0
-- Recordings that somebody appraised as permanent: decided by one person, ended by two. Rows are never removed.

CREATE TABLE keep_decision (
  id TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL REFERENCES recording (id),
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL REFERENCES account (id),
  decided_ms BIGINT NOT NULL,
  end_reason TEXT, -- of whoever asks that the term of the class runs again; taken back or sent back: NULL
  end_asked_by TEXT REFERENCES account (id),
  end_asked_ms BIGINT,
  ended_by TEXT REFERENCES account (id),
  ended_ms BIGINT,
  CHECK ((end_reason IS NULL) = (end_asked_by IS NULL) AND (end_reason IS NULL) = (end_asked_ms IS NULL)),
  CHECK ((ended_by IS NULL) = (ended_ms IS NULL)),
  CHECK (ended_by IS NULL OR (end_asked_by IS NOT NULL AND ended_by <> end_asked_by))
);
-- One at a time.
CREATE UNIQUE INDEX keep_decision_open ON keep_decision (recording_id) WHERE ended_ms IS NULL;
CREATE INDEX keep_decision_recording ON keep_decision (recording_id, id);
