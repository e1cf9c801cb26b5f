/* SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include <math.h>
#include <stdlib.h>

#define S(seconds) ((int64_t)((seconds)*1000000.0))
#define RATES(...)                                                                                 \
    .rates = (const SimRate[]){__VA_ARGS__},                                                       \
    .rate_count = sizeof((const SimRate[]){__VA_ARGS__}) / sizeof(SimRate)
#define ELASTIC .elastic_bps = 2500000

const SimTrace sim_traces[] = {
    {"steady", "2.5 Mbit/s, nothing else", {RATES({0, 2500000})}, {{.videos = 1}}, 0, 0, 60},
    {"drop",
     "2.5 Mbit/s, 300 kbit/s from 20 s to 50 s",
     {RATES({0, 2500000}, {S(20), 300000}, {S(50), 2500000})},
     {{.videos = 1}},
     0,
     0,
     80},
    {"half",
     "2.5 Mbit/s, 800 kbit/s from 20 s to 50 s, 20 fps",
     {RATES({0, 2500000}, {S(20), 800000}, {S(50), 2500000})},
     {{.videos = 1, .fps = 20}},
     0,
     0,
     80},
    {"loss",
     "2.5 Mbit/s, 3 % random loss",
     {RATES({0, 2500000}), .loss = 0.03},
     {{.videos = 1}},
     0,
     0,
     60},
    {"phone",
     "300 kbit/s and 3 % random loss",
     {RATES({0, 300000}), .loss = 0.03},
     {{.videos = 1, .fps = 25}},
     0,
     0,
     60},
    {"bursts",
     "2.5 Mbit/s, bursts of loss (Gilbert-Elliott, 3 % in all)",
     {RATES({0, 2500000}), .burst_enter = 0.01, .burst_leave = 0.2, .burst_loss = 0.65},
     {{.videos = 1}},
     0,
     0,
     60},
    {"jitter",
     "2.5 Mbit/s, jitter of 200 ms that keeps the order",
     {RATES({0, 2500000}), .jitter_us = S(0.2)},
     {{.videos = 1}},
     0,
     0,
     60},
    {"reorder",
     "2.5 Mbit/s, jitter of 200 ms that breaks the order",
     {RATES({0, 2500000}), .jitter_us = S(0.2), .reorders = true},
     {{.videos = 1}},
     0,
     0,
     60},
    {"bloat",
     "1 Mbit/s, 500 kbit/s from 20 s to 50 s, queue of 2 s",
     {.queue_us = S(2), RATES({0, 1000000}, {S(20), 500000}, {S(50), 1000000})},
     {{.videos = 3}},
     0,
     0,
     80},
    {"tcp",
     "2 Mbit/s, somebody downloads from 20 s to 60 s",
     {RATES({0, 2000000})},
     {{ELASTIC}},
     20,
     60,
     90},
    {"tcp_bloat",
     "2 Mbit/s, queue of 2 s, somebody downloads from 20 s to 60 s",
     {.queue_us = S(2), RATES({0, 2000000})},
     {{.videos = 1}},
     20,
     60,
     90},
    {"fair",
     "3 Mbit/s, two receivers behind it, the second from 20 s on",
     {RATES({0, 3000000})},
     {{ELASTIC}, {ELASTIC, .start_us = S(20)}},
     0,
     0,
     120},
    {"fair_layers",
     "3 Mbit/s, two receivers of three pictures each",
     {RATES({0, 3000000})},
     {{.videos = 3}, {.videos = 3, .start_us = S(20)}},
     0,
     0,
     120},
    {"capacity",
     "libwebrtc: 500, 800, 100 kbit/s, round trip 200 ms",
     {.delay_us = S(0.1), RATES({0, 500000}, {S(25), 800000}, {S(45), 100000})},
     {{.elastic_bps = 1500000}},
     0,
     0,
     95},
    {"rfc8867",
     "RFC 8867 5.1: 1, 2.5, 0.6, 1 Mbit/s, jitter of 30 ms",
     {.jitter_us = S(0.03),
      RATES({0, 1000000}, {S(40), 2500000}, {S(60), 600000}, {S(80), 1000000})},
     {{ELASTIC}},
     0,
     0,
     100},
    {"feedback",
     "drop with a fifth of the feedback lost, each 250 ms",
     {RATES({0, 2500000}, {S(20), 300000}, {S(50), 2500000})},
     {{.videos = 1, .feedback_loss = 0.2, .feedback_us = S(0.25)}},
     0,
     0,
     80},
    {"pause",
     "2.5 Mbit/s, no picture from 20 s to 40 s",
     {RATES({0, 2500000})},
     {{.videos = 1, .pause_us = S(20), .resume_us = S(40)}},
     0,
     0,
     60},
    {"skew",
     "drop with a clock that runs 200 ppm fast",
     {RATES({0, 2500000}, {S(20), 300000}, {S(50), 2500000})},
     {{.videos = 1, .skew = 0.0002}},
     0,
     0,
     80},
    {"outage",
     "2.5 Mbit/s, nothing at all from 20 s to 24 s",
     {RATES({0, 2500000}, {S(20), 0}, {S(24), 2500000})},
     {{.videos = 1}},
     0,
     0,
     50},
    {"dead",
     "2.5 Mbit/s, nothing at all from 20 s to 30 s",
     {RATES({0, 2500000}, {S(20), 0}, {S(30), 2500000})},
     {{.videos = 1}},
     0,
     0,
     50},
    {"trickle",
     "2.5 Mbit/s, 50 kbit/s from 20 s to 30 s, queue of 500 ms",
     {.queue_us = S(0.5), RATES({0, 2500000}, {S(20), 50000}, {S(30), 2500000})},
     {{.videos = 1}},
     0,
     0,
     60},
    {"silence",
     "2.5 Mbit/s, neither feedback nor report from 20 s to 40 s",
     {RATES({0, 2500000})},
     {{.videos = 1, .silent_us = S(20), .heard_us = S(40)}},
     0,
     0,
     60},
    {"reports",
     "300 kbit/s and 3 % loss, receiver reports only",
     {RATES({0, 300000}), .loss = 0.03},
     {{.videos = 1, .no_feedback = true}},
     0,
     0,
     60},
    {"loss10",
     "libwebrtc: 2 Mbit/s, 10 % loss, round trip 400 ms",
     {.delay_us = S(0.2), RATES({0, 2000000}), .loss = 0.1},
     {{.elastic_bps = 1500000}},
     0,
     0,
     120},
    {"loss20",
     "libwebrtc: 2 Mbit/s, 20 % loss, round trip 20 ms",
     {.delay_us = S(0.01), RATES({0, 2000000}), .loss = 0.2},
     {{.elastic_bps = 2500000}},
     0,
     0,
     60},
    {"shallow",
     "1 Mbit/s, queue of 20 ms",
     {.queue_us = S(0.02), RATES({0, 1000000})},
     {{ELASTIC}},
     0,
     0,
     60},
    {"hall",
     "6 Mbit/s, 2 from 20 s to 50 s, six pictures",
     {RATES({0, 6000000}, {S(20), 2000000}, {S(50), 6000000})},
     {{.videos = 6, .fps = 25}},
     0,
     0,
     80},
};

const size_t sim_trace_count = sizeof(sim_traces) / sizeof(sim_traces[0]);

const SimTrace *sim_trace_find(const char *name)
{
    for (size_t i = 0; i < sim_trace_count; i++)
        if (g_str_equal(sim_traces[i].name, name))
            return &sim_traces[i];
    return NULL;
}

/* What a trace leaves at zero. */
static SimPathConfig whole_line(const SimTrace *trace)
{
    SimPathConfig line = trace->line;

    line.delay_us = line.delay_us == 0 ? S(0.05) : line.delay_us;
    line.queue_us = line.queue_us == 0 ? S(0.3) : line.queue_us;
    return line;
}

