-- SPDX-License-Identifier: Apache-2.0
-- What was consented, offered and agreed is never lost, neither by us nor by hand.

CREATE TRIGGER mediation_entry_no_update BEFORE UPDATE ON mediation_entry
BEGIN SELECT RAISE(ABORT, 'what was said in a mediation stays'); END;
CREATE TRIGGER mediation_entry_no_delete BEFORE DELETE ON mediation_entry
BEGIN SELECT RAISE(ABORT, 'what was said in a mediation stays'); END;
