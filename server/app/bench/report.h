/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The result of a run as one JSON object; README.md of tests/bench says what each key means.
 */

#include "server/app/bench/media_loop.h"
#include "server/app/bench/probe.h"

typedef struct {
    const HeardBenchOptions *options;
    HeardBenchPeer *publishers, *viewers;
    int publisher_count, viewer_count;
    const HeardBenchLoop *publisher_loop, *viewer_loop;
    HeardBenchSample idle, published, start, end; /* before, with publishers, of the window */
    double window_s;
    bool interrupted;
} HeardBenchRun;

/* Prints one line to stdout. */
void heard_bench_report(const HeardBenchRun *run);
