/* SPDX-License-Identifier: Apache-2.0 */
#include "server/base/metrics.h"

#include <pthread.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static HeardMetric *metrics[HEARD_METRICS_MAX];
static unsigned metric_count;

void heard_metric_register(HeardMetric *metric)
{
    unsigned at;

    pthread_mutex_lock(&lock);
    for (at = 0; at < metric_count; at++)
        if (metrics[at] == metric)
            break;
    if (at == metric_count) {
        g_assert(metric_count < HEARD_METRICS_MAX);
        metrics[metric_count++] = metric;
    }
    pthread_mutex_unlock(&lock);
}

static void render_one(GString *page, const HeardMetric *metric, bool first_of_name)
{
    if (first_of_name)
        g_string_append_printf(page, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
                               metric->name,
                               metric->kind == HEARD_METRIC_COUNTER ? "counter" : "gauge");
    g_string_append(page, metric->name);
    if (metric->labels)
        g_string_append_printf(page, "{%s}", metric->labels);
    g_string_append_printf(
        page, " %" G_GINT64_FORMAT "\n",
        (gint64)atomic_load_explicit(&((HeardMetric *)metric)->value, memory_order_relaxed));
}

char *heard_metrics_render(void)
{
    GString *page = g_string_new(NULL);

    pthread_mutex_lock(&lock);
    /* Samples of one name must stand together (text format 0.0.4). */
    for (unsigned i = 0; i < metric_count; i++) {
        bool seen = false;
        for (unsigned j = 0; j < i && !seen; j++)
            seen = strcmp(metrics[j]->name, metrics[i]->name) == 0;
        if (seen)
            continue;
        for (unsigned j = i; j < metric_count; j++)
            if (strcmp(metrics[j]->name, metrics[i]->name) == 0)
                render_one(page, metrics[j], j == i);
    }
    pthread_mutex_unlock(&lock);
    return g_string_free(page, FALSE);
}
