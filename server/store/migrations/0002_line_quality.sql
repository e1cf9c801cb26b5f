-- SPDX-License-Identifier: Apache-2.0
-- Who had which line when: a row for each change of level. 'none' ends a stay in the room.

CREATE TABLE line_quality (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  participant_id TEXT NOT NULL REFERENCES participant (id),
  at_ms BIGINT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('none', 'good', 'weak', 'audio_only', 'lost')),
  up_level TEXT NOT NULL,
  down_level TEXT NOT NULL,
  up_loss_permille BIGINT NOT NULL,
  down_loss_permille BIGINT NOT NULL,
  rtt_ms BIGINT,
  up_bps BIGINT NOT NULL,
  down_bps BIGINT NOT NULL
);
CREATE INDEX line_quality_hearing ON line_quality (hearing_id, at_ms, id);
