/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/ballot_rows.h"

#include "server/base/error.h"
#include "server/store/deliberation_rows.h"

static const HeardColumn columns[] = {
    HEARD_COLUMN(HeardBallotRow, TEXT, id),       HEARD_COLUMN(HeardBallotRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardBallotRow, INT, number),    HEARD_COLUMN(HeardBallotRow, TEXT, question),
    HEARD_COLUMN(HeardBallotRow, TEXT, options),  HEARD_COLUMN(HeardBallotRow, BOOL, is_secret),
    HEARD_COLUMN(HeardBallotRow, TEXT, state),    HEARD_COLUMN(HeardBallotRow, TEXT, urn),
    HEARD_COLUMN(HeardBallotRow, TEXT, votes),    HEARD_COLUMN(HeardBallotRow, INT, abstained),
    HEARD_COLUMN(HeardBallotRow, TEXT, result),   HEARD_COLUMN(HeardBallotRow, TEXT, opened_by),
    HEARD_COLUMN(HeardBallotRow, INT, opened_ms), HEARD_COLUMN(HeardBallotRow, TEXT, ended_by),
    HEARD_COLUMN(HeardBallotRow, TIME, ended_ms), HEARD_COLUMN(HeardBallotRow, TEXT, reason),
};
static const HeardTable table = HEARD_TABLE("ballot", "question", HeardBallotRow, columns);

static const HeardColumn voter_columns[] = {
    HEARD_COLUMN(HeardBallotVoterRow, TEXT, ballot_id),
    HEARD_COLUMN(HeardBallotVoterRow, TEXT, participant_id),
    HEARD_COLUMN(HeardBallotVoterRow, TEXT, name),
    HEARD_COLUMN(HeardBallotVoterRow, BOOL, has_voted),
};
static const HeardTable voter_table =
    HEARD_TABLE("ballot_voter", "voter", HeardBallotVoterRow, voter_columns);

static const HeardColumn vote_columns[] = {
    HEARD_COLUMN(HeardBallotVoteRow, TEXT, ballot_id),
    HEARD_COLUMN(HeardBallotVoteRow, TEXT, participant_id),
    HEARD_COLUMN(HeardBallotVoteRow, INT, choice),
    HEARD_COLUMN(HeardBallotVoteRow, INT, at_ms),
};
static const HeardTable vote_table =
    HEARD_TABLE("ballot_vote", "vote", HeardBallotVoteRow, vote_columns);

bool heard_ballot_rows_insert(HeardStore *store, HeardBallotRow *row, GError **error)
{
    int64_t number = 0;

    /* The counter's row is locked by its update: two servers never give one number twice. */
    if (!heard_deliberation_rows_make(store, row->hearing_id, row->opened_ms, error) ||
        !heard_row_change(
            store, "deliberation",
            "UPDATE deliberation SET ballot_count = ballot_count + 1 WHERE hearing_id = $1",
            HEARD_VALUES(HEARD_TEXT(row->hearing_id)), error) ||
        !heard_row_number(store, "SELECT ballot_count FROM deliberation WHERE hearing_id = $1",
                          HEARD_VALUES(HEARD_TEXT(row->hearing_id)), &number, error))
        return false;
    row->number = number;
    return heard_row_insert(store, &table, row, error);
}

HeardBallotRow *heard_ballot_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

GPtrArray *heard_ballot_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &table, "WHERE hearing_id = $1 ORDER BY number",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

GPtrArray *heard_ballot_rows_list_open(HeardStore *store, GError **error)
{
    return heard_row_list(store, &table, "WHERE state = $1", HEARD_VALUES(HEARD_TEXT("open")),
                          error);
}

bool heard_ballot_rows_end(HeardStore *store, const HeardBallotRow *row, GError **error)
{
    return heard_row_move(store,
                          "UPDATE ballot SET state = $1, votes = $2, abstained = $3, result = $4, "
                          "ended_by = $5, ended_ms = $6, reason = $7, urn = NULL "
                          "WHERE id = $8 AND state = 'open'",
                          HEARD_VALUES(HEARD_TEXT(row->state), HEARD_TEXT(row->votes),
                                       HEARD_INT(row->abstained), HEARD_TEXT(row->result),
                                       HEARD_TEXT(row->ended_by), HEARD_TIME(row->ended_ms),
                                       HEARD_TEXT(row->reason), HEARD_TEXT(row->id)),
                          error);
}

bool heard_ballot_voter_rows_insert(HeardStore *store, const HeardBallotVoterRow *row,
                                    GError **error)
{
    return heard_row_insert(store, &voter_table, row, error);
}

GPtrArray *heard_ballot_voter_rows_list(HeardStore *store, const char *ballot_id, GError **error)
{
    return heard_row_list(store, &voter_table, "WHERE ballot_id = $1 ORDER BY participant_id",
                          HEARD_VALUES(HEARD_TEXT(ballot_id)), error);
}

static bool mark_voter(HeardStore *store, const char *ballot_id, const char *participant_id,
                       GError **error)
{
    return heard_row_move(store,
                          "UPDATE ballot_voter SET has_voted = 1 "
                          "WHERE ballot_id = $1 AND participant_id = $2 AND has_voted = 0 "
                          "AND (SELECT state FROM ballot WHERE id = $1) = 'open'",
                          HEARD_VALUES(HEARD_TEXT(ballot_id), HEARD_TEXT(participant_id)), error);
}

bool heard_ballot_rows_vote_secretly(HeardStore *store, const HeardBallotRow *row,
                                     const char *participant_id, const char *urn, GError **error)
{
    return mark_voter(store, row->id, participant_id, error) &&
           heard_row_move(
               store, "UPDATE ballot SET urn = $1 WHERE id = $2 AND state = 'open' AND urn = $3",
               HEARD_VALUES(HEARD_TEXT(urn), HEARD_TEXT(row->id), HEARD_TEXT(row->urn)), error);
}

bool heard_ballot_rows_vote(HeardStore *store, const HeardBallotVoteRow *vote, GError **error)
{
    return mark_voter(store, vote->ballot_id, vote->participant_id, error) &&
           heard_row_insert(store, &vote_table, vote, error);
}

GPtrArray *heard_ballot_vote_rows_list(HeardStore *store, const char *ballot_id, GError **error)
{
    return heard_row_list(store, &vote_table, "WHERE ballot_id = $1 ORDER BY participant_id",
                          HEARD_VALUES(HEARD_TEXT(ballot_id)), error);
}
