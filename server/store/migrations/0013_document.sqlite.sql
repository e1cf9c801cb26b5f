-- SPDX-License-Identifier: Apache-2.0
-- What was issued, and what proves that it was served, stays as it was.

CREATE TRIGGER document_no_delete BEFORE DELETE ON document
BEGIN SELECT RAISE(ABORT, 'a document is never removed'); END;
CREATE TRIGGER document_made_stays BEFORE UPDATE ON document WHEN OLD.state = 'made'
BEGIN SELECT RAISE(ABORT, 'a document that was made stays'); END;
CREATE TRIGGER document_sending_no_delete BEFORE DELETE ON document_sending
BEGIN SELECT RAISE(ABORT, 'a sending is never removed'); END;
CREATE TRIGGER document_sending_stays BEFORE UPDATE ON document_sending
WHEN NEW.document_id <> OLD.document_id OR NEW.participant_id <> OLD.participant_id OR
  NEW.sent_ms <> OLD.sent_ms OR NEW.delivered_ms IS NOT OLD.delivered_ms AND OLD.delivered_ms IS NOT NULL OR
  NEW.read_ms IS NOT OLD.read_ms AND OLD.read_ms IS NOT NULL OR
  NEW.confirmed_ms IS NOT OLD.confirmed_ms AND OLD.confirmed_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the first time stays'); END;
