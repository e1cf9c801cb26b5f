/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a server's processes used, and what else ran on the machine: from /proc and the
 * processes' CPU clocks.
 *
 * Units    *_s seconds of CPU time since the process or machine started; difference two
 *          samples.
 * Threads  Any. Errors  A process that is gone counts as nothing: alive tells.
 */

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    double server_cpu_s;
    double server_rss_mb;
    long server_threads;
    uint64_t server_switches;  /* context switches */
    uint64_t server_udp_drops; /* at the server's own sockets */
    double busy_s;             /* of the whole machine, 10 ms steps */
    double own_cpu_s;          /* of this process */
    bool alive;
} HeardBenchSample;

void heard_bench_sample(const int *pids, int pid_count, HeardBenchSample *ret_sample);

/* "model name" of /proc/cpuinfo; belongs to the caller. */
char *heard_bench_cpu_model(void);
