/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The queue that stands in front of a receiver, and whether it grows.
 *
 * Our sender bursts a whole frame at once, so a packet at the end of a frame waits for those
 * before it even on an idle line. That is no congestion. What counts is the lowest delay
 * within two neighbouring spans of 50 ms: some packet in there was the first of its burst and
 * met only what stood in the queue. A straight line through the last of these says whether
 * the queue grows, and the scatter around it how much of that is jitter.
 *
 * When a line falls to half of what is sent, so many points take as long as it takes to fill
 * its queue. So a climb through three neighbouring windows of 60 ms, each long enough for the
 * first packet of a frame, is seen at once.
 *
 * The clocks of both sides need not agree: the lowest delay of the last half minute counts as
 * an empty queue.
 *
 * Units      *_us microseconds: sent on our clock, arrival on the receiver's.
 * Ownership  The caller owns the struct; it holds no other memory.
 * Threads    Pure; lives on one media worker.
 * Errors     None: packets that come out of order are late and tell nothing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_DELAY_SPAN_US = 50000,
    HEARD_DELAY_POINTS = 20,
    HEARD_DELAY_BASES = 3,
    HEARD_DELAY_BASE_US = 10000000, /* how long one lowest delay is gathered */
    HEARD_DELAY_FINE_US = 10000,
    HEARD_DELAY_FINE_SPANS = 18,
};

typedef enum {
    HEARD_DELAY_STEADY,
    HEARD_DELAY_RISING, /* more is sent than comes out */
    HEARD_DELAY_FALLING,
} HeardDelayTrend;

typedef struct {
    int64_t sent_us;
    int64_t delay_us; /* difference of two clocks */
} HeardDelayPoint;

typedef struct {
    HeardDelayPoint points[HEARD_DELAY_POINTS]; /* oldest first */
    size_t point_count;
    int64_t span_us;                     /* start of the running span; 0: none yet */
    int64_t span_lowest_us, before_us;   /* lowest of the running span, of the one before */
    int64_t bases_us[HEARD_DELAY_BASES]; /* lowest delays, newest first */
    int64_t base_since_us;
    int64_t queue_us;     /* standing queue at the last point */
    int64_t standing_us;  /* its lowest in the last second */
    int64_t scatter_us;   /* of the points around their line */
    int64_t tolerated_us; /* of the queue: others made it, or the line's own jitter */
    /* The lowest delay of each 10 ms, for what is too steep to wait for points. */
    int64_t fine_us[HEARD_DELAY_FINE_SPANS];
    int64_t fine_newest; /* number of the newest of these */
    HeardDelayTrend trend;
    uint16_t through_permille; /* of what is sent, while the delay climbs steeply; else 1000 */
    uint8_t judged;            /* how often the scatter was looked at, at first */
    bool rises;                /* once; twice makes it the trend */
    bool fresh;                /* a point came since the last judgement */
} HeardDelay;

void heard_delay_init(HeardDelay *self);

/* One packet that arrived, in order of sending. */
void heard_delay_packet(HeardDelay *self, int64_t sent_us, int64_t arrival_us);

/* What stands in the queue beyond what must be lived with, and beyond the usual jitter. */
int64_t heard_delay_excess_us(const HeardDelay *self);

/* A cut did not empty the queue: it is not ours. Forgotten again as it shrinks. */
void heard_delay_tolerate(HeardDelay *self);

/* Forget the trend, not the level: a probe has disturbed it. */
void heard_delay_restart(HeardDelay *self);

/* After each feedback. */
HeardDelayTrend heard_delay_judge(HeardDelay *self);
