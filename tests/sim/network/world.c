/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

void sim_world_init(SimWorld *self, const SimPathConfig *line, uint64_t seed)
{
    *self = (SimWorld){.random = sim_random_seed(seed + 1000)};
    self->events = g_array_new(FALSE, FALSE, sizeof(SimEvent));
    sim_path_init(&self->line, line, seed);
}

void sim_world_deinit(SimWorld *self)
{
    for (guint i = 0; i < self->events->len; i++)
        g_clear_pointer(&g_array_index(self->events, SimEvent, i).bytes, g_bytes_unref);
    g_array_free(self->events, TRUE);
}

static bool before(const SimEvent *a, const SimEvent *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

void sim_world_at(SimWorld *self, int64_t at_us, SimHandler handler, void *flow, uint64_t number,
                  GBytes *bytes_take)
{
    SimEvent event = {.at_us = at_us > self->now_us ? at_us : self->now_us,
                      .order = self->order++,
                      .handler = handler,
                      .flow = flow,
                      .number = number,
                      .bytes = bytes_take};
    SimEvent *heap;
    guint i = self->events->len;

    g_array_append_val(self->events, event);
    heap = &g_array_index(self->events, SimEvent, 0);
    for (; i > 0 && before(&event, &heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = event;
}

static SimEvent take_first(SimWorld *self)
{
    SimEvent *heap = &g_array_index(self->events, SimEvent, 0);
    SimEvent first = heap[0], last = heap[self->events->len - 1];
    guint count = self->events->len - 1, i = 0;

    g_array_set_size(self->events, count);
    heap = &g_array_index(self->events, SimEvent, 0);
    while (2 * i + 1 < count) {
        guint child = 2 * i + 1;

        if (child + 1 < count && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &last))
            break;
        heap[i] = heap[child];
        i = child;
    }
    if (count > 0)
        heap[i] = last;
    return first;
}

void sim_world_run(SimWorld *self, int64_t until_us)
{
    while (self->events->len > 0 && g_array_index(self->events, SimEvent, 0).at_us <= until_us) {
        SimEvent event = take_first(self);

        self->now_us = event.at_us;
        event.handler(event.flow, &event);
        g_clear_pointer(&event.bytes, g_bytes_unref);
    }
    self->now_us = until_us;
}
