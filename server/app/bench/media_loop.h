/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The two media threads: one sends for all publishers, one reads for all viewers.
 *
 * Publishers' sockets wake their thread. The viewers' thread sleeps --tick-us, then empties
 * every socket that has something: datagrams come in batches and the tester stays cheap.
 *
 * Ownership  new/free; free stops the thread. Peers belong to the caller and outlive it.
 * Threads    Calls come from the main thread and wait for the loop's.
 */

#include "server/app/bench/viewer.h"

typedef struct HeardBenchLoop HeardBenchLoop;

typedef enum { HEARD_BENCH_PUBLISHERS, HEARD_BENCH_VIEWERS } HeardBenchKind;

/* peers: all that will ever live here. */
HeardBenchLoop *heard_bench_loop_new(HeardBenchKind kind, const HeardBenchOptions *options,
                                     HeardBenchPeer *peers, int peer_count,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_bench_loop_free(HeardBenchLoop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardBenchLoop, heard_bench_loop_free)

/* Before its ICE starts, from the peer's join thread. */
void heard_bench_loop_adopt(HeardBenchLoop *self, HeardBenchPeer *peer);

/* While peers join, the viewers' thread naps for 1 ms only. */
void heard_bench_loop_set_joining(HeardBenchLoop *self, bool joining);

/* Notes all counters; between the two, latencies are collected. */
void heard_bench_loop_start_window(HeardBenchLoop *self);
void heard_bench_loop_end_window(HeardBenchLoop *self);

/* After the window. */
const HeardBenchLatency *heard_bench_loop_latency(const HeardBenchLoop *self);
/* The thread's CPU time within the window. */
double heard_bench_loop_cpu_s(const HeardBenchLoop *self);
