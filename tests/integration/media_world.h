/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A worker over loopback with two clients, for the tests of the worker.
 *
 * Ownership  set_up and tear_down of cmocka. Threads  One, beside the worker's. Errors  Asserts.
 */

#include "media/worker.h"
#include "server/base/clock.h"
#include "tests/integration/media_client.h"
#include "tests/unit/heard_test.h"

enum { ROOM = 1, OTHER_ROOM = 2, ALICE = 11, BOB = 12, PATIENCE_US = 10 * 1000 * 1000 };
enum { RTCP_SR = 200, RTCP_RR = 201, RTCP_RTPFB = 205, RTCP_PSFB = 206 };

typedef struct {
    HeardLoop *loop;
    GMainContext *context;
    HeardDtlsIdentity *identity;
    HeardWorker *worker;
    HeardWorkerEvent events[64];
    unsigned event_count;
    Client *clients[2];
    unsigned next_number;
} World;

static inline void on_event(const HeardWorkerEvent *event, void *data)
{
    World *world = data;

    if (world->event_count < G_N_ELEMENTS(world->events))
        world->events[world->event_count++] = *event;
}

static inline int set_up(void **state)
{
    World *world = g_new0(World, 1);
    HeardWorkerConfig config = {.bind_address = "::", .on_event = on_event, .data = world};

    world->context = g_main_context_new();
    world->loop = heard_loop_new("test", NULL);
    heard_loop_attach(world->loop, world->context);
    world->identity = heard_dtls_identity_new(NULL);
    config.identity = world->identity;
    config.events_loop = world->loop;
    world->worker = heard_worker_new(&config, NULL);
    if (!world->worker) { /* a machine without IPv6 */
        config.bind_address = "0.0.0.0";
        world->worker = heard_worker_new(&config, NULL);
    }
    assert_non_null(world->worker);
    heard_worker_open_room(world->worker, ROOM);
    *state = world;
    return 0;
}

static inline int tear_down(void **state)
{
    World *world = *state;

    heard_worker_free(world->worker);
    for (unsigned i = 0; i < 2; i++)
        if (world->clients[i])
            client_free(world->clients[i]);
    heard_loop_free(world->loop);
    g_main_context_unref(world->context);
    heard_dtls_identity_free(world->identity);
    g_free(world);
    return 0;
}

static inline void pump(World *world)
{
    for (unsigned i = 0; i < 2; i++)
        if (world->clients[i])
            client_pump(world->clients[i]);
    g_main_context_iteration(world->context, FALSE);
    g_usleep(1000);
}

static inline void pump_for(World *world, int64_t us)
{
    int64_t end_us = heard_clock_now_us() + us;

    while (heard_clock_now_us() < end_us)
        pump(world);
}

/* Waits for a condition; the test fails when it takes too long. */
#define wait_for(world, condition)                                                                 \
    do {                                                                                           \
        int64_t end_us = heard_clock_now_us() + PATIENCE_US;                                       \
                                                                                                   \
        while (!(condition) && heard_clock_now_us() < end_us)                                      \
            pump(world);                                                                           \
        assert_true(condition);                                                                    \
    } while (0)

static inline const HeardWorkerEvent *find_event(const World *world, HeardWorkerEventKind kind,
                                                 HeardPeerId peer)
{
    for (unsigned i = 0; i < world->event_count; i++)
        if (world->events[i].kind == kind && world->events[i].peer == peer)
            return &world->events[i];
    return NULL;
}

static inline Client *join(World *world, unsigned index, HeardRoomId room, HeardPeerId peer,
                           bool tcp)
{
    uint16_t port =
        tcp ? heard_worker_tcp_port(world->worker) : heard_worker_udp_port(world->worker);
    Client *client = client_new(heard_dtls_identity_digest(world->identity), port, tcp, peer);

    world->clients[index] = client;
    heard_worker_add_peer(world->worker, room, peer, "label", client_plan(client));
    return client;
}

/* Alice publishes, Bob watches her. */
static inline void connect_both(World *world, bool tcp)
{
    Client *alice = join(world, 0, ROOM, ALICE, tcp);
    Client *bob = join(world, 1, ROOM, BOB, tcp);

    wait_for(world, alice->srtp && bob->srtp);
    wait_for(world, find_event(world, HEARD_WORKER_PEER_CONNECTED, ALICE) &&
                        find_event(world, HEARD_WORKER_PEER_CONNECTED, BOB));
    heard_worker_set_slot(world->worker, BOB, 0, ALICE, HEARD_SOURCE_CAMERA, 720, true);
    pump_for(world, 20000);
}
