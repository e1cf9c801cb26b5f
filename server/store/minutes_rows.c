/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/minutes_rows.h"

#include "server/base/error.h"
#include "server/base/id.h"

static const HeardColumn minutes_columns[] = {
    HEARD_COLUMN(HeardMinutesRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardMinutesRow, TEXT, state),
    HEARD_COLUMN(HeardMinutesRow, INT, line_count),
    HEARD_COLUMN(HeardMinutesRow, INT, created_ms),
    HEARD_COLUMN(HeardMinutesRow, TIME, circulated_ms),
    HEARD_COLUMN(HeardMinutesRow, TIME, sealed_ms),
    HEARD_COLUMN(HeardMinutesRow, TEXT, sha256),
};
static const HeardTable minutes_table =
    HEARD_TABLE("minutes", "minutes", HeardMinutesRow, minutes_columns);

static const HeardColumn line_columns[] = {
    HEARD_COLUMN(HeardMinutesLineRow, TEXT, id),
    HEARD_COLUMN(HeardMinutesLineRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardMinutesLineRow, INT, seq),
    HEARD_COLUMN(HeardMinutesLineRow, INT, at_ms),
    HEARD_COLUMN(HeardMinutesLineRow, TEXT, phase),
    HEARD_COLUMN(HeardMinutesLineRow, TEXT, speaker_id),
    HEARD_COLUMN(HeardMinutesLineRow, TEXT, kind),
    HEARD_COLUMN(HeardMinutesLineRow, TEXT, text),
    HEARD_COLUMN(HeardMinutesLineRow, INT, version),
    HEARD_COLUMN(HeardMinutesLineRow, TEXT, author_id),
    HEARD_COLUMN(HeardMinutesLineRow, INT, created_ms),
    HEARD_COLUMN(HeardMinutesLineRow, INT, changed_ms),
    HEARD_COLUMN(HeardMinutesLineRow, TIME, removed_ms),
};
static const HeardTable line_table =
    HEARD_TABLE("minutes_line", "line of the minutes", HeardMinutesLineRow, line_columns);

static const HeardColumn version_columns[] = {
    HEARD_COLUMN(HeardMinutesVersionRow, TEXT, id),
    HEARD_COLUMN(HeardMinutesVersionRow, TEXT, line_id),
    HEARD_COLUMN(HeardMinutesVersionRow, INT, version),
    HEARD_COLUMN(HeardMinutesVersionRow, INT, at_ms),
    HEARD_COLUMN(HeardMinutesVersionRow, TEXT, phase),
    HEARD_COLUMN(HeardMinutesVersionRow, TEXT, speaker_id),
    HEARD_COLUMN(HeardMinutesVersionRow, TEXT, kind),
    HEARD_COLUMN(HeardMinutesVersionRow, TEXT, text),
    HEARD_COLUMN(HeardMinutesVersionRow, TEXT, author_id),
    HEARD_COLUMN(HeardMinutesVersionRow, INT, changed_ms),
    HEARD_COLUMN(HeardMinutesVersionRow, TIME, removed_ms),
};
static const HeardTable version_table =
    HEARD_TABLE("minutes_version", "version", HeardMinutesVersionRow, version_columns);

HeardMinutesRow *heard_minutes_rows_get(HeardStore *store, const char *hearing_id, GError **error)
{
    g_autoptr(GPtrArray) rows = heard_row_list(store, &minutes_table, "WHERE hearing_id = $1",
                                               HEARD_VALUES(HEARD_TEXT(hearing_id)), error);

    return rows && rows->len > 0 ? g_ptr_array_steal_index(rows, 0) : NULL;
}

static bool make_minutes(HeardStore *store, const HeardMinutesLineRow *row, GError **error)
{
    return heard_row_run(store,
                         "INSERT INTO minutes (hearing_id, state, line_count, created_ms) "
                         "VALUES ($1, 'drafting', 0, $2) ON CONFLICT (hearing_id) DO NOTHING",
                         HEARD_VALUES(HEARD_TEXT(row->hearing_id), HEARD_INT(row->created_ms)),
                         NULL, error);
}

