/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Counters and gauges for operators, in the Prometheus text format.
 *
 * A metric is a static HeardMetric that its module registers once. Labels are
 * fixed text: no ids, no names, nothing from a private room.
 *
 * Threads  heard_metric_add/set: any thread, no lock. register and render: a lock.
 */

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { HEARD_METRICS_MAX = 512 };

typedef enum { HEARD_METRIC_COUNTER, HEARD_METRIC_GAUGE } HeardMetricKind;

typedef struct {
    const char *name;   /* heard_media_packets_dropped_total */
    const char *labels; /* reason="replay", or NULL */
    const char *help;
    HeardMetricKind kind;
    _Atomic int64_t value;
} HeardMetric;

/* Static lifetime; registering the same one twice does nothing. */
void heard_metric_register(HeardMetric *metric);

static inline void heard_metric_add(HeardMetric *metric, int64_t amount)
{
    atomic_fetch_add_explicit(&metric->value, amount, memory_order_relaxed);
}

static inline void heard_metric_set(HeardMetric *metric, int64_t value)
{
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

/* The page of /metrics; the caller frees it. */
char *heard_metrics_render(void);
