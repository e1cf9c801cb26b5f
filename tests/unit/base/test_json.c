/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/error.h"
#include "server/base/json.h"

static json_t *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    json_t *object = heard_json_parse_object(text, strlen(text), &error);

    if (!object)
        fail_msg("%s: %s", text, error->message);
    return object;
}

static void check_refused(const char *text, size_t size, HeardError wanted)
{
    g_autoptr(GError) error = NULL;

    assert_null(heard_json_parse_object(text, size, &error));
    assert_string_equal(heard_error_name(heard_error_code(error)), heard_error_name(wanted));
}

static char *nest(unsigned levels, char opening, char closing)
{
    GString *text = g_string_new("{\"a\":");

    for (unsigned i = 1; i < levels; i++)
        g_string_append(text, opening == '{' ? "{\"a\":" : "[");
    g_string_append_c(text, '0');
    for (unsigned i = 1; i < levels; i++)
        g_string_append_c(text, closing);
    g_string_append_c(text, '}');
    return g_string_free(text, FALSE);
}

static void bounds_nesting(void **state)
{
    g_autofree char *deepest = nest(32, '[', ']');
    g_autofree char *deeper = nest(33, '[', ']');
    g_autofree char *objects = nest(33, '{', '}');
    g_autofree char *hostile = g_strnfill(HEARD_JSON_BYTES_MAX, '[');
    g_autoptr(json_t) object = parse(deepest);
    g_autoptr(json_t) quoted =
        parse("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"}");
    (void)state;

    assert_non_null(object);
    assert_non_null(quoted);
    check_refused(deeper, strlen(deeper), HEARD_ERROR_BAD_JSON);
    check_refused(objects, strlen(objects), HEARD_ERROR_BAD_JSON);
    check_refused(hostile, HEARD_JSON_BYTES_MAX, HEARD_ERROR_BAD_JSON);
}

static void refuses_what_is_not_one_object(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "[]",
        "1",
        "\"a\"",
        "null",
        "{",
        "{}}",
        "{} {}",
        "{\"a\":1,\"a\":2}",
        "{a:1}",
        "{\"a\":1,}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":NaN}",
        "{\"a\":99999999999999999999}",
        "{\"a\":\"\\ud800\"}",
    };
    g_autofree char *large = g_strnfill(HEARD_JSON_BYTES_MAX + 1, ' ');
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        check_refused(texts[i], strlen(texts[i]), HEARD_ERROR_BAD_JSON);
    check_refused("{\"a\":1}\0{}", 10, HEARD_ERROR_BAD_JSON);
    check_refused(large, HEARD_JSON_BYTES_MAX + 1, HEARD_ERROR_TOO_LARGE);
}

static bool text_is_taken(const char *text, size_t max_chars)
{
    g_autoptr(json_t) object = parse(text);
    g_autoptr(GError) error = NULL;
    const char *got = NULL;
    bool taken = heard_json_text(object, "a", max_chars, false, &got, &error);

    assert_true(taken == (got != NULL));
    if (!taken) {
        assert_int_equal(heard_error_code(error), HEARD_ERROR_BAD_FIELD);
        assert_true(g_str_has_prefix(error->message, "a: ")); /* says which field */
    }
    return taken;
}

static void counts_texts_in_characters(void **state)
{
    (void)state;
    assert_true(text_is_taken("{\"a\":\"倾听\"}", 2));
    assert_false(text_is_taken("{\"a\":\"倾听\"}", 1));
    assert_true(text_is_taken("{\"a\":\"\"}", 0));
    assert_true(text_is_taken("{\"a\":\"line\\nand\\ttab\"}", 100));
    assert_false(text_is_taken("{\"a\":\"\\u0007\"}", 100));
    assert_false(text_is_taken("{\"a\":\"\\u001b[31m\"}", 100));
    assert_false(text_is_taken("{\"a\":\"\\r\"}", 100));
    assert_false(text_is_taken("{\"a\":\"\\u007f\"}", 100));
    assert_false(text_is_taken("{\"a\":1}", 100));
    assert_false(text_is_taken("{\"a\":null}", 100));
    assert_false(text_is_taken("{\"b\":\"x\"}", 100));
}

