/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The rest of the demo: a mediation and a panel hearing of the demo's case, with their seats.
 * Found again by kind, like the reception (seed_demo.h); one that is over gets another beside
 * it.
 *
 * Ownership  Fills demo->more; heard_seed_demo_free() frees it.
 * Threads    The store's thread, within the caller's transaction.
 */

#include "server/store/seed_demo.h"

typedef struct {
    HeardStore *store;
    int64_t wall_ms, link_life_ms;
    bool renew;              /* new links for seats that are there */
    const char *date;        /* of the numbers */
    const char *region_code; /* the same */
    const char *organiser_unit_id;
} HeardSeedMore;

bool heard_seed_more(const HeardSeedMore *self, HeardSeedDemo *demo,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_seed_seat_clear(HeardSeedSeat *seat);
