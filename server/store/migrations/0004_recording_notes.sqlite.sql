-- SPDX-License-Identifier: Apache-2.0
-- What a note for the file said is never lost: neither by a statement of ours nor by hand.

CREATE TRIGGER recording_note_edit_no_update BEFORE UPDATE ON recording_note_edit
BEGIN SELECT RAISE(ABORT, 'earlier words of a note stay'); END;
CREATE TRIGGER recording_note_edit_no_delete BEFORE DELETE ON recording_note_edit
BEGIN SELECT RAISE(ABORT, 'earlier words of a note stay'); END;
CREATE TRIGGER recording_note_file_no_delete BEFORE DELETE ON recording_note
WHEN OLD.visibility = 'file'
BEGIN SELECT RAISE(ABORT, 'a note for the file is taken out, not deleted'); END;
CREATE TRIGGER recording_note_file_stays BEFORE UPDATE ON recording_note
WHEN OLD.visibility = 'file' AND NEW.visibility <> 'file'
BEGIN SELECT RAISE(ABORT, 'a note for the file does not become private'); END;