static void leaves_what_is_absent_alone(void **state)
{
    g_autoptr(json_t) object = parse("{\"null\":null}");
    static const char *const keys[] = {"null", "absent"};
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *text = "before";
        int64_t number = 5;
        bool value = true;
        json_t *array = object;
        assert_true(heard_json_text(object, keys[i], 9, true, &text, NULL));
        assert_true(heard_json_number(object, keys[i], 0, 9, true, &number, NULL));
        assert_true(heard_json_bool(object, keys[i], true, &value, NULL));
        assert_true(heard_json_array(object, keys[i], 9, true, &array, NULL));
        assert_string_equal(text, "before");
        assert_int_equal(number, 5);
        assert_true(value);
        assert_ptr_equal(array, object);
        assert_false(heard_json_number(object, keys[i], 0, 9, false, &number, NULL));
        assert_false(heard_json_bool(object, keys[i], false, &value, NULL));
        assert_false(heard_json_array(object, keys[i], 9, false, &array, NULL));
    }
}

static void bounds_numbers_and_lists(void **state)
{
    g_autoptr(json_t) object =
        parse("{\"n\":-7,\"f\":1.0,\"t\":\"1\",\"b\":false,\"l\":[1,2,3],\"z\":[]}");
    int64_t number = 0;
    bool value = true;
    json_t *array = NULL;
    (void)state;

    assert_true(heard_json_number(object, "n", -7, 0, false, &number, NULL));
    assert_int_equal(number, -7);
    assert_false(heard_json_number(object, "n", -6, 0, false, &number, NULL));
    assert_false(heard_json_number(object, "n", -9, -8, false, &number, NULL));
    assert_false(heard_json_number(object, "f", 0, 9, false, &number, NULL));
    assert_false(heard_json_number(object, "t", 0, 9, true, &number, NULL));
    assert_true(heard_json_bool(object, "b", false, &value, NULL));
    assert_false(value);
    assert_false(heard_json_bool(object, "n", true, &value, NULL));
    assert_true(heard_json_array(object, "l", 3, false, &array, NULL));
    assert_int_equal(json_array_size(array), 3);
    assert_false(heard_json_array(object, "l", 2, false, &array, NULL));
    assert_true(heard_json_array(object, "z", 0, false, &array, NULL));
    assert_false(heard_json_array(object, "n", 9, false, &array, NULL));
}

/* Whatever is parsed is written and parsed to the same again; the rest is refused in peace. */
static void survives_damaged_texts(void **state)
{
    static const char seed_text[] =
        "{\"type\":\"floor.grant\",\"id\":\"01a2\",\"data\":{\"n\":[1,-2,3.5e3,true,null],"
        "\"t\":\"倾听 \\u4e2d\\n\"}}";
    g_autoptr(GRand) rand = g_rand_new_with_seed(9);
    unsigned parsed = 0;
    (void)state;

    for (unsigned round = 0; round < 20000; round++) {
        char text[sizeof seed_text];
        memcpy(text, seed_text, sizeof text);
        for (int i = g_rand_int_range(rand, 0, 4); i > 0; i--)
            text[g_rand_int_range(rand, 0, sizeof text - 1)] = (char)g_rand_int(rand);
        g_autoptr(json_t) object = heard_json_parse_object(text, sizeof text - 1, NULL);
        if (!object)
            continue;
        g_autofree char *dump = heard_json_dump(object);
        g_autoptr(json_t) again = heard_json_parse_object(dump, strlen(dump), NULL);
        assert_true(json_equal(object, again));
        parsed++;
    }
    assert_in_range(parsed, 1000, 19000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_nesting),
        cmocka_unit_test(refuses_what_is_not_one_object),
        cmocka_unit_test(counts_texts_in_characters),
        cmocka_unit_test(leaves_what_is_absent_alone),
        cmocka_unit_test(bounds_numbers_and_lists),
        cmocka_unit_test(survives_damaged_texts),
    };

    return cmocka_run_group_tests_name("base json", tests, NULL, NULL);
}
