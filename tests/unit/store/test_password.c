/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/password.h"

static void a_password_matches_only_itself(void **state)
{
    GError *error = NULL;
    g_autofree char *hash = heard_password_hash("倾听需要耐心和时间啊", &error);
    (void)state;

    assert_no_error(error);
    assert_true(g_str_has_prefix(hash, "$argon2id$"));
    assert_true(heard_password_matches("倾听需要耐心和时间啊", hash));
    assert_false(heard_password_matches("倾听需要耐心和时间", hash));
    assert_false(heard_password_matches("", hash));
    assert_false(heard_password_matches("倾听需要耐心和时间啊", NULL));
    assert_false(heard_password_matches("倾听需要耐心和时间啊", "no hash"));
}

static void refuses_what_is_too_short_or_too_long(void **state)
{
    GError *error = NULL;
    g_autofree char *longest = g_strnfill(HEARD_PASSWORD_BYTES_MAX, 'p');
    g_autofree char *longer = g_strnfill(HEARD_PASSWORD_BYTES_MAX + 1, 'p');
    g_autofree char *hash = heard_password_hash(longest, &error);
    (void)state;

    assert_non_null(hash);
    assert_null(heard_password_hash(longer, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    assert_null(heard_password_hash("ninechars", &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    assert_null(heard_password_hash("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
}

static void random_passwords_differ_and_are_long_enough(void **state)
{
    GError *error = NULL;
    g_autofree char *one = heard_password_random();
    g_autofree char *two = heard_password_random();
    g_autofree char *hash = heard_password_hash(one, &error);
    (void)state;

    assert_string_not_equal(one, two);
    assert_int_equal(strlen(one), 19);
    assert_non_null(hash);
}

static void a_token_is_found_by_its_hash_alone(void **state)
{
    char token[HEARD_TOKEN_SIZE], other[HEARD_TOKEN_SIZE];
    char hash[HEARD_TOKEN_HASH_SIZE], again[HEARD_TOKEN_HASH_SIZE];
    (void)state;

    heard_token_new(token);
    heard_token_new(other);
    assert_int_equal(strlen(token), HEARD_TOKEN_SIZE - 1);
    assert_string_not_equal(token, other);
    heard_token_hash(token, hash);
    heard_token_hash(token, again);
    assert_string_equal(hash, again);
    assert_int_equal(strspn(hash, "0123456789abcdef"), 64);
    heard_token_hash(other, again);
    assert_string_not_equal(hash, again);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(a_password_matches_only_itself),
        with_store(refuses_what_is_too_short_or_too_long),
        with_store(random_passwords_differ_and_are_long_enough),
        with_store(a_token_is_found_by_its_hash_alone),
    };

    return cmocka_run_group_tests_name("store password", tests, NULL, NULL);
}
