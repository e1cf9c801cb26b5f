/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/base/error.h"
#include "server/store/fault_rows.h"
#include "server/store/recording_rows.h"

static const char *recording, *account;

static void recording_is_there(HeardStore *store)
{
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *hearing = make_hearing(store, "HS1", NULL, unit, 100);
    GError *error = NULL;
    HeardRecordingRow row = {.id = fixture_id(),
                             .recording_no = "HS1-R01",
                             .hearing_id = hearing,
                             .room = "main",
                             .node = "main",
                             .state = "sealed",
                             .directory = "recordings/h/R01",
                             .derive_state = "none",
                             .created_ms = 1};

    assert_ok(heard_recording_rows_insert(store, &row, &error), error);
    recording = row.id;
    account = make_account(store, "clerk", unit);
}

static HeardFaultRow row_at(int64_t from_ms, const char *fault)
{
    return (HeardFaultRow){
        .id = fixture_id(), .recording_id = recording, .fault = fault, .from_ms = from_ms};
}

static void a_fault_begins_and_ends(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardFaultRow late, early;
    g_autoptr(GPtrArray) rows = NULL;
    const HeardFaultRow *got;
    bool kept = false;

    recording_is_there(store);
    late = row_at(20, "stalled");
    early = row_at(10, "disk_full");
    assert_ok(heard_fault_rows_insert(store, &late, &kept, &error), error);
    assert_ok(heard_fault_rows_insert(store, &early, &kept, &error), error);
    assert_true(kept);
    assert_ok(heard_fault_rows_end(store, early.id, 15, &error), error);
    assert_ok(heard_fault_rows_end_all(store, recording, 99, &error), error);
    rows = heard_fault_rows_list(store, recording, &error);
    assert_int_equal(rows->len, 2);
    got = rows->pdata[0];
    assert_string_equal(got->fault, "disk_full");
    assert_int_equal(got->to_ms, 15); /* what has ended stays so */
    got = rows->pdata[1];
    assert_int_equal(got->to_ms, 99);
    assert_null(got->note);
    late = row_at(30, "weather");
    assert_false(heard_fault_rows_insert(store, &late, &kept, &error));
    g_clear_error(&error);
}

static void a_countersignature_ends_all_writing(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardFaultRow fault;
    g_autofree HeardFaultRow *got = NULL;
    bool kept;

    recording_is_there(store);
    fault = row_at(10, "io_error");
    assert_ok(heard_fault_rows_insert(store, &fault, &kept, &error), error);
    assert_ok(heard_fault_rows_set_note(store, fault.id, "the disk", account, 50, &error), error);
    /* not while it lasts */
    assert_false(heard_fault_rows_countersign(store, fault.id, account, 60, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFLICT);
    g_clear_error(&error);
    assert_ok(heard_fault_rows_end(store, fault.id, 40, &error), error);
    assert_ok(heard_fault_rows_set_note(store, fault.id, "a cable", account, 55, &error), error);
    assert_ok(heard_fault_rows_countersign(store, fault.id, account, 60, &error), error);
    assert_false(heard_fault_rows_countersign(store, fault.id, account, 70, &error));
    g_clear_error(&error);
    assert_false(heard_fault_rows_set_note(store, fault.id, "no", account, 80, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFLICT);
    g_clear_error(&error);
    got = heard_fault_rows_get(store, fault.id, &error);
    assert_string_equal(got->note, "a cable");
    assert_int_equal(got->countersigned_at_ms, 60);
}

static void without_a_note_nothing_is_countersigned(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardFaultRow fault;
    bool kept;

    recording_is_there(store);
    fault = row_at(10, "crash");
    fault.to_ms = 20;
    assert_ok(heard_fault_rows_insert(store, &fault, &kept, &error), error);
    assert_false(heard_fault_rows_countersign(store, fault.id, account, 60, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFLICT);
    g_clear_error(&error);
}

static void a_recording_has_a_most(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    bool kept = true;

    recording_is_there(store);
    for (unsigned i = 0; i <= HEARD_FAULT_ROWS_MAX; i++) {
        HeardFaultRow fault = row_at(i, "overrun");
        assert_true(kept);
        assert_ok(heard_fault_rows_insert(store, &fault, &kept, &error), error);
    }
    assert_false(kept);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(a_fault_begins_and_ends),
        with_store(a_countersignature_ends_all_writing),
        with_store(without_a_note_nothing_is_countersigned),
        with_store(a_recording_has_a_most),
    };

    return cmocka_run_group_tests_name("store fault rows", tests, NULL, NULL);
}
