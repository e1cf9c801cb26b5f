/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/stats.h"

#include <string.h>

enum { LOST_MAX = 0x7fffff, LOST_MIN = -0x800000 }; /* 24 bits, signed */

static void rate_advance(HeardRate *self, int64_t now_us)
{
    int64_t slot = now_us / HEARD_RATE_SLOT_US;

    if (slot - self->slot >= HEARD_RATE_SLOTS) {
        memset(self->bytes, 0, sizeof(self->bytes));
        self->slot = slot;
    }
    while (self->slot < slot)
        self->bytes[++self->slot % HEARD_RATE_SLOTS] = 0;
}

void heard_rate_add(HeardRate *self, size_t bytes, int64_t now_us)
{
    rate_advance(self, now_us);
    self->bytes[self->slot % HEARD_RATE_SLOTS] += (uint32_t)bytes;
}

uint32_t heard_rate_bps(HeardRate *self, int64_t now_us)
{
    /* The newest eighth has only begun. */
    int64_t window_us = (HEARD_RATE_SLOTS - 1) * HEARD_RATE_SLOT_US + now_us % HEARD_RATE_SLOT_US;
    uint64_t sum = 0;

    rate_advance(self, now_us);
    for (size_t i = 0; i < HEARD_RATE_SLOTS; i++)
        sum += self->bytes[i];
    return (uint32_t)(sum * 8 * 1000000 / (uint64_t)window_us);
}

void heard_rtp_stats_packet(HeardRtpStats *self, int64_t seq, uint32_t rtp_ts, size_t bytes,
                            uint32_t clock_rate_hz, int64_t now_us)
{
    int64_t arrival = now_us * (int64_t)clock_rate_hz / 1000000;
    int64_t transit = arrival - (int64_t)rtp_ts;

    self->packets++;
    self->bytes += bytes;
    if (!self->started) {
        self->started = true;
        self->first_seq = seq;
        self->highest_seq = seq;
        self->transit = transit;
        self->rtp_ts = rtp_ts;
        return;
    }
    if (seq > self->highest_seq)
        self->highest_seq = seq;
    /* One sample a frame: packets of one frame share a timestamp but leave one by one. */
    if (rtp_ts != self->rtp_ts) {
        /* Both wrap with 32 bits, so the difference does too (RFC 3550 A.8). */
        int32_t d = (int32_t)(uint32_t)(transit - self->transit);
        uint32_t distance = d < 0 ? 0u - (uint32_t)d : (uint32_t)d;
        /* A step of the source's clock is not jitter. */
        if (distance < clock_rate_hz * 5)
            self->jitter_16 += distance - ((self->jitter_16 + 8) >> 4);
        self->transit = transit;
        self->rtp_ts = rtp_ts;
    }
}

void heard_rtp_stats_report(HeardRtpStats *self, HeardReportBlock *ret_block)
{
    uint64_t expected = self->started ? (uint64_t)(self->highest_seq - self->first_seq + 1) : 0;
    int64_t lost = (int64_t)expected - (int64_t)self->packets;
    int64_t expected_interval = (int64_t)(expected - self->expected_before);
    int64_t lost_interval = expected_interval - (int64_t)(self->packets - self->packets_before);

    self->expected_before = expected;
    self->packets_before = self->packets;
    ret_block->fraction_lost = 0;
    if (expected_interval > 0 && lost_interval > 0) {
        int64_t fraction = lost_interval * 256 / expected_interval;
        ret_block->fraction_lost = (uint8_t)(fraction > 255 ? 255 : fraction);
    }
    if (lost > LOST_MAX)
        lost = LOST_MAX;
    if (lost < LOST_MIN)
        lost = LOST_MIN;
    ret_block->cumulative_lost = (int32_t)lost;
    /* The unwrapper starts one turn up; on the wire the count of cycles starts at 0. */
    ret_block->highest_seq = self->started ? (uint32_t)(self->highest_seq - 0x10000) : 0;
    ret_block->jitter = self->jitter_16 >> 4;
}
