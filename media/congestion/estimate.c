/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/estimate.h"

#include <string.h>

enum {
    RING_MASK = HEARD_ESTIMATE_RING - 1,
    WAITING = 0,
    TOLD_LOST = 1,
    TOLD_RECEIVED = 2,
    RTT_START_US = 200000,
    RTT_MAX_US = 3000000,
    REORDER_MIN_US = 60000,
    REORDER_MAX_US = 400000,
    SILENCE_US = 1000000, /* feedback that pauses so long, though packets were sent */
    DECAY_US = 400000,    /* falls by silence are so far apart */
    DECAY_PERCENT = 50,
    TRY_PERCENT = 92,
    REPORT_US = 1500000,     /* a receiver report counts so long */
    WINDOW_US = 500000,      /* for what is sent and received */
    FULL_WINDOW_US = 300000, /* for what a full line lets through */
    RESPONSE_US = 100000,    /* beyond a round trip, until a cut shows */
    USED_PERCENT = 80,       /* of the estimate is sent: it is in use */
    QUEUE_CALM_US = 20000,
    QUEUE_SMALL_US = 60000, /* first reaction: only stop what is not in use */
    QUEUE_STANDING_US = 60000,
    STANDING_US = 1000000,
    HELPED_US = 50000,     /* a cut has helped if the queue shrank by this, or 30 % */
    GROW_PERCENT = 8,      /* a second, far from what the line is known to carry */
    GROW_STEP_BITS = 9600, /* one packet in each response time, near to it */
    GROW_STEP_PART = 50,   /* but no more than this of the rate */
    NEAR_PERCENT = 15,
    AHEAD_PERCENT = 15,   /* the estimate grows no further above what comes through */
    RECOVER_PERCENT = 85, /* of the link, once the queue is gone */
    THROUGH_PERCENT = 85, /* of what is sent comes through */
    EPISODE_US = 2000000, /* cuts so close belong together: the later ones see better */
    RECOVER_AFTER_US = 400000,
    RECOVER_US = 10000000, /* the link is remembered so long for that */
    PROBE_LENGTH_US = 60000,
    PROBE_LENGTH_MAX_US = 200000,
    PROBE_BYTES_MIN = 1500, /* a slow line shows nothing in two packets */
    PROBE_AFTER_CUT_US = 1000000,
    PROBE_USED_US = 5000000,
    PROBE_KEEP_PERCENT = 95,
    GOAL_PERCENT = 130,
    ENOUGH_PERCENT = 115,
    CLEAR_SCATTER_US = 6000,
    SURPRISE_US = 4000000, /* the link is fresh in mind so long: more than it must be seen twice */
    SURPRISES = 2,
    FRESH_PERCENT = 120,
    TRUST_PERCENT = 92, /* of the link, while probes are in doubt */
    DOUBT_US = 10000000,
    DOUBTS_MAX = 2,
    CLOCK_TURN_TICKS = 1 << 24, /* of 64 ms: where the receiver's time wraps */
    CLOCK_TICK_US = 64000,
};

#define CLOCK_TURN_US ((int64_t)CLOCK_TURN_TICKS * CLOCK_TICK_US)

void heard_estimate_init(HeardEstimate *self, int64_t now_us)
{
    memset(self, 0, sizeof(*self));
    self->rtt_us = RTT_START_US;
    self->raised_us = now_us;
    self->calm_us = now_us;
    self->reorder_us = REORDER_MIN_US;
    self->arrival_turns_us = CLOCK_TURN_US; /* arrivals stay positive */
    self->bps = HEARD_ESTIMATE_START_BPS;
    heard_loss_init(&self->loss, now_us);
    heard_delay_init(&self->delay);
    heard_probe_init(&self->probe, now_us);
}

void heard_estimate_reset(HeardEstimate *self, int64_t now_us)
{
    uint32_t wanted_bps = self->wanted_bps;
    /* That nothing was heard says nothing of the new path. */
    uint32_t bps = MAX(self->bps, self->before_bps);

    heard_estimate_init(self, now_us);
    self->wanted_bps = wanted_bps;
    self->bps = MIN(self->bps, bps);
}

