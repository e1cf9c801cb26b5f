/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/recording_rows.h"

#include "server/base/error.h"
#include "server/store/subtree.h"

static const HeardColumn recording_columns[] = {
    HEARD_COLUMN(HeardRecordingRow, TEXT, id),
    HEARD_COLUMN(HeardRecordingRow, TEXT, recording_no),
    HEARD_COLUMN(HeardRecordingRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardRecordingRow, TEXT, case_id),
    HEARD_COLUMN(HeardRecordingRow, TEXT, room),
    HEARD_COLUMN(HeardRecordingRow, TEXT, node),
    HEARD_COLUMN(HeardRecordingRow, INT, epoch),
    HEARD_COLUMN(HeardRecordingRow, TEXT, state),
    HEARD_COLUMN(HeardRecordingRow, TEXT, directory),
    HEARD_COLUMN(HeardRecordingRow, TIME, started_ms),
    HEARD_COLUMN(HeardRecordingRow, TIME, stopped_ms),
    HEARD_COLUMN(HeardRecordingRow, INT, durable_bytes),
    HEARD_COLUMN(HeardRecordingRow, INT, duration_ms),
    HEARD_COLUMN(HeardRecordingRow, TEXT, chain_head),
    HEARD_COLUMN(HeardRecordingRow, TEXT, derive_state),
    HEARD_COLUMN(HeardRecordingRow, INT, derive_permille),
    HEARD_COLUMN(HeardRecordingRow, TEXT, derive_error),
    HEARD_COLUMN(HeardRecordingRow, BOOL, hold),
    HEARD_COLUMN(HeardRecordingRow, INT, created_ms),
};
static const HeardTable recording_table =
    HEARD_TABLE("recording", "recording", HeardRecordingRow, recording_columns);

char *heard_recording_rows_next_no(HeardStore *store, const char *hearing_id, GError **error)
{
    g_autoptr(HeardStatement) statement = heard_store_prepare(
        store,
        "SELECT h.hearing_no, (SELECT count(*) FROM recording r WHERE r.hearing_id = h.id) + 1 "
        "FROM hearing h WHERE h.id = $1",
        error);

    if (!statement)
        return NULL;
    heard_statement_bind_text(statement, 1, hearing_id);
    switch (heard_statement_step(statement, error)) {
    case HEARD_STEP_ROW:
        return g_strdup_printf("%s-R%02lld", heard_statement_col_text(statement, 0),
                               (long long)heard_statement_col_int64(statement, 1));
    case HEARD_STEP_DONE:
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNKNOWN_HEARING, "no such hearing");
        return NULL;
    case HEARD_STEP_FAILED:
        break;
    }
    return NULL;
}

bool heard_recording_rows_insert(HeardStore *store, const HeardRecordingRow *row, GError **error)
{
    return heard_row_insert(store, &recording_table, row, error);
}

HeardRecordingRow *heard_recording_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &recording_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)),
                         error);
}

HeardRecordingRow *heard_recording_rows_get_by_directory(HeardStore *store, const char *directory,
                                                         GError **error)
{
    return heard_row_get(store, &recording_table, "WHERE directory = $1",
                         HEARD_VALUES(HEARD_TEXT(directory)), error);
}

static GPtrArray *list_recordings(HeardStore *store, const char *condition, const char *value,
                                  const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    if (value)
        heard_filter_add(&filter, condition, HEARD_TEXT(value));
    else
        heard_filter_add_plain(&filter, condition);
    heard_filter_page(&filter, &recording_table, "id", false, page);
    return heard_filter_list(&filter, store, &recording_table, error);
}

GPtrArray *heard_recording_rows_list_of_hearing(HeardStore *store, const char *hearing_id,
                                                const HeardPage *page, GError **error)
{
    return list_recordings(store, "state <> 'unused' AND hearing_id = ?", hearing_id, page, error);
}

GPtrArray *heard_recording_rows_list_of_case(HeardStore *store, const char *case_id,
                                             const HeardPage *page, GError **error)
{
    return list_recordings(store, "state <> 'unused' AND case_id = ?", case_id, page, error);
}

GPtrArray *heard_recording_rows_list_unsealed(HeardStore *store, const HeardPage *page,
                                              GError **error)
{
    return list_recordings(store,
                           "state IN ('armed', 'recording', 'paused', 'interrupted', 'finalising')",
                           NULL, page, error);
}

GPtrArray *heard_recording_rows_list_kept(HeardStore *store, const HeardPage *page, GError **error)
{
    return list_recordings(store,
                           "state IN ('armed', 'recording', 'paused', 'interrupted', 'finalising', "
                           "'sealed', 'replicated', 'archived', 'missing')",
                           NULL, page, error);
}

GPtrArray *heard_recording_rows_list_underived(HeardStore *store, const HeardPage *page,
                                               GError **error)
{
    return list_recordings(store,
                           "state = 'sealed' AND derive_state IN ('none', 'queued', 'running')",
                           NULL, page, error);
}

