/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/session_sdp.h"

#include "media/sdp/span.h"
#include "server/base/error.h"

#include <string.h>

enum { AUDIO_PT = 111, VIDEO_PT = 96, LEVEL_EXT = 1, MID_EXT = 4 };

static void write_head(GString *text)
{
    g_string_append(text, "v=0\r\no=- 4611686018427387905 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n");
}

static void write_transport(GString *text, const HeardBenchLocal *local, const char *setup)
{
    g_string_append_printf(text,
                           "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 %s\r\n"
                           "a=setup:%s\r\n%s\r\na=end-of-candidates\r\n",
                           local->ice.ufrag, local->ice.pwd, local->fingerprint, setup,
                           local->candidate);
}

static void write_codec(GString *text, bool video, unsigned payload_type)
{
    unsigned pt = payload_type;

    if (video)
        g_string_append_printf(text,
                               "a=rtpmap:%u VP8/90000\r\na=rtcp-fb:%u nack\r\n"
                               "a=rtcp-fb:%u nack pli\r\na=rtcp-fb:%u ccm fir\r\n",
                               pt, pt, pt, pt);
    else
        g_string_append_printf(text,
                               "a=rtpmap:%u opus/48000/2\r\n"
                               "a=fmtp:%u minptime=10;useinbandfec=1\r\n",
                               pt, pt);
}

static void write_offered(GString *text, const HeardBenchLocal *local, bool video, unsigned mid)
{
    const char *kind = video ? "video" : "audio";
    unsigned payload_type = video ? VIDEO_PT : AUDIO_PT;
    uint32_t ssrc = video ? local->video_ssrc : local->audio_ssrc;

    g_string_append_printf(text, "m=%s 9 UDP/TLS/RTP/SAVPF %u\r\nc=IN IP4 0.0.0.0\r\n", kind,
                           payload_type);
    write_transport(text, local, "actpass");
    g_string_append_printf(text, "a=mid:%u\r\na=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", mid,
                           local->sending ? "sendonly" : "recvonly");
    g_string_append_printf(text, "a=extmap:%u %s\r\n", MID_EXT, HEARD_EXT_URI_MID);
    if (!video && local->sending)
        g_string_append_printf(text, "a=extmap:%u %s\r\n", LEVEL_EXT, HEARD_EXT_URI_AUDIO_LEVEL);
    write_codec(text, video, payload_type);
    if (local->sending)
        g_string_append_printf(text, "a=msid:%s %s-%s\r\na=ssrc:%u cname:%s\r\n", local->cname,
                               local->cname, kind, ssrc, local->cname);
}

char *heard_bench_offer(const HeardBenchLocal *local)
{
    GString *text = g_string_new(NULL);

    write_head(text);
    g_string_append_printf(text, "a=group:BUNDLE 0%s\r\na=msid-semantic: WMS *\r\n",
                           local->audio && local->video ? " 1" : "");
    if (local->audio)
        write_offered(text, local, false, 0);
    if (local->video)
        write_offered(text, local, true, local->audio);
    return g_string_free(text, FALSE);
}

static uint8_t find_extension(const HeardSdpMedia *media, const char *uri)
{
    for (unsigned i = 0; i < media->extension_count; i++)
        if (media->extensions[i].id <= 14 && strcmp(media->extensions[i].uri, uri) == 0)
            return media->extensions[i].id;
    return 0;
}

static void read_track(const HeardSdpMedia *media, HeardBenchTrack *track)
{
    const char *name = media->audio ? "opus" : "VP8";

    for (unsigned i = 0; i < media->codec_count && !track->used; i++) {
        if (g_ascii_strcasecmp(media->codecs[i].name, name) != 0)
            continue;
        track->used = true;
        track->payload_type = media->codecs[i].payload_type;
        track->mid_ext = find_extension(media, HEARD_EXT_URI_MID);
        track->level_ext = find_extension(media, HEARD_EXT_URI_AUDIO_LEVEL);
        g_strlcpy(track->mid, media->mid, sizeof track->mid);
    }
}