static uint32_t clamp(uint64_t bps)
{
    return (uint32_t)CLAMP(bps, HEARD_ESTIMATE_MIN_BPS, HEARD_ESTIMATE_MAX_BPS);
}

static uint32_t percent(uint32_t bps, unsigned percent)
{
    return clamp((uint64_t)bps * percent / 100);
}

static bool hears(const HeardEstimate *self, int64_t now_us)
{
    return self->feedback_us != 0 &&
           (self->waiting_us == 0 || now_us - self->waiting_us < SILENCE_US + self->rtt_us);
}

static bool is_used(const HeardEstimate *self)
{
    return heard_throughput_bps(&self->sent, WINDOW_US) >= (uint64_t)self->bps * USED_PERCENT / 100;
}

static void set(HeardEstimate *self, uint64_t bps, int64_t now_us)
{
    self->bps = clamp(bps);
    self->raised_us = now_us;
}

/* The line is full at this rate. A probe that promised more just before has lied. */
static void learn_link(HeardEstimate *self, uint32_t bps, int64_t now_us)
{
    bool again = self->cut_us != 0 && now_us - self->cut_us < EPISODE_US;

    if (again || self->link_bps == 0 || bps > self->link_bps * 3 / 2 || bps < self->link_bps / 2)
        self->link_bps = bps;
    else
        self->link_bps = (uint32_t)(((uint64_t)self->link_bps * 2 + bps) / 3);
    if (self->passed_us != 0 && now_us - self->passed_us < DOUBT_US) {
        self->doubts = MIN(self->doubts + 1, DOUBTS_MAX);
        self->doubt_us = now_us + ((int64_t)DOUBT_US << (self->doubts - 1));
        self->passed_us = 0;
    }
}

static void cut(HeardEstimate *self, uint64_t bps, int64_t now_us)
{
    if (bps < self->bps)
        set(self, bps, now_us);
    self->cut_us = now_us;
    self->surprises = 0;
    self->check_us = now_us + self->rtt_us + STANDING_US;
    self->cut_sent_bps = heard_throughput_bps(&self->sent, WINDOW_US);
    self->cut_queue_us = self->delay.queue_us;
    heard_loss_restart(&self->loss, now_us);
    if (self->probe.waiting) /* its answer would be older than this one */
        heard_probe_abort(&self->probe, now_us);
}

/* May a cut be answered by another, or has the first not shown yet? */
static bool may_cut(const HeardEstimate *self, int64_t now_us)
{
    return self->cut_us == 0 || now_us - self->cut_us > self->rtt_us + RESPONSE_US;
}

/* Below what comes through, by more the longer the queue that must be emptied. */
static uint64_t drain_bps(const HeardEstimate *self, uint32_t through_bps)
{
    int64_t own_us = self->delay.queue_us - self->delay.tolerated_us;
    int64_t part = CLAMP(900 - own_us / 1000, 500, 850);

    return (uint64_t)through_bps * (uint64_t)part / 1000;
}

/* What comes through a full line; the more jitter, the longer to look. */
static uint32_t through_bps(const HeardEstimate *self)
{
    return heard_throughput_bps(&self->received,
                                MIN(FULL_WINDOW_US + 20 * self->delay.scatter_us, 1000000));
}

/* Did the last cut empty the queue? If less was sent and it stands, others fill it. */
static void check_cut(HeardEstimate *self, int64_t now_us)
{
    int64_t queue_us = self->delay.queue_us;
    uint32_t sent_bps;

    if (self->check_us == 0 || now_us < self->check_us)
        return;
    self->check_us = 0;
    sent_bps = heard_throughput_bps(&self->sent, WINDOW_US);
    if (sent_bps > (uint64_t)self->cut_sent_bps * 95 / 100 && sent_bps > self->bps)
        return;
    if (self->delay.trend != HEARD_DELAY_FALLING &&
        queue_us > self->cut_queue_us - MIN(self->cut_queue_us * 3 / 10, HELPED_US))
        heard_delay_tolerate(&self->delay);
}

