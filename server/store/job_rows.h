/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The queue of work that other processes do (heard derive, copy …). A job is leased: a worker that
 * dies gives it back when the lease ends; after tries_max it is dead and stays for a human.
 *
 * queued → running → done; running → queued (failed, later) → dead.
 *
 * Rows, ownership, threads: row.h.
 * Errors   insert: HEARD_ERROR_CONFLICT when the same kind and subject waits or runs.
 */

#include "server/store/row.h"

enum { HEARD_JOB_TRIES_MAX = 5, HEARD_JOB_BACKOFF_MS = 10 * 1000 };

/* What was done is of interest for a week. */
#define HEARD_JOB_KEEP_MS (INT64_C(7) * 24 * 3600 * 1000)

typedef struct {
    const char *id;
    const char *kind;       /* derive, timestamp, copy, release, restore, composite */
    const char *subject_id; /* a recording */
    const char *payload;    /* JSON */
    const char *state;      /* queued, running, done, dead */
    int64_t tries, tries_max;
    int64_t run_after_ms; /* never 0 */
    const char *lease_owner;
    int64_t lease_until_ms;
    const char *last_error;
    int64_t created_ms, finished_ms;
} HeardJobRow;

bool heard_job_rows_insert(HeardStore *store, const HeardJobRow *row,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardJobRow *heard_job_rows_get(HeardStore *store, const char *id, GError **error);
/* Oldest first; state NULL: all. */
GPtrArray *heard_job_rows_list(HeardStore *store, const char *state, const HeardPage *page,
                               GError **error);
/* Leases the oldest job that is due (or whose lease ended). NULL without error: none. */
HeardJobRow *heard_job_rows_take(HeardStore *store, const char *kind, const char *lease_owner,
                                 int64_t wall_ms, int64_t lease_ms, GError **error);
/* HEARD_ERROR_CONFLICT for all three when the lease is no longer the owner's. */
bool heard_job_rows_extend(HeardStore *store, const char *id, const char *lease_owner,
                           int64_t lease_until_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_job_rows_finish(HeardStore *store, const char *id, const char *lease_owner,
                           int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Again after a wait that doubles with each try, or dead. */
bool heard_job_rows_fail(HeardStore *store, const char *id, const char *lease_owner,
                         int64_t wall_ms, const char *last_error,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_job_rows_count_running(HeardStore *store, const char *kind, const char *subject_id,
                                  int64_t *ret_count, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes what ended before then. */
bool heard_job_rows_forget(HeardStore *store, int64_t before_ms,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
