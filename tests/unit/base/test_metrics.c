/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/metrics.h"

#include <pthread.h>

static HeardMetric replayed = {.name = "heard_test_dropped_total",
                               .labels = "reason=\"replay\"",
                               .help = "Packets dropped.",
                               .kind = HEARD_METRIC_COUNTER};
static HeardMetric peers = {
    .name = "heard_test_peers", .help = "Peers now.", .kind = HEARD_METRIC_GAUGE};
static HeardMetric garbled = {.name = "heard_test_dropped_total",
                              .labels = "reason=\"garbled\"",
                              .help = "Packets dropped.",
                              .kind = HEARD_METRIC_COUNTER};

static void register_all(void)
{
    heard_metric_register(&replayed);
    heard_metric_register(&peers);
    heard_metric_register(&garbled);
}

static unsigned count_of(const char *page, const char *part)
{
    unsigned count = 0;

    for (const char *at = page; (at = strstr(at, part)); at++)
        count++;
    return count;
}

static void renders_the_text_format(void **state)
{
    g_autofree char *page = NULL;
    (void)state;

    register_all();
    heard_metric_add(&replayed, 3);
    heard_metric_add(&replayed, 4);
    heard_metric_set(&peers, 12);
    heard_metric_set(&peers, -1);
    page = heard_metrics_render();
    /* Samples of one name stand together, under one head. */
    assert_non_null(strstr(page, "# HELP heard_test_dropped_total Packets dropped.\n"
                                 "# TYPE heard_test_dropped_total counter\n"
                                 "heard_test_dropped_total{reason=\"replay\"} 7\n"
                                 "heard_test_dropped_total{reason=\"garbled\"} 0\n"));
    assert_non_null(strstr(page, "# TYPE heard_test_peers gauge\nheard_test_peers -1\n"));
    assert_int_equal(page[strlen(page) - 1], '\n');
}

static void registers_once(void **state)
{
    g_autofree char *page = NULL;
    (void)state;

    register_all();
    register_all();
    page = heard_metrics_render();
    assert_int_equal(count_of(page, "heard_test_peers -1\n"), 1);
    assert_int_equal(count_of(page, "# TYPE heard_test_dropped_total"), 1);
}

enum { THREADS = 4, ADDS = 50000 };

static void *count_many(void *data)
{
    for (unsigned i = 0; i < ADDS; i++) {
        heard_metric_add(data, 1);
        if (i % 10000 == 0) {
            g_autofree char *page = NULL;
            heard_metric_register(&garbled);
            page = heard_metrics_render();
            if (!strstr(page, "garbled"))
                return NULL;
        }
    }
    return data;
}

static void loses_no_count_between_threads(void **state)
{
    pthread_t threads[THREADS];
    int64_t before = garbled.value;
    (void)state;

    register_all();
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_many, &garbled), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_non_null(result);
    }
    assert_int_equal(garbled.value - before, THREADS * ADDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_the_text_format),
        cmocka_unit_test(registers_once),
        cmocka_unit_test(loses_no_count_between_threads),
    };

    return cmocka_run_group_tests_name("base metrics", tests, NULL, NULL);
}
