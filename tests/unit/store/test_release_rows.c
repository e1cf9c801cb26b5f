/* SPDX-License-Identifier: Apache-2.0 */
/* Which recordings may give their room up: each condition alone keeps one. */
#include "store_fixture.h"

#include "server/store/job_rows.h"
#include "server/store/keeping_rows.h"
#include "server/store/recording_rows.h"
#include "server/store/recording_task_rows.h"
#include "server/store/release_rows.h"

#define ENDED_MS INT64_C(1000)

static const char *petition, *recording, *archivist;

static void put(HeardStore *store, const char *kind, const char *state, int64_t changed_ms)
{
    GError *error = NULL;
    HeardRecordingTaskRow row = {
        .recording_id = recording, .kind = kind, .state = state, .changed_ms = changed_ms};

    assert_ok(heard_recording_task_rows_put(store, &row, &error), error);
}

/* Everything that is needed. */
static void make_old_one(HeardStore *store)
{
    const char *unit = make_unit(store, "460100-0001", NULL);
    GError *error = NULL;

    petition = make_case(store, "XF1", unit);
    recording =
        make_recording(store, make_hearing(store, "HSJ1", petition, unit, 100), petition, "sealed");
    archivist = make_account(store, "archivist", unit);
    assert_ok(heard_recording_rows_set_stopped(store, recording, ENDED_MS, &error), error);
    assert_ok(heard_recording_rows_set_derive(store, recording, "ready", 1000, NULL, &error),
              error);
    put(store, "copy", "ready", 1);
}

/* Both questions have one answer. */
static bool may(HeardStore *store, int64_t before_ms)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) ids = heard_release_rows_list(store, before_ms, 10, &error);
    bool one = false;

    assert_no_error(error);
    assert_ok(heard_release_rows_may(store, recording, before_ms, &one, &error), error);
    assert_int_equal(ids->len, one);
    return one;
}

static const char *hold(HeardStore *store, const char *on, const char *of_case)
{
    GError *error = NULL;
    HeardHoldRow row = {.id = fixture_id(),
                        .recording_id = on,
                        .case_id = of_case,
                        .reason = "复查期间",
                        .set_by = archivist,
                        .set_ms = 5};

    assert_ok(heard_hold_rows_insert(store, &row, &error), error);
    return row.id;
}

static void lift(HeardStore *store, const char *id)
{
    GError *error = NULL;

    assert_ok(heard_hold_rows_lift(store, id, archivist, "结束", 6, &error), error);
}

static void only_when_it_is_old_copied_and_playable(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;

    make_old_one(store);
    assert_true(may(store, ENDED_MS + 1));
    assert_false(may(store, ENDED_MS));
    put(store, "copy", "waiting", 2); /* a time-stamp came that is not there yet */
    assert_false(may(store, ENDED_MS + 1));
    put(store, "copy", "ready", 3);
    assert_ok(heard_recording_rows_set_derive(store, recording, "failed", 0, NULL, &error), error);
    assert_false(may(store, ENDED_MS + 1));
    assert_ok(heard_recording_rows_set_derive(store, recording, "ready", 0, NULL, &error), error);
    assert_ok(heard_recording_rows_set_state(store, recording, "missing", &error), error);
    assert_false(may(store, ENDED_MS + 1));
    assert_ok(heard_recording_rows_set_state(store, recording, "sealed", &error), error);
    assert_true(may(store, ENDED_MS + 1));
}

static void never_while_somebody_holds_it_or_wants_it_destroyed(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *id;
    HeardOrderRow order = {.state = "requested", .reason = "期满", .requested_ms = 7};

    make_old_one(store);
    id = hold(store, recording, NULL);
    assert_false(may(store, ENDED_MS + 1));
    lift(store, id);
    assert_true(may(store, ENDED_MS + 1));
    id = hold(store, NULL, petition);
    assert_false(may(store, ENDED_MS + 1));
    lift(store, id);
    order.id = fixture_id();
    order.recording_id = recording;
    order.requested_by = archivist;
    assert_ok(heard_order_rows_insert(store, &order, &error), error);
    assert_false(may(store, ENDED_MS + 1));
    assert_ok(heard_order_rows_withdraw(store, order.id, archivist, "误", 8, &error), error);
    assert_true(may(store, ENDED_MS + 1));
}

static void not_while_there_is_work_on_it(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardJobRow job = {.id = "j1",
                       .kind = "composite",
                       .payload = "{}",
                       .state = "queued",
                       .tries_max = 1,
                       .run_after_ms = 1,
                       .created_ms = 1};

    make_old_one(store);
    job.subject_id = recording;
    assert_ok(heard_job_rows_insert(store, &job, &error), error);
    assert_false(may(store, ENDED_MS + 1));
}

static void once_and_not_soon_after_it_was_brought_back(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    bool is_away = true;

    make_old_one(store);
    assert_ok(heard_release_rows_is_away(store, recording, &is_away, &error), error);
    assert_false(is_away);
    put(store, "release", "ready", 2000);
    assert_false(may(store, 9000));
    assert_ok(heard_release_rows_is_away(store, recording, &is_away, &error), error);
    assert_true(is_away);
    assert_ok(heard_recording_task_rows_again(store, recording, "release", &error), error);
    put(store, "restore", "ready", 5000);
    assert_ok(heard_release_rows_is_away(store, recording, &is_away, &error), error);
    assert_false(is_away);
    assert_false(may(store, 5000)); /* as long as a new one */
    assert_true(may(store, 5001));
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(only_when_it_is_old_copied_and_playable),
        with_store(never_while_somebody_holds_it_or_wants_it_destroyed),
        with_store(not_while_there_is_work_on_it),
        with_store(once_and_not_soon_after_it_was_brought_back),
    };

    return cmocka_run_group_tests_name("store release rows", tests, NULL, NULL);
}
