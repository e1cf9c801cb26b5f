/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/job_rows.h"
#include "server/store/recording_task_rows.h"

static const char *sealed, *live;

static void two_recordings(HeardStore *store)
{
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *petition = make_case(store, "XF1", unit);
    const char *hearing = make_hearing(store, "HSJ1", petition, unit, 100);

    sealed = make_recording(store, hearing, petition, "sealed");
    live = make_recording(store, hearing, petition, "recording");
}

static void put(HeardStore *store, const char *id, const char *state, const char *detail)
{
    GError *error = NULL;
    HeardRecordingTaskRow row = {.recording_id = id,
                                 .kind = "copy",
                                 .state = state,
                                 .permille = 500,
                                 .detail = detail,
                                 .changed_ms = 7};

    assert_ok(heard_recording_task_rows_put(store, &row, &error), error);
}

static unsigned missing(HeardStore *store, const char *kind, bool sealed_only, int64_t limit)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) ids =
        heard_recording_task_rows_list_missing(store, kind, sealed_only, limit, &error);

    assert_no_error(error);
    return ids->len;
}

static void a_later_state_keeps_what_came_out(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    g_autofree HeardRecordingTaskRow *row = NULL;
    g_autoptr(GPtrArray) all = NULL;

    two_recordings(store);
    put(store, sealed, "waiting", "{\"files\":3}");
    put(store, sealed, "running", NULL);
    row = heard_recording_task_rows_get(store, sealed, "copy", &error);
    assert_string_equal(row->state, "running");
    assert_string_equal(row->detail, "{\"files\":3}");
    assert_int_equal(row->permille, 500);
    all = heard_recording_task_rows_list(store, sealed, &error);
    assert_int_equal(all->len, 1);
    assert_null(heard_recording_task_rows_get(store, sealed, "timestamp", &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
}

static void lists_what_still_needs_it(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardJobRow job = {.id = "j1",
                       .kind = "copy",
                       .payload = "{}",
                       .state = "queued",
                       .tries_max = 1,
                       .run_after_ms = 1,
                       .created_ms = 1};

    two_recordings(store);
    assert_int_equal(missing(store, "copy", true, 10), 1);
    assert_int_equal(missing(store, "copy", false, 10), 2);
    assert_int_equal(missing(store, "copy", false, 1), 1);
    put(store, sealed, "failed", NULL); /* given up is not done: it comes again */
    assert_int_equal(missing(store, "copy", true, 10), 1);
    put(store, sealed, "ready", NULL);
    assert_int_equal(missing(store, "copy", true, 10), 0);
    assert_int_equal(missing(store, "timestamp", true, 10), 1);
    assert_ok(heard_recording_task_rows_again(store, sealed, "copy", &error), error);
    assert_int_equal(missing(store, "copy", true, 10), 1);
    job.subject_id = live;
    assert_ok(heard_job_rows_insert(store, &job, &error), error);
    assert_int_equal(missing(store, "copy", false, 10), 1); /* the sealed one */
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

static unsigned due(HeardStore *store, int64_t wall_ms)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) ids =
        heard_recording_task_rows_list_due(store, "copy", wall_ms, 1000, 10, &error);

    assert_no_error(error);
    return ids->len;
}

/* By the recording's own hours, here of a second; it began at started_ms. */
static void what_runs_is_due_each_full_hour(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const int64_t started_ms = 5400;
    HeardRecordingTaskRow task = {.kind = "copy", .state = "waiting"};

    two_recordings(store);
    assert_ok(heard_row_run(store, "UPDATE recording SET started_ms = $1 WHERE id = $2",
                            HEARD_VALUES(HEARD_INT(started_ms), HEARD_TEXT(live)), NULL, &error),
              error);
    task.recording_id = live;
    assert_int_equal(due(store, started_ms + 999), 0);
    assert_int_equal(due(store, started_ms + 1000), 1);
    task.changed_ms = started_ms + 1010;
    assert_ok(heard_recording_task_rows_put(store, &task, &error), error);
    assert_int_equal(due(store, started_ms + 1999), 0);
    assert_int_equal(due(store, started_ms + 2000), 1);
    task.state = "failed"; /* given up is not done */
    task.changed_ms = started_ms + 2010;
    assert_ok(heard_recording_task_rows_put(store, &task, &error), error);
    assert_int_equal(due(store, started_ms + 2100), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(a_later_state_keeps_what_came_out),
        with_store(lists_what_still_needs_it),
        with_store(what_runs_is_due_each_full_hour),
    };

    return cmocka_run_group_tests_name("store recording task rows", tests, NULL, NULL);
}
