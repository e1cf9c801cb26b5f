/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/take_reader.h"

struct HeardTakeReader {
    HeardMediaSource *source;
    GstSample *now, *next;
    bool ended, failed;
};

static int64_t time_of(GstSample *sample)
{
    return (int64_t)(GST_BUFFER_PTS(gst_sample_get_buffer(sample)) / 1000);
}

static void pull(HeardTakeReader *self)
{
    g_autoptr(GError) error = NULL;

    if (self->ended)
        return;
    do {
        g_clear_pointer(&self->next, gst_sample_unref);
        self->next = heard_media_source_pull(self->source, &error);
    } while (self->next && !GST_BUFFER_PTS_IS_VALID(gst_sample_get_buffer(self->next)));
    self->ended = !self->next;
    self->failed = error != NULL;
}

HeardTakeReader *heard_take_reader_new(const char *path, HeardMediaSourceKind kind, int64_t from_us,
                                       GError **error)
{
    HeardMediaSource *source = heard_media_source_new(path, kind, from_us, error);
    HeardTakeReader *self;

    if (!source)
        return NULL;
    self = g_new0(HeardTakeReader, 1);
    self->source = source;
    pull(self);
    return self;
}

void heard_take_reader_free(HeardTakeReader *self)
{
    if (!self)
        return;
    heard_media_source_free(self->source);
    g_clear_pointer(&self->now, gst_sample_unref);
    g_clear_pointer(&self->next, gst_sample_unref);
    g_free(self);
}

GstSample *heard_take_reader_at(HeardTakeReader *self, int64_t at_us, int64_t *ret_age_us)
{
    while (self->next && time_of(self->next) <= at_us) {
        g_clear_pointer(&self->now, gst_sample_unref);
        self->now = g_steal_pointer(&self->next);
        pull(self);
    }
    *ret_age_us = self->now ? at_us - time_of(self->now) : 0;
    return self->now;
}

bool heard_take_reader_failed(const HeardTakeReader *self)
{
    return self->failed;
}
