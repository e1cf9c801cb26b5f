/* SPDX-License-Identifier: Apache-2.0 */
#include "media/catch_up.h"

#include "media/peer.h"

/* Up to what waits for the end of its frame: that will be handed out to all. */
static int64_t end_of(const HeardFeed *feed)
{
    int64_t end = feed->in.seq.highest;

    for (unsigned i = 0; i < feed->frame_count; i++)
        end = MIN(end, feed->frame[i].seq64 - 1);
    return end;
}

static size_t bytes_allowed(const HeardPeer *peer)
{
    unsigned lanes = 0;

    if (!peer->rate)
        return HEARD_CATCH_UP_BYTES_MAX;
    for (unsigned i = 0; i < peer->slot_count; i++)
        lanes += heard_lane_track(&peer->slots[i].video) != NULL;
    return heard_peer_rate_bps(peer) / HEARD_CATCH_UP_LINE_PART / MAX(lanes, 1);
}

/* All of it is there, and no more than this. */
static bool is_whole(const HeardFeed *feed, int64_t end, size_t bytes)
{
    size_t size;

    for (int64_t at = feed->key_seq64; at <= end; at++) {
        if (!heard_history_find(&feed->in.history, (uint16_t)at, &size) || size > bytes)
            return false;
        bytes -= size;
    }
    return true;
}

/* Its line may show another picture now: a timestamp must not go back (media.md 9.3). */
static bool was_idle(const HeardLane *lane, const HeardFeed *feed)
{
    return !lane->next.track && lane->out.source == 0 &&
           (!lane->out.started || lane->out.rtp_ts_us < feed->key_us);
}

static bool describe(const HeardFeed *feed, int64_t at, int64_t now_us, HeardPacketIn *ret_packet)
{
    int64_t since_us;

    if (!heard_stream_in_find(&feed->in, (uint16_t)at, ret_packet))
        return false;
    since_us = (int64_t)heard_rtp_ts_diff(ret_packet->view.rtp_ts, feed->key_rtp_ts) * 1000000 /
               ret_packet->clock_rate_hz;
    ret_packet->seq64 = at;
    ret_packet->arrival_us = CLAMP(feed->key_us + since_us, feed->key_us, now_us);
    ret_packet->recovered = false;
    ret_packet->newest = true;
    return true;
}

bool heard_catch_up(HeardLane *lane, HeardCore *core, HeardFeed *feed)
{
    int64_t end = end_of(feed);
    HeardPacketIn frame[HEARD_FEED_FRAME_MAX];
    unsigned count = 0;

    if (feed->key_us == 0 || core->now_us - feed->key_us > HEARD_CATCH_UP_AGE_US ||
        end < feed->key_seq64 || end - feed->key_seq64 >= HEARD_CATCH_UP_PACKETS_MAX ||
        !was_idle(lane, feed) || !is_whole(feed, end, bytes_allowed(lane->peer)))
        return false;
    for (int64_t at = feed->key_seq64; at <= end; at++) {
        if (!describe(feed, at, core->now_us, &frame[count]))
            continue;
        count++;
        if (frame[count - 1].view.marker || count == HEARD_FEED_FRAME_MAX || at == end) {
            heard_peer_send_frame(lane, core, feed, frame, count, NULL);
            count = 0;
        }
    }
    return lane->out.source == feed->number;
}
