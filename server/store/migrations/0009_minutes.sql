-- SPDX-License-Identifier: Apache-2.0
-- The minutes of a hearing: lines with speaker and time mark, and what each one said before.

CREATE TABLE minutes (
  hearing_id TEXT PRIMARY KEY REFERENCES hearing (id),
  state TEXT NOT NULL CHECK (state IN ('drafting', 'circulated', 'corrected', 'signing', 'signed',
    'signed_with_refusal', 'sealed')),
  line_count BIGINT NOT NULL,
  created_ms BIGINT NOT NULL
);

-- Read in the order of at_ms, seq. A line that was taken out keeps its row and its number.
CREATE TABLE minutes_line (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES minutes (hearing_id),
  seq BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  phase TEXT NOT NULL,
  speaker_id TEXT REFERENCES participant (id),
  kind TEXT NOT NULL CHECK (kind IN ('statement', 'action', 'note', 'heading')),
  text TEXT NOT NULL,
  version BIGINT NOT NULL,
  author_id TEXT NOT NULL REFERENCES participant (id),
  created_ms BIGINT NOT NULL,
  changed_ms BIGINT NOT NULL,
  removed_ms BIGINT,
  UNIQUE (hearing_id, seq)
);
CREATE INDEX minutes_line_hearing ON minutes_line (hearing_id, id);

-- What a line said before; rows are only added.
CREATE TABLE minutes_version (
  id TEXT PRIMARY KEY,
  line_id TEXT NOT NULL REFERENCES minutes_line (id),
  version BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  phase TEXT NOT NULL,
  speaker_id TEXT REFERENCES participant (id),
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  author_id TEXT NOT NULL REFERENCES participant (id),
  changed_ms BIGINT NOT NULL,
  removed_ms BIGINT,
  UNIQUE (line_id, version)
);
CREATE INDEX minutes_version_line ON minutes_version (line_id, id);
