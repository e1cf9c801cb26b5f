/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The named situations that the estimate must master, and how to run one and measure it.
 *
 * Units      *_us microseconds of the world, *_s seconds, bps of UDP payloads; the line's own
 *            rate counts headers too.
 * Ownership  sim_run_new() gives what sim_run_free() takes.
 * Threads    One. Errors  None.
 */

#include "media_flow.h"
#include "tcp_flow.h"

enum { SIM_FLOWS_MAX = 3 };

/* What is zero has its usual value: 50 ms each way, queue of 300 ms, 30 fps, no end. */
typedef struct {
    const char *name, *what;
    SimPathConfig line;
    SimMediaConfig flows[SIM_FLOWS_MAX]; /* with a picture or elastic */
    double tcp_s, tcp_end_s;             /* somebody's download; equal: none */
    double length_s;
} SimTrace;

typedef struct {
    SimWorld world;
    SimMediaFlow flows[SIM_FLOWS_MAX];
    SimTcpFlow tcp;
    unsigned flow_count;
} SimRun;

extern const SimTrace sim_traces[];
extern const size_t sim_trace_count;

/* NULL: no such trace. */
const SimTrace *sim_trace_find(const char *name);

/* Ready to run by sim_world_run(), and run to its end. */
SimRun *sim_run_open(const SimTrace *trace, uint64_t seed);
SimRun *sim_run_new(const SimTrace *trace, uint64_t seed);
void sim_run_free(SimRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimRun, sim_run_free)

/* Over the samples of [from_s, to_s). */
double sim_mean_estimate_bps(const SimMediaFlow *flow, double from_s, double to_s);
double sim_mean_received_bps(const SimMediaFlow *flow, double from_s, double to_s);
double sim_mean_padding_bps(const SimMediaFlow *flow, double from_s, double to_s);
double sim_lowest_estimate_bps(const SimMediaFlow *flow, double from_s, double to_s);
double sim_highest_estimate_bps(const SimMediaFlow *flow, double from_s, double to_s);
double sim_mean_queue_ms(const SimMediaFlow *flow, double from_s, double to_s);
/* Of each tenth of a second the longest; of those the given share is shorter. */
double sim_delay_ms(const SimMediaFlow *flow, double from_s, double to_s, double share);
/* Steps up and down over all pictures. */
unsigned sim_layer_changes(const SimMediaFlow *flow, double from_s, double to_s);

/* Seconds after from_s until a picture is sent; INFINITY: never. */
double sim_picture_s(const SimMediaFlow *flow, double from_s);

/* Seconds after from_s until the estimate is within [low, high] and stays for hold_s;
 * INFINITY: never. */
double sim_settle_s(const SimMediaFlow *flow, double from_s, double low_bps, double high_bps,
                    double hold_s);
