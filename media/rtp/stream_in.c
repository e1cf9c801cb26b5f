/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/stream_in.h"

#include "media/rtp/bytes.h"
#include "media/rtp/sender_clock.h"

#include <glib.h>
#include <string.h>

enum {
    RTX_HEADER_SIZE = 2, /* the original sequence number (RFC 4588 4) */
    FIRST_RTT_US = 100000,
    VIDEO_CLOCK_HZ = 90000,
    AUDIO_CLOCK_HZ = 48000,
    VIDEO_HISTORY_PACKETS = 512,
    VIDEO_HISTORY_BYTES = 32 * 1024, /* grows by itself, see history.h */
    VIDEO_HISTORY_BYTES_MAX = 1024 * 1024,
    LATE_MAX = HEARD_STREAM_SEEN_WINDOW - 1,
    SEEN_MASK = HEARD_STREAM_SEEN_WINDOW - 1,
    SILENCE = 127,
    PLI_BURST_US = HEARD_STREAM_PLI_BURST * HEARD_STREAM_PLI_INTERVAL_US,
};

static bool wants_history(const HeardStreamInConfig *config)
{
    /* Sound is not sent again by browsers (no RTX for Opus): a copy would serve nobody. */
    for (unsigned i = 0; i < config->codec_count; i++)
        if (config->codecs[i].codec != HEARD_CODEC_OPUS)
            return true;
    return config->history_bytes > 0;
}

void heard_stream_in_init(HeardStreamIn *self, const HeardStreamInConfig *config, int64_t now_us)
{
    bool nack = false;

    memset(self, 0, sizeof(*self));
    self->config = *config;
    self->codec = config->codec_count > 0 ? config->codecs[0].codec : HEARD_CODEC_OPUS;
    for (unsigned i = 0; i < config->codec_count; i++)
        nack |= config->codecs[i].nack;
    heard_nack_init(&self->nack, FIRST_RTT_US);
    heard_nack_set_resend(&self->nack, nack);
    if (wants_history(config)) {
        size_t bytes = config->history_bytes ? config->history_bytes : VIDEO_HISTORY_BYTES;
        size_t packets = config->history_packets ? config->history_packets : VIDEO_HISTORY_PACKETS;
        heard_history_init(&self->history, bytes, MAX(bytes, VIDEO_HISTORY_BYTES_MAX), packets);
    }
    self->last_packet_us = INT64_MIN;
    self->last_keyframe_us = INT64_MIN;
    self->pli_sent_us = now_us - HEARD_STREAM_PLI_SPACING_US;
    self->pli_credit_us = now_us - PLI_BURST_US;
    self->audio_level = SILENCE;
}

void heard_stream_in_deinit(HeardStreamIn *self)
{
    heard_history_deinit(&self->history);
}

void heard_stream_in_set_rtx(HeardStreamIn *self, uint32_t rtx_ssrc)
{
    self->config.rtx_ssrc = rtx_ssrc;
}

static const HeardStreamInCodec *find_codec(const HeardStreamIn *self, uint8_t payload_type)
{
    for (unsigned i = 0; i < self->config.codec_count; i++)
        if (self->config.codecs[i].payload_type == payload_type)
            return &self->config.codecs[i];
    return NULL;
}

static const HeardStreamInCodec *find_rtx(const HeardStreamIn *self, uint8_t payload_type)
{
    for (unsigned i = 0; i < self->config.codec_count; i++)
        if (self->config.codecs[i].rtx_payload_type == payload_type && payload_type != 0)
            return &self->config.codecs[i];
    return NULL;
}

