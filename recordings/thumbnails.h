/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Small pictures of a take, one each HEARD_THUMBNAILS_STEP_US, side by side in a JPEG: made of
 * key frames alone, so nothing else is decoded for them.
 *
 * Units      *_us on the recording's clock.
 * Ownership  new/free. A frame's bytes are borrowed for the call.
 * Threads    Calls from one thread; GStreamer decodes in threads of its own.
 * Errors     HEARD_ERROR_STORAGE and HEARD_ERROR_INTERNAL of the files. A picture that can't be
 *            decoded is left out and counted: a take is whole without it.
 */

#include "media/sink.h"

#include <glib.h>
#include <stdbool.h>

#define HEARD_THUMBNAILS_STEP_US (INT64_C(10) * 1000 * 1000)
enum {
    HEARD_THUMBNAILS_WIDTH = 160,
    HEARD_THUMBNAILS_HEIGHT = 90,
    HEARD_THUMBNAILS_COLUMNS = 10,
    HEARD_THUMBNAILS_SHEET = 400, /* pictures in one file; the next begins another */
};

typedef struct HeardThumbnails HeardThumbnails;

/* folder, track and take name the files: thumbs-T-K.jpg, thumbs-T-K-2.jpg … */
HeardThumbnails *heard_thumbnails_new(const char *folder, HeardCodec codec, unsigned track,
                                      unsigned take);
void heard_thumbnails_free(HeardThumbnails *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardThumbnails, heard_thumbnails_free)

/* Every key frame; most are passed over. */
bool heard_thumbnails_keyframe(HeardThumbnails *self, const void *bytes, size_t size, int64_t at_us,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_thumbnails_finish(HeardThumbnails *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After finish. */
typedef struct {
    char name[64];
    GArray *times_ms; /* int64_t, one a picture, row by row */
} HeardThumbnailSheet;
const GArray *heard_thumbnails_sheets(const HeardThumbnails *self);
unsigned heard_thumbnails_missing(const HeardThumbnails *self);
