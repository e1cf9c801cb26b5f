-- SPDX-License-Identifier: Apache-2.0
-- What no program may do, whatever its mistakes: forget a hold or an order, bring a recording to
-- its destruction without two persons or under a hold, or bring it back.

CREATE TRIGGER legal_hold_no_delete BEFORE DELETE ON legal_hold
BEGIN SELECT RAISE(ABORT, 'legal holds are not removed, they are lifted'); END;
CREATE TRIGGER legal_hold_lifted BEFORE UPDATE ON legal_hold WHEN OLD.lifted_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a hold that was lifted stays as it is'); END;
CREATE TRIGGER destruction_order_no_delete BEFORE DELETE ON destruction_order
BEGIN SELECT RAISE(ABORT, 'orders are not removed'); END;
CREATE TRIGGER destruction_order_ended BEFORE UPDATE ON destruction_order
WHEN OLD.state IN ('withdrawn', 'done') OR (OLD.state = 'confirmed' AND NEW.state <> 'done')
BEGIN SELECT RAISE(ABORT, 'this order stays as it is'); END;
CREATE TRIGGER destruction_order_held BEFORE UPDATE OF state ON destruction_order
WHEN NEW.state = 'confirmed' AND (
  EXISTS (SELECT 1 FROM recording r WHERE r.id = NEW.recording_id AND r.hold <> 0) OR
  EXISTS (SELECT 1 FROM legal_hold h JOIN recording r ON r.id = NEW.recording_id
          WHERE h.lifted_ms IS NULL AND (h.recording_id = r.id OR h.case_id = r.case_id)))
BEGIN SELECT RAISE(ABORT, 'a legal hold stands on this recording'); END;
CREATE TRIGGER recording_destroyed BEFORE UPDATE OF state ON recording
WHEN NEW.state IN ('destroying', 'destroyed') AND NOT EXISTS (
  SELECT 1 FROM destruction_order o WHERE o.recording_id = NEW.id AND o.state IN ('confirmed', 'done'))
BEGIN SELECT RAISE(ABORT, 'nobody ordered that this recording be destroyed'); END;
CREATE TRIGGER recording_stays_destroyed BEFORE UPDATE OF state ON recording
WHEN (OLD.state = 'destroyed' AND NEW.state <> 'destroyed') OR
     (OLD.state = 'destroying' AND NEW.state NOT IN ('destroying', 'destroyed'))
BEGIN SELECT RAISE(ABORT, 'a destroyed recording stays destroyed'); END;
CREATE TRIGGER recording_no_delete BEFORE DELETE ON recording
BEGIN SELECT RAISE(ABORT, 'the row of a recording stays, whatever becomes of its files'); END;