static void follow_delay(HeardEstimate *self, int64_t now_us)
{
    int64_t tolerated_us = self->tolerated_us;
    HeardDelayTrend trend = heard_delay_judge(&self->delay);
    int64_t excess_us = heard_delay_excess_us(&self->delay);
    uint32_t through = through_bps(self), sent = heard_throughput_bps(&self->sent, WINDOW_US);
    uint64_t target;

    self->tolerated_us = self->delay.tolerated_us;
    if (tolerated_us > 0 && self->delay.tolerated_us == 0)
        self->doubt_us = 0; /* who stood in the way is gone */
    check_cut(self, now_us);
    if (trend == HEARD_DELAY_RISING || excess_us > QUEUE_CALM_US)
        self->calm_us = now_us;
    if (!may_cut(self, now_us) || through == 0)
        return;
    if (trend == HEARD_DELAY_RISING) {
        if (!is_used(self) && excess_us < QUEUE_SMALL_US)
            return; /* as likely jitter: no reason to give up what was proven */
        if (self->delay.through_permille < 1000) /* the window still holds what came before */
            through = (uint32_t)MIN(through, (uint64_t)sent * self->delay.through_permille / 1000);
        learn_link(self, through, now_us);
        target = drain_bps(self, through);
        /* What goes in comes out: others may be the reason. Give up only what is not in use. */
        if (!is_used(self) && (uint64_t)through * 100 >= (uint64_t)sent * THROUGH_PERCENT)
            target = MAX(target, (uint64_t)sent * 11 / 10);
        cut(self, target, now_us);
    } else if (trend == HEARD_DELAY_STEADY &&
               self->delay.standing_us >
                   self->delay.tolerated_us + QUEUE_STANDING_US + 4 * self->delay.scatter_us &&
               now_us - self->cut_us > STANDING_US + self->rtt_us) {
        if (is_used(self))
            cut(self, drain_bps(self, through), now_us);
        else
            heard_delay_tolerate(&self->delay); /* so little does not fill a line */
    }
}

/* false: loss forbids to rise. */
static bool follow_loss(HeardEstimate *self, int64_t now_us)
{
    bool queueing = heard_delay_excess_us(&self->delay) > QUEUE_STANDING_US;
    uint32_t through = through_bps(self);

    switch (heard_loss_poll(&self->loss, queueing, now_us)) {
    case HEARD_LOSS_WAIT:
        break;
    case HEARD_LOSS_LOW:
        self->lossy = false;
        break;
    case HEARD_LOSS_SOME:
        self->lossy = true;
        break;
    case HEARD_LOSS_TRY:
        self->lossy = true;
        if (!is_used(self) || !may_cut(self, now_us))
            break;
        heard_loss_cut(&self->loss, now_us);
        cut(self, percent(self->bps, TRY_PERCENT), now_us);
        break;
    case HEARD_LOSS_HIGH:
        self->lossy = true;
        if (!may_cut(self, now_us))
            break;
        if (through == 0 || !hears(self, now_us)) /* receiver reports only */
            through = self->bps;
        else
            learn_link(self, through, now_us);
        heard_loss_cut(&self->loss, now_us);
        /* What is lost will be asked for again, and needs room too. */
        cut(self,
            through -
                (uint64_t)through * MIN(self->loss.fraction, HEARD_LOSS_UNIT / 2) / HEARD_LOSS_UNIT,
            now_us);
        break;
    }
    return !self->lossy;
}

