-- SPDX-License-Identifier: Apache-2.0
-- What is done to a recording after it was written, by kind: 'timestamp', 'copy', 'composite'.
-- The job table holds the tries; this one what people are told.

CREATE TABLE recording_task (
  recording_id TEXT NOT NULL REFERENCES recording (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'waiting', 'ready', 'failed')),
  permille BIGINT NOT NULL,
  detail TEXT,
  error TEXT,
  changed_ms BIGINT NOT NULL,
  PRIMARY KEY (recording_id, kind)
);
CREATE INDEX recording_task_state ON recording_task (kind, state, recording_id);
