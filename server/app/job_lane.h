/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One kind of work, one child at a time: takes a job from the store's queue, runs its
 * subcommand, keeps the lease and the progress, and writes down how it ended.
 *
 * Ownership  new/free; config and kind are borrowed and outlive it. free ends the child.
 * Threads    Main. Rows are touched on the store thread.
 * Errors     Logged here; the state stands in rows.
 */

#include "server/app/followers.h"
#include "server/app/job_kinds.h"

typedef struct HeardJobLane HeardJobLane;

/* followers, of a kind that may be done already when it is asked for; NULL: none. Borrowed. */
HeardJobLane *heard_job_lane_new(const HeardJobsConfig *config, const HeardJobKind *kind,
                                 HeardFollowers *followers);
void heard_job_lane_free(HeardJobLane *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardJobLane, heard_job_lane_free)

/* Take a job, if there is one and no child runs. */
void heard_job_lane_look(HeardJobLane *self);
/* Queue every recording that lacks this kind, then look. */
void heard_job_lane_queue_missing(HeardJobLane *self);
/* A child that says nothing keeps its lease; call each HEARD_JOBS_POLL_US. */
void heard_job_lane_extend(HeardJobLane *self);
