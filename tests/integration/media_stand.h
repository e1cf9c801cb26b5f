/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A worker with one open room, and the loop that its events come to: what each test of the
 * worker stands on.
 *
 * Ownership  stand_open and stand_close by the test's set_up and tear_down; clients are freed
 *            between the two steps of stand_close.
 * Threads    One, beside the worker's. Errors  Asserts.
 */

#include "media/worker.h"
#include "server/base/clock.h"
#include "tests/integration/media_client.h"
#include "tests/unit/heard_test.h"

enum { ROOM = 1 };

typedef struct {
    HeardLoop *loop;
    GMainContext *context;
    HeardDtlsIdentity *identity;
    HeardWorker *worker;
} Stand;

static inline void stand_open(Stand *self, HeardWorkerEventFunc on_event, void *data)
{
    HeardWorkerConfig config = {.bind_address = "::", .on_event = on_event, .data = data};

    self->context = g_main_context_new();
    self->loop = heard_loop_new("test", NULL);
    heard_loop_attach(self->loop, self->context);
    self->identity = heard_dtls_identity_new(NULL);
    config.identity = self->identity;
    config.events_loop = self->loop;
    self->worker = heard_worker_new(&config, NULL);
    if (!self->worker) { /* a machine without IPv6 */
        config.bind_address = "0.0.0.0";
        self->worker = heard_worker_new(&config, NULL);
    }
    assert_non_null(self->worker);
    heard_worker_open_room(self->worker, ROOM);
}

/* First of all: who is connected is told of the end. */
static inline void stand_stop(Stand *self)
{
    g_clear_pointer(&self->worker, heard_worker_free);
}

static inline void stand_close(Stand *self)
{
    heard_loop_free(self->loop);
    g_main_context_unref(self->context);
    heard_dtls_identity_free(self->identity);
}

static inline Client *stand_client(const Stand *self, bool tcp, HeardPeerId peer)
{
    uint16_t port = tcp ? heard_worker_tcp_port(self->worker) : heard_worker_udp_port(self->worker);

    return client_new(heard_dtls_identity_digest(self->identity), port, tcp, peer);
}

/* One turn of the loop, and a moment for the worker. */
static inline void stand_turn(Stand *self)
{
    g_main_context_iteration(self->context, FALSE);
    g_usleep(1000);
}

/* Waits for a condition, turning the test's own pump(world); fails when it takes too long. */
#define wait_for(world, condition)                                                                 \
    do {                                                                                           \
        int64_t end_us = heard_clock_now_us() + PATIENCE_US;                                       \
                                                                                                   \
        while (!(condition) && heard_clock_now_us() < end_us)                                      \
            pump(world);                                                                           \
        assert_true(condition);                                                                    \
    } while (0)
