/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/hearing_rows.h"
#include "server/store/seat_rows.h"

static unsigned count_hearings(HeardStore *store, HeardHearingFilter filter)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = heard_hearing_rows_list(store, &filter, false, NULL, &error);

    assert_no_error(error);
    return rows->len;
}

static void lists_todays_hearings_by_start(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *city = make_unit(store, "460100-0001", NULL);
    const char *county = make_unit(store, "460105-0001", city);
    const char *clerk = make_account(store, "clerk", county);
    const char *late = make_hearing(store, "HS1", NULL, county, 300);
    const char *early = make_hearing(store, "HS2", NULL, city, 100);
    const char *same = make_hearing(store, "HS3", NULL, city, 300);
    const HeardHearingFilter all = {0};
    HeardPage page = {.after = early, .limit = 1};
    g_autoptr(GPtrArray) rows = heard_hearing_rows_list(store, &all, false, NULL, &error);
    g_autoptr(GPtrArray) next = heard_hearing_rows_list(store, &all, false, &page, &error);
    g_autoptr(GPtrArray) newest = heard_hearing_rows_list(store, &all, true, NULL, &error);

    assert_int_equal(rows->len, 3);
    assert_string_equal(((HeardHearingRow *)rows->pdata[0])->id, early);
    assert_string_equal(((HeardHearingRow *)rows->pdata[1])->id, late);
    assert_string_equal(((HeardHearingRow *)rows->pdata[2])->id, same);
    assert_int_equal(next->len, 1);
    assert_string_equal(((HeardHearingRow *)next->pdata[0])->id, late);
    assert_string_equal(((HeardHearingRow *)newest->pdata[0])->id, same);

    make_seat(store, late, clerk, 1);
    assert_int_equal(count_hearings(store, (HeardHearingFilter){.from_ms = 100, .to_ms = 300}), 1);
    assert_int_equal(count_hearings(store, (HeardHearingFilter){.from_ms = 101}), 2);
    assert_int_equal(count_hearings(store, (HeardHearingFilter){.account_id = clerk}), 1);
    assert_int_equal(count_hearings(store, (HeardHearingFilter){.unit_id = county}), 0);
    assert_int_equal(
        count_hearings(store, (HeardHearingFilter){.subtree_path = "/460100-0001/460105-0001/"}),
        1);
    assert_int_equal(count_hearings(store, (HeardHearingFilter){.state = "live"}), 0);
}

