/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/migrate.h"
#include "server/store/row.h"
#include "server/store/unit_rows.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

static void gives_back_every_type(void **state)
{
    g_autoptr(HeardStatement) statement = NULL;
    GError *error = NULL;
    size_t size = 0;

    statement = heard_store_prepare(*state, "SELECT $1, $2, $3, $4, $2", &error);
    assert_no_error(error);
    heard_statement_bind_int64(statement, 1, INT64_MIN);
    heard_statement_bind_text(statement, 2, "倾听 '; DROP TABLE unit; --");
    heard_statement_bind_blob(statement, 3, "a\0b", 3);
    heard_statement_bind_text(statement, 4, NULL);

    assert_int_equal(heard_statement_step(statement, &error), HEARD_STEP_ROW);
    assert_true(heard_statement_col_int64(statement, 0) == INT64_MIN);
    assert_string_equal(heard_statement_col_text(statement, 1), "倾听 '; DROP TABLE unit; --");
    assert_memory_equal(heard_statement_col_blob(statement, 2, &size), "a\0b", 3);
    assert_int_equal(size, 3);
    assert_true(heard_statement_col_is_null(statement, 3));
    assert_null(heard_statement_col_text(statement, 3));
    assert_false(heard_statement_col_is_null(statement, 4));
    assert_int_equal(heard_statement_step(statement, &error), HEARD_STEP_DONE);
    assert_int_equal(heard_statement_step(statement, &error), HEARD_STEP_DONE);

    heard_statement_reset(statement); /* bindings are cleared */
    assert_int_equal(heard_statement_step(statement, &error), HEARD_STEP_ROW);
    assert_true(heard_statement_col_is_null(statement, 1));
}

/* The engine keeps statements for the next one who wants the same: nothing of the last use
 * may shine through, and two at a time are two. */
static void statements_begin_anew(void **state)
{
    const char *sql = "SELECT $1 UNION ALL SELECT 2";
    GError *error = NULL;

    for (unsigned i = 0; i < 3; i++) {
        g_autoptr(HeardStatement) first = heard_store_prepare(*state, sql, &error);
        g_autoptr(HeardStatement) second = heard_store_prepare(*state, sql, &error);

        assert_no_error(error);
        assert_int_equal(heard_statement_step(first, &error), HEARD_STEP_ROW);
        assert_true(heard_statement_col_is_null(first, 0));
        heard_statement_bind_text(second, 1, "secret");
        assert_int_equal(heard_statement_step(second, &error), HEARD_STEP_ROW);
        assert_string_equal(heard_statement_col_text(second, 0), "secret");
        assert_int_equal(heard_statement_step(first, &error), HEARD_STEP_ROW);
        assert_true(heard_statement_col_int64(first, 0) == 2);
    }
    for (unsigned i = 0; i < 200; i++) { /* more than it keeps */
        g_autofree char *other = g_strdup_printf("SELECT %u", i % 150);
        g_autoptr(HeardStatement) statement = heard_store_prepare(*state, other, &error);

        assert_int_equal(heard_statement_step(statement, &error), HEARD_STEP_ROW);
        assert_true(heard_statement_col_int64(statement, 0) == i % 150);
    }
}

/* A kept statement sees tables as they are now. */
static void kept_statements_follow_the_schema(void **state)
{
    GError *error = NULL;

    assert_true(heard_store_exec(*state, "CREATE TABLE grown(a)", &error));
    assert_true(heard_store_exec(*state, "INSERT INTO grown VALUES(1)", &error));
    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(HeardStatement) statement =
            heard_store_prepare(*state, "SELECT * FROM grown", &error);

        assert_int_equal(heard_statement_step(statement, &error), HEARD_STEP_ROW);
        assert_true(heard_statement_col_int64(statement, 0) == (i == 0 ? 1 : 7));
        g_clear_pointer(&statement, heard_statement_free);
        if (i == 0) {
            assert_true(heard_store_exec(*state, "DROP TABLE grown", &error));
            assert_true(heard_store_exec(*state, "CREATE TABLE grown(b, c)", &error));
            assert_true(heard_store_exec(*state, "INSERT INTO grown VALUES(7, 8)", &error));
        }
    }
}

