-- SPDX-License-Identifier: Apache-2.0
-- What was signed stays as it was signed, neither changed by a statement of ours nor by hand.

CREATE TRIGGER signing_text_stays BEFORE UPDATE OF hearing_id, subject_kind, subject_id, version, title, text, sha256,
  opened_by, opened_ms ON signing
BEGIN SELECT RAISE(ABORT, 'a text that is signed stays'); END;
CREATE TRIGGER signing_end_stays BEFORE UPDATE ON signing WHEN OLD.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'a signing that ended stays so'); END;
CREATE TRIGGER signing_no_delete BEFORE DELETE ON signing
BEGIN SELECT RAISE(ABORT, 'a text that is signed stays'); END;
CREATE TRIGGER signature_stays BEFORE UPDATE ON signature WHEN OLD.state = 'signed'
BEGIN SELECT RAISE(ABORT, 'a signature stays as it was given'); END;
CREATE TRIGGER signature_person_stays BEFORE UPDATE OF signing_id, participant_id, role, name ON signature
BEGIN SELECT RAISE(ABORT, 'whose signature it is stays'); END;
CREATE TRIGGER signature_no_delete BEFORE DELETE ON signature
BEGIN SELECT RAISE(ABORT, 'a signature stays'); END;
CREATE TRIGGER signature_after_end BEFORE UPDATE ON signature
WHEN NOT EXISTS (SELECT 1 FROM signing WHERE id = OLD.signing_id AND state = 'open')
BEGIN SELECT RAISE(ABORT, 'the signing is over'); END;

-- From the signing on the lines stand.
CREATE TRIGGER minutes_line_frozen BEFORE UPDATE ON minutes_line
WHEN EXISTS (SELECT 1 FROM minutes WHERE hearing_id = OLD.hearing_id
  AND state IN ('signing', 'signed', 'signed_with_refusal', 'sealed'))
BEGIN SELECT RAISE(ABORT, 'the minutes are being signed'); END;
CREATE TRIGGER minutes_line_no_more BEFORE INSERT ON minutes_line
WHEN EXISTS (SELECT 1 FROM minutes WHERE hearing_id = NEW.hearing_id
  AND state IN ('signing', 'signed', 'signed_with_refusal', 'sealed'))
BEGIN SELECT RAISE(ABORT, 'the minutes are being signed'); END;
CREATE TRIGGER minutes_seal_stays BEFORE UPDATE ON minutes WHEN OLD.state = 'sealed'
BEGIN SELECT RAISE(ABORT, 'sealed minutes stay'); END;
CREATE TRIGGER minutes_correction_words_stay BEFORE UPDATE OF hearing_id, line_id, line_version, text, reason,
  proposer_id, created_ms ON minutes_correction
BEGIN SELECT RAISE(ABORT, 'what was proposed stays'); END;
CREATE TRIGGER minutes_correction_decided BEFORE UPDATE ON minutes_correction WHEN OLD.state <> 'proposed'
BEGIN SELECT RAISE(ABORT, 'what was decided stays'); END;
CREATE TRIGGER minutes_correction_no_delete BEFORE DELETE ON minutes_correction
BEGIN SELECT RAISE(ABORT, 'what was proposed stays'); END;
CREATE TRIGGER minutes_addendum_no_update BEFORE UPDATE ON minutes_addendum
BEGIN SELECT RAISE(ABORT, 'an addendum stays'); END;
CREATE TRIGGER minutes_addendum_no_delete BEFORE DELETE ON minutes_addendum
BEGIN SELECT RAISE(ABORT, 'an addendum stays'); END;

-- domain.md 3.7: a hearing is sealed with its minutes signed, or the refusals noted; if it has any.
CREATE TRIGGER hearing_sealed_with_minutes BEFORE UPDATE OF state ON hearing
WHEN NEW.state = 'sealed' AND OLD.state <> 'sealed' AND EXISTS (SELECT 1 FROM minutes WHERE hearing_id = NEW.id
  AND state NOT IN ('signed', 'signed_with_refusal', 'sealed')
  AND EXISTS (SELECT 1 FROM minutes_line WHERE hearing_id = NEW.id AND removed_ms IS NULL))
BEGIN SELECT RAISE(ABORT, 'the minutes of this hearing are not signed'); END;