/* Without a queue, what was sent and came through allows a little more. */
static void grow(HeardEstimate *self, int64_t now_us)
{
    uint32_t recovered_bps = percent(self->link_bps, RECOVER_PERCENT);
    int64_t since_us = now_us - self->raised_us;
    uint64_t bps = self->bps, limit;
    uint32_t link_bps = self->link_bps;

    if (now_us - self->calm_us < self->rtt_us || !may_cut(self, now_us)) {
        self->raised_us = now_us;
        return;
    }
    /* The cut was deep to empty the queue; the line's rate is fresh in mind. */
    if (self->link_bps != 0 && self->bps < recovered_bps && self->cut_us != 0 &&
        now_us - self->cut_us > RECOVER_AFTER_US && now_us - self->cut_us < RECOVER_US) {
        set(self, recovered_bps, now_us);
        return;
    }
    if (!is_used(self)) {
        self->raised_us = now_us;
        return;
    }
    if (link_bps != 0 && bps > link_bps * (uint64_t)(100 - NEAR_PERCENT) / 100 &&
        bps < link_bps * (uint64_t)(100 + NEAR_PERCENT) / 100) {
        bps += MIN((uint64_t)GROW_STEP_BITS, bps / GROW_STEP_PART) * (uint64_t)since_us /
               (uint64_t)(self->rtt_us + RESPONSE_US);
    } else {
        bps += bps * (uint64_t)since_us * GROW_PERCENT / 100000000;
    }
    limit =
        (uint64_t)heard_throughput_bps(&self->received, WINDOW_US) * (100 + AHEAD_PERCENT) / 100;
    if (bps > self->bps && self->bps < limit)
        self->bps = clamp(MIN(bps, limit));
    if (self->bps > link_bps * (uint64_t)(100 + NEAR_PERCENT) / 100 &&
        now_us - self->cut_us > PROBE_USED_US) {
        self->link_bps = 0; /* it carries more than it was known for */
        self->doubt_us = 0;
    }
    self->raised_us = now_us;
}

static void follow_probe(HeardEstimate *self, int64_t now_us)
{
    bool known = self->link_bps != 0, failed = false;
    bool fresh = known && now_us - self->cut_us < SURPRISE_US;
    /* The burst that a shaper lets pass is a second of a thin line. */
    bool thin = known && self->link_bps < HEARD_PROBE_SMALL_BPS;
    uint32_t bps = 0;
    uint64_t kept;

    switch (heard_probe_poll(&self->probe, self->newest_us - self->reorder_us + REORDER_MIN_US,
                             now_us, &bps)) {
    case HEARD_PROBE_NONE:
    case HEARD_PROBE_VOID:
        return;
    case HEARD_PROBE_FAILED:
        failed = true;
        self->surprises = 0;
        if (self->link_bps == 0 && self->probe.lost == 0)
            self->link_bps = bps;
        if (fresh) /* its first packets may be a shaper's gift */
            bps = MIN(bps, percent(self->link_bps, FRESH_PERCENT));
        break;
    case HEARD_PROBE_PASSED:
        if (bps <= self->link_bps)
            break;
        /* A shaper lets a first burst pass: the next, soon, meets its true rate. */
        if ((fresh || thin) && bps >= HEARD_PROBE_SMALL_BPS && ++self->surprises < SURPRISES)
            bps = self->link_bps;
        else
            self->link_bps = 0; /* more than it was known for */
        break;
    }
    kept = (uint64_t)bps * PROBE_KEEP_PERCENT / 100;
    if (now_us < self->doubt_us && self->link_bps != 0)
        kept = MIN(kept, self->link_bps * (uint64_t)TRUST_PERCENT / 100);
    if (kept > self->bps) {
        set(self, kept, now_us);
        if (self->link_bps == 0) /* a promise of more than is known */
            self->passed_us = now_us;
    } else if (failed && self->delay.scatter_us < CLEAR_SCATTER_US && !is_used(self)) {
        /* Others have come since the estimate was proven; what flows is not in question. */
        kept = MAX(kept, heard_throughput_bps(&self->sent, WINDOW_US) * (uint64_t)115 / 100);
        set(self, MIN(kept, self->bps), now_us);
    }
}

/* Count what is old enough to be sure of. */
static void judge_packets(HeardEstimate *self)
{
    uint32_t received = 0, lost = 0;

    for (unsigned i = 0; i < HEARD_ESTIMATE_RING; i++, self->judge_seq++) {
        const HeardSentPacket *sent = &self->ring[self->judge_seq & RING_MASK];
        int32_t age_us = (int32_t)((uint32_t)self->newest_us - sent->sent_us);

        if (sent->seq != self->judge_seq || (sent->mark & HEARD_SENT_SIZE_MASK) == 0) {
            if (heard_seq_newer(sent->seq, self->judge_seq))
                continue; /* overwritten: too old to be told */
            break;
        }
        if (age_us < self->reorder_us)
            break;
        if (self->cut_us != 0 && self->newest_us - age_us < self->cut_us)
            continue; /* the last cut has answered for these */
        received += sent->mark >> HEARD_SENT_TOLD_SHIFT == TOLD_RECEIVED;
        lost += sent->mark >> HEARD_SENT_TOLD_SHIFT == TOLD_LOST;
    }
    heard_loss_count(&self->loss, received, lost);
}

