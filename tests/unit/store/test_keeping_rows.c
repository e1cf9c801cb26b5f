/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/job_rows.h"
#include "server/store/keep_decision_rows.h"
#include "server/store/keeping_rows.h"
#include "server/store/recording_rows.h"

typedef struct {
    const char *unit, *petition, *hearing, *recording, *archivist, *other;
} Scene;

static Scene make_scene(HeardStore *store)
{
    Scene scene;

    scene.unit = make_unit(store, "460100-0001", NULL);
    scene.petition = make_case(store, "XF1", scene.unit);
    scene.hearing = make_hearing(store, "HSJ1", scene.petition, scene.unit, 100);
    scene.recording = make_recording(store, scene.hearing, scene.petition, "sealed");
    scene.archivist = make_account(store, "archivist", scene.unit);
    scene.other = make_account(store, "other", scene.unit);
    return scene;
}

static const char *make_hold(HeardStore *store, const Scene *scene, const char *recording,
                             const char *petition)
{
    GError *error = NULL;
    HeardHoldRow row = {.id = fixture_id(),
                        .recording_id = recording,
                        .case_id = petition,
                        .reason = "复查期间",
                        .set_by = scene->archivist,
                        .set_ms = 5};

    assert_ok(heard_hold_rows_insert(store, &row, &error), error);
    return row.id;
}

static const char *make_order(HeardStore *store, const Scene *scene, const char *recording)
{
    GError *error = NULL;
    HeardOrderRow row = {.id = fixture_id(),
                         .recording_id = recording,
                         .state = "requested",
                         .reason = "期满鉴定",
                         .requested_by = scene->archivist,
                         .requested_ms = 7};

    assert_ok(heard_order_rows_insert(store, &row, &error), error);
    return row.id;
}

static unsigned count_holds(HeardStore *store, const Scene *scene, bool is_all)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) rows =
        heard_hold_rows_list(store, scene->recording, scene->petition, is_all, &error);

    assert_no_error(error);
    return rows->len;
}