static void names_the_class_of_a_failure(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardUnitRow orphan = {.id = "x",
                           .code = "460100-0009",
                           .name = "n",
                           .level = 4,
                           .kind = "k",
                           .region_code = "460100",
                           .status = "active",
                           .line_parent_id = "nobody"};

    make_unit(store, "460100-0001", NULL);
    assert_false(heard_store_exec(store,
                                  "INSERT INTO unit SELECT 'y', code, name, NULL, 4, kind, NULL, "
                                  "NULL, region_code, path, status, NULL, NULL, NULL, NULL, NULL, "
                                  "NULL FROM unit",
                                  &error));
    assert_int_equal(heard_store_last_class(store), HEARD_STORE_UNIQUE);
    assert_non_null(strstr(error->message, "unit.code"));
    assert_error(error, HEARD_ERROR_CONFLICT);

    assert_false(heard_unit_rows_insert(store, &orphan, &error));
    assert_int_equal(heard_store_last_class(store), HEARD_STORE_FK);
    assert_error(error, HEARD_ERROR_CONFLICT);

    assert_false(heard_store_exec(store, "SELECT FROM nothing", &error));
    assert_int_equal(heard_store_last_class(store), HEARD_STORE_OTHER);
    assert_error(error, HEARD_ERROR_STORAGE);
}

static void refuses_a_value_that_has_no_place(void **state)
{
    GError *error = NULL;
    g_autoptr(HeardStatement) statement = heard_store_prepare(*state, "SELECT $1", &error);

    heard_statement_bind_int64(statement, 2, 1);
    assert_int_equal(heard_statement_step(statement, &error), HEARD_STEP_FAILED);
    assert_error(error, HEARD_ERROR_STORAGE);
}

static void rolls_back_all_or_commits_all(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    int64_t count = 0;

    assert_true(heard_store_begin(store, &error));
    make_unit(store, "460100-0001", NULL);
    assert_true(heard_store_in_transaction(store));
    heard_store_rollback(store);
    assert_true(heard_unit_rows_count(store, &count, &error));
    assert_int_equal(count, 0);

    assert_true(heard_store_begin(store, &error));
    make_unit(store, "460100-0001", NULL);
    make_unit(store, "460100-0002", NULL);
    assert_true(heard_store_commit(store, &error));
    assert_true(heard_unit_rows_count(store, &count, &error));
    assert_int_equal(count, 2);
}

static void readers_do_not_wait_for_the_writer(void **state)
{
    char *folder = fixture_folder_make();
    g_autofree char *url = fixture_url(folder);
    GError *error = NULL;
    HeardStore *writer = heard_store_open(url, &error);
    HeardStore *reader;
    int64_t count = -1;
    (void)state;

    assert_no_error(error);
    assert_true(heard_migrate(writer, NULL, &error));
    make_unit(writer, "460100-0001", NULL);
    reader = heard_store_open(url, &error);
    assert_no_error(error);

    assert_true(heard_store_begin(writer, &error));
    make_unit(writer, "460100-0002", NULL);
    assert_true(heard_unit_rows_count(reader, &count, &error));
    assert_int_equal(count, 1); /* the last committed state, at once */
    assert_true(heard_store_commit(writer, &error));
    assert_true(heard_unit_rows_count(reader, &count, &error));
    assert_int_equal(count, 2);

    heard_store_free(reader);
    heard_store_free(writer);
    fixture_folder_remove(folder);
}

/* What a row takes: enough to fill the pages left soon. */
static bool insert_fat_unit(HeardStore *store, unsigned index, GError **error)
{
    g_autofree char *code = g_strdup_printf("460100-%04u", index);
    g_autofree char *name = g_strnfill(3000, 'n');
    HeardUnitRow row = {.id = code,
                        .code = code,
                        .name = name,
                        .level = 4,
                        .kind = "k",
                        .region_code = "460100",
                        .status = "active"};

    return heard_unit_rows_insert(store, &row, error);
}

static void a_full_disk_keeps_what_was_committed(void **state)
{
    char *folder = fixture_folder_make();
    g_autofree char *url = fixture_url(folder);
    GError *error = NULL;
    HeardStore *store = heard_store_open(url, &error);
    unsigned committed = 0;
    int64_t count = 0;
    int64_t pages = 0;
    g_autofree char *limit = NULL;
    (void)state;

    assert_true(heard_migrate(store, NULL, &error));
    assert_true(heard_row_number(store, "PRAGMA page_count", NULL, 0, &pages, &error));
    limit = g_strdup_printf("PRAGMA max_page_count = %d", (int)pages + 40);
    assert_true(heard_row_number(store, limit, NULL, 0, &pages, &error));

    for (bool full = false; !full;) {
        assert_true(heard_store_begin(store, &error));
        full = !insert_fat_unit(store, committed, &error);
        if (full)
            heard_store_rollback(store);
        else
            assert_true(heard_store_commit(store, &error));
        committed += full ? 0 : 1;
        assert_true(committed < 1000);
    }
    assert_int_equal(heard_store_last_class(store), HEARD_STORE_FULL);
    assert_error(error, HEARD_ERROR_STORAGE_FULL);
    assert_true(committed > 5);
    assert_false(heard_store_in_transaction(store));

    heard_store_free(store);
    store = heard_store_open(url, &error);
    assert_no_error(error);
    assert_true(heard_unit_rows_count(store, &count, &error));
    assert_int_equal(count, committed);
    assert_true(insert_fat_unit(store, 5000, &error)); /* space again, work again */
    heard_store_free(store);
    fixture_folder_remove(folder);
}

