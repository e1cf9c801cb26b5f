/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sdp/media_line.h"

#include <string.h>

static const char *const transports[] = {
    "UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/TLS/RTP/SAVPF",
    "TCP/TLS/RTP/SAVP",  "RTP/SAVPF", /* browsers before RFC 8834; the fingerprint makes it the same
                                       */
};

static bool is_known_transport(const char *protocol)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transports); i++)
        if (strcmp(protocol, transports[i]) == 0)
            return true;
    return false;
}

bool heard_media_line_init(HeardSdpMedia *self, HeardSpan line)
{
    HeardSpan word;
    uint32_t port, payload_type;

    if (!heard_span_take_word(&line, ' ', &word) ||
        !heard_span_copy(word, self->kind, sizeof self->kind))
        return false;
    if (!heard_span_take_word(&line, ' ', &word) ||
        !heard_span_take_number(&word, 65535, &port)) /* a "/2" behind it means nothing here */
        return false;
    if (!heard_span_take_word(&line, ' ', &word) ||
        !heard_span_copy(word, self->protocol, sizeof self->protocol))
        return false;

    self->audio = strcmp(self->kind, "audio") == 0;
    self->video = strcmp(self->kind, "video") == 0;
    self->rejected = port == 0 || !is_known_transport(self->protocol);
    while (heard_span_take_word(&line, ' ', &word)) {
        if (!self->formats[0] && !heard_span_copy(word, self->formats, sizeof self->formats))
            return false;
        if (!(self->audio || self->video) || self->codec_count == HEARD_SDP_CODECS_MAX)
            break;
        if (!heard_span_take_number(&word, 127, &payload_type) || word.size > 0)
            continue;
        self->codecs[self->codec_count].rtx_of = -1;
        self->codecs[self->codec_count++].payload_type = (uint8_t)payload_type;
    }
    return self->formats[0] != '\0';
}

static HeardSdpCodec *find_codec(HeardSdpMedia *self, uint32_t payload_type)
{
    for (unsigned i = 0; i < self->codec_count; i++)
        if (self->codecs[i].payload_type == payload_type)
            return &self->codecs[i];
    return NULL;
}

/* "96 VP8/90000", "111 opus/48000/2" */
static void read_rtpmap(HeardSdpMedia *self, HeardSpan value)
{
    HeardSpan name;
    HeardSdpCodec *codec;
    uint32_t payload_type, rate, channels = 1;

    if (!heard_span_take_number(&value, 127, &payload_type) ||
        !heard_span_take_word(&value, '/', &name) || !heard_span_take_prefix(&value, "/") ||
        !heard_span_take_number(&value, 1000 * 1000, &rate))
        return;
    if (heard_span_take_prefix(&value, "/") && !heard_span_take_number(&value, 255, &channels))
        return;
    codec = find_codec(self, payload_type);
    if (!codec || codec->name[0] || !heard_span_copy(name, codec->name, sizeof codec->name))
        return;
    codec->clock_rate_hz = rate;
    codec->channels = (uint8_t)channels;
}

/* As many whole parameters as fit: GStreamer appends long sprop-parameter-sets. */
static void copy_fmtp(HeardSpan value, char *ret_text, size_t size)
{
    HeardSpan parameter;
    size_t used = 0;

    while (heard_span_take_word(&value, ';', &parameter)) {
        char text[HEARD_SDP_TOKEN_SIZE];
        size_t length;

        if (!heard_span_copy(parameter, text, sizeof text))
            continue;
        length = strlen(text);
        if (used + (used > 0) + length >= size)
            continue;
        if (used > 0)
            ret_text[used++] = ';';
        memcpy(ret_text + used, text, length + 1);
        used += length;
    }
}

