/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Rolls that were called in a training, and who answered which.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *hearing_id;
    int64_t number; /* in the hearing, from 1 */
    const char *opened_by;
    int64_t opened_ms, until_ms;
    int64_t ended_ms; /* before its time; 0: was not */
} HeardRollRow;

/* HEARD_ERROR_CONFLICT: somebody else called the roll of this number meanwhile. */
bool heard_roll_rows_insert(HeardStore *store, const HeardRollRow *row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* By number. */
GPtrArray *heard_roll_rows_list(HeardStore *store, const char *hearing_id, GError **error);
bool heard_roll_rows_end(HeardStore *store, const char *id, int64_t wall_ms,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *roll_id, *who_id; /* an attendee, or a participant */
    int64_t at_ms;
} HeardRollAnswerRow;

/* The first time stays. */
bool heard_roll_rows_answer(HeardStore *store, const HeardRollAnswerRow *row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of all rolls of a hearing, whole. */
GPtrArray *heard_roll_answer_rows_list(HeardStore *store, const char *hearing_id, GError **error);
bool heard_roll_rows_count(HeardStore *store, const char *roll_id, int64_t *ret_count,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
