/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Arithmetic on numbers that wrap: RTP sequence numbers (16 bit) and timestamps (32 bit).
 *
 * An unwrapper turns them into 64-bit numbers whose low bits stay the number on the
 * wire. It takes the nearest candidate to the highest so far, so reordering is fine.
 *
 * Threads  Pure. Errors  None.
 */

#include <stdbool.h>
#include <stdint.h>

/* Signed distance from b to a: positive when a is newer. */
static inline int16_t heard_seq_diff(uint16_t a, uint16_t b)
{
    return (int16_t)(uint16_t)(a - b);
}

static inline bool heard_seq_newer(uint16_t a, uint16_t b)
{
    return heard_seq_diff(a, b) > 0;
}

static inline int32_t heard_rtp_ts_diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* Zero is the initial state. */
typedef struct {
    int64_t highest;
    bool started;
} HeardUnwrap;

/* One turn above zero, so that a number reordered before the first stays positive. */
static inline int64_t heard_unwrap_seq(HeardUnwrap *self, uint16_t seq)
{
    int64_t value;

    if (!self->started) {
        self->started = true;
        self->highest = INT64_C(0x10000) + seq;
        return self->highest;
    }
    value = self->highest + heard_seq_diff(seq, (uint16_t)self->highest);
    if (value > self->highest)
        self->highest = value;
    return value;
}

static inline int64_t heard_unwrap_rtp_ts(HeardUnwrap *self, uint32_t rtp_ts)
{
    int64_t value;

    if (!self->started) {
        self->started = true;
        self->highest = INT64_C(0x100000000) + rtp_ts;
        return self->highest;
    }
    value = self->highest + heard_rtp_ts_diff(rtp_ts, (uint32_t)self->highest);
    if (value > self->highest)
        self->highest = value;
    return value;
}
