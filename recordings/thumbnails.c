/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/thumbnails.h"

#include "recordings/decode_test.h"
#include "server/base/error.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <string.h>

enum {
    PIXEL = 3, /* RGB */
    ROW_BYTES = HEARD_THUMBNAILS_WIDTH * PIXEL,
    SHEET_ROW_BYTES = ROW_BYTES * HEARD_THUMBNAILS_COLUMNS,
    STRIP_BYTES = SHEET_ROW_BYTES * HEARD_THUMBNAILS_HEIGHT,
    WAIT_S = 20,
    WAIT_STEP_US = 2000,
    QUEUE_BYTES = 4 << 20,
};

struct HeardThumbnails {
    char *folder;
    HeardCodec codec;
    unsigned track, take;
    GstElement *pipeline, *source, *sink; /* from the first key frame on */
    int64_t next_us;                      /* before that no picture is due */
    unsigned put, taken;
    bool stuck;
    GByteArray *pixels; /* of the open sheet: whole strips of COLUMNS pictures */
    GArray *times_ms;
    GArray *sheets;
};

static void clear_sheet(void *data)
{
    HeardThumbnailSheet *self = data;

    g_array_unref(self->times_ms);
}

HeardThumbnails *heard_thumbnails_new(const char *folder, HeardCodec codec, unsigned track,
                                      unsigned take)
{
    HeardThumbnails *self = g_new0(HeardThumbnails, 1);

    self->folder = g_strdup(folder);
    self->codec = codec;
    self->track = track;
    self->take = take;
    self->next_us = INT64_MIN;
    self->pixels = g_byte_array_new();
    self->times_ms = g_array_new(FALSE, FALSE, sizeof(int64_t));
    self->sheets = g_array_new(FALSE, TRUE, sizeof(HeardThumbnailSheet));
    g_array_set_clear_func(self->sheets, clear_sheet);
    return self;
}

static void close_pipeline(HeardThumbnails *self)
{
    if (!self->pipeline)
        return;
    gst_element_set_state(self->pipeline, GST_STATE_NULL);
    gst_object_unref(self->source);
    gst_object_unref(self->sink);
    g_clear_pointer(&self->pipeline, gst_object_unref);
}

void heard_thumbnails_free(HeardThumbnails *self)
{
    if (!self)
        return;
    close_pipeline(self);
    g_byte_array_unref(self->pixels);
    g_array_unref(self->times_ms);
    g_array_unref(self->sheets);
    g_free(self->folder);
    g_free(self);
}

const GArray *heard_thumbnails_sheets(const HeardThumbnails *self)
{
    return self->sheets;
}

unsigned heard_thumbnails_missing(const HeardThumbnails *self)
{
    return self->put - self->taken;
}

static const char *caps_of(HeardCodec codec)
{
    switch (codec) {
    case HEARD_CODEC_VP8:
        return "video/x-vp8";
    case HEARD_CODEC_VP9:
        return "video/x-vp9";
    case HEARD_CODEC_H264:
        return "video/x-h264,stream-format=byte-stream,alignment=au";
    case HEARD_CODEC_OPUS:
    case HEARD_CODEC_COUNT:
        break;
    }
    g_assert_not_reached();
}

static bool open_pipeline(HeardThumbnails *self, GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "appsrc name=source format=time max-bytes=0 max-buffers=0 max-time=0 caps=%s ! "
        "%s max-errors=-1 ! videoconvert ! videoscale add-borders=true ! "
        "video/x-raw,format=RGB,width=%d,height=%d,pixel-aspect-ratio=1/1 ! "
        "appsink name=sink sync=false",
        caps_of(self->codec), heard_decoder_of(self->codec), HEARD_THUMBNAILS_WIDTH,
        HEARD_THUMBNAILS_HEIGHT);

    self->pipeline = gst_parse_launch(text, error);
    if (!self->pipeline)
        return false;
    self->source = gst_bin_get_by_name(GST_BIN(self->pipeline), "source");
    self->sink = gst_bin_get_by_name(GST_BIN(self->pipeline), "sink");
    gst_element_set_state(self->pipeline, GST_STATE_PLAYING);
    return true;
}

/* pixels (RGB, width × height) to a JPEG file. */
static bool write_jpeg(const char *path, const GByteArray *pixels, unsigned height, GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "appsrc name=source format=time "
        "caps=video/x-raw,format=RGB,width=%d,height=%u,framerate=0/1,pixel-aspect-ratio=1/1 ! "
        "jpegenc quality=75 ! filesink name=sink",
        HEARD_THUMBNAILS_WIDTH * HEARD_THUMBNAILS_COLUMNS, height);
    GstElement *pipeline = gst_parse_launch(text, error);
    GstElement *source, *sink;
    GstBuffer *buffer;
    GstBus *bus;
    GstMessage *message;
    bool done;

    if (!pipeline)
        return false;
    source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
    sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    g_object_set(sink, "location", path, NULL);
    bus = gst_element_get_bus(pipeline);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    buffer = gst_buffer_new_memdup(pixels->data, pixels->len);
    GST_BUFFER_PTS(buffer) = 0;
    gst_app_src_push_buffer(GST_APP_SRC(source), buffer);
    gst_app_src_end_of_stream(GST_APP_SRC(source));
    message =
        gst_bus_timed_pop_filtered(bus, WAIT_S * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    done = message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
    if (!done)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_STORAGE, "%s: can't be written", path);
    if (message)
        gst_message_unref(message);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(bus);
    gst_object_unref(source);
    gst_object_unref(sink);
    gst_object_unref(pipeline);
    return done;
}

