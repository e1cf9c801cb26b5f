/* SPDX-License-Identifier: Apache-2.0 */
#include "media/peer_rate.h"

#include "media/drop.h"
#include "media/peer.h"

#include <glib.h>

enum {
    APPLY_PART = 20,        /* the estimate must move by this part to be applied between ticks */
    HURRY_PERCENT = 125,    /* of what the line takes flows: the next size must come soon, */
    COLLAPSE_PERCENT = 200, /* … or this much: do not even wait for it */
    PADDING_ROUNDS_MAX = 16,
};

static bool is_guess(const HeardPeerRate *rate, int64_t now_us)
{
    return rate->feedback_us == 0 || now_us - rate->feedback_us < HEARD_RATE_GUESS_US;
}

/* With the first thing that is shown; who publishes only never needs it. */
static void make_rate(HeardPeer *peer)
{
    if (peer->rate || peer->deaf || !peer->numbered)
        return;
    peer->rate = g_new0(HeardPeerRate, 1);
    heard_estimate_init(&peer->rate->estimate, peer->core->now_us);
    peer->rate->started_us = peer->core->now_us;
    peer->rate->address = peer->ice.path.address;
    peer->rate->connection = peer->ice.path.connection;
}

/* Sound as it comes from those who are heard, without what is repeated. */
static uint32_t plain_sound_bps(HeardPeer *peer)
{
    uint32_t sum_bps = 0;

    for (unsigned i = 0; i < peer->slot_count; i++) {
        HeardTrack *track = peer->slots[i].audio.used ? peer->slots[i].audio.shown.track : NULL;

        if (track && track->feeds[0])
            sum_bps += heard_rate_bps(&track->feeds[0]->temporal[0], peer->core->now_us);
    }
    return sum_bps;
}

static void fit_copies(HeardPeer *peer)
{
    if (peer->red.copies == 0 || !peer->rate || is_guess(peer->rate, peer->core->now_us))
        return;
    heard_red_out_fit(&peer->red, heard_peer_rate_queue_us(peer), plain_sound_bps(peer),
                      heard_estimate_bps(&peer->rate->estimate), peer->core->now_us);
}

/* What is left for pictures once sound and repairs have theirs. */
static uint32_t video_bps(HeardPeer *peer, uint32_t *ret_audio_bps)
{
    uint32_t audio_bps = 0, sum_bps = 0, rtx_bps, bps;
    int64_t now_us = peer->core->now_us;

    for (unsigned i = 0; i < peer->slot_count; i++) {
        HeardLane *lane = &peer->slots[i].audio;

        if (!lane->used || !lane->shown.track)
            continue;
        sum_bps += heard_rate_bps(&lane->out.rate, now_us);
        audio_bps = HEARD_RATE_AUDIO_BPS;
    }
    audio_bps = MAX(audio_bps, sum_bps);
    *ret_audio_bps = audio_bps;
    if (!peer->rate)
        return UINT32_MAX;
    bps = heard_estimate_bps(&peer->rate->estimate);
    rtx_bps = MIN(heard_rate_bps(&peer->rate->rtx, now_us), bps / HEARD_RATE_RTX_PART);
    return bps - MIN(bps, audio_bps + rtx_bps);
}

/* What goes out now; the rate of the lane still knows what went out a second ago. */
static uint32_t flowing_bps(const HeardLane *lane)
{
    const HeardFeed *feed = heard_lane_feed(lane);
    unsigned rate = MIN(lane->temporal, HEARD_TEMPORAL_MAX - 1);

    return feed ? feed->track->layers[feed->in.config.layer].bps[rate] : 0;
}

/* Does more flow than so many hundredths of what the line takes? */
static bool exceeds(const HeardPeer *peer, HeardLane *const *lanes, unsigned count,
                    uint32_t available_bps, unsigned percent)
{
    uint64_t sum_bps = 0;

    if (!peer->rate || is_guess(peer->rate, peer->core->now_us))
        return false;
    for (unsigned i = 0; i < count; i++)
        sum_bps += flowing_bps(lanes[i]);
    return sum_bps * 100 > (uint64_t)available_bps * percent;
}

