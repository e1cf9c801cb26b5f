/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Requests for a copy of a recording and what was decided on them. Whoever asks does not decide:
 * the table itself refuses it.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

enum {
    HEARD_EXPORT_OPEN_MAX = 20, /* undecided requests of one recording */
};
#define HEARD_EXPORT_VALID_MS (INT64_C(7) * 24 * 3600 * 1000) /* after the decision */

typedef struct {
    const char *id, *recording_id;
    const char *requested_by; /* account */
    int64_t requested_ms;
    const char *reason;
    int64_t from_ms, to_ms; /* on the recording's clock; both 0: all of it */
    const char *state;      /* requested, approved, refused */
    const char *decided_by; /* another account; NULL: nobody yet */
    int64_t decided_ms;
    const char *note; /* of who decided; may be NULL */
    int64_t downloads, downloaded_ms;
} HeardExportRow;

/* HEARD_ERROR_CONFLICT: this account asks already; HEARD_ERROR_TOO_MANY: too many others do. */
bool heard_export_rows_insert(HeardStore *store, const HeardExportRow *row,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardExportRow *heard_export_rows_get(HeardStore *store, const char *id, GError **error);
/* Newest first. */
GPtrArray *heard_export_rows_list(HeardStore *store, const char *recording_id,
                                  const HeardPage *page, GError **error);
/* HEARD_ERROR_CONFLICT: it was decided before, or by_account asked for it. note may be NULL. */
bool heard_export_rows_decide(HeardStore *store, const char *id, bool approved,
                              const char *by_account, const char *note, int64_t wall_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The newest one that was approved for this account and still holds; NULL without error: none. */
HeardExportRow *heard_export_rows_open(HeardStore *store, const char *recording_id,
                                       const char *account_id, int64_t wall_ms, GError **error);
bool heard_export_rows_count_download(HeardStore *store, const char *id, int64_t wall_ms,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
