/* SPDX-License-Identifier: Apache-2.0 */
#include "media/track.h"

#include "media/drop.h"
#include "media/peer.h"
#include "media/slot.h"

#include <string.h>

void heard_track_init(HeardTrack *self, HeardPeer *peer, HeardSource source,
                      const HeardPlanSource *plan, uint32_t number)
{
    *self = (HeardTrack){.peer = peer,
                         .source = source,
                         .plan = plan,
                         .number = number,
                         .allowed = true,
                         .bindings = g_ptr_array_new()};
}

static void free_feed(HeardFeed *feed, HeardCore *core)
{
    if (!feed)
        return;
    if (feed->dirty)
        g_ptr_array_remove_fast(core->dirty, feed);
    heard_stream_in_deinit(&feed->in);
    g_free(feed);
}

void heard_track_deinit(HeardTrack *self, HeardCore *core)
{
    if (!self->bindings)
        return;
    /* Each call takes at least this lane's binding out of the list. */
    while (self->bindings->len > 0) {
        HeardBinding *binding = g_ptr_array_index(self->bindings, self->bindings->len - 1);

        heard_lane_drop_track(binding->lane, core, self);
    }
    for (unsigned i = 0; i < HEARD_LAYERS_MAX; i++)
        free_feed(self->feeds[i], core);
    g_ptr_array_unref(self->bindings);
    self->bindings = NULL;
}

static HeardStreamInConfig make_config(const HeardTrack *self, unsigned layer, uint32_t ssrc,
                                       uint32_t rtx_ssrc)
{
    const HeardPlanSource *plan = self->plan;
    HeardStreamInConfig config = {.codec_count = plan->codec_count,
                                  .ssrc = ssrc,
                                  .rtx_ssrc = rtx_ssrc,
                                  .red_payload_type = plan->red_payload_type,
                                  .audio_level_ext = plan->ext.audio_level,
                                  .layer = (uint8_t)layer};

    for (unsigned i = 0; i < plan->codec_count; i++)
        config.codecs[i] =
            (HeardStreamInCodec){.codec = plan->codecs[i].codec,
                                 .payload_type = plan->codecs[i].payload_type,
                                 .rtx_payload_type = plan->codecs[i].rtx_payload_type,
                                 .nack = plan->codecs[i].nack};
    return config;
}

static void choose_again(HeardTrack *self, HeardCore *core)
{
    /* Choosing may take a lane's binding out of another track's list, never out of this. */
    for (unsigned i = 0; i < self->bindings->len; i++) {
        HeardBinding *binding = g_ptr_array_index(self->bindings, i);

        heard_lane_choose(binding->lane, core);
    }
}

HeardFeed *heard_track_add_feed(HeardTrack *self, HeardCore *core, unsigned layer, uint32_t ssrc,
                                uint32_t rtx_ssrc)
{
    HeardStreamInConfig config = make_config(self, layer, ssrc, rtx_ssrc);
    HeardFeed *old = self->feeds[layer];
    HeardFeed *feed = g_new0(HeardFeed, 1);

    feed->track = self;
    feed->number = heard_core_next_number(core);
    heard_stream_in_init(&feed->in, &config, core->now_us);
    self->feeds[layer] = feed;
    if (old && self->sink_feed == old) {
        self->sink_feed = NULL;
        self->announced = 0;
    }
    if (old && self->sink_next == old)
        self->sink_next = NULL;
    free_feed(old, core);
    heard_track_measure(self, core->now_us);
    choose_again(self, core);
    return feed;
}

HeardFeed *heard_track_find_feed(const HeardTrack *self, uint32_t number)
{
    for (unsigned i = 0; i < HEARD_LAYERS_MAX && number != 0; i++)
        if (self->feeds[i] && self->feeds[i]->number == number)
            return self->feeds[i];
    return NULL;
}

/* Encoders breathe: the price of a layer is its highest rate lately. */
static uint32_t price_of(HeardRate *rate, uint32_t before_bps, int64_t now_us)
{
    return MAX(heard_rate_bps(rate, now_us), before_bps - before_bps / 16);
}

static void measure_feed(HeardFeed *feed, HeardLayer *layer, bool simulcast, int64_t now_us)
{
    bool begun = feed->in.last_packet_us != INT64_MIN;
    uint32_t sum_bps = 0;

    /* A single stream has no other to take its place: it only ever pauses. */
    layer->alive = !simulcast || !begun || heard_stream_in_alive(&feed->in, now_us);
    layer->height = feed->in.height;
    layer->temporal_count = feed->temporal_count;
    for (unsigned i = 0; i + 1 < HEARD_TEMPORAL_MAX; i++) {
        sum_bps += heard_rate_bps(&feed->temporal[i], now_us);
        layer->bps[i] = MAX(sum_bps, layer->bps[i] - layer->bps[i] / 16);
    }
    layer->bps[HEARD_TEMPORAL_MAX - 1] =
        price_of(&feed->in.rate, layer->bps[HEARD_TEMPORAL_MAX - 1], now_us);
}

