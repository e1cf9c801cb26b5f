/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Work on recordings beside hearings, by child processes of low priority: playable files,
 * time-stamp, second copy, room given back, one film. A lane (job_lane.h) for each kind
 * (job_kinds.h), one child at a time in each. Of a recording that was followed while it ran
 * (followers.h) most is done when it ends.
 *
 * The queue is the store's (job_rows.h), so nothing is lost by a restart: at the start and
 * each every_us every recording that lacks a kind of work is queued for it. What
 * failed for good is so tried again later where that makes sense (an authority or a store that
 * was away), but for files that can't be made: those say "failed".
 *
 * Ownership  new/free. free ends running children; their jobs go on at the next start.
 * Threads    Main. Rows are touched on the store thread.
 * Errors     Logged here; the state stands in the recording's rows.
 */

#include "server/base/loop.h"
#include "server/store/store_thread.h"

#include <glib.h>

enum {
    HEARD_JOBS_POLL_US = 10 * 1000000, /* at most */
    HEARD_JOBS_LEASE_MS = 90 * 1000,
    HEARD_JOBS_PROGRESS_US = 1000000, /* a row is written at most so often */
};

typedef struct HeardJobs HeardJobs;

/* All texts are borrowed and outlive the jobs; NULL: that kind of work is not wanted. */
typedef struct {
    HeardLoop *loop;
    HeardStoreThread *store;
    const char *data_dir;                       /* directories of rows are below it */
    const char *key_path;                       /* of the recordings */
    const char *tsa_url;                        /* time-stamping authority */
    const char *copy_to;                        /* folder or URL of the second copy */
    const char *copy_credentials, *copy_region; /* of a URL */
    int64_t every_us;                           /* between two looks for work that is missing */
    int64_t local_days; /* segments that were copied stay here; 0: for ever */
} HeardJobsConfig;

HeardJobs *heard_jobs_new(const HeardJobsConfig *config);
void heard_jobs_free(HeardJobs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardJobs, heard_jobs_free)

void heard_jobs_start(HeardJobs *self);
/* A recording was sealed, or a job was put into the store: look now, not at the next poll. */
void heard_jobs_look(HeardJobs *self);