/* Picture ids, key frame and layers of the payload; false when it can't be decoded. */
static bool describe_video(const HeardStreamIn *self, HeardPacketIn *in, HeardStreamIn *learns)
{
    const uint8_t *payload = in->data + in->view.payload_offset;
    uint16_t base = in->view.payload_offset;
    size_t size = in->view.payload_size;
    HeardVp8 vp8;
    HeardVp9 vp9;
    HeardH264 h264;

    switch (in->codec) {
    case HEARD_CODEC_VP8:
        if (!heard_vp8_parse(payload, size, &vp8))
            return false;
        in->keyframe = vp8.keyframe;
        in->frame_start = vp8.frame_start;
        in->temporal_id = vp8.temporal_id;
        in->picture_id = vp8.picture_id;
        in->picture_id_bits = vp8.picture_id_bits;
        in->picture_id_offset = (uint16_t)(base + vp8.picture_id_offset);
        in->tl0_index = vp8.tl0_index;
        in->tl0_offset = vp8.tl0_offset ? (uint16_t)(base + vp8.tl0_offset) : 0;
        if (learns && vp8.height) {
            learns->width = vp8.width;
            learns->height = vp8.height;
        }
        return true;
    case HEARD_CODEC_VP9:
        if (!heard_vp9_parse(payload, size, &vp9))
            return false;
        in->keyframe = vp9.keyframe;
        in->frame_start = vp9.frame_start;
        in->temporal_id = vp9.temporal_id;
        in->picture_id = vp9.picture_id;
        in->picture_id_bits = vp9.picture_id_bits;
        in->picture_id_offset = (uint16_t)(base + vp9.picture_id_offset);
        in->tl0_index = vp9.tl0_index;
        in->tl0_offset = vp9.tl0_offset ? (uint16_t)(base + vp9.tl0_offset) : 0;
        if (learns && vp9.height) {
            learns->width = vp9.width;
            learns->height = vp9.height;
        }
        return true;
    case HEARD_CODEC_H264:
        if (!heard_h264_parse(payload, size, &h264))
            return false;
        if (learns)
            learns->sends_sps |= h264.has_sps;
        /* A receiver can begin with the parameter sets only; a slice without them is none the
         * better for being IDR, unless this publisher never sends them in band. */
        in->keyframe = self->sends_sps || h264.has_sps ? h264.has_sps : h264.keyframe;
        in->frame_start = h264.frame_start;
        return true;
    case HEARD_CODEC_OPUS:
    case HEARD_CODEC_COUNT:
        break;
    }
    in->keyframe = true;
    in->frame_start = true;
    return true;
}

static void describe_extensions(const HeardStreamIn *self, HeardPacketIn *in)
{
    const uint8_t *value;
    uint8_t size;

    value = heard_rtp_extension(in->data, &in->view, self->config.audio_level_ext, &size);
    if (value && size >= 1) {
        in->voice = value[0] & 0x80;
        in->audio_level = (int8_t)(value[0] & 0x7f);
    }
    value = heard_rtp_extension(in->data, &in->view, self->config.video_orientation_ext, &size);
    if (value && size >= 1) {
        in->has_video_orientation = true;
        in->video_orientation = value[0];
    }
}

/* Everything that can be read from the packet alone. */
static HeardStreamInResult describe(const HeardStreamIn *self, const uint8_t *packet, size_t size,
                                    const HeardRtpView *view, HeardStreamIn *learns,
                                    HeardPacketIn *in)
{
    const HeardStreamInCodec *codec = find_codec(self, view->payload_type);

    if (!codec)
        return HEARD_STREAM_IN_UNKNOWN_PAYLOAD;
    *in = (HeardPacketIn){.data = packet, .size = size, .view = *view, .audio_level = -1};
    in->codec = codec->codec;
    in->clock_rate_hz = codec->codec == HEARD_CODEC_OPUS ? AUDIO_CLOCK_HZ : VIDEO_CLOCK_HZ;
    in->layer = self->config.layer;
    in->empty = view->payload_size == 0;
    if (view->ext_size > 0)
        describe_extensions(self, in);
    if (!in->empty && !describe_video(self, in, learns))
        return HEARD_STREAM_IN_BAD_CODEC;
    return HEARD_STREAM_IN_MEDIA;
}

/*
 * Undo RTX in place: the header moves over the original sequence number, SSRC, payload
 * type and sequence number become the original's. The packet then starts 2 bytes later.
 */
static HeardStreamInResult unwrap_rtx(const HeardStreamIn *self, uint8_t **packet, size_t *size,
                                      HeardRtpView *view)
{
    const HeardStreamInCodec *codec = find_rtx(self, view->payload_type);
    uint16_t seq;

    if (!codec)
        return HEARD_STREAM_IN_UNKNOWN_PAYLOAD;
    if (view->payload_size <= RTX_HEADER_SIZE)
        return HEARD_STREAM_IN_PADDING; /* a probe; nothing inside */
    seq = heard_get16(*packet + view->payload_offset);
    memmove(*packet + RTX_HEADER_SIZE, *packet, view->payload_offset);
    *packet += RTX_HEADER_SIZE;
    *size -= RTX_HEADER_SIZE;
    (*packet)[1] = (uint8_t)((view->marker ? 0x80 : 0) | codec->payload_type);
    heard_put16(*packet + 2, seq);
    heard_put32(*packet + 8, self->config.ssrc);
    view->payload_size = (uint16_t)(view->payload_size - RTX_HEADER_SIZE);
    view->payload_type = codec->payload_type;
    view->seq = seq;
    view->ssrc = self->config.ssrc;
    return HEARD_STREAM_IN_MEDIA;
}

