-- SPDX-License-Identifier: Apache-2.0
-- The course of a mediation: what was said in it, one entry an act; rows are only added. What
-- follows from them (consents, facts, offers, the agreement, its end) server/hearing/mediation says.

CREATE TABLE mediation_entry (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  seq BIGINT NOT NULL CHECK (seq >= 1),
  actor_id TEXT NOT NULL REFERENCES participant (id),
  role TEXT NOT NULL,
  side TEXT NOT NULL,
  act TEXT NOT NULL,
  data TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  UNIQUE (hearing_id, seq)
);
