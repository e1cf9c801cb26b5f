/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Calls of units into running hearings, as proof: the rules' state of each (hearing.h) and, beside
 * it, when it rang at the unit's duty screens and was seen there first.
 *
 * Rows, ownership, threads: row.h. state: wire names of server/hearing.
 */

#include "server/store/row.h"

enum { HEARD_SUMMONS_ROWS_OF_UNIT_MAX = 16 };

typedef struct {
    const char *id, *hearing_id;
    int64_t number; /* as the rules count, from 1 */
    const char *unit_id, *unit_name;
    const char *called_by_id, *called_by; /* participant; name and title */
    int64_t called_ms, due_ms;
    const char *state;
    int64_t rung_ms; /* at the first duty screen */
    int64_t seen_ms; /* somebody looked */
    const char *seen_by_id;
    int64_t ended_ms;
    const char *answered_by_id, *answered_by; /* account; name and title */
    const char *participant_id;               /* of who came */
    const char *reason;
} HeardSummonsRow;

bool heard_summons_rows_insert(HeardStore *store, const HeardSummonsRow *row,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardSummonsRow *heard_summons_rows_get(HeardStore *store, const char *id, GError **error);
/* By number. */
GPtrArray *heard_summons_rows_list(HeardStore *store, const char *hearing_id, GError **error);
/* Those that ring at the unit and those that ended after since_ms, newest first. */
GPtrArray *heard_summons_rows_list_of_unit(HeardStore *store, const char *unit_id, int64_t since_ms,
                                           GError **error);
/* state, ended_ms, answered_by_id, answered_by, participant_id and reason of the call that still
 * rings: HEARD_ERROR_CONFLICT when it does not. */
bool heard_summons_rows_end(HeardStore *store, const HeardSummonsRow *row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The first time stays. */
bool heard_summons_rows_rung(HeardStore *store, const char *id, int64_t wall_ms,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_summons_rows_seen(HeardStore *store, const char *id, const char *account_id,
                             int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
