/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_flow.h"

enum {
    SEGMENT_SIZE = 1400,
    TIMEOUT_US = 1000000,
    DUPLICATES = 3,
};

static void on_ack(void *flow, const SimEvent *event);

static void fill_window(SimTcpFlow *self)
{
    int64_t now_us = self->world->now_us;

    if (now_us >= self->stop_us)
        return;
    while (self->next - self->acked < (uint64_t)self->cwnd &&
           self->next - self->acked < SIM_TCP_WINDOW) {
        int64_t arrival_us = sim_path_send(&self->world->line, SEGMENT_SIZE, now_us);

        self->came[self->next % SIM_TCP_WINDOW] = false;
        if (arrival_us != SIM_LOST)
            sim_world_at(self->world, arrival_us + self->return_us, on_ack, self, self->next, NULL);
        self->next++;
    }
}

static void halve(SimTcpFlow *self)
{
    if (self->acked < self->recover)
        return;
    self->ssthresh = MAX(self->cwnd / 2, 2);
    self->cwnd = self->ssthresh;
    self->recover = self->next;
}

static void advance(SimTcpFlow *self)
{
    while (self->acked < self->next && self->came[self->acked % SIM_TCP_WINDOW]) {
        self->acked++;
        self->later = self->later > 0 ? self->later - 1 : 0;
    }
}

static void on_ack(void *flow, const SimEvent *event)
{
    SimTcpFlow *self = flow;

    if (event->number < self->acked)
        return;
    self->came[event->number % SIM_TCP_WINDOW] = true;
    self->received += SEGMENT_SIZE;
    self->progress_us = self->world->now_us;
    self->cwnd += self->cwnd < self->ssthresh ? 1 : 1 / self->cwnd;
    if (event->number > self->acked)
        self->later++;
    advance(self);
    if (self->later >= DUPLICATES) {
        halve(self);
        self->acked++; /* taken as sent again at once */
        self->later = 0;
        advance(self);
    }
    fill_window(self);
}

static void on_timer(void *flow, const SimEvent *event)
{
    SimTcpFlow *self = flow;

    (void)event;
    if (self->world->now_us >= self->stop_us)
        return;
    if (self->world->now_us - self->progress_us > TIMEOUT_US) {
        self->ssthresh = MAX(self->cwnd / 2, 2);
        self->cwnd = 2;
        self->acked = self->next;
        self->later = 0;
        self->progress_us = self->world->now_us;
    }
    fill_window(self);
    sim_world_at(self->world, self->world->now_us + TIMEOUT_US / 4, on_timer, self, 0, NULL);
}

void sim_tcp_flow_start(SimTcpFlow *self, SimWorld *world, int64_t start_us, int64_t stop_us,
                        int64_t return_us)
{
    *self = (SimTcpFlow){.world = world,
                         .start_us = start_us,
                         .stop_us = stop_us,
                         .return_us = return_us,
                         .cwnd = 4,
                         .ssthresh = 64,
                         .progress_us = start_us};
    sim_world_at(world, start_us, on_timer, self, 0, NULL);
}
