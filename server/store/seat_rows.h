/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Seats of a hearing: who sits where, with name, unit and title as at that time. A later
 * rename of a unit or an account leaves a seat as it was.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

enum { HEARD_SEATS_MAX = 100 };

typedef struct {
    const char *id, *hearing_id;
    const char *side; /* petitioner, respondent, neutral, panel, staff, observer */
    const char *role; /* petitioner, department, presiding, … */
    const char *unit_id, *person_id, *account_id;
    const char *display_name, *unit_name, *title;
    int64_t position;         /* order on screen, from 1 */
    bool is_lead;             /* the lead unit of a joint reception */
    int64_t speaking_limit_s; /* 0: none */
} HeardSeatRow;

/* HEARD_ERROR_HEARING_FULL beyond HEARD_SEATS_MAX. */
bool heard_seat_rows_insert(HeardStore *store, const HeardSeatRow *row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardSeatRow *heard_seat_rows_get(HeardStore *store, const char *id, GError **error);
/* All seats of a hearing by position. */
GPtrArray *heard_seat_rows_list(HeardStore *store, const char *hearing_id, GError **error);
/* The seats an account has in a hearing, by position. */
GPtrArray *heard_seat_rows_list_of_account(HeardStore *store, const char *hearing_id,
                                           const char *account_id, GError **error);
bool heard_seat_rows_remove(HeardStore *store, const char *id,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
