/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A worker over loopback with two clients, or three, for the tests of the worker.
 *
 * Ownership  set_up and tear_down of cmocka. Threads  One, beside the worker's. Errors  Asserts.
 */

#include "tests/integration/media_stand.h"

enum {
    OTHER_ROOM = 2,
    ALICE = 11,
    BOB = 12,
    CAROL = 13,
    CLIENTS_MAX = 3,
    PATIENCE_US = 10 * 1000 * 1000
};
enum { RTCP_SR = 200, RTCP_RR = 201, RTCP_RTPFB = 205, RTCP_PSFB = 206 };

typedef struct {
    Stand stand;
    HeardWorkerEvent events[64];
    unsigned event_count;
    Client *clients[CLIENTS_MAX];
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

    stand_open(&world->stand, on_event, world);
    *state = world;
    return 0;
}

static inline int tear_down(void **state)
{
    World *world = *state;

    stand_stop(&world->stand);
    for (unsigned i = 0; i < CLIENTS_MAX; i++)
        if (world->clients[i])
            client_free(world->clients[i]);
    stand_close(&world->stand);
    g_free(world);
    return 0;
}

static inline void pump(World *world)
{
    for (unsigned i = 0; i < CLIENTS_MAX; i++)
        if (world->clients[i])
            client_pump(world->clients[i]);
    stand_turn(&world->stand);
}

static inline void pump_for(World *world, int64_t us)
{
    int64_t end_us = heard_clock_now_us() + us;

    while (heard_clock_now_us() < end_us)
        pump(world);
}

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
    Client *client = stand_client(&world->stand, tcp, peer);

    world->clients[index] = client;
    heard_worker_add_peer(world->stand.worker, room, peer, "label", client_plan(client));
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
    heard_worker_set_slot(world->stand.worker, BOB, 0, ALICE, HEARD_SOURCE_CAMERA, 720, true);
    pump_for(world, 20000);
}
