/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/export_rows.h"

#include "server/base/error.h"

static const HeardColumn export_columns[] = {
    HEARD_COLUMN(HeardExportRow, TEXT, id),
    HEARD_COLUMN(HeardExportRow, TEXT, recording_id),
    HEARD_COLUMN(HeardExportRow, TEXT, requested_by),
    HEARD_COLUMN(HeardExportRow, INT, requested_ms),
    HEARD_COLUMN(HeardExportRow, TEXT, reason),
    HEARD_COLUMN(HeardExportRow, INT, from_ms),
    HEARD_COLUMN(HeardExportRow, TIME, to_ms),
    HEARD_COLUMN(HeardExportRow, TEXT, state),
    HEARD_COLUMN(HeardExportRow, TEXT, decided_by),
    HEARD_COLUMN(HeardExportRow, TIME, decided_ms),
    HEARD_COLUMN(HeardExportRow, TEXT, note),
    HEARD_COLUMN(HeardExportRow, INT, downloads),
    HEARD_COLUMN(HeardExportRow, TIME, downloaded_ms),
};
static const HeardTable export_table =
    HEARD_TABLE("recording_export", "export", HeardExportRow, export_columns);

bool heard_export_rows_insert(HeardStore *store, const HeardExportRow *row, GError **error)
{
    int64_t own = 0, all = 0;

    if (!heard_row_number(
            store,
            "SELECT count(*) FROM recording_export WHERE recording_id = $1 "
            "AND requested_by = $2 AND state = 'requested'",
            HEARD_VALUES(HEARD_TEXT(row->recording_id), HEARD_TEXT(row->requested_by)), &own,
            error) ||
        !heard_row_number(store,
                          "SELECT count(*) FROM recording_export WHERE recording_id = $1 "
                          "AND state = 'requested'",
                          HEARD_VALUES(HEARD_TEXT(row->recording_id)), &all, error))
        return false;
    if (own > 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                    "your request waits for a decision already");
        return false;
    }
    if (all >= HEARD_EXPORT_OPEN_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_MANY,
                    "%d requests for this recording wait for a decision", HEARD_EXPORT_OPEN_MAX);
        return false;
    }
    return heard_row_insert(store, &export_table, row, error);
}

HeardExportRow *heard_export_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &export_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)),
                         error);
}

GPtrArray *heard_export_rows_list(HeardStore *store, const char *recording_id,
                                  const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "recording_id = ?", HEARD_TEXT(recording_id));
    heard_filter_page(&filter, &export_table, "id", true, page);
    return heard_filter_list(&filter, store, &export_table, error);
}

bool heard_export_rows_decide(HeardStore *store, const char *id, bool approved,
                              const char *by_account, const char *note, int64_t wall_ms,
                              GError **error)
{
    int64_t changed = 0;

    if (!heard_row_run(store,
                       "UPDATE recording_export SET state = $1, decided_by = $2, decided_ms = $3, "
                       "note = $4 WHERE id = $5 AND state = 'requested' AND requested_by <> $2",
                       HEARD_VALUES(HEARD_TEXT(approved ? "approved" : "refused"),
                                    HEARD_TEXT(by_account), HEARD_INT(wall_ms), HEARD_TEXT(note),
                                    HEARD_TEXT(id)),
                       &changed, error))
        return false;
    if (changed > 0)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                "it was decided before, or you asked for it yourself");
    return false;
}

HeardExportRow *heard_export_rows_open(HeardStore *store, const char *recording_id,
                                       const char *account_id, int64_t wall_ms, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_row_list(store, &export_table,
                       "WHERE recording_id = $1 AND requested_by = $2 AND state = 'approved' "
                       "AND decided_ms > $3 ORDER BY decided_ms DESC LIMIT 1",
                       HEARD_VALUES(HEARD_TEXT(recording_id), HEARD_TEXT(account_id),
                                    HEARD_INT(wall_ms - HEARD_EXPORT_VALID_MS)),
                       error);

    return rows && rows->len > 0 ? g_ptr_array_steal_index(rows, 0) : NULL;
}

bool heard_export_rows_count_download(HeardStore *store, const char *id, int64_t wall_ms,
                                      GError **error)
{
    return heard_row_change(store, "export",
                            "UPDATE recording_export SET downloads = downloads + 1, "
                            "downloaded_ms = $1 WHERE id = $2",
                            HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), error);
}
