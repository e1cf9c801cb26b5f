/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/film.h"

#include "server/base/error.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    WAIT_MS = 2,
    DISK_FULL_BYTES = 1 << 20,
    /* The encoder gives its first block before there was sound, and says nothing of it: without
     * this the sound would stand 21 ms behind the lips. */
    AAC_PRIMING = 1024,
};

struct HeardFilm {
    char *path, *index_path;
    unsigned width, height;
    GstElement *pipeline, *video, *audio;
    GstBus *bus;
    GstBuffer *last; /* the picture as it was put last */
    uint64_t frames, samples;
    unsigned skip; /* samples of the beginning that make room for the priming */
};

/* The muxer's own file (its index is put before it) fails without saying why. */
static bool disk_is_full(const HeardFilm *self)
{
    struct statvfs disk;

    return statvfs(self->path, &disk) == 0 && disk.f_bavail * disk.f_frsize < DISK_FULL_BYTES;
}

static bool set_error(HeardFilm *self, GstMessage *message, GError **error)
{
    g_autoptr(GError) why = NULL;
    HeardError code = HEARD_ERROR_INTERNAL;

    if (message)
        gst_message_parse_error(message, &why, NULL);
    if (why && why->domain == GST_RESOURCE_ERROR)
        code = why->code == GST_RESOURCE_ERROR_NO_SPACE_LEFT || disk_is_full(self)
                   ? HEARD_ERROR_STORAGE_FULL
                   : HEARD_ERROR_STORAGE;
    g_set_error(error, HEARD_ERROR, code, "%s: %s", self->path,
                why ? why->message : "took too long");
    return false;
}

static bool bus_error(HeardFilm *self, int64_t wait_ms, GError **error)
{
    GstMessage *message = gst_bus_timed_pop_filtered(self->bus, (GstClockTime)wait_ms * GST_MSECOND,
                                                     GST_MESSAGE_ERROR);

    if (!message)
        return false;
    set_error(self, message, error);
    gst_message_unref(message);
    return true;
}

/* x264: constant quality, faces and documents at rest cost next to nothing; a key frame each
 * 4 s for seeking; no B frames, so that decoding order is showing order. */
static char *describe(const HeardFilm *self)
{
    return g_strdup_printf(
        "appsrc name=video format=time max-bytes=0 max-buffers=0 max-time=0 "
        "caps=video/x-raw,format=I420,width=%u,height=%u,framerate=%d/1,pixel-aspect-ratio=1/1,"
        "interlace-mode=progressive,colorimetry=bt601 ! "
        "x264enc speed-preset=superfast pass=qual quantizer=24 key-int-max=%d bframes=0 "
        "rc-lookahead=15 ! video/x-h264,profile=main ! h264parse ! queue ! mux.video_0 "
        "appsrc name=audio format=time max-bytes=0 max-buffers=0 max-time=0 "
        "caps=audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved ! "
        "audioconvert ! avenc_aac bitrate=64000 ! aacparse ! queue ! mux.audio_0 "
        "mp4mux name=mux faststart=true ! filesink name=sink async=false",
        self->width, self->height, HEARD_FILM_FPS, HEARD_FILM_FPS * 4);
}

static void set_text(HeardFilm *self, const char *element, const char *property, const char *text)
{
    GstElement *its = gst_bin_get_by_name(GST_BIN(self->pipeline), element);

    g_object_set(its, property, text, NULL);
    gst_object_unref(its);
}

HeardFilm *heard_film_new(const char *path, unsigned width, unsigned height, GError **error)
{
    g_autoptr(HeardFilm) self = g_new0(HeardFilm, 1);
    g_autoptr(GError) why = NULL;
    g_autofree char *text = NULL;

    self->path = g_strdup(path);
    self->index_path = g_strconcat(path, ".index", NULL);
    self->width = width;
    self->height = height;
    self->skip = AAC_PRIMING;
    text = describe(self);
    self->pipeline = gst_parse_launch(text, &why);
    if (!self->pipeline || why) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_INTERNAL, "GStreamer: %s",
                    why ? why->message : "no pipeline");
        return NULL;
    }
    self->video = gst_bin_get_by_name(GST_BIN(self->pipeline), "video");
    self->audio = gst_bin_get_by_name(GST_BIN(self->pipeline), "audio");
    self->bus = gst_element_get_bus(self->pipeline);
    set_text(self, "sink", "location", path);
    set_text(self, "mux", "faststart-file", self->index_path);
    if (gst_element_set_state(self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        if (!bus_error(self, 0, error))
            set_error(self, NULL, error);
        return NULL;
    }
    return g_steal_pointer(&self);
}

