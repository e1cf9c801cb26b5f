/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/media_source.h"

#include "server/base/error.h"

#include <gst/app/gstappsink.h>
#include <string.h>

#define SOUND                                                                                      \
    "audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=48000,channels=1,"               \
    "layout=interleaved"

struct HeardMediaSource {
    char *path;
    GstElement *pipeline, *sink;
    GstBus *bus;
};

/* Named, not found by rank: the same decoder on every machine. One thread each, since there are
 * many of them. */
static const char *const chains[HEARD_MEDIA_SOURCE_COUNT] = {
    [HEARD_MEDIA_SOURCE_VP8] = "matroskademux ! vp8dec threads=1",
    [HEARD_MEDIA_SOURCE_VP9] = "matroskademux ! vp9dec threads=1",
    [HEARD_MEDIA_SOURCE_H264] = "qtdemux ! h264parse ! avdec_h264 max-threads=1",
    [HEARD_MEDIA_SOURCE_OPUS] = "matroskademux ! opusdec ! " SOUND,
    [HEARD_MEDIA_SOURCE_AAC] = "qtdemux name=demux demux.audio_0 ! aacparse ! avdec_aac ! " SOUND};

gboolean heard_media_source_kind(const char *media_type, HeardMediaSourceKind *ret_kind)
{
    if (strstr(media_type, "vp8"))
        *ret_kind = HEARD_MEDIA_SOURCE_VP8;
    else if (strstr(media_type, "vp9") || strstr(media_type, "vp09"))
        *ret_kind = HEARD_MEDIA_SOURCE_VP9;
    else if (strstr(media_type, "avc1"))
        *ret_kind = HEARD_MEDIA_SOURCE_H264;
    else if (strstr(media_type, "opus"))
        *ret_kind = HEARD_MEDIA_SOURCE_OPUS;
    else
        return FALSE;
    return TRUE;
}

static void set_error(HeardMediaSource *self, GError **error)
{
    GstMessage *message = gst_bus_pop_filtered(self->bus, GST_MESSAGE_ERROR);
    g_autoptr(GError) why = NULL;

    if (message) {
        gst_message_parse_error(message, &why, NULL);
        gst_message_unref(message);
    }
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "%s: %s", self->path,
                why ? why->message : "took too long to open or decode");
}

static gboolean start(HeardMediaSource *self, int64_t from_us, GError **error)
{
    GstClockTime wait = (GstClockTime)HEARD_MEDIA_SOURCE_WAIT_MS * GST_MSECOND;

    gst_element_set_state(self->pipeline, GST_STATE_PAUSED);
    if (gst_element_get_state(self->pipeline, NULL, NULL, wait) != GST_STATE_CHANGE_SUCCESS ||
        (from_us > 0 && !gst_element_seek_simple(self->pipeline, GST_FORMAT_TIME,
                                                 GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT |
                                                     GST_SEEK_FLAG_SNAP_BEFORE,
                                                 from_us * 1000))) {
        set_error(self, error);
        return FALSE;
    }
    gst_element_set_state(self->pipeline, GST_STATE_PLAYING);
    return TRUE;
}

HeardMediaSource *heard_media_source_new(const char *path, HeardMediaSourceKind kind,
                                         int64_t from_us, GError **error)
{
    g_autoptr(HeardMediaSource) self = g_new0(HeardMediaSource, 1);
    g_autoptr(GError) why = NULL;
    g_autofree char *text =
        g_strdup_printf("filesrc name=source ! %s ! appsink name=sink sync=false max-buffers=%d",
                        chains[kind], HEARD_MEDIA_SOURCE_AHEAD);
    GstElement *source;

    self->path = g_strdup(path);
    self->pipeline = gst_parse_launch(text, &why);
    if (!self->pipeline || why) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_INTERNAL, "GStreamer: %s",
                    why ? why->message : "no pipeline");
        return NULL;
    }
    source = gst_bin_get_by_name(GST_BIN(self->pipeline), "source");
    g_object_set(source, "location", path, NULL);
    gst_object_unref(source);
    self->sink = gst_bin_get_by_name(GST_BIN(self->pipeline), "sink");
    self->bus = gst_element_get_bus(self->pipeline);
    return start(self, from_us, error) ? g_steal_pointer(&self) : NULL;
}

void heard_media_source_free(HeardMediaSource *self)
{
    if (!self)
        return;
    if (self->pipeline) {
        gst_element_set_state(self->pipeline, GST_STATE_NULL);
        gst_object_unref(self->pipeline);
    }
    if (self->sink)
        gst_object_unref(self->sink);
    if (self->bus)
        gst_object_unref(self->bus);
    g_free(self->path);
    g_free(self);
}

GstSample *heard_media_source_pull(HeardMediaSource *self, GError **error)
{
    GstSample *sample = NULL;

    /* In steps, since a decoder that gave up never ends its stream. */
    for (int waited_ms = 0; waited_ms < HEARD_MEDIA_SOURCE_WAIT_MS; waited_ms += 1000) {
        GstMessage *failure;
        sample = gst_app_sink_try_pull_sample(GST_APP_SINK(self->sink), (GstClockTime)GST_SECOND);
        if (sample)
            return sample;
        failure = gst_bus_pop_filtered(self->bus, GST_MESSAGE_ERROR);
        if (failure) {
            gst_bus_post(self->bus, failure);
            break;
        }
        if (gst_app_sink_is_eos(GST_APP_SINK(self->sink)))
            return NULL;
    }
    set_error(self, error);
    return NULL;
}
