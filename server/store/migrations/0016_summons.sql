-- SPDX-License-Identifier: Apache-2.0
-- Units that were called into a running hearing (domain.md 3.9, summons_reply; 3.11, instant
-- summons): who was called by whom, when it rang there, was seen and was answered. What proves it.

CREATE TABLE summons (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  number BIGINT NOT NULL CHECK (number >= 1),
  unit_id TEXT NOT NULL REFERENCES unit (id),
  unit_name TEXT NOT NULL,
  called_by_id TEXT NOT NULL REFERENCES participant (id),
  called_by TEXT NOT NULL,
  called_ms BIGINT NOT NULL,
  due_ms BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ringing', 'accepted', 'declined', 'cancelled', 'unanswered')),
  rung_ms BIGINT,
  seen_ms BIGINT,
  seen_by_id TEXT,
  ended_ms BIGINT,
  answered_by_id TEXT,
  answered_by TEXT,
  participant_id TEXT REFERENCES participant (id),
  reason TEXT,
  UNIQUE (hearing_id, number)
);
CREATE INDEX summons_unit ON summons (unit_id, id);
