/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Put the packets of one SSRC back into the order of their sequence numbers.
 *
 * A missing packet is waited for until HEARD_REORDER_WAIT_US after the first packet
 * behind it arrived (a repair comes within a second), or HEARD_REORDER_MAX packets.
 *
 * Units      *_us on the recording's clock.
 * Ownership  new/free; a packet put in is copied, one taken out is freed by the caller
 *            with g_free.
 * Threads    Lives on one thread.
 * Errors     Duplicates and packets given up before are dropped.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_REORDER_MAX = 512, HEARD_REORDER_WAIT_US = 1200 * 1000 };

typedef struct {
    int64_t arrival_us;
    int64_t rtp;  /* unwrapped */
    void *stream; /* the caller's */
    uint16_t seq;
    bool marker;
    size_t size;
    uint8_t bytes[];
} HeardOrderedPacket;

typedef struct HeardReorder HeardReorder;

HeardReorder *heard_reorder_new(void);
void heard_reorder_free(HeardReorder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardReorder, heard_reorder_free)

/* False: no room so far ahead; take with now_us INT64_MAX until NULL, then put again. */
bool heard_reorder_put(HeardReorder *self, const HeardOrderedPacket *head, const uint8_t *bytes);
/* The next packet in order, or NULL: wait. *ret_lost: packets given up before it. */
HeardOrderedPacket *heard_reorder_take(HeardReorder *self, int64_t now_us, unsigned *ret_lost);
