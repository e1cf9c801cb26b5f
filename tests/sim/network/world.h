/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A clock, a list of what happens when, and one line that all flows share. Deterministic:
 * the same seed and the same calls give the same run.
 *
 * Units      *_us microseconds of this clock; it starts at 0.
 * Ownership  The world owns its events and what an event carries.
 * Threads    One. Errors  None.
 */

#include "path.h"

#include <glib.h>

typedef struct SimEvent SimEvent;
typedef void (*SimHandler)(void *flow, const SimEvent *event);

struct SimEvent {
    int64_t at_us;
    uint64_t order; /* of events at the same time */
    SimHandler handler;
    void *flow;
    uint64_t number; /* whatever the flow likes */
    GBytes *bytes;   /* may be NULL */
};

typedef struct {
    int64_t now_us;
    uint64_t order;
    GArray *events; /* a heap of SimEvent */
    SimPath line;
    uint64_t random;
} SimWorld;

void sim_world_init(SimWorld *self, const SimPathConfig *line, uint64_t seed);
void sim_world_deinit(SimWorld *self);

void sim_world_at(SimWorld *self, int64_t at_us, SimHandler handler, void *flow, uint64_t number,
                  GBytes *bytes_take);
void sim_world_run(SimWorld *self, int64_t until_us);
