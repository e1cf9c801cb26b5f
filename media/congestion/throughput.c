/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/throughput.h"

#include <glib.h>
#include <string.h>

static uint32_t *span_of(HeardThroughput *self, int64_t span)
{
    return &self->bytes[(uint64_t)span % HEARD_THROUGHPUT_SPANS];
}

void heard_throughput_add(HeardThroughput *self, uint32_t bytes, int64_t now_us)
{
    int64_t span = now_us / HEARD_THROUGHPUT_SPAN_US;

    if (self->latest_us == 0 || span - self->newest >= HEARD_THROUGHPUT_SPANS) {
        if (self->latest_us == 0 || span - self->newest >= 4 * HEARD_THROUGHPUT_SPANS)
            self->first_us = now_us;
        memset(self->bytes, 0, sizeof(self->bytes));
        self->newest = span;
    }
    for (; self->newest < span; self->newest++)
        *span_of(self, self->newest + 1) = 0;
    if (span <= self->newest - HEARD_THROUGHPUT_SPANS)
        return;
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