static bool was_seen(const HeardStreamIn *self, int64_t seq64)
{
    unsigned bit = (unsigned)(seq64 & SEEN_MASK);

    return self->seen[bit / 64] >> (bit % 64) & 1;
}

static void set_seen(HeardStreamIn *self, int64_t seq64)
{
    unsigned bit = (unsigned)(seq64 & SEEN_MASK);

    self->seen[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* Numbers between before and seq64 were not seen yet. */
static void advance_seen(HeardStreamIn *self, int64_t before, int64_t seq64)
{
    if (seq64 - before >= HEARD_STREAM_SEEN_WINDOW) {
        memset(self->seen, 0, sizeof(self->seen));
        return;
    }
    for (int64_t n = before + 1; n <= seq64; n++) {
        unsigned bit = (unsigned)(n & SEEN_MASK);
        self->seen[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
    }
}

/* The publisher began anew with the same SSRC: go on one turn further up. */
static int64_t restart(HeardStreamIn *self, uint16_t seq)
{
    int64_t turn = (self->seq.highest | 0xffff) + 1;

    self->seq.highest = turn + seq;
    memset(self->seen, 0, sizeof(self->seen));
    if (self->history.bytes)
        heard_history_clear(&self->history);
    self->stats = (HeardRtpStats){0};
    return self->seq.highest;
}

/* Place the packet in the stream: its unwrapped number, or why it is of no use. */
static HeardStreamInResult place(HeardStreamIn *self, uint16_t seq, bool recovered,
                                 int64_t *ret_seq64, bool *ret_newest)
{
    int64_t before = self->seq.highest;
    bool first = !self->seq.started;
    int64_t seq64;

    if (first && recovered)
        return HEARD_STREAM_IN_OLD; /* no original to relate it to */
    if (!first && before - (before + heard_seq_diff(seq, (uint16_t)before)) > LATE_MAX) {
        bool again = seq == self->bad_seq;
        if (recovered)
            return HEARD_STREAM_IN_OLD;
        self->bad_seq = (uint16_t)(seq + 1);
        if (!again)
            return HEARD_STREAM_IN_OLD;
        *ret_seq64 = restart(self, seq);
        *ret_newest = true;
        set_seen(self, *ret_seq64);
        return HEARD_STREAM_IN_MEDIA;
    }
    seq64 = heard_unwrap_seq(&self->seq, seq);
    *ret_newest = first || seq64 > before;
    if (*ret_newest)
        advance_seen(self, first ? seq64 : before, seq64);
    else if (was_seen(self, seq64))
        return HEARD_STREAM_IN_DUPLICATE;
    set_seen(self, seq64);
    *ret_seq64 = seq64;
    return HEARD_STREAM_IN_MEDIA;
}

static void note_media(HeardStreamIn *self, const HeardPacketIn *in, int64_t now_us)
{
    self->codec = in->codec;
    self->last_packet_us = now_us;
    heard_nack_packet(&self->nack, in->view.seq, now_us);
    if (in->audio_level >= 0)
        self->audio_level = (uint8_t)in->audio_level;
    if (in->keyframe && in->codec != HEARD_CODEC_OPUS && in->newest) {
        self->last_keyframe_us = now_us;
        self->pli_wanted = false;
        /* Only before its first packet: other parts of the same picture are needed. */
        if (self->keyframe_rtp_ts != in->view.rtp_ts)
            heard_nack_keyframe(&self->nack, in->view.seq);
        self->keyframe_rtp_ts = in->view.rtp_ts;
    }
    if (self->history.bytes)
        heard_history_put(&self->history, in->view.seq, in->data, in->size, now_us);
}

HeardStreamInResult heard_stream_in_packet(HeardStreamIn *self, uint8_t *packet, size_t size,
                                           int64_t now_us, HeardPacketIn *ret_in)
{
    HeardStreamInResult result;
    HeardRtpView view;
    HeardPacketIn in;
    bool recovered;
    bool newest;
    int64_t seq64;

    if (heard_rtp_parse(packet, size, &view) != HEARD_RTP_OK)
        return HEARD_STREAM_IN_MALFORMED;
    recovered = view.ssrc != self->config.ssrc;
    if (recovered) {
        result = unwrap_rtx(self, &packet, &size, &view);
        if (result != HEARD_STREAM_IN_MEDIA)
            return result;
    }
    result = describe(self, packet, size, &view, self, &in);
    if (result != HEARD_STREAM_IN_MEDIA)
        return result;
    result = place(self, view.seq, recovered, &seq64, &newest);
    if (result != HEARD_STREAM_IN_MEDIA)
        return result;
    heard_rate_add(&self->rate, size, now_us);
    /* A packet that had to be sent again was lost: the report is about the network. */
    if (!recovered)
        heard_rtp_stats_packet(&self->stats, seq64, view.rtp_ts, view.payload_size,
                               in.clock_rate_hz, now_us);
    in.seq64 = seq64;
    in.arrival_us = now_us;
    in.recovered = recovered;
    in.newest = newest;
    note_media(self, &in, now_us);
    *ret_in = in;
    return HEARD_STREAM_IN_MEDIA;
}

bool heard_stream_in_find(const HeardStreamIn *self, uint16_t seq, HeardPacketIn *ret_in)
{
    HeardPacketIn in;
    HeardRtpView view;
    const uint8_t *packet;
    size_t size;

    if (!self->history.bytes)
        return false;
    packet = heard_history_find(&self->history, seq, &size);
    if (!packet || heard_rtp_parse(packet, size, &view) != HEARD_RTP_OK ||
        describe(self, packet, size, &view, NULL, &in) != HEARD_STREAM_IN_MEDIA)
        return false;
    in.seq64 = self->seq.highest + heard_seq_diff(seq, (uint16_t)self->seq.highest);
    in.recovered = true;
    *ret_in = in;
    return true;
}

void heard_stream_in_sender_report(HeardStreamIn *self, uint64_t ntp, uint32_t rtp_ts,
                                   int64_t now_us)
{
    self->sr_ntp_us = heard_ntp_to_us(ntp);
    self->sr_ntp_middle = (uint32_t)(ntp >> 16);
    self->sr_rtp_ts = rtp_ts;
    self->sr_arrival_us = now_us;
}

void heard_stream_in_report(HeardStreamIn *self, int64_t now_us, HeardReportBlock *ret_block)
{
    HeardReportBlock block = {.ssrc = self->config.ssrc};

    heard_rtp_stats_report(&self->stats, &block);
    if (self->sr_ntp_us != 0) {
        block.last_sr = self->sr_ntp_middle;
        block.delay_since_last_sr = (uint32_t)((now_us - self->sr_arrival_us) * 65536 / 1000000);
    }
    *ret_block = block;
}

void heard_stream_in_want_keyframe(HeardStreamIn *self)
{
    if (self->codec != HEARD_CODEC_OPUS)
        self->pli_wanted = true;
}

bool heard_stream_in_poll_pli(HeardStreamIn *self, int64_t now_us)
{
    if (now_us < heard_stream_in_pli_deadline_us(self))
        return false;
    self->pli_sent_us = now_us;
    /* A bucket told as the time at which it was empty; what overflows is lost. */
    self->pli_credit_us = MAX(self->pli_credit_us, now_us - PLI_BURST_US);
    self->pli_credit_us += HEARD_STREAM_PLI_INTERVAL_US;
    return true;
}

int64_t heard_stream_in_pli_deadline_us(const HeardStreamIn *self)
{
    if (!self->pli_wanted)
        return INT64_MAX;
    return MAX(self->pli_sent_us + HEARD_STREAM_PLI_SPACING_US,
               self->pli_credit_us + HEARD_STREAM_PLI_INTERVAL_US);
}

bool heard_stream_in_alive(const HeardStreamIn *self, int64_t now_us)
{
    return self->last_packet_us != INT64_MIN &&
           now_us - self->last_packet_us < HEARD_STREAM_ALIVE_US;
}
