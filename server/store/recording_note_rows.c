/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/recording_note_rows.h"

#include "server/base/id.h"

#include <string.h>

static const HeardColumn note_columns[] = {
    HEARD_COLUMN(HeardRecordingNoteRow, TEXT, id),
    HEARD_COLUMN(HeardRecordingNoteRow, TEXT, recording_id),
    HEARD_COLUMN(HeardRecordingNoteRow, TEXT, account_id),
    HEARD_COLUMN(HeardRecordingNoteRow, TEXT, author),
    HEARD_COLUMN(HeardRecordingNoteRow, TEXT, unit),
    HEARD_COLUMN(HeardRecordingNoteRow, TEXT, kind),
    HEARD_COLUMN(HeardRecordingNoteRow, TEXT, visibility),
    HEARD_COLUMN(HeardRecordingNoteRow, INT, at_ms),
    HEARD_COLUMN(HeardRecordingNoteRow, TIME, to_ms),
    HEARD_COLUMN(HeardRecordingNoteRow, TEXT, text),
    HEARD_COLUMN(HeardRecordingNoteRow, INT, created_ms),
    HEARD_COLUMN(HeardRecordingNoteRow, TIME, edited_ms),
    HEARD_COLUMN(HeardRecordingNoteRow, INT, edit_count),
    HEARD_COLUMN(HeardRecordingNoteRow, TIME, deleted_ms),
};
static const HeardTable note_table =
    HEARD_TABLE("recording_note", "note", HeardRecordingNoteRow, note_columns);

static const HeardColumn edit_columns[] = {
    HEARD_COLUMN(HeardRecordingNoteEditRow, TEXT, id),
    HEARD_COLUMN(HeardRecordingNoteEditRow, TEXT, note_id),
    HEARD_COLUMN(HeardRecordingNoteEditRow, TEXT, account_id),
    HEARD_COLUMN(HeardRecordingNoteEditRow, INT, edited_ms),
    HEARD_COLUMN(HeardRecordingNoteEditRow, INT, at_ms),
    HEARD_COLUMN(HeardRecordingNoteEditRow, TIME, to_ms),
    HEARD_COLUMN(HeardRecordingNoteEditRow, TEXT, text),
};
static const HeardTable edit_table =
    HEARD_TABLE("recording_note_edit", "note", HeardRecordingNoteEditRow, edit_columns);

static bool is_for_the_file(const HeardRecordingNoteRow *row)
{
    return strcmp(row->visibility, "file") == 0;
}

bool heard_recording_note_rows_insert(HeardStore *store, const HeardRecordingNoteRow *row,
                                      GError **error)
{
    return heard_row_insert(store, &note_table, row, error);
}

HeardRecordingNoteRow *heard_recording_note_rows_get(HeardStore *store, const char *id,
                                                     GError **error)
{
    return heard_row_get(store, &note_table, "WHERE id = $1 AND deleted_ms IS NULL",
                         HEARD_VALUES(HEARD_TEXT(id)), error);
}

GPtrArray *heard_recording_note_rows_list(HeardStore *store, const char *recording_id,
                                          const char *account_id, const HeardPage *page,
                                          GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "recording_id = ?", HEARD_TEXT(recording_id));
    heard_filter_add_plain(&filter, "deleted_ms IS NULL");
    heard_filter_add(&filter, "(visibility = 'file' OR account_id = ?)", HEARD_TEXT(account_id));
    heard_filter_page(&filter, &note_table, "id", false, page);
    return heard_filter_list(&filter, store, &note_table, error);
}

bool heard_recording_note_rows_count(HeardStore *store, const char *recording_id,
                                     const char *account_id, int64_t *ret_count, GError **error)
{
    return heard_row_number(store,
                            "SELECT count(*) FROM recording_note WHERE recording_id = $1 "
                            "AND account_id = $2 AND deleted_ms IS NULL",
                            HEARD_VALUES(HEARD_TEXT(recording_id), HEARD_TEXT(account_id)),
                            ret_count, error);
}

static bool keep_words(HeardStore *store, const HeardRecordingNoteRow *before, int64_t wall_ms,
                       GError **error)
{
    char id[HEARD_ID_SIZE];
    HeardRecordingNoteEditRow row = {.id = id,
                                     .note_id = before->id,
                                     .account_id = before->account_id,
                                     .edited_ms = wall_ms,
                                     .at_ms = before->at_ms,
                                     .to_ms = before->to_ms,
                                     .text = before->text};

    heard_id_new(id, wall_ms);
    return heard_row_insert(store, &edit_table, &row, error);
}

bool heard_recording_note_rows_edit(HeardStore *store, const HeardRecordingNoteRow *before,
                                    const HeardRecordingNoteRow *after, GError **error)
{
    if (is_for_the_file(before) && !keep_words(store, before, after->edited_ms, error))
        return false;
    return heard_row_change(
        store, "note",
        "UPDATE recording_note SET kind = $1, visibility = $2, at_ms = $3, to_ms = $4, text = $5, "
        "edited_ms = $6, edit_count = edit_count + 1 WHERE id = $7 AND deleted_ms IS NULL",
        HEARD_VALUES(HEARD_TEXT(after->kind), HEARD_TEXT(after->visibility),
                     HEARD_INT(after->at_ms), HEARD_TIME(after->to_ms), HEARD_TEXT(after->text),
                     HEARD_TIME(after->edited_ms), HEARD_TEXT(before->id)),
        error);
}

bool heard_recording_note_rows_take_out(HeardStore *store, const HeardRecordingNoteRow *row,
                                        int64_t wall_ms, GError **error)
{
    if (!is_for_the_file(row))
        return heard_row_change(store, "note", "DELETE FROM recording_note WHERE id = $1",
                                HEARD_VALUES(HEARD_TEXT(row->id)), error);
    return heard_row_change(
        store, "note",
        "UPDATE recording_note SET deleted_ms = $1 WHERE id = $2 AND deleted_ms IS NULL",
        HEARD_VALUES(HEARD_TIME(wall_ms), HEARD_TEXT(row->id)), error);
}

GPtrArray *heard_recording_note_rows_list_edits(HeardStore *store, const char *note_id,
                                                const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "note_id = ?", HEARD_TEXT(note_id));
    heard_filter_page(&filter, &edit_table, "id", false, page);
    return heard_filter_list(&filter, store, &edit_table, error);
}
