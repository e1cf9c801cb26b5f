/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Somebody else's download on the same line: a window that grows by one packet a round
 * trip, halves on loss (three later packets came) and starts over after a timeout, as TCP
 * Reno does. What was lost is not sent again: only the load matters here.
 *
 * Units      *_us microseconds of the world. Ownership  The caller owns the struct; the
 *            world is borrowed. Threads  One. Errors  None.
 */

#include "world.h"

enum { SIM_TCP_WINDOW = 4096 };

typedef struct {
    SimWorld *world;
    int64_t start_us, stop_us;
    int64_t return_us; /* delay of an ack */
    double cwnd, ssthresh;
    uint64_t next, acked; /* packet numbers; all below acked are through or lost */
    uint64_t recover;     /* no second halving below this number */
    uint64_t later;       /* acks above the first missing one */
    int64_t progress_us;  /* last ack */
    uint64_t received;    /* bytes */
    bool came[SIM_TCP_WINDOW];
} SimTcpFlow;

void sim_tcp_flow_start(SimTcpFlow *self, SimWorld *world, int64_t start_us, int64_t stop_us,
                        int64_t return_us);
