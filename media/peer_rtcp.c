/* SPDX-License-Identifier: Apache-2.0 */
#include "media/peer.h"

#include "media/drop.h"
#include "media/router.h"
#include "media/rtcp/parse.h"

enum {
    NACKS_MAX = 256, /* numbers of one NACK that are served */
    FIR_TARGETS_MAX = 32,
    COMPOUNDS_MAX = 8, /* of one update; the rest comes with the next */
};

static const char cname[] = "heard";

static HeardLane *find_lane(HeardPeer *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->slot_count; i++) {
        HeardSlot *slot = &self->slots[i];

        if (slot->video.used && slot->video.out.config.ssrc == ssrc)
            return &slot->video;
        if (slot->audio.used && slot->audio.out.config.ssrc == ssrc)
            return &slot->audio;
    }
    return NULL;
}

/* A feed in this room that the lane shows or showed lately. */
static HeardFeed *find_feed(const HeardLane *lane, uint32_t number)
{
    HeardFeed *feed = NULL;

    if (lane->shown.track)
        feed = heard_track_find_feed(lane->shown.track, number);
    if (!feed && lane->next.track)
        feed = heard_track_find_feed(lane->next.track, number);
    return feed;
}

static bool resend(HeardPeer *self, HeardLane *lane, uint16_t seq)
{
    HeardBatch *batch = self->core->batch;
    uint16_t number = self->twcc_seq;
    uint16_t source_seq;
    uint32_t source;
    HeardPacketIn packet;
    HeardFeed *feed;
    unsigned slot;
    size_t size;

    if (!heard_stream_out_lookup(&lane->out, seq, &source, &source_seq))
        return false;
    feed = find_feed(lane, source);
    /* Nothing of a muted source leaves the server, not even again. */
    if (!feed || !feed->track->allowed || !self->router->flowing ||
        !heard_stream_in_find(&feed->in, source_seq, &packet) || !heard_peer_rate_may_resend(self))
        return false;
    slot = heard_batch_reserve(batch, 1);
    if (heard_stream_out_resend(&lane->out, seq, &packet, &self->twcc_seq, self->core->now_us,
                                heard_batch_slot(batch, slot),
                                HEARD_BATCH_SLOT_SIZE - HEARD_SRTP_TRAILER_MAX,
                                &size) != HEARD_FORWARD_SENT)
        return false;
    heard_peer_rate_resent(self, size);
    heard_peer_send_slot(self, slot, size,
                         lane->out.config.transport_cc_ext ? number : HEARD_PEER_NO_NUMBER);
    return true;
}

static void take_nack(HeardPeer *self, const HeardRtcpItem *item)
{
    HeardLane *lane = find_lane(self, item->media_ssrc);
    uint16_t seqs[NACKS_MAX];
    size_t count = lane ? heard_rtcp_nack_list(item, seqs, NACKS_MAX) : 0;

    if (!self->ice.has_path || !lane)
        return;
    lane->out.queue_us = heard_peer_rate_queue_us(self);
    for (size_t i = 0; i < count; i++)
        if (!resend(self, lane, seqs[i]))
            heard_drop(HEARD_DROP_RESEND);
}

static void take_pli(HeardPeer *self, uint32_t ssrc)
{
    HeardLane *lane = find_lane(self, ssrc);
    HeardFeed *feed = lane ? heard_lane_feed(lane) : NULL;

    if (lane && lane->out.pending != 0)
        feed = find_feed(lane, lane->out.pending);
    if (feed && feed->track->allowed)
        heard_feed_want_keyframe(feed, self->core);
}

static void take_fir(HeardPeer *self, const HeardRtcpItem *item)
{
    uint32_t ssrc;
    uint8_t number;

    for (unsigned i = 0; i < FIR_TARGETS_MAX && heard_rtcp_fir_target(item, i, &ssrc, &number); i++)
        take_pli(self, ssrc);
}

static void take_blocks(HeardPeer *self, const HeardRtcpItem *item)
{
    HeardReportBlock block;

    for (unsigned i = 0; i < HEARD_RTCP_BLOCKS_MAX && heard_rtcp_block(item, i, &block); i++) {
        HeardLane *lane = find_lane(self, block.ssrc);

        if (!lane)
            continue;
        heard_stream_out_report(&lane->out, &block, self->core->now_us);
        heard_peer_rate_report(self, &block, lane->out.rtt_us);
    }
}

static void take_sender_report(HeardPeer *self, const HeardRtcpItem *item)
{
    int64_t now_us = self->core->now_us;

    for (unsigned i = 0; i < self->ssrc_count; i++) {
        HeardFeed *feed = self->ssrcs[i].feed;

        if (self->ssrcs[i].ssrc != item->sender_ssrc || feed->in.config.ssrc != item->sender_ssrc)
            continue;
        heard_sender_clock_report(&self->clock, heard_ntp_to_us(item->ntp), now_us);
        heard_stream_in_sender_report(&feed->in, item->ntp, item->rtp_ts, now_us);
        heard_router_sender_report(self->router, feed, item->data, HEARD_RTCP_SR_SIZE);
        return;
    }
}