void heard_film_free(HeardFilm *self)
{
    if (!self)
        return;
    if (self->pipeline) {
        gst_element_set_state(self->pipeline, GST_STATE_NULL);
        gst_object_unref(self->pipeline);
    }
    if (self->video)
        gst_object_unref(self->video);
    if (self->audio)
        gst_object_unref(self->audio);
    if (self->bus)
        gst_object_unref(self->bus);
    g_clear_pointer(&self->last, gst_buffer_unref);
    if (self->index_path)
        unlink(self->index_path);
    g_free(self->index_path);
    g_free(self->path);
    g_free(self);
}

static GstClockTime frame_time(uint64_t frame)
{
    return gst_util_uint64_scale(frame, GST_SECOND, HEARD_FILM_FPS);
}

static bool push(HeardFilm *self, GstElement *source, GstBuffer *buffer_take, GError **error)
{
    if (gst_app_src_push_buffer(GST_APP_SRC(source), buffer_take) == GST_FLOW_OK)
        return true;
    return bus_error(self, 0, error) ? false : set_error(self, NULL, error);
}

static bool put_samples(HeardFilm *self, const int16_t *samples, size_t count, GError **error)
{
    size_t skip = MIN(self->skip, count);
    GstBuffer *buffer;

    self->skip -= (unsigned)skip;
    if (skip == count)
        return true;
    buffer = gst_buffer_new_memdup(samples + skip, (count - skip) * sizeof *samples);
    GST_BUFFER_PTS(buffer) = gst_util_uint64_scale(self->samples, GST_SECOND, 48000);
    self->samples += count - skip;
    GST_BUFFER_DURATION(buffer) =
        gst_util_uint64_scale(self->samples, GST_SECOND, 48000) - GST_BUFFER_PTS(buffer);
    return push(self, self->audio, buffer, error);
}

bool heard_film_put(HeardFilm *self, const HeardPicture *picture, bool changed,
                    const int16_t *samples, GError **error)
{
    GstBuffer *buffer;

    g_assert(picture->width == self->width && picture->height == self->height);
    if (changed || !self->last) {
        g_clear_pointer(&self->last, gst_buffer_unref);
        self->last = gst_buffer_new_memdup(picture->planes[0], picture->size_bytes);
    }
    buffer = gst_buffer_copy(self->last); /* the pixels are shared */
    GST_BUFFER_PTS(buffer) = frame_time(self->frames);
    GST_BUFFER_DURATION(buffer) = frame_time(self->frames + 1) - frame_time(self->frames);
    self->frames++;
    if (!put_samples(self, samples, HEARD_FILM_SAMPLES, error) ||
        !push(self, self->video, buffer, error))
        return false;
    /* Not by block=true: that waits for ever when an encoder has given up. */
    for (int waited_ms = 0;
         gst_app_src_get_current_level_buffers(GST_APP_SRC(self->video)) > HEARD_FILM_QUEUE;
         waited_ms += WAIT_MS)
        if (bus_error(self, WAIT_MS, error))
            return false;
        else if (waited_ms > HEARD_FILM_WAIT_MS)
            return set_error(self, NULL, error);
    return true;
}

bool heard_film_finish(HeardFilm *self, GError **error)
{
    static const int16_t silence[AAC_PRIMING];
    GstMessage *message;
    bool done;

    if (!put_samples(self, silence, AAC_PRIMING, error))
        return false;
    gst_app_src_end_of_stream(GST_APP_SRC(self->video));
    gst_app_src_end_of_stream(GST_APP_SRC(self->audio));
    /* The media is copied behind its index now: a gigabyte on a slow disk takes minutes. */
    message =
        gst_bus_timed_pop_filtered(self->bus, (GstClockTime)HEARD_FILM_WAIT_MS * 30 * GST_MSECOND,
                                   GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    done = message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
    if (!done)
        set_error(self, message, error);
    if (message)
        gst_message_unref(message);
    return done;
}
