/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/probe.h"

#include "media/rtp/sequence.h"

#include <glib.h>
#include <math.h>

enum {
    STEP_US = 5000,         /* padding goes out each so long */
    STEP_BYTES_MIN = 200,   /* less is not worth a packet */
    STEP_BYTES_MAX = 12000, /* a late timer must not make a burst */
    PACKETS_MIN = 5,
    PASSED_PERCENT = 90, /* of the rate it was sent at */
    WAIT_US = 1000000,   /* for feedback */
    PAUSE_US = 1000000,  /* after the first failure, doubling */
    PAUSE_MAX_US = 3000000,
    PAUSE_SMALL_US = 2000000, /* the longest after one below HEARD_PROBE_SMALL_BPS */
    AGAIN_US = 50000,
    VOID_US = 500000,
    NUMBERS = 7,
};

void heard_probe_init(HeardProbe *self, int64_t now_us)
{
    *self = (HeardProbe){.next_us = now_us};
}

void heard_probe_start(HeardProbe *self, uint32_t rate_bps, int64_t length_us, uint64_t sent_bytes,
                       int64_t now_us)
{
    self->number = (uint8_t)(self->number % NUMBERS + 1);
    self->running = true;
    self->waiting = true;
    self->rate_bps = rate_bps;
    self->start_us = now_us;
    self->end_us = now_us + length_us;
    self->step_us = now_us;
    self->sent_bytes = sent_bytes;
    self->lost = 0;
    self->count = 0;
    self->last_sent_bytes = 0;
    self->target_bytes = (uint64_t)rate_bps * (uint64_t)length_us / 8000000;
}

size_t heard_probe_due(HeardProbe *self, uint64_t sent_bytes, int64_t now_us)
{
    uint64_t done = sent_bytes - self->sent_bytes, goal;

    if (!self->running || now_us < self->step_us)
        return 0; /* once a step, so that a caller who cannot send does not ask for ever */
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

void heard_probe_lost(HeardProbe *self)
{
    self->lost++;
}

void heard_probe_packet(HeardProbe *self, uint16_t seq, uint16_t size, int64_t sent_us,
                        int64_t arrival_us, bool was_lost)
{
    size_t at = self->count;

    self->lost -= was_lost;
    if (self->count == HEARD_PROBE_PACKETS)
        return;
    if (self->count == 0) {
        self->arrival_us = arrival_us;
        self->first_sent_us = sent_us;
        self->last_sent_us = sent_us;
    }
    for (; at > 0 && heard_seq_newer(self->came[at - 1].seq, seq); at--)
        self->came[at] = self->came[at - 1];
    self->came[at].seq = seq;
    self->came[at].size = size;
    self->came[at].arrival_us =
        (int32_t)CLAMP(arrival_us - self->arrival_us, -WAIT_US, 4 * WAIT_US);
    self->count++;
    self->first_sent_us = MIN(self->first_sent_us, sent_us);
    if (sent_us > self->last_sent_us)
        self->last_sent_bytes = 0;
    if (sent_us >= self->last_sent_us)
        self->last_sent_bytes += size;
    self->last_sent_us = MAX(self->last_sent_us, sent_us);
}

/* A straight line through arrival over bytes: jitter moves it less than first and last. */
static double out_bps(const HeardProbe *self)
{
    double n = (double)self->count, x = 0, y = 0, xx = 0, xy = 0, bytes = 0;

    for (size_t i = 0; i < self->count; i++) {
        double arrival_us = self->came[i].arrival_us;

        bytes += self->came[i].size;
        x += bytes;
        y += arrival_us;
        xx += bytes * bytes;
        xy += bytes * arrival_us;
    }
    xx -= x * x / n;
    xy -= x * y / n;
    return xy > 0 ? xx / xy * 8e6 : INFINITY;
}

/* Small ones cost little, and a picture waits for them. */
static int64_t pause_us(const HeardProbe *self)
{
    int64_t most_us = self->rate_bps < HEARD_PROBE_SMALL_BPS ? PAUSE_SMALL_US : PAUSE_MAX_US;

    return MIN((int64_t)PAUSE_US << self->failures, most_us);
}

static HeardProbeResult measure(const HeardProbe *self, uint32_t *ret_bps)
{
    double in_us = (double)(self->last_sent_us - self->first_sent_us), in_bps, bytes = 0;
    double out = self->count >= PACKETS_MIN ? out_bps(self) : 0;

    if (self->count < PACKETS_MIN || self->count < self->lost || in_us <= 0)
        return HEARD_PROBE_VOID;
    for (size_t i = 0; i < self->count; i++)
        bytes += self->came[i].size;
    in_bps = MIN((bytes - self->last_sent_bytes) * 8e6 / in_us, (double)self->rate_bps);
    *ret_bps = (uint32_t)MIN(out, in_bps);
    return out * 100 >= in_bps * PASSED_PERCENT ? HEARD_PROBE_PASSED : HEARD_PROBE_FAILED;
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
    switch (result) {
    case HEARD_PROBE_NONE:
        break;
    case HEARD_PROBE_PASSED:
        self->failures = 0;
        self->next_us = now_us + AGAIN_US;
        break;
    case HEARD_PROBE_FAILED:
        self->next_us = now_us + pause_us(self);
        self->failures = (uint8_t)MIN(self->failures + 1, 8);
        break;
    case HEARD_PROBE_VOID: /* says nothing of the line */
        self->next_us = now_us + VOID_US;
        break;
    }
    return result;
}

void heard_probe_abort(HeardProbe *self, int64_t now_us)
{
    self->running = false;
    self->waiting = false;
    self->next_us = MAX(self->next_us, now_us + PAUSE_US);
}