static int64_t unwrap_arrival(HeardEstimate *self, int64_t arrival_us)
{
    if (arrival_us - self->arrival_us < -CLOCK_TURN_US / 2)
        self->arrival_turns_us += CLOCK_TURN_US;
    if (arrival_us - self->arrival_us > CLOCK_TURN_US / 2)
        self->arrival_turns_us -= CLOCK_TURN_US;
    self->arrival_us = arrival_us;
    return arrival_us + self->arrival_turns_us;
}

static void take_received(HeardEstimate *self, HeardSentPacket *sent, int64_t sent_us,
                          int64_t arrival_us, bool was_lost)
{
    uint32_t size = sent->mark & HEARD_SENT_SIZE_MASK;
    unsigned number = (sent->mark >> HEARD_SENT_PROBE_SHIFT) & 7;

    heard_throughput_add(&self->received, size, arrival_us);
    if (was_lost) /* it was only late: be more patient */
        self->reorder_us =
            CLAMP((self->newest_us - sent_us) * 5 / 4, self->reorder_us, REORDER_MAX_US);
    if (number == 0)
        heard_delay_packet(&self->delay, sent_us, arrival_us);
    else if (number == self->probe.number)
        heard_probe_packet(&self->probe, sent->seq, (uint16_t)size, sent_us, arrival_us, was_lost);
}

static void take_result(HeardEstimate *self, const HeardTwccResult *result, int64_t now_us)
{
    HeardSentPacket *sent = &self->ring[result->seq & RING_MASK];
    unsigned told = sent->mark >> HEARD_SENT_TOLD_SHIFT, number;
    int64_t sent_us, arrival_us = 0;

    if (result->received)
        arrival_us = unwrap_arrival(self, result->arrival_us);
    if (sent->seq != result->seq || (sent->mark & HEARD_SENT_SIZE_MASK) == 0 ||
        told == TOLD_RECEIVED || (told == TOLD_LOST && !result->received))
        return;
    sent_us = now_us - (int64_t)(uint32_t)((uint32_t)now_us - sent->sent_us);
    self->newest_us = MAX(self->newest_us, sent_us);
    number = (sent->mark >> HEARD_SENT_PROBE_SHIFT) & 7;
    sent->mark &= (1u << HEARD_SENT_TOLD_SHIFT) - 1;
    sent->mark |=
        (uint16_t)((result->received ? TOLD_RECEIVED : TOLD_LOST) << HEARD_SENT_TOLD_SHIFT);
    if (result->received)
        take_received(self, sent, sent_us, arrival_us, told == TOLD_LOST);
    else if (number != 0 && number == self->probe.number)
        heard_probe_lost(&self->probe);
}

void heard_estimate_feedback(HeardEstimate *self, const HeardTwccResult *results, size_t count,
                             int64_t now_us)
{
    int64_t newest_us = self->newest_us;
    uint16_t behind;

    if (count == 0)
        return;
    behind = (uint16_t)(results[0].seq - self->judge_seq);
    if (!self->judging ||
        (behind > HEARD_ESTIMATE_RING && behind < UINT16_MAX - HEARD_ESTIMATE_RING)) {
        self->judging = true;
        self->judge_seq = results[0].seq;
    }
    for (size_t i = 0; i < count; i++)
        take_result(self, &results[i], now_us);
    if (self->newest_us == newest_us)
        return; /* nothing that is new */
    if (self->before_bps != 0 && hears(self, now_us) == false)
        self->probe.next_us = now_us; /* it speaks again: see what is possible */
    self->feedback_us = now_us;
    self->waiting_us = 0;
    self->rtt_us += (MIN(now_us - self->newest_us, RTT_MAX_US) - self->rtt_us) / 8;
    heard_throughput_add(&self->sent, (uint32_t)(self->sent_bytes - self->noted_bytes), now_us);
    self->noted_bytes = self->sent_bytes;
    judge_packets(self);
    follow_delay(self, now_us);
    follow_probe(self, now_us);
    if (follow_loss(self, now_us))
        grow(self, now_us);
    else
        self->raised_us = now_us;
}

