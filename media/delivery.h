/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What goes out at the end of a round: which frame to which lane, of all feeds in one row, so
 * that the state of the next receivers is fetched while others are served. All that one
 * receiver gets lies together, pictures before sound: it leaves as few runs (batch.h).
 *
 * Units      None.
 * Ownership  The core has one. Feeds and lanes are borrowed until run, within one round.
 * Threads    Lives on one media worker.
 * Errors     None. As long as all lanes of a worker together.
 */

#include <glib.h>
#include <stdint.h>

typedef struct HeardCore HeardCore;
typedef struct HeardFeed HeardFeed;
typedef struct HeardPeer HeardPeer;

/* The binding may be another track's by its turn: the lane knows which feed it wants. */
typedef struct {
    const HeardPeer *peer; /* NULL until it is arranged */
    HeardFeed *feed;
    const struct HeardBinding *binding;
    uint32_t order;
} HeardDeliveryItem;

typedef struct {
    GArray *items; /* HeardDeliveryItem */
    unsigned feed_count;
} HeardDelivery;

void heard_delivery_init(HeardDelivery *self);
void heard_delivery_deinit(HeardDelivery *self);

/* What the feed collected, for each lane that is bound to its track. */
void heard_delivery_add(HeardDelivery *self, HeardFeed *feed);
/* The items of each peer together, and its video first; otherwise as they were added. Left as
 * it is with one feed. run() begins with it. */
void heard_delivery_arrange(HeardDelivery *self);
/* Everything that was added. The feeds have nothing collected afterwards. */
void heard_delivery_run(HeardDelivery *self, HeardCore *core);
