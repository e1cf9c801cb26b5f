/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Where a player may begin in a finished file: clusters of a WebM that start with a key
 * frame, fragments (moof) of an MP4. Reads the file that was made, so what it says is so.
 *
 * Units      time_us on the file's own clock.
 * Ownership  The caller frees the points.
 * Threads    Pure.
 * Errors     HEARD_ERROR_CORRUPT: not such a file, or cut off.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t time_us;
    uint64_t offset, size; /* up to the next point */
} HeardMediaPoint;

typedef struct {
    uint64_t init_size;
    int64_t end_us; /* start of the last block or end of the last fragment */
    GArray *points; /* HeardMediaPoint */
    uint64_t frames;
    int64_t first_us, last_us; /* starts of the first and the last frame */
    int64_t step_us;           /* the longest from one frame to the next, forwards or backwards */
    int64_t duration_us;       /* what a WebM says of itself; -1: nothing */
    bool complete;             /* no byte is missing at the end, none is left over */
} HeardMediaIndex;

/* sound_only: every block can be decoded by itself, whatever its flags say. */
bool heard_media_index_webm(HeardMediaIndex *ret_index, const uint8_t *bytes, size_t size,
                            bool sound_only, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_media_index_mp4(HeardMediaIndex *ret_index, const uint8_t *bytes, size_t size,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_media_index_clear(HeardMediaIndex *self);
