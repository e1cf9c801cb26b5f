/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/stream_in.h"
#include "media/rtp/stream_out.h"

#include "media/rtp/bytes.h"

#include <glib.h>

enum { SSRC = 0x01010101, RTX_SSRC = 0x02020202, SOURCE = 7, LEVEL_EXT = 1, ORIENTATION_EXT = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const HeardStreamInConfig in_config = {
    .codecs = {{HEARD_CODEC_VP8, 96, 97, true},
               {HEARD_CODEC_H264, 98, 99, true},
               {HEARD_CODEC_VP9, 100, 101, true},
               {HEARD_CODEC_OPUS, 111, 0, false}},
    .codec_count = 4,
    .ssrc = SSRC,
    .rtx_ssrc = RTX_SSRC,
    .red_payload_type = 63,
    .audio_level_ext = LEVEL_EXT,
    .video_orientation_ext = ORIENTATION_EXT,
    .history_bytes = 4096,
    .history_packets = 16,
};

static HeardRedOut red_out = {.copies = HEARD_RED_OUT_COPIES_MAX};

static const HeardStreamOutConfig out_config = {
    .codecs = {{true, 111, 0}, {true, 96, 97}, {true, 98, 99}, {true, 100, 101}},
    .ssrc = 3,
    .rtx_ssrc = 4,
    .red_payload_type = 63,
    .red = &red_out,
    .transport_cc_ext = 3,
    .audio_level_ext = LEVEL_EXT,
    .video_orientation_ext = ORIENTATION_EXT,
    .video = true,
};

typedef struct {
    HeardStreamIn stream;
    HeardStreamOut lane;
    uint16_t twcc;
    int64_t now_us;
} Path;

static void check_output(const uint8_t *out, size_t size, uint32_t ssrc)
{
    HeardRtpView view;

    g_assert(heard_rtp_parse(out, size, &view) == HEARD_RTP_OK);
    g_assert(view.ssrc == ssrc);
}

/* Through the lane, and once more as the answer to a NACK. */
static void send(Path *path, const HeardPacketIn *in)
{
    uint8_t out[HEARD_RTP_PACKET_MAX + 64];
    HeardPacketIn again;
    uint32_t source;
    uint16_t source_seq;
    size_t size;

    g_assert(in->view.payload_offset + (size_t)in->view.payload_size <= in->size);
    if (heard_stream_out_forward(&path->lane, SOURCE, in, &path->twcc, out, sizeof(out), &size) !=
        HEARD_FORWARD_SENT)
        return;
    check_output(out, size, out_config.ssrc);
    heard_rtp_pad(out, size, size + 3);
    if (!heard_stream_out_lookup(&path->lane, path->lane.seq, &source, &source_seq) ||
        !heard_stream_in_find(&path->stream, source_seq, &again))
        return;
    g_assert(source == SOURCE);
    if (heard_stream_out_resend(&path->lane, path->lane.seq, &again, &path->twcc, path->now_us, out,
                                sizeof(out), &size) == HEARD_FORWARD_SENT)
        check_output(out, size, out_config.rtx_ssrc);
}

static void receive(Path *path, const uint8_t *data, size_t size)
{
    g_autofree uint8_t *packet = g_memdup2(data, size); /* its own block: ASan sees the end */
    uint16_t batch[HEARD_NACK_BATCH_MAX];
    HeardPacketIn in;
    HeardRtpView view;
    size_t count;
    uint8_t value_size;

    if (heard_rtp_parse(packet, size, &view) == HEARD_RTP_OK) {
        const uint8_t keep[] = {LEVEL_EXT, 5};
        g_assert(view.payload_offset + (size_t)view.payload_size + view.padding_size == size);
        for (unsigned id = 0; id < 256; id++)
            heard_rtp_extension(packet, &view, (uint8_t)id, &value_size);
        if (size & 1)
            heard_rtp_keep_extensions(packet, &view, keep, sizeof(keep));
    }
    if (heard_stream_in_packet(&path->stream, packet, size, path->now_us, &in) ==
        HEARD_STREAM_IN_MEDIA) {
        HeardPacketIn older;

        while (heard_stream_in_poll_recovered(&path->stream, path->now_us, &older))
            send(path, &older);
        send(path, &in);
    }
    while (heard_nack_poll(&path->stream.nack, path->now_us, batch, &count) != HEARD_NACK_NONE)
        g_assert(count <= HEARD_NACK_BATCH_MAX);
}

/* Records: two bytes of size, one of time gone by in ms, the packet. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Path path = {.now_us = 1000000};

    heard_stream_in_init(&path.stream, &in_config, path.now_us);
    heard_stream_out_init(&path.lane, &out_config, 65000, 1);
    heard_stream_out_switch(&path.lane, SOURCE);
    while (size > 3) {
        size_t packet_size = MIN((size_t)heard_get16(data), size - 3);
        path.now_us += data[2] * 1000;
        if (packet_size > 0)
            receive(&path, data + 3, packet_size);
        data += 3 + packet_size;
        size -= 3 + packet_size;
    }
    heard_stream_in_deinit(&path.stream);
    heard_stream_out_deinit(&path.lane);
    return 0;
}
