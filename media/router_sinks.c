/* SPDX-License-Identifier: Apache-2.0 */
#include "media/drop.h"
#include "media/router.h"

#include <string.h>

/* The recorders' side of a room: which layer they get, and what they are told of gaps. */

static const char *fmtp_of(const HeardTrack *track, HeardCodec codec)
{
    for (unsigned i = 0; i < track->plan->codec_count; i++)
        if (track->plan->codecs[i].codec == codec)
            return track->plan->codecs[i].fmtp;
    return "";
}

static HeardSinkTrack describe(const HeardTrack *track, const HeardPacketIn *packet)
{
    HeardSinkTrack description = {.track = track->number,
                                  .peer = track->peer->id,
                                  .source = track->source,
                                  .codec = packet->codec,
                                  .payload_type = packet->view.payload_type,
                                  .clock_rate_hz = packet->clock_rate_hz,
                                  .ssrc = packet->view.ssrc,
                                  .layer = packet->layer,
                                  .audio_level_ext = track->plan->ext.audio_level};

    g_strlcpy(description.label, track->peer->label, sizeof(description.label));
    g_strlcpy(description.fmtp, fmtp_of(track, packet->codec), sizeof(description.fmtp));
    return description;
}

/* The layer that is recorded: the first packet decides, a better one takes over at its key
 * frame. */
static bool takes_feed(HeardTrack *track, HeardFeed *feed, const HeardPacketIn *packet)
{
    if (!track->sink_feed)
        track->sink_feed = feed;
    if (feed == track->sink_next && feed != track->sink_feed && packet->keyframe) {
        track->sink_feed = feed;
        track->announced = 0;
    }
    if (feed == track->sink_next && feed == track->sink_feed)
        track->sink_next = NULL;
    if (feed != track->sink_feed)
        return false;
    if (track->sink_codec != packet->codec) {
        track->sink_codec = packet->codec;
        track->announced = 0;
    }
    return true;
}

static bool has_sinks(const HeardRouter *self)
{
    for (unsigned i = 0; i < HEARD_ROUTER_SINKS_MAX; i++)
        if (self->sinks[i])
            return true;
    return false;
}

void heard_router_record(HeardRouter *self, HeardFeed *feed, const HeardPacketIn *packet)
{
    HeardTrack *track = feed->track;

    if (!has_sinks(self) || !takes_feed(track, feed, packet))
        return;
    heard_router_end_gap(self, track);
    for (unsigned i = 0; i < HEARD_ROUTER_SINKS_MAX; i++) {
        HeardSink *sink = self->sinks[i];

        if (!sink)
            continue;
        if (!(track->announced & 1U << i)) {
            HeardSinkTrack description = describe(track, packet);

            sink->ops->track(sink, &description, packet->arrival_us);
            track->announced |= 1U << i;
        }
        sink->ops->rtp(sink, track->number, packet->data, packet->size, packet->arrival_us);
    }
}

static void tell_gap(HeardRouter *self, HeardTrack *track, uint16_t first, uint16_t count,
                     HeardGapReason reason)
{
    for (unsigned i = 0; i < HEARD_ROUTER_SINKS_MAX; i++)
        if (self->sinks[i] && (track->announced & 1U << i))
            self->sinks[i]->ops->gap(self->sinks[i], track->number, first, count, reason,
                                     self->core->now_us);
}

void heard_router_end_gap(HeardRouter *self, HeardTrack *track)
{
    if (track->gap_count == 0)
        return;
    tell_gap(self, track, track->gap_first, (uint16_t)track->gap_count, track->gap_reason);
    track->gap_count = 0;
}

void heard_router_withhold(HeardRouter *self, HeardFeed *feed, const HeardPacketIn *packet,
                           HeardGapReason reason)
{
    HeardTrack *track = feed->track;

    if (feed != track->sink_feed || track->announced == 0 || !packet->newest)
        return;
    if (track->gap_count > 0 && track->gap_reason != reason)
        heard_router_end_gap(self, track);
    if (track->gap_count == 0) {
        track->gap_first = packet->view.seq;
        track->gap_reason = reason;
    }
    track->gap_count = (uint16_t)(packet->view.seq - track->gap_first) + 1U;
    /* Before the numbers wrap, tell this part. */
    if (track->gap_count >= G_MAXUINT16 / 2)
        heard_router_end_gap(self, track);
}