GPtrArray *heard_recording_rows_list_within(HeardStore *store, const char *unit_path,
                                            const HeardPage *page, GError **error)
{
    g_autofree char *end = heard_subtree_end(unit_path);
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add_2(&filter,
                       "hearing_id IN (SELECT h.id FROM hearing h JOIN unit u "
                       "ON u.id = h.organiser_unit_id WHERE u.path >= ? AND u.path < ?)",
                       HEARD_TEXT(unit_path), HEARD_TEXT(end));
    heard_filter_page(&filter, &recording_table, "id", false, page);
    return heard_filter_list(&filter, store, &recording_table, error);
}

static void add_reach(HeardFilter *filter, const HeardRecordingFilter *want, const char *end)
{
    if (!want->is_wide) {
        heard_filter_add(filter,
                         "hearing_id IN (SELECT s.hearing_id FROM seat s WHERE s.account_id = ?)",
                         HEARD_TEXT(want->account_id));
        return;
    }
    heard_filter_add_all(
        filter,
        "hearing_id IN (SELECT s.hearing_id FROM seat s "
        "WHERE s.account_id = ? OR s.unit_id = ?) OR "
        "hearing_id IN (SELECT h.id FROM hearing h JOIN unit u ON u.id = h.organiser_unit_id "
        "WHERE u.path >= ? AND u.path < ?) OR "
        "case_id IN (SELECT c.id FROM petition_case c JOIN unit u "
        "ON u.id = c.registered_unit_id OR u.id = c.lead_unit_id "
        "WHERE u.path >= ? AND u.path < ?) OR "
        "case_id IN (SELECT h.case_id FROM hearing h JOIN seat s ON s.hearing_id = h.id "
        "WHERE s.account_id = ?)",
        HEARD_VALUES(HEARD_TEXT(want->account_id), HEARD_TEXT(want->unit_id),
                     HEARD_TEXT(want->unit_path), HEARD_TEXT(end), HEARD_TEXT(want->unit_path),
                     HEARD_TEXT(end), HEARD_TEXT(want->account_id)));
}

/* LIKE, not an index: two Chinese characters are a word, and the lists are of one office. */
static void add_term(HeardFilter *filter, const char *like)
{
    HeardValue value = HEARD_TEXT(like);

    heard_filter_add_all(filter,
                         "recording_no LIKE ? ESCAPE '\\' OR "
                         "hearing_id IN (SELECT h.id FROM hearing h WHERE "
                         "h.title LIKE ? ESCAPE '\\') OR "
                         "case_id IN (SELECT c.id FROM petition_case c WHERE "
                         "c.case_no LIKE ? ESCAPE '\\' OR c.title LIKE ? ESCAPE '\\')",
                         HEARD_VALUES(value, value, value, value));
}

GPtrArray *heard_recording_rows_find(HeardStore *store, const HeardRecordingFilter *want,
                                     const HeardPage *page, GError **error)
{
    g_autofree char *end = want->unit_path ? heard_subtree_end(want->unit_path) : NULL;
    g_autoptr(GPtrArray) likes = g_ptr_array_new_with_free_func(g_free);
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add_plain(&filter, "state <> 'unused'");
    add_reach(&filter, want, end);
    for (unsigned i = 0; i < HEARD_RECORDING_TERMS_MAX && want->terms[i]; i++) {
        g_ptr_array_add(likes, heard_row_like(want->terms[i]));
        add_term(&filter, likes->pdata[i]);
    }
    if (want->from_ms)
        heard_filter_add(&filter, "started_ms >= ?", HEARD_INT(want->from_ms));
    if (want->to_ms)
        heard_filter_add(&filter, "started_ms < ?", HEARD_INT(want->to_ms));
    heard_filter_page(&filter, &recording_table, "id", true, page);
    return heard_filter_list(&filter, store, &recording_table, error);
}

bool heard_recording_rows_set_state(HeardStore *store, const char *id, const char *state,
                                    GError **error)
{
    return heard_row_change(store, "recording", "UPDATE recording SET state = $1 WHERE id = $2",
                            HEARD_VALUES(HEARD_TEXT(state), HEARD_TEXT(id)), error);
}

bool heard_recording_rows_set_durable(HeardStore *store, const char *id, int64_t durable_bytes,
                                      int64_t duration_ms, const char *chain_head, GError **error)
{
    return heard_row_change(store, "recording",
                            "UPDATE recording SET durable_bytes = $1, duration_ms = $2, "
                            "chain_head = $3 WHERE id = $4",
                            HEARD_VALUES(HEARD_INT(durable_bytes), HEARD_INT(duration_ms),
                                         HEARD_TEXT(chain_head), HEARD_TEXT(id)),
                            error);
}

bool heard_recording_rows_set_stopped(HeardStore *store, const char *id, int64_t wall_ms,
                                      GError **error)
{
    return heard_row_change(store, "recording",
                            "UPDATE recording SET stopped_ms = $1 WHERE id = $2",
                            HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), error);
}

bool heard_recording_rows_set_derive(HeardStore *store, const char *id, const char *derive_state,
                                     int64_t permille, const char *derive_error, GError **error)
{
    return heard_row_change(store, "recording",
                            "UPDATE recording SET derive_state = $1, derive_permille = $2, "
                            "derive_error = $3 WHERE id = $4",
                            HEARD_VALUES(HEARD_TEXT(derive_state), HEARD_INT(permille),
                                         HEARD_TEXT(derive_error), HEARD_TEXT(id)),
                            error);
}