/* BUNDLE repeats its candidates in every section: keep each line once, UDP only. */
static void read_candidate(HeardBenchRemote *remote, HeardSpan line)
{
    HeardSpan rest = line, word;
    char *text = remote->candidates[remote->candidate_count];

    if (remote->candidate_count == HEARD_BENCH_CANDIDATES_MAX ||
        !heard_span_take_word(&rest, ' ', &word) || !heard_span_take_word(&rest, ' ', &word) ||
        !heard_span_is(word, "1") || !heard_span_take_word(&rest, ' ', &word) ||
        !heard_span_is_nocase(word, "udp") ||
        !heard_span_copy(line, text, sizeof remote->candidates[0]))
        return;
    for (unsigned i = 0; i < remote->candidate_count; i++)
        if (strcmp(remote->candidates[i], text) == 0)
            return;
    remote->candidate_count++;
}

static void read_lines(HeardBenchRemote *remote, const char *text, size_t size)
{
    HeardSpan rest = {text, size}, line;

    while (heard_span_take_line(&rest, &line)) {
        HeardSpan value = line;

        if (heard_span_take_prefix(&value, "a=candidate:"))
            read_candidate(remote, line);
        else if (heard_span_is(line, "a=setup:active"))
            remote->active = true;
    }
}

bool heard_bench_read_remote(const char *text, size_t size, HeardBenchRemote *ret_remote,
                             HeardSdpOffer **ret_offer, GError **error)
{
    g_autoptr(HeardSdpOffer) offer = heard_sdp_parse(text, size, error);
    HeardBenchRemote remote = {0};

    if (!offer)
        return false;
    remote.ice = offer->ice;
    remote.ice_lite = offer->ice_lite;
    memcpy(remote.fingerprint, offer->fingerprint, sizeof remote.fingerprint);
    for (unsigned i = 0; i < offer->media_count; i++) {
        const HeardSdpMedia *media = &offer->media[i];

        if (media->rejected || media->direction == HEARD_SDP_INACTIVE)
            continue;
        if (media->audio && !remote.audio.used)
            read_track(media, &remote.audio);
        if (media->video && !remote.video.used)
            read_track(media, &remote.video);
    }
    read_lines(&remote, text, size);
    if (!remote.audio.used && !remote.video.used) {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_SDP_UNSUPPORTED,
                            "the server's SDP takes neither Opus nor VP8");
        return false;
    }
    if (remote.candidate_count == 0) {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_SDP_INCOMPLETE,
                            "the server's SDP has no UDP candidate");
        return false;
    }
    *ret_remote = remote;
    if (ret_offer)
        *ret_offer = g_steal_pointer(&offer);
    return true;
}

static const HeardBenchTrack *track_of(const HeardBenchRemote *remote, const HeardSdpMedia *media)
{
    const HeardBenchTrack *track = media->video ? &remote->video : &remote->audio;

    return track->used && strcmp(track->mid, media->mid) == 0 ? track : NULL;
}

char *heard_bench_answer(const HeardBenchLocal *local, const HeardSdpOffer *offer,
                         const HeardBenchRemote *remote)
{
    GString *text = g_string_new(NULL);

    write_head(text);
    g_string_append(text, "a=group:BUNDLE");
    for (unsigned i = 0; i < offer->media_count; i++)
        if (track_of(remote, &offer->media[i]))
            g_string_append_printf(text, " %s", offer->media[i].mid);
    g_string_append(text, "\r\na=msid-semantic: WMS *\r\n");
    for (unsigned i = 0; i < offer->media_count; i++) {
        const HeardSdpMedia *media = &offer->media[i];
        const HeardBenchTrack *track = track_of(remote, media);

        if (!track) {
            g_string_append_printf(text, "m=%s 0 %s %s\r\nc=IN IP4 0.0.0.0\r\na=mid:%s\r\n",
                                   media->kind, media->protocol, media->formats, media->mid);
            continue;
        }
        g_string_append_printf(text, "m=%s 9 %s %u\r\nc=IN IP4 0.0.0.0\r\n", media->kind,
                               media->protocol, track->payload_type);
        write_transport(text, local, "active");
        g_string_append_printf(text, "a=mid:%s\r\na=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\n",
                               media->mid);
        if (track->mid_ext)
            g_string_append_printf(text, "a=extmap:%u %s\r\n", track->mid_ext, HEARD_EXT_URI_MID);
        write_codec(text, media->video, track->payload_type);
    }
    return g_string_free(text, FALSE);
}
