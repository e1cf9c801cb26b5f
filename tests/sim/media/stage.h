/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The media core of a worker on a fake clock, without a socket: datagrams go in by call and
 * come out into a queue, which whoever holds an address gets delivered. Whole days of
 * hearings run in seconds.
 *
 * Units      *_us of the fake clock.
 * Ownership  open/close by the test; guests (guest.h) must be gone before.
 * Threads    One.
 * Errors     Asserts.
 */

#include "media/arrival.h"
#include "media/command.h"
#include "media/peer.h"

typedef void (*StageDeliverFunc)(void *data, uint8_t *bytes, size_t size);

typedef struct {
    HeardCore core;
    const HeardDtlsIdentity *identity; /* one for all stages: a new one costs a key */
    GQueue *out;                       /* StageDatagram on its way */
    GPtrArray *round;                  /* datagrams of a round that stays open; NULL: none does */
    GHashTable *receivers;             /* HeardAddress → who takes what is sent there */
    uint64_t datagrams_in, bytes_in, datagrams_out, bytes_out;
    unsigned connected, gone; /* events so far */
    unsigned gone_by[HEARD_PEER_GONE_FAILED + 1];
} Stage;

void stage_open(Stage *self, int64_t now_us);
void stage_close(Stage *self);

HeardAddress stage_address(uint32_t host, uint16_t port);
/* Who stands at this address; NULL: nobody, what is sent there is counted and lost. */
void stage_receive_at(Stage *self, const HeardAddress *address, StageDeliverFunc func, void *data);

/* One datagram from there. What the core answers waits for stage_settle(). */
void stage_datagram(Stage *self, const HeardAddress *from, const uint8_t *bytes, size_t size);
/* What comes between these comes in one round, as with one recvmmsg. */
void stage_begin_round(Stage *self);
void stage_end_round(Stage *self);
/* Deliver what was sent, and what comes of that, until nothing is on its way. */
void stage_settle(Stage *self);
/* Let time pass: timers fire when they are due. */
void stage_run_until(Stage *self, int64_t until_us);

/* Commands as the worker runs them; false: refused. */
bool stage_command(Stage *self, HeardCommandKind kind, HeardRoomId room, HeardPeerId peer);
bool stage_add_peer(Stage *self, HeardRoomId room, HeardPeerId peer, HeardPeerPlan *plan_take);
bool stage_show(Stage *self, HeardPeerId peer, unsigned slot, HeardPeerId source, unsigned height);
HeardPeer *stage_peer(Stage *self, HeardPeerId peer);
