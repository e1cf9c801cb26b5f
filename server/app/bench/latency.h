/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A histogram of latencies in steps of 10 µs up to 2 s.
 *
 * Ownership  init/deinit. Threads  One thread at a time. Errors  None.
 */

#include <stdint.h>

enum { HEARD_BENCH_LATENCY_STEP_NS = 10000, HEARD_BENCH_LATENCY_STEPS = 200000 };

typedef struct {
    uint32_t *steps;
    uint64_t count, beyond, negative;
} HeardBenchLatency;

void heard_bench_latency_init(HeardBenchLatency *self);
void heard_bench_latency_deinit(HeardBenchLatency *self);
void heard_bench_latency_add(HeardBenchLatency *self, int64_t latency_ns);
/* quantile 0 to 1; milliseconds, -1 when nothing was added. */
double heard_bench_latency_ms(const HeardBenchLatency *self, double quantile);
