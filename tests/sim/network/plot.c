/* SPDX-License-Identifier: Apache-2.0 */

/*
 * sim_network_plot NAME [SEED]   one run as CSV, for pictures.gnuplot
 * sim_network_plot --table       a line for each trace: mean and worst of 20 seeds
 * sim_network_plot --names       what there is
 */

#include "trace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEEDS = 20 };

static void print_run(const SimTrace *trace, uint64_t seed)
{
    g_autoptr(SimRun) run = sim_run_new(trace, seed);

    printf("second,line,estimate,sent,received,queue,longest,lost,padding,layers,estimate2,"
           "received2,layers2\n");
    for (size_t i = 0; i < run->flows[0].sample_count; i++) {
        const SimSample *a = &run->flows[0].samples[i], *b = &run->flows[1].samples[i];

        printf("%.1f,%.0f,%.0f,%.0f,%.0f,%.1f,%.1f,%.1f,%.0f,%d,%.0f,%.0f,%d\n",
               (double)(i + 1) * SIM_SAMPLE_US / 1e6, (double)a->line_bps / 1000,
               (double)a->estimate_bps / 1000, (double)a->sent_bps / 1000,
               (double)a->received_bps / 1000, (double)a->queue_ms, (double)a->delay_ms,
               (double)a->lost * 100, (double)a->padding_bps / 1000, a->layers,
               (double)b->estimate_bps / 1000, (double)b->received_bps / 1000, b->layers);
    }
}

static void print_row(const SimTrace *trace)
{
    double estimate = 0, lowest = INFINITY, highest = 0, received = 0, queue = 0, delay = 0;
    double padding = 0, audio = 0, second = 0, late = 0;
    unsigned changes = 0;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        g_autoptr(SimRun) run = sim_run_new(trace, seed);
        const SimMediaFlow *flow = &run->flows[0];
        double end_s = trace->length_s;

        estimate += sim_mean_estimate_bps(flow, 5, end_s) / SEEDS / 1000;
        received += sim_mean_received_bps(flow, 5, end_s) / SEEDS / 1000;
        padding += sim_mean_padding_bps(flow, 5, end_s) / SEEDS / 1000;
        lowest = MIN(lowest, sim_lowest_estimate_bps(flow, 5, end_s) / 1000);
        highest = MAX(highest, sim_highest_estimate_bps(flow, 5, end_s) / 1000);
        queue += sim_mean_queue_ms(flow, 5, end_s) / SEEDS;
        delay += sim_delay_ms(flow, 5, end_s, 0.95) / SEEDS;
        audio += 100.0 * (double)flow->audio_lost / (double)flow->audio_sent / SEEDS;
        late += sim_mean_received_bps(flow, end_s / 2, end_s) / SEEDS / 1000;
        second += sim_mean_received_bps(&run->flows[1], end_s / 2, end_s) / SEEDS / 1000;
        changes = MAX(changes, sim_layer_changes(flow, 5, end_s));
    }
    printf("%-12s %8.0f %6.0f..%-6.0f %8.0f %7.0f %7.0f %8.0f %8u %7.2f %6.0f %6.0f\n", trace->name,
           estimate, lowest, highest, received, padding, queue, delay, changes, audio, late,
           second);
}

int main(int argc, char **argv)
{
    const SimTrace *trace = argc > 1 ? sim_trace_find(argv[1]) : NULL;

    if (trace) {
        print_run(trace, argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
        return 0;
    }
    if (argc > 1 && g_str_equal(argv[1], "--table")) {
        printf("%-12s %8s %14s %8s %7s %7s %8s %8s %7s\n", "trace", "estimate", "range", "received",
               "padding", "queue", "delay95", "switches", "audio-%");
        for (size_t i = 0; i < sim_trace_count; i++)
            print_row(&sim_traces[i]);
        return 0;
    }
    for (size_t i = 0; i < sim_trace_count; i++)
        printf("%-12s %s\n", sim_traces[i].name, sim_traces[i].what);
    return argc > 1 && !g_str_equal(argv[1], "--names");
}
