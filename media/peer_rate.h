/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What one receiving peer can take, and what its slots get of it.
 *
 * The estimate is told of every packet with a transport-wide number and of all feedback, and
 * gets the padding that it asks for, as RTX without a packet inside. The allocation runs at
 * each tick of the router, when a slot changes, and when the estimate moved by 5 %.
 *
 * A peer that negotiated no transport-wide numbers, or whose reports come without feedback
 * about them, has no estimate: it gets what it wants.
 *
 * Units      *_us monotonic microseconds, bps = bits per second.
 * Ownership  Belongs to its peer; made with the first track that is shown to it.
 * Threads    Lives on one media worker.
 * Errors     None.
 */

#include "media/congestion/estimate.h"
#include "media/front/address.h"
#include "media/rtcp/parse.h"
#include "media/rtp/stats.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_RATE_DEAF_US = 3000000,  /* reports for so long, and no feedback: there is none */
    HEARD_RATE_GUESS_US = 2000000, /* after the first feedback; until then nothing is paused */
    HEARD_RATE_RTX_PART = 2,       /* no more than this part of the rate is sent again */
    HEARD_RATE_RTX_MIN_BPS = 30000,
    HEARD_RATE_AUDIO_BPS = 40000, /* kept free for who begins to speak */
};

typedef struct HeardPeer HeardPeer;

typedef struct {
    HeardEstimate estimate;
    HeardRate rtx;
    int64_t started_us;
    int64_t feedback_us;  /* the first; 0: none yet */
    uint32_t applied_bps; /* the estimate at the last allocation */
    HeardAddress address; /* of the path that was measured */
    void *connection;
} HeardPeerRate;

static inline void heard_peer_rate_sent(HeardPeerRate *self, uint16_t number, size_t size,
                                        int64_t now_us)
{
    heard_estimate_sent(&self->estimate, number, size, now_us);
}

/* Layers, limits and pauses for all video lanes. */
void heard_peer_allocate(HeardPeer *peer);

/* From RTCP. */
void heard_peer_rate_feedback(HeardPeer *peer, const HeardRtcpItem *item);
void heard_peer_rate_report(HeardPeer *peer, const HeardReportBlock *block, int64_t rtt_us);
void heard_peer_rate_remb(HeardPeer *peer, uint64_t bps);

/* May something be sent again? What is, counts. */
bool heard_peer_rate_may_resend(HeardPeer *peer);
void heard_peer_rate_resent(HeardPeer *peer, size_t size);

/* Probes that are due; when to come again. */
int64_t heard_peer_rate_update(HeardPeer *peer);

/* What stands in the queue in front of it; 0: not known. */
int64_t heard_peer_rate_queue_us(const HeardPeer *peer);

/* 0: no estimate. */
uint32_t heard_peer_rate_bps(const HeardPeer *peer);
