-- SPDX-License-Identifier: Apache-2.0
-- The deliberation of a panel: questions, votes, opinion, dissent; sealed as one text.

CREATE TABLE deliberation (
  hearing_id TEXT PRIMARY KEY REFERENCES hearing (id),
  ballot_count BIGINT NOT NULL,
  opinion_version BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  sealed_ms BIGINT,
  sealed_by TEXT REFERENCES participant (id),
  seal_note TEXT,
  record TEXT,
  sha256 TEXT,
  released_ms BIGINT,
  released_by TEXT REFERENCES participant (id)
);

-- urn: of a secret one that is open, the votes given so far under a key that is not in here.
CREATE TABLE ballot (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES deliberation (hearing_id),
  number BIGINT NOT NULL CHECK (number >= 1),
  question TEXT NOT NULL,
  options TEXT NOT NULL,
  is_secret BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'withdrawn', 'void')),
  urn TEXT,
  votes TEXT,
  abstained BIGINT NOT NULL,
  result TEXT CHECK (result IN ('none', 'majority', 'most', 'tie')),
  opened_by TEXT NOT NULL REFERENCES participant (id),
  opened_ms BIGINT NOT NULL,
  ended_by TEXT REFERENCES participant (id),
  ended_ms BIGINT,
  reason TEXT,
  UNIQUE (hearing_id, number)
);

-- Who may vote on it, all written when it is put, and whether they did: no time, no order.
CREATE TABLE ballot_voter (
  ballot_id TEXT NOT NULL REFERENCES ballot (id),
  participant_id TEXT NOT NULL REFERENCES participant (id),
  name TEXT NOT NULL,
  has_voted BIGINT NOT NULL,
  PRIMARY KEY (ballot_id, participant_id)
);

-- Of named ones only. choice: index of an option, -1 to abstain.
CREATE TABLE ballot_vote (
  ballot_id TEXT NOT NULL REFERENCES ballot (id),
  participant_id TEXT NOT NULL REFERENCES participant (id),
  choice BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (ballot_id, participant_id)
);

-- Versions; the highest one counts.
CREATE TABLE deliberation_opinion (
  hearing_id TEXT NOT NULL REFERENCES deliberation (hearing_id),
  version BIGINT NOT NULL,
  text TEXT NOT NULL,
  author_id TEXT NOT NULL REFERENCES participant (id),
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (hearing_id, version)
);

CREATE TABLE deliberation_confirmation (
  hearing_id TEXT NOT NULL REFERENCES deliberation (hearing_id),
  version BIGINT NOT NULL,
  participant_id TEXT NOT NULL REFERENCES participant (id),
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (hearing_id, version, participant_id)
);

-- Until the seal a panelist may write it anew, or take it back (empty).
CREATE TABLE deliberation_dissent (
  hearing_id TEXT NOT NULL REFERENCES deliberation (hearing_id),
  participant_id TEXT NOT NULL REFERENCES participant (id),
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (hearing_id, participant_id)
);
