/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One MP4 being written: pictures and samples in, H.264 and AAC out; its index stands before
 * the media, so that it plays while it is fetched. And the same file opened again.
 *
 * Units      Frame n stands at n / HEARD_FILM_FPS seconds; samples of 48 kHz, mono.
 * Ownership  new/finish/free; free of an unfinished film leaves a useless file behind.
 * Threads    Calls from one thread; GStreamer encodes in threads of its own. put() waits while
 *            more than HEARD_FILM_QUEUE frames are under way, a minute at most.
 * Errors     HEARD_ERROR_STORAGE_FULL, STORAGE, INTERNAL; check: CORRUPT.
 */

#include "recordings/picture.h"

#include <stdbool.h>

enum {
    HEARD_FILM_FPS = 15,
    HEARD_FILM_SAMPLES = 48000 / HEARD_FILM_FPS, /* of sound to a frame */
    HEARD_FILM_QUEUE = 16,
    HEARD_FILM_WAIT_MS = 60000,
    HEARD_FILM_TOLERANCE_MS = 500,
    HEARD_FILM_STEP_MAX_MS = 10000,
};

typedef struct HeardFilm HeardFilm;

/* A file path + ".index" is there while it is written. */
HeardFilm *heard_film_new(const char *path, unsigned width, unsigned height,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_film_free(HeardFilm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardFilm, heard_film_free)

/* The next frame and its HEARD_FILM_SAMPLES samples. changed: false when the picture is the one
 * before, which costs nothing then. */
bool heard_film_put(HeardFilm *self, const HeardPicture *picture, bool changed,
                    const int16_t *samples, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_film_finish(HeardFilm *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Open it again: both streams are as long as they should be, no step in their times is wild,
 * first and last frame decode. */
bool heard_film_check(const char *path, int64_t duration_ms,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
