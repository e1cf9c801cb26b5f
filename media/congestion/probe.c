/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/probe.h"

#include <glib.h>

enum {
    STEP_US = 5000,         /* padding goes out each so long */
    STEP_BYTES_MIN = 200,   /* less is not worth a packet */
    STEP_BYTES_MAX = 12000, /* a late timer must not make a burst */
    PACKETS_MIN = 5,
    PASSED_PERCENT = 90, /* of the rate it was sent at */
    WAIT_US = 1000000,   /* for feedback */
    PAUSE_US = 1000000,  /* after the first failure, doubling */
    PAUSE_MAX_US = 5000000,
    AGAIN_US = 50000,
    NUMBERS = 7,
};

void heard_probe_init(HeardProbe *self, int64_t now_us)
{
    *self = (HeardProbe){.next_us = now_us};
}

void heard_probe_start(HeardProbe *self, uint32_t rate_bps, int64_t length_us, uint64_t sent_bytes,
                       int64_t now_us)
{
    *self = (HeardProbe){.number = (uint8_t)(self->number % NUMBERS + 1),
                         .running = true,
                         .waiting = true,
                         .failures = self->failures,
                         .rate_bps = rate_bps,
                         .start_us = now_us,
                         .end_us = now_us + length_us,
                         .step_us = now_us,
                         .sent_bytes = sent_bytes};
    self->target_bytes = (uint64_t)rate_bps * (uint64_t)length_us / 8000000;
}

size_t heard_probe_due(HeardProbe *self, uint64_t sent_bytes, int64_t now_us)
{
    uint64_t done = sent_bytes - self->sent_bytes, goal;

    if (!self->running)
        return 0;
    goal = (uint64_t)self->rate_bps * (uint64_t)(now_us - self->start_us + STEP_US) / 8000000;
    goal = MIN(goal, self->target_bytes);
    self->step_us = MIN(now_us + STEP_US, self->end_us);
    if (now_us >= self->end_us)
        self->running = false;
    if (goal < done + STEP_BYTES_MIN)
        return 0;
    return (size_t)MIN(goal - done, STEP_BYTES_MAX);
}

int64_t heard_probe_deadline_us(const HeardProbe *self)
{
    if (self->running)
        return self->step_us;
    return self->waiting ? self->end_us + WAIT_US : INT64_MAX;
}

void heard_probe_packet(HeardProbe *self, bool received, uint32_t size, int64_t sent_us,
                        int64_t arrival_us)
{
    self->told++;
    if (!received)
        return;
    if (self->received == 0 || arrival_us < self->first_arrival_us) {
        self->first_arrival_us = arrival_us;
        self->first_bytes = size;
    }
    if (self->received == 0 || arrival_us > self->last_arrival_us)
        self->last_arrival_us = arrival_us;
    if (self->received == 0 || sent_us < self->first_sent_us)
        self->first_sent_us = sent_us;
    if (self->received == 0 || sent_us > self->last_sent_us) {
        self->last_sent_us = sent_us;
        self->last_sent_bytes = 0;
    }
    if (sent_us == self->last_sent_us)
        self->last_sent_bytes += size;
    self->received++;
    self->bytes += size;
}

static HeardProbeResult measure(const HeardProbe *self, uint32_t *ret_bps)
{
    uint64_t out_us = (uint64_t)(self->last_arrival_us - self->first_arrival_us);
    uint64_t in_us = (uint64_t)(self->last_sent_us - self->first_sent_us);
    uint64_t out_bps, in_bps;

    if (self->received < PACKETS_MIN || self->received * 2 < self->told || in_us == 0 ||
        out_us == 0)
        return HEARD_PROBE_VOID;
    out_bps = (uint64_t)(self->bytes - self->first_bytes) * 8000000 / out_us;
    in_bps = (uint64_t)(self->bytes - self->last_sent_bytes) * 8000000 / in_us;
    in_bps = MIN(in_bps, self->rate_bps);
    *ret_bps = (uint32_t)MIN(out_bps, in_bps);
    return out_bps * 100 >= in_bps * PASSED_PERCENT ? HEARD_PROBE_PASSED : HEARD_PROBE_FAILED;
}

HeardProbeResult heard_probe_poll(HeardProbe *self, int64_t newest_us, int64_t now_us,
                                  uint32_t *ret_bps)
{
    HeardProbeResult result;

    if (!self->waiting || self->running)
        return HEARD_PROBE_NONE;
    if (newest_us <= self->end_us && now_us - self->end_us < WAIT_US)
        return HEARD_PROBE_NONE;
    self->waiting = false;
    result = measure(self, ret_bps);
    if (result == HEARD_PROBE_PASSED) {
        self->failures = 0;
        self->next_us = now_us + AGAIN_US;
    } else {
        self->next_us = now_us + MIN((int64_t)PAUSE_US << self->failures, PAUSE_MAX_US);
        self->failures = (uint8_t)MIN(self->failures + 1, 8);
    }
    return result;
}

void heard_probe_abort(HeardProbe *self, int64_t now_us)
{
    self->running = false;
    self->waiting = false;
    self->next_us = MAX(self->next_us, now_us + PAUSE_US);
}
