/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Find out whether a line carries more than what is sent: for some tens of milliseconds
 * padding fills the media up to a higher rate, and the feedback tells at which rate that came
 * out at the other end. Short, so that a line which cannot do it queues no more than the
 * length of the probe; again after a pause that grows with each failure up to three seconds, or
 * two where it is small.
 *
 * Units      *_us microseconds (arrival on the receiver's clock), bps bits per second.
 * Ownership  The caller owns the struct; it holds no other memory.
 * Threads    Pure; lives on one media worker.
 * Errors     A probe whose feedback does not come or is too thin is HEARD_PROBE_VOID.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_PROBE_PACKETS = 96, /* that are looked at; the first ones */
    HEARD_PROBE_SMALL_BPS = 200000,
};

typedef enum {
    HEARD_PROBE_NONE, /* nothing new */
    HEARD_PROBE_PASSED,
    HEARD_PROBE_FAILED, /* came out slower than it went in */
    HEARD_PROBE_VOID,
} HeardProbeResult;

typedef struct {
    uint8_t number;   /* 1..7 of the running or last probe; 0: none yet */
    bool running;     /* padding may be sent */
    bool waiting;     /* for feedback */
    uint8_t failures; /* in a row */
    uint32_t rate_bps;
    int64_t start_us, end_us;
    int64_t next_us;     /* not before */
    int64_t step_us;     /* when padding is due */
    uint64_t sent_bytes; /* by the caller's count, at the start */
    uint64_t target_bytes;
    unsigned lost; /* told of as lost */
    size_t count;
    struct {
        int32_t arrival_us; /* since the first that was told of */
        uint16_t seq;
        uint16_t size;
    } came[HEARD_PROBE_PACKETS]; /* by seq */
    int64_t arrival_us;          /* of that first */
    int64_t first_sent_us, last_sent_us;
    uint32_t last_sent_bytes; /* what was sent at that last time */
} HeardProbe;

void heard_probe_init(HeardProbe *self, int64_t now_us);

/* Begin one; sent_bytes is all that was sent so far. */
void heard_probe_start(HeardProbe *self, uint32_t rate_bps, int64_t length_us, uint64_t sent_bytes,
                       int64_t now_us);

/* Padding that is due now, given all that was sent so far; 0: nothing. Ends the probe. */
size_t heard_probe_due(HeardProbe *self, uint64_t sent_bytes, int64_t now_us);

/* When padding is due, or the wait for feedback over; INT64_MAX: neither. */
int64_t heard_probe_deadline_us(const HeardProbe *self);

/* Packets of the running probe that were told of: lost (a late one may still come), came. */
void heard_probe_lost(HeardProbe *self);
void heard_probe_packet(HeardProbe *self, uint16_t seq, uint16_t size, int64_t sent_us,
                        int64_t arrival_us, bool was_lost);

/* After each feedback; newest_us is when the newest packet told of was sent. ret_bps is what
 * came out, for PASSED and FAILED. */
HeardProbeResult heard_probe_poll(HeardProbe *self, int64_t newest_us, int64_t now_us,
                                  uint32_t *ret_bps);

/* Stop a running probe: the line is full. */
void heard_probe_abort(HeardProbe *self, int64_t now_us);
