/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/migrate.h"
#include "server/store/row.h"

static const HeardMigration first = {1, "one", "CREATE TABLE a (x BIGINT);", "", ""};
static const HeardMigration second = {2, "two", "CREATE TABLE b (x BIGINT);", "", ""};

static int open_empty(void **state)
{
    *state = heard_store_open("sqlite::memory:", NULL);
    return *state ? 0 : -1;
}

static int64_t count_tables(HeardStore *store, const char *name)
{
    int64_t count = -1;

    assert_true(heard_row_number(store, "SELECT count(*) FROM sqlite_master WHERE name = $1",
                                 HEARD_VALUES(HEARD_TEXT(name)), &count, NULL));
    return count;
}

static void runs_from_empty_and_only_once(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    unsigned applied = 99;

    assert_true(heard_migrate(store, &applied, &error));
    assert_int_equal(applied, heard_migration_count);
    assert_int_equal(count_tables(store, "hearing"), 1);
    assert_int_equal(count_tables(store, "audit_no_delete"), 1); /* the dialect part ran */
    assert_true(heard_migrate(store, &applied, &error));
    assert_int_equal(applied, 0);
}

static void adds_only_what_is_new(void **state)
{
    const HeardMigration steps[] = {first, second};
    GError *error = NULL;
    unsigned applied = 0;

    assert_true(heard_migrate_with(*state, steps, 1, &applied, &error));
    assert_true(heard_migrate_with(*state, steps, 2, &applied, &error));
    assert_int_equal(applied, 1);
    assert_int_equal(count_tables(*state, "b"), 1);
}

static void refuses_an_altered_step(void **state)
{
    HeardMigration steps[] = {first, second};
    GError *error = NULL;

    assert_true(heard_migrate_with(*state, steps, 1, NULL, &error));
    steps[0].common = "CREATE TABLE a (x BIGINT, y BIGINT);";
    assert_false(heard_migrate_with(*state, steps, 2, NULL, &error));
    assert_non_null(strstr(error->message, "altered"));
    assert_error(error, HEARD_ERROR_CONFIG);
    assert_int_equal(count_tables(*state, "b"), 0); /* nothing was changed */

    steps[0] = first;
    steps[0].sqlite = "CREATE INDEX i ON a (x);";
    assert_false(heard_migrate_with(*state, steps, 2, NULL, &error));
    assert_error(error, HEARD_ERROR_CONFIG);
    steps[0] = first;
    steps[0].postgres = "SELECT 1"; /* of the other engine: no matter here */
    assert_true(heard_migrate_with(*state, steps, 2, NULL, &error));
}

static void refuses_a_newer_database(void **state)
{
    const HeardMigration steps[] = {first, second};
    GError *error = NULL;

    assert_true(heard_migrate_with(*state, steps, 2, NULL, &error));
    assert_false(heard_migrate_with(*state, steps, 1, NULL, &error));
    assert_non_null(strstr(error->message, "newer"));
    assert_error(error, HEARD_ERROR_CONFIG);
}

static void refuses_a_database_with_a_hole(void **state)
{
    const HeardMigration steps[] = {first, second};
    GError *error = NULL;

    assert_true(heard_migrate_with(*state, steps, 2, NULL, &error));
    assert_true(heard_store_exec(*state, "DELETE FROM schema_migration WHERE version = 1", NULL));
    assert_false(heard_migrate_with(*state, steps, 2, NULL, &error));
    assert_error(error, HEARD_ERROR_CONFIG);
}

static void a_step_that_fails_leaves_nothing(void **state)
{
    const HeardMigration steps[] = {
        first, {2, "bad", "CREATE TABLE b (x BIGINT); CREATE TABLE oops", "", ""}};
    GError *error = NULL;

    assert_false(heard_migrate_with(*state, steps, 2, NULL, &error));
    assert_non_null(strstr(error->message, "migration 2 (bad)"));
    assert_error(error, HEARD_ERROR_STORAGE);
    assert_int_equal(count_tables(*state, "a"), 1);
    assert_int_equal(count_tables(*state, "b"), 0);
    assert_false(heard_store_in_transaction(*state));
}

#define with_empty(test) cmocka_unit_test_setup_teardown(test, open_empty, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_empty(runs_from_empty_and_only_once),  with_empty(adds_only_what_is_new),
        with_empty(refuses_an_altered_step),        with_empty(refuses_a_newer_database),
        with_empty(refuses_a_database_with_a_hole), with_empty(a_step_that_fails_leaves_nothing),
    };

    return cmocka_run_group_tests_name("store migrate", tests, NULL, NULL);
}
