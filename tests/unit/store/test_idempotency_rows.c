/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/idempotency_rows.h"

static void answers_the_same_twice(void **state)
{
    GError *error = NULL;
    g_autofree HeardIdempotencyRow *row = NULL;

    assert_null(heard_idempotency_rows_begin(*state, "a", "k", "h", 1000, &error));
    assert_no_error(error);
    assert_null(heard_idempotency_rows_begin(*state, "a", "k", "h", 1001, &error));
    assert_error(error, HEARD_ERROR_CONFLICT); /* still at work */
    assert_true(heard_idempotency_rows_finish(*state, "a", "k", 201, "{\"id\":1}", &error));
    row = heard_idempotency_rows_begin(*state, "a", "k", "h", 1002, &error);
    assert_no_error(error);
    assert_int_equal(row->status, 201);
    assert_string_equal(row->answer, "{\"id\":1}");
}

static void tells_keys_and_people_apart(void **state)
{
    GError *error = NULL;

    assert_null(heard_idempotency_rows_begin(*state, "a", "k", "h", 1000, &error));
    assert_null(heard_idempotency_rows_begin(*state, "b", "k", "h", 1000, &error));
    assert_no_error(error);
    assert_null(heard_idempotency_rows_begin(*state, "a", "k", "other", 1000, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_null(heard_idempotency_rows_begin(*state, "a", "", "h", 1000, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
}

static void a_key_is_free_after_failure_and_after_a_day(void **state)
{
    GError *error = NULL;
    int64_t count = 0;

    assert_null(heard_idempotency_rows_begin(*state, "a", "k", "h", 1000, &error));
    assert_true(heard_idempotency_rows_forget(*state, "a", "k", &error));
    assert_null(heard_idempotency_rows_begin(*state, "a", "k", "h2", 1000, &error));
    assert_true(heard_idempotency_rows_finish(*state, "a", "k", 200, "{}", &error));
    assert_true(heard_idempotency_rows_forget(*state, "a", "k", &error)); /* answered: stays */
    assert_null(heard_idempotency_rows_begin(*state, "a", "k", "h3", 1001, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_null(heard_idempotency_rows_begin(*state, "a", "k", "h3",
                                             1001 + HEARD_IDEMPOTENCY_KEEP_MS, &error));
    assert_no_error(error);
    assert_true(heard_idempotency_rows_sweep(*state, 1002 + 2 * (int64_t)HEARD_IDEMPOTENCY_KEEP_MS,
                                             &count, &error));
    assert_int_equal(count, 1);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(answers_the_same_twice),
        with_store(tells_keys_and_people_apart),
        with_store(a_key_is_free_after_failure_and_after_a_day),
    };

    return cmocka_run_group_tests_name("store idempotency rows", tests, NULL, NULL);
}
