/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* RTP packets of real encoders, by GStreamer, with the time each was captured. */

#include "heard_test.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>

typedef struct {
    uint32_t track;
    int64_t captured_us, arrival_us;
    uint16_t seq;
    uint32_t rtp_ts;
    uint8_t bytes[1500];
    size_t size;
    bool is_report;
} SourcePacket;

static inline GArray *make_packets(const char *encoder, uint32_t track, uint32_t ssrc,
                                   uint32_t first_ts, uint16_t first_seq)
{
    g_autofree char *text =
        g_strdup_printf("%s name=pay mtu=1100 ssrc=%u timestamp-offset=%u seqnum-offset=%u ! "
                        "appsink name=sink sync=false max-buffers=0",
                        encoder, ssrc, first_ts, first_seq);
    g_autoptr(GError) error = NULL;
    GstElement *pipeline = gst_parse_launch(text, &error);
    GArray *packets = g_array_new(FALSE, TRUE, sizeof(SourcePacket));
    GstElement *sink;
    GstSample *sample;
    int64_t first_us = 0;

    if (!pipeline)
        fail_msg("%s: %s", text, error->message);
    sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    while ((sample = gst_app_sink_pull_sample(GST_APP_SINK(sink)))) {
        GstBuffer *buffer = gst_sample_get_buffer(sample);
        SourcePacket packet = {.track = track,
                               .captured_us = (int64_t)(GST_BUFFER_PTS(buffer) / 1000)};
        packet.size = gst_buffer_extract(buffer, 0, packet.bytes, sizeof packet.bytes);
        packet.seq = (uint16_t)(packet.bytes[2] << 8 | packet.bytes[3]);
        packet.rtp_ts = (uint32_t)packet.bytes[4] << 24 | (uint32_t)packet.bytes[5] << 16 |
                        (uint32_t)packet.bytes[6] << 8 | packet.bytes[7];
        if (packets->len == 0)
            first_us = packet.captured_us; /* x264enc begins at 1000 hours */
        packet.captured_us -= first_us;
        packet.arrival_us = packet.captured_us;
        g_array_append_val(packets, packet);
        gst_sample_unref(sample);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(sink);
    gst_object_unref(pipeline);
    assert_true(packets->len > 0);
    return packets;
}

static inline void put_be32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

/* A report each second of capture; the sender's clock shows sender_us more than ours. */
static inline void add_reports(GArray *packets, uint32_t ssrc, int64_t sender_us)
{
    int64_t next_us = 500000;
    guint count = packets->len;

    for (guint i = 0; i < count; i++) {
        SourcePacket packet = g_array_index(packets, SourcePacket, i);
        uint64_t sender = (uint64_t)(packet.captured_us + sender_us);
        if (packet.captured_us < next_us)
            continue;
        next_us += 1000000;
        memset(packet.bytes, 0, sizeof packet.bytes);
        packet.bytes[0] = 0x80;
        packet.bytes[1] = 200;
        packet.bytes[3] = 6;
        put_be32(packet.bytes + 4, ssrc);
        put_be32(packet.bytes + 8, (uint32_t)(sender / 1000000));
        put_be32(packet.bytes + 12, (uint32_t)((sender % 1000000 << 32) / 1000000));
        put_be32(packet.bytes + 16, packet.rtp_ts);
        packet.size = 28;
        packet.is_report = true;
        g_array_append_val(packets, packet);
    }
}

static inline gint compare_arrival(gconstpointer a, gconstpointer b)
{
    const SourcePacket *left = a, *right = b;

    return left->arrival_us < right->arrival_us ? -1 : left->arrival_us > right->arrival_us;
}
