/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sdp/answer.h"

#include "media/sdp/credentials.h"
#include "media/sdp/span.h"
#include "server/base/error.h"
#include "server/base/random.h"

#include <string.h>

enum { EXTENSION_ID_MAX = 14 };

typedef struct {
    const HeardSdpOffer *offer;
    HeardPeerPlan *plan;
} Accept;

/* The value of one parameter of an fmtp; false when it is not there. */
static bool find_parameter(const char *fmtp, const char *name, HeardSpan *ret_value)
{
    HeardSpan rest = heard_span(fmtp), parameter, key;

    while (heard_span_take_word(&rest, ';', &parameter)) {
        if (!heard_span_take_word(&parameter, '=', &key) || !heard_span_is_nocase(key, name))
            continue;
        heard_span_take_prefix(&parameter, "=");
        *ret_value = parameter;
        return true;
    }
    return false;
}

static bool is_codec(const HeardSdpCodec *codec, const char *name, uint32_t rate_hz)
{
    return g_ascii_strcasecmp(codec->name, name) == 0 && codec->clock_rate_hz == rate_hz;
}

/* RFC 6184 8.1: profile_idc 42; bit 40 of the flags says constrained. 0: not ours. */
static unsigned rate_h264(const HeardSdpCodec *codec)
{
    HeardSpan value;

    if (!is_codec(codec, "H264", 90000) ||
        !find_parameter(codec->fmtp, "packetization-mode", &value) || !heard_span_is(value, "1"))
        return 0;
    if (!find_parameter(codec->fmtp, "profile-level-id", &value))
        return 1; /* baseline by default */
    if (value.size != 6 || !heard_span_take_prefix(&value, "42"))
        return 0;
    for (size_t i = 0; i < value.size; i++)
        if (!g_ascii_isxdigit(value.at[i]))
            return 0;
    return g_ascii_xdigit_value(value.at[0]) & 4 ? 3 : 2;
}

static unsigned rate_vp9(const HeardSdpCodec *codec)
{
    HeardSpan value;

    if (!is_codec(codec, "VP9", 90000))
        return 0;
    return !find_parameter(codec->fmtp, "profile-id", &value) || heard_span_is(value, "0");
}

/* How well an offered codec serves; 0: not at all. */
static unsigned rate_codec(const HeardSdpCodec *codec, HeardCodec wanted)
{
    switch (wanted) {
    case HEARD_CODEC_OPUS:
        return is_codec(codec, "opus", 48000) && codec->channels == 2;
    case HEARD_CODEC_VP8:
        return is_codec(codec, "VP8", 90000);
    case HEARD_CODEC_H264:
        return rate_h264(codec);
    case HEARD_CODEC_VP9:
        return rate_vp9(codec);
    case HEARD_CODEC_COUNT:
        break;
    }
    return 0;
}

static void write_fmtp(HeardPlanCodec *self, const HeardSdpCodec *offered)
{
    HeardSpan level = heard_span("42e01f");

    switch (self->codec) {
    case HEARD_CODEC_OPUS:
        g_strlcpy(self->fmtp, "minptime=10;useinbandfec=1", sizeof self->fmtp);
        break;
    case HEARD_CODEC_H264:
        find_parameter(offered->fmtp, "profile-level-id", &level);
        g_snprintf(self->fmtp, sizeof self->fmtp,
                   "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=%.*s",
                   (int)level.size, level.at);
        break;
    case HEARD_CODEC_VP9:
        g_strlcpy(self->fmtp, "profile-id=0", sizeof self->fmtp);
        break;
    case HEARD_CODEC_VP8:
    case HEARD_CODEC_COUNT:
        break;
    }
}

static const HeardSdpCodec *best_offered(const HeardSdpMedia *media, HeardCodec wanted)
{
    const HeardSdpCodec *best = NULL;
    unsigned best_rate = 0;

    for (unsigned i = 0; i < media->codec_count; i++) {
        unsigned rate = rate_codec(&media->codecs[i], wanted);

        if (rate > best_rate) {
            best_rate = rate;
            best = &media->codecs[i];
        }
    }
    return best;
}

/* Our order, not the offer's: every viewer plays VP8, and the recorder likes it. */
static unsigned choose_codecs(const HeardSdpMedia *media, bool transport_cc,
                              HeardPlanCodec ret_codecs[static HEARD_CODEC_COUNT])
{
    unsigned count = 0;

    for (unsigned wanted = 0; wanted < HEARD_CODEC_COUNT; wanted++) {
        const HeardSdpCodec *offered;
        HeardPlanCodec *codec = &ret_codecs[count];

        if ((wanted == HEARD_CODEC_OPUS) != media->audio)
            continue;
        offered = best_offered(media, (HeardCodec)wanted);
        if (!offered)
            continue;
        codec->codec = (HeardCodec)wanted;
        codec->payload_type = offered->payload_type;
        codec->nack = offered->nack;
        codec->nack_pli = offered->nack_pli;
        codec->transport_cc = offered->transport_cc && transport_cc;
        for (unsigned i = 0; i < media->codec_count; i++)
            if (media->codecs[i].rtx_of == offered->payload_type && offered->nack &&
                g_ascii_strcasecmp(media->codecs[i].name, "rtx") == 0)
                codec->rtx_payload_type = media->codecs[i].payload_type;
        write_fmtp(codec, offered);
        count++;
    }
    return count;
}

