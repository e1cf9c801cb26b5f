/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * `heard derive --follow` for recordings that run, so that little is left to do when they end.
 *
 * Nobody has to say that a recording began: every HEARD_FOLLOWERS_POLL_US unsealed ones are
 * looked up that are older than a minute. A follower that fails is forgotten, and the
 * recording is derived at its end as if there had been none.
 *
 * Bounds     HEARD_FOLLOWERS_PER_CPU at a time; further recordings have none.
 * Ownership  new/free. free ends the children.
 * Threads    Main. Rows are read on the store thread.
 * Errors     Logged here.
 */

#include "server/app/child.h"
#include "server/base/loop.h"
#include "server/store/store_thread.h"

enum {
    HEARD_FOLLOWERS_PER_CPU = 2,
    HEARD_FOLLOWERS_POLL_US = 10 * 1000000,
    HEARD_FOLLOWERS_AFTER_MS = 60 * 1000, /* before that there is nothing to follow */
    HEARD_FOLLOWERS_SECONDS_MAX = 48 * 3600,
};

typedef struct HeardFollowers HeardFollowers;

typedef struct {
    HeardLoop *loop;
    HeardStoreThread *store;
    const char *data_dir; /* borrowed; directories of rows are below it */
    const char *key_path;
} HeardFollowersConfig;

typedef enum {
    HEARD_FOLLOWER_NONE,    /* derive it yourself */
    HEARD_FOLLOWER_RUNNING, /* the hooks are called from now on; on_end once */
    HEARD_FOLLOWER_DONE,    /* the files are there */
} HeardFollowerState;

HeardFollowers *heard_followers_new(const HeardFollowersConfig *config);
void heard_followers_free(HeardFollowers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardFollowers, heard_followers_free)

void heard_followers_start(HeardFollowers *self);
/* The recording is sealed and its files are wanted. Who asks again gets NONE. */
HeardFollowerState heard_followers_claim(HeardFollowers *self, const char *recording_id,
                                         const HeardChildHooks *hooks);
