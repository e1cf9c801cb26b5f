/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/throughput.h"

#include <glib.h>

/* A clock that jumps by so much is another one. */
enum { RESTART_SPANS = 4 * HEARD_THROUGHPUT_SPANS };

static uint32_t *span_of(HeardThroughput *self, int64_t span)
{
    return &self->bytes[(uint64_t)span % HEARD_THROUGHPUT_SPANS];
}

void heard_throughput_add(HeardThroughput *self, uint32_t bytes, int64_t now_us)
{
    int64_t span = now_us / HEARD_THROUGHPUT_SPAN_US;
    int64_t ahead = span - self->newest;

    if (self->latest_us == 0 || ahead >= RESTART_SPANS || ahead <= -RESTART_SPANS) {
        *self = (HeardThroughput){.newest = span, .first_us = now_us, .latest_us = now_us};
        ahead = 0;
    }
    if (ahead <= -HEARD_THROUGHPUT_SPANS)
        return;
    for (; ahead > 0; ahead--)
        *span_of(self, ++self->newest) = 0;
    *span_of(self, span) += bytes;
    self->latest_us = MAX(self->latest_us, now_us);
}

uint32_t heard_throughput_bps(const HeardThroughput *self, int64_t window_us)
{
    int64_t spans = MIN(window_us / HEARD_THROUGHPUT_SPAN_US, HEARD_THROUGHPUT_SPANS - 1);
    int64_t since_us = MAX((self->newest - spans) * HEARD_THROUGHPUT_SPAN_US, self->first_us);
    uint64_t bytes = 0;

    if (self->latest_us == 0)
        return 0;
    for (int64_t i = 0; i <= spans; i++)
        bytes += self->bytes[(uint64_t)(self->newest - i) % HEARD_THROUGHPUT_SPANS];
    return (uint32_t)MIN(bytes * 8000000 /
                             (uint64_t)MAX(self->latest_us - since_us, HEARD_THROUGHPUT_SPAN_US),
                         UINT32_MAX);
}