void heard_peer_allocate(HeardPeer *peer)
{
    HeardDemand demands[HEARD_SLOTS_MAX];
    HeardShare shares[HEARD_SLOTS_MAX];
    HeardLane *lanes[HEARD_SLOTS_MAX];
    uint32_t available_bps, audio_bps, wanted_bps;
    int64_t now_us = peer->core->now_us;
    unsigned count = 0;
    bool collapsed, hurried;

    G_STATIC_ASSERT((int)HEARD_SLOTS_MAX <= (int)HEARD_ALLOCATE_MAX);
    for (unsigned i = 0; i < peer->slot_count; i++) {
        HeardLane *lane = &peer->slots[i].video;

        if (!heard_lane_track(lane))
            continue;
        lanes[count] = lane;
        demands[count++] = heard_lane_demand(lane);
    }
    if (count > 0)
        make_rate(peer);
    else if (!peer->rate)
        return;
    fit_copies(peer);
    available_bps = video_bps(peer, &audio_bps);
    collapsed = exceeds(peer, lanes, count, available_bps, COLLAPSE_PERCENT);
    hurried = exceeds(peer, lanes, count, available_bps, HURRY_PERCENT);
    for (unsigned i = 0; i < count; i++)
        demands[i].hurried = hurried;
    wanted_bps = heard_allocate(demands, count, available_bps,
                                peer->rate && is_guess(peer->rate, now_us), now_us, shares);
    for (unsigned i = 0; i < count; i++)
        heard_lane_take(lanes[i], peer->core, &shares[i], collapsed);
    if (!peer->rate)
        return;
    peer->rate->applied_bps = heard_estimate_bps(&peer->rate->estimate);
    /* The estimate proves 1.15 times of this: room for a step up. */
    wanted_bps = (uint32_t)MIN((uint64_t)wanted_bps + audio_bps, (uint64_t)HEARD_ESTIMATE_MAX_BPS);
    heard_estimate_want(&peer->rate->estimate, wanted_bps, now_us);
}

void heard_peer_rate_feedback(HeardPeer *peer, const HeardRtcpItem *item)
{
    HeardTwccResult results[HEARD_TWCC_FEEDBACK_MAX];
    int64_t now_us = peer->core->now_us;
    HeardPeerRate *rate = peer->rate;
    uint8_t feedback_count;
    size_t count;

    if (!rate)
        return;
    if (!heard_twcc_parse(item, results, G_N_ELEMENTS(results), &count, &feedback_count)) {
        heard_drop(HEARD_DROP_BAD_RTCP);
        return;
    }
    if (rate->feedback_us == 0)
        rate->feedback_us = now_us;
    heard_estimate_feedback(&rate->estimate, results, count, now_us);
}

void heard_peer_rate_report(HeardPeer *peer, const HeardReportBlock *block, int64_t rtt_us)
{
    int64_t now_us = peer->core->now_us;

    if (!peer->rate)
        return;
    if (peer->rate->feedback_us == 0 && now_us - peer->rate->started_us > HEARD_RATE_DEAF_US) {
        peer->deaf = true;
        g_clear_pointer(&peer->rate, g_free);
        return;
    }
    heard_estimate_report(&peer->rate->estimate, block->fraction_lost, MAX(rtt_us, 0), now_us);
}

void heard_peer_rate_remb(HeardPeer *peer, uint64_t bps)
{
    if (peer->rate)
        heard_estimate_remb(&peer->rate->estimate, bps, peer->core->now_us);
}

