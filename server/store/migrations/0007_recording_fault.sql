-- SPDX-License-Identifier: Apache-2.0
-- What went wrong with a recording and when, what somebody wrote of it, and who countersigned.

CREATE TABLE recording_fault (
  id TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL REFERENCES recording (id),
  fault TEXT NOT NULL CHECK (fault IN ('disk_full', 'io_error', 'overrun', 'stalled', 'crash')),
  from_ms BIGINT NOT NULL,
  to_ms BIGINT,
  note TEXT,
  note_by TEXT REFERENCES account (id),
  note_at_ms BIGINT,
  countersigned_by TEXT REFERENCES account (id),
  countersigned_at_ms BIGINT
);
CREATE INDEX recording_fault_recording ON recording_fault (recording_id, from_ms, id);