/* RED whose every block is the Opus that was taken: "111/111" (RFC 2198 5). */
static uint8_t choose_red(const HeardSdpMedia *media, const HeardPlanCodec *opus)
{
    for (unsigned i = 0; i < media->codec_count; i++) {
        const HeardSdpCodec *codec = &media->codecs[i];
        HeardSpan list = heard_span(codec->fmtp), word;
        unsigned blocks = 0, ours = 0;
        uint32_t payload_type;

        if (!is_codec(codec, "red", 48000) || codec->channels != 2)
            continue;
        while (heard_span_take_word(&list, '/', &word)) {
            blocks++;
            ours += heard_span_take_number(&word, 127, &payload_type) && word.size == 0 &&
                    payload_type == opus->payload_type;
        }
        if (blocks > 1 && ours == blocks)
            return codec->payload_type;
    }
    return 0;
}

static uint8_t extension_id(const HeardSdpMedia *media, const char *uri)
{
    for (unsigned i = 0; i < media->extension_count; i++)
        if (media->extensions[i].id <= EXTENSION_ID_MAX &&
            strcmp(media->extensions[i].uri, uri) == 0)
            return media->extensions[i].id;
    return 0;
}

static HeardPlanExtensions choose_extensions(const HeardSdpMedia *media)
{
    HeardPlanExtensions ext = {
        .mid = extension_id(media, HEARD_EXT_URI_MID),
        .transport_cc = extension_id(media, HEARD_EXT_URI_TRANSPORT_CC),
    };

    /* Both ways: a page sees who is loud without asking its decoders. */
    if (media->audio)
        ext.audio_level = extension_id(media, HEARD_EXT_URI_AUDIO_LEVEL);
    if (media->direction == HEARD_SDP_RECVONLY)
        return ext;
    if (media->rid_count > 0) {
        ext.rid = extension_id(media, HEARD_EXT_URI_RID);
        ext.repaired_rid = extension_id(media, HEARD_EXT_URI_REPAIRED_RID);
    }
    return ext;
}

/*
 * RFC 8853 lists layers by preference, browsers list them as the page did, lowest first
 * (WebRTC 5.2: without a word the first encoding is the smallest), and some list the
 * largest first. So known names decide, and only unknown ones go by their order.
 */
static void order_rids(HeardPlanSource *source, const HeardSdpMedia *media)
{
    static const char *const ladders[][HEARD_LAYERS_MAX] = {
        {"q", "h", "f"}, {"l", "m", "h"}, {"low", "mid", "high"}, {"low", "medium", "high"},
        {"s", "m", "l"}, {"0", "1", "2"}, {"r0", "r1", "r2"},
    };

    for (size_t ladder = 0; ladder < G_N_ELEMENTS(ladders); ladder++) {
        source->rid_count = 0;
        for (unsigned layer = 0; layer < HEARD_LAYERS_MAX; layer++)
            for (unsigned i = 0; i < media->rid_count; i++)
                if (strcmp(media->rids[i], ladders[ladder][layer]) == 0)
                    g_strlcpy(source->rids[source->rid_count++], media->rids[i],
                              sizeof source->rids[0]);
        if (source->rid_count == media->rid_count)
            return;
    }
    source->rid_count = media->rid_count;
    memcpy(source->rids, media->rids, sizeof source->rids);
}
G_STATIC_ASSERT(sizeof((HeardPlanSource *)0)->rids == sizeof((HeardSdpMedia *)0)->rids);

static bool is_ssrc_used(const Accept *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->offer->media_count; i++)
        if (self->offer->media[i].ssrc == ssrc || self->offer->media[i].rtx_ssrc == ssrc)
            return true;
    for (unsigned i = 0; i < self->plan->slot_count; i++) {
        const HeardPlanSlot *slot = &self->plan->slots[i];

        if (slot->audio.ssrc == ssrc || slot->audio.rtx_ssrc == ssrc || slot->video.ssrc == ssrc ||
            slot->video.rtx_ssrc == ssrc)
            return true;
    }
    return false;
}

static uint32_t new_ssrc(const Accept *self)
{
    uint32_t ssrc;

    do {
        ssrc = heard_random_u32();
    } while (ssrc == 0 || is_ssrc_used(self, ssrc));
    return ssrc;
}

