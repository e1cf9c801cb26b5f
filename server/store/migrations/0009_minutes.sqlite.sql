-- SPDX-License-Identifier: Apache-2.0
-- What the minutes said is never lost: neither by a statement of ours nor by hand.

CREATE TRIGGER minutes_version_no_update BEFORE UPDATE ON minutes_version
BEGIN SELECT RAISE(ABORT, 'earlier words of the minutes stay'); END;
CREATE TRIGGER minutes_version_no_delete BEFORE DELETE ON minutes_version
BEGIN SELECT RAISE(ABORT, 'earlier words of the minutes stay'); END;
CREATE TRIGGER minutes_line_no_delete BEFORE DELETE ON minutes_line
BEGIN SELECT RAISE(ABORT, 'a line of the minutes is taken out, not deleted'); END;
CREATE TRIGGER minutes_line_keeps_before BEFORE UPDATE ON minutes_line
WHEN NEW.version <> OLD.version + 1 OR NOT EXISTS (
  SELECT 1 FROM minutes_version WHERE line_id = OLD.id AND version = OLD.version)
BEGIN SELECT RAISE(ABORT, 'a line of the minutes changes with its earlier words kept'); END;