bool heard_peer_rate_may_resend(HeardPeer *peer)
{
    HeardPeerRate *rate = peer->rate;
    uint32_t most_bps;

    if (!rate)
        return true;
    most_bps = heard_estimate_bps(&rate->estimate) / HEARD_RATE_RTX_PART;
    return heard_rate_bps(&rate->rtx, peer->core->now_us) <= MAX(most_bps, HEARD_RATE_RTX_MIN_BPS);
}

void heard_peer_rate_resent(HeardPeer *peer, size_t size)
{
    if (peer->rate)
        heard_rate_add(&peer->rate->rtx, size, peer->core->now_us);
}

/* The lane whose RTX carries the padding: any will do, nothing of it is shown. */
static HeardLane *padding_lane(HeardPeer *peer)
{
    for (unsigned i = 0; i < peer->slot_count; i++) {
        HeardLane *lane = &peer->slots[i].video;

        if (lane->used && heard_stream_out_can_pad(&lane->out))
            return lane;
    }
    return NULL;
}

static bool send_padding(HeardPeer *peer, HeardLane *lane, size_t bytes, size_t *ret_sent)
{
    HeardBatch *batch = peer->core->batch;
    unsigned slot = heard_batch_reserve(batch, 1);
    uint16_t number = peer->twcc_seq;
    size_t size =
        heard_stream_out_pad(&lane->out, bytes, &peer->twcc_seq, heard_batch_slot(batch, slot),
                             HEARD_BATCH_SLOT_SIZE - HEARD_SRTP_TRAILER_MAX);

    if (size == 0)
        return false;
    *ret_sent = size;
    heard_peer_send_slot(peer, slot, size, number);
    return true;
}

static void probe(HeardPeer *peer)
{
    HeardEstimate *estimate = &peer->rate->estimate;
    HeardLane *lane = padding_lane(peer);
    size_t bytes;

    for (unsigned i = 0; i < PADDING_ROUNDS_MAX; i++) {
        if (!heard_estimate_poll_probe(estimate, peer->core->now_us, &bytes) || !lane ||
            !peer->ice.has_path)
            return;
        for (size_t sent = 0, size = 0; sent < bytes; sent += size)
            if (!send_padding(peer, lane, bytes - sent, &size))
                return;
    }
}

static bool moved(uint32_t now_bps, uint32_t before_bps)
{
    uint32_t step_bps = before_bps / APPLY_PART;

    return now_bps > before_bps + step_bps || now_bps + step_bps < before_bps;
}

static void follow_path(HeardPeer *peer)
{
    HeardPeerRate *rate = peer->rate;

    if (!peer->ice.has_path || (rate->connection == peer->ice.path.connection &&
                                heard_address_equal(&rate->address, &peer->ice.path.address)))
        return;
    rate->address = peer->ice.path.address;
    rate->connection = peer->ice.path.connection;
    heard_estimate_reset(&rate->estimate, peer->core->now_us);
    /* As after joining: pictures are shown at once and not paused on a guess. */
    rate->started_us = peer->core->now_us;
    rate->feedback_us = 0;
    for (unsigned i = 0; i < peer->slot_count; i++)
        peer->slots[i].video.choice = (HeardAllocation){0};
    heard_peer_allocate(peer);
}

int64_t heard_peer_rate_update(HeardPeer *peer)
{
    int64_t now_us = peer->core->now_us;

    if (!peer->rate)
        return INT64_MAX;
    follow_path(peer);
    probe(peer);
    if (moved(heard_estimate_bps(&peer->rate->estimate), peer->rate->applied_bps))
        heard_peer_allocate(peer);
    /* What can't be done now (no lane to pad) must not spin the timer. */
    return MAX(heard_estimate_deadline_us(&peer->rate->estimate), now_us + 1000);
}

int64_t heard_peer_rate_queue_us(const HeardPeer *peer)
{
    return peer->rate ? heard_estimate_queue_us(&peer->rate->estimate) : 0;
}

uint32_t heard_peer_rate_bps(const HeardPeer *peer)
{
    return peer->rate ? heard_estimate_bps(&peer->rate->estimate) : 0;
}
