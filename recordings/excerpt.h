/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A stretch of a recording that goes out by itself: excerpt.json beside some of the segments of
 * a log (FORMAT.md 10). Reading and writing that file only; whether it is true says verify.h.
 *
 * Units      *_ms on the recording's clock, both ends belong to it. Segments from 1.
 * Ownership  The caller owns the struct; returned texts are freed with g_free.
 * Threads    Any thread.
 * Errors     HEARD_ERROR_CORRUPT (not exactly well-formed), STORAGE; of choosing below.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HEARD_EXCERPT_FILE   "excerpt.json"
#define HEARD_EXCERPT_MS_MAX INT64_C(1000000000000)

enum { HEARD_EXCERPT_BYTES_MAX = 512 };

/* All zero: no excerpt, the whole. */
typedef struct {
    int64_t from_ms, to_ms;
    uint32_t first_segment, last_segment;
} HeardExcerpt;

/* path: of the log. True with all zero where there is no such file. */
bool heard_excerpt_read(HeardExcerpt *ret_excerpt, const char *path,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The segments that hold a stretch of the log at path, by what its journal says. to_ms −1, or
 * beyond the end: to the end. HEARD_ERROR_RANGE, CONFLICT (not closed), NOT_FOUND. */
bool heard_excerpt_choose(HeardExcerpt *ret_excerpt, const char *path, int64_t from_ms,
                          int64_t to_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The exact bytes of excerpt.json. */
char *heard_excerpt_text(const HeardExcerpt *self);

bool heard_excerpt_is_some(const HeardExcerpt *self);
/* False for every segment when there is no excerpt. */
bool heard_excerpt_is_outside(const HeardExcerpt *self, uint32_t segment);