static void holds_stand_until_they_are_lifted(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *own = make_hold(store, &scene, scene.recording, NULL);
    HeardHoldRow both = {.id = fixture_id(),
                         .recording_id = scene.recording,
                         .case_id = scene.petition,
                         .reason = "x",
                         .set_by = scene.archivist,
                         .set_ms = 1};
    g_autofree HeardHoldRow *row = NULL;

    make_hold(store, &scene, NULL, scene.petition);
    assert_int_equal(count_holds(store, &scene, false), 2);
    assert_ok(heard_hold_rows_lift(store, own, scene.other, "复查终结", 9, &error), error);
    assert_int_equal(count_holds(store, &scene, false), 1);
    assert_int_equal(count_holds(store, &scene, true), 2);
    row = heard_hold_rows_get(store, own, &error);
    assert_string_equal(row->lifted_by, scene.other);
    assert_string_equal(row->lift_reason, "复查终结");
    assert_int_equal(row->lifted_ms, 9);
    assert_false(heard_hold_rows_lift(store, own, scene.other, "再次", 10, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_false(heard_hold_rows_insert(store, &both, NULL));
    assert_false(heard_store_exec(store, "DELETE FROM legal_hold", NULL));
    assert_false(heard_store_exec(store, "UPDATE legal_hold SET lifted_ms = NULL", NULL));
}

static void an_order_goes_its_way_once(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *first = make_order(store, &scene, scene.recording);
    HeardOrderRow beside = {.id = fixture_id(),
                            .recording_id = scene.recording,
                            .state = "requested",
                            .reason = "x",
                            .requested_by = scene.other,
                            .requested_ms = 8};
    const char *second;
    g_autofree HeardOrderRow *row = NULL;
    g_autoptr(GPtrArray) confirmed = NULL;

    assert_false(heard_order_rows_insert(store, &beside, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(heard_order_rows_withdraw(store, first, scene.other, "材料不全", 9, &error), error);
    assert_null(heard_order_rows_get_open(store, scene.recording, &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
    second = make_order(store, &scene, scene.recording);
    assert_false(heard_order_rows_finish(store, second, 11, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(heard_order_rows_confirm(store, second, scene.other, "{}\n", 12, &error), error);
    confirmed = heard_order_rows_list(store, "confirmed", NULL, &error);
    assert_int_equal(confirmed->len, 1);
    assert_false(heard_order_rows_withdraw(store, second, scene.other, "x", 13, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(heard_order_rows_finish(store, second, 14, &error), error);
    row = heard_order_rows_get_open(store, scene.recording, &error);
    assert_string_equal(row->state, "done");
    assert_string_equal(row->certificate, "{}\n");
    assert_int_equal(row->done_ms, 14);
    beside.id = fixture_id();
    assert_false(heard_order_rows_insert(store, &beside, NULL));
}

/* Whatever a program gets wrong. */
static void the_engine_refuses_what_must_never_be(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *order = make_order(store, &scene, scene.recording);
    const char *hold;

    assert_false(heard_recording_rows_set_state(store, scene.recording, "destroyed", NULL));
    assert_false(heard_recording_rows_set_state(store, scene.recording, "destroying", NULL));
    assert_false(heard_order_rows_confirm(store, order, scene.archivist, "{}", 12, NULL));
    assert_false(heard_store_exec(store,
                                  "UPDATE destruction_order SET state = 'confirmed', "
                                  "confirmed_ms = 1, certificate = ''",
                                  NULL));
    hold = make_hold(store, &scene, NULL, scene.petition);
    assert_false(heard_order_rows_confirm(store, order, scene.other, "{}", 12, NULL));
    assert_ok(heard_hold_rows_lift(store, hold, scene.archivist, "终结", 12, &error), error);
    assert_true(heard_store_exec(store, "UPDATE recording SET hold = 1", NULL));
    assert_false(heard_order_rows_confirm(store, order, scene.other, "{}", 13, NULL));
    assert_true(heard_store_exec(store, "UPDATE recording SET hold = 0", NULL));
    assert_ok(heard_order_rows_confirm(store, order, scene.other, "{}", 13, &error), error);
    assert_ok(heard_recording_rows_set_state(store, scene.recording, "destroying", &error), error);
    assert_false(heard_recording_rows_set_state(store, scene.recording, "sealed", NULL));
    assert_ok(heard_recording_rows_set_state(store, scene.recording, "destroyed", &error), error);
    assert_false(heard_recording_rows_set_state(store, scene.recording, "interrupted", NULL));
    assert_false(heard_store_exec(store, "DELETE FROM destruction_order", NULL));
    assert_false(heard_store_exec(store, "DELETE FROM recording", NULL));
    assert_false(heard_store_exec(store, "UPDATE destruction_order SET state = 'requested'", NULL));
}

static void for_ever_until_two_persons_end_it(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *order = make_order(store, &scene, scene.recording);
    HeardKeepDecisionRow row = {.id = fixture_id(),
                                .recording_id = scene.recording,
                                .reason = "有领导批示且有处理结果",
                                .decided_by = scene.archivist,
                                .decided_ms = 5};
    HeardKeepDecisionRow again = row;
    g_autofree HeardKeepDecisionRow *open = NULL;

    assert_ok(heard_keep_decision_rows_insert(store, &row, &error), error);
    again.id = fixture_id();
    assert_false(heard_keep_decision_rows_insert(store, &again, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_false(heard_order_rows_confirm(store, order, scene.other, "{}", 12, NULL));
    assert_false(heard_keep_decision_rows_end(store, row.id, scene.other, 6, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(heard_keep_decision_rows_ask_end(store, row.id, scene.archivist, "误定", 7, &error),
              error);
    assert_false(heard_keep_decision_rows_end(store, row.id, scene.archivist, 8, NULL));
    assert_ok(heard_keep_decision_rows_ask_end(store, row.id, NULL, NULL, 8, &error), error);
    assert_false(heard_keep_decision_rows_end(store, row.id, scene.other, 9, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(heard_keep_decision_rows_ask_end(store, row.id, scene.archivist, "误定", 9, &error),
              error);
    open = heard_keep_decision_rows_get_open(store, scene.recording, &error);
    assert_string_equal(open->end_reason, "误定");
    assert_int_equal(open->end_asked_ms, 9);
    assert_false(heard_store_exec(store, "UPDATE keep_decision SET reason = ''", NULL));
    assert_false(heard_store_exec(store, "DELETE FROM keep_decision", NULL));
    assert_ok(heard_keep_decision_rows_end(store, row.id, scene.other, 10, &error), error);
    assert_null(heard_keep_decision_rows_get_open(store, scene.recording, &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
    assert_false(heard_store_exec(store, "UPDATE keep_decision SET ended_ms = NULL", NULL));
    assert_ok(heard_order_rows_confirm(store, order, scene.other, "{}", 12, &error), error);
}

static void lists_recordings_of_units_below_and_busy_ones(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *below = make_unit(store, "460100-0002", scene.unit);
    const char *beside = make_unit(store, "460200-0001", NULL);
    const char *low = make_hearing(store, "HSJ2", NULL, below, 100);
    const char *far = make_hearing(store, "HSJ3", NULL, beside, 100);
    const char *found = make_recording(store, low, NULL, "recording");
    g_autofree char *path = g_strdup_printf("/%s/", "460100-0001");
    HeardJobRow job = {.id = fixture_id(),
                       .kind = "derive",
                       .subject_id = found,
                       .payload = "{}",
                       .state = "queued",
                       .tries_max = 1,
                       .run_after_ms = 1,
                       .created_ms = 1};
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GPtrArray) rest = NULL;
    HeardPage page = {.limit = 1};
    bool is_busy = true;

    make_recording(store, far, NULL, "sealed");
    rows = heard_recording_rows_list_within(store, path, NULL, &error);
    assert_no_error(error);
    assert_int_equal(rows->len, 2);
    assert_string_equal(((HeardRecordingRow *)rows->pdata[0])->id, scene.recording);
    page.after = scene.recording;
    rest = heard_recording_rows_list_within(store, path, &page, &error);
    assert_int_equal(rest->len, 1);
    assert_string_equal(((HeardRecordingRow *)rest->pdata[0])->id, found);
    assert_ok(heard_job_rows_insert(store, &job, &error), error);
    assert_true(heard_keeping_rows_busy(store, scene.recording, &is_busy, &error));
    assert_false(is_busy);
    assert_true(heard_keeping_rows_busy(store, found, &is_busy, &error));
    assert_true(is_busy);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(holds_stand_until_they_are_lifted),
        with_store(an_order_goes_its_way_once),
        with_store(the_engine_refuses_what_must_never_be),
        with_store(for_ever_until_two_persons_end_it),
        with_store(lists_recordings_of_units_below_and_busy_ones),
    };

    return cmocka_run_group_tests_name("store keeping rows", tests, NULL, NULL);
}
