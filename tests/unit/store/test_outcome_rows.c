/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/outcome_rows.h"

static void keeps_outcomes_and_commitments_of_a_case(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *petition = make_case(store, "XF1", unit);
    const char *hearing = make_hearing(store, "HS1", petition, unit, 100);
    HeardOutcomeRow outcome = {.id = fixture_id(),
                               .hearing_id = hearing,
                               .case_id = petition,
                               .item = "维修责任",
                               .result = "supported",
                               .note = "n",
                               .by_id = "a",
                               .at_ms = 5};
    HeardCommitmentRow promise = {.id = fixture_id(),
                                  .hearing_id = hearing,
                                  .case_id = petition,
                                  .text = "十日内完成勘查",
                                  .owner_unit_id = unit,
                                  .due_at_ms = 900,
                                  .state = "open",
                                  .created_ms = 5,
                                  .kind = "commitment",
                                  .named_by = "a"};
    HeardCommitmentRow task = promise;
    g_autoptr(GPtrArray) outcomes = NULL;
    g_autoptr(GPtrArray) of_hearing = NULL;
    g_autoptr(GPtrArray) of_case = NULL;
    const HeardCommitmentRow *got;

    assert_ok(heard_outcome_rows_insert(store, &outcome, &error), error);
    assert_ok(heard_commitment_rows_insert(store, &promise, &error), error);
    assert_ok(heard_commitment_rows_move(store, &promise, "done", "photo", 9, &error), error);
    assert_false(heard_commitment_rows_move(store, &promise, "transferred", NULL, 9, &error));
    assert_error(error, HEARD_ERROR_CONFLICT); /* is no longer open */
    task.id = fixture_id();
    task.kind = "task";
    assert_ok(heard_commitment_rows_insert(store, &task, &error), error);
    assert_ok(heard_commitment_rows_remove(store, task.id, 9, &error), error);
    assert_null(heard_commitment_rows_get(store, task.id, &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
    outcomes = heard_outcome_rows_list(store, hearing, NULL, &error);
    assert_int_equal(outcomes->len, 1);
    assert_string_equal(((HeardOutcomeRow *)outcomes->pdata[0])->result, "supported");
    of_hearing = heard_commitment_rows_list_of_hearing(store, hearing, NULL, &error);
    of_case = heard_commitment_rows_list_of_case(store, petition, NULL, &error);
    assert_int_equal(of_hearing->len, 1);
    got = of_case->pdata[0];
    assert_string_equal(got->state, "done");
    assert_string_equal(got->evidence, "photo");
    assert_int_equal(got->due_at_ms, 900);
}

static void a_commitment_has_an_owner(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *hearing = make_hearing(store, "HS1", NULL, unit, 100);
    HeardCommitmentRow promise = {.id = "c",
                                  .hearing_id = hearing,
                                  .text = "t",
                                  .due_at_ms = 900,
                                  .state = "open",
                                  .created_ms = 5,
                                  .kind = "commitment",
                                  .named_by = "a"};

    assert_false(heard_commitment_rows_insert(store, &promise, &error));
    assert_error(error, HEARD_ERROR_STORAGE);
    promise.owner_unit_id = "nobody";
    assert_false(heard_commitment_rows_insert(store, &promise, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_false(heard_commitment_rows_move(store, &promise, "done", NULL, 9, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(keeps_outcomes_and_commitments_of_a_case),
        with_store(a_commitment_has_an_owner),
    };

    return cmocka_run_group_tests_name("store outcome rows", tests, NULL, NULL);
}
