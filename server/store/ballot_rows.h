/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The questions that a panel votes on in its deliberation.
 *
 * A secret vote leaves two traces that nothing links: has_voted of the voter, and the urn, which is
 * written anew as one cipher text of the same length at each vote. Who has the database learns who
 * has voted, and after the end how many votes each option has; nothing in between. A copy of it
 * before and after one vote, together with the urn's key (server/app/urn.h), would tell that vote,
 * and so does a result in which all agree.
 *
 * Rows, ownership, threads: row.h. state, result: wire names of server/hearing/ballot.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *hearing_id;
    int64_t number; /* in the hearing, from 1 */
    const char *question;
    const char *options; /* JSON array of texts */
    bool is_secret;
    const char *state;
    const char *urn;   /* of a secret one that is open */
    const char *votes; /* JSON array of numbers, by option; NULL until it ended with a count */
    int64_t abstained;
    const char *result;
    const char *opened_by;
    int64_t opened_ms;
    const char *ended_by;
    int64_t ended_ms;
    const char *reason; /* of one withdrawn */
} HeardBallotRow;

/* Makes the deliberation where there is none, and gives the row its number. Call it in a
 * transaction. */
bool heard_ballot_rows_insert(HeardStore *store, HeardBallotRow *row,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardBallotRow *heard_ballot_rows_get(HeardStore *store, const char *id, GError **error);
/* By number. */
GPtrArray *heard_ballot_rows_list(HeardStore *store, const char *hearing_id, GError **error);
/* Of all hearings. */
GPtrArray *heard_ballot_rows_list_open(HeardStore *store, GError **error);
/* Writes state, votes, abstained, result, ended_by, ended_ms and reason of an open one, and empties
 * its urn. HEARD_ERROR_CONFLICT when it is not open any more. */
bool heard_ballot_rows_end(HeardStore *store, const HeardBallotRow *row,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *ballot_id, *participant_id;
    const char *name;
    bool has_voted;
} HeardBallotVoterRow;

bool heard_ballot_voter_rows_insert(HeardStore *store, const HeardBallotVoterRow *row,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In an order that tells nothing: by participant. */
GPtrArray *heard_ballot_voter_rows_list(HeardStore *store, const char *ballot_id, GError **error);

/* The voter's mark, and the urn after this vote. HEARD_ERROR_CONFLICT: has voted, or no voter. Call
 * it in a transaction. */
bool heard_ballot_rows_vote_secretly(HeardStore *store, const HeardBallotRow *row,
                                     const char *participant_id, const char *urn,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *ballot_id, *participant_id;
    int64_t choice; /* index of an option, -1: abstains */
    int64_t at_ms;
} HeardBallotVoteRow;

/* The same of a named one. */
bool heard_ballot_rows_vote(HeardStore *store, const HeardBallotVoteRow *vote,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *heard_ballot_vote_rows_list(HeardStore *store, const char *ballot_id, GError **error);