static void goes_through_its_life(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *id = make_hearing(store, "HS1", make_case(store, "XF1", unit), unit, 100);
    g_autofree HeardHearingRow *row = NULL;
    g_autoptr(GPtrArray) open = NULL;

    assert_true(heard_hearing_rows_set_plan(store, id, 200, 400, &error));
    assert_true(heard_hearing_rows_set_state(store, id, "live", "opening", &error));
    assert_true(heard_hearing_rows_set_started(store, id, 210, &error));
    assert_true(heard_hearing_rows_set_started(store, id, 999, &error)); /* after a restart */
    open = heard_hearing_rows_list_open(store, NULL, &error);
    assert_int_equal(open->len, 1);
    assert_true(heard_hearing_rows_set_ended(store, id, 390, "done", &error));
    row = heard_hearing_rows_get_by_no(store, "HS1", &error);
    assert_string_equal(row->phase, "opening");
    assert_int_equal(row->planned_start_ms, 200);
    assert_int_equal(row->actual_start_ms, 210);
    assert_int_equal(row->actual_end_ms, 390);
    assert_string_equal(row->close_reason, "done");

    assert_false(heard_hearing_rows_set_plan(store, id, 400, 200, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    assert_null(heard_hearing_rows_get(store, "nowhere", &error));
    assert_error(error, HEARD_ERROR_UNKNOWN_HEARING);
    assert_false(heard_hearing_rows_set_state(store, "nowhere", "live", "opening", &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
}

static void keeps_phases_in_order(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *id = make_hearing(store, "HS1", NULL, make_unit(store, "460100-0001", NULL), 100);
    g_autoptr(GPtrArray) rows = NULL;

    for (int i = 2; i >= 0; i--) {
        HeardPhaseEventRow row = {.id = fixture_id(),
                                  .hearing_id = id,
                                  .from_phase = "check_in",
                                  .to_phase = "opening",
                                  .at_ms = 100 + i,
                                  .by_id = "a",
                                  .note = "因故"};
        assert_true(heard_phase_event_rows_insert(store, &row, &error));
    }
    rows = heard_phase_event_rows_list(store, id, NULL, &error);
    assert_int_equal(rows->len, 3);
    for (unsigned i = 0; i < rows->len; i++)
        assert_int_equal(((HeardPhaseEventRow *)rows->pdata[i])->at_ms, 100 + i);
}

static void seats_keep_the_names_of_their_day(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *clerk = make_account(store, "clerk", unit);
    const char *id = make_hearing(store, "HS1", NULL, unit, 100);
    const char *second = make_seat(store, id, clerk, 2);
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GPtrArray) mine = NULL;

    make_seat(store, id, NULL, 1);
    assert_true(heard_store_exec(store, "UPDATE unit SET name = '新名称'", NULL));
    rows = heard_seat_rows_list(store, id, &error);
    assert_int_equal(rows->len, 2);
    assert_int_equal(((HeardSeatRow *)rows->pdata[0])->position, 1);
    assert_string_equal(((HeardSeatRow *)rows->pdata[1])->unit_name, "县信访局");
    mine = heard_seat_rows_list_of_account(store, id, clerk, &error);
    assert_int_equal(mine->len, 1);
    assert_string_equal(((HeardSeatRow *)mine->pdata[0])->id, second);
}

static void a_hearing_has_a_bound_of_seats(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *id = make_hearing(store, "HS1", NULL, make_unit(store, "460100-0001", NULL), 100);
    HeardSeatRow row = {.id = "s",
                        .hearing_id = id,
                        .side = "observer",
                        .role = "observer",
                        .display_name = "n",
                        .position = 1};

    make_seat(store, id, NULL, 1);
    assert_false(heard_seat_rows_insert(store, &row, &error)); /* the place is taken */
    assert_error(error, HEARD_ERROR_CONFLICT);
    for (int i = 2; i <= HEARD_SEATS_MAX; i++)
        make_seat(store, id, NULL, i);
    row.position = HEARD_SEATS_MAX + 1;
    assert_false(heard_seat_rows_insert(store, &row, &error));
    assert_error(error, HEARD_ERROR_HEARING_FULL);
}

static void a_seat_goes_with_its_participant_but_not_with_consents(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *id = make_hearing(store, "HS1", NULL, make_unit(store, "460100-0001", NULL), 100);
    const char *empty = make_seat(store, id, NULL, 1);
    const char *spoken = make_seat(store, id, NULL, 2);
    const char *participant = make_participant(store, spoken, id, "t2");
    g_autofree char *consent = g_strdup_printf(
        "INSERT INTO consent (id, participant_id, subject, text_version, decision, at_ms, channel)"
        " VALUES ('c', '%s', 'recording', '1', 'given', 1, 'web')",
        participant);

    make_participant(store, empty, id, "t1");
    assert_true(heard_store_exec(store, consent, NULL));
    assert_true(heard_seat_rows_remove(store, empty, &error));
    assert_false(heard_seat_rows_remove(store, spoken, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(lists_todays_hearings_by_start),
        with_store(goes_through_its_life),
        with_store(keeps_phases_in_order),
        with_store(seats_keep_the_names_of_their_day),
        with_store(a_hearing_has_a_bound_of_seats),
        with_store(a_seat_goes_with_its_participant_but_not_with_consents),
    };

    return cmocka_run_group_tests_name("store hearing rows", tests, NULL, NULL);
}
