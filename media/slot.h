/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A slot of a receiving peer: a lane for audio and one for video, each showing a track.
 *
 * While a lane changes between tracks of one person it is bound to both: the old picture goes
 * on until the new one's key frame (media.md 9.3). Where the new track is another person's, or
 * has nothing to show, the lane is emptied at once: nobody's picture stays under another's name.
 *
 * Units      Heights in pixels.
 * Ownership  Embedded in the peer.
 * Threads    Lives on one media worker.
 * Errors     None.
 */

#include "media/rtp/stream_out.h"
#include "media/track.h"

struct HeardLane {
    HeardPeer *peer;
    HeardBinding shown, next;
    HeardStreamOut out;
    HeardAllocation choice;
    unsigned wanted_height;
    HeardRank rank;
    uint8_t temporal; /* limit of what is shown */
    int64_t waits_us; /* since when temporal layers can't be joined; 0: they could */
    bool held;        /* there is a picture to show, but the rate does not carry it */
    bool used;        /* negotiated */
};

enum { HEARD_LANE_HOT_SIZE = offsetof(HeardLane, out) + HEARD_STREAM_OUT_HOT_SIZE };

typedef struct {
    HeardLane audio, video;
} HeardSlot;

void heard_slot_init(HeardSlot *self, HeardPeer *peer, const HeardPlanSlot *plan);
void heard_slot_deinit(HeardSlot *self);

/* NULL empties the lane. */
void heard_lane_show(HeardLane *self, HeardCore *core, HeardTrack *track, unsigned height,
                     HeardRank rank);
/* A feed came, or went: for video all lanes of the peer are allocated anew. */
void heard_lane_choose(HeardLane *self, HeardCore *core);

/* The track that it shows, or is about to; NULL: none. */
HeardTrack *heard_lane_track(const HeardLane *self);
HeardDemand heard_lane_demand(HeardLane *self);
/* What was allocated. collapsed: the old picture does not go on until the new one's key
 * frame, since the line carries nothing of the kind. */
void heard_lane_take(HeardLane *self, HeardCore *core, const HeardShare *share, bool collapsed);
/* The track goes away. */
void heard_lane_drop_track(HeardLane *self, HeardCore *core, const HeardTrack *track);
/* After forwarding: has the change of track come to its end? */
void heard_lane_settle(HeardLane *self);
/* The peer can get packets from now on: a key frame that came before was not for it. */
void heard_lane_connected(HeardLane *self, HeardCore *core);
/* The flow of the shown track was interrupted. */
void heard_lane_hold(HeardLane *self, HeardCore *core);
/* The feed that is shown now, or NULL. */
HeardFeed *heard_lane_feed(const HeardLane *self);
