/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/keeping_rows.h"

#include "server/base/error.h"

static const HeardColumn hold_columns[] = {
    HEARD_COLUMN(HeardHoldRow, TEXT, id),          HEARD_COLUMN(HeardHoldRow, TEXT, recording_id),
    HEARD_COLUMN(HeardHoldRow, TEXT, case_id),     HEARD_COLUMN(HeardHoldRow, TEXT, reason),
    HEARD_COLUMN(HeardHoldRow, TEXT, set_by),      HEARD_COLUMN(HeardHoldRow, INT, set_ms),
    HEARD_COLUMN(HeardHoldRow, TEXT, lift_reason), HEARD_COLUMN(HeardHoldRow, TEXT, lifted_by),
    HEARD_COLUMN(HeardHoldRow, TIME, lifted_ms),
};
static const HeardTable hold_table =
    HEARD_TABLE("legal_hold", "legal hold", HeardHoldRow, hold_columns);

static const HeardColumn order_columns[] = {
    HEARD_COLUMN(HeardOrderRow, TEXT, id),
    HEARD_COLUMN(HeardOrderRow, TEXT, recording_id),
    HEARD_COLUMN(HeardOrderRow, TEXT, state),
    HEARD_COLUMN(HeardOrderRow, TEXT, reason),
    HEARD_COLUMN(HeardOrderRow, TEXT, requested_by),
    HEARD_COLUMN(HeardOrderRow, INT, requested_ms),
    HEARD_COLUMN(HeardOrderRow, TEXT, withdraw_reason),
    HEARD_COLUMN(HeardOrderRow, TEXT, withdrawn_by),
    HEARD_COLUMN(HeardOrderRow, TIME, withdrawn_ms),
    HEARD_COLUMN(HeardOrderRow, TEXT, confirmed_by),
    HEARD_COLUMN(HeardOrderRow, TIME, confirmed_ms),
    HEARD_COLUMN(HeardOrderRow, TEXT, certificate),
    HEARD_COLUMN(HeardOrderRow, TIME, done_ms),
};
static const HeardTable order_table =
    HEARD_TABLE("destruction_order", "destruction order", HeardOrderRow, order_columns);

bool heard_hold_rows_insert(HeardStore *store, const HeardHoldRow *row, GError **error)
{
    return heard_row_insert(store, &hold_table, row, error);
}

HeardHoldRow *heard_hold_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &hold_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

GPtrArray *heard_hold_rows_list(HeardStore *store, const char *recording_id, const char *case_id,
                                bool is_all, GError **error)
{
    const HeardPage page = {.limit = HEARD_HOLDS_MAX};
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add_2(&filter, "(recording_id = ? OR case_id = ?)", HEARD_TEXT(recording_id),
                       HEARD_TEXT(case_id));
    if (!is_all)
        heard_filter_add_plain(&filter, "lifted_ms IS NULL");
    heard_filter_page(&filter, &hold_table, "id", false, &page);
    return heard_filter_list(&filter, store, &hold_table, error);
}

bool heard_hold_rows_lift(HeardStore *store, const char *id, const char *account_id,
                          const char *reason, int64_t wall_ms, GError **error)
{
    return heard_row_move(store,
                          "UPDATE legal_hold SET lift_reason = $1, lifted_by = $2, lifted_ms = $3 "
                          "WHERE id = $4 AND lifted_ms IS NULL",
                          HEARD_VALUES(HEARD_TEXT(reason), HEARD_TEXT(account_id),
                                       HEARD_INT(wall_ms), HEARD_TEXT(id)),
                          error);
}

bool heard_order_rows_insert(HeardStore *store, const HeardOrderRow *row, GError **error)
{
    return heard_row_insert(store, &order_table, row, error);
}

HeardOrderRow *heard_order_rows_get_open(HeardStore *store, const char *recording_id,
                                         GError **error)
{
    return heard_row_get(store, &order_table, "WHERE recording_id = $1 AND state <> 'withdrawn'",
                         HEARD_VALUES(HEARD_TEXT(recording_id)), error);
}

GPtrArray *heard_order_rows_list(HeardStore *store, const char *state, const HeardPage *page,
                                 GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "state = ?", HEARD_TEXT(state));
    heard_filter_page(&filter, &order_table, "id", false, page);
    return heard_filter_list(&filter, store, &order_table, error);
}

bool heard_order_rows_withdraw(HeardStore *store, const char *id, const char *account_id,
                               const char *reason, int64_t wall_ms, GError **error)
{
    return heard_row_move(
        store,
        "UPDATE destruction_order SET state = 'withdrawn', withdraw_reason = $1, "
        "withdrawn_by = $2, withdrawn_ms = $3 WHERE id = $4 AND state = 'requested'",
        HEARD_VALUES(HEARD_TEXT(reason), HEARD_TEXT(account_id), HEARD_INT(wall_ms),
                     HEARD_TEXT(id)),
        error);
}

bool heard_order_rows_confirm(HeardStore *store, const char *id, const char *account_id,
                              const char *certificate, int64_t wall_ms, GError **error)
{
    return heard_row_move(
        store,
        "UPDATE destruction_order SET state = 'confirmed', confirmed_by = $1, "
        "confirmed_ms = $2, certificate = $3 WHERE id = $4 AND state = 'requested'",
        HEARD_VALUES(HEARD_TEXT(account_id), HEARD_INT(wall_ms), HEARD_TEXT(certificate),
                     HEARD_TEXT(id)),
        error);
}

bool heard_order_rows_finish(HeardStore *store, const char *id, int64_t wall_ms, GError **error)
{
    return heard_row_move(store,
                          "UPDATE destruction_order SET state = 'done', done_ms = $1 "
                          "WHERE id = $2 AND state = 'confirmed'",
                          HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), error);
}

bool heard_keeping_rows_busy(HeardStore *store, const char *recording_id, bool *ret_is_busy,
                             GError **error)
{
    int64_t count = 0;

    if (!heard_row_number(store,
                          "SELECT count(*) FROM job WHERE subject_id = $1 "
                          "AND state IN ('queued', 'running')",
                          HEARD_VALUES(HEARD_TEXT(recording_id)), &count, error))
        return false;
    *ret_is_busy = count > 0;
    return true;
}