static void read_fmtp(HeardSdpMedia *self, HeardSpan value)
{
    HeardSpan parameters;
    HeardSdpCodec *codec;
    uint32_t payload_type, apt;

    if (!heard_span_take_number(&value, 127, &payload_type))
        return;
    codec = find_codec(self, payload_type);
    if (!codec || codec->fmtp[0])
        return;
    copy_fmtp(value, codec->fmtp, sizeof codec->fmtp);
    parameters = heard_span(codec->fmtp);
    if (heard_span_take_prefix(&parameters, "apt=") &&
        heard_span_take_number(&parameters, 127, &apt))
        codec->rtx_of = (int)apt;
}

static void note_feedback(HeardSdpCodec *codec, HeardSpan feedback)
{
    if (heard_span_is(feedback, "nack"))
        codec->nack = true;
    else if (heard_span_is(feedback, "nack pli"))
        codec->nack_pli = true;
    else if (heard_span_is(feedback, "ccm fir"))
        codec->ccm_fir = true;
    else if (heard_span_is(feedback, "transport-cc"))
        codec->transport_cc = true;
}

static void read_feedback(HeardSdpMedia *self, HeardSpan value)
{
    HeardSdpCodec *codec;
    uint32_t payload_type;

    if (heard_span_take_prefix(&value, "* ")) {
        for (unsigned i = 0; i < self->codec_count; i++)
            note_feedback(&self->codecs[i], value);
        return;
    }
    if (!heard_span_take_number(&value, 127, &payload_type) || !heard_span_take_prefix(&value, " "))
        return;
    codec = find_codec(self, payload_type);
    if (codec)
        note_feedback(codec, value);
}

/* "4 urn:…", "5/recvonly urn:…"; attributes behind the URI mean nothing here. */
static void read_extmap(HeardSdpMedia *self, HeardSpan value)
{
    HeardSdpExtension *extension = &self->extensions[self->extension_count];
    HeardSpan word;
    uint32_t id;

    if (self->extension_count == HEARD_SDP_EXTENSIONS_MAX ||
        !heard_span_take_number(&value, 255, &id) || id == 0)
        return;
    if (heard_span_take_prefix(&value, "/") && !heard_span_take_word(&value, ' ', &word))
        return;
    if (!heard_span_take_word(&value, ' ', &word) ||
        !heard_span_copy(word, extension->uri, sizeof extension->uri))
        return;
    extension->id = (uint8_t)id;
    self->extension_count++;
}

static unsigned rid_index(const HeardSdpMedia *self, const char *rid)
{
    unsigned i = 0;

    while (i < self->rid_count && strcmp(self->rids[i], rid) != 0)
        i++;
    return i;
}

/* RFC 8851: letters, digits, '-' and '_'. */
static bool copy_rid(HeardSpan word, char *ret_rid, size_t size)
{
    for (size_t i = 0; i < word.size; i++)
        if (!g_ascii_isalnum(word.at[i]) && word.at[i] != '-' && word.at[i] != '_')
            return false;
    return heard_span_copy(word, ret_rid, size);
}

/* "q send", "q send pt=96;max-width=320" */
static void read_rid(HeardSdpMedia *self, HeardSpan value)
{
    HeardSpan rid, direction;
    char text[sizeof self->rids[0]];

    if (self->rid_count == HEARD_SDP_RIDS_MAX || !heard_span_take_word(&value, ' ', &rid) ||
        !heard_span_take_word(&value, ' ', &direction) || !heard_span_is(direction, "send") ||
        !copy_rid(rid, text, sizeof text) || rid_index(self, text) < self->rid_count)
        return;
    g_strlcpy(self->rids[self->rid_count++], text, sizeof self->rids[0]);
}

/*
 * "send q;h;f", "send q,~q2;h recv f" (RFC 8853): of alternatives the first counts, and a
 * layer that starts paused ('~') is a layer. Named layers come first, in this order; those
 * that it does not name are no simulcast layers.
 */
