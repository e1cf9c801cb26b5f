-- SPDX-License-Identifier: Apache-2.0
-- What no program may do, whatever its mistakes: forget a decision, change one that has ended, or have what is
-- kept for ever destroyed.

CREATE TRIGGER keep_decision_no_delete BEFORE DELETE ON keep_decision
BEGIN SELECT RAISE(ABORT, 'decisions are not removed, they are ended by two persons'); END;
CREATE TRIGGER keep_decision_ended BEFORE UPDATE ON keep_decision WHEN OLD.ended_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a decision that has ended stays as it is'); END;
CREATE TRIGGER keep_decision_stays BEFORE UPDATE OF recording_id, reason, decided_by, decided_ms ON keep_decision
BEGIN SELECT RAISE(ABORT, 'who decided what and why stays as it is'); END;
CREATE TRIGGER destruction_order_permanent BEFORE UPDATE OF state ON destruction_order
WHEN NEW.state = 'confirmed' AND EXISTS (
  SELECT 1 FROM keep_decision d WHERE d.recording_id = NEW.recording_id AND d.ended_ms IS NULL)
BEGIN SELECT RAISE(ABORT, 'this recording is kept for ever'); END;
