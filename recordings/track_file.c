/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/track_file.h"

#include "server/base/error.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <string.h>

/* A cluster begins with each key frame, and each second at the latest, so that the review
 * page can fetch from any second of sound and any key frame of a picture. To the muxer every
 * packet of sound is a key frame: there a cluster has a second at least, too. */
#define WEBM_MUX "webmmux name=mux writing-app=heard max-cluster-duration=1000000000 "
/* Which pad of the muxer can't be guessed from a source whose caps come later. */
#define WEBM_VIDEO "mux.video_0 " WEBM_MUX "min-cluster-duration=0"
#define WEBM_AUDIO "mux.audio_0 " WEBM_MUX "min-cluster-duration=1000000000"

enum {
    WAIT_MS = 2,
    /* Handed over together: a thread that wakes for each packet costs more than its work. */
    BATCH = 64,
    BATCH_BYTES = 256 * 1024,
};

struct HeardTrackFile {
    char *path;
    GstElement *pipeline, *source;
    GstBus *bus;
    GstBufferList *batch;
    size_t batch_bytes;
};

static bool set_error(GError **error, const char *path, GstMessage *message)
{
    g_autoptr(GError) why = NULL;
    HeardError code = HEARD_ERROR_INTERNAL;

    if (message)
        gst_message_parse_error(message, &why, NULL);
    if (why && why->domain == GST_RESOURCE_ERROR)
        code = why->code == GST_RESOURCE_ERROR_NO_SPACE_LEFT ? HEARD_ERROR_STORAGE_FULL
                                                             : HEARD_ERROR_STORAGE;
    g_set_error(error, HEARD_ERROR, code, "%s: %s", path, why ? why->message : "took too long");
    return false;
}

static bool bus_error(HeardTrackFile *self, int64_t wait_ms, GError **error)
{
    GstMessage *message = gst_bus_timed_pop_filtered(self->bus, (GstClockTime)wait_ms * GST_MSECOND,
                                                     GST_MESSAGE_ERROR);

    if (!message)
        return false;
    set_error(error, self->path, message);
    gst_message_unref(message);
    return true;
}

static HeardTrackFile *open_pipeline(const char *path, const char *middle, GstCaps *caps_take,
                                     GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "appsrc name=source format=time max-bytes=0 max-buffers=0 max-time=0 ! %s ! "
        "filesink name=sink",
        middle);
    g_autoptr(HeardTrackFile) self = g_new0(HeardTrackFile, 1);
    GstElement *sink;

    self->path = g_strdup(path);
    self->pipeline = gst_parse_launch(text, error);
    if (!self->pipeline) {
        gst_caps_unref(caps_take);
        return NULL;
    }
    self->source = gst_bin_get_by_name(GST_BIN(self->pipeline), "source");
    sink = gst_bin_get_by_name(GST_BIN(self->pipeline), "sink");
    g_object_set(sink, "location", path, "async", FALSE, NULL);
    gst_object_unref(sink);
    g_object_set(self->source, "caps", caps_take, NULL);
    gst_caps_unref(caps_take);
    self->bus = gst_element_get_bus(self->pipeline);
    if (gst_element_set_state(self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        if (!bus_error(self, 0, error))
            set_error(error, path, NULL);
        return NULL;
    }
    return g_steal_pointer(&self);
}

