/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/job_rows.h"

static const char *make_job(HeardStore *store, const char *subject_id, int64_t run_after_ms)
{
    GError *error = NULL;
    HeardJobRow row = {.id = fixture_id(),
                       .kind = "derive",
                       .subject_id = subject_id,
                       .payload = "{}",
                       .state = "queued",
                       .tries_max = 2,
                       .run_after_ms = run_after_ms,
                       .created_ms = FIXTURE_WALL_MS};

    assert_ok(heard_job_rows_insert(store, &row, &error), error);
    return row.id;
}

static HeardJobRow *take(HeardStore *store, const char *owner, int64_t wall_ms)
{
    GError *error = NULL;
    HeardJobRow *job = heard_job_rows_take(store, "derive", owner, wall_ms, 1000, &error);

    assert_no_error(error);
    return job;
}

static void gives_the_oldest_due_job_to_one_worker(void **state)
{
    const char *later = make_job(*state, "r1", 300);
    const char *sooner = make_job(*state, "r2", 200);
    g_autofree HeardJobRow *first = NULL;
    g_autofree HeardJobRow *second = NULL;

    assert_null(take(*state, "w1", 199));
    first = take(*state, "w1", 300);
    second = take(*state, "w2", 300);
    assert_string_equal(first->id, sooner);
    assert_string_equal(second->id, later);
    assert_int_equal(first->tries, 1);
    assert_int_equal(first->lease_until_ms, 1300);
    assert_null(take(*state, "w3", 300));
    assert_null(heard_job_rows_take(*state, "other", "w3", 300, 1000, NULL));
}

static void only_the_leaseholder_reports(void **state)
{
    const char *id = make_job(*state, "r1", 100);
    g_autofree HeardJobRow *job = take(*state, "w1", 100);
    g_autofree HeardJobRow *again = NULL;
    g_autofree HeardJobRow *done = NULL;
    GError *error = NULL;

    assert_true(heard_job_rows_extend(*state, id, "w1", 1500, &error));
    assert_null(take(*state, "w2", 1499));
    again = take(*state, "w2", 1500); /* w1 fell silent */
    assert_int_equal(again->tries, 2);
    assert_false(heard_job_rows_finish(*state, id, "w1", 1600, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_true(heard_job_rows_finish(*state, id, "w2", 1600, &error));
    done = heard_job_rows_get(*state, id, &error);
    assert_string_equal(done->state, "done");
    assert_int_equal(done->finished_ms, 1600);
}

static void a_failed_job_waits_then_dies(void **state)
{
    const char *id = make_job(*state, "r1", 100);
    GError *error = NULL;
    g_autofree HeardJobRow *first = take(*state, "w1", 100);
    g_autofree HeardJobRow *second = NULL;
    g_autofree HeardJobRow *dead = NULL;

    assert_true(heard_job_rows_fail(*state, id, "w1", 200, "no codec", &error));
    assert_null(take(*state, "w1", 199 + HEARD_JOB_BACKOFF_MS));
    second = take(*state, "w1", 200 + HEARD_JOB_BACKOFF_MS);
    assert_string_equal(second->last_error, "no codec");
    assert_true(heard_job_rows_fail(*state, id, "w1", 90000, "no codec", &error));
    assert_null(take(*state, "w1", INT64_MAX / 2));
    dead = heard_job_rows_get(*state, id, &error);
    assert_string_equal(dead->state, "dead");
}

static void a_worker_that_never_comes_back_does_not_loop(void **state)
{
    const char *id = make_job(*state, "r1", 100);
    g_autofree HeardJobRow *first = take(*state, "w1", 100);
    g_autofree HeardJobRow *second = take(*state, "w1", 2000);
    g_autofree HeardJobRow *dead = NULL;

    assert_null(take(*state, "w1", 4000));
    dead = heard_job_rows_get(*state, id, NULL);
    assert_string_equal(dead->state, "dead");
}

static void the_same_work_stands_once(void **state)
{
    const char *id = make_job(*state, "r1", 100);
    GError *error = NULL;
    HeardJobRow twin = {.id = fixture_id(),
                        .kind = "derive",
                        .subject_id = "r1",
                        .state = "queued",
                        .tries_max = 1,
                        .run_after_ms = 100,
                        .created_ms = FIXTURE_WALL_MS};
    g_autofree HeardJobRow *job = NULL;
    g_autoptr(GPtrArray) queued = NULL;

    assert_false(heard_job_rows_insert(*state, &twin, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    job = take(*state, "w1", 100);
    assert_true(heard_job_rows_finish(*state, id, "w1", 200, &error));
    assert_true(heard_job_rows_insert(*state, &twin, &error)); /* done: once more */
    queued = heard_job_rows_list(*state, "queued", NULL, &error);
    assert_int_equal(queued->len, 1);
    twin.run_after_ms = 0;
    assert_false(heard_job_rows_insert(*state, &twin, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
}

static void what_ended_long_ago_is_forgotten(void **state)
{
    const char *id = make_job(*state, "r1", 100);
    const char *waiting = make_job(*state, "r2", 5000);
    GError *error = NULL;
    g_autofree HeardJobRow *job = take(*state, "w1", 100);
    g_autofree HeardJobRow *kept = NULL;

    assert_true(heard_job_rows_finish(*state, id, "w1", 200, &error));
    assert_true(heard_job_rows_forget(*state, 200, &error));
    kept = heard_job_rows_get(*state, id, &error);
    assert_non_null(kept);
    assert_true(heard_job_rows_forget(*state, 201, &error));
    assert_null(heard_job_rows_get(*state, id, &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
    g_free(kept);
    kept = heard_job_rows_get(*state, waiting, &error);
    assert_non_null(kept);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(gives_the_oldest_due_job_to_one_worker),
        with_store(only_the_leaseholder_reports),
        with_store(a_failed_job_waits_then_dies),
        with_store(a_worker_that_never_comes_back_does_not_loop),
        with_store(the_same_work_stands_once),
        with_store(what_ended_long_ago_is_forgotten),
    };

    return cmocka_run_group_tests_name("store job rows", tests, NULL, NULL);
}
