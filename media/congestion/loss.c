/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/loss.h"

enum {
    SOME = 20,                /* 2 % */
    HIGH = 102,               /* 10 % */
    HIGH_WHILE_QUEUEING = 41, /* 4 % */
    INHERENT_MAX = 154,       /* 15 %: more is never taken for the line's own */
    SETTLE_US = 700000,       /* until a cut shows in the loss */
    AFTER_COUNT = 60,         /* packets after that tell whether it helped */
    TRY_US = 3000000,
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

static void start_window(HeardLoss *self, int64_t now_us)
{
    self->received = 0;
    self->lost = 0;
    self->window_us = now_us;
}

void heard_loss_restart(HeardLoss *self, int64_t now_us)
{
    start_window(self, now_us);
    if (self->smooth > self->inherent)
        self->smooth = self->inherent;
    self->some_us = 0;
}

static bool window_is_full(const HeardLoss *self, int64_t now_us)
{
    int64_t age_us = now_us - self->window_us;
    uint32_t count = self->received + self->lost;

    if (count == 0 || age_us < HEARD_LOSS_WINDOW_US)
        return false;
    return count >= HEARD_LOSS_WINDOW_COUNT || age_us >= HEARD_LOSS_WINDOW_MAX_US;
}

static uint16_t part(uint32_t lost, uint32_t received)
{
    return (uint16_t)((uint64_t)lost * HEARD_LOSS_UNIT / (received + lost));
}

/* Loss that did not fall with the rate is the line's own; less loss than that corrects it. */
static void learn_inherent(HeardLoss *self, int64_t now_us)
{
    uint16_t after;

    if (self->smooth < self->inherent)
        self->inherent = (uint16_t)((self->inherent * 7u + self->smooth) / 8);
    if (self->cut_us == 0 || now_us - self->cut_us < SETTLE_US)
        return;
    self->after_received += self->received;
    self->after_lost += self->lost;
    if (self->after_received + self->after_lost < AFTER_COUNT)
        return;
    after = part(self->after_lost, self->after_received);
    if (after > self->before / 3 * 2 && after > self->inherent)
        self->inherent = after < INHERENT_MAX ? after : INHERENT_MAX;
    self->cut_us = 0;
    self->some_us = 0;
}

static HeardLossVerdict judge(HeardLoss *self, bool queueing, int64_t now_us)
{
    uint32_t some = self->inherent + self->inherent / 4u + SOME;
    uint32_t high = self->inherent + (queueing ? (uint32_t)HIGH_WHILE_QUEUEING : (uint32_t)HIGH);

    if (self->smooth <= some) {
        self->some_us = 0;
        return HEARD_LOSS_LOW;
    }
    if (self->some_us == 0)
        self->some_us = now_us;
    if (self->cut_us != 0)
        return HEARD_LOSS_SOME;
    if (self->fraction > high && self->smooth > high)
        return HEARD_LOSS_HIGH;
    return now_us - self->some_us >= TRY_US ? HEARD_LOSS_TRY : HEARD_LOSS_SOME;
}

HeardLossVerdict heard_loss_poll(HeardLoss *self, bool queueing, int64_t now_us)
{
    if (!window_is_full(self, now_us))
        return HEARD_LOSS_WAIT;
    self->fraction = part(self->lost, self->received);
    self->smooth = (uint16_t)((self->smooth * 3u + self->fraction) / 4);
    learn_inherent(self, now_us);
    start_window(self, now_us);
    return judge(self, queueing, now_us);
}

void heard_loss_cut(HeardLoss *self, int64_t now_us)
{
    self->cut_us = now_us;
    self->before = self->smooth;
    self->after_received = 0;
    self->after_lost = 0;
}
