/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the parts of one media worker share: sockets' helpers, the tables of rooms and
 * peers, and the work that is done at the end of a round.
 *
 * A round is one recvmmsg, one timer or one batch of commands. Nothing is freed inside
 * of a round: who goes is put on a list and freed at its end, so pointers stay good.
 *
 * Units      *_us monotonic microseconds.
 * Ownership  Belongs to the worker.
 * Threads    Lives on one media worker.
 * Errors     None.
 */

#include "media/delivery.h"
#include "media/front/batch.h"
#include "media/front/ice_lite.h"
#include "media/front/ice_tcp.h"
#include "media/worker.h"
#include "server/base/loop.h"

#include <glib.h>
#include <stdint.h>

enum {
    HEARD_CORE_PEERS_MAX = 8192, /* of one worker */
    HEARD_CORE_ROOMS_MAX = 2048, /* a hearing may have three at a time */
};

typedef void (*HeardCoreEventFunc)(void *data, const HeardWorkerEvent *event);

typedef struct HeardCore {
    HeardLoop *loop;
    HeardBatch *batch;
    HeardIceLite *ice;
    HeardIceTcp *tcp;
    const HeardDtlsIdentity *identity;
    HeardCoreEventFunc on_event;
    void *data;
    int64_t now_us;       /* of this round */
    int64_t joining_us;   /* when somebody last took a step of coming in */
    uint32_t last_number; /* of feeds and tracks: never used again, never 0 */
    GHashTable *rooms;    /* HeardRoomId → HeardRouter, without the leaving ones */
    GHashTable *peers;    /* HeardPeerId → HeardPeer, without the leaving ones */
    HeardDelivery delivery;
    GPtrArray *dirty;   /* HeardFeed with packets to distribute */
    GPtrArray *touched; /* HeardPeer whose deadline may have changed */
    GPtrArray *leaving; /* HeardPeer to be freed at the end of the round */
    GPtrArray *closing; /* HeardRouter likewise */
    GArray *fences;     /* HeardWorkerEvent to tell at the end of the round */
} HeardCore;

static inline uint32_t heard_core_next_number(HeardCore *self)
{
    if (++self->last_number == 0)
        ++self->last_number;
    return self->last_number;
}

/* All but loop, batch, tcp and what concerns the owner. */
void heard_core_init(HeardCore *self, int64_t now_us);
/* Every room is closed. Loop, batch and tcp go, too. */
void heard_core_deinit(HeardCore *self);

void heard_core_send_stun(HeardCore *self, const HeardPath *to, const HeardStunAnswer *answer);

/* Told when this round has sent what it has to send. */
void heard_core_fence(HeardCore *self, HeardRoomId room, uint32_t number);

/* Distribute, free who left, set timers, flush. The worker calls it after each recvmmsg
 * and at the end of each round of the loop. */
void heard_core_end_round(HeardCore *self);
