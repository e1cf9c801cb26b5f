/* SPDX-License-Identifier: Apache-2.0 */
#include "media/delivery.h"

#include "media/peer.h"

#include <stdlib.h>

enum {
    CACHE_LINE_SIZE = 64,
    /* How many receivers ahead each is fetched: what the next needs, the one before told. */
    LANE_AHEAD = 3,
    PEER_AHEAD = 2,
    KEYS_AHEAD = 1,
    SOUND_LAST = 1 << 30, /* in the order of items */
};

void heard_delivery_init(HeardDelivery *self)
{
    self->items = g_array_new(FALSE, FALSE, sizeof(HeardDeliveryItem));
}

void heard_delivery_deinit(HeardDelivery *self)
{
    g_array_unref(self->items);
}

void heard_delivery_add(HeardDelivery *self, HeardFeed *feed)
{
    const GPtrArray *bindings = feed->track->bindings;
    uint32_t last = heard_track_is_video(feed->track) ? 0 : SOUND_LAST;

    if (bindings->len == 0 || feed->frame_count == 0) {
        heard_feed_forget_frame(feed);
        return;
    }
    for (unsigned i = 0; i < bindings->len; i++) {
        HeardDeliveryItem item = {NULL, feed, g_ptr_array_index(bindings, i),
                                  last | self->items->len};

        __builtin_prefetch(item.binding);
        g_array_append_val(self->items, item);
    }
    self->feed_count++;
}

static int compare(const void *left, const void *right)
{
    const HeardDeliveryItem *a = left, *b = right;

    if (a->peer != b->peer)
        return (uintptr_t)a->peer < (uintptr_t)b->peer ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

void heard_delivery_arrange(HeardDelivery *self)
{
    if (self->feed_count < 2)
        return;
    for (unsigned i = 0; i < self->items->len; i++) {
        HeardDeliveryItem *item = &g_array_index(self->items, HeardDeliveryItem, i);

        item->peer = item->binding->lane->peer;
    }
    qsort(self->items->data, self->items->len, sizeof(HeardDeliveryItem), compare);
}

static void prefetch(const void *from, size_t size)
{
    for (size_t at = 0; at < size; at += CACHE_LINE_SIZE)
        __builtin_prefetch((const uint8_t *)from + at);
}

static const HeardDeliveryItem *item_at(const HeardDelivery *self, int index)
{
    return index >= 0 && index < (int)self->items->len
               ? &g_array_index(self->items, HeardDeliveryItem, index)
               : NULL;
}

/*
 * With hundreds of receivers each one's state has left the cache since the last packet, and
 * waiting for memory costs more than the work. No more is fetched than is needed: a core
 * waits for a dozen lines at a time.
 */
static void look_ahead(const HeardDelivery *self, int index)
{
    const HeardDeliveryItem *item = item_at(self, index + LANE_AHEAD);
    const HeardPeer *peer;

    if (item)
        prefetch(item->binding, HEARD_LANE_HOT_SIZE);
    item = item_at(self, index + PEER_AHEAD);
    if (item) {
        heard_stream_out_prefetch(&item->binding->lane->out);
        prefetch(item->binding->lane->peer, HEARD_PEER_HOT_SIZE);
    }
    item = item_at(self, index + KEYS_AHEAD);
    peer = item ? item->binding->lane->peer : NULL;
    if (peer && peer->srtp)
        heard_srtp_prefetch(peer->srtp, item->feed->frame[0].size);
}

void heard_delivery_run(HeardDelivery *self, HeardCore *core)
{
    HeardPeerRun run = {0};

    heard_delivery_arrange(self);
    for (int i = -LANE_AHEAD; i < (int)self->items->len; i++) {
        const HeardDeliveryItem *item, *next = item_at(self, i + 1);

        look_ahead(self, i);
        if (i < 0)
            continue;
        item = item_at(self, i);
        run.goes_on = next && next->peer && next->peer == item->peer;
        if (heard_stream_out_wants(&item->binding->lane->out, item->feed->number))
            heard_peer_send_frame(item->binding->lane, core, item->feed, item->feed->frame,
                                  item->feed->frame_count, &run);
        if (!run.goes_on)
            run.size = 0;
    }
    for (unsigned i = 0; i < self->items->len; i++)
        heard_feed_forget_frame(g_array_index(self->items, HeardDeliveryItem, i).feed);
    g_array_set_size(self->items, 0);
    self->feed_count = 0;
}
