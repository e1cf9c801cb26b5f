/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A derived file (or an MP4 of ours) opened again: decoded pictures or sound, one buffer after
 * the other. Decoding runs ahead in GStreamer's threads, a few buffers far.
 *
 * Units      *_us on the file's own clock.
 * Ownership  new/free; a pulled sample is the caller's.
 * Threads    Lives on one thread. pull() waits HEARD_MEDIA_SOURCE_WAIT_MS at most.
 * Errors     HEARD_ERROR_CORRUPT with the file's name: it does not decode, or took too long.
 */

#include <glib.h>
#include <gst/gst.h>
#include <stdint.h>

enum { HEARD_MEDIA_SOURCE_WAIT_MS = 60000, HEARD_MEDIA_SOURCE_AHEAD = 6 };

typedef enum {
    HEARD_MEDIA_SOURCE_VP8,  /* WebM */
    HEARD_MEDIA_SOURCE_VP9,  /* WebM */
    HEARD_MEDIA_SOURCE_H264, /* MP4 */
    HEARD_MEDIA_SOURCE_OPUS, /* WebM; 48 kHz mono, 16 bit */
    HEARD_MEDIA_SOURCE_AAC,  /* MP4; 48 kHz mono, 16 bit */
    HEARD_MEDIA_SOURCE_COUNT,
} HeardMediaSourceKind;

typedef struct HeardMediaSource HeardMediaSource;

/* Begins at from_us, or at the last key frame before it. */
HeardMediaSource *heard_media_source_new(const char *path, HeardMediaSourceKind kind,
                                         int64_t from_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_media_source_free(HeardMediaSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardMediaSource, heard_media_source_free)

/* NULL without error: the end. */
GstSample *heard_media_source_pull(HeardMediaSource *self, GError **error);

/* Of a manifest's media_type; false: not one that derive makes. */
gboolean heard_media_source_kind(const char *media_type, HeardMediaSourceKind *ret_kind);
