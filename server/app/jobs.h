/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Work after a hearing: `heard derive` as a child process for each sealed recording, one at
 * a time, with low priority; its files become rows.
 *
 * The queue is the store's (job_rows.h), so nothing is lost by a restart: start() queues
 * every sealed recording that has no files yet, logs that were recovered among them.
 * Who followed the recording while it ran (followers.h) has most of it done already.
 * A failed derivation is tried HEARD_JOBS_TRIES times, then the recording says "failed".
 *
 * Ownership  new/free. free ends a running child; the job goes on at the next start.
 * Threads    Main. Rows are touched on the store thread.
 * Errors     Logged here; the state stands in the recording's row.
 */

#include "server/base/loop.h"
#include "server/store/store_thread.h"

#include <glib.h>

enum {
    HEARD_JOBS_TRIES = 3,
    HEARD_JOBS_POLL_US = 10 * 1000000,
    HEARD_JOBS_LEASE_MS = 90 * 1000,
    HEARD_JOBS_PROGRESS_US = 1000000,  /* the row is written at most so often */
    HEARD_JOBS_SECONDS_MAX = 4 * 3600, /* of one derivation */
};

typedef struct HeardJobs HeardJobs;

typedef struct {
    HeardLoop *loop;
    HeardStoreThread *store;
    const char *data_dir; /* borrowed; directories of rows are below it */
    const char *key_path; /* of the recordings */
} HeardJobsConfig;

HeardJobs *heard_jobs_new(const HeardJobsConfig *config);
void heard_jobs_free(HeardJobs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardJobs, heard_jobs_free)

void heard_jobs_start(HeardJobs *self);
void heard_jobs_queue(HeardJobs *self, const char *recording_id);
