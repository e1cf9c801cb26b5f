/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/error.h"
#include "server/hearing/strokes.h"

#include <string.h>

static bool read_text(const char *text, HeardStrokes *ret)
{
    g_autoptr(json_t) drawing = json_loads(text, 0, NULL);
    g_autoptr(GError) error = NULL;
    bool read = heard_strokes_read(drawing, ret, &error);

    assert_true(read || heard_error_code(error) == HEARD_ERROR_BAD_FIELD);
    return read;
}

static void what_was_drawn_comes_back(void **state)
{
    static const char text[] =
        "{\"width\":200,\"height\":100,\"strokes\":[[0,0,50,51,200,100],[9,9]]}";
    HeardStrokes strokes, again;
    g_autofree char *kept = NULL;
    g_autofree char *path = NULL;
    g_autofree char *twice = NULL;
    (void)state;

    assert_true(read_text(text, &strokes));
    assert_int_equal(strokes.stroke_count, 2);
    assert_int_equal(strokes.point_count, 4);
    kept = heard_strokes_text(&strokes);
    assert_string_equal(kept, text);
    path = heard_strokes_path(&strokes);
    assert_string_equal(path, "M0 0Q50 51 125 75.5L200 100M9 9L9 9");
    assert_true(read_text(kept, &again));
    twice = heard_strokes_text(&again);
    assert_string_equal(twice, kept);
}

static void what_is_no_drawing(void **state)
{
    static const char *const wrong[] = {
        "[]",
        "{}",
        "{\"width\":200,\"height\":100}",
        "{\"width\":49,\"height\":100,\"strokes\":[[0,0,40,40]]}",
        "{\"width\":200,\"height\":2001,\"strokes\":[[0,0,40,40]]}",
        "{\"width\":200,\"height\":100,\"strokes\":[]}",
        "{\"width\":200,\"height\":100,\"strokes\":[[]]}",
        "{\"width\":200,\"height\":100,\"strokes\":[[0,0,40]]}",
        "{\"width\":200,\"height\":100,\"strokes\":[[0,0,201,40]]}",
        "{\"width\":200,\"height\":100,\"strokes\":[[0,-1,40,40]]}",
        "{\"width\":200,\"height\":100,\"strokes\":[[0,0,40.5,40]]}",
        "{\"width\":200,\"height\":100,\"strokes\":[\"M0 0\"]}",
        "{\"width\":200,\"height\":100,\"strokes\":[[5,5],[5,6],[6,6]]}", /* a slip */
    };
    HeardStrokes strokes;
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_false(read_text(wrong[i], &strokes));
}

/* A drawing of n strokes of m points each, from side to side. */
static bool read_many(unsigned n, unsigned m, HeardStrokes *ret)
{
    GString *text = g_string_new("{\"width\":200,\"height\":100,\"strokes\":[");
    bool read;

    for (unsigned i = 0; i < n; i++) {
        g_string_append(text, i == 0 ? "[" : ",[");
        for (unsigned j = 0; j < m; j++)
            g_string_append_printf(text, "%s%u,%u", j == 0 ? "" : ",", j % 2 * 200, i % 100);
        g_string_append_c(text, ']');
    }
    g_string_append(text, "]}");
    read = read_text(text->str, ret);
    g_string_free(text, TRUE);
    return read;
}

/* Against a reckoning of its own: whatever was drawn is kept point by point, in order. */
static void any_drawing_is_kept_as_it_was_drawn(void **state)
{
    enum { ROUNDS = 200, SEED = 20261128 };
    g_autoptr(GRand) dice = g_rand_new_with_seed(SEED);
    (void)state;

    for (unsigned round = 0; round < ROUNDS; round++) {
        g_autoptr(json_t) drawing =
            json_pack("{s:i, s:i, s:[]}", "width", 300, "height", 200, "strokes");
        json_t *list = json_object_get(drawing, "strokes");
        g_autofree HeardStrokes *strokes = g_new(HeardStrokes, 1);
        g_autofree char *wanted = NULL;
        g_autofree char *kept = NULL;
        int count = g_rand_int_range(dice, 1, 9);

        for (int i = 0; i < count; i++) {
            json_t *stroke = json_array();
            int points = g_rand_int_range(dice, 2, 40);

            for (int j = 0; j < points; j++) {
                json_array_append_new(stroke, json_integer(j % 2 * 300));
                json_array_append_new(stroke, json_integer(g_rand_int_range(dice, 0, 201)));
            }
            json_array_append_new(list, stroke);
        }
        assert_true(heard_strokes_read(drawing, strokes, NULL));
        wanted = heard_json_dump(drawing);
        kept = heard_strokes_text(strokes);
        assert_string_equal(kept, wanted);
    }
}

static void its_bounds(void **state)
{
    HeardStrokes strokes;
    (void)state;

    assert_true(read_many(HEARD_STROKES_MAX, 2, &strokes));
    assert_false(read_many(HEARD_STROKES_MAX + 1, 2, &strokes));
    assert_true(read_many(1, HEARD_STROKES_POINTS_MAX, &strokes));
    assert_false(read_many(1, HEARD_STROKES_POINTS_MAX + 1, &strokes));
    assert_true(read_many(3, HEARD_STROKES_POINTS_MAX / 3, &strokes));
    assert_false(read_many(4, HEARD_STROKES_POINTS_MAX / 4 + 1, &strokes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_drawn_comes_back),
        cmocka_unit_test(what_is_no_drawing),
        cmocka_unit_test(any_drawing_is_kept_as_it_was_drawn),
        cmocka_unit_test(its_bounds),
    };

    return cmocka_run_group_tests_name("hearing strokes", tests, NULL, NULL);
}
