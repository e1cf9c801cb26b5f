/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What attendees of a training asked, in the order of asking.
 *
 * Rows, ownership, threads: row.h. state: wire names of server/hearing/attendance.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *hearing_id, *attendee_id;
    int64_t number; /* in the hearing, from 1 */
    const char *text;
    const char *state;
    int64_t asked_ms, moved_ms;
    const char *moved_by; /* participant or attendee; NULL: nobody yet */
} HeardQuestionRow;

/* Gives the row its number. Call it in a transaction. */
bool heard_question_rows_insert(HeardStore *store, HeardQuestionRow *row,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardQuestionRow *heard_question_rows_get(HeardStore *store, const char *id, GError **error);
/* What is shown to all; NULL without an error: nothing. */
HeardQuestionRow *heard_question_rows_chosen(HeardStore *store, const char *hearing_id,
                                             GError **error);
/* By number, whole; attendee_id NULL: everybody's. */
GPtrArray *heard_question_rows_list(HeardStore *store, const char *hearing_id,
                                    const char *attendee_id, GError **error);
/* In a state; attendee_id NULL: everybody's, state NULL: in any. */
bool heard_question_rows_count(HeardStore *store, const char *hearing_id, const char *attendee_id,
                               const char *state, int64_t *ret_count,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HEARD_ERROR_CONFLICT: is not in that state any more. */
bool heard_question_rows_move(HeardStore *store, const HeardQuestionRow *row, const char *from,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
