/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What one peer publishes: a track is a microphone, camera or screen; a feed is one
 * incoming stream of it (one simulcast layer). A track knows the lanes that show it.
 *
 * Packets of a video frame are collected until the marker, or for HEARD_FEED_HOLD_US, so
 * that each receiver gets them as one run (batch.h). Audio goes at the end of the round.
 *
 * Units      *_us monotonic microseconds.
 * Ownership  A track belongs to its peer, feeds to the track. Bindings are embedded in
 *            their lanes.
 * Threads    Lives on one media worker.
 * Errors     None; what is dropped is counted in drop.h.
 */

#include "media/congestion/allocate.h"
#include "media/core.h"
#include "media/rtp/stream_in.h"
#include "media/sdp/answer.h"
#include "media/sink.h"
#include "media/voices.h"

#include <glib.h>
#include <stdbool.h>

enum {
    HEARD_FEED_FRAME_MAX = 64, /* packets collected; a larger frame goes in parts */
    HEARD_FEED_HOLD_US = 2000,
};

typedef struct HeardPeer HeardPeer;
typedef struct HeardTrack HeardTrack;
typedef struct HeardLane HeardLane;

typedef struct HeardFeed {
    HeardTrack *track;
    uint32_t number; /* the source number of stream_out.h */
    HeardStreamIn in;
    HeardRate temporal[HEARD_TEMPORAL_MAX];    /* of each temporal layer alone */
    uint8_t temporal_count;                    /* seen so far */
    HeardPacketIn frame[HEARD_FEED_FRAME_MAX]; /* data NULL: look into the history */
    unsigned frame_count;
    bool frame_ended;
    bool dirty;       /* on the core's list */
    int64_t frame_us; /* arrival of the first */
    /* The first packet of the last key frame that the router let pass; key_us 0: none, or the
     * flow was interrupted since. */
    int64_t key_seq64, key_us;
    uint32_t key_rtp_ts;
} HeardFeed;

/* One lane that shows, or is about to show, a track. */
typedef struct HeardBinding {
    HeardTrack *track; /* NULL: not bound */
    HeardLane *lane;
    unsigned index; /* in track->bindings */
} HeardBinding;

struct HeardTrack {
    HeardPeer *peer;
    HeardSource source;
    const HeardPlanSource *plan;
    uint32_t number; /* of sink.h */
    bool allowed;
    bool left_out; /* the last packet of this microphone was, see router_voices.c */
    HeardVoice voice;
    bool started;                        /* SOURCE_STARTED was told */
    HeardFeed *feeds[HEARD_LAYERS_MAX];  /* by layer */
    HeardLayer layers[HEARD_LAYERS_MAX]; /* what they were when last measured */
    GPtrArray *bindings;                 /* HeardBinding */
    /* The recorders' view: one layer at a time. */
    HeardFeed *sink_feed, *sink_next;
    HeardAllocation sink_choice;
    HeardCodec sink_codec;
    uint32_t announced; /* bit per sink of the room */
    uint16_t gap_first;
    uint32_t gap_count;
    HeardGapReason gap_reason;
};

void heard_track_init(HeardTrack *self, HeardPeer *peer, HeardSource source,
                      const HeardPlanSource *plan, uint32_t number);
/* Lanes that show it are emptied. */
void heard_track_deinit(HeardTrack *self, HeardCore *core);

/* A new stream of the layer; one that was there (another SSRC) is replaced. */
HeardFeed *heard_track_add_feed(HeardTrack *self, HeardCore *core, unsigned layer, uint32_t ssrc,
                                uint32_t rtx_ssrc);

/* The feed of this number, or NULL. */
HeardFeed *heard_track_find_feed(const HeardTrack *self, uint32_t number);

static inline bool heard_track_is_video(const HeardTrack *self)
{
    return self->source != HEARD_SOURCE_MICROPHONE;
}

/* Which layers live, and what they cost: for heard_track_demand(). Each tick. */
void heard_track_measure(HeardTrack *self, int64_t now_us);

/* What a receiver wants of this track, as measured last. */
HeardDemand heard_track_demand(const HeardTrack *self, HeardAllocation *state, unsigned height);
/* The feed that was allocated; NULL: none. */
HeardFeed *heard_track_share(const HeardTrack *self, const HeardShare *share);

/* Asks for a key frame soon; for audio nothing. */
void heard_feed_want_keyframe(HeardFeed *self, HeardCore *core);

void heard_binding_bind(HeardBinding *self, HeardLane *lane, HeardTrack *track);
void heard_binding_unbind(HeardBinding *self);
/* The track of from goes over to self. */
void heard_binding_move(HeardBinding *self, HeardBinding *from);

/* Collect one packet for the lanes; it is distributed at the end of a round. */
void heard_feed_collect(HeardFeed *self, HeardCore *core, const HeardPacketIn *packet);
/* Give what is complete to the core's delivery. true: something waits until
 * heard_feed_deadline_us(). */
bool heard_feed_distribute(HeardFeed *self, HeardCore *core);
/* Forget what was collected: it went out. */
void heard_feed_forget_frame(HeardFeed *self);
/* Forget what was collected, and the key frame before it: muted, paused. */
void heard_feed_interrupt(HeardFeed *self);

static inline int64_t heard_feed_deadline_us(const HeardFeed *self)
{
    return self->frame_us + HEARD_FEED_HOLD_US;
}
