/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What RTCP one peer is due, and when.
 *
 * The peer collects its incoming streams and outgoing lanes; each call of
 * heard_rtcp_report_write() makes one compound packet: sender reports for lanes that
 * need one (at once after a switch, then each second), receiver reports with SDES each
 * second, NACKs, PLIs and transport-wide feedback.
 *
 * Units      *_us monotonic microseconds.
 * Ownership  Streams, lanes and the buffer are the caller's; nothing is kept.
 * Threads    Lives on the peer's media worker.
 * Errors     None. What does not fit in one packet comes with the next call.
 */

#include "media/rtcp/build.h"
#include "media/rtcp/twcc.h"
#include "media/rtp/sender_clock.h"
#include "media/rtp/stream_in.h"
#include "media/rtp/stream_out.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_REPORT_INTERVAL_US = 1000000 }; /* of receiver reports */

typedef struct {
    HeardStreamOut *lane;
    const HeardStreamIn *source;   /* shown now (lane->source); NULL: gone */
    const HeardSenderClock *clock; /* of its publisher */
} HeardReportLane;

/* Packets finally given up of stream index: count numbers in order, a gap for the sinks. */
typedef void (*HeardReportLostFunc)(void *data, size_t stream, const uint16_t *seqs, size_t count);

typedef struct {
    HeardStreamIn *const *streams;
    size_t stream_count;
    const HeardReportLane *lanes;
    size_t lane_count;
    HeardTwcc *twcc; /* NULL: the peer publishes nothing */
    uint32_t ssrc;   /* ours, in reports without a lane (any lane's, constant) */
    const char *cname;
    HeardReportLostFunc on_lost; /* may be NULL */
    void *data;
} HeardReportParts;

/* Zero is the initial state. */
typedef struct {
    int64_t next_us;    /* next regular report */
    size_t next_stream; /* where the next block starts: with many streams they take turns */
} HeardReporter;

/* When to call write next. */
int64_t heard_rtcp_report_deadline_us(const HeardReporter *self, const HeardReportParts *parts);

/* Size of one compound packet, 0 when nothing is due. Call until 0.
 * capacity: at least HEARD_RTCP_COMPOUND_MAX, plus what SRTCP adds. */
size_t heard_rtcp_report_write(HeardReporter *self, const HeardReportParts *parts, int64_t now_us,
                               uint8_t *ret_packet, size_t capacity);
