/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Decide which lost RTP packets to ask for again, and say which are finally lost.
 *
 * One HeardNack watches one incoming stream (one SSRC). It reads no clock, owns
 * no timer and sends nothing: the caller reports packets and the time, then
 * polls for the next action.
 *
 * Units      *_us are microseconds on the caller's monotonic clock.
 *            seq is the 16-bit RTP sequence number; it wraps.
 * Ownership  The caller owns the struct; it holds no other memory.
 * Threads    Lives on one media worker. No locks inside.
 * Errors     Nothing here can fail. Too much loss is an action, not an error.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_NACK_BATCH_MAX = 64,
    HEARD_NACK_PENDING_MAX = 256, /* more missing at once: not worth asking for */
    HEARD_NACK_TRIES_MAX = 10,
    HEARD_NACK_REORDER_US = 10000,   /* a gap may still close by itself */
    HEARD_NACK_GIVE_UP_US = 1000000, /* recording waits no longer than this */
    HEARD_NACK_RTT_MIN_US = 10000,
    HEARD_NACK_RTT_MAX_US = 500000,
};

typedef enum {
    HEARD_NACK_NONE,     /* nothing to do until heard_nack_deadline_us() */
    HEARD_NACK_RESEND,   /* send a NACK for the returned batch */
    HEARD_NACK_LOST,     /* the returned batch will not come any more: a gap */
    HEARD_NACK_KEYFRAME, /* give up on resends: ask for a key frame */
} HeardNackAction;

typedef struct {
    int64_t seen_us;  /* when the gap was noticed */
    int64_t due_us;   /* next request, or end of waiting */
    int64_t asked_us; /* last request */
    uint16_t seq;
    uint8_t tries;
    bool healed; /* a key frame came behind it */
} HeardNackMissing;

typedef struct {
    HeardNackMissing pending[HEARD_NACK_PENDING_MAX]; /* in stream order */
    size_t pending_count;
    int64_t next_us; /* no entry is due before this */
    int64_t rtt_us;
    uint16_t highest;
    uint16_t jump_first; /* a gap too large to ask for, still to be reported as lost */
    uint16_t jump_count;
    bool started;
    bool resend;
    bool keyframe_wanted;
} HeardNack;

void heard_nack_init(HeardNack *self, int64_t rtt_us);

/* rtt_us above is a first guess: answers to requests correct it. */

/* false: never ask, only report what is lost (audio without rtcp-fb nack). */
void heard_nack_set_resend(HeardNack *self, bool resend);
void heard_nack_set_rtt(HeardNack *self, int64_t rtt_us);

/* Report one packet, in any order, duplicates allowed. */
void heard_nack_packet(HeardNack *self, uint16_t seq, int64_t now_us);

/* A key frame came. What is missing before it is still asked for, since a recording is
 * evidence, but losing it asks for no further key frame. */
void heard_nack_keyframe(HeardNack *self, uint16_t seq);

/* Call until it returns HEARD_NACK_NONE. ret_batch is in stream order. */
HeardNackAction heard_nack_poll(HeardNack *self, int64_t now_us,
                                uint16_t ret_batch[static HEARD_NACK_BATCH_MAX], size_t *ret_count);

/* When to poll next; INT64_MAX when nothing is pending. */
int64_t heard_nack_deadline_us(const HeardNack *self);
