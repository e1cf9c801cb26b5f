/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A signature drawn with the finger: strokes of points, read from what a page sent.
 *
 * {"width": 600, "height": 240, "strokes": [[x, y, x, y, …], …]}. How fast it was drawn is not
 * kept: it would be a biometric trait that nobody here needs (PIPL 6, 28).
 *
 * Units      Whole numbers of the drawing's own width and height, from its upper left.
 * Ownership  heard_strokes_path(): the caller frees the text.
 * Threads    Pure.
 * Errors     HEARD_ERROR_BAD_FIELD, naming the member.
 */

#include "server/base/json.h"

enum {
    HEARD_STROKES_MAX = 64,
    HEARD_STROKES_POINTS_MAX = 3000, /* of all strokes */
    HEARD_STROKES_SIDE_MIN = 50,
    HEARD_STROKES_SIDE_MAX = 2000,
    HEARD_STROKES_PART = 8, /* the line is at least this part of the width long: no slip */
};

typedef struct {
    int width, height;
    unsigned stroke_count, point_count;
    unsigned lengths[HEARD_STROKES_MAX]; /* points of each stroke */
    struct {
        short x, y;
    } points[HEARD_STROKES_POINTS_MAX];
} HeardStrokes;

bool heard_strokes_read(const json_t *drawing, HeardStrokes *ret_strokes,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As it is kept and hashed: the same drawing gives the same text. */
char *heard_strokes_text(const HeardStrokes *self);
/* Data of an SVG path, to be stroked with round caps: through the middles of the pieces, so that
 * a slow phone's few points make a line without corners. */
char *heard_strokes_path(const HeardStrokes *self);
