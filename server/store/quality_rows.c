/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/quality_rows.h"

static const HeardColumn quality_columns[] = {
    HEARD_COLUMN(HeardQualityRow, TEXT, id),
    HEARD_COLUMN(HeardQualityRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardQualityRow, TEXT, participant_id),
    HEARD_COLUMN(HeardQualityRow, INT, at_ms),
    HEARD_COLUMN(HeardQualityRow, TEXT, level),
    HEARD_COLUMN(HeardQualityRow, TEXT, up_level),
    HEARD_COLUMN(HeardQualityRow, TEXT, down_level),
    HEARD_COLUMN(HeardQualityRow, INT, up_loss_permille),
    HEARD_COLUMN(HeardQualityRow, INT, down_loss_permille),
    HEARD_COLUMN(HeardQualityRow, TIME, rtt_ms), /* 0 stands as NULL */
    HEARD_COLUMN(HeardQualityRow, INT, up_bps),
    HEARD_COLUMN(HeardQualityRow, INT, down_bps),
};
static const HeardTable quality_table =
    HEARD_TABLE("line_quality", "line quality", HeardQualityRow, quality_columns);

bool heard_quality_rows_insert(HeardStore *store, const HeardQualityRow *row, bool *ret_kept,
                               GError **error)
{
    int64_t count = 0;

    if (!heard_row_number(store, "SELECT count(*) FROM line_quality WHERE hearing_id = $1",
                          HEARD_VALUES(HEARD_TEXT(row->hearing_id)), &count, error))
        return false;
    *ret_kept = count < HEARD_QUALITY_ROWS_MAX;
    return !*ret_kept || heard_row_insert(store, &quality_table, row, error);
}

GPtrArray *heard_quality_rows_list(HeardStore *store, const char *hearing_id, const HeardPage *page,
                                   GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "hearing_id = ?", HEARD_TEXT(hearing_id));
    heard_filter_page(&filter, &quality_table, "at_ms", false, page);
    return heard_filter_list(&filter, store, &quality_table, error);
}
