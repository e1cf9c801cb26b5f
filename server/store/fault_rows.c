/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/fault_rows.h"

#include "server/base/error.h"

static const HeardColumn fault_columns[] = {
    HEARD_COLUMN(HeardFaultRow, TEXT, id),
    HEARD_COLUMN(HeardFaultRow, TEXT, recording_id),
    HEARD_COLUMN(HeardFaultRow, TEXT, fault),
    HEARD_COLUMN(HeardFaultRow, INT, from_ms),
    HEARD_COLUMN(HeardFaultRow, TIME, to_ms),
    HEARD_COLUMN(HeardFaultRow, TEXT, note),
    HEARD_COLUMN(HeardFaultRow, TEXT, note_by),
    HEARD_COLUMN(HeardFaultRow, TIME, note_at_ms),
    HEARD_COLUMN(HeardFaultRow, TEXT, countersigned_by),
    HEARD_COLUMN(HeardFaultRow, TIME, countersigned_at_ms),
};
static const HeardTable fault_table =
    HEARD_TABLE("recording_fault", "fault", HeardFaultRow, fault_columns);

bool heard_fault_rows_insert(HeardStore *store, const HeardFaultRow *row, bool *ret_kept,
                             GError **error)
{
    int64_t count = 0;

    if (!heard_row_number(store, "SELECT count(*) FROM recording_fault WHERE recording_id = $1",
                          HEARD_VALUES(HEARD_TEXT(row->recording_id)), &count, error))
        return false;
    *ret_kept = count < HEARD_FAULT_ROWS_MAX;
    return !*ret_kept || heard_row_insert(store, &fault_table, row, error);
}

bool heard_fault_rows_end(HeardStore *store, const char *id, int64_t to_ms, GError **error)
{
    return heard_row_run(store,
                         "UPDATE recording_fault SET to_ms = $1 WHERE id = $2 AND to_ms IS NULL",
                         HEARD_VALUES(HEARD_INT(to_ms), HEARD_TEXT(id)), NULL, error);
}

bool heard_fault_rows_end_all(HeardStore *store, const char *recording_id, int64_t to_ms,
                              GError **error)
{
    return heard_row_run(
        store, "UPDATE recording_fault SET to_ms = $1 WHERE recording_id = $2 AND to_ms IS NULL",
        HEARD_VALUES(HEARD_INT(to_ms), HEARD_TEXT(recording_id)), NULL, error);
}

HeardFaultRow *heard_fault_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &fault_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

GPtrArray *heard_fault_rows_list(HeardStore *store, const char *recording_id, GError **error)
{
    return heard_row_list(store, &fault_table, "WHERE recording_id = $1 ORDER BY from_ms, id",
                          HEARD_VALUES(HEARD_TEXT(recording_id)), error);
}

/* The condition is in the statement: two people may press at the same time. */
static bool change_or_conflict(HeardStore *store, const char *sql, const HeardValue *values,
                               size_t count, const char *why, GError **error)
{
    int64_t changed = 0;

    if (!heard_row_run(store, sql, values, count, &changed, error))
        return false;
    if (changed > 0)
        return true;
    g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, why);
    return false;
}

bool heard_fault_rows_set_note(HeardStore *store, const char *id, const char *note,
                               const char *account_id, int64_t at_ms, GError **error)
{
    return change_or_conflict(
        store,
        "UPDATE recording_fault SET note = $1, note_by = $2, note_at_ms = $3 "
        "WHERE id = $4 AND countersigned_at_ms IS NULL",
        HEARD_VALUES(HEARD_TEXT(note), HEARD_TEXT(account_id), HEARD_INT(at_ms), HEARD_TEXT(id)),
        "it was countersigned: its note stands", error);
}

bool heard_fault_rows_countersign(HeardStore *store, const char *id, const char *account_id,
                                  int64_t at_ms, GError **error)
{
    return change_or_conflict(
        store,
        "UPDATE recording_fault SET countersigned_by = $1, countersigned_at_ms = $2 "
        "WHERE id = $3 AND note IS NOT NULL AND to_ms IS NOT NULL AND countersigned_at_ms IS NULL",
        HEARD_VALUES(HEARD_TEXT(account_id), HEARD_INT(at_ms), HEARD_TEXT(id)),
        "it lasts, has no note, or is countersigned", error);
}
