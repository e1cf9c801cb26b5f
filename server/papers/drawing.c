/* SPDX-License-Identifier: Apache-2.0 */
#include "server/papers/drawing.h"

#include <glib.h>
#include <string.h>

/* 0 to 99999, perhaps with one decimal; nothing that strtod would know besides. */
static bool read_number(const char **at, double *ret)
{
    const char *from = *at;
    double value = 0;

    for (; g_ascii_isdigit(**at) && *at - from < 5; (*at)++)
        value = value * 10 + (**at - '0');
    if (*at == from)
        return false;
    if (**at == '.' && g_ascii_isdigit((*at)[1])) {
        value += ((*at)[1] - '0') / 10.0;
        *at += 2;
    }
    *ret = value;
    return true;
}

static bool read_point(const char **at, double *ret_x, double *ret_y)
{
    if (!read_number(at, ret_x) || **at != ' ')
        return false;
    (*at)++;
    return read_number(at, ret_y);
}

bool heard_drawing_next(const char **path, HeardDrawingStep *ret_step)
{
    const char *at = *path;
    HeardDrawingStep step = {.kind = *at};

    if (step.kind != 'M' && step.kind != 'Q' && step.kind != 'L')
        return false;
    at++;
    if (step.kind == 'Q') {
        if (!read_point(&at, &step.bend_x, &step.bend_y) || *at != ' ')
            return false;
        at++;
    }
    if (!read_point(&at, &step.x, &step.y))
        return false;
    *path = at;
    *ret_step = step;
    return true;
}

static bool read_side(const char *text, int *ret)
{
    gint64 side = 0;

    if (!text || !g_ascii_string_to_signed(text, 10, 1, HEARD_DRAWING_SIDE_MAX, &side, NULL))
        return false;
    *ret = (int)side;
    return true;
}

bool heard_drawing_is_good(const HeardDrawing *self, int *ret_width, int *ret_height)
{
    const char *at = self->path;
    HeardDrawingStep step;
    unsigned count = 0;

    if (!at || *at != 'M' || !read_side(self->width, ret_width) ||
        !read_side(self->height, ret_height) || strlen(at) > HEARD_DRAWING_BYTES_MAX)
        return false;
    for (; heard_drawing_next(&at, &step); count++)
        if (step.x > *ret_width || step.y > *ret_height || step.bend_x > *ret_width ||
            step.bend_y > *ret_height || count >= HEARD_DRAWING_STEPS_MAX)
            return false;
    return *at == '\0';
}
