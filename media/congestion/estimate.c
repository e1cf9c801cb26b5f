/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/estimate.h"

#include <string.h>

enum {
    RING_MASK = HEARD_ESTIMATE_RING - 1,
    WAITING = 0,
    TOLD_LOST = 1,
    TOLD_RECEIVED = 2,
    SILENCE_US = 2000000, /* feedback that pauses so long has stopped */
    RTT_START_US = 200000,
};

void heard_estimate_init(HeardEstimate *self, int64_t now_us)
{
    memset(self, 0, sizeof(*self));
    self->now_us = now_us;
    self->rtt_us = RTT_START_US;
    self->bps = HEARD_ESTIMATE_START_BPS;
    heard_loss_init(&self->loss, now_us);
}

void heard_estimate_reset(HeardEstimate *self, int64_t now_us)
{
    uint32_t wanted_bps = self->wanted_bps;
    uint32_t bps = self->bps;

    heard_estimate_init(self, now_us);
    self->wanted_bps = wanted_bps;
    if (bps < self->bps)
        self->bps = bps;
}

static uint32_t clamp(uint64_t bps)
{
    if (bps < HEARD_ESTIMATE_MIN_BPS)
        return HEARD_ESTIMATE_MIN_BPS;
    return bps < HEARD_ESTIMATE_MAX_BPS ? (uint32_t)bps : HEARD_ESTIMATE_MAX_BPS;
}

static void judge_loss(HeardEstimate *self, int64_t now_us)
{
    uint64_t bps = self->bps;

    switch (heard_loss_poll(&self->loss, false, now_us)) {
    case HEARD_LOSS_WAIT:
    case HEARD_LOSS_SOME:
        return;
    case HEARD_LOSS_LOW:
        if (self->bps < self->wanted_bps)
            self->bps = clamp(bps + bps / 50);
        return;
    case HEARD_LOSS_HIGH:
        self->bps = clamp(bps - bps * self->loss.fraction / (2 * HEARD_LOSS_UNIT));
        heard_loss_cut(&self->loss, now_us);
        return;
    }
}

void heard_estimate_feedback(HeardEstimate *self, const HeardTwccResult *results, size_t count,
                             int64_t now_us)
{
    self->now_us = now_us;
    self->feedback_us = now_us;
    for (size_t i = 0; i < count; i++) {
        HeardSentPacket *sent = &self->ring[results[i].seq & RING_MASK];
        unsigned told;

        if (sent->seq != results[i].seq || (sent->mark & HEARD_SENT_SIZE_MASK) == 0 ||
            sent->mark >> HEARD_SENT_TOLD_SHIFT != WAITING)
            continue;
        told = results[i].received ? TOLD_RECEIVED : TOLD_LOST;
        sent->mark = (uint16_t)(sent->mark | told << HEARD_SENT_TOLD_SHIFT);
        heard_loss_count(&self->loss, results[i].received, !results[i].received);
    }
    judge_loss(self, now_us);
}

void heard_estimate_report(HeardEstimate *self, uint8_t fraction_lost, int64_t rtt_us,
                           int64_t now_us)
{
    self->now_us = now_us;
    self->report_us = now_us;
    if (rtt_us > 0)
        self->rtt_us = rtt_us;
    if (self->feedback_us != 0 && now_us - self->feedback_us < SILENCE_US)
        return;
    heard_loss_count(&self->loss, 256u - fraction_lost, fraction_lost);
    judge_loss(self, now_us);
}

void heard_estimate_remb(HeardEstimate *self, uint64_t bps, int64_t now_us)
{
    self->now_us = now_us;
    self->remb_bps = clamp(bps);
}

uint32_t heard_estimate_bps(const HeardEstimate *self)
{
    if (self->remb_bps != 0 && self->remb_bps < self->bps)
        return self->remb_bps;
    return self->bps;
}

void heard_estimate_want(HeardEstimate *self, uint32_t wanted_bps, int64_t now_us)
{
    self->now_us = now_us;
    self->wanted_bps = wanted_bps;
}

bool heard_estimate_poll_probe(HeardEstimate *self, int64_t now_us, size_t *ret_bytes)
{
    self->now_us = now_us;
    (void)ret_bytes;
    return false;
}

int64_t heard_estimate_deadline_us(const HeardEstimate *self)
{
    (void)self;
    return INT64_MAX;
}
