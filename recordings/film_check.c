/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/film.h"

#include "recordings/media_source.h"
#include "server/base/error.h"

typedef struct {
    bool seen;
    int64_t first_ms, end_ms, step_ms; /* step: the longest from one to the next */
} Times;

static GstPadProbeReturn on_packet(GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
    Times *times = data;
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    int64_t at_ms = (int64_t)(GST_BUFFER_PTS(buffer) / GST_MSECOND);
    int64_t long_ms = GST_BUFFER_DURATION_IS_VALID(buffer)
                          ? (int64_t)(GST_BUFFER_DURATION(buffer) / GST_MSECOND)
                          : 0;
    (void)pad;

    if (!GST_BUFFER_PTS_IS_VALID(buffer))
        return GST_PAD_PROBE_OK;
    if (!times->seen)
        times->first_ms = at_ms;
    else
        times->step_ms = MAX(times->step_ms, ABS(at_ms - times->end_ms));
    times->end_ms = at_ms + long_ms;
    times->seen = true;
    return GST_PAD_PROBE_OK;
}

static void watch(GstElement *pipeline, const char *name, Times *times)
{
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), name);
    GstPad *pad = gst_element_get_static_pad(sink, "sink");

    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, times, NULL);
    gst_object_unref(pad);
    gst_object_unref(sink);
}

/* Every packet's time, without decoding. */
static bool read_times(const char *path, Times *ret_video, Times *ret_audio, GError **error)
{
    GstElement *pipeline = gst_parse_launch(
        "filesrc name=source ! qtdemux name=demux demux.video_0 ! queue ! "
        "fakesink name=video sync=false demux.audio_0 ! queue ! fakesink name=audio sync=false",
        error);
    GstElement *source;
    GstMessage *message;
    GstBus *bus;
    bool done;

    if (!pipeline)
        return false;
    source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
    g_object_set(source, "location", path, NULL);
    gst_object_unref(source);
    watch(pipeline, "video", ret_video);
    watch(pipeline, "audio", ret_audio);
    bus = gst_element_get_bus(pipeline);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    message = gst_bus_timed_pop_filtered(bus, (GstClockTime)HEARD_FILM_WAIT_MS * 30 * GST_MSECOND,
                                         GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    done = message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
    if (!done)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "%s: can't be read to its end", path);
    if (message)
        gst_message_unref(message);
    gst_object_unref(bus);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
    return done;
}

static bool check_times(const char *path, const char *stream, const Times *times,
                        int64_t duration_ms, GError **error)
{
    if (times->seen && ABS(times->end_ms - duration_ms) <= HEARD_FILM_TOLERANCE_MS &&
        ABS(times->first_ms) <= HEARD_FILM_TOLERANCE_MS && times->step_ms <= HEARD_FILM_STEP_MAX_MS)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                "%s: %s from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                " ms, longest step %" G_GINT64_FORMAT " ms, should be %" G_GINT64_FORMAT " ms",
                path, stream, times->first_ms, times->end_ms, times->step_ms, duration_ms);
    return false;
}

/* From from_us on everything decodes, and there is something. */
static bool decodes(const char *path, HeardMediaSourceKind kind, int64_t from_us, unsigned most,
                    GError **error)
{
    g_autoptr(HeardMediaSource) source = heard_media_source_new(path, kind, from_us, error);
    g_autoptr(GError) failure = NULL;
    GstSample *sample;
    unsigned count = 0;

    while (source && count < most && (sample = heard_media_source_pull(source, &failure))) {
        gst_sample_unref(sample);
        count++;
    }
    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    if (source && count == 0)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                    "%s: nothing decodes at %" G_GINT64_FORMAT " ms", path, from_us / 1000);
    return count > 0;
}

bool heard_film_check(const char *path, int64_t duration_ms, GError **error)
{
    Times video = {0}, audio = {0};
    int64_t last_us = MAX(duration_ms - 1000 / HEARD_FILM_FPS, 0) * 1000;

    return read_times(path, &video, &audio, error) &&
           check_times(path, "video", &video, duration_ms, error) &&
           check_times(path, "audio", &audio, duration_ms, error) &&
           decodes(path, HEARD_MEDIA_SOURCE_H264, 0, 1, error) &&
           decodes(path, HEARD_MEDIA_SOURCE_H264, last_us, UINT_MAX, error) &&
           decodes(path, HEARD_MEDIA_SOURCE_AAC, 0, 1, error) &&
           decodes(path, HEARD_MEDIA_SOURCE_AAC, last_us, UINT_MAX, error);
}