static SimMediaConfig whole_flow(const SimTrace *trace, unsigned index)
{
    SimMediaConfig flow = trace->flows[index];

    flow.fps = flow.fps == 0 ? 30 : flow.fps;
    flow.stop_us = flow.stop_us == 0 ? INT64_MAX : flow.stop_us;
    flow.pause_us = flow.pause_us == 0 ? INT64_MAX : flow.pause_us;
    flow.silent_us = flow.silent_us == 0 ? INT64_MAX : flow.silent_us;
    flow.return_us = flow.return_us == 0 ? whole_line(trace).delay_us : flow.return_us;
    flow.encoder_noise = 0.2;
    return flow;
}

static bool is_there(const SimMediaConfig *flow)
{
    return flow->videos != 0 || flow->elastic_bps != 0;
}

SimRun *sim_run_open(const SimTrace *trace, uint64_t seed)
{
    SimRun *self = g_new0(SimRun, 1);
    SimPathConfig line = whole_line(trace);

    sim_world_init(&self->world, &line, seed);
    for (unsigned i = 0; i < SIM_FLOWS_MAX && is_there(&trace->flows[i]); i++) {
        SimMediaConfig flow = whole_flow(trace, i);

        sim_media_flow_start(&self->flows[self->flow_count++], &self->world, &flow, seed * 10 + i);
    }
    if (trace->tcp_end_s > trace->tcp_s)
        sim_tcp_flow_start(&self->tcp, &self->world, S(trace->tcp_s), S(trace->tcp_end_s),
                           line.delay_us);
    return self;
}

