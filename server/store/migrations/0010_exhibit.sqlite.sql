-- SPDX-License-Identifier: Apache-2.0
-- What was brought and what was said against it is never lost, neither by us nor by hand.

CREATE TRIGGER exhibit_no_delete BEFORE DELETE ON exhibit
BEGIN SELECT RAISE(ABORT, 'an exhibit is withdrawn, not deleted'); END;
CREATE TRIGGER exhibit_content_stays BEFORE UPDATE OF hearing_id, side, number, sha256, size, media_type, file_name,
  uploader_id, created_ms ON exhibit
BEGIN SELECT RAISE(ABORT, 'what was uploaded stays'); END;
CREATE TRIGGER exhibit_objection_no_update BEFORE UPDATE ON exhibit_objection
BEGIN SELECT RAISE(ABORT, 'an objection stays as it was made'); END;
CREATE TRIGGER exhibit_objection_no_delete BEFORE DELETE ON exhibit_objection
BEGIN SELECT RAISE(ABORT, 'an objection stays as it was made'); END;
