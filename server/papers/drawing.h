/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A drawn signature as a document has it: {"width", "height", "path"}, the path of an SVG that
 * knows M, Q and L with plain numbers, parted by one space. Read before it is drawn or put into a
 * page, so that nothing else ever gets there.
 *
 * Units      The drawing's own, from its upper left.
 * Ownership  Borrowed from the path.
 * Threads    Pure.
 */

#include <stdbool.h>

enum {
    HEARD_DRAWING_SIDE_MAX = 2000,
    HEARD_DRAWING_STEPS_MAX = 8000, /* of all strokes */
    HEARD_DRAWING_BYTES_MAX = 100000,
};

typedef struct {
    const char *width, *height; /* decimal */
    const char *path;
} HeardDrawing;

typedef struct {
    char kind;             /* M: begins here; Q: a curve; L: a line */
    double bend_x, bend_y; /* of a curve */
    double x, y;           /* where it ends */
} HeardDrawingStep;

/* Reads one step and moves on. False: at the end, or what stands there is none. */
bool heard_drawing_next(const char **path, HeardDrawingStep *ret_step);
/* All of it can be read, and it lies within its sides. */
bool heard_drawing_is_good(const HeardDrawing *self, int *ret_width, int *ret_height);