void heard_router_end_track(HeardRouter *self, HeardTrack *track, HeardGapReason reason)
{
    heard_router_end_gap(self, track);
    for (unsigned i = 0; i < HEARD_ROUTER_SINKS_MAX; i++)
        if (self->sinks[i] && (track->announced & 1U << i))
            self->sinks[i]->ops->track_end(self->sinks[i], track->number, reason,
                                           self->core->now_us);
    track->announced = 0;
}

void heard_router_sender_report(HeardRouter *self, HeardFeed *feed, const uint8_t *report,
                                size_t size)
{
    HeardTrack *track = feed->track;

    if (!self->flowing || !track->allowed || feed != track->sink_feed)
        return;
    for (unsigned i = 0; i < HEARD_ROUTER_SINKS_MAX; i++)
        if (self->sinks[i] && (track->announced & 1U << i))
            self->sinks[i]->ops->sender_report(self->sinks[i], track->number, report, size,
                                               self->core->now_us);
}

void heard_router_lost(HeardRouter *self, HeardFeed *feed, uint16_t first_seq, uint16_t count)
{
    /* While nothing is recorded the gap is told as a whole. */
    if (self->flowing && feed->track->allowed && feed == feed->track->sink_feed)
        tell_gap(self, feed->track, first_seq, count, HEARD_GAP_NETWORK);
}

void heard_router_tick_sinks(HeardRouter *self, HeardTrack *track)
{
    HeardDemand demand;
    HeardShare share;
    HeardFeed *best;

    if (!heard_track_is_video(track) || !track->sink_feed || !has_sinks(self) || !self->flowing ||
        !track->allowed)
        return;
    demand = heard_track_demand(track, &track->sink_choice, HEARD_ROUTER_SINK_HEIGHT);
    heard_allocate(&demand, 1, UINT32_MAX, false, self->core->now_us, &share);
    best = heard_track_share(track, &share);
    if (best && best != track->sink_feed && best != track->sink_next) {
        track->sink_next = best;
        heard_feed_want_keyframe(best, self->core);
    }
    /* Only of what still sends: a camera that is off has no key frame to give. */
    if (heard_stream_in_alive(&track->sink_feed->in, self->core->now_us) &&
        self->core->now_us - track->sink_feed->in.last_keyframe_us > HEARD_ROUTER_SINK_KEYFRAME_US)
        heard_feed_want_keyframe(track->sink_feed, self->core);
}

static void want_keyframes(HeardRouter *self)
{
    for (unsigned i = 0; i < self->peers->len; i++) {
        HeardPeer *peer = g_ptr_array_index(self->peers, i);

        for (unsigned k = 0; k < HEARD_SOURCE_COUNT * HEARD_LAYERS_MAX; k++) {
            HeardFeed *feed = peer->tracks[k / HEARD_LAYERS_MAX].feeds[k % HEARD_LAYERS_MAX];

            if (feed)
                heard_feed_want_keyframe(feed, self->core);
        }
    }
}

bool heard_router_attach(HeardRouter *self, HeardSink *sink)
{
    for (unsigned i = 0; i < HEARD_ROUTER_SINKS_MAX && !self->closing; i++)
        if (!self->sinks[i]) {
            self->sinks[i] = sink;
            want_keyframes(self);
            return true;
        }
    sink->ops->closed(sink);
    return false;
}

void heard_router_detach(HeardRouter *self, HeardSink *sink)
{
    for (unsigned i = 0; i < HEARD_ROUTER_SINKS_MAX; i++) {
        if (self->sinks[i] != sink)
            continue;
        for (unsigned p = 0; p < self->peers->len; p++) {
            HeardPeer *peer = g_ptr_array_index(self->peers, p);

            for (unsigned k = 0; k < HEARD_SOURCE_COUNT; k++) {
                heard_router_end_gap(self, &peer->tracks[k]);
                peer->tracks[k].announced &= ~(1U << i);
            }
        }
        self->sinks[i] = NULL;
        sink->ops->closed(sink);
        return;
    }
    heard_drop(HEARD_DROP_COMMAND);
}
