-- SPDX-License-Identifier: Apache-2.0
-- A vote is given once, a secret one is never named, and what was sealed stays.

CREATE TRIGGER ballot_no_delete BEFORE DELETE ON ballot
BEGIN SELECT RAISE(ABORT, 'a question is withdrawn, not deleted'); END;
CREATE TRIGGER ballot_question_stays BEFORE UPDATE OF hearing_id, number, question, options, is_secret, opened_by,
  opened_ms ON ballot
BEGIN SELECT RAISE(ABORT, 'a question stays as it was put'); END;
CREATE TRIGGER ballot_ended_stays BEFORE UPDATE ON ballot WHEN OLD.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'a vote that ended stays'); END;
CREATE TRIGGER ballot_voter_once BEFORE UPDATE ON ballot_voter WHEN OLD.has_voted <> 0 OR NEW.ballot_id <> OLD.ballot_id
  OR NEW.participant_id <> OLD.participant_id
BEGIN SELECT RAISE(ABORT, 'a vote is given once'); END;
CREATE TRIGGER ballot_voter_no_delete BEFORE DELETE ON ballot_voter
BEGIN SELECT RAISE(ABORT, 'who may vote stays'); END;
CREATE TRIGGER ballot_vote_named BEFORE INSERT ON ballot_vote
WHEN (SELECT is_secret FROM ballot WHERE id = NEW.ballot_id) <> 0
BEGIN SELECT RAISE(ABORT, 'a secret vote has no name'); END;
CREATE TRIGGER ballot_vote_no_update BEFORE UPDATE ON ballot_vote
BEGIN SELECT RAISE(ABORT, 'a vote is given once'); END;
CREATE TRIGGER ballot_vote_no_delete BEFORE DELETE ON ballot_vote
BEGIN SELECT RAISE(ABORT, 'a vote is given once'); END;
CREATE TRIGGER deliberation_opinion_no_update BEFORE UPDATE ON deliberation_opinion
BEGIN SELECT RAISE(ABORT, 'earlier words of the opinion stay'); END;
CREATE TRIGGER deliberation_opinion_no_delete BEFORE DELETE ON deliberation_opinion
BEGIN SELECT RAISE(ABORT, 'earlier words of the opinion stay'); END;
CREATE TRIGGER deliberation_seal_stays BEFORE UPDATE OF sealed_ms, sealed_by, seal_note, record, sha256, opinion_version,
  ballot_count ON deliberation WHEN OLD.sealed_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was sealed stays'); END;
CREATE TRIGGER deliberation_release_stays BEFORE UPDATE ON deliberation WHEN OLD.released_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was released stays'); END;
CREATE TRIGGER deliberation_no_delete BEFORE DELETE ON deliberation
BEGIN SELECT RAISE(ABORT, 'a deliberation is not deleted'); END;
CREATE TRIGGER deliberation_dissent_sealed BEFORE UPDATE ON deliberation_dissent
WHEN (SELECT sealed_ms FROM deliberation WHERE hearing_id = OLD.hearing_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was sealed stays'); END;
CREATE TRIGGER deliberation_dissent_no_delete BEFORE DELETE ON deliberation_dissent
BEGIN SELECT RAISE(ABORT, 'a dissent is emptied, not deleted'); END;
