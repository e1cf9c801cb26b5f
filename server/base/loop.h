/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One event loop per thread: descriptors by epoll, timers, and a mailbox through
 * which other threads hand over work.
 *
 * The main thread attaches its loop to a GMainContext (the epoll descriptor nests
 * in GLib's poll); workers, store and writer run theirs with heard_loop_run().
 *
 * Units      *_us are microseconds on the monotonic clock.
 * Ownership  new/free. Watches and timers are embedded in their owners and must be
 *            removed before those go. A posted message belongs to the loop.
 * Threads    Only heard_loop_post() and heard_loop_quit() may be called from other
 *            threads. Everything else asserts the loop's own thread.
 * Errors     A full mailbox refuses (false): the bound is HEARD_LOOP_MAILBOX_MAX.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_LOOP_MAILBOX_MAX = 65536,
    HEARD_LOOP_EVENTS_MAX = 256,
    HEARD_LOOP_REST_MAX_US = 4000,
};

typedef struct HeardLoop HeardLoop;
typedef struct HeardWatch HeardWatch;
typedef struct HeardTimer HeardTimer;

typedef void (*HeardLoopFunc)(void *data);
typedef void (*HeardWatchFunc)(HeardWatch *watch, uint32_t epoll_events);
typedef void (*HeardTimerFunc)(HeardTimer *timer, int64_t now_us);

/* Embed in the owner; find the owner with heard_container_of(). */
struct HeardWatch {
    int fd; /* borrowed */
    HeardWatchFunc func;
    bool added;
};

struct HeardTimer {
    HeardTimerFunc func;
    int64_t deadline_us;
    unsigned heap_index; /* 0: not set */
};

#define heard_container_of(pointer, type, member)                                                  \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

HeardLoop *heard_loop_new(const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_loop_free(HeardLoop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardLoop, heard_loop_free)

/* The calling thread becomes the loop's thread until heard_loop_quit(). */
void heard_loop_run(HeardLoop *self);
void heard_loop_quit(HeardLoop *self);

/* The calling thread becomes the loop's thread; it runs within this context. */
void heard_loop_attach(HeardLoop *self, GMainContext *context);

void heard_loop_assert_current(const HeardLoop *self);

/*
 * Run func(data) on the loop's thread, in order of posting. destroy (may be NULL)
 * runs after it, or at once when the message is refused or the loop is freed.
 */
bool heard_loop_post(HeardLoop *self, HeardLoopFunc func, void *data, GDestroyNotify destroy);

/* Run what waits in the mailbox now; for a worker that must not miss a message
 * posted before the packet it has just read. */
void heard_loop_drain_mailbox(HeardLoop *self);

/* events: EPOLLIN, EPOLLOUT … The watch may remove itself while it runs. */
bool heard_loop_watch(HeardLoop *self, HeardWatch *watch, uint32_t events,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_loop_rewatch(HeardLoop *self, HeardWatch *watch, uint32_t events);
void heard_loop_unwatch(HeardLoop *self, HeardWatch *watch);

/* Set or move a timer; it fires once. */
void heard_loop_set_timer(HeardLoop *self, HeardTimer *timer, int64_t deadline_us);
void heard_loop_clear_timer(HeardLoop *self, HeardTimer *timer);

/* Called at the end of each round of events, before the loop sleeps: flush here. */
void heard_loop_set_round_func(HeardLoop *self, HeardLoopFunc func, void *data);

/* For simulations, in place of run: it is now_us, timers that are due fire and the round
 * ends. Descriptors and mailbox rest. */
void heard_loop_advance(HeardLoop *self, int64_t now_us);
/* When the next timer is due; INT64_MAX: none is set. */
int64_t heard_loop_deadline_us(const HeardLoop *self);

/* Sleep until then before looking for events again (timers still fire in time): what comes
 * meanwhile is done in one round. For the next sleep only, at most HEARD_LOOP_REST_MAX_US. */
void heard_loop_rest_until(HeardLoop *self, int64_t until_us);

/* The time read at the start of this round. */
int64_t heard_loop_now_us(const HeardLoop *self);
