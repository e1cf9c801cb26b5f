/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A publisher with three temporal layers, as libwebrtc makes them, and a lane that shows it. */

#include "heard_test.h"
#include "packets.h"

#include "media/rtp/sequence.h"
#include "media/rtp/stream_out.h"

enum { OUT_SSRC = 0xabcd, OUT_RTX = 0xbcde, OUT_PT = 120, OUT_RTX_PT = 121, FRAME_US = 33333 };
enum { PATTERN = 8, TAG_SIZE = 4 };

static const HeardStreamOutConfig video_lane = {
    .codecs = {[HEARD_CODEC_VP8] = {true, OUT_PT, OUT_RTX_PT}},
    .ssrc = OUT_SSRC,
    .rtx_ssrc = OUT_RTX,
    .video = true,
};

/* libwebrtc's L1T3: which layer, and whether nothing but layer 0 is referred to. */
static const struct {
    uint8_t layer;
    bool sync;
} pattern[PATTERN] = {{0, false}, {2, true},  {1, true},  {2, false},
                      {0, false}, {2, false}, {1, false}, {2, false}};

typedef struct {
    uint32_t id;
    HeardStreamIn stream;
    Vp8Packet next;
    unsigned phase;
} Source;

/* One packet as it left its publisher. */
typedef struct {
    uint8_t bytes[PACKET_SIZE_MAX];
    size_t size;
    unsigned picture; /* number of the picture since the beginning */
    uint8_t layer;
    bool sync, empty;
} Packet;

static inline void open_source(Source *source, uint32_t id, uint16_t seq)
{
    HeardStreamInConfig config = {
        .codecs = {{HEARD_CODEC_VP8, PT_VP8, PT_RTX, true}},
        .codec_count = 1,
        .ssrc = id,
    };

    memset(source, 0, sizeof(*source));
    source->id = id;
    heard_stream_in_init(&source->stream, &config, 0);
    source->next = (Vp8Packet){.ssrc = id,
                               .seq = seq,
                               .rtp_ts = seq * 77U,
                               .picture_id = (uint16_t)(seq * 3U) & 0x7fff,
                               .tl0_index = (uint8_t)seq};
}

/* The next packet of the picture; each carries who it is in its last bytes. */
static inline void make_packet(Source *source, Packet *packet, bool first, bool last, bool keyframe)
{
    packet->layer = source->next.temporal_id;
    packet->sync = source->next.layer_sync;
    source->next.start = first;
    source->next.marker = last;
    source->next.keyframe = keyframe;
    packet->size = make_vp8(packet->bytes, &source->next);
    heard_put16(packet->bytes + packet->size - TAG_SIZE, (uint16_t)source->id);
    heard_put16(packet->bytes + packet->size - 2, source->next.seq);
    source->next.seq++;
}

static inline void make_probe(Source *source, Packet *packet)
{
    HeardRtpHeader header = {.ssrc = source->id,
                             .rtp_ts = source->next.rtp_ts,
                             .seq = source->next.seq++,
                             .payload_type = PT_VP8};

    packet->size = heard_rtp_write_header(packet->bytes, PACKET_SIZE_MAX, &header, NULL, 0);
    packet->size = heard_rtp_pad(packet->bytes, packet->size, packet->size + 50);
    packet->empty = true;
}

static inline void begin_picture(Source *source, bool keyframe)
{
    if (keyframe)
        source->phase = 0;
    source->next.temporal_id = pattern[source->phase].layer;
    source->next.layer_sync = pattern[source->phase].sync;
    if (source->next.temporal_id == 0)
        source->next.tl0_index++;
}

static inline void end_picture(Source *source)
{
    source->next.rtp_ts += 3000;
    source->next.picture_id = (source->next.picture_id + 1) & 0x7fff;
    source->phase = (source->phase + 1) % PATTERN;
}

typedef struct {
    HeardStreamOut lane;
    uint8_t out[PACKET_SIZE_MAX];
    size_t size;
    HeardRtpView view;
} Sink;

static inline void open_sink(Sink *sink)
{
    memset(sink, 0, sizeof(*sink));
    heard_stream_out_init(&sink->lane, &video_lane, 65533, 0xfffffff0);
}

static inline HeardForward forward(Sink *sink, uint32_t source, const HeardPacketIn *in)
{
    HeardForward result = heard_stream_out_forward(&sink->lane, source, in, NULL, sink->out,
                                                   sizeof(sink->out), &sink->size);

    if (result == HEARD_FORWARD_SENT)
        assert_int_equal(heard_rtp_parse(sink->out, sink->size, &sink->view), HEARD_RTP_OK);
    return result;
}

static inline uint16_t picture_id(const Sink *sink)
{
    return heard_get16(sink->out + sink->view.payload_offset + 2) & 0x7fff;
}
