/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The kinds of work on recordings: which subcommand does it, who still needs it, and which
 * rows tell people.
 *
 * Ownership  The table is constant. Arguments are appended to argv, which frees them.
 * Threads    wanted() and arguments() on main; the others on the store thread.
 * Errors     GError of the store; HEARD_ERROR_CORRUPT when a child's words make no sense.
 */

#include "server/app/jobs.h"
#include "server/base/id.h"
#include "server/store/store.h"

#include <jansson.h>

typedef struct {
    char job_id[HEARD_ID_SIZE];
    char recording_id[HEARD_ID_SIZE];
    char *directory; /* of the recording, below the data folder */
    char *payload;   /* of the job: JSON */
} HeardJobWork;

/* How long things are left as they are, by the settings. */
typedef struct {
    int64_t local_ms; /* segments of a closed recording stay here; 0: for ever */
} HeardJobTimes;

/* domain words of both rows: queued, running, ready, failed. */
typedef struct {
    const char *name; /* in the job table */
    int64_t tries_max;
    unsigned seconds_max; /* of one child */
    bool (*wanted)(const HeardJobsConfig *config);
    /* Recording ids (char *); NULL: only on request. */
    GPtrArray *(*missing)(HeardStore *store, const HeardJobTimes *times, GError **error);
    /* Asked again just before it begins; NULL: always. */
    bool (*still)(HeardStore *store, const HeardJobTimes *times, const char *recording_id,
                  bool *ret_still, GError **error);
    void (*arguments)(const HeardJobsConfig *config, const HeardJobWork *work, GPtrArray *argv);
    bool (*mark)(HeardStore *store, const char *kind, const char *recording_id, const char *state,
                 int64_t permille, const char *why, GError **error);
    /* The child ended well; said is the last object it printed beside progress (of
     * {"ready": …} what is in it), or NULL. */
    bool (*keep)(HeardStore *store, const char *kind, const HeardJobWork *work,
                 const char *data_dir, const json_t *said, GError **error);
} HeardJobKind;

enum { HEARD_JOB_KINDS = 6, HEARD_JOB_SAID_MAX = 16 * 1024 };

extern const HeardJobKind heard_job_kinds[HEARD_JOB_KINDS];

/* That of this name, which is one. */
const HeardJobKind *heard_job_kinds_get(const char *name);
/* Queues one piece of work; that it waits or runs already is no error. On the store thread. */
bool heard_job_kinds_queue(HeardStore *store, const HeardJobKind *kind, const char *recording_id,
                           const char *payload, GError **error) G_GNUC_WARN_UNUSED_RESULT;
