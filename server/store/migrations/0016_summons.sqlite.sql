-- SPDX-License-Identifier: Apache-2.0
-- What proves that a unit was called, and how it answered, stays as it was.

CREATE TRIGGER summons_no_delete BEFORE DELETE ON summons
BEGIN SELECT RAISE(ABORT, 'a summons is never removed'); END;
CREATE TRIGGER summons_stays BEFORE UPDATE ON summons
WHEN NEW.hearing_id <> OLD.hearing_id OR NEW.number <> OLD.number OR NEW.unit_id <> OLD.unit_id OR
  NEW.unit_name <> OLD.unit_name OR NEW.called_by_id <> OLD.called_by_id OR
  NEW.called_ms <> OLD.called_ms OR NEW.due_ms <> OLD.due_ms OR
  NEW.state <> OLD.state AND OLD.state <> 'ringing' OR
  NEW.rung_ms IS NOT OLD.rung_ms AND OLD.rung_ms IS NOT NULL OR
  NEW.seen_ms IS NOT OLD.seen_ms AND OLD.seen_ms IS NOT NULL OR
  NEW.ended_ms IS NOT OLD.ended_ms AND OLD.ended_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the first time stays'); END;
