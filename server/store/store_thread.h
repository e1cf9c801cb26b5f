/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The database on a thread of its own: post a job, get its result on your loop.
 *
 * Jobs of one store thread run one after another in the order of posting, so a job may
 * read, decide and write without a race with other jobs. A second store thread on the
 * same file is a second connection: use one for slow reading and for passwords (argon2id
 * takes tens of milliseconds), so that the audit trail never waits for a login.
 *
 * Ownership  new/free. data belongs to the job from post on: destroy(data) runs once, on
 *            the reply loop after done, or wherever the job ended without it.
 * Threads    new, free: the owner. post: any thread. run: the store thread. done: the
 *            thread of reply_loop.
 * Errors     post refuses (false, data destroyed) when HEARD_STORE_THREAD_JOBS_MAX jobs
 *            wait: answer HEARD_ERROR_UNAVAILABLE. Failures inside a job are the job's
 *            own: keep the GError in data. A job must leave no transaction open (one that
 *            does is rolled back and logged).
 */

#include "server/base/loop.h"
#include "server/store/store.h"

enum { HEARD_STORE_THREAD_JOBS_MAX = 4096 };

typedef struct HeardStoreThread HeardStoreThread;

typedef void (*HeardStoreRunFunc)(HeardStore *store, void *data);
typedef void (*HeardStoreDoneFunc)(void *data);

/* Opens the database on the new thread; migrates it first when asked. */
HeardStoreThread *heard_store_thread_new(const char *name, const char *url, bool migrate,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Runs every job that was posted, then closes. Post no more before calling. */
void heard_store_thread_free(HeardStoreThread *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardStoreThread, heard_store_thread_free)

/* done and reply_loop may both be NULL: nobody waits. destroy may be NULL. */
bool heard_store_thread_post(HeardStoreThread *self, HeardStoreRunFunc run, void *data,
                             HeardLoop *reply_loop, HeardStoreDoneFunc done,
                             GDestroyNotify destroy);

/* Jobs that wait or run now; any thread. */
unsigned heard_store_thread_waiting(const HeardStoreThread *self);