SimRun *sim_run_new(const SimTrace *trace, uint64_t seed)
{
    SimRun *self = sim_run_open(trace, seed);

    sim_world_run(&self->world, S(trace->length_s));
    return self;
}

void sim_run_free(SimRun *self)
{
    if (!self)
        return;
    sim_world_deinit(&self->world);
    g_free(self);
}

/* Sample i ends at (i + 1) tenths of a second. */
static size_t sample_at(const SimMediaFlow *flow, double second)
{
    size_t index = (size_t)(second * 1e6 / SIM_SAMPLE_US + 0.5);

    return MIN(index, flow->sample_count);
}

#define MEAN(field)                                                                                \
    size_t from = sample_at(flow, from_s), to = sample_at(flow, to_s);                             \
    double sum = 0;                                                                                \
                                                                                                   \
    for (size_t i = from; i < to; i++)                                                             \
        sum += (double)flow->samples[i].field;                                                     \
    return sum / (double)MAX(to - from, 1)

double sim_mean_estimate_bps(const SimMediaFlow *flow, double from_s, double to_s)
{
    MEAN(estimate_bps);
}

double sim_mean_received_bps(const SimMediaFlow *flow, double from_s, double to_s)
{
    MEAN(received_bps);
}

double sim_mean_padding_bps(const SimMediaFlow *flow, double from_s, double to_s)
{
    MEAN(padding_bps);
}

double sim_mean_queue_ms(const SimMediaFlow *flow, double from_s, double to_s)
{
    MEAN(queue_ms);
}

double sim_lowest_estimate_bps(const SimMediaFlow *flow, double from_s, double to_s)
{
    double lowest = INFINITY;

    for (size_t i = sample_at(flow, from_s); i < sample_at(flow, to_s); i++)
        lowest = MIN(lowest, (double)flow->samples[i].estimate_bps);
    return lowest;
}

double sim_highest_estimate_bps(const SimMediaFlow *flow, double from_s, double to_s)
{
    double highest = 0;

    for (size_t i = sample_at(flow, from_s); i < sample_at(flow, to_s); i++)
        highest = MAX(highest, (double)flow->samples[i].estimate_bps);
    return highest;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double sim_delay_ms(const SimMediaFlow *flow, double from_s, double to_s, double share)
{
    size_t from = sample_at(flow, from_s), count = sample_at(flow, to_s) - from;
    g_autofree double *delays = g_new0(double, count + 1);

    for (size_t i = 0; i < count; i++)
        delays[i] = (double)flow->samples[from + i].delay_ms;
    qsort(delays, count, sizeof(double), compare);
    return delays[MIN((size_t)((double)count * share), count > 0 ? count - 1 : 0)];
}

unsigned sim_layer_changes(const SimMediaFlow *flow, double from_s, double to_s)
{
    unsigned changes = 0;

    for (size_t i = sample_at(flow, from_s) + 1; i < sample_at(flow, to_s); i++)
        changes += (unsigned)abs(flow->samples[i].layers - flow->samples[i - 1].layers);
    return changes;
}

double sim_picture_s(const SimMediaFlow *flow, double from_s)
{
    size_t from = sample_at(flow, from_s);

    for (size_t i = from; i < flow->sample_count; i++)
        if (flow->samples[i].layers > 0)
            return (double)(i - from) * SIM_SAMPLE_US / 1e6;
    return INFINITY;
}

double sim_settle_s(const SimMediaFlow *flow, double from_s, double low_bps, double high_bps,
                    double hold_s)
{
    size_t from = sample_at(flow, from_s), start = from;
    size_t hold = (size_t)(hold_s * 1e6 / SIM_SAMPLE_US);

    for (size_t i = from; i < flow->sample_count; i++) {
        double bps = (double)flow->samples[i].estimate_bps;

        if (bps < low_bps || bps > high_bps)
            start = i + 1;
        else if (i + 1 - start >= hold)
            return (double)(start - from) * SIM_SAMPLE_US / 1e6;
    }
    return INFINITY;
}
