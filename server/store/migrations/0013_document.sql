-- SPDX-License-Identifier: Apache-2.0
-- Documents of a hearing. The files lie in the data folder below documents/HEARING/NUMBER. A row
-- is never removed: a number once given stays given, a new version stands beside the old one.

CREATE TABLE document (
  id TEXT PRIMARY KEY,
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  kind TEXT NOT NULL,
  participant_id TEXT REFERENCES participant (id),
  language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
  number BIGINT NOT NULL CHECK (number >= 1),
  version BIGINT NOT NULL CHECK (version >= 1),
  document_no TEXT NOT NULL UNIQUE,
  template_sha256 TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('making', 'made')),
  made_by_id TEXT NOT NULL,
  made_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  pdf_sha256 TEXT,
  pdf_size BIGINT NOT NULL,
  html_sha256 TEXT,
  html_size BIGINT NOT NULL,
  json_sha256 TEXT,
  json_size BIGINT NOT NULL,
  UNIQUE (hearing_id, number, version)
);
CREATE INDEX document_hearing ON document (hearing_id, id);

-- Each time one was sent to somebody: what proves the service (domain.md 2.4, rules 29 to 32).
CREATE TABLE document_sending (
  id TEXT PRIMARY KEY,
  document_id TEXT NOT NULL REFERENCES document (id),
  hearing_id TEXT NOT NULL REFERENCES hearing (id),
  participant_id TEXT NOT NULL REFERENCES participant (id),
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('web')),
  sent_by_id TEXT NOT NULL,
  sent_ms BIGINT NOT NULL,
  delivered_ms BIGINT,
  read_ms BIGINT,
  confirmed_ms BIGINT,
  UNIQUE (document_id, participant_id, channel)
);
CREATE INDEX document_sending_hearing ON document_sending (hearing_id, id);
CREATE INDEX document_sending_participant ON document_sending (participant_id, id);
