/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/loss.h"

enum {
    LOW = 20,                 /* 2 % */
    HIGH = 102,               /* 10 % */
    HIGH_WHILE_QUEUEING = 20, /* 2 % */
    INHERENT_MAX = 307,       /* 30 %: beyond it no line is worth much */
    SETTLE_US = 500000,       /* until a cut shows in the loss */
    WINDOW_LONGEST_US = 1000000,
};

void heard_loss_init(HeardLoss *self, int64_t now_us)
{
    *self = (HeardLoss){.window_us = now_us};
}

void heard_loss_count(HeardLoss *self, uint32_t received, uint32_t lost)
{
    self->received += received;
    self->lost += lost;
}

static bool window_is_full(const HeardLoss *self, int64_t now_us)
{
    uint32_t count = self->received + self->lost;

    if (count == 0 || now_us - self->window_us < HEARD_LOSS_WINDOW_US)
        return false;
    return count >= HEARD_LOSS_WINDOW_COUNT || now_us - self->window_us >= WINDOW_LONGEST_US;
}

/* Loss that did not fall with the rate is the line's own; less loss than that corrects it. */
static void learn_inherent(HeardLoss *self, int64_t now_us)
{
    if (self->smooth < self->inherent)
        self->inherent = self->smooth;
    if (self->cut_us == 0 || now_us - self->cut_us < SETTLE_US)
        return;
    if (self->fraction > self->cut_fraction / 4 * 3)
        self->inherent = self->fraction < INHERENT_MAX ? self->fraction : INHERENT_MAX;
    self->cut_us = 0;
}

HeardLossVerdict heard_loss_poll(HeardLoss *self, bool queueing, int64_t now_us)
{
    uint32_t excess;

    if (!window_is_full(self, now_us))
        return HEARD_LOSS_WAIT;
    self->fraction = (uint16_t)(self->lost * HEARD_LOSS_UNIT / (self->received + self->lost));
    self->smooth = (uint16_t)((self->smooth * 3u + self->fraction) / 4);
    self->received = 0;
    self->lost = 0;
    self->window_us = now_us;
    learn_inherent(self, now_us);
    excess = self->fraction > self->inherent ? self->fraction - self->inherent : 0;
    if (excess > (queueing ? HIGH_WHILE_QUEUEING : HIGH) && self->cut_us == 0)
        return HEARD_LOSS_HIGH;
    return excess > LOW + self->inherent / 4u ? HEARD_LOSS_SOME : HEARD_LOSS_LOW;
}

void heard_loss_cut(HeardLoss *self, int64_t now_us)
{
    self->cut_us = now_us;
    self->cut_fraction = self->fraction;
}