void heard_estimate_report(HeardEstimate *self, uint8_t fraction_lost, int64_t rtt_us,
                           int64_t now_us)
{
    self->report_us = now_us;
    if (hears(self, now_us))
        return;
    if (rtt_us > 0)
        self->rtt_us = MIN(rtt_us, RTT_MAX_US);
    heard_loss_count(&self->loss, 256u - fraction_lost, fraction_lost);
    if (follow_loss(self, now_us) && self->bps < self->wanted_bps)
        set(self, (uint64_t)self->bps * 105 / 100, now_us);
}

void heard_estimate_remb(HeardEstimate *self, uint64_t bps, int64_t now_us)
{
    (void)now_us;
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
    (void)now_us;
    self->wanted_bps = wanted_bps;
}

/* Nothing is heard of what was sent: the line may be gone, or stuffed. */
static void decay(HeardEstimate *self, int64_t now_us)
{
    if (self->feedback_us == 0 || hears(self, now_us) || now_us - self->decay_us < DECAY_US)
        return;
    self->decay_us = now_us;
    if (self->report_us != 0 && now_us - self->report_us < REPORT_US)
        return;
    self->before_bps = MAX(self->before_bps, self->bps);
    set(self, percent(self->bps, DECAY_PERCENT), now_us);
}

static void start_probe(HeardEstimate *self, int64_t now_us)
{
    uint64_t goal = self->bps;
    int64_t length_us = PROBE_LENGTH_US + 3 * self->delay.scatter_us;

    if (self->probe.waiting || now_us < self->probe.next_us || !hears(self, now_us) ||
        self->bps >= (uint64_t)self->wanted_bps * ENOUGH_PERCENT / 100)
        return;
    if (self->cut_us != 0 && now_us - self->cut_us < PROBE_AFTER_CUT_US)
        return;
    if (now_us - self->calm_us < self->rtt_us / 2)
        return;
    if (self->link_bps != 0 && self->cut_us != 0 && now_us - self->cut_us < PROBE_USED_US &&
        self->bps >= HEARD_PROBE_SMALL_BPS && is_used(self))
        return; /* it grows by itself, and fairly */
    if (now_us < self->doubt_us && self->bps >= percent(self->link_bps, TRUST_PERCENT))
        return; /* would not be believed */
    if (self->remb_bps != 0 && self->remb_bps <= self->bps)
        return;
    goal = self->cut_us == 0 && self->link_bps == 0 ? goal * 3
           : self->probe.failures > 0               ? goal * 3 / 2
                                                    : goal * 2;
    goal = clamp(MIN(goal, (uint64_t)self->wanted_bps * GOAL_PERCENT / 100));
    length_us = MAX(length_us, (int64_t)(PROBE_BYTES_MIN * UINT64_C(8000000) / goal));
    heard_probe_start(&self->probe, (uint32_t)goal, MIN(length_us, PROBE_LENGTH_MAX_US),
                      self->sent_bytes, now_us);
    self->mark = (uint16_t)(self->probe.number << HEARD_SENT_PROBE_SHIFT);
}

bool heard_estimate_poll_probe(HeardEstimate *self, int64_t now_us, size_t *ret_bytes)
{
    bool was_running = self->probe.running;
    size_t bytes;

    decay(self, now_us);
    follow_probe(self, now_us);
    start_probe(self, now_us);
    bytes = heard_probe_due(&self->probe, self->sent_bytes, now_us);
    if (!self->probe.running) {
        self->mark = 0;
        if (was_running)
            heard_delay_restart(&self->delay);
    }
    if (bytes == 0)
        return false;
    *ret_bytes = bytes;
    return true;
}

int64_t heard_estimate_deadline_us(const HeardEstimate *self)
{
    int64_t deadline_us = heard_probe_deadline_us(&self->probe);

    if (self->waiting_us != 0 && self->feedback_us != 0)
        deadline_us = MIN(deadline_us, MAX(self->waiting_us + SILENCE_US + self->rtt_us,
                                           self->decay_us + DECAY_US));
    return deadline_us;
}
