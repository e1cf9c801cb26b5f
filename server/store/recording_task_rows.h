/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What is done to a recording after it was written: one row a recording and kind. It is what
 * people are told; the tries are the job queue's (job_rows.h).
 *
 * queued → running → ready; running → waiting (done as far as it goes now, more will come)
 * or queued (failed, tried again) or failed (given up).
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *recording_id;
    const char *kind;  /* timestamp, copy, release, restore, composite */
    const char *state; /* queued, running, waiting, ready, failed */
    int64_t permille;
    const char *detail; /* JSON of the kind: what came out of it; NULL: nothing yet */
    const char *error;  /* of the last try, for an engineer; NULL: none */
    int64_t changed_ms;
} HeardRecordingTaskRow;

/* Insert or replace; detail NULL keeps the one that is there. */
bool heard_recording_task_rows_put(HeardStore *store, const HeardRecordingTaskRow *row,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Something came to the recording after that kind was ready: ready → waiting. */
bool heard_recording_task_rows_again(HeardStore *store, const char *recording_id, const char *kind,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HEARD_ERROR_NOT_FOUND when that was never asked for. */
HeardRecordingTaskRow *heard_recording_task_rows_get(HeardStore *store, const char *recording_id,
                                                     const char *kind, GError **error);
GPtrArray *heard_recording_task_rows_list(HeardStore *store, const char *recording_id,
                                          GError **error);
/* Recordings that still need that kind and have no job for it, the oldest first; their ids
 * (char *). sealed_only false: those that are being written as well. */
GPtrArray *heard_recording_task_rows_list_missing(HeardStore *store, const char *kind,
                                                  bool sealed_only, int64_t limit, GError **error);
/* Recordings that are being written and have no job for it, but lack that kind since the last full
 * each_ms of theirs: its row is not "waiting" since then. Their ids (char *). */
GPtrArray *heard_recording_task_rows_list_due(HeardStore *store, const char *kind, int64_t wall_ms,
                                              int64_t each_ms, int64_t limit, GError **error);