static void never_runs_outside_a_lost_transaction(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;

    assert_true(heard_store_begin(store, &error));
    make_unit(store, "460100-0001", NULL);
    /* What SQLite does by itself on some failures. */
    assert_true(heard_store_exec(store, "ROLLBACK", &error));
    assert_false(insert_fat_unit(store, 1, &error));
    assert_int_equal(heard_store_last_class(store), HEARD_STORE_LOST);
    assert_error(error, HEARD_ERROR_UNAVAILABLE);
    heard_store_rollback(store);
    assert_true(insert_fat_unit(store, 1, &error));
}

static void a_failed_commit_has_rolled_back(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;

    assert_true(heard_store_begin(store, &error));
    assert_true(heard_store_exec(store, "ROLLBACK", &error));
    assert_false(heard_store_commit(store, &error));
    g_clear_error(&error);
    assert_false(heard_store_in_transaction(store));
}

static void refuses_what_it_cannot_open(void **state)
{
    char *folder = fixture_folder_make();
    g_autofree char *missing = g_strdup_printf("sqlite:%s/none/heard.db", folder);
    g_autofree char *text_file = g_strdup_printf("%s/heard.db", folder);
    g_autofree char *url = fixture_url(folder);
    g_autofree char *noise = g_strnfill(8192, 'x');
    GError *error = NULL;
    (void)state;

    assert_null(heard_store_open(missing, &error));
    assert_non_null(strstr(error->message, "data folder"));
    assert_error(error, HEARD_ERROR_STORAGE);

    assert_null(heard_store_open("postgresql://heard:secret@db/heard", &error));
    assert_null(strstr(error->message, "secret"));
    assert_error(error, HEARD_ERROR_CONFIG);

    assert_true(g_file_set_contents(text_file, noise, 8192, NULL));
    assert_null(heard_store_open(url, &error));
    assert_error(error, HEARD_ERROR_CORRUPT);
    fixture_folder_remove(folder);
}

static void is_closed_to_other_users(void **state)
{
    char *folder = fixture_folder_make();
    g_autofree char *url = fixture_url(folder);
    g_autofree char *path = g_strdup_printf("%s/heard.db", folder);
    GError *error = NULL;
    HeardStore *store = heard_store_open(url, &error);
    struct stat file;
    (void)state;

    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_true(heard_store_check(store, &error));
    g_unlink(path);
    assert_false(heard_store_check(store, &error));
    assert_error(error, HEARD_ERROR_UNAVAILABLE);
    heard_store_free(store);
    fixture_folder_remove(folder);
}

static void is_safe_against_power_cuts(void **state)
{
    char *folder = fixture_folder_make();
    g_autofree char *url = fixture_url(folder);
    GError *error = NULL;
    g_autoptr(HeardStore) store = heard_store_open(url, &error);
    g_autoptr(HeardStatement) mode = heard_store_prepare(store, "PRAGMA journal_mode", &error);
    int64_t value = 0;
    (void)state;

    assert_int_equal(heard_statement_step(mode, &error), HEARD_STEP_ROW);
    assert_string_equal(heard_statement_col_text(mode, 0), "wal");
    assert_true(heard_row_number(store, "PRAGMA synchronous", NULL, 0, &value, &error));
    assert_int_equal(value, 2); /* FULL */
    assert_true(heard_row_number(store, "PRAGMA foreign_keys", NULL, 0, &value, &error));
    assert_int_equal(value, 1);
    fixture_folder_remove(folder);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(gives_back_every_type),
        with_store(names_the_class_of_a_failure),
        with_store(refuses_a_value_that_has_no_place),
        with_store(rolls_back_all_or_commits_all),
        with_store(statements_begin_anew),
        with_store(kept_statements_follow_the_schema),
        cmocka_unit_test(readers_do_not_wait_for_the_writer),
        cmocka_unit_test(a_full_disk_keeps_what_was_committed),
        with_store(never_runs_outside_a_lost_transaction),
        with_store(a_failed_commit_has_rolled_back),
        cmocka_unit_test(refuses_what_it_cannot_open),
        cmocka_unit_test(is_closed_to_other_users),
        cmocka_unit_test(is_safe_against_power_cuts),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
