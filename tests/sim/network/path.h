/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A line with a bottleneck: a rate that changes by a plan, one first-in first-out queue,
 * then a fixed delay, jitter and loss. All flows of a world share it.
 *
 * Since the plan is known, the time at which a packet leaves the queue is known when it
 * enters: nothing waits here, sim_path_send() just answers when the packet arrives.
 *
 * Units      *_us microseconds of the world's clock, sizes in bytes (28 for IPv4 and UDP
 *            are added here), bps bits per second, probabilities 0..1.
 * Ownership  The caller owns the struct; the plan is borrowed.
 * Threads    One. Errors  None.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t at_us; /* from here on; the first is 0 */
    uint32_t bps;  /* 0: an outage */
} SimRate;

typedef struct {
    const SimRate *rates; /* ends with the last rate_count */
    size_t rate_count;
    int64_t delay_us;
    int64_t queue_us;   /* more than so long in the queue: dropped; 0: no limit */
    size_t queue_bytes; /* more than so much: dropped; 0: no limit */
    int64_t jitter_us;  /* 0..jitter, equally likely, anew for each packet */
    bool reorders;      /* jitter may break the order */
    double loss;        /* random */
    /* Gilbert–Elliott: chance per packet to enter and to leave the bad state; loss in it. */
    double burst_enter, burst_leave, burst_loss;
} SimPathConfig;

typedef struct {
    SimPathConfig config;
    uint64_t random;
    int64_t busy_us;    /* when the last queued packet is through */
    int64_t arrived_us; /* of the last packet, to keep the order */
    bool bad;           /* Gilbert–Elliott */
    uint64_t dropped, lost;
} SimPath;

#define SIM_LOST INT64_MAX

void sim_path_init(SimPath *self, const SimPathConfig *config, uint64_t seed);

/* Packets must come in order of time. Returns when it arrives, or SIM_LOST. */
int64_t sim_path_send(SimPath *self, size_t size, int64_t now_us);

/* How long a packet that comes now would wait. */
int64_t sim_path_queue_us(const SimPath *self, int64_t now_us);
uint32_t sim_path_rate_bps(const SimPath *self, int64_t now_us);

/* 0..1, from a state that sim_random_seed() made. */
double sim_random(uint64_t *state);
uint64_t sim_random_seed(uint64_t seed);
