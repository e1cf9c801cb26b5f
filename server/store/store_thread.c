/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/store_thread.h"

#include "server/base/error.h"
#include "server/base/log.h"
#include "server/store/migrate.h"

#include <pthread.h>
#include <stdatomic.h>

static const HeardLogTopic topic = {"store"};

struct HeardStoreThread {
    HeardLoop *loop;
    pthread_t thread;
    HeardStore *store; /* touched by the thread only, once it runs */
    atomic_uint waiting;
};

/* Held by the store thread and, once the work is done, by the message to the reply loop. */
typedef struct {
    HeardStoreThread *owner;
    HeardStoreRunFunc run;
    HeardStoreDoneFunc done;
    HeardLoop *reply_loop;
    void *data;
    GDestroyNotify destroy;
    atomic_int refs;
} Job;

static void unref_job(void *data)
{
    Job *job = data;

    if (atomic_fetch_sub(&job->refs, 1) > 1)
        return;
    if (job->destroy)
        job->destroy(job->data);
    g_free(job);
}

static void finish_job(void *data)
{
    Job *job = data;

    job->done(job->data);
}

static void run_job(void *data)
{
    Job *job = data;
    HeardStoreThread *self = job->owner;

    job->run(self->store, job->data);
    if (heard_store_in_transaction(self->store)) {
        heard_log(&topic, HEARD_LOG_ERROR, "transaction-left-open rolled_back=1");
        heard_store_rollback(self->store);
    }
    atomic_fetch_sub(&self->waiting, 1);
    if (!job->done)
        return;
    atomic_fetch_add(&job->refs, 1);
    if (!heard_loop_post(job->reply_loop, finish_job, job, unref_job))
        heard_log(&topic, HEARD_LOG_ERROR, "reply-refused mailbox=full");
}

static void *run_thread(void *data)
{
    HeardStoreThread *self = data;

    heard_loop_run(self->loop);
    return NULL;
}

HeardStoreThread *heard_store_thread_new(const char *name, const char *url, bool migrate,
                                         GError **error)
{
    HeardStoreThread *self = g_new0(HeardStoreThread, 1);
    unsigned applied = 0;
    int code;

    self->store = heard_store_open(url, error);
    if (!self->store || (migrate && !heard_migrate(self->store, &applied, error)))
        goto failed;
    if (applied > 0)
        heard_log(&topic, HEARD_LOG_INFO, "migrated steps=%u", applied);
    self->loop = heard_loop_new(name, error);
    if (!self->loop)
        goto failed;
    code = pthread_create(&self->thread, NULL, run_thread, self);
    if (code != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "thread %s: %s", name,
                    g_strerror(code));
        goto failed;
    }
    pthread_setname_np(self->thread, name);
    return self;

failed:
    heard_loop_free(self->loop);
    heard_store_free(self->store);
    g_free(self);
    return NULL;
}

void heard_store_thread_free(HeardStoreThread *self)
{
    if (!self)
        return;
    heard_loop_quit(self->loop);
    pthread_join(self->thread, NULL);
    heard_loop_free(self->loop);
    heard_store_free(self->store);
    g_free(self);
}

/* The count is taken before the message is sent, so that the bound holds for many posters. */
static bool take_place(HeardStoreThread *self)
{
    unsigned waiting = atomic_load(&self->waiting);

    do {
        if (waiting >= HEARD_STORE_THREAD_JOBS_MAX)
            return false;
    } while (!atomic_compare_exchange_weak(&self->waiting, &waiting, waiting + 1));
    return true;
}

bool heard_store_thread_post(HeardStoreThread *self, HeardStoreRunFunc run, void *data,
                             HeardLoop *reply_loop, HeardStoreDoneFunc done, GDestroyNotify destroy)
{
    Job *job;

    g_assert(!done == !reply_loop);
    if (!take_place(self)) {
        if (destroy)
            destroy(data);
        return false;
    }
    job = g_new0(Job, 1);
    job->owner = self;
    job->run = run;
    job->done = done;
    job->reply_loop = reply_loop;
    job->data = data;
    job->destroy = destroy;
    atomic_init(&job->refs, 1);
    if (!heard_loop_post(self->loop, run_job, job, unref_job)) {
        atomic_fetch_sub(&self->waiting, 1);
        return false;
    }
    return true;
}

unsigned heard_store_thread_waiting(const HeardStoreThread *self)
{
    return atomic_load(&((HeardStoreThread *)self)->waiting);
}
