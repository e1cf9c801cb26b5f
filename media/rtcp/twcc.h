/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
 *
 * HeardTwcc is the receiver's side: it notes when each transport-wide sequence number
 * came and makes the feedback that the publisher's congestion control lives on.
 * heard_twcc_parse() reads the feedback about what we sent.
 *
 * Units      *_us monotonic microseconds; on the wire 250 µs for deltas, 64 ms for the base.
 * Ownership  The caller owns the struct; it holds no other memory. One per publishing peer.
 * Threads    Lives on one media worker.
 * Errors     Parsing stops with false at garbage. Packets outside the window are not reported.
 */

#include "media/rtcp/build.h"
#include "media/rtcp/parse.h"
#include "media/rtp/sequence.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_TWCC_WINDOW = 1024,       /* numbers that wait for a report; a power of two */
    HEARD_TWCC_INTERVAL_US = 60000, /* media.md 9.7 measured with this */
    HEARD_TWCC_EARLY_COUNT = 256,   /* this many unreported packets do not wait */
    HEARD_TWCC_REPORT_MAX = 512,    /* numbers in one feedback packet of ours */
    HEARD_TWCC_FEEDBACK_MAX = 4096, /* in one of a receiver: 1400 that came, or a long loss */
};

typedef struct {
    HeardUnwrap seq;
    int64_t begin;   /* first number not reported yet */
    int64_t sent_us; /* last feedback; 0: none */
    uint32_t waiting;
    uint8_t count;                         /* of feedback packets */
    int64_t arrival_us[HEARD_TWCC_WINDOW]; /* INT64_MIN: not received */
} HeardTwcc;

void heard_twcc_init(HeardTwcc *self);

/* One packet with the extension arrived. */
void heard_twcc_packet(HeardTwcc *self, uint16_t seq, int64_t now_us);

/* When feedback is due; INT64_MAX when nothing came. */
int64_t heard_twcc_deadline_us(const HeardTwcc *self);

/* Append one feedback packet when due; false: nothing to say or no room. Call again until
 * false: a burst may need several. */
bool heard_twcc_write(HeardTwcc *self, HeardRtcpWriter *writer, uint32_t sender_ssrc,
                      uint32_t media_ssrc, int64_t now_us);

typedef struct {
    uint16_t seq;
    bool received;
    int64_t arrival_us; /* on the receiver's clock, wraps after 12.4 days; only differences count */
} HeardTwccResult;

/* ret_results in order of seq; false: malformed, or more than max numbers. */
bool heard_twcc_parse(const HeardRtcpItem *item, HeardTwccResult *ret_results, size_t max,
                      size_t *ret_count, uint8_t *ret_feedback_count);
