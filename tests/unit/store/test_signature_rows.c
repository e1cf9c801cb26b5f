/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/signature_rows.h"

#include <string.h>

static const char *hearing, *participant;

static HeardSigningRow signing_of(int64_t version)
{
    return (HeardSigningRow){.id = fixture_id(),
                             .hearing_id = hearing,
                             .subject_kind = "minutes",
                             .subject_id = hearing,
                             .version = version,
                             .title = "接访笔录",
                             .text = "一、核对身份\n",
                             .sha256 = "ab",
                             .state = "open",
                             .opened_by = participant,
                             .opened_ms = 7};
}

static HeardSignatureRow signature_of(const HeardSigningRow *signing)
{
    return (HeardSignatureRow){.id = fixture_id(),
                               .signing_id = signing->id,
                               .participant_id = participant,
                               .role = "petitioner",
                               .name = "张建国",
                               .state = "waiting"};
}

static void people_are_there(HeardStore *store)
{
    const char *unit = make_unit(store, "460100-0001", NULL);

    hearing = make_hearing(store, "HS1", NULL, unit, 100);
    participant = make_participant(store, make_seat(store, hearing, NULL, 1), hearing, "h1");
}

static void a_version_is_signed_once(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardSigningRow first, second, again;
    g_autofree HeardSigningRow *newest = NULL;
    g_autoptr(GPtrArray) rows = NULL;

    people_are_there(store);
    newest = heard_signing_rows_newest(store, "minutes", hearing, &error);
    assert_null(newest);
    assert_no_error(error);
    first = signing_of(1);
    second = signing_of(2);
    again = signing_of(2);
    assert_ok(heard_signing_rows_insert(store, &first, &error), error);
    assert_ok(heard_signing_rows_end(store, first.id, "withdrawn", 8, &error), error);
    assert_ok(heard_signing_rows_insert(store, &second, &error), error);
    assert_false(heard_signing_rows_insert(store, &again, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    newest = heard_signing_rows_newest(store, "minutes", hearing, &error);
    assert_string_equal(newest->id, second.id);
    assert_false(heard_signing_rows_end(store, first.id, "settled", 9, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    rows = heard_signing_rows_list(store, hearing, &error);
    assert_int_equal(rows->len, 2);
    assert_string_equal(((HeardSigningRow *)g_ptr_array_index(rows, 0))->state, "withdrawn");
}

static HeardSignatureRow *only_one(HeardStore *store, const HeardSigningRow *signing)
{
    g_autoptr(GPtrArray) rows = heard_signature_rows_list(store, signing->id, NULL);

    assert_int_equal(rows->len, 1);
    return g_ptr_array_steal_index(rows, 0);
}

static void codes_are_counted(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardSigningRow signing;
    HeardSignatureRow row;
    g_autofree HeardSignatureRow *got = NULL;

    people_are_there(store);
    signing = signing_of(1);
    row = signature_of(&signing);
    assert_ok(heard_signing_rows_insert(store, &signing, &error), error);
    assert_ok(heard_signature_rows_insert(store, &row, &error), error);
    assert_ok(heard_signature_rows_set_code(store, row.id, "h1", 10, &error), error);
    assert_ok(heard_signature_rows_count_try(store, row.id, &error), error);
    assert_ok(heard_signature_rows_count_try(store, row.id, &error), error);
    got = only_one(store, &signing);
    assert_string_equal(got->code_hash, "h1");
    assert_int_equal(got->code_tries, 2);
    assert_ok(heard_signature_rows_set_code(store, row.id, "h2", 11, &error), error);
    g_free(got);
    got = only_one(store, &signing);
    assert_int_equal(got->code_tries, 0);
    assert_int_equal(got->code_count, 2);
    assert_int_equal(got->code_ms, 11);
}

static void run_in_vain(HeardStore *store, const char *format, const char *id)
{
    GError *error = NULL;
    g_autofree char *sql = NULL;
    g_auto(GStrv) parts = g_strsplit(format, "%s", -1);

    sql = g_strjoinv(id, parts);
    assert_false(heard_store_exec(store, sql, &error));
    assert_non_null(error);
    g_clear_error(&error);
}

static void what_was_signed_stays(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardSigningRow signing;
    HeardSignatureRow row, after;
    g_autofree HeardSignatureRow *got = NULL;

    people_are_there(store);
    signing = signing_of(1);
    row = after = signature_of(&signing);
    assert_ok(heard_signing_rows_insert(store, &signing, &error), error);
    assert_ok(heard_signature_rows_insert(store, &row, &error), error);
    after.state = "signed";
    after.method = "drawn_code";
    after.strength = "simple";
    after.evidence = "{}";
    after.seal = "cd";
    after.at_ms = 20;
    assert_ok(heard_signature_rows_change(store, &row, &after, &error), error);
    assert_false(heard_signature_rows_change(store, &row, &after, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    got = only_one(store, &signing);
    assert_string_equal(got->strength, "simple");
    assert_null(got->code_hash);
    run_in_vain(store, "UPDATE signature SET evidence = 'x' WHERE id = '%s'", row.id);
    run_in_vain(store, "DELETE FROM signature WHERE id = '%s'", row.id);
    run_in_vain(store, "UPDATE signing SET text = 'x' WHERE id = '%s'", signing.id);
    run_in_vain(store, "DELETE FROM signing WHERE id = '%s'", signing.id);
    assert_ok(heard_signing_rows_end(store, signing.id, "settled", 21, &error), error);
    run_in_vain(store, "UPDATE signing SET state = 'open' WHERE id = '%s'", signing.id);
}

static void nobody_signs_what_ended(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardSigningRow signing;
    HeardSignatureRow row, after;

    people_are_there(store);
    signing = signing_of(1);
    row = after = signature_of(&signing);
    assert_ok(heard_signing_rows_insert(store, &signing, &error), error);
    assert_ok(heard_signature_rows_insert(store, &row, &error), error);
    assert_ok(heard_signing_rows_end(store, signing.id, "withdrawn", 8, &error), error);
    after.state = "signed";
    after.at_ms = 9;
    assert_false(heard_signature_rows_change(store, &row, &after, &error));
    g_clear_error(&error);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(a_version_is_signed_once),
        with_store(codes_are_counted),
        with_store(what_was_signed_stays),
        with_store(nobody_signs_what_ended),
    };

    return cmocka_run_group_tests_name("store signature rows", tests, NULL, NULL);
}
