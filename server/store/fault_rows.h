/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Faults of recordings: what went wrong from when to when, the note that somebody on duty
 * writes about it, and the presiding officer's countersignature, which ends all writing.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

enum {
    HEARD_FAULT_ROWS_MAX = 256, /* of one recording; a disk that flutters makes no more */
    HEARD_FAULT_NOTE_CHARS_MAX = 1000,
};

typedef struct {
    const char *id, *recording_id;
    const char *fault;      /* disk_full, io_error, overrun, stalled, crash */
    int64_t from_ms, to_ms; /* to_ms 0: it lasts */
    const char *note;       /* NULL: not written yet */
    const char *note_by;    /* account */
    int64_t note_at_ms;
    const char *countersigned_by;
    int64_t countersigned_at_ms;
} HeardFaultRow;

/* ret_kept false: the recording has its most rows already. */
bool heard_fault_rows_insert(HeardStore *store, const HeardFaultRow *row, bool *ret_kept,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends one fault; of a row that was not kept nothing changes. */
bool heard_fault_rows_end(HeardStore *store, const char *id, int64_t to_ms,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends whatever a recording's faults still last. */
bool heard_fault_rows_end_all(HeardStore *store, const char *recording_id, int64_t to_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardFaultRow *heard_fault_rows_get(HeardStore *store, const char *id, GError **error);
/* Oldest first, all of them. */
GPtrArray *heard_fault_rows_list(HeardStore *store, const char *recording_id, GError **error);
/* HEARD_ERROR_CONFLICT when it was countersigned. */
bool heard_fault_rows_set_note(HeardStore *store, const char *id, const char *note,
                               const char *account_id, int64_t at_ms,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HEARD_ERROR_CONFLICT without a note, while it lasts, or a second time. */
bool heard_fault_rows_countersign(HeardStore *store, const char *id, const char *account_id,
                                  int64_t at_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
