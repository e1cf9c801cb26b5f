/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/strokes.h"

#include "server/base/error.h"

#include <stdlib.h>

static bool refuse(GError **error, const char *what)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "drawing: %s", what);
    return false;
}

static bool read_coordinate(const json_t *list, size_t index, int side, short *ret)
{
    const json_t *value = json_array_get(list, index);
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 0 || number > side)
        return false;
    *ret = (short)number;
    return true;
}

static bool read_stroke(const json_t *list, HeardStrokes *self, GError **error)
{
    size_t count = json_array_size(list) / 2;

    if (!json_is_array(list) || count == 0 || json_array_size(list) % 2 != 0)
        return refuse(error, "a stroke is a list of x, y, x, y");
    if (count > HEARD_STROKES_POINTS_MAX - self->point_count)
        return refuse(error, "more than 3000 points");
    for (size_t i = 0; i < count; i++) {
        unsigned at = self->point_count++;

        if (!read_coordinate(list, i * 2, self->width, &self->points[at].x) ||
            !read_coordinate(list, i * 2 + 1, self->height, &self->points[at].y))
            return refuse(error, "a point lies outside, or is no whole number");
    }
    self->lengths[self->stroke_count++] = (unsigned)count;
    return true;
}

/* |dx| + |dy| along all strokes: near enough to tell a signature from a slip of the finger. */
static long line_length(const HeardStrokes *self)
{
    long length = 0;
    unsigned at = 0;

    for (unsigned i = 0; i < self->stroke_count; i++) {
        for (unsigned j = 1; j < self->lengths[i]; j++)
            length += labs((long)self->points[at + j].x - self->points[at + j - 1].x) +
                      labs((long)self->points[at + j].y - self->points[at + j - 1].y);
        at += self->lengths[i];
    }
    return length;
}

bool heard_strokes_read(const json_t *drawing, HeardStrokes *ret_strokes, GError **error)
{
    int64_t width = 0, height = 0;
    json_t *list = NULL;

    if (!json_is_object(drawing))
        return refuse(error, "is missing");
    if (!heard_json_number(drawing, "width", HEARD_STROKES_SIDE_MIN, HEARD_STROKES_SIDE_MAX, false,
                           &width, error) ||
        !heard_json_number(drawing, "height", HEARD_STROKES_SIDE_MIN, HEARD_STROKES_SIDE_MAX, false,
                           &height, error) ||
        !heard_json_array(drawing, "strokes", HEARD_STROKES_MAX, false, &list, error))
        return false;
    ret_strokes->width = (int)width;
    ret_strokes->height = (int)height;
    ret_strokes->stroke_count = ret_strokes->point_count = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!read_stroke(json_array_get(list, i), ret_strokes, error))
            return false;
    if (line_length(ret_strokes) * HEARD_STROKES_PART < ret_strokes->width)
        return refuse(error, "nothing that could be a name");
    return true;
}

char *heard_strokes_text(const HeardStrokes *self)
{
    GString *text = g_string_new(NULL);
    unsigned at = 0;

    g_string_printf(text, "{\"width\":%d,\"height\":%d,\"strokes\":[", self->width, self->height);
    for (unsigned i = 0; i < self->stroke_count; i++) {
        g_string_append(text, i == 0 ? "[" : ",[");
        for (unsigned j = 0; j < self->lengths[i]; j++, at++)
            g_string_append_printf(text, "%s%d,%d", j == 0 ? "" : ",", self->points[at].x,
                                   self->points[at].y);
        g_string_append_c(text, ']');
    }
    g_string_append(text, "]}");
    return g_string_free(text, FALSE);
}

char *heard_strokes_path(const HeardStrokes *self)
{
    GString *text = g_string_new(NULL);
    unsigned at = 0;

    for (unsigned i = 0; i < self->stroke_count; i++) {
        unsigned end = at + self->lengths[i] - 1;

        g_string_append_printf(text, "M%d %d", self->points[at].x, self->points[at].y);
        /* Twice the middle, halved in text: no rounding moves a point. */
        for (unsigned j = at + 1; j < end; j++) {
            int x = self->points[j].x + self->points[j + 1].x;
            int y = self->points[j].y + self->points[j + 1].y;

            g_string_append_printf(text, "Q%d %d %d%s %d%s", self->points[j].x, self->points[j].y,
                                   x / 2, x % 2 ? ".5" : "", y / 2, y % 2 ? ".5" : "");
        }
        /* A dot is a line to where it began. */
        g_string_append_printf(text, "L%d %d", self->points[end].x, self->points[end].y);
        at = end + 1;
    }
    return g_string_free(text, FALSE);
}
