-- SPDX-License-Identifier: Apache-2.0
-- Who attends a training without a seat, what they ask, who answered the roll; what a hearing's
-- commitments and a consultation's tasks need beside their text.

-- By a link many come in: one for all, or one of each unit that was invited.
CREATE TABLE training_link (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  unit_name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  made_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  revoked_ms BIGINT,
  UNIQUE (hearing_id, unit_name)
);

-- here_since_ms: connected now; stayed_ms: all times before. participant_id: was given a seat.
CREATE TABLE attendee (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  link_id TEXT NOT NULL REFERENCES training_link (id),
  name TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  expires_ms BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  came_ms BIGINT,
  here_since_ms BIGINT,
  left_ms BIGINT,
  stayed_ms BIGINT NOT NULL,
  removed_ms BIGINT,
  participant_id TEXT REFERENCES participant (id)
);
CREATE INDEX attendee_hearing ON attendee (hearing_id, id);
CREATE INDEX attendee_participant ON attendee (participant_id);

CREATE TABLE roll (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  number BIGINT NOT NULL CHECK (number >= 1),
  opened_by TEXT NOT NULL,
  opened_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  ended_ms BIGINT,
  UNIQUE (hearing_id, number)
);

-- who_id: of an attendee, or of a participant who has a seat.
CREATE TABLE roll_answer (
  roll_id TEXT NOT NULL REFERENCES roll (id),
  who_id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (roll_id, who_id)
);

CREATE TABLE question (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  attendee_id TEXT NOT NULL REFERENCES attendee (id),
  number BIGINT NOT NULL CHECK (number >= 1),
  text TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'chosen', 'answered', 'dropped')),
  asked_ms BIGINT NOT NULL,
  moved_ms BIGINT,
  moved_by TEXT,
  UNIQUE (hearing_id, number)
);
CREATE INDEX question_attendee ON question (attendee_id);

-- commitment: what was promised in a hearing; task: what a consultation gave somebody to do.
ALTER TABLE commitment ADD COLUMN kind TEXT NOT NULL DEFAULT 'commitment'
  CHECK (kind IN ('commitment', 'task'));
ALTER TABLE commitment ADD COLUMN named_by TEXT NOT NULL DEFAULT '';
ALTER TABLE commitment ADD COLUMN changed_ms BIGINT;
ALTER TABLE commitment ADD COLUMN removed_ms BIGINT;
