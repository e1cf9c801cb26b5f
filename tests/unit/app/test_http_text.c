/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/app/http_text.h"

#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 1000 };

static void expect_part(const char *header, uint64_t first, uint64_t size)
{
    uint64_t got_first = 0;
    uint64_t got_size = 0;

    assert_int_equal(heard_http_range(header, SIZE, &got_first, &got_size), HEARD_RANGE_PART);
    assert_int_equal(got_first, first);
    assert_int_equal(got_size, size);
}

static void expect_no_part(const char *header, HeardRange range)
{
    uint64_t first = 77;
    uint64_t size = 77;

    assert_int_equal(heard_http_range(header, SIZE, &first, &size), range);
    assert_int_equal(first, 77);
    assert_int_equal(size, 77);
}

static void reads_ranges(void **state)
{
    (void)state;
    expect_part("bytes=0-0", 0, 1);
    expect_part("bytes=0-", 0, 1000);
    expect_part("bytes=999-", 999, 1);
    expect_part("bytes=10-19", 10, 10);
    expect_part("bytes=10-5000", 10, 990);
    expect_part("bytes=-5", 995, 5);
    expect_part("bytes=-5000", 0, 1000);
    expect_part("Bytes=1-2", 1, 2);
    expect_part("bytes=1-18446744073709551615", 1, 999);
}

static void ranges_beyond_the_file(void **state)
{
    (void)state;
    expect_no_part("bytes=1000-", HEARD_RANGE_OUTSIDE);
    expect_no_part("bytes=1000-1001", HEARD_RANGE_OUTSIDE);
    expect_no_part("bytes=-0", HEARD_RANGE_OUTSIDE);
}

/* RFC 9110 14.2: what is no range for us is answered with the whole file. */
static void ignores_what_is_no_range(void **state)
{
    static const char *const others[] = {
        NULL,        "",           "bytes=",     "bytes=-",
        "bytes=5",   "bytes=5-4",  "bytes=a-b",  "bytes=1-2,4-5",
        "items=0-1", "bytes=1-2x", "bytes= 1-2", "bytes=99999999999999999999-",
        "bytes=--1"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        expect_no_part(others[i], HEARD_RANGE_NONE);
}

/* Against the plainest reading: a set of byte numbers. */
static void any_range_is_a_run_within_the_file(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261123);

    (void)state;
    for (int round = 0; round < 5000; round++) {
        uint64_t file = (uint64_t)g_rand_int_range(rand, 0, 20);
        uint64_t from = (uint64_t)g_rand_int_range(rand, 0, 25);
        uint64_t to = (uint64_t)g_rand_int_range(rand, 0, 25);
        uint64_t first = 0, size = 0;
        char header[64];
        uint64_t wanted_first = file, wanted = 0;

        for (uint64_t b = 0; b < file; b++) {
            if (b < from || b > to)
                continue;
            wanted_first = MIN(wanted_first, b);
            wanted++;
        }
        snprintf(header, sizeof header, "bytes=%lu-%lu", (unsigned long)from, (unsigned long)to);
        switch (heard_http_range(header, file, &first, &size)) {
        case HEARD_RANGE_NONE:
            assert_true(to < from);
            break;
        case HEARD_RANGE_OUTSIDE:
            assert_int_equal(wanted, 0);
            break;
        case HEARD_RANGE_PART:
            assert_int_equal(first, wanted_first);
            assert_int_equal(size, wanted);
            break;
        }
    }
}

static void finds_a_cookie(void **state)
{
    char value[16];

    (void)state;
    assert_true(heard_http_cookie("heard_session=abc", "heard_session", value, sizeof value));
    assert_string_equal(value, "abc");
    assert_true(heard_http_cookie("a=1; heard_session=x.y ; b=2", "heard_session", value, 16));
    assert_string_equal(value, "x.y");
    assert_true(
        heard_http_cookie("xheard_session=no;heard_session=yes", "heard_session", value, 16));
    assert_string_equal(value, "yes");
}

static void finds_no_cookie(void **state)
{
    static const char *const others[] = {NULL,
                                         "",
                                         ";;;",
                                         "heard_session",
                                         "heard_session=",
                                         "heard_sessionx=1",
                                         "other=heard_session=1",
                                         "heard_session=0123456789abcdef"};
    char value[16] = "kept";

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_false(heard_http_cookie(others[i], "heard_session", value, sizeof value));
    assert_string_equal(value, "kept");
}

static void reads_a_bearer(void **state)
{
    (void)state;
    assert_string_equal(heard_http_bearer("Bearer abc"), "abc");
    assert_string_equal(heard_http_bearer("bearer  abc"), "abc");
    assert_null(heard_http_bearer("Bearer "));
    assert_null(heard_http_bearer("Basic abc"));
    assert_null(heard_http_bearer(NULL));
}

static void compares_origins(void **state)
{
    (void)state;
    assert_true(heard_http_same_origin("https://a.example:8443", "a.example:8443", true));
    assert_true(heard_http_same_origin("http://127.0.0.1:8080", "127.0.0.1:8080", false));
    assert_false(heard_http_same_origin("http://a.example", "a.example", true));
    assert_false(heard_http_same_origin("https://a.example.evil", "a.example", true));
    assert_false(heard_http_same_origin("https://a.example:1", "a.example:2", true));
    assert_false(heard_http_same_origin("null", "a.example", true));
    assert_false(heard_http_same_origin("https://", "", true));
    assert_false(heard_http_same_origin(NULL, "a.example", true));
}

static void matches_etags(void **state)
{
    (void)state;
    assert_true(heard_http_etag_matches("\"a\"", "\"a\""));
    assert_true(heard_http_etag_matches("\"b\", W/\"a\"", "\"a\""));
    assert_true(heard_http_etag_matches("*", "\"a\""));
    assert_false(heard_http_etag_matches("\"ab\"", "\"a\""));
    assert_false(heard_http_etag_matches(NULL, "\"a\""));
}

static void looks_into_lists(void **state)
{
    (void)state;
    assert_true(heard_http_list_has("heard.v1", "heard.v1"));
    assert_true(heard_http_list_has("chat, heard.v1", "heard.v1"));
    assert_false(heard_http_list_has("heard.v10", "heard.v1"));
    assert_false(heard_http_list_has(NULL, "heard.v1"));
}

static void knows_plain_names(void **state)
{
    (void)state;
    assert_true(heard_http_is_plain_name("t1-1.webm", 48));
    assert_false(heard_http_is_plain_name("..", 48));
    assert_false(heard_http_is_plain_name(".", 48));
    assert_false(heard_http_is_plain_name("a/b", 48));
    assert_false(heard_http_is_plain_name("", 48));
    assert_false(heard_http_is_plain_name("abc", 2));
    assert_false(heard_http_is_plain_name("a\n", 48));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_ranges),
        cmocka_unit_test(ranges_beyond_the_file),
        cmocka_unit_test(ignores_what_is_no_range),
        cmocka_unit_test(any_range_is_a_run_within_the_file),
        cmocka_unit_test(finds_a_cookie),
        cmocka_unit_test(finds_no_cookie),
        cmocka_unit_test(reads_a_bearer),
        cmocka_unit_test(compares_origins),
        cmocka_unit_test(matches_etags),
        cmocka_unit_test(looks_into_lists),
        cmocka_unit_test(knows_plain_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
