/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One room: its peers, who shows whom, and its recorders. A packet goes from a feed to
 * the lanes bound to its track and to the sinks of this room, nowhere else: no call here
 * takes two routers, so a caucus can't leak by a wrong flag.
 *
 * Units      *_us monotonic microseconds.
 * Ownership  Belongs to the worker; owns its peers. Sinks are borrowed until closed().
 * Threads    Lives on one media worker.
 * Errors     Limits refuse with false; the caller counts it.
 */

#include "media/peer.h"
#include "media/sink.h"
#include "media/speaker.h"
#include "media/voices.h"

#include <glib.h>
#include <stdbool.h>

enum {
    HEARD_ROUTER_PEERS_MAX = 4096,
    HEARD_ROUTER_SINKS_MAX = 4,
    HEARD_ROUTER_TICK_US = 200 * 1000,
    HEARD_ROUTER_SINK_KEYFRAME_US = 10 * 1000 * 1000, /* a recording can be entered each 10 s */
    HEARD_ROUTER_VOICES_ALL = 6,    /* with more open microphones the loudest three are carried */
    HEARD_ROUTER_SINK_HEIGHT = 360, /* the lowest layer that fills it is recorded */
};

struct HeardRouter {
    HeardRoomId id;
    HeardCore *core;
    GPtrArray *peers;                         /* HeardPeer */
    HeardSink *sinks[HEARD_ROUTER_SINKS_MAX]; /* NULL: free */
    bool flowing;
    bool closing;
    HeardSpeakers speakers;
    HeardVoices voices;
    bool crowded;        /* only the voices are carried */
    bool voices_changed; /* since they were told */
    HeardTimer timer;
};

HeardRouter *heard_router_new(HeardCore *core, HeardRoomId id);
/* All peers have left and all sinks are closed: heard_router_close(). */
void heard_router_free(HeardRouter *self);
/* Peers leave, sinks are closed; freed at the end of the round. */
void heard_router_close(HeardRouter *self);

/* false: full, or the ufrag is in use. */
bool heard_router_add_peer(HeardRouter *self, HeardPeerId id, const char *label,
                           HeardPeerPlan *plan_take);
/* Called by heard_peer_leave(): tells recorders and the events' owner. */
void heard_router_forget_peer(HeardRouter *self, HeardPeer *peer);

void heard_router_set_flow(HeardRouter *self, bool flowing);
void heard_router_allow(HeardRouter *self, HeardTrack *track, bool allowed);
void heard_router_set_slot(HeardRouter *self, HeardPeer *peer, unsigned slot, HeardPeer *source,
                           HeardSource video, unsigned max_height, bool important);

/* false: too many, the sink was closed at once. */
bool heard_router_attach(HeardRouter *self, HeardSink *sink);
void heard_router_detach(HeardRouter *self, HeardSink *sink);

/* One media packet of a feed of this room. */
void heard_router_packet(HeardRouter *self, HeardFeed *feed, const HeardPacketIn *packet);
void heard_router_sender_report(HeardRouter *self, HeardFeed *feed, const uint8_t *report,
                                size_t size);
void heard_router_lost(HeardRouter *self, HeardFeed *feed, uint16_t first_seq, uint16_t count);

/* router_voices.c: from first_slot on the peer hears who has a voice and no slot before. */
void heard_router_set_voices(HeardRouter *self, HeardPeer *peer, unsigned first_slot,
                             HeardPeerId except);
void heard_router_show_voices(HeardRouter *self, HeardPeer *peer);
/* The microphone is muted or goes. */
void heard_router_silence(HeardRouter *self, HeardTrack *track);
/* Does this packet of a microphone go to the lanes? */
bool heard_router_carries(HeardRouter *self, HeardTrack *track, const HeardPacketIn *packet);
void heard_router_tick_voices(HeardRouter *self);

/* router_sinks.c */
void heard_router_record(HeardRouter *self, HeardFeed *feed, const HeardPacketIn *packet);
void heard_router_withhold(HeardRouter *self, HeardFeed *feed, const HeardPacketIn *packet,
                           HeardGapReason reason);
void heard_router_end_gap(HeardRouter *self, HeardTrack *track);
void heard_router_end_track(HeardRouter *self, HeardTrack *track, HeardGapReason reason);
void heard_router_tick_sinks(HeardRouter *self, HeardTrack *track);
