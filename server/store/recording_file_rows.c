/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/recording_rows.h"

#include "server/base/error.h"

#include <string.h>

static const HeardColumn recording_file_columns[] = {
    HEARD_COLUMN(HeardRecordingFileRow, TEXT, id),
    HEARD_COLUMN(HeardRecordingFileRow, TEXT, recording_id),
    HEARD_COLUMN(HeardRecordingFileRow, TEXT, kind),
    HEARD_COLUMN(HeardRecordingFileRow, TEXT, participant_id),
    HEARD_COLUMN(HeardRecordingFileRow, TEXT, source),
    HEARD_COLUMN(HeardRecordingFileRow, TEXT, name),
    HEARD_COLUMN(HeardRecordingFileRow, TEXT, media_type),
    HEARD_COLUMN(HeardRecordingFileRow, INT, size_bytes),
    HEARD_COLUMN(HeardRecordingFileRow, TEXT, sha256),
    HEARD_COLUMN(HeardRecordingFileRow, INT, start_ms),
    HEARD_COLUMN(HeardRecordingFileRow, INT, duration_ms),
    HEARD_COLUMN(HeardRecordingFileRow, INT, width),
    HEARD_COLUMN(HeardRecordingFileRow, INT, height),
    HEARD_COLUMN(HeardRecordingFileRow, INT, created_ms),
};
static const HeardTable recording_file_table =
    HEARD_TABLE("recording_file", "recording file", HeardRecordingFileRow, recording_file_columns);

static const HeardColumn recording_view_columns[] = {
    HEARD_COLUMN(HeardRecordingViewRow, TEXT, id),
    HEARD_COLUMN(HeardRecordingViewRow, TEXT, recording_id),
    HEARD_COLUMN(HeardRecordingViewRow, TEXT, account_id),
    HEARD_COLUMN(HeardRecordingViewRow, TEXT, participant_id),
    HEARD_COLUMN(HeardRecordingViewRow, INT, at_ms),
    HEARD_COLUMN(HeardRecordingViewRow, TEXT, reason),
};
static const HeardTable recording_view_table =
    HEARD_TABLE("recording_view", "recording view", HeardRecordingViewRow, recording_view_columns);

/* The name becomes part of a path. */
static bool name_is_sane(const char *name)
{
    return name && *name && *name != '.' && strlen(name) <= 128 && !strpbrk(name, "/\\");
}

bool heard_recording_file_rows_put(HeardStore *store, const HeardRecordingFileRow *row,
                                   GError **error)
{
    if (!name_is_sane(row->name)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "recording_file.name: a plain file name, at most 128 bytes");
        return false;
    }
    return heard_row_run(
        store,
        "INSERT INTO recording_file (id, recording_id, kind, participant_id, source, name, "
        "media_type, size_bytes, sha256, start_ms, duration_ms, width, height, created_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
        "ON CONFLICT (recording_id, name) DO UPDATE SET "
        "kind = excluded.kind, participant_id = excluded.participant_id, "
        "source = excluded.source, media_type = excluded.media_type, "
        "size_bytes = excluded.size_bytes, sha256 = excluded.sha256, "
        "start_ms = excluded.start_ms, duration_ms = excluded.duration_ms, "
        "width = excluded.width, height = excluded.height, created_ms = excluded.created_ms",
        HEARD_VALUES(HEARD_TEXT(row->id), HEARD_TEXT(row->recording_id), HEARD_TEXT(row->kind),
                     HEARD_TEXT(row->participant_id), HEARD_TEXT(row->source),
                     HEARD_TEXT(row->name), HEARD_TEXT(row->media_type), HEARD_INT(row->size_bytes),
                     HEARD_TEXT(row->sha256), HEARD_INT(row->start_ms), HEARD_INT(row->duration_ms),
                     HEARD_INT(row->width), HEARD_INT(row->height), HEARD_INT(row->created_ms)),
        NULL, error);
}

HeardRecordingFileRow *heard_recording_file_rows_get(HeardStore *store, const char *id,
                                                     GError **error)
{
    return heard_row_get(store, &recording_file_table, "WHERE id = $1",
                         HEARD_VALUES(HEARD_TEXT(id)), error);
}

HeardRecordingFileRow *heard_recording_file_rows_get_by_name(HeardStore *store,
                                                             const char *recording_id,
                                                             const char *name, GError **error)
{
    return heard_row_get(store, &recording_file_table, "WHERE recording_id = $1 AND name = $2",
                         HEARD_VALUES(HEARD_TEXT(recording_id), HEARD_TEXT(name)), error);
}

GPtrArray *heard_recording_file_rows_list(HeardStore *store, const char *recording_id,
                                          const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "recording_id = ?", HEARD_TEXT(recording_id));
    heard_filter_page(&filter, &recording_file_table, "id", false, page);
    return heard_filter_list(&filter, store, &recording_file_table, error);
}

bool heard_recording_view_rows_insert(HeardStore *store, const HeardRecordingViewRow *row,
                                      GError **error)
{
    if (!row->account_id == !row->participant_id) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "recording_view: an account or a participant, one of them");
        return false;
    }
    return heard_row_insert(store, &recording_view_table, row, error);
}

bool heard_recording_view_rows_stands(HeardStore *store, const char *recording_id,
                                      const char *account_id, int64_t since_ms, bool *ret_stands,
                                      GError **error)
{
    int64_t count = 0;

    if (!heard_row_number(
            store,
            "SELECT count(*) FROM recording_view "
            "WHERE recording_id = $1 AND account_id = $2 AND at_ms >= $3",
            HEARD_VALUES(HEARD_TEXT(recording_id), HEARD_TEXT(account_id), HEARD_INT(since_ms)),
            &count, error))
        return false;
    *ret_stands = count > 0;
    return true;
}

GPtrArray *heard_recording_view_rows_list(HeardStore *store, const char *recording_id,
                                          const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "recording_id = ?", HEARD_TEXT(recording_id));
    heard_filter_page(&filter, &recording_view_table, "at_ms", false, page);
    return heard_filter_list(&filter, store, &recording_view_table, error);
}
