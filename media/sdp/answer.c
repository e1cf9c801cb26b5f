/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sdp/answer.h"

#include "media/sdp/candidate.h"

#include <string.h>

typedef struct {
    GString *text;
    const HeardSdpOffer *offer;
    const HeardPeerPlan *plan;
    const char *fingerprint;
    const HeardCandidate *candidates;
    unsigned candidate_count;
    bool candidates_written;
} Answer;

static const struct {
    const char *name;
    const char *parameters;
} codec_names[HEARD_CODEC_COUNT] = {
    [HEARD_CODEC_OPUS] = {"opus", "48000/2"},
    [HEARD_CODEC_VP8] = {"VP8", "90000"},
    [HEARD_CODEC_H264] = {"H264", "90000"},
    [HEARD_CODEC_VP9] = {"VP9", "90000"},
};

static const HeardPlanSource *find_source(const HeardPeerPlan *plan, unsigned index)
{
    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++)
        if (plan->sources[i].used && plan->sources[i].media_index == index)
            return &plan->sources[i];
    return NULL;
}

static const HeardPlanLane *find_lane(const HeardPeerPlan *plan, unsigned index, unsigned *ret_slot)
{
    for (unsigned i = 0; i < plan->slot_count; i++) {
        const HeardPlanSlot *slot = &plan->slots[i];

        *ret_slot = i;
        if (slot->audio.used && slot->audio.media_index == index)
            return &slot->audio;
        if (slot->video.used && slot->video.media_index == index)
            return &slot->video;
    }
    return NULL;
}

/* Session level, and once more in the first section taken: Firefox ESR's tab crashes on a
 * section without a fingerprint when the session has none either. */
static void write_transport(const Answer *self)
{
    g_string_append_printf(self->text,
                           "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
                           "a=fingerprint:sha-256 %s\r\na=setup:passive\r\n",
                           self->plan->local.ufrag, self->plan->local.pwd, self->fingerprint);
}

static void write_session(const Answer *self)
{
    unsigned slot;

    g_string_append_printf(self->text,
                           "v=0\r\no=- %" G_GUINT64_FORMAT " 1 IN IP4 0.0.0.0\r\n"
                           "s=-\r\nt=0 0\r\na=ice-lite\r\n",
                           self->plan->session_id);
    if (self->offer->bundle) {
        g_string_append(self->text, "a=group:BUNDLE");
        for (unsigned i = 0; i < self->offer->media_count; i++)
            if (find_source(self->plan, i) || find_lane(self->plan, i, &slot))
                g_string_append_printf(self->text, " %s", self->offer->media[i].mid);
        g_string_append(self->text, "\r\n");
    }
    g_string_append(self->text, "a=msid-semantic: WMS *\r\n");
}

static void write_extension(const Answer *self, uint8_t id, const char *uri)
{
    if (id)
        g_string_append_printf(self->text, "a=extmap:%u %s\r\n", id, uri);
}

static void write_extensions(const Answer *self, const HeardPlanExtensions *ext)
{
    write_extension(self, ext->mid, HEARD_EXT_URI_MID);
    write_extension(self, ext->rid, HEARD_EXT_URI_RID);
    write_extension(self, ext->repaired_rid, HEARD_EXT_URI_REPAIRED_RID);
    write_extension(self, ext->transport_cc, HEARD_EXT_URI_TRANSPORT_CC);
    write_extension(self, ext->audio_level, HEARD_EXT_URI_AUDIO_LEVEL);
}

static void write_codec(const Answer *self, const HeardPlanCodec *codec)
{
    GString *text = self->text;
    unsigned pt = codec->payload_type;

    g_string_append_printf(text, "a=rtpmap:%u %s/%s\r\n", pt, codec_names[codec->codec].name,
                           codec_names[codec->codec].parameters);
    if (codec->fmtp[0])
        g_string_append_printf(text, "a=fmtp:%u %s\r\n", pt, codec->fmtp);
    if (codec->nack)
        g_string_append_printf(text, "a=rtcp-fb:%u nack\r\n", pt);
    if (codec->nack_pli)
        g_string_append_printf(text, "a=rtcp-fb:%u nack pli\r\na=rtcp-fb:%u ccm fir\r\n", pt, pt);
    if (codec->transport_cc)
        g_string_append_printf(text, "a=rtcp-fb:%u transport-cc\r\n", pt);
    if (codec->rtx_payload_type)
        g_string_append_printf(text, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n",
                               codec->rtx_payload_type, codec->rtx_payload_type, pt);
}

/* Behind Opus: who loses nothing sends plain packets. */
static void write_red(const Answer *self, uint8_t red_payload_type, unsigned opus)
{
    if (red_payload_type)
        g_string_append_printf(self->text, "a=rtpmap:%u red/48000/2\r\na=fmtp:%u %u/%u\r\n",
                               red_payload_type, red_payload_type, opus, opus);
}

