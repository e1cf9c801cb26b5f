/* SPDX-License-Identifier: Apache-2.0 */
#include "media/peer.h"

#include "media/drop.h"
#include "media/router.h"

#include <string.h>

static HeardDrop drop_of_srtp(HeardSrtpResult result)
{
    switch (result) {
    case HEARD_SRTP_REPLAYED:
        return HEARD_DROP_REPLAYED;
    case HEARD_SRTP_FORGED:
        return HEARD_DROP_FORGED;
    case HEARD_SRTP_TOO_MANY:
        return HEARD_DROP_TOO_MANY_SSRCS;
    case HEARD_SRTP_OK:
    case HEARD_SRTP_MALFORMED:
    case HEARD_SRTP_RESULT_COUNT:
        break;
    }
    return HEARD_DROP_MALFORMED;
}

static HeardFeed *known_feed(const HeardPeer *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->ssrc_count; i++)
        if (self->ssrcs[i].ssrc == ssrc)
            return self->ssrcs[i].feed;
    return NULL;
}

static void remember_ssrc(HeardPeer *self, uint32_t ssrc, HeardFeed *feed)
{
    self->ssrcs[self->ssrc_count++] = (HeardPeerSsrc){ssrc, feed};
}

static void forget_feed(HeardPeer *self, const HeardFeed *feed)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < self->ssrc_count; i++)
        if (self->ssrcs[i].feed != feed)
            self->ssrcs[kept++] = self->ssrcs[i];
    self->ssrc_count = kept;
}

/* Does the extension's text equal this one? */
static bool text_is(const uint8_t *packet, const HeardRtpView *view, uint8_t id, const char *text)
{
    uint8_t size;
    const uint8_t *value = heard_rtp_extension(packet, view, id, &size);

    return value && size > 0 && size == strlen(text) && !memcmp(value, text, size);
}

static bool has_text(const uint8_t *packet, const HeardRtpView *view, uint8_t id)
{
    uint8_t size;

    return heard_rtp_extension(packet, view, id, &size) != NULL;
}

static bool has_payload(const HeardPlanSource *plan, uint8_t payload_type, bool *ret_rtx)
{
    if (plan->red_payload_type == payload_type && payload_type != 0) {
        *ret_rtx = false;
        return true;
    }
    for (unsigned i = 0; i < plan->codec_count; i++) {
        bool rtx = plan->codecs[i].rtx_payload_type == payload_type &&
                   plan->codecs[i].rtx_payload_type != 0;

        if (rtx || plan->codecs[i].payload_type == payload_type) {
            *ret_rtx = rtx;
            return true;
        }
    }
    return false;
}

typedef struct {
    HeardTrack *track;
    unsigned layer;
    bool rtx;
} Match;

/* By the offer's SSRCs. */
static bool match_ssrc(HeardPeer *self, uint32_t ssrc, Match *ret_match)
{
    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++) {
        const HeardPlanSource *plan = self->tracks[i].plan;

        if (plan && plan->rid_count < 2 && (plan->ssrc == ssrc || plan->rtx_ssrc == ssrc)) {
            *ret_match = (Match){&self->tracks[i], 0, plan->ssrc != ssrc};
            return true;
        }
    }
    return false;
}

/* Which layer a packet of this m-line names by RID or repaired RID (RFC 8852). */
static bool match_rid(HeardTrack *track, const uint8_t *packet, const HeardRtpView *view,
                      Match *ret_match)
{
    const HeardPlanSource *plan = track->plan;
    bool rtx = has_text(packet, view, plan->ext.repaired_rid);
    uint8_t id = rtx ? plan->ext.repaired_rid : plan->ext.rid;

    for (unsigned layer = 0; layer < plan->rid_count; layer++)
        if (text_is(packet, view, id, plan->rids[layer])) {
            *ret_match = (Match){track, layer, rtx};
            return true;
        }
    return false;
}

static bool match_extensions(HeardPeer *self, const uint8_t *packet, const HeardRtpView *view,
                             Match *ret_match)
{
    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++) {
        HeardTrack *track = &self->tracks[i];
        bool rtx;

        if (!track->plan || !text_is(packet, view, track->plan->ext.mid, track->plan->mid))
            continue;
        if (track->plan->rid_count >= 2)
            return match_rid(track, packet, view, ret_match);
        if (!has_payload(track->plan, view->payload_type, &rtx))
            return false;
        *ret_match = (Match){track, 0, rtx};
        return true;
    }
    return false;
}

