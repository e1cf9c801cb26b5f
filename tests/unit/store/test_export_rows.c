/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/export_rows.h"

static const char *recording, *asker, *other;

static void a_recording_is_there(HeardStore *store)
{
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *hearing = make_hearing(store, "HS1", NULL, unit, 100);

    recording = make_recording(store, hearing, NULL, "sealed");
    asker = make_account(store, "asker", unit);
    other = make_account(store, "other", unit);
}

static HeardExportRow asked_by(const char *account, int64_t at_ms)
{
    return (HeardExportRow){.id = fixture_id(),
                            .recording_id = recording,
                            .requested_by = account,
                            .requested_ms = at_ms,
                            .reason = "复议",
                            .state = "requested"};
}

static void nobody_approves_his_own(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    g_autofree HeardExportRow *got = NULL;
    HeardExportRow row;

    a_recording_is_there(store);
    row = asked_by(asker, 10);
    assert_ok(heard_export_rows_insert(store, &row, &error), error);
    assert_false(heard_export_rows_decide(store, row.id, true, asker, NULL, 20, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    /* Not even by SQL of somebody's own. */
    assert_false(heard_row_run(store,
                               "UPDATE recording_export SET state = 'approved', decided_by = $1, "
                               "decided_ms = 1",
                               HEARD_VALUES(HEARD_TEXT(asker)), NULL, &error));
    g_clear_error(&error);
    got = heard_export_rows_open(store, recording, asker, 30, &error);
    assert_null(got);
    assert_null(error);
    assert_ok(heard_export_rows_decide(store, row.id, true, other, "同意", 20, &error), error);
    got = heard_export_rows_open(store, recording, asker, 30, &error);
    assert_non_null(got);
    assert_string_equal(got->decided_by, other);
    assert_string_equal(got->note, "同意");
    assert_null(heard_export_rows_open(store, recording, other, 30, &error));
    assert_null(
        heard_export_rows_open(store, recording, asker, 20 + HEARD_EXPORT_VALID_MS, &error));
    assert_null(error);
}

static void an_excerpt_keeps_its_range(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    g_autofree HeardExportRow *got = NULL;
    HeardExportRow row, backwards;

    a_recording_is_there(store);
    backwards = asked_by(asker, 10);
    backwards.from_ms = 5000;
    backwards.to_ms = 5000;
    assert_false(heard_export_rows_insert(store, &backwards, &error));
    g_clear_error(&error);
    row = asked_by(asker, 10);
    row.to_ms = 5000; /* from the very beginning */
    assert_ok(heard_export_rows_insert(store, &row, &error), error);
    got = heard_export_rows_get(store, row.id, &error);
    assert_non_null(got);
    assert_int_equal(got->from_ms, 0);
    assert_int_equal(got->to_ms, 5000);
}

static void a_decision_stands(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    const HeardExportRow *got;
    HeardExportRow first, second;

    a_recording_is_there(store);
    first = asked_by(asker, 10);
    second = asked_by(asker, 11);
    assert_ok(heard_export_rows_insert(store, &first, &error), error);
    assert_false(heard_export_rows_insert(store, &second, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(heard_export_rows_decide(store, first.id, false, other, NULL, 20, &error), error);
    assert_false(heard_export_rows_decide(store, first.id, true, other, NULL, 21, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(heard_export_rows_insert(store, &second, &error), error);
    assert_ok(heard_export_rows_decide(store, second.id, true, other, NULL, 30, &error), error);
    assert_ok(heard_export_rows_count_download(store, second.id, 40, &error), error);
    assert_ok(heard_export_rows_count_download(store, second.id, 50, &error), error);
    rows = heard_export_rows_list(store, recording, &(HeardPage){0}, &error);
    assert_int_equal(rows->len, 2);
    got = rows->pdata[0];
    assert_string_equal(got->id, second.id);
    assert_int_equal(got->downloads, 2);
    assert_int_equal(got->downloaded_ms, 50);
    got = rows->pdata[1];
    assert_string_equal(got->state, "refused");
}

static void waiting_requests_have_a_most(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardExportRow row;

    a_recording_is_there(store);
    for (unsigned i = 0; i < HEARD_EXPORT_OPEN_MAX; i++) {
        g_autofree char *login = g_strdup_printf("a%u", i);
        row = asked_by(make_account(store, login, NULL), i);
        assert_ok(heard_export_rows_insert(store, &row, &error), error);
    }
    row = asked_by(asker, 99);
    assert_false(heard_export_rows_insert(store, &row, &error));
    assert_error(error, HEARD_ERROR_TOO_MANY);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(nobody_approves_his_own),
        with_store(an_excerpt_keeps_its_range),
        with_store(a_decision_stands),
        with_store(waiting_requests_have_a_most),
    };

    return cmocka_run_group_tests_name("store export_rows", tests, NULL, NULL);
}