static void read_simulcast(HeardSdpMedia *self, HeardSpan value)
{
    HeardSpan word, list, rid;

    while (heard_span_take_word(&value, ' ', &word)) {
        if (!heard_span_take_word(&value, ' ', &list))
            return;
        if (!heard_span_is(word, "send"))
            continue;
        self->simulcast_count = 0;
        while (heard_span_take_word(&list, ';', &word) &&
               self->simulcast_count < HEARD_SDP_RIDS_MAX) {
            char *text = self->simulcast[self->simulcast_count];

            if (!heard_span_take_word(&word, ',', &rid))
                continue;
            heard_span_take_prefix(&rid, "~");
            if (copy_rid(rid, text, sizeof self->simulcast[0]))
                self->simulcast_count++;
        }
        return;
    }
}

static void read_ssrc(HeardSdpMedia *self, HeardSpan value)
{
    uint32_t ssrc;

    if (self->ssrc == 0 && heard_span_take_number(&value, UINT32_MAX, &ssrc))
        self->ssrc = ssrc;
}

static void read_ssrc_group(HeardSdpMedia *self, HeardSpan value)
{
    uint32_t ssrc, rtx_ssrc;

    if (self->rtx_ssrc != 0 || !heard_span_take_prefix(&value, "FID ") ||
        !heard_span_take_number(&value, UINT32_MAX, &ssrc) ||
        !heard_span_take_prefix(&value, " ") ||
        !heard_span_take_number(&value, UINT32_MAX, &rtx_ssrc) || ssrc == rtx_ssrc)
        return;
    self->ssrc = ssrc;
    self->rtx_ssrc = rtx_ssrc;
}

static void read_mid(HeardSdpMedia *self, HeardSpan value)
{
    HeardSpan word;

    if (!self->mid[0] && heard_span_take_word(&value, ' ', &word))
        heard_span_copy(word, self->mid, sizeof self->mid);
}

void heard_media_line_attribute(HeardSdpMedia *self, HeardSpan attribute)
{
    static const struct {
        const char *name;
        void (*read)(HeardSdpMedia *self, HeardSpan value);
    } readers[] = {
        {"rtpmap:", read_rtpmap},         {"fmtp:", read_fmtp}, {"rtcp-fb:", read_feedback},
        {"extmap:", read_extmap},         {"rid:", read_rid},   {"simulcast:", read_simulcast},
        {"ssrc-group:", read_ssrc_group}, {"ssrc:", read_ssrc}, {"mid:", read_mid},
    };
    static const char *const directions[] = {
        [HEARD_SDP_SENDRECV] = "sendrecv",
        [HEARD_SDP_SENDONLY] = "sendonly",
        [HEARD_SDP_RECVONLY] = "recvonly",
        [HEARD_SDP_INACTIVE] = "inactive",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (heard_span_take_prefix(&attribute, readers[i].name)) {
            readers[i].read(self, attribute);
            return;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(directions); i++)
        if (heard_span_is(attribute, directions[i]))
            self->direction = (HeardSdpDirection)i;
    if (heard_span_is(attribute, "rtcp-mux"))
        self->rtcp_mux = true;
    /* RFC 8843 6: port 0 with bundle-only is an m-line that wants to live. */
    if (heard_span_is(attribute, "bundle-only") && is_known_transport(self->protocol))
        self->rejected = false;
}

void heard_media_line_finish(HeardSdpMedia *self)
{
    char rids[HEARD_SDP_RIDS_MAX][sizeof self->rids[0]];
    unsigned count = 0;

    for (unsigned i = 0; i < self->simulcast_count; i++)
        if (rid_index(self, self->simulcast[i]) < self->rid_count)
            g_strlcpy(rids[count++], self->simulcast[i], sizeof rids[0]);
    memset(self->rids, 0, sizeof self->rids);
    for (unsigned i = 0; i < count; i++)
        g_strlcpy(self->rids[i], rids[i], sizeof self->rids[0]);
    self->rid_count = count;
}
