/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Room that is kept on the recordings' disk for the end of the logs: a file without meaning,
 * `reserve`, that gives up a piece when a log must be closed on a full disk, so that trailer,
 * journal and seal find their place. What it gave it takes back when there is room again.
 *
 * HEARD_RESERVE_BYTES, or a hundredth of the disk where that is less. A file system that
 * cannot set room aside has no reserve.
 *
 * Units      bytes
 * Ownership  A plain struct; dir is borrowed.
 * Threads    The writer's, or none.
 * Errors     None that anybody could act upon: no room, no reserve.
 */

#include <stdbool.h>
#include <stdint.h>

#define HEARD_RESERVE_NAME "reserve"

enum {
    HEARD_RESERVE_BYTES = 256 << 20,
    HEARD_RESERVE_PIECE = 1 << 20, /* given up at a time: a trailer of 60 s needs some KiB */
};

typedef struct {
    const char *dir;
    int64_t size; /* of the file now */
} HeardReserve;

/* What a server before left is taken over. */
void heard_reserve_init(HeardReserve *self, const char *dir);
/* Make it, or make it whole, where at least eight times as much is free. */
void heard_reserve_fill(HeardReserve *self);
/* A piece is free now. False: there is nothing left to give. */
bool heard_reserve_yield(HeardReserve *self);
