/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/seat_rows.h"

#include "server/base/error.h"

static const HeardColumn seat_columns[] = {
    HEARD_COLUMN(HeardSeatRow, TEXT, id),
    HEARD_COLUMN(HeardSeatRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardSeatRow, TEXT, side),
    HEARD_COLUMN(HeardSeatRow, TEXT, role),
    HEARD_COLUMN(HeardSeatRow, TEXT, unit_id),
    HEARD_COLUMN(HeardSeatRow, TEXT, person_id),
    HEARD_COLUMN(HeardSeatRow, TEXT, account_id),
    HEARD_COLUMN(HeardSeatRow, TEXT, display_name),
    HEARD_COLUMN(HeardSeatRow, TEXT, unit_name),
    HEARD_COLUMN(HeardSeatRow, TEXT, title),
    HEARD_COLUMN(HeardSeatRow, INT, position),
    HEARD_COLUMN(HeardSeatRow, BOOL, is_lead),
    HEARD_COLUMN(HeardSeatRow, INT, speaking_limit_s),
};
static const HeardTable seat_table = HEARD_TABLE("seat", "seat", HeardSeatRow, seat_columns);

bool heard_seat_rows_insert(HeardStore *store, const HeardSeatRow *row, GError **error)
{
    int64_t count = 0;

    if (!heard_row_number(store, "SELECT count(*) FROM seat WHERE hearing_id = $1",
                          HEARD_VALUES(HEARD_TEXT(row->hearing_id)), &count, error))
        return false;
    if (count >= HEARD_SEATS_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_HEARING_FULL, "a hearing has at most %d seats",
                    HEARD_SEATS_MAX);
        return false;
    }
    return heard_row_insert(store, &seat_table, row, error);
}

HeardSeatRow *heard_seat_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &seat_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

GPtrArray *heard_seat_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &seat_table, "WHERE hearing_id = $1 ORDER BY position",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

GPtrArray *heard_seat_rows_list_of_account(HeardStore *store, const char *hearing_id,
                                           const char *account_id, GError **error)
{
    return heard_row_list(store, &seat_table,
                          "WHERE hearing_id = $1 AND account_id = $2 ORDER BY position",
                          HEARD_VALUES(HEARD_TEXT(hearing_id), HEARD_TEXT(account_id)), error);
}

bool heard_seat_rows_remove(HeardStore *store, const char *id, GError **error)
{
    return heard_row_change(store, "seat", "DELETE FROM seat WHERE id = $1",
                            HEARD_VALUES(HEARD_TEXT(id)), error);
}
