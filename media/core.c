/* SPDX-License-Identifier: Apache-2.0 */
#include "media/core.h"

#include "media/peer.h"
#include "media/router.h"

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

void heard_core_end_round(HeardCore *self)
{
    distribute(self);
    update_touched(self);
    free_leaving(self);
    heard_batch_flush(self->batch);
}
