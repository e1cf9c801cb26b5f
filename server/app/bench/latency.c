/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/latency.h"

#include <glib.h>
#include <string.h>

void heard_bench_latency_init(HeardBenchLatency *self)
{
    memset(self, 0, sizeof *self);
    self->steps = g_new0(uint32_t, HEARD_BENCH_LATENCY_STEPS);
}

void heard_bench_latency_deinit(HeardBenchLatency *self)
{
    g_clear_pointer(&self->steps, g_free);
}

void heard_bench_latency_add(HeardBenchLatency *self, int64_t latency_ns)
{
    self->count++;
    if (latency_ns < 0) {
        self->negative++;
        latency_ns = 0;
    }
    if (latency_ns / HEARD_BENCH_LATENCY_STEP_NS >= HEARD_BENCH_LATENCY_STEPS)
        self->beyond++;
    else
        self->steps[latency_ns / HEARD_BENCH_LATENCY_STEP_NS]++;
}

double heard_bench_latency_ms(const HeardBenchLatency *self, double quantile)
{
    uint64_t rank, seen = 0;

    if (self->count == 0)
        return -1;
    rank = (uint64_t)(quantile * (double)(self->count - 1));
    for (unsigned i = 0; i < HEARD_BENCH_LATENCY_STEPS; i++) {
        seen += self->steps[i];
        if (seen > rank)
            return (i + 0.5) * HEARD_BENCH_LATENCY_STEP_NS / 1e6;
    }
    return (double)HEARD_BENCH_LATENCY_STEPS * HEARD_BENCH_LATENCY_STEP_NS / 1e6;
}
