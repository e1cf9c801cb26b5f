/* SPDX-License-Identifier: Apache-2.0 */
#include "media/core.h"

#include "media/peer.h"
#include "media/router.h"

#include <string.h>

void heard_core_init(HeardCore *self, int64_t now_us)
{
    self->now_us = now_us;
    self->joining_us = now_us;
    self->ice = heard_ice_lite_new();
    self->rooms = g_hash_table_new(NULL, NULL);
    self->peers = g_hash_table_new(NULL, NULL);
    heard_delivery_init(&self->delivery);
    self->dirty = g_ptr_array_new();
    self->touched = g_ptr_array_new();
    self->leaving = g_ptr_array_new();
    self->closing = g_ptr_array_new();
    self->fences = g_array_new(FALSE, FALSE, sizeof(HeardWorkerEvent));
}

void heard_core_deinit(HeardCore *self)
{
    heard_ice_tcp_free(self->tcp);
    heard_batch_free(self->batch);
    heard_ice_lite_free(self->ice);
    g_hash_table_unref(self->rooms);
    g_hash_table_unref(self->peers);
    heard_delivery_deinit(&self->delivery);
    g_ptr_array_unref(self->dirty);
    g_ptr_array_unref(self->touched);
    g_ptr_array_unref(self->leaving);
    g_ptr_array_unref(self->closing);
    g_array_unref(self->fences);
    heard_loop_free(self->loop);
}

static void distribute(HeardCore *self)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < self->dirty->len; i++) {
        HeardFeed *feed = g_ptr_array_index(self->dirty, i);

        if (heard_feed_distribute(feed, self))
            self->dirty->pdata[kept++] = feed;
        else
            feed->dirty = false;
    }
    g_ptr_array_set_size(self->dirty, (int)kept);
    heard_delivery_run(&self->delivery, self);
}

/* Reports may make others leave or touched again: those come with the next round, which
 * their timers bring. */
static void update_touched(HeardCore *self)
{
    while (self->touched->len > 0) {
        HeardPeer *peer = g_ptr_array_index(self->touched, self->touched->len - 1);

        g_ptr_array_set_size(self->touched, (int)self->touched->len - 1);
        heard_peer_update(peer);
    }
}

static void free_leaving(HeardCore *self)
{
    for (unsigned i = 0; i < self->leaving->len; i++)
        heard_peer_free(g_ptr_array_index(self->leaving, i));
    g_ptr_array_set_size(self->leaving, 0);
    for (unsigned i = 0; i < self->closing->len; i++)
        heard_router_free(g_ptr_array_index(self->closing, i));
    g_ptr_array_set_size(self->closing, 0);
}

void heard_core_fence(HeardCore *self, HeardRoomId room, uint32_t number)
{
    HeardWorkerEvent event = {.kind = HEARD_WORKER_FENCED, .room = room, .fence = number};

    g_array_append_val(self->fences, event);
}

static void tell_fences(HeardCore *self)
{
    for (unsigned i = 0; i < self->fences->len; i++)
        self->on_event(self->data, &g_array_index(self->fences, HeardWorkerEvent, i));
    g_array_set_size(self->fences, 0);
}

void heard_core_end_round(HeardCore *self)
{
    distribute(self);
    update_touched(self);
    free_leaving(self);
    heard_batch_flush(self->batch);
    tell_fences(self);
}

void heard_core_send_stun(HeardCore *self, const HeardPath *to, const HeardStunAnswer *answer)
{
    unsigned slot;

    if (to->connection) {
        heard_ice_tcp_send(self->tcp, to, answer->reply, answer->reply_size);
        return;
    }
    slot = heard_batch_reserve(self->batch, 1);
    memcpy(heard_batch_slot(self->batch, slot), answer->reply, answer->reply_size);
    heard_batch_add(self->batch, slot, answer->reply_size, &to->address);
}