static void write_layers(const Answer *self, const HeardSdpMedia *media,
                         const HeardPlanSource *source)
{
    if (source->rid_count == 0)
        return;
    for (unsigned i = 0; i < media->rid_count; i++)
        g_string_append_printf(self->text, "a=rid:%s recv\r\n", media->rids[i]);
    g_string_append(self->text, "a=simulcast:recv ");
    for (unsigned i = 0; i < media->rid_count; i++)
        g_string_append_printf(self->text, "%s%s", i > 0 ? ";" : "", media->rids[i]);
    g_string_append(self->text, "\r\n");
}

static void write_streams(const Answer *self, const HeardPlanLane *lane, unsigned slot, bool audio)
{
    g_string_append_printf(self->text, "a=msid:slot%u slot%u-%c\r\n", slot, slot,
                           audio ? 'a' : 'v');
    if (lane->rtx_ssrc)
        g_string_append_printf(self->text, "a=ssrc-group:FID %u %u\r\n", lane->ssrc,
                               lane->rtx_ssrc);
    g_string_append_printf(self->text, "a=ssrc:%u cname:heard\r\n", lane->ssrc);
    if (lane->rtx_ssrc)
        g_string_append_printf(self->text, "a=ssrc:%u cname:heard\r\n", lane->rtx_ssrc);
}

static void write_taken(Answer *self, const HeardSdpMedia *media, const HeardPlanCodec *codecs,
                        unsigned codec_count, uint8_t red_payload_type,
                        const HeardPlanExtensions *ext, bool sending)
{
    g_string_append_printf(self->text, "m=%s 9 %s", media->kind, media->protocol);
    for (unsigned i = 0; i < codec_count; i++) {
        g_string_append_printf(self->text, " %u", codecs[i].payload_type);
        if (codecs[i].rtx_payload_type)
            g_string_append_printf(self->text, " %u", codecs[i].rtx_payload_type);
    }
    if (red_payload_type)
        g_string_append_printf(self->text, " %u", red_payload_type);
    g_string_append(self->text, "\r\nc=IN IP4 0.0.0.0\r\n");
    /* In each section, though BUNDLE would let it be left out (RFC 8843): webrtcbin refuses the
     * answer without it, and a tab of Firefox ESR dies (media.md 9.1). */
    write_transport(self);
    if (!self->candidates_written) {
        self->candidates_written = true;
        heard_candidates_write(self->text, self->candidates, self->candidate_count);
    }
    if (media->mid[0])
        g_string_append_printf(self->text, "a=mid:%s\r\n", media->mid);
    g_string_append_printf(self->text, "a=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n",
                           sending ? "sendonly" : "recvonly");
    write_extensions(self, ext);
    for (unsigned i = 0; i < codec_count; i++)
        write_codec(self, &codecs[i]);
    write_red(self, red_payload_type, codecs[0].payload_type);
}

static void write_rejected(const Answer *self, const HeardSdpMedia *media)
{
    g_string_append_printf(self->text, "m=%s 0 %s %s\r\nc=IN IP4 0.0.0.0\r\n", media->kind,
                           media->protocol, media->formats);
    if (media->mid[0])
        g_string_append_printf(self->text, "a=mid:%s\r\n", media->mid);
    g_string_append(self->text, "a=inactive\r\n");
}

static void write_media(Answer *self, unsigned index)
{
    const HeardSdpMedia *media = &self->offer->media[index];
    const HeardPlanSource *source = find_source(self->plan, index);
    const HeardPlanLane *lane;
    unsigned slot;

    if (source) {
        write_taken(self, media, source->codecs, source->codec_count, source->red_payload_type,
                    &source->ext, false);
        write_layers(self, media, source);
        return;
    }
    lane = find_lane(self->plan, index, &slot);
    if (lane) {
        write_taken(self, media, lane->codecs, lane->codec_count, lane->red_payload_type,
                    &lane->ext, true);
        write_streams(self, lane, slot, media->audio);
        return;
    }
    write_rejected(self, media);
}

char *heard_sdp_answer(const HeardSdpOffer *offer, const HeardPeerPlan *plan,
                       const char *fingerprint, const HeardCandidate *candidates,
                       unsigned candidate_count)
{
    Answer self = {.text = g_string_new(NULL),
                   .offer = offer,
                   .plan = plan,
                   .fingerprint = fingerprint,
                   .candidates = candidates,
                   .candidate_count = candidate_count};

    write_session(&self);
    for (unsigned i = 0; i < offer->media_count; i++)
        write_media(&self, i);
    return g_string_free(self.text, FALSE);
}
