/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/sender_clock.h"

void heard_sender_clock_report(HeardSenderClock *self, int64_t ntp_us, int64_t now_us)
{
    int64_t offset_us = now_us - ntp_us;
    int64_t step_us = offset_us - self->offset_us;

    /* One constant for as long as possible: a change would shift audio against video
     * until both lanes have sent a report. Drift of a quartz is far below the step. */
    if (self->anchored && step_us < HEARD_SENDER_CLOCK_STEP_US &&
        step_us > -HEARD_SENDER_CLOCK_STEP_US)
        return;
    self->offset_us = offset_us;
    self->anchored = true;
}

int64_t heard_ntp_to_us(uint64_t ntp)
{
    uint64_t seconds = ntp >> 32;
    uint64_t fraction = ntp & UINT32_MAX;

    return (int64_t)(seconds * 1000000 + ((fraction * 1000000 + (UINT64_C(1) << 31)) >> 32));
}

uint64_t heard_ntp_from_us(int64_t us)
{
    uint64_t seconds = (uint64_t)us / 1000000;
    uint64_t rest = (uint64_t)us % 1000000;

    return seconds << 32 | ((rest << 32) / 1000000);
}
