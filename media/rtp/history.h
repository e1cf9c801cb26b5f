/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The last packets of one incoming stream, for sending again.
 *
 * There is one history per source, shared by all receivers: what they get are rewrites
 * of it, so a receiver's NACK is first mapped back to the source's sequence number.
 * Packets lie one behind the other in a ring of bytes; the oldest are overwritten. The ring
 * starts small, grows by an eighth while it holds less than HEARD_HISTORY_AGE_US, and shrinks
 * again when it held more for some seconds: a thumbnail costs little, a shared screen is still
 * there when a slow line asks for it again.
 *
 * Units      seq is the source's 16-bit RTP sequence number; it wraps. *_us monotonic.
 * Ownership  init allocates two blocks; put allocates only when the ring changes its size.
 * Threads    Lives on one media worker. No locks inside.
 * Errors     A packet larger than HEARD_HISTORY_PACKET_MAX is not kept.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_HISTORY_PACKET_MAX = 2048,
    HEARD_HISTORY_AGE_US = 450 * 1000, /* held at least; up to an eighth more */
};

typedef struct {
    uint64_t position; /* in the endless stream of bytes; old when overwritten since */
    uint32_t at;       /* in the ring */
    uint16_t size;     /* 0: empty */
    uint16_t seq;
} HeardHistoryEntry;

typedef struct {
    uint8_t *bytes;
    HeardHistoryEntry *entries;
    uint64_t head;
    int64_t lap_us; /* when the ring's first byte was written last */
    uint32_t at;    /* of the head, in the ring */
    uint32_t bytes_size, bytes_min, bytes_max;
    uint32_t lap_count;  /* laps in a row that took longer than needed … */
    int64_t shortest_us; /* … and the shortest of them */
    uint32_t entries_mask;
} HeardHistory;

/* Bytes are rounded up to whole pages with what malloc takes of them: at least one, at most
 * 16 MiB. Packets to a power of two, from 16 to 32768. */
void heard_history_init(HeardHistory *self, size_t bytes, size_t bytes_max, size_t packets);
void heard_history_deinit(HeardHistory *self);

void heard_history_put(HeardHistory *self, uint16_t seq, const uint8_t *packet, size_t size,
                       int64_t now_us);

/* The packet, valid until the next put; NULL when never seen or overwritten. */
const uint8_t *heard_history_find(const HeardHistory *self, uint16_t seq, size_t *ret_size);

/* Forget everything: the stream restarted. */
void heard_history_clear(HeardHistory *self);
