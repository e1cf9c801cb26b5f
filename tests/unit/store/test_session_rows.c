/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/session_rows.h"

static void make_session(HeardStore *store, const char *hash, const char *account_id,
                         int64_t expires_ms)
{
    GError *error = NULL;
    HeardSessionRow row = {.token_hash = hash,
                           .kind = account_id ? "account" : "bearer",
                           .account_id = account_id,
                           .scope = account_id ? NULL : "publish",
                           .created_ms = 1,
                           .expires_ms = expires_ms};

    assert_ok(heard_session_rows_insert(store, &row, &error), error);
}

static bool stands(HeardStore *store, const char *hash, int64_t wall_ms)
{
    GError *error = NULL;
    g_autofree HeardSessionRow *row = heard_session_rows_find(store, hash, wall_ms, &error);

    if (!row)
        assert_error(error, HEARD_ERROR_UNAUTHENTICATED);
    return row != NULL;
}

static void ends_by_time_and_by_revoking(void **state)
{
    const char *account = make_account(*state, "clerk", NULL);
    GError *error = NULL;

    make_session(*state, "h1", account, 2000);
    make_session(*state, "h2", account, 2000);
    make_session(*state, "h3", NULL, 2000);
    assert_true(stands(*state, "h1", 1999));
    assert_false(stands(*state, "h1", 2000));
    assert_false(stands(*state, "unknown", 1000));
    assert_true(heard_session_rows_revoke(*state, "h1", 1000, &error));
    assert_false(stands(*state, "h1", 1000));
    assert_true(stands(*state, "h2", 1000));
    assert_true(heard_session_rows_revoke_all(*state, account, NULL, 1000, &error));
    assert_false(stands(*state, "h2", 1000));
    assert_true(stands(*state, "h3", 1000));
}

static void slides_but_never_shortens_or_revives(void **state)
{
    GError *error = NULL;

    make_session(*state, "h", NULL, 2000);
    assert_true(heard_session_rows_touch(*state, "h", 1000, 3000, &error));
    assert_true(heard_session_rows_touch(*state, "h", 1000, 1500, &error));
    assert_true(stands(*state, "h", 2999));
    assert_false(heard_session_rows_touch(*state, "h", 3000, 9000, &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
    assert_false(stands(*state, "h", 3000));
}

static void remembers_the_second_factor(void **state)
{
    GError *error = NULL;
    g_autofree HeardSessionRow *row = NULL;

    make_session(*state, "h", NULL, 2000);
    row = heard_session_rows_find(*state, "h", 1, &error);
    assert_false(row->factor_2_done);
    assert_string_equal(row->scope, "publish");
    g_clear_pointer(&row, g_free);
    assert_true(heard_session_rows_set_factor_2(*state, "h", &error));
    row = heard_session_rows_find(*state, "h", 1, &error);
    assert_true(row->factor_2_done);
}

static void sweeps_only_what_is_over(void **state)
{
    int64_t count = 0;

    make_session(*state, "h1", NULL, 1000);
    make_session(*state, "h2", NULL, 2000);
    assert_true(heard_session_rows_sweep(*state, 1500, &count, NULL));
    assert_int_equal(count, 1);
    assert_true(stands(*state, "h2", 1500));
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(ends_by_time_and_by_revoking),
        with_store(slides_but_never_shortens_or_revives),
        with_store(remembers_the_second_factor),
        with_store(sweeps_only_what_is_over),
    };

    return cmocka_run_group_tests_name("store session rows", tests, NULL, NULL);
}
