/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/case_rows.h"
#include "server/store/number_rows.h"
#include "server/store/unit_rows.h"

static void numbers_run_per_kind_region_and_day(void **state)
{
    char one[HEARD_NUMBER_SIZE], two[HEARD_NUMBER_SIZE], other[HEARD_NUMBER_SIZE];
    GError *error = NULL;

    assert_true(heard_number_rows_take(*state, "XF", "460100", "20261123", one, &error));
    assert_true(heard_number_rows_take(*state, "XF", "460100", "20261123", two, &error));
    assert_true(g_str_has_prefix(one, "XF46010020261123000001"));
    assert_true(g_str_has_prefix(two, "XF46010020261123000002"));
    assert_true(heard_number_is_valid(two));
    assert_true(heard_number_rows_take(*state, "XF", "460100", "20261124", other, &error));
    assert_true(g_str_has_prefix(other, "XF46010020261124000001"));
    assert_true(heard_number_rows_take(*state, "HSJ", "460100", "20261123", other, &error));
    assert_true(g_str_has_prefix(other, "HSJ46010020261123000001"));
    assert_true(heard_number_rows_take(*state, "XF", "460105", "20261123", other, &error));
    assert_true(g_str_has_prefix(other, "XF46010520261123000001"));
}

static void a_bad_region_takes_no_number(void **state)
{
    char number[HEARD_NUMBER_SIZE];
    GError *error = NULL;

    assert_false(heard_number_rows_take(*state, "XF", "46010", "20261123", number, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    assert_false(heard_number_rows_take(*state, "XF", "460100", "2026-11-23", number, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    assert_true(heard_store_exec(*state,
                                 "INSERT INTO number_sequence (prefix, region, date, last) "
                                 "VALUES ('XF', '460100', '20261123', 999999)",
                                 &error));
    assert_false(heard_number_rows_take(*state, "XF", "460100", "20261123", number, &error));
    assert_error(error, HEARD_ERROR_TOO_MANY);
}

static void keeps_every_column(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *lead = make_unit(store, "460100-0002", NULL);
    HeardCaseRow row = {.id = fixture_id(),
                        .case_no = "XF1",
                        .external_id = "e",
                        .source_system = "s",
                        .nature = "claim",
                        .subject_code = "0301",
                        .title = "外墙漏水",
                        .claim = "维修",
                        .facts = "第一行\n第二行",
                        .channel = "web",
                        .confidentiality = "restricted",
                        .state = "registered",
                        .procedure_profile = "p",
                        .registered_unit_id = unit,
                        .first_handler_id = make_account(store, "h", unit),
                        .lead_unit_id = lead,
                        .petitioner_id = make_person(store, "张"),
                        .created_ms = 7,
                        .updated_ms = 8};
    g_autofree HeardCaseRow *got = NULL;
    g_autofree HeardCaseRow *external = NULL;

    assert_ok(heard_case_rows_insert(store, &row, &error), error);
    got = heard_case_rows_get_by_no(store, "XF1", &error);
    assert_string_equal(got->id, row.id);
    assert_string_equal(got->facts, row.facts);
    assert_string_equal(got->confidentiality, "restricted");
    assert_string_equal(got->lead_unit_id, lead);
    assert_string_equal(got->first_handler_id, row.first_handler_id);
    assert_string_equal(got->petitioner_id, row.petitioner_id);
    assert_int_equal(got->created_ms, 7);
    external = heard_case_rows_get_by_external(store, "s", "e", &error);
    assert_string_equal(external->id, row.id);
    row.id = fixture_id();
    row.case_no = "XF2";
    assert_false(heard_case_rows_insert(store, &row, &error)); /* the same outside case twice */
    assert_error(error, HEARD_ERROR_CONFLICT);
}

static void a_state_changes_from_what_was_seen(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *id = make_case(store, "XF1", make_unit(store, "460100-0001", NULL));
    g_autofree HeardCaseRow *got = NULL;

    assert_true(heard_case_rows_set_state(store, id, "registered", "in_progress", 5, &error));
    assert_false(heard_case_rows_set_state(store, id, "registered", "withdrawn", 6, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    got = heard_case_rows_get(store, id, &error);
    assert_string_equal(got->state, "in_progress");
    assert_int_equal(got->updated_ms, 5);
    got->title = "新标题";
    got->lead_unit_id = got->registered_unit_id;
    assert_true(heard_case_rows_update(store, got, 9, &error));
    g_clear_pointer(&got, g_free);
    got = heard_case_rows_get(store, id, &error);
    assert_string_equal(got->title, "新标题");
    assert_string_equal(got->lead_unit_id, got->registered_unit_id);
    assert_int_equal(got->updated_ms, 9);
}

static unsigned count_cases(HeardStore *store, HeardCaseFilter filter)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = heard_case_rows_list(store, &filter, NULL, &error);

    assert_no_error(error);
    return rows->len;
}

static void lists_only_what_may_be_seen(void **state)
{
    HeardStore *store = *state;
    const char *city = make_unit(store, "460100-0001", NULL);
    const char *county = make_unit(store, "460105-0001", city);
    const char *elsewhere = make_unit(store, "460200-0001", NULL);
    const char *officer = make_account(store, "officer", elsewhere);
    const char *ours = make_case(store, "XF1", county);
    const char *theirs = make_case(store, "XF2", elsewhere);
    const char *hearing = make_hearing(store, "HS1", ours, county, 100);
    g_autofree HeardCaseRow *led = NULL;

    make_seat(store, hearing, officer, 1);
    assert_int_equal(count_cases(store, (HeardCaseFilter){0}), 2);
    assert_int_equal(count_cases(store, (HeardCaseFilter){.subtree_path = "/460100-0001/"}), 1);
    assert_int_equal(count_cases(store, (HeardCaseFilter){.subtree_path = "/460200-0001/"}), 1);
    assert_int_equal(count_cases(store, (HeardCaseFilter){.account_id = officer}), 1);
    assert_int_equal(count_cases(store, (HeardCaseFilter){.account_id = "nobody"}), 0);
    assert_int_equal(count_cases(store, (HeardCaseFilter){.state = "concluded"}), 0);
    assert_int_equal(count_cases(store, (HeardCaseFilter){.state = "registered",
                                                          .account_id = officer,
                                                          .subtree_path = "/460200-0001/"}),
                     0);
    led = heard_case_rows_get(store, theirs, NULL); /* the lead unit's subtree sees it too */
    led->lead_unit_id = county;
    assert_true(heard_case_rows_update(store, led, 1, NULL));
    assert_int_equal(count_cases(store, (HeardCaseFilter){.subtree_path = "/460100-0001/"}), 2);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(numbers_run_per_kind_region_and_day),
        with_store(a_bad_region_takes_no_number),
        with_store(keeps_every_column),
        with_store(a_state_changes_from_what_was_seen),
        with_store(lists_only_what_may_be_seen),
    };

    return cmocka_run_group_tests_name("store case rows", tests, NULL, NULL);
}
