/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/nack.h"

#include "media/rtp/sequence.h"

#include <string.h>

/* A step larger than this is a restarted stream, not loss (RFC 3550 A.1, MAX_DROPOUT). */
enum { JUMP_MAX = 3000, LATE_MAX = 3000 };

static int64_t clamp_rtt_us(int64_t rtt_us)
{
    if (rtt_us < HEARD_NACK_RTT_MIN_US)
        return HEARD_NACK_RTT_MIN_US;
    return rtt_us > HEARD_NACK_RTT_MAX_US ? HEARD_NACK_RTT_MAX_US : rtt_us;
}

void heard_nack_init(HeardNack *self, int64_t rtt_us)
{
    memset(self, 0, sizeof(*self));
    self->rtt_us = clamp_rtt_us(rtt_us);
    self->resend = true;
    self->next_us = INT64_MAX;
}

void heard_nack_set_resend(HeardNack *self, bool resend)
{
    self->resend = resend;
}

void heard_nack_set_rtt(HeardNack *self, int64_t rtt_us)
{
    self->rtt_us = clamp_rtt_us(rtt_us);
}

/* Put a range behind what is to be reported as lost; it ends before `end`. */
static void give_up_range(HeardNack *self, uint16_t first, uint16_t end, int64_t now_us)
{
    if (self->jump_count == 0)
        self->jump_first = first;
    /* Two such ranges before one poll are told as one: what lies between is stale too. */
    self->jump_count = (uint16_t)(end - self->jump_first);
    self->keyframe_wanted = true;
    self->next_us = now_us;
}

/* Everything before `end` that is missing is given up: too much to ask for. */
static void give_up_all(HeardNack *self, int64_t now_us)
{
    for (size_t i = 0; i < self->pending_count; i++) {
        self->pending[i].due_us = now_us;
        self->pending[i].tries = UINT8_MAX;
    }
    if (self->pending_count > 0)
        self->next_us = now_us;
}

static void add_missing(HeardNack *self, uint16_t seq, int64_t now_us)
{
    HeardNackMissing *missing = &self->pending[self->pending_count++];

    missing->seq = seq;
    missing->seen_us = now_us;
    missing->due_us = now_us + HEARD_NACK_REORDER_US;
    missing->tries = 0;
    missing->healed = false;
    if (missing->due_us < self->next_us)
        self->next_us = missing->due_us;
}

