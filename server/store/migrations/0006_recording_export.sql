-- SPDX-License-Identifier: Apache-2.0
-- Who asked for a copy of a recording, why, and who let it go: never the same person.

CREATE TABLE recording_export (
  id TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL REFERENCES recording (id),
  requested_by TEXT NOT NULL REFERENCES account (id),
  requested_ms BIGINT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'refused')),
  decided_by TEXT REFERENCES account (id),
  decided_ms BIGINT,
  note TEXT,
  downloads BIGINT NOT NULL,
  downloaded_ms BIGINT,
  CHECK (decided_by IS NULL OR decided_by <> requested_by),
  CHECK ((state = 'requested') = (decided_by IS NULL))
);
CREATE INDEX recording_export_recording ON recording_export (recording_id, id);
