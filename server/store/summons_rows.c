/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/summons_rows.h"

static const HeardColumn columns[] = {
    HEARD_COLUMN(HeardSummonsRow, TEXT, id),
    HEARD_COLUMN(HeardSummonsRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardSummonsRow, INT, number),
    HEARD_COLUMN(HeardSummonsRow, TEXT, unit_id),
    HEARD_COLUMN(HeardSummonsRow, TEXT, unit_name),
    HEARD_COLUMN(HeardSummonsRow, TEXT, called_by_id),
    HEARD_COLUMN(HeardSummonsRow, TEXT, called_by),
    HEARD_COLUMN(HeardSummonsRow, INT, called_ms),
    HEARD_COLUMN(HeardSummonsRow, INT, due_ms),
    HEARD_COLUMN(HeardSummonsRow, TEXT, state),
    HEARD_COLUMN(HeardSummonsRow, TIME, rung_ms),
    HEARD_COLUMN(HeardSummonsRow, TIME, seen_ms),
    HEARD_COLUMN(HeardSummonsRow, TEXT, seen_by_id),
    HEARD_COLUMN(HeardSummonsRow, TIME, ended_ms),
    HEARD_COLUMN(HeardSummonsRow, TEXT, answered_by_id),
    HEARD_COLUMN(HeardSummonsRow, TEXT, answered_by),
    HEARD_COLUMN(HeardSummonsRow, TEXT, participant_id),
    HEARD_COLUMN(HeardSummonsRow, TEXT, reason),
};
static const HeardTable table = HEARD_TABLE("summons", "summons", HeardSummonsRow, columns);

bool heard_summons_rows_insert(HeardStore *store, const HeardSummonsRow *row, GError **error)
{
    return heard_row_insert(store, &table, row, error);
}

HeardSummonsRow *heard_summons_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

GPtrArray *heard_summons_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &table, "WHERE hearing_id = $1 ORDER BY number",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

GPtrArray *heard_summons_rows_list_of_unit(HeardStore *store, const char *unit_id, int64_t since_ms,
                                           GError **error)
{
    return heard_row_list(store, &table,
                          "WHERE unit_id = $1 AND (state = 'ringing' OR ended_ms > $2) "
                          "ORDER BY ended_ms IS NOT NULL, id DESC LIMIT $3",
                          HEARD_VALUES(HEARD_TEXT(unit_id), HEARD_INT(since_ms),
                                       HEARD_INT(HEARD_SUMMONS_ROWS_OF_UNIT_MAX)),
                          error);
}

bool heard_summons_rows_end(HeardStore *store, const HeardSummonsRow *row, GError **error)
{
    return heard_row_move(
        store,
        "UPDATE summons SET state = $1, ended_ms = $2, answered_by_id = $3, answered_by = $4, "
        "participant_id = $5, reason = $6 "
        "WHERE hearing_id = $7 AND number = $8 AND state = 'ringing'",
        HEARD_VALUES(HEARD_TEXT(row->state), HEARD_INT(row->ended_ms),
                     HEARD_TEXT(row->answered_by_id), HEARD_TEXT(row->answered_by),
                     HEARD_TEXT(row->participant_id), HEARD_TEXT(row->reason),
                     HEARD_TEXT(row->hearing_id), HEARD_INT(row->number)),
        error);
}

bool heard_summons_rows_rung(HeardStore *store, const char *id, int64_t wall_ms, GError **error)
{
    return heard_row_run(store, "UPDATE summons SET rung_ms = $1 WHERE id = $2 AND rung_ms IS NULL",
                         HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), NULL, error);
}

bool heard_summons_rows_seen(HeardStore *store, const char *id, const char *account_id,
                             int64_t wall_ms, GError **error)
{
    return heard_row_run(
        store, "UPDATE summons SET seen_ms = $1, seen_by_id = $2 WHERE id = $3 AND seen_ms IS NULL",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(account_id), HEARD_TEXT(id)), NULL, error);
}
