/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/layout.h"

enum {
    AREA_HEIGHT = HEARD_LAYOUT_HEIGHT - HEARD_LAYOUT_HEADER,
    COLUMN_WIDE = 256, /* of a strip with few tiles */
    COLUMN_WIDE_TILES = 4,
    COLUMN_NARROW = 208, /* one of two */
    COLUMN_NARROW_TILES = HEARD_LAYOUT_STRIP_MAX / 2,
};

static unsigned even(unsigned value)
{
    return value & ~1u;
}

/* A tile of a camera's shape within its cell. */
static HeardRect inset(unsigned x, unsigned y, unsigned width, unsigned height)
{
    HeardRect cell = {even(x) + HEARD_LAYOUT_MARGIN, even(y) + HEARD_LAYOUT_MARGIN,
                      even(width) - 2 * HEARD_LAYOUT_MARGIN,
                      even(height) - 2 * HEARD_LAYOUT_MARGIN};

    return heard_layout_fit(&cell, 16, 9);
}

unsigned heard_layout_grid(unsigned count, HeardRect ret_rects[static HEARD_LAYOUT_TILES_MAX])
{
    unsigned columns = 1, width = 0, rows, height;

    count = count > HEARD_LAYOUT_GRID_MAX ? HEARD_LAYOUT_GRID_MAX : count;
    for (unsigned c = 1; c <= count; c++) { /* the number of columns with the widest tiles */
        unsigned by_width = HEARD_LAYOUT_WIDTH / c;
        unsigned by_height = AREA_HEIGHT / ((count + c - 1) / c) * 16 / 9;
        unsigned its = by_width < by_height ? by_width : by_height;
        if (its > width) {
            width = its;
            columns = c;
        }
    }
    rows = count ? (count + columns - 1) / columns : 0;
    width = even(width);
    height = even(width * 9 / 16);
    for (unsigned i = 0; i < count; i++) {
        unsigned row = i / columns;
        unsigned in_row = row + 1 < rows ? columns : count - row * columns;
        unsigned left = (HEARD_LAYOUT_WIDTH - in_row * width) / 2;
        unsigned top = HEARD_LAYOUT_HEADER + (AREA_HEIGHT - rows * height) / 2;
        ret_rects[i] = inset(left + i % columns * width, top + row * height, width, height);
    }
    return count;
}

unsigned heard_layout_strip(unsigned count, HeardRect ret_rects[static HEARD_LAYOUT_TILES_MAX])
{
    unsigned others, columns, width, height, rows, main_width, main_height, in_column;

    if (count <= 1)
        return heard_layout_grid(count, ret_rects);
    others = count - 1 > HEARD_LAYOUT_STRIP_MAX ? HEARD_LAYOUT_STRIP_MAX : count - 1;
    columns = others > COLUMN_WIDE_TILES ? 2 : 1;
    width = columns == 1 ? COLUMN_WIDE : COLUMN_NARROW;
    height = even(width * 9 / 16);
    in_column = columns == 1 ? COLUMN_WIDE_TILES : COLUMN_NARROW_TILES;
    rows = others < in_column ? others : in_column;
    main_width = HEARD_LAYOUT_WIDTH - columns * width;
    main_height = even(main_width * 9 / 16);
    if (main_height > AREA_HEIGHT)
        main_height = AREA_HEIGHT;
    ret_rects[0] =
        inset(0, HEARD_LAYOUT_HEADER + (AREA_HEIGHT - main_height) / 2, main_width, main_height);
    for (unsigned i = 0; i < others; i++)
        ret_rects[i + 1] =
            inset(main_width + i / in_column * width,
                  HEARD_LAYOUT_HEADER + (AREA_HEIGHT - rows * height) / 2 + i % in_column * height,
                  width, height);
    return others + 1;
}

HeardRect heard_layout_fit(const HeardRect *inside, unsigned width, unsigned height)
{
    HeardRect fit = *inside;

    if (width == 0 || height == 0)
        return fit;
    if ((unsigned long)width * inside->height > (unsigned long)height * inside->width)
        fit.height = even((unsigned)((unsigned long)inside->width * height / width));
    else
        fit.width = even((unsigned)((unsigned long)inside->height * width / height));
    fit.width = fit.width < 2 ? 2 : fit.width;
    fit.height = fit.height < 2 ? 2 : fit.height;
    fit.x = even(inside->x + (inside->width - fit.width) / 2);
    fit.y = even(inside->y + (inside->height - fit.height) / 2);
    return fit;
}
