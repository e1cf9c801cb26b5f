/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Bytes a second over the last second or less.
 *
 * Units      now_us > 0 on any clock; a jump of five seconds starts anew; bps bits per second.
 * Ownership  The caller owns the struct; zero is the initial state.
 * Threads    Pure. Errors  None: bytes from before the window are left out.
 */

#include <stdint.h>

enum {
    HEARD_THROUGHPUT_SPAN_US = 50000,
    HEARD_THROUGHPUT_SPANS = 24, /* more than are averaged: late ones find their place */
};

typedef struct {
    int64_t newest; /* number of the running span */
    int64_t first_us;
    int64_t latest_us;
    uint32_t bytes[HEARD_THROUGHPUT_SPANS];
} HeardThroughput;

void heard_throughput_add(HeardThroughput *self, uint32_t bytes, int64_t now_us);

/* Over about window_us before the latest bytes; 0: nothing yet. */
uint32_t heard_throughput_bps(const HeardThroughput *self, int64_t window_us);
