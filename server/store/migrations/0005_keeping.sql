-- SPDX-License-Identifier: Apache-2.0
-- Keeping of recordings: legal holds, and destruction by two persons. Rows are never removed.

-- On one recording, or on all of a case, those that come later among them.
CREATE TABLE legal_hold (
  id TEXT PRIMARY KEY,
  recording_id TEXT REFERENCES recording (id),
  case_id TEXT REFERENCES petition_case (id),
  reason TEXT NOT NULL,
  set_by TEXT NOT NULL REFERENCES account (id),
  set_ms BIGINT NOT NULL,
  lift_reason TEXT,
  lifted_by TEXT REFERENCES account (id),
  lifted_ms BIGINT,
  CHECK ((recording_id IS NULL) <> (case_id IS NULL)),
  CHECK ((lifted_by IS NULL) = (lifted_ms IS NULL) AND (lifted_by IS NULL) = (lift_reason IS NULL))
);
CREATE INDEX legal_hold_recording ON legal_hold (recording_id, id);
CREATE INDEX legal_hold_case ON legal_hold (case_id, id);

CREATE TABLE destruction_order (
  id TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL REFERENCES recording (id),
  state TEXT NOT NULL CHECK (state IN ('requested', 'withdrawn', 'confirmed', 'done')),
  reason TEXT NOT NULL,
  requested_by TEXT NOT NULL REFERENCES account (id),
  requested_ms BIGINT NOT NULL,
  withdraw_reason TEXT,
  withdrawn_by TEXT REFERENCES account (id),
  withdrawn_ms BIGINT,
  confirmed_by TEXT REFERENCES account (id),
  confirmed_ms BIGINT,
  certificate TEXT, -- destruction.jsonl of the recording's folder, byte by byte
  done_ms BIGINT,
  CHECK (confirmed_by IS NULL OR confirmed_by <> requested_by),
  CHECK (state NOT IN ('confirmed', 'done') OR
         (confirmed_by IS NOT NULL AND confirmed_ms IS NOT NULL AND certificate IS NOT NULL)),
  CHECK ((state = 'withdrawn') = (withdrawn_by IS NOT NULL)),
  CHECK ((state = 'done') = (done_ms IS NOT NULL))
);
-- One at a time; after a destruction none any more.
CREATE UNIQUE INDEX destruction_order_open ON destruction_order (recording_id) WHERE state <> 'withdrawn';
CREATE INDEX destruction_order_recording ON destruction_order (recording_id, id);
CREATE INDEX destruction_order_state ON destruction_order (state, id);
