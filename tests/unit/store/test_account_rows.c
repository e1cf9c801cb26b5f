/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/account_rows.h"
#include "server/store/password.h"

static const char right[] = "a right password";

static const char *make_with_password(HeardStore *store, const char *login)
{
    GError *error = NULL;
    const char *id = make_account(store, login, NULL);
    g_autofree char *hash = heard_password_hash(right, &error);

    assert_true(heard_account_rows_set_password(store, id, hash, &error));
    return id;
}

static HeardError attempt(HeardStore *store, const char *login, const char *password,
                          int64_t wall_ms)
{
    GError *error = NULL;
    g_autofree HeardAccountRow *row =
        heard_account_rows_check_password(store, login, password, wall_ms, &error);
    HeardError code = error ? heard_error_code(error) : HEARD_ERROR_COUNT;

    assert_true(!row == (error != NULL));
    g_clear_error(&error);
    return code; /* COUNT: logged in */
}

static void tells_nothing_about_why_a_login_failed(void **state)
{
    const char *id = make_with_password(*state, "clerk");
    GError *error = NULL;

    assert_int_equal(attempt(*state, "clerk", right, 1000), HEARD_ERROR_COUNT);
    assert_int_equal(attempt(*state, "clerk", "wrong", 1000), HEARD_ERROR_BAD_CREDENTIALS);
    assert_int_equal(attempt(*state, "nobody", right, 1000), HEARD_ERROR_BAD_CREDENTIALS);
    assert_true(heard_account_rows_set_status(*state, id, "disabled", &error));
    assert_int_equal(attempt(*state, "clerk", right, 1000), HEARD_ERROR_BAD_CREDENTIALS);
}

static void locks_after_five_mistakes_for_a_while(void **state)
{
    int64_t now_ms = 1000;

    make_with_password(*state, "clerk");
    for (int i = 0; i < HEARD_ACCOUNT_FAILURES_MAX - 1; i++)
        assert_int_equal(attempt(*state, "clerk", "wrong", now_ms), HEARD_ERROR_BAD_CREDENTIALS);
    assert_int_equal(attempt(*state, "clerk", right, now_ms), HEARD_ERROR_COUNT); /* forgets */
    for (int i = 0; i < HEARD_ACCOUNT_FAILURES_MAX; i++)
        assert_int_equal(attempt(*state, "clerk", "wrong", now_ms), HEARD_ERROR_BAD_CREDENTIALS);
    assert_int_equal(attempt(*state, "clerk", right, now_ms), HEARD_ERROR_LOCKED_OUT);
    now_ms += HEARD_ACCOUNT_LOCK_MS - 1;
    assert_int_equal(attempt(*state, "clerk", right, now_ms), HEARD_ERROR_LOCKED_OUT);
    assert_int_equal(attempt(*state, "clerk", "wrong", now_ms + 1), HEARD_ERROR_BAD_CREDENTIALS);
    assert_int_equal(attempt(*state, "clerk", right, now_ms + 1), HEARD_ERROR_COUNT);
}

static void a_totp_step_counts_once(void **state)
{
    const char *id = make_account(*state, "clerk", NULL);
    bool fresh = false;

    assert_true(heard_account_rows_use_totp_step(*state, id, 100, &fresh, NULL));
    assert_true(fresh);
    assert_true(heard_account_rows_use_totp_step(*state, id, 100, &fresh, NULL));
    assert_false(fresh);
    assert_true(heard_account_rows_use_totp_step(*state, id, 99, &fresh, NULL));
    assert_false(fresh);
    assert_true(heard_account_rows_use_totp_step(*state, id, 101, &fresh, NULL));
    assert_true(fresh);
}

static void reads_roles_as_whole_words(void **state)
{
    HeardAccountRow row = {.roles = "clerk unit_scheduler mediator"};
    (void)state;

    assert_true(heard_account_has_role(&row, "clerk"));
    assert_true(heard_account_has_role(&row, "unit_scheduler"));
    assert_true(heard_account_has_role(&row, "mediator"));
    assert_false(heard_account_has_role(&row, "unit"));
    assert_false(heard_account_has_role(&row, "scheduler"));
    assert_false(heard_account_has_role(&row, "mediators"));
    assert_false(heard_account_has_role(&row, ""));
    row.roles = NULL;
    assert_false(heard_account_has_role(&row, "clerk"));
}

static void keeps_and_changes_accounts(void **state)
{
    const char *unit = make_unit(*state, "460100-0001", NULL);
    const char *id = make_account(*state, "clerk", unit);
    GError *error = NULL;
    g_autofree HeardAccountRow *row = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    HeardAccountRow twin = {.id = "t",
                            .login = "clerk",
                            .password_hash = "-",
                            .roles = "clerk",
                            .name = "n",
                            .status = "active",
                            .created_ms = 1};
    int64_t count = 0;

    make_account(*state, "other", NULL);
    assert_true(heard_account_rows_set_roles(*state, id, "observer", &error));
    assert_true(heard_account_rows_set_totp(*state, id, "sealed", &error));
    row = heard_account_rows_get_by_login(*state, "clerk", &error);
    assert_string_equal(row->id, id);
    assert_string_equal(row->roles, "observer");
    assert_string_equal(row->totp_cipher, "sealed");
    rows = heard_account_rows_list(*state, unit, NULL, &error);
    assert_int_equal(rows->len, 1);
    assert_true(heard_account_rows_count(*state, &count, &error));
    assert_int_equal(count, 2);

    assert_false(heard_account_rows_insert(*state, &twin, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    twin.login = "Clerk Two";
    assert_false(heard_account_rows_insert(*state, &twin, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    assert_false(heard_account_rows_set_roles(*state, "nobody", "clerk", &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(tells_nothing_about_why_a_login_failed),
        with_store(locks_after_five_mistakes_for_a_while),
        with_store(a_totp_step_counts_once),
        with_store(reads_roles_as_whole_words),
        with_store(keeps_and_changes_accounts),
    };

    return cmocka_run_group_tests_name("store account rows", tests, NULL, NULL);
}