static bool end_sheet(HeardThumbnails *self, GError **error)
{
    g_autofree char *path = NULL;
    HeardThumbnailSheet sheet = {.times_ms = self->times_ms};

    if (self->times_ms->len == 0)
        return true;
    if (self->sheets->len == 0)
        g_snprintf(sheet.name, sizeof sheet.name, "thumbs-%u-%u.jpg", self->track, self->take);
    else
        g_snprintf(sheet.name, sizeof sheet.name, "thumbs-%u-%u-%u.jpg", self->track, self->take,
                   self->sheets->len + 1);
    path = g_build_filename(self->folder, sheet.name, NULL);
    if (!write_jpeg(path, self->pixels,
                    self->pixels->len / STRIP_BYTES * (unsigned)HEARD_THUMBNAILS_HEIGHT, error))
        return false;
    g_array_append_val(self->sheets, sheet);
    self->times_ms = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_byte_array_set_size(self->pixels, 0);
    return true;
}

/* Into the next free place of the open sheet. */
static void place(HeardThumbnails *self, const GstMapInfo *map, int64_t at_ms)
{
    unsigned column = self->times_ms->len % HEARD_THUMBNAILS_COLUMNS;
    size_t strip;

    if (column == 0) {
        g_byte_array_set_size(self->pixels, self->pixels->len + STRIP_BYTES);
        memset(self->pixels->data + self->pixels->len - STRIP_BYTES, 0, STRIP_BYTES);
    }
    strip = self->pixels->len - STRIP_BYTES;
    for (size_t row = 0; row < HEARD_THUMBNAILS_HEIGHT; row++)
        memcpy(self->pixels->data + strip + row * SHEET_ROW_BYTES + (size_t)column * ROW_BYTES,
               map->data + row * ROW_BYTES, ROW_BYTES);
    g_array_append_val(self->times_ms, at_ms);
    self->taken++;
}

/* What is decoded so far; with a wait, all of it. */
static bool take_pictures(HeardThumbnails *self, GstClockTime wait, GError **error)
{
    GstSample *sample;

    while ((sample = gst_app_sink_try_pull_sample(GST_APP_SINK(self->sink), wait))) {
        GstBuffer *buffer = gst_sample_get_buffer(sample);
        GstMapInfo map;
        if (gst_buffer_map(buffer, &map, GST_MAP_READ)) {
            if (map.size >= (size_t)ROW_BYTES * HEARD_THUMBNAILS_HEIGHT)
                place(self, &map, (int64_t)(GST_BUFFER_PTS(buffer) / GST_MSECOND));
            gst_buffer_unmap(buffer, &map);
        }
        gst_sample_unref(sample);
        if (self->times_ms->len >= HEARD_THUMBNAILS_SHEET && !end_sheet(self, error))
            return false;
    }
    return true;
}

static bool has_room(HeardThumbnails *self)
{
    for (int64_t waited_us = 0; !self->stuck; waited_us += WAIT_STEP_US) {
        if (gst_app_src_get_current_level_bytes(GST_APP_SRC(self->source)) < QUEUE_BYTES)
            return true;
        self->stuck = waited_us > WAIT_S * INT64_C(1000000);
        g_usleep(WAIT_STEP_US);
    }
    return false;
}

bool heard_thumbnails_keyframe(HeardThumbnails *self, const void *bytes, size_t size, int64_t at_us,
                               GError **error)
{
    GstBuffer *buffer;

    if (at_us < self->next_us)
        return true;
    if (!self->pipeline && !open_pipeline(self, error))
        return false;
    self->next_us = at_us + HEARD_THUMBNAILS_STEP_US;
    self->put++;
    if (!has_room(self))
        return true; /* it decodes no more: the picture is missing */
    buffer = gst_buffer_new_memdup(bytes, size);
    GST_BUFFER_PTS(buffer) = (GstClockTime)at_us * 1000;
    gst_app_src_push_buffer(GST_APP_SRC(self->source), buffer);
    return take_pictures(self, 0, error);
}

bool heard_thumbnails_finish(HeardThumbnails *self, GError **error)
{
    if (!self->pipeline)
        return true;
    gst_app_src_end_of_stream(GST_APP_SRC(self->source));
    if (!take_pictures(self, WAIT_S * GST_SECOND, error))
        return false;
    close_pipeline(self);
    return end_sheet(self, error);
}