/* The first pending entry that is not before seq. */
static size_t find_pending(const HeardNack *self, uint16_t seq)
{
    size_t low = 0;
    size_t high = self->pending_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (heard_seq_newer(seq, self->pending[middle].seq))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void remove_pending(HeardNack *self, size_t index)
{
    self->pending_count--;
    memmove(&self->pending[index], &self->pending[index + 1],
            (self->pending_count - index) * sizeof(self->pending[0]));
    if (self->pending_count == 0 && self->jump_count == 0 && !self->keyframe_wanted)
        self->next_us = INT64_MAX;
}

/* An answer to the first request took one round trip (Karn: later ones are ambiguous). */
static void learn_rtt(HeardNack *self, const HeardNackMissing *missing, int64_t now_us)
{
    if (missing->tries == 1)
        self->rtt_us = clamp_rtt_us(self->rtt_us + (now_us - missing->asked_us - self->rtt_us) / 8);
}

static void restart(HeardNack *self, uint16_t seq, int64_t now_us)
{
    give_up_all(self, now_us);
    self->highest = seq;
    self->keyframe_wanted = true;
    self->next_us = now_us;
}

void heard_nack_packet(HeardNack *self, uint16_t seq, int64_t now_us)
{
    int16_t step = heard_seq_diff(seq, self->highest);

    if (!self->started) {
        self->started = true;
        self->highest = seq;
        return;
    }
    if (step == 1) { /* nearly always */
        self->highest = seq;
        return;
    }
    if (step <= 0) {
        size_t index = find_pending(self, seq);
        if (index < self->pending_count && self->pending[index].seq == seq) {
            learn_rtt(self, &self->pending[index], now_us);
            remove_pending(self, index);
        } else if (step < -LATE_MAX) {
            restart(self, seq, now_us);
        }
        return;
    }
    if (step > JUMP_MAX) {
        restart(self, seq, now_us);
        return;
    }
    if (self->pending_count + (size_t)(step - 1) > HEARD_NACK_PENDING_MAX) {
        give_up_all(self, now_us);
        give_up_range(self, (uint16_t)(self->highest + 1), seq, now_us);
    } else {
        for (uint16_t gap = (uint16_t)(self->highest + 1); gap != seq; gap++)
            add_missing(self, gap, now_us);
    }
    self->highest = seq;
}

void heard_nack_keyframe(HeardNack *self, uint16_t seq)
{
    size_t end = find_pending(self, seq);

    self->keyframe_wanted = false;
    for (size_t i = 0; i < end; i++)
        self->pending[i].healed = true;
}

static bool is_given_up(const HeardNack *self, const HeardNackMissing *missing, int64_t now_us)
{
    if (missing->due_us > now_us)
        return false;
    return missing->tries >= HEARD_NACK_TRIES_MAX || !self->resend ||
           now_us - missing->seen_us >= HEARD_NACK_GIVE_UP_US;
}

static size_t collect_lost(HeardNack *self, int64_t now_us, uint16_t *ret_batch)
{
    size_t count = 0;
    size_t kept = 0;

    for (size_t i = 0; i < self->pending_count; i++) {
        HeardNackMissing *missing = &self->pending[i];
        if (count < HEARD_NACK_BATCH_MAX && is_given_up(self, missing, now_us)) {
            /* Asked for as often as sensible: the picture needs another way to heal. */
            if (self->resend && missing->tries != UINT8_MAX && !missing->healed)
                self->keyframe_wanted = true;
            ret_batch[count++] = missing->seq;
        } else {
            self->pending[kept++] = *missing;
        }
    }
    self->pending_count = kept;
    if (count > 0)
        return count;
    while (self->jump_count > 0 && count < HEARD_NACK_BATCH_MAX) {
        ret_batch[count++] = self->jump_first++;
        self->jump_count--;
    }
    return count;
}

/* One round trip and a quarter, so that an answer on time is not asked for twice; twice as
 * long after each third request, so that ten of them outlive a burst of loss. */
static int64_t retry_us(const HeardNack *self, unsigned tries)
{
    return (self->rtt_us + self->rtt_us / 4) << (tries / 3);
}

static size_t collect_resends(HeardNack *self, int64_t now_us, uint16_t *ret_batch)
{
    size_t count = 0;

    for (size_t i = 0; i < self->pending_count && count < HEARD_NACK_BATCH_MAX; i++) {
        HeardNackMissing *missing = &self->pending[i];
        int64_t give_up_us = missing->seen_us + HEARD_NACK_GIVE_UP_US;
        if (missing->due_us > now_us)
            continue;
        ret_batch[count++] = missing->seq;
        missing->tries++;
        missing->asked_us = now_us;
        missing->due_us = now_us + retry_us(self, missing->tries);
        if (missing->due_us > give_up_us)
            missing->due_us = give_up_us;
    }
    return count;
}

static void set_next(HeardNack *self)
{
    self->next_us = INT64_MAX;
    for (size_t i = 0; i < self->pending_count; i++)
        if (self->pending[i].due_us < self->next_us)
            self->next_us = self->pending[i].due_us;
}

HeardNackAction heard_nack_poll(HeardNack *self, int64_t now_us,
                                uint16_t ret_batch[static HEARD_NACK_BATCH_MAX], size_t *ret_count)
{
    *ret_count = 0;
    if (now_us < self->next_us)
        return HEARD_NACK_NONE;
    *ret_count = collect_lost(self, now_us, ret_batch);
    if (*ret_count > 0)
        return HEARD_NACK_LOST;
    *ret_count = collect_resends(self, now_us, ret_batch);
    if (*ret_count > 0)
        return HEARD_NACK_RESEND;
    set_next(self);
    if (self->keyframe_wanted) {
        self->keyframe_wanted = false;
        return HEARD_NACK_KEYFRAME;
    }
    return HEARD_NACK_NONE;
}

int64_t heard_nack_deadline_us(const HeardNack *self)
{
    return self->next_us;
}
