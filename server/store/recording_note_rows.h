/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Bookmarks and notes beside a recording. Who may see and change them server/app decides;
 * here stands that a note for the file keeps what it said: an edit adds a row with the
 * words before, and taking it out leaves it in the table.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *recording_id;
    const char *account_id;
    const char *author, *unit; /* as they were called when it was written */
    const char *kind;          /* bookmark, note */
    const char *visibility;    /* private, file */
    int64_t at_ms;             /* on the recording's clock */
    int64_t to_ms;             /* 0: a moment, not a stretch */
    const char *text;          /* "" of a bookmark without a name */
    int64_t created_ms, edited_ms;
    int64_t edit_count;
    int64_t deleted_ms;
} HeardRecordingNoteRow;

bool heard_recording_note_rows_insert(HeardStore *store, const HeardRecordingNoteRow *row,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One that was taken out is not found. */
HeardRecordingNoteRow *heard_recording_note_rows_get(HeardStore *store, const char *id,
                                                     GError **error);
/* Those for the file, and the private ones of this account. */
GPtrArray *heard_recording_note_rows_list(HeardStore *store, const char *recording_id,
                                          const char *account_id, const HeardPage *page,
                                          GError **error);
/* How many the account wrote there, without those taken out. */
bool heard_recording_note_rows_count(HeardStore *store, const char *recording_id,
                                     const char *account_id, int64_t *ret_count,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes kind, visibility, place, text and edited_ms; counts the edit. What was before is
 * kept when it was for the file. Call it in a transaction. */
bool heard_recording_note_rows_edit(HeardStore *store, const HeardRecordingNoteRow *before,
                                    const HeardRecordingNoteRow *after,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A private one goes; one for the file stays as taken out. */
bool heard_recording_note_rows_take_out(HeardStore *store, const HeardRecordingNoteRow *row,
                                        int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a note for the file said before an edit. */
typedef struct {
    const char *id, *note_id;
    const char *account_id;
    int64_t edited_ms;
    int64_t at_ms, to_ms;
    const char *text;
} HeardRecordingNoteEditRow;

GPtrArray *heard_recording_note_rows_list_edits(HeardStore *store, const char *note_id,
                                                const HeardPage *page, GError **error);
