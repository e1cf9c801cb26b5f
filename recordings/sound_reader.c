/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/sound_reader.h"

#include <string.h>

/* The codec needs some packets before its sound is right (RFC 7845 4.6 says 80 ms). */
#define PREROLL_US INT64_C(1000000)

struct HeardSoundReader {
    HeardMediaSource *source;
    int64_t position; /* of the next sample to give */
    GstSample *sample;
    GstMapInfo map; /* of sample */
    int64_t first;  /* position of its first sample */
    bool ended;
};

static void drop(HeardSoundReader *self)
{
    if (!self->sample)
        return;
    gst_buffer_unmap(gst_sample_get_buffer(self->sample), &self->map);
    g_clear_pointer(&self->sample, gst_sample_unref);
}

HeardSoundReader *heard_sound_reader_new(const char *path, HeardMediaSourceKind kind,
                                         int64_t from_us, GError **error)
{
    HeardMediaSource *source =
        heard_media_source_new(path, kind, MAX(from_us - PREROLL_US, 0), error);
    HeardSoundReader *self;

    if (!source)
        return NULL;
    self = g_new0(HeardSoundReader, 1);
    self->source = source;
    self->position = from_us * (HEARD_SOUND_RATE_HZ / 1000) / 1000;
    return self;
}

void heard_sound_reader_free(HeardSoundReader *self)
{
    if (!self)
        return;
    drop(self);
    heard_media_source_free(self->source);
    g_free(self);
}

/* The next buffer that reaches behind position; none: ended. */
static bool find_buffer(HeardSoundReader *self, GError **error)
{
    while (!self->ended &&
           (!self->sample || self->first + (int64_t)(self->map.size / 2) <= self->position)) {
        g_autoptr(GError) failure = NULL;
        GstBuffer *buffer;
        drop(self);
        self->sample = heard_media_source_pull(self->source, &failure);
        if (failure) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
        self->ended = !self->sample;
        if (self->ended)
            break;
        buffer = gst_sample_get_buffer(self->sample);
        if (!gst_buffer_map(buffer, &self->map, GST_MAP_READ)) {
            g_clear_pointer(&self->sample, gst_sample_unref);
            continue;
        }
        self->first = GST_BUFFER_PTS_IS_VALID(buffer)
                          ? (int64_t)gst_util_uint64_scale_round(GST_BUFFER_PTS(buffer),
                                                                 HEARD_SOUND_RATE_HZ, GST_SECOND)
                          : self->position;
    }
    return true;
}

bool heard_sound_reader_read(HeardSoundReader *self, int16_t *ret_samples, size_t count,
                             GError **error)
{
    size_t done = 0;

    memset(ret_samples, 0, count * sizeof *ret_samples);
    while (done < count) {
        int64_t skip, have;
        size_t silent, take;
        if (!find_buffer(self, error))
            return false;
        if (self->ended)
            break;
        silent = (size_t)CLAMP(self->first - self->position, 0, (int64_t)(count - done));
        done += silent;
        self->position += (int64_t)silent;
        skip = self->position - self->first;
        have = (int64_t)(self->map.size / 2) - skip;
        take = skip < 0 ? 0 : (size_t)MIN(have, (int64_t)(count - done));
        memcpy(ret_samples + done, (const int16_t *)(void *)self->map.data + MAX(skip, 0),
               take * sizeof *ret_samples);
        done += take;
        self->position += (int64_t)take;
    }
    self->position += (int64_t)(count - done);
    return true;
}
