/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/audit_rows.h"

static HeardAuditRow row_of(const char *action, const char *hearing_id)
{
    return (HeardAuditRow){.at_ms = FIXTURE_WALL_MS,
                           .actor_id = "a",
                           .role = "clerk",
                           .action = action,
                           .object = "case:1",
                           .hearing_id = hearing_id,
                           .detail = "{}",
                           .result = "done"};
}

static void record(HeardStore *store, const char *action, const char *hearing_id)
{
    GError *error = NULL;
    HeardAuditRow row = row_of(action, hearing_id);

    assert_ok(heard_audit_rows_record(store, &row, NULL, &error), error);
}

static int64_t first_bad(HeardStore *store)
{
    char head[HEARD_AUDIT_HASH_SIZE];
    int64_t bad = -1;

    assert_true(heard_audit_rows_verify(store, &bad, head, NULL));
    return bad;
}

static void begins_with_zeros(void **state)
{
    char hash[HEARD_AUDIT_HASH_SIZE];
    int64_t seq = -1;

    assert_true(heard_audit_rows_head(*state, &seq, hash, NULL));
    assert_int_equal(seq, 0);
    assert_int_equal(strspn(hash, "0"), 64);
    assert_int_equal(first_bad(*state), 0);
}

static void each_row_carries_the_hash_before(void **state)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    char head[HEARD_AUDIT_HASH_SIZE];
    int64_t bad = -1;

    for (unsigned i = 0; i < 250; i++) /* more than one page */
        record(*state, "participant.admit", i % 2 ? "h1" : NULL);
    rows = heard_audit_rows_list(*state, "h1", 0, 3, &error);
    assert_int_equal(rows->len, 3);
    assert_int_equal(((HeardAuditRow *)rows->pdata[2])->seq, 6);
    assert_true(heard_audit_rows_verify(*state, &bad, head, &error));
    assert_int_equal(bad, 0);
    g_ptr_array_unref(rows);
    rows = heard_audit_rows_list(*state, NULL, 249, 0, &error);
    assert_int_equal(rows->len, 1);
    assert_string_equal(((HeardAuditRow *)rows->pdata[0])->hash, head);
    assert_string_equal(((HeardAuditRow *)rows->pdata[0])->object, "case:1");
}

static void nobody_alters_it(void **state)
{
    static const char *const attempts[] = {
        "UPDATE audit SET action = 'x' WHERE seq = 2",
        "UPDATE audit SET seq = 9 WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit (seq, at_ms, action, prev_hash, hash) "
        "VALUES (2, 1, 'x', 'p', 'h')",
        "INSERT INTO audit (seq, at_ms, action, prev_hash, hash) VALUES (7, 1, 'x', 'p', 'h')",
        "INSERT INTO audit (seq, at_ms, action, prev_hash, hash) VALUES (4, 1, 'x', 'p', 'h')",
        "INSERT INTO audit (seq, at_ms, action, prev_hash, hash) SELECT seq, at_ms, 'x', "
        "prev_hash, hash FROM audit WHERE seq = 1 "
        "ON CONFLICT (seq) DO UPDATE SET action = 'x'",
    };

    for (unsigned i = 0; i < 3; i++)
        record(*state, "phase.advance", "h1");
    for (unsigned i = 0; i < G_N_ELEMENTS(attempts); i++) {
        GError *error = NULL;
        if (heard_store_exec(*state, attempts[i], &error))
            fail_msg("went through: %s", attempts[i]);
        assert_non_null(strstr(error->message, "append-only"));
        g_clear_error(&error);
    }
    assert_int_equal(first_bad(*state), 0);
}

/* An administrator of the database can drop the triggers; the hashes still tell. */
static void alteration_behind_its_back_is_found(void **state)
{
    HeardStore *store = *state;

    for (unsigned i = 0; i < 5; i++)
        record(store, "phase.advance", "h1");
    assert_true(heard_store_exec(store, "DROP TRIGGER audit_no_update", NULL));
    assert_true(heard_store_exec(store, "UPDATE audit SET role = 'presiding' WHERE seq = 3", NULL));
    assert_int_equal(first_bad(store), 3);
    assert_true(heard_store_exec(store, "UPDATE audit SET role = 'clerk' WHERE seq = 3", NULL));
    assert_int_equal(first_bad(store), 0);
    assert_true(heard_store_exec(store, "DROP TRIGGER audit_no_delete", NULL));
    assert_true(heard_store_exec(store, "DELETE FROM audit WHERE seq = 2", NULL));
    assert_int_equal(first_bad(store), 3);
}

static void append_takes_only_the_next(void **state)
{
    GError *error = NULL;
    g_autofree char *zeros = g_strnfill(64, '0');
    g_autofree char *ones = g_strnfill(64, '1');
    HeardAuditRow row = row_of("x.y", NULL);

    row.seq = 1;
    row.prev_hash = zeros;
    row.hash = "short";
    assert_false(heard_audit_rows_append(*state, &row, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    row.hash = ones;
    assert_true(heard_audit_rows_append(*state, &row, &error));
    assert_false(heard_audit_rows_append(*state, &row, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    row.seq = 2; /* right number, wrong link */
    assert_false(heard_audit_rows_append(*state, &row, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
}

static int64_t counted(HeardStore *store, const char *hearing)
{
    int64_t count = -1;

    assert_true(
        heard_audit_rows_count(store, hearing, "case:1", "link.wrong", "link.", &count, NULL));
    return count;
}

static void counts_since_another_of_the_same_kind(void **state)
{
    HeardStore *store = *state;

    record(store, "link.wrong", "h");
    record(store, "link.wrong", "h");
    record(store, "link.wrong", "other");
    assert_int_equal(counted(store, "h"), 2);
    record(store, "minutes.read", "h");
    assert_int_equal(counted(store, "h"), 2);
    record(store, "link.renew", "h");
    assert_int_equal(counted(store, "h"), 0);
    record(store, "link.wrong", "h");
    assert_int_equal(counted(store, "h"), 1);
    assert_int_equal(counted(store, "other"), 1);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(begins_with_zeros),          with_store(each_row_carries_the_hash_before),
        with_store(nobody_alters_it),           with_store(alteration_behind_its_back_is_found),
        with_store(append_takes_only_the_next), with_store(counts_since_another_of_the_same_kind),
    };

    return cmocka_run_group_tests_name("store audit rows", tests, NULL, NULL);
}
