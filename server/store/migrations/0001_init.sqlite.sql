-- SPDX-License-Identifier: Apache-2.0
-- Rows that are only added, never altered: the audit trail and who viewed a recording.

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
-- The engine itself refuses a row that does not continue the chain. This also stops
-- INSERT OR REPLACE, whose implied delete fires no trigger.
CREATE TRIGGER audit_chain BEFORE INSERT ON audit
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit)
  OR NEW.prev_hash <> coalesce((SELECT hash FROM audit WHERE seq = NEW.seq - 1), NEW.prev_hash)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER recording_view_no_update BEFORE UPDATE ON recording_view
BEGIN SELECT RAISE(ABORT, 'views of a recording are append-only'); END;
CREATE TRIGGER recording_view_no_delete BEFORE DELETE ON recording_view
BEGIN SELECT RAISE(ABORT, 'views of a recording are append-only'); END;
