/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/store_thread.h"
#include "server/store/unit_rows.h"

#include <pthread.h>
#include <semaphore.h>

enum { POSTERS = 4, JOBS_EACH = 200 };

typedef struct {
    HeardStoreThread *thread;
    HeardLoop *loop;
    unsigned done_count, destroyed_count, wanted_count;
    unsigned last_seen[POSTERS];
    bool in_order;
} Scene;

typedef struct {
    Scene *scene;
    unsigned poster, index;
    bool inserted;
} Work;

static void insert_unit(HeardStore *store, void *data)
{
    Work *work = data;
    g_autofree char *code = g_strdup_printf("46%02u-%04u", work->poster, work->index);
    HeardUnitRow row = {.id = code,
                        .code = code,
                        .name = "单位",
                        .level = 4,
                        .kind = "k",
                        .region_code = "460100",
                        .status = "active"};

    work->inserted = heard_unit_rows_insert(store, &row, NULL);
}

static void count_done(void *data)
{
    Work *work = data;
    Scene *scene = work->scene;

    heard_loop_assert_current(scene->loop);
    assert_true(work->inserted);
    if (work->index != scene->last_seen[work->poster]++)
        scene->in_order = false;
    if (++scene->done_count == scene->wanted_count)
        heard_loop_quit(scene->loop);
}

static void free_work(void *data)
{
    Work *work = data;

    work->scene->destroyed_count++; /* always on the loop's thread here */
    g_free(work);
}

static Work *work_new(Scene *scene, unsigned poster, unsigned index)
{
    Work *work = g_new0(Work, 1);

    *work = (Work){.scene = scene, .poster = poster, .index = index};
    return work;
}

static void *post_many(void *data)
{
    Work *first = data;

    for (unsigned i = 0; i < JOBS_EACH; i++)
        if (!heard_store_thread_post(first->scene->thread, insert_unit,
                                     work_new(first->scene, first->poster, i), first->scene->loop,
                                     count_done, free_work))
            return NULL;
    return data;
}

static void jobs_of_many_threads_come_back_in_order(void **state)
{
    Scene scene = {.wanted_count = POSTERS * JOBS_EACH, .in_order = true};
    pthread_t threads[POSTERS];
    Work starts[POSTERS];
    GError *error = NULL;
    (void)state;

    scene.loop = heard_loop_new("main", &error);
    scene.thread = heard_store_thread_new("store", "sqlite::memory:", true, &error);
    assert_no_error(error);
    for (unsigned i = 0; i < POSTERS; i++) {
        starts[i] = (Work){.scene = &scene, .poster = i};
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, &starts[i]), 0);
    }
    heard_loop_run(scene.loop);
    for (unsigned i = 0; i < POSTERS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_non_null(result);
    }
    assert_int_equal(scene.done_count, scene.wanted_count);
    assert_true(scene.in_order);
    heard_store_thread_free(scene.thread);
    heard_loop_free(scene.loop);
    assert_int_equal(scene.destroyed_count, scene.wanted_count);
}

typedef struct {
    sem_t entered, go;
} Gate;

static void wait_at_gate(HeardStore *store, void *data)
{
    Gate *gate = data;

    (void)store;
    sem_post(&gate->entered);
    while (sem_wait(&gate->go) != 0)
        continue;
}

static void count_up(HeardStore *store, void *data)
{
    (void)store;
    ++*(unsigned *)data;
}

static void count_destroyed(void *data)
{
    ++*(unsigned *)data;
}

static void refuses_beyond_its_bound_and_loses_nothing(void **state)
{
    GError *error = NULL;
    HeardStoreThread *thread = heard_store_thread_new("store", "sqlite::memory:", false, &error);
    unsigned run_count = 0;
    unsigned refused_destroyed = 0;
    Gate gate;
    (void)state;

    sem_init(&gate.entered, 0, 0);
    sem_init(&gate.go, 0, 0);
    assert_true(heard_store_thread_post(thread, wait_at_gate, &gate, NULL, NULL, NULL));
    while (sem_wait(&gate.entered) != 0)
        continue;
    for (unsigned i = 1; i < HEARD_STORE_THREAD_JOBS_MAX; i++)
        assert_true(heard_store_thread_post(thread, count_up, &run_count, NULL, NULL, NULL));
    assert_int_equal(heard_store_thread_waiting(thread), HEARD_STORE_THREAD_JOBS_MAX);
    assert_false(
        heard_store_thread_post(thread, count_up, &refused_destroyed, NULL, NULL, count_destroyed));
    assert_int_equal(refused_destroyed, 1);

    sem_post(&gate.go);
    heard_store_thread_free(thread); /* runs what waits */
    assert_int_equal(run_count, HEARD_STORE_THREAD_JOBS_MAX - 1);
    assert_int_equal(refused_destroyed, 1);
    sem_destroy(&gate.entered);
    sem_destroy(&gate.go);
}

static void leave_open(HeardStore *store, void *data)
{
    *(bool *)data = heard_store_begin(store, NULL);
    make_unit(store, "460100-0001", NULL);
}

static void look_again(HeardStore *store, void *data)
{
    int64_t count = -1;

    assert_false(heard_store_in_transaction(store));
    assert_true(heard_unit_rows_count(store, &count, NULL));
    *(int64_t *)data = count;
}

static void a_forgotten_transaction_is_rolled_back(void **state)
{
    HeardStoreThread *thread = heard_store_thread_new("store", "sqlite::memory:", true, NULL);
    bool begun = false;
    int64_t count = -1;
    (void)state;

    assert_true(heard_store_thread_post(thread, leave_open, &begun, NULL, NULL, NULL));
    assert_true(heard_store_thread_post(thread, look_again, &count, NULL, NULL, NULL));
    heard_store_thread_free(thread);
    assert_true(begun);
    assert_int_equal(count, 0);
}

static void says_why_it_cannot_start(void **state)
{
    GError *error = NULL;
    (void)state;

    assert_null(heard_store_thread_new("store", "sqlite:/nonexistent/heard.db", true, &error));
    assert_error(error, HEARD_ERROR_STORAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_of_many_threads_come_back_in_order),
        cmocka_unit_test(refuses_beyond_its_bound_and_loses_nothing),
        cmocka_unit_test(a_forgotten_transaction_is_rolled_back),
        cmocka_unit_test(says_why_it_cannot_start),
    };

    return cmocka_run_group_tests_name("store thread", tests, NULL, NULL);
}