/* A simple client with neither: the payload type, where it fits one source alone. */
static bool match_payload(HeardPeer *self, const HeardRtpView *view, Match *ret_match)
{
    unsigned found = 0;
    bool rtx;

    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++) {
        HeardTrack *track = &self->tracks[i];

        if (!track->plan || track->plan->rid_count >= 2 || track->plan->ssrc != 0 ||
            !has_payload(track->plan, view->payload_type, &rtx))
            continue;
        *ret_match = (Match){track, 0, rtx};
        found++;
    }
    return found == 1;
}

/* The feed of a new SSRC. It may replace an older one of the same layer. */
static HeardFeed *match_feed(HeardPeer *self, const uint8_t *packet, const HeardRtpView *view)
{
    HeardFeed *feed;
    Match match;

    if (!match_ssrc(self, view->ssrc, &match) && !match_extensions(self, packet, view, &match) &&
        !match_payload(self, view, &match))
        return NULL;
    feed = match.track->feeds[match.layer];
    if (match.rtx) {
        /* Probes before the first media packet: nothing to repair yet. */
        if (!feed || self->ssrc_count == HEARD_PEER_SSRCS_MAX)
            return NULL;
        heard_stream_in_set_rtx(&feed->in, view->ssrc);
    } else {
        if (feed)
            forget_feed(self, feed);
        if (self->ssrc_count == HEARD_PEER_SSRCS_MAX)
            return NULL;
        feed = heard_track_add_feed(match.track, self->core, match.layer, view->ssrc,
                                    match.track->plan->rid_count < 2 ? match.track->plan->rtx_ssrc
                                                                     : 0);
    }
    remember_ssrc(self, view->ssrc, feed);
    return feed;
}

static void note_transport_seq(HeardPeer *self, const uint8_t *packet, const HeardRtpView *view)
{
    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++) {
        const HeardPlanSource *plan = self->tracks[i].plan;
        const uint8_t *value;
        uint8_t size;

        /* BUNDLE: one id means one extension in all m-lines (RFC 8843 14.1). */
        if (!plan || plan->ext.transport_cc == 0)
            continue;
        value = heard_rtp_extension(packet, view, plan->ext.transport_cc, &size);
        if (value && size == 2)
            heard_twcc_packet(self->twcc, (uint16_t)(value[0] << 8 | value[1]), self->core->now_us);
        return;
    }
}

static void count_refused(HeardStreamInResult result)
{
    static const HeardDrop reasons[HEARD_STREAM_IN_RESULT_COUNT] = {
        [HEARD_STREAM_IN_MALFORMED] = HEARD_DROP_MALFORMED,
        [HEARD_STREAM_IN_UNKNOWN_PAYLOAD] = HEARD_DROP_UNKNOWN_PAYLOAD,
        [HEARD_STREAM_IN_PADDING] = HEARD_DROP_PADDING,
        [HEARD_STREAM_IN_DUPLICATE] = HEARD_DROP_DUPLICATE,
        [HEARD_STREAM_IN_OLD] = HEARD_DROP_LATE,
        [HEARD_STREAM_IN_BAD_CODEC] = HEARD_DROP_BAD_CODEC,
    };

    heard_drop(reasons[result]);
}

void heard_peer_rtp(HeardPeer *self, uint8_t *datagram, size_t size)
{
    HeardSrtpResult srtp = heard_srtp_unprotect_rtp(self->srtp, datagram, &size);
    HeardStreamInResult result;
    HeardPacketIn packet, older;
    HeardRtpView view;
    HeardFeed *feed;

    if (srtp != HEARD_SRTP_OK) {
        heard_drop(drop_of_srtp(srtp));
        return;
    }
    if (!self->twcc || heard_rtp_parse(datagram, size, &view) != HEARD_RTP_OK) {
        heard_drop(self->twcc ? HEARD_DROP_MALFORMED : HEARD_DROP_UNKNOWN_SSRC);
        return;
    }
    note_transport_seq(self, datagram, &view);
    feed = known_feed(self, view.ssrc);
    if (!feed)
        feed = match_feed(self, datagram, &view);
    if (!feed) {
        /* Chromium's first padding comes in RTX before there is anything to repair. */
        heard_drop(view.payload_size == 0 ? HEARD_DROP_PADDING : HEARD_DROP_UNKNOWN_SSRC);
        return;
    }
    result = heard_stream_in_packet(&feed->in, datagram, size, self->core->now_us, &packet);
    if (result != HEARD_STREAM_IN_MEDIA) {
        count_refused(result);
        return;
    }
    while (heard_stream_in_poll_recovered(&feed->in, self->core->now_us, &older))
        heard_router_packet(self->router, feed, &older);
    heard_router_packet(self->router, feed, &packet);
}
