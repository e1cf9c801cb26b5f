/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Where tiles stand on the composite's canvas: equal ones in a grid, or one large with the
 * others in a strip beside it.
 *
 * Units      Pixels; every coordinate is even, for the chroma of 4:2:0.
 * Ownership  Plain structs.
 * Threads    Pure.
 * Errors     None: more than fits is cut at the named maximum, and the caller says so.
 */

#include <stdbool.h>

enum {
    HEARD_LAYOUT_WIDTH = 1280,
    HEARD_LAYOUT_HEIGHT = 720,
    HEARD_LAYOUT_HEADER = 40, /* number and clock, above the tiles */
    HEARD_LAYOUT_MARGIN = 4,  /* around each tile; the frame of who speaks is drawn there */
    HEARD_LAYOUT_GRID_MAX = 16,
    HEARD_LAYOUT_STRIP_MAX = 10,
    HEARD_LAYOUT_TILES_MAX = HEARD_LAYOUT_GRID_MAX,
};

typedef struct {
    unsigned x, y, width, height;
} HeardRect;

/* ret_rects[0 … result − 1] in reading order. */
unsigned heard_layout_grid(unsigned count, HeardRect ret_rects[static HEARD_LAYOUT_TILES_MAX]);
/* The first is the large one. */
unsigned heard_layout_strip(unsigned count, HeardRect ret_rects[static HEARD_LAYOUT_TILES_MAX]);
/* The largest rectangle of the picture's shape inside, in its middle. */
HeardRect heard_layout_fit(const HeardRect *inside, unsigned width, unsigned height);