bool heard_minutes_rows_add(HeardStore *store, HeardMinutesLineRow *row, GError **error)
{
    int64_t seq = 0;

    /* The counter's row is locked by its update: two servers never give one seq twice. */
    if (!make_minutes(store, row, error) ||
        !heard_row_change(store, "minutes",
                          "UPDATE minutes SET line_count = line_count + 1 WHERE hearing_id = $1",
                          HEARD_VALUES(HEARD_TEXT(row->hearing_id)), error) ||
        !heard_row_number(store, "SELECT line_count FROM minutes WHERE hearing_id = $1",
                          HEARD_VALUES(HEARD_TEXT(row->hearing_id)), &seq, error))
        return false;
    row->seq = seq;
    row->version = 1;
    row->changed_ms = row->created_ms;
    return heard_row_insert(store, &line_table, row, error);
}

HeardMinutesLineRow *heard_minutes_rows_get_line(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &line_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

GPtrArray *heard_minutes_rows_list(HeardStore *store, const char *hearing_id, bool with_removed,
                                   const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "hearing_id = ?", HEARD_TEXT(hearing_id));
    if (!with_removed)
        heard_filter_add_plain(&filter, "removed_ms IS NULL");
    heard_filter_page(&filter, &line_table, "id", false, page);
    return heard_filter_list(&filter, store, &line_table, error);
}

static bool keep_words(HeardStore *store, const HeardMinutesLineRow *before, int64_t wall_ms,
                       GError **error)
{
    char id[HEARD_ID_SIZE];
    HeardMinutesVersionRow row = {.id = id,
                                  .line_id = before->id,
                                  .version = before->version,
                                  .at_ms = before->at_ms,
                                  .phase = before->phase,
                                  .speaker_id = before->speaker_id,
                                  .kind = before->kind,
                                  .text = before->text,
                                  .author_id = before->author_id,
                                  .changed_ms = before->changed_ms,
                                  .removed_ms = before->removed_ms};

    heard_id_new(id, wall_ms);
    return heard_row_insert(store, &version_table, &row, error);
}

static bool is_newest(HeardStore *store, const HeardMinutesLineRow *before, GError **error)
{
    int64_t version = 0;

    if (!heard_row_number(store, "SELECT version FROM minutes_line WHERE id = $1",
                          HEARD_VALUES(HEARD_TEXT(before->id)), &version, error))
        return false;
    if (version == before->version)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "the line was changed meanwhile");
    return false;
}

bool heard_minutes_rows_change(HeardStore *store, const HeardMinutesLineRow *before,
                               const HeardMinutesLineRow *after, GError **error)
{
    return is_newest(store, before, error) && keep_words(store, before, after->changed_ms, error) &&
           heard_row_change(
               store, "line of the minutes",
               "UPDATE minutes_line SET at_ms = $1, phase = $2, speaker_id = $3, kind = $4, "
               "text = $5, author_id = $6, changed_ms = $7, removed_ms = $8, "
               "version = version + 1 WHERE id = $9 AND version = $10",
               HEARD_VALUES(HEARD_INT(after->at_ms), HEARD_TEXT(after->phase),
                            HEARD_TEXT(after->speaker_id), HEARD_TEXT(after->kind),
                            HEARD_TEXT(after->text), HEARD_TEXT(after->author_id),
                            HEARD_INT(after->changed_ms), HEARD_TIME(after->removed_ms),
                            HEARD_TEXT(before->id), HEARD_INT(before->version)),
               error);
}

GPtrArray *heard_minutes_rows_list_versions(HeardStore *store, const char *line_id,
                                            const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "line_id = ?", HEARD_TEXT(line_id));
    heard_filter_page(&filter, &version_table, "id", false, page);
    return heard_filter_list(&filter, store, &version_table, error);
}
