/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/decode_test.h"

#include "server/base/error.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

const char *heard_decoder_of(HeardCodec codec)
{
    switch (codec) {
    case HEARD_CODEC_OPUS:
        return "opusdec";
    case HEARD_CODEC_VP8:
        return "vp8dec";
    case HEARD_CODEC_VP9:
        return "vp9dec";
    case HEARD_CODEC_H264:
        return "h264parse ! openh264dec";
    case HEARD_CODEC_COUNT:
        break;
    }
    g_assert_not_reached();
}

static void on_frame(GstElement *sink, GstBuffer *buffer, GstPad *pad, void *data)
{
    HeardDecoded *decoded = data;
    int64_t at_us = GST_BUFFER_PTS_IS_VALID(buffer) ? (int64_t)(GST_BUFFER_PTS(buffer) / 1000) : 0;
    (void)sink;
    (void)pad;

    if (decoded->frames++ == 0)
        decoded->first_us = at_us;
    decoded->last_us = at_us;
}

static GstElement *make_pipeline(HeardCodec codec, HeardDecoded *decoded, GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "appsrc name=source format=bytes max-bytes=0 ! %s ! %s max-errors=0 ! "
        "fakesink name=sink sync=false async=false signal-handoffs=true",
        codec == HEARD_CODEC_H264 ? "qtdemux" : "matroskademux", heard_decoder_of(codec));
    g_autoptr(GError) why = NULL;
    GstElement *pipeline = gst_parse_launch(text, &why);
    GstElement *sink;

    if (!pipeline) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_INTERNAL, "decoder: %s", why->message);
        return NULL;
    }
    sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    g_signal_connect(sink, "handoff", G_CALLBACK(on_frame), decoded);
    gst_object_unref(sink);
    return pipeline;
}

static bool wait_for_end(GstElement *pipeline, GError **error)
{
    GstBus *bus = gst_element_get_bus(pipeline);
    GstMessage *message = gst_bus_timed_pop_filtered(
        bus, (GstClockTime)HEARD_DECODE_TEST_MS * GST_MSECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    bool done = message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
    g_autoptr(GError) why = NULL;

    if (message && !done)
        gst_message_parse_error(message, &why, NULL);
    if (!done)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "%s",
                    why ? why->message : "decoding took too long");
    if (message)
        gst_message_unref(message);
    gst_object_unref(bus);
    return done;
}

bool heard_decode_test(HeardCodec codec, const HeardDecodePiece *pieces, size_t count,
                       HeardDecoded *ret_decoded, GError **error)
{
    HeardDecoded decoded = {0};
    GstElement *pipeline = make_pipeline(codec, &decoded, error);
    GstElement *source;
    bool done;

    if (!pipeline)
        return false;
    source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    for (size_t i = 0; i < count; i++)
        gst_app_src_push_buffer(GST_APP_SRC(source),
                                gst_buffer_new_memdup(pieces[i].bytes, pieces[i].size));
    gst_app_src_end_of_stream(GST_APP_SRC(source));
    done = wait_for_end(pipeline, error);
    gst_element_set_state(pipeline, GST_STATE_NULL); /* its threads are over: decoded is ours */
    gst_object_unref(source);
    gst_object_unref(pipeline);
    if (done && decoded.frames == 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "nothing in it decodes");
        return false;
    }
    *ret_decoded = decoded;
    return done;
}
