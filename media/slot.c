/* SPDX-License-Identifier: Apache-2.0 */
#include "media/slot.h"

#include "media/peer.h"
#include "media/catch_up.h"
#include "server/base/random.h"

enum { JOIN_WAIT_US = 2000000 };

static void init_lane(HeardLane *self, HeardPeer *peer, const HeardPlanLane *plan, bool video)
{
    HeardStreamOutConfig config = {.ssrc = plan->ssrc, .rtx_ssrc = plan->rtx_ssrc, .video = video};

    self->peer = peer;
    self->used = plan->used;
    self->temporal = HEARD_TEMPORAL_ALL;
    if (!plan->used)
        return;
    config.transport_cc_ext = plan->ext.transport_cc;
    config.audio_level_ext = plan->ext.audio_level;
    config.red_payload_type = plan->red_payload_type;
    config.red = plan->red_payload_type ? &peer->red : NULL;
    for (unsigned i = 0; i < plan->codec_count; i++) {
        const HeardPlanCodec *codec = &plan->codecs[i];

        config.codecs[codec->codec] =
            (HeardStreamOutCodec){true, codec->payload_type, codec->rtx_payload_type};
    }
    heard_stream_out_init(&self->out, &config, (uint16_t)heard_random_u32(), heard_random_u32());
}

void heard_slot_init(HeardSlot *self, HeardPeer *peer, const HeardPlanSlot *plan)
{
    init_lane(&self->audio, peer, &plan->audio, false);
    init_lane(&self->video, peer, &plan->video, true);
}

static void deinit_lane(HeardLane *self)
{
    heard_binding_unbind(&self->shown);
    heard_binding_unbind(&self->next);
    if (self->used)
        heard_stream_out_deinit(&self->out);
}

void heard_slot_deinit(HeardSlot *self)
{
    deinit_lane(&self->audio);
    deinit_lane(&self->video);
}

static void empty_lane(HeardLane *self)
{
    heard_binding_unbind(&self->shown);
    heard_binding_unbind(&self->next);
    heard_stream_out_switch(&self->out, 0);
    self->held = false;
}

void heard_lane_show(HeardLane *self, HeardCore *core, HeardTrack *track, unsigned height,
                     HeardRank rank)
{
    if (!self->used)
        return;
    self->wanted_height = height;
    self->rank = rank;
    if (!track) {
        empty_lane(self);
        return;
    }
    if (self->shown.track == track) {
        heard_binding_unbind(&self->next);
    } else if (self->next.track != track) {
        heard_binding_unbind(&self->next);
        if (self->shown.track && self->shown.track->peer != track->peer)
            empty_lane(self);
        heard_binding_bind(self->shown.track ? &self->next : &self->shown, self, track);
        self->choice = (HeardAllocation){0};
    }
    heard_lane_choose(self, core);
}

HeardTrack *heard_lane_track(const HeardLane *self)
{
    return self->next.track ? self->next.track : self->shown.track;
}

HeardDemand heard_lane_demand(HeardLane *self)
{
    HeardDemand demand =
        heard_track_demand(heard_lane_track(self), &self->choice, self->wanted_height);

    demand.rank = self->rank;
    return demand;
}

/* Nothing of the new track can come soon: do not go on with the old one. */
static void forget_old_track(HeardLane *self)
{
    if (!self->next.track)
        return;
    heard_binding_unbind(&self->shown);
    heard_binding_move(&self->shown, &self->next);
    heard_stream_out_switch(&self->out, 0);
}

/* A limit of frame rate holds at once; while a smaller picture is awaited, only what the
 * larger one cannot do without goes on. */
static void limit(HeardLane *self, const HeardFeed *feed, const HeardShare *share)
{
    const HeardFeed *old = heard_lane_feed(self);
    uint8_t now = share->temporal;

    if (old && old != feed) {
        now = self->temporal;
        if (old->track == feed->track && feed->in.config.layer < old->in.config.layer)
            now = 0;
    }
    self->temporal = now;
    heard_stream_out_limit(&self->out, now, share->temporal);
}

