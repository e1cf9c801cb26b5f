/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/keep_decision_rows.h"

#include "server/base/error.h"

static const HeardColumn decision_columns[] = {
    HEARD_COLUMN(HeardKeepDecisionRow, TEXT, id),
    HEARD_COLUMN(HeardKeepDecisionRow, TEXT, recording_id),
    HEARD_COLUMN(HeardKeepDecisionRow, TEXT, reason),
    HEARD_COLUMN(HeardKeepDecisionRow, TEXT, decided_by),
    HEARD_COLUMN(HeardKeepDecisionRow, INT, decided_ms),
    HEARD_COLUMN(HeardKeepDecisionRow, TEXT, end_reason),
    HEARD_COLUMN(HeardKeepDecisionRow, TEXT, end_asked_by),
    HEARD_COLUMN(HeardKeepDecisionRow, TIME, end_asked_ms),
    HEARD_COLUMN(HeardKeepDecisionRow, TEXT, ended_by),
    HEARD_COLUMN(HeardKeepDecisionRow, TIME, ended_ms),
};
static const HeardTable decision_table =
    HEARD_TABLE("keep_decision", "decision to keep", HeardKeepDecisionRow, decision_columns);

bool heard_keep_decision_rows_insert(HeardStore *store, const HeardKeepDecisionRow *row,
                                     GError **error)
{
    return heard_row_insert(store, &decision_table, row, error);
}

HeardKeepDecisionRow *heard_keep_decision_rows_get_open(HeardStore *store, const char *recording_id,
                                                        GError **error)
{
    return heard_row_get(store, &decision_table, "WHERE recording_id = $1 AND ended_ms IS NULL",
                         HEARD_VALUES(HEARD_TEXT(recording_id)), error);
}

bool heard_keep_decision_rows_ask_end(HeardStore *store, const char *id, const char *account_id,
                                      const char *reason, int64_t wall_ms, GError **error)
{
    return heard_row_move(
        store,
        "UPDATE keep_decision SET end_asked_by = $1, end_reason = $2, end_asked_ms = $3 "
        "WHERE id = $4 AND ended_ms IS NULL",
        HEARD_VALUES(HEARD_TEXT(account_id), HEARD_TEXT(reason),
                     HEARD_TIME(account_id ? wall_ms : 0), HEARD_TEXT(id)),
        error);
}

bool heard_keep_decision_rows_end(HeardStore *store, const char *id, const char *account_id,
                                  int64_t wall_ms, GError **error)
{
    return heard_row_move(store,
                          "UPDATE keep_decision SET ended_by = $1, ended_ms = $2 "
                          "WHERE id = $3 AND ended_ms IS NULL AND end_asked_by IS NOT NULL",
                          HEARD_VALUES(HEARD_TEXT(account_id), HEARD_INT(wall_ms), HEARD_TEXT(id)),
                          error);
}
