/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What goes out at the end of a round: which frame to which lane, of all feeds in one row, so
 * that the state of the next receivers is fetched while others are served.
 *
 * Units      None.
 * Ownership  The core has one. Feeds and lanes are borrowed until run, within one round.
 * Threads    Lives on one media worker.
 * Errors     None. As long as all lanes of a worker together.
 */

#include <glib.h>

typedef struct HeardCore HeardCore;
typedef struct HeardFeed HeardFeed;

typedef struct {
    GArray *items;
} HeardDelivery;

void heard_delivery_init(HeardDelivery *self);
void heard_delivery_deinit(HeardDelivery *self);

/* What the feed collected, for each lane that is bound to its track. */
void heard_delivery_add(HeardDelivery *self, HeardFeed *feed);
/* Everything that was added, in that order. The feeds have nothing collected afterwards. */
void heard_delivery_run(HeardDelivery *self, HeardCore *core);