HeardTrackFile *heard_track_file_new(const char *path, HeardCodec codec, unsigned width,
                                     unsigned height, GError **error)
{
    GstCaps *caps = NULL;
    const char *middle = WEBM_VIDEO;

    switch (codec) {
    case HEARD_CODEC_VP8:
    case HEARD_CODEC_VP9:
        caps = gst_caps_new_simple(codec == HEARD_CODEC_VP8 ? "video/x-vp8" : "video/x-vp9",
                                   "width", G_TYPE_INT, (int)width, "height", G_TYPE_INT,
                                   (int)height, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
        break;
    case HEARD_CODEC_H264:
        caps = gst_caps_new_simple("video/x-h264", "stream-format", G_TYPE_STRING, "byte-stream",
                                   "alignment", G_TYPE_STRING, "au", NULL);
        middle = "h264parse ! video/x-h264,stream-format=avc,alignment=au ! "
                 "mp4mux fragment-duration=1000";
        break;
    case HEARD_CODEC_OPUS:
        caps = gst_caps_new_simple("audio/x-opus", "rate", G_TYPE_INT, 48000, "channels",
                                   G_TYPE_INT, 2, "channel-mapping-family", G_TYPE_INT, 0, NULL);
        middle = WEBM_AUDIO;
        break;
    case HEARD_CODEC_COUNT:
        g_assert_not_reached();
    }
    return open_pipeline(path, middle, caps, error);
}

HeardTrackFile *heard_track_file_new_mix(const char *path, unsigned bitrate_bps, GError **error)
{
    g_autofree char *middle =
        g_strdup_printf("opusenc bitrate=%u complexity=5 ! " WEBM_AUDIO, bitrate_bps);

    return open_pipeline(path, middle,
                         gst_caps_new_simple("audio/x-raw", "format", G_TYPE_STRING, "S16LE",
                                             "rate", G_TYPE_INT, 48000, "channels", G_TYPE_INT, 1,
                                             "layout", G_TYPE_STRING, "interleaved", NULL),
                         error);
}

static bool push_batch(HeardTrackFile *self, GError **error)
{
    GstBufferList *batch = g_steal_pointer(&self->batch);
    GstFlowReturn flow;

    self->batch_bytes = 0;
    if (!batch)
        return true;
    flow = gst_app_src_push_buffer_list(GST_APP_SRC(self->source), batch);
    /* Not by block=true: that waits for ever when the muxer has given up. */
    for (int64_t waited_ms = 0;
         flow == GST_FLOW_OK &&
         gst_app_src_get_current_level_bytes(GST_APP_SRC(self->source)) > HEARD_TRACK_FILE_QUEUE;
         waited_ms += WAIT_MS)
        if (bus_error(self, WAIT_MS, error))
            return false;
        else if (waited_ms > HEARD_TRACK_FILE_FINISH_MS)
            return set_error(error, self->path, NULL);
    if (flow == GST_FLOW_OK)
        return true;
    return bus_error(self, 0, error) ? false : set_error(error, self->path, NULL);
}

bool heard_track_file_put(HeardTrackFile *self, const void *bytes, size_t size, int64_t at_us,
                          int64_t duration_us, bool keyframe, GError **error)
{
    GstBuffer *buffer = gst_buffer_new_memdup(bytes, size);

    GST_BUFFER_PTS(buffer) = (GstClockTime)at_us * 1000;
    if (duration_us > 0)
        GST_BUFFER_DURATION(buffer) = (GstClockTime)duration_us * 1000;
    if (!keyframe)
        GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    if (!self->batch)
        self->batch = gst_buffer_list_new_sized(BATCH);
    gst_buffer_list_add(self->batch, buffer);
    self->batch_bytes += size;
    if (self->batch_bytes < BATCH_BYTES && gst_buffer_list_length(self->batch) < BATCH)
        return true;
    return push_batch(self, error);
}

bool heard_track_file_finish(HeardTrackFile *self, GError **error)
{
    GstMessage *message;
    bool done;

    if (!push_batch(self, error))
        return false;
    gst_app_src_end_of_stream(GST_APP_SRC(self->source));
    message = gst_bus_timed_pop_filtered(self->bus,
                                         (GstClockTime)HEARD_TRACK_FILE_FINISH_MS * GST_MSECOND,
                                         GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    done = message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
    if (!done)
        set_error(error, self->path, message);
    if (message)
        gst_message_unref(message);
    return done;
}

void heard_track_file_free(HeardTrackFile *self)
{
    if (!self)
        return;
    if (self->pipeline) {
        gst_element_set_state(self->pipeline, GST_STATE_NULL);
        gst_object_unref(self->pipeline);
    }
    if (self->source)
        gst_object_unref(self->source);
    g_clear_pointer(&self->batch, gst_buffer_list_unref);
    if (self->bus)
        gst_object_unref(self->bus);
    g_free(self->path);
    g_free(self);
}

/* The decoder is driven pad to pad, so that one packet in is its samples out, at once. */
struct HeardOpusDecoder {
    GstElement *element;
    GstPad *source, *sink;
    GArray *samples;
    GstClockTime at; /* only has to grow */
};

static GstFlowReturn on_samples(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
    HeardOpusDecoder *self = gst_pad_get_element_private(pad);
    GstMapInfo map;
    (void)parent;

    if (gst_buffer_map(buffer, &map, GST_MAP_READ)) {
        g_array_append_vals(self->samples, map.data, (guint)(map.size / sizeof(int16_t)));
        gst_buffer_unmap(buffer, &map);
    }
    gst_buffer_unref(buffer);
    return GST_FLOW_OK;
}

static void link_decoder(HeardOpusDecoder *self)
{
    GstCaps *caps = gst_caps_new_simple("audio/x-raw", "format", G_TYPE_STRING, "S16LE", "rate",
                                        G_TYPE_INT, 48000, "channels", G_TYPE_INT, 1, "layout",
                                        G_TYPE_STRING, "interleaved", NULL);
    GstPadTemplate *template = gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps);
    GstPad *in = gst_element_get_static_pad(self->element, "sink");
    GstPad *out = gst_element_get_static_pad(self->element, "src");

    self->source = gst_pad_new("source", GST_PAD_SRC);
    self->sink = gst_pad_new_from_template(template, "sink");
    gst_pad_set_element_private(self->sink, self);
    gst_pad_set_chain_function(self->sink, on_samples);
    gst_pad_link(self->source, in);
    gst_pad_link(out, self->sink);
    gst_object_unref(in);
    gst_object_unref(out);
    gst_object_unref(template);
    gst_caps_unref(caps);
    gst_pad_set_active(self->source, TRUE);
    gst_pad_set_active(self->sink, TRUE);
}

HeardOpusDecoder *heard_opus_decoder_new(GError **error)
{
    HeardOpusDecoder *self = g_new0(HeardOpusDecoder, 1);
    GstCaps *caps;
    GstSegment segment;

    self->samples = g_array_new(FALSE, FALSE, sizeof(int16_t));
    self->element = gst_element_factory_make("opusdec", NULL);
    if (!self->element) {
        heard_opus_decoder_free(self);
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_INTERNAL, "GStreamer has no opusdec");
        return NULL;
    }
    gst_object_ref_sink(self->element);
    g_object_set(self->element, "max-errors", -1, NULL);
    link_decoder(self);
    gst_element_set_state(self->element, GST_STATE_PLAYING);
    caps = gst_caps_new_simple("audio/x-opus", "rate", G_TYPE_INT, 48000, "channels", G_TYPE_INT, 1,
                               "channel-mapping-family", G_TYPE_INT, 0, NULL);
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_push_event(self->source, gst_event_new_stream_start("opus"));
    gst_pad_push_event(self->source, gst_event_new_caps(caps));
    gst_pad_push_event(self->source, gst_event_new_segment(&segment));
    gst_caps_unref(caps);
    return self;
}

void heard_opus_decoder_free(HeardOpusDecoder *self)
{
    if (!self)
        return;
    if (self->element) {
        gst_element_set_state(self->element, GST_STATE_NULL);
        if (self->source) {
            gst_pad_set_active(self->source, FALSE);
            gst_pad_set_active(self->sink, FALSE);
            gst_object_unref(self->source);
            gst_object_unref(self->sink);
        }
        gst_object_unref(self->element);
    }
    g_array_unref(self->samples);
    g_free(self);
}

size_t heard_opus_decoder_put(HeardOpusDecoder *self, const uint8_t *bytes, size_t size,
                              const int16_t **ret_samples)
{
    GstBuffer *buffer = gst_buffer_new_memdup(bytes, size);

    g_array_set_size(self->samples, 0);
    GST_BUFFER_PTS(buffer) = self->at;
    self->at += 20 * GST_MSECOND;
    gst_pad_push(self->source, buffer);
    *ret_samples = (const int16_t *)(void *)self->samples->data;
    return self->samples->len;
}
