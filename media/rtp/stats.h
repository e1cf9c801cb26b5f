/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a receiver report says about one incoming stream (RFC 3550 6.4.1, A.1, A.3, A.8),
 * and its bit rate.
 *
 * Units      *_us monotonic microseconds; jitter in units of the RTP clock, times 16.
 * Ownership  The caller owns the struct; it holds no other memory.
 * Threads    Lives on one media worker.
 * Errors     None.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_RATE_SLOTS = 8, HEARD_RATE_SLOT_US = 125000 };

/* Bytes in the last second, in eighths. */
typedef struct {
    uint32_t bytes[HEARD_RATE_SLOTS];
    int64_t slot; /* number of the newest eighth */
} HeardRate;

void heard_rate_add(HeardRate *self, size_t bytes, int64_t now_us);
uint32_t heard_rate_bps(HeardRate *self, int64_t now_us);

/* One report block, RFC 3550 6.4.1. */
typedef struct {
    uint32_t ssrc;
    uint8_t fraction_lost; /* of 256 */
    int32_t cumulative_lost;
    uint32_t highest_seq; /* with the count of cycles above */
    uint32_t jitter;
    uint32_t last_sr;             /* middle 32 bits of its NTP time, 0: none yet */
    uint32_t delay_since_last_sr; /* 1/65536 s */
} HeardReportBlock;

typedef struct {
    int64_t first_seq; /* unwrapped */
    int64_t highest_seq;
    uint64_t packets; /* without duplicates as far as the caller sorted them out */
    uint64_t bytes;
    uint64_t expected_before; /* at the last report */
    uint64_t packets_before;
    int64_t transit; /* of the last packet, in RTP units */
    uint32_t jitter_16;
    uint32_t rtp_ts; /* of the last packet that counted for jitter */
    bool started;
} HeardRtpStats;

void heard_rtp_stats_packet(HeardRtpStats *self, int64_t seq, uint32_t rtp_ts, size_t bytes,
                            uint32_t clock_rate_hz, int64_t now_us);

/* Fills loss, highest sequence number and jitter; the interval starts anew. */
void heard_rtp_stats_report(HeardRtpStats *self, HeardReportBlock *ret_block);