/* A source that never lets its layers be joined brings them with a key frame. */
static void help_up(HeardLane *self, HeardCore *core, HeardFeed *feed)
{
    if (self->out.source != feed->number ||
        !heard_stream_out_waits(&self->out, feed->temporal_count)) {
        self->waits_us = 0;
        return;
    }
    if (self->waits_us == 0)
        self->waits_us = core->now_us;
    if (core->now_us - self->waits_us < JOIN_WAIT_US)
        return;
    self->waits_us = core->now_us;
    heard_feed_want_keyframe(feed, core);
}

static void begin(HeardLane *self, HeardCore *core, HeardFeed *feed)
{
    if (!heard_catch_up(self, core, feed))
        heard_feed_want_keyframe(feed, core);
}

static void switch_feed(HeardLane *self, HeardCore *core, HeardFeed *feed)
{
    if (self->out.pending == feed->number ||
        (self->out.source == feed->number && self->out.pending == 0))
        return;
    /* Not before the peer can get it: the key frame would be wasted, and encoders make the
     * next one only some time later. */
    if (heard_stream_out_switch(&self->out, feed->number) &&
        self->peer->state == HEARD_PEER_CONNECTED)
        begin(self, core, feed);
    heard_lane_settle(self);
}

void heard_lane_take(HeardLane *self, HeardCore *core, const HeardShare *share, bool collapsed)
{
    HeardFeed *feed = heard_track_share(heard_lane_track(self), share);

    self->held = share->held;
    if (!feed) {
        forget_old_track(self);
        if (share->held)
            heard_stream_out_switch(&self->out, 0);
        return;
    }
    limit(self, feed, share);
    help_up(self, core, feed);
    switch_feed(self, core, feed);
    if (collapsed && self->out.pending != 0)
        heard_stream_out_stop(&self->out);
}

void heard_lane_choose(HeardLane *self, HeardCore *core)
{
    if (!heard_lane_track(self))
        return;
    if (heard_track_is_video(heard_lane_track(self)))
        heard_peer_allocate(self->peer);
    else if (heard_lane_track(self)->feeds[0])
        switch_feed(self, core, heard_lane_track(self)->feeds[0]);
    else
        forget_old_track(self);
}

void heard_lane_drop_track(HeardLane *self, HeardCore *core, const HeardTrack *track)
{
    if (self->next.track == track) {
        /* Back to the old one is not what was asked for: show nothing. */
        empty_lane(self);
        return;
    }
    if (self->shown.track != track)
        return;
    heard_binding_unbind(&self->shown);
    heard_stream_out_switch(&self->out, 0);
    if (!self->next.track)
        return;
    heard_binding_move(&self->shown, &self->next);
    heard_lane_choose(self, core);
}

void heard_lane_settle(HeardLane *self)
{
    if (!self->next.track || self->out.pending != 0 ||
        !heard_track_find_feed(self->next.track, self->out.source))
        return;
    heard_binding_unbind(&self->shown);
    heard_binding_move(&self->shown, &self->next);
}

void heard_lane_connected(HeardLane *self, HeardCore *core)
{
    HeardTrack *track = self->next.track ? self->next.track : self->shown.track;
    HeardFeed *feed = track ? heard_track_find_feed(track, self->out.pending) : NULL;

    if (feed)
        begin(self, core, feed);
}

void heard_lane_hold(HeardLane *self, HeardCore *core)
{
    HeardFeed *feed = heard_lane_feed(self);

    if (heard_stream_out_hold(&self->out) && feed)
        heard_feed_want_keyframe(feed, core);
}

HeardFeed *heard_lane_feed(const HeardLane *self)
{
    return self->shown.track ? heard_track_find_feed(self->shown.track, self->out.source) : NULL;
}