static void take_source(Accept *self, unsigned index, HeardSource which)
{
    const HeardSdpMedia *media = &self->offer->media[index];
    HeardPlanSource *source = &self->plan->sources[which];

    source->ext = choose_extensions(media);
    source->codec_count = choose_codecs(media, source->ext.transport_cc != 0, source->codecs);
    if (source->codec_count == 0)
        return;
    source->used = true;
    if (media->audio)
        source->red_payload_type = choose_red(media, &source->codecs[0]);
    source->media_index = index;
    g_strlcpy(source->mid, media->mid, sizeof source->mid);
    if (media->rid_count > 0 && source->ext.mid && source->ext.rid) {
        order_rids(source, media); /* which SSRC is which layer, the packets tell */
        return;
    }
    source->ssrc = media->ssrc;
    source->rtx_ssrc = media->rtx_ssrc;
}

static void take_lane(Accept *self, unsigned index, unsigned slot)
{
    const HeardSdpMedia *media = &self->offer->media[index];
    HeardPlanLane *lane =
        media->audio ? &self->plan->slots[slot].audio : &self->plan->slots[slot].video;

    lane->ext = choose_extensions(media);
    lane->codec_count = choose_codecs(media, lane->ext.transport_cc != 0, lane->codecs);
    if (lane->codec_count == 0)
        return;
    lane->used = true;
    if (media->audio)
        lane->red_payload_type = choose_red(media, &lane->codecs[0]);
    lane->media_index = index;
    g_strlcpy(lane->mid, media->mid, sizeof lane->mid);
    if (slot >= self->plan->slot_count)
        self->plan->slot_count = slot + 1;
    lane->ssrc = new_ssrc(self);
    for (unsigned i = 0; i < lane->codec_count && !lane->rtx_ssrc; i++)
        if (lane->codecs[i].rtx_payload_type)
            lane->rtx_ssrc = new_ssrc(self);
}

/* What an m-line is follows from its place among its like: signaling/PROTOCOL.md. */
static unsigned take_media(Accept *self, const HeardSdpPolicy *policy)
{
    unsigned sending_audio = 0, sending_video = 0, slot_audio = 0, slot_video = 0, taken = 0;

    for (unsigned i = 0; i < self->offer->media_count; i++) {
        const HeardSdpMedia *media = &self->offer->media[i];

        if (media->rejected || !(media->audio || media->video) || !media->rtcp_mux ||
            media->direction == HEARD_SDP_INACTIVE)
            continue;
        if (media->direction == HEARD_SDP_RECVONLY) {
            unsigned slot = media->audio ? slot_audio++ : slot_video++;

            if (slot < policy->slots_max && slot < HEARD_SLOTS_MAX)
                take_lane(self, i, slot);
        } else {
            unsigned place = media->audio ? sending_audio++ : 1 + sending_video++;
            bool known =
                media->audio ? place == HEARD_SOURCE_MICROPHONE : place < HEARD_SOURCE_COUNT;

            if (known && policy->may_send[place])
                take_source(self, i, (HeardSource)place);
        }
    }
    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++)
        taken += self->plan->sources[i].used;
    return taken + self->plan->slot_count;
}
G_STATIC_ASSERT(HEARD_SOURCE_MICROPHONE == 0 && HEARD_SOURCE_CAMERA == 1 &&
                HEARD_SOURCE_SCREEN == 2 && HEARD_SOURCE_COUNT == 3);

HeardPeerPlan *heard_sdp_accept(const HeardSdpOffer *offer, const HeardSdpPolicy *policy,
                                GError **error)
{
    g_autoptr(HeardPeerPlan) plan = NULL;
    Accept accept = {.offer = offer};

    if (offer->setup_passive || offer->ice_lite) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_SDP_UNSUPPORTED,
                    "this server is passive and ICE-lite, the offer says %s",
                    offer->ice_lite ? "a=ice-lite, too" : "a=setup:passive");
        return NULL;
    }
    plan = g_new0(HeardPeerPlan, 1);
    accept.plan = plan;
    heard_ice_credentials_new(&plan->local);
    plan->session_id = (uint64_t)heard_random_u32() << 30 | heard_random_u32() >> 2 | 1;
    plan->remote = offer->ice;
    memcpy(plan->fingerprint, offer->fingerprint, sizeof plan->fingerprint);
    if (take_media(&accept, policy) == 0) {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_SDP_UNSUPPORTED,
                            "no m-line can be taken: Opus, VP8, H.264 (constrained baseline, "
                            "packetization-mode 1) or VP9 with rtcp-mux are spoken here");
        return NULL;
    }
    return g_steal_pointer(&plan);
}

void heard_peer_plan_free(HeardPeerPlan *self)
{
    g_free(self);
}
