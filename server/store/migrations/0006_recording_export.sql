-- SPDX-License-Identifier: Apache-2.0
-- Who asked for a copy of a recording, why, and who let it go: never the same person.

CREATE TABLE recording_export (
  id TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL REFERENCES recording (id),
  requested_by TEXT NOT NULL REFERENCES account (id),
  requested_ms BIGINT NOT NULL,
  reason TEXT NOT NULL,
  from_ms BIGINT NOT NULL,
  to_ms BIGINT, -- NULL: all of it; else only this stretch, on the recording's clock
  state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'refused')),
  decided_by TEXT REFERENCES account (id),
  decided_ms BIGINT,
  note TEXT,
  downloads BIGINT NOT NULL,
  downloaded_ms BIGINT,
  CHECK ((to_ms IS NULL AND from_ms = 0) OR (from_ms >= 0 AND from_ms < to_ms)),
  CHECK (decided_by IS NULL OR decided_by <> requested_by),
  CHECK ((state = 'requested') = (decided_by IS NULL))
);
CREATE INDEX recording_export_recording ON recording_export (recording_id, id);