void heard_track_measure(HeardTrack *self, int64_t now_us)
{
    for (unsigned i = 0; i < HEARD_LAYERS_MAX; i++) {
        if (self->feeds[i])
            measure_feed(self->feeds[i], &self->layers[i], self->plan->rid_count >= 2, now_us);
        else
            self->layers[i] = (HeardLayer){0};
    }
}

HeardDemand heard_track_demand(const HeardTrack *self, HeardAllocation *state, unsigned height)
{
    return (HeardDemand){.wanted_height = (uint16_t)MIN(height, (unsigned)G_MAXUINT16),
                         .layers = self->layers,
                         .layer_count = MAX(self->plan->rid_count, 1),
                         .state = state};
}

HeardFeed *heard_track_share(const HeardTrack *self, const HeardShare *share)
{
    return share->layer == HEARD_LAYER_NONE ? NULL : self->feeds[share->layer];
}

void heard_feed_want_keyframe(HeardFeed *self, HeardCore *core)
{
    if (!heard_track_is_video(self->track))
        return;
    heard_stream_in_want_keyframe(&self->in);
    heard_peer_touch(self->track->peer, core);
}

void heard_binding_bind(HeardBinding *self, HeardLane *lane, HeardTrack *track)
{
    *self = (HeardBinding){track, lane, track->bindings->len};
    g_ptr_array_add(track->bindings, self);
}

void heard_binding_unbind(HeardBinding *self)
{
    HeardTrack *track = self->track;

    if (!track)
        return;
    g_ptr_array_remove_index_fast(track->bindings, self->index);
    if (self->index < track->bindings->len) {
        HeardBinding *moved = g_ptr_array_index(track->bindings, self->index);

        moved->index = self->index;
    }
    self->track = NULL;
}

void heard_binding_move(HeardBinding *self, HeardBinding *from)
{
    *self = *from;
    from->track = NULL;
    if (self->track)
        self->track->bindings->pdata[self->index] = self;
}

static bool ends_frame(const HeardFeed *self, const HeardPacketIn *packet)
{
    return !heard_track_is_video(self->track) || packet->view.marker || packet->recovered ||
           !packet->newest || self->frame_count == HEARD_FEED_FRAME_MAX;
}

/* A packet of an earlier round: the receive buffer is gone, the history has it. */
static void find_held(HeardFeed *self)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < self->frame_count; i++) {
        HeardPacketIn *packet = &self->frame[i];
        size_t size;

        if (!packet->data) {
            packet->data = heard_history_find(&self->in.history, packet->view.seq, &size);
            if (!packet->data || size != packet->size) {
                heard_drop(HEARD_DROP_OVERWRITTEN);
                continue;
            }
        }
        self->frame[kept++] = *packet;
    }
    self->frame_count = kept;
}

/* What goes out with the next run of the core's delivery. */
static void hand_out(HeardFeed *self, HeardCore *core)
{
    find_held(self);
    heard_delivery_add(&core->delivery, self);
}

static void count_temporal(HeardFeed *self, const HeardPacketIn *packet)
{
    unsigned layer = MIN(packet->temporal_id, HEARD_TEMPORAL_MAX - 1);

    heard_rate_add(&self->temporal[layer], packet->size, packet->arrival_us);
    if (self->temporal_count <= layer)
        self->temporal_count = (uint8_t)(layer + 1);
}

/* H.264 may repeat its parameter sets within the frame. */
static bool continues_key(const HeardFeed *self, const HeardPacketIn *packet)
{
    return self->key_us != 0 && packet->view.rtp_ts == self->key_rtp_ts;
}

void heard_feed_collect(HeardFeed *self, HeardCore *core, const HeardPacketIn *packet)
{
    count_temporal(self, packet);
    if (packet->keyframe && packet->newest && heard_track_is_video(self->track) &&
        !continues_key(self, packet)) {
        self->key_seq64 = packet->seq64;
        self->key_us = packet->arrival_us;
        self->key_rtp_ts = packet->view.rtp_ts;
    }
    if (self->track->bindings->len == 0)
        return;
    if (self->frame_count == HEARD_FEED_FRAME_MAX) {
        hand_out(self, core);
        heard_delivery_run(&core->delivery, core);
    }
    if (self->frame_count == 0)
        self->frame_us = packet->arrival_us;
    self->frame[self->frame_count] = *packet;
    /* Lost sound that came in RED lies in the history, which goes on turning. */
    if (packet->recovered && !heard_track_is_video(self->track))
        self->frame[self->frame_count].data = NULL;
    self->frame_count++;
    self->frame_ended = self->frame_ended || ends_frame(self, packet);
    if (!self->dirty) {
        self->dirty = true;
        g_ptr_array_add(core->dirty, self);
    }
}

void heard_feed_forget_frame(HeardFeed *self)
{
    self->frame_count = 0;
    self->frame_ended = false;
}

void heard_feed_interrupt(HeardFeed *self)
{
    heard_feed_forget_frame(self);
    self->key_us = 0;
}

bool heard_feed_distribute(HeardFeed *self, HeardCore *core)
{
    if (self->frame_count == 0)
        return false;
    if (self->frame_ended || core->now_us >= heard_feed_deadline_us(self)) {
        hand_out(self, core);
        return false;
    }
    for (unsigned i = 0; i < self->frame_count; i++)
        self->frame[i].data = NULL;
    return true;
}
