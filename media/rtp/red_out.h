/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How many earlier packets of a voice are sent once more to a receiver that loses some
 * (RED, RFC 2198), and the payload that does it.
 *
 * One HeardRedOut serves all audio lanes of a peer: loss is the path's, and who begins to
 * speak must not be lost until a report about that lane comes. A lane without loss costs
 * one look at copies. Where the line's own queue is full, copies make the loss that they are
 * meant to heal: no more are sent than fit beside the sound itself.
 *
 * Units      *_us monotonic microseconds. Sizes in bytes.
 * Ownership  Embedded in the peer and in its lanes; holds no other memory.
 * Threads    Lives on one media worker.
 * Errors     Reports that can't be are left out.
 */

#include "media/rtp/stats.h"
#include "media/rtp/stream_in.h"

enum {
    HEARD_RED_OUT_COPIES_MAX = 2,
    HEARD_RED_OUT_PAYLOAD_MAX = 1000, /* fits any MTU; music at 256 kbit/s is not doubled */
    HEARD_RED_OUT_ONE_PERMILLE = 10,
    HEARD_RED_OUT_TWO_PERMILLE = 80,
    HEARD_RED_OUT_CALM_US = 10 * 1000 * 1000, /* one copy less after so long below half */
    HEARD_RED_OUT_QUEUE_US = 100 * 1000,      /* a queue of the line's own */
    HEARD_RED_OUT_FULL_US = 20 * 1000 * 1000, /* and so long after it */
};

typedef struct {
    uint8_t copies;
    uint32_t expected, lost; /* in reports that were not judged yet */
    int64_t judged_from_us;  /* the first of them */
    int64_t lossy_us;        /* when loss last deserved what copies are sent now */
    uint8_t withheld;        /* of copies: the line does not take them */
    int64_t full_us;         /* when its queue was last long; 0: never */
} HeardRedOut;

/* What the last report said of one lane. */
typedef struct {
    uint32_t highest_seq;
    int32_t lost;
    bool started;
} HeardRedOutLane;

void heard_red_out_report(HeardRedOut *self, HeardRedOutLane *lane, const HeardReportBlock *block,
                          int64_t now_us);

/* queue_us: what stands in front of the receiver; sound_bps: all that it gets, without copies;
 * line_bps: what the line takes. */
void heard_red_out_fit(HeardRedOut *self, int64_t queue_us, uint32_t sound_bps, uint32_t line_bps,
                       int64_t now_us);

static inline unsigned heard_red_out_copies(const HeardRedOut *self)
{
    return self->copies > self->withheld ? self->copies - self->withheld : 0;
}

/*
 * The RED payload for a packet of sound: it and up to copies before it, none from before
 * first_seq64. Returns its size; 0: nothing to repeat, send the packet as it is.
 */
size_t heard_red_out_write(const HeardRedOut *self, const HeardPacketIn *in, int64_t first_seq64,
                           uint8_t opus_payload_type, uint8_t *ret_payload, size_t capacity);