static void take_item(HeardPeer *self, const HeardRtcpItem *item)
{
    switch (item->kind) {
    case HEARD_RTCP_SR:
        take_sender_report(self, item);
        take_blocks(self, item);
        break;
    case HEARD_RTCP_RR:
        take_blocks(self, item);
        break;
    case HEARD_RTCP_NACK:
        take_nack(self, item);
        break;
    case HEARD_RTCP_PLI:
        take_pli(self, item->media_ssrc);
        break;
    case HEARD_RTCP_FIR:
        take_fir(self, item);
        break;
    case HEARD_RTCP_TWCC:
        heard_peer_rate_feedback(self, item);
        break;
    case HEARD_RTCP_REMB:
        heard_peer_rate_remb(self, item->bitrate_bps);
        break;
    case HEARD_RTCP_SDES:
    case HEARD_RTCP_BYE: /* a source that ends falls silent; leaving is DTLS's or HTTP's word */
    case HEARD_RTCP_OTHER:
    case HEARD_RTCP_KIND_COUNT:
        break;
    }
}

void heard_peer_rtcp(HeardPeer *self, uint8_t *datagram, size_t size)
{
    HeardRtcpReader reader;
    HeardRtcpItem item;

    if (heard_srtp_unprotect_rtcp(self->srtp, datagram, &size) != HEARD_SRTP_OK) {
        heard_drop(HEARD_DROP_BAD_RTCP);
        return;
    }
    self->reported_us = self->core->now_us;
    heard_rtcp_reader_init(&reader, datagram, size);
    while (heard_rtcp_next(&reader, &item))
        take_item(self, &item);
    if (heard_rtcp_malformed(&reader))
        heard_drop(HEARD_DROP_BAD_RTCP);
}

typedef struct {
    HeardStreamIn *streams[HEARD_SOURCE_COUNT * HEARD_LAYERS_MAX];
    HeardFeed *feeds[HEARD_SOURCE_COUNT * HEARD_LAYERS_MAX];
    HeardReportLane lanes[2 * HEARD_SLOTS_MAX];
    HeardReportParts parts;
    HeardPeer *peer;
} Collected;

/* Numbers that will not come any more: a gap for the recorders. */
static void on_lost(void *data, size_t stream, const uint16_t *seqs, size_t count)
{
    Collected *all = data;
    HeardFeed *feed = all->feeds[stream];
    size_t first = 0;

    for (size_t i = 1; i <= count; i++) {
        if (i < count && seqs[i] == (uint16_t)(seqs[i - 1] + 1))
            continue;
        heard_router_lost(all->peer->router, feed, seqs[first], (uint16_t)(i - first));
        first = i;
    }
}

static void add_lane(Collected *all, HeardLane *lane)
{
    HeardFeed *feed;

    if (!lane->used || !lane->out.started)
        return;
    feed = heard_lane_feed(lane);
    all->lanes[all->parts.lane_count++] =
        (HeardReportLane){.lane = &lane->out,
                          .source = feed ? &feed->in : NULL,
                          .clock = feed ? &feed->track->peer->clock : NULL};
}

static void collect(HeardPeer *self, Collected *all)
{
    all->peer = self;
    all->parts = (HeardReportParts){.streams = all->streams,
                                    .lanes = all->lanes,
                                    .twcc = self->twcc,
                                    .ssrc = self->report_ssrc,
                                    .cname = cname,
                                    .on_lost = on_lost,
                                    .data = all};
    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++)
        for (unsigned k = 0; k < HEARD_LAYERS_MAX; k++)
            if (self->tracks[i].feeds[k]) {
                all->feeds[all->parts.stream_count] = self->tracks[i].feeds[k];
                all->streams[all->parts.stream_count++] = &self->tracks[i].feeds[k]->in;
            }
    for (unsigned i = 0; i < self->slot_count; i++) {
        add_lane(all, &self->slots[i].audio);
        add_lane(all, &self->slots[i].video);
    }
}

int64_t heard_peer_report(HeardPeer *self)
{
    uint8_t packet[HEARD_RTCP_COMPOUND_MAX + HEARD_SRTP_TRAILER_MAX];
    int64_t now_us = self->core->now_us, deadline_us;
    Collected all;

    collect(self, &all);
    for (unsigned i = 0; i < COMPOUNDS_MAX; i++) {
        size_t size;

        if (heard_rtcp_report_deadline_us(&self->reporter, &all.parts) > now_us)
            break;
        size = heard_rtcp_report_write(&self->reporter, &all.parts, now_us, packet,
                                       HEARD_RTCP_COMPOUND_MAX);
        if (size == 0)
            break;
        if (heard_srtp_protect_rtcp(self->srtp, packet, &size) == HEARD_SRTP_OK)
            heard_peer_send(self, packet, size);
        else
            heard_drop(HEARD_DROP_PROTECT);
    }
    deadline_us = heard_rtcp_report_deadline_us(&self->reporter, &all.parts);
    /* A report that can't be written now must not spin the timer. */
    return MAX(deadline_us, now_us + 1000);
}
