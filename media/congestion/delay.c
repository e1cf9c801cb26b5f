/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/delay.h"

#include <glib.h>
#include <math.h>
#include <string.h>

enum {
    POINTS_MIN = 4,
    POINTS_STANDING = 14,
    POINTS_CALM = 8, /* a quiet line shows its trend in so many points */
    SCATTER_CALM_US = 6000,
    TOLERATED_KEEP = 256,      /* points until less queue than tolerated is the rule again */
    RISE_MIN_US = 12000,       /* less than a frame's spacing is no queue */
    RISE_MIN_PART = 50,        /* nor is a fiftieth of the time */
    SCATTER_FACTOR = 3,        /* a rise must stand out of the jitter by this, */
    SCATTER_FACTOR_JITTER = 4, /* and by this where there is much of it */
    SCATTER_KEEP = 8,          /* the scatter is smoothed over so many points */
    SCATTER_STEP_US = 8000,    /* a bend must not pass for jitter at once */
    JUMP_MIN_US = 60000,
    CLIMB_FACTOR = 6,      /* above the jitter */
    CLIMB_SPANS = 6,       /* in each of three windows: 60 ms */
    CLIMB_MIN_US = 60000,  /* from the first to the last window */
    CLIMB_PART = 3,        /* of that at least in each of the two steps */
    GAP_US = 500000,       /* a trend does not reach over a longer silence */
    RESTART_US = 10000000, /* after this the path may be another one */
};

#define NONE INT64_MAX

static void forget_fine(HeardDelay *self)
{
    self->through_permille = 1000;
    for (size_t i = 0; i < HEARD_DELAY_FINE_SPANS; i++)
        self->fine_us[i] = NONE;
}

void heard_delay_init(HeardDelay *self)
{
    memset(self, 0, sizeof(*self));
    self->span_lowest_us = NONE;
    self->before_us = NONE;
    for (size_t i = 0; i < HEARD_DELAY_BASES; i++)
        self->bases_us[i] = NONE;
    forget_fine(self);
}

void heard_delay_restart(HeardDelay *self)
{
    self->point_count = 0;
    self->span_lowest_us = NONE;
    self->before_us = NONE;
    self->span_us = 0;
    self->trend = HEARD_DELAY_STEADY;
    forget_fine(self);
}

static int64_t base_us(const HeardDelay *self)
{
    int64_t lowest = NONE;

    for (size_t i = 0; i < HEARD_DELAY_BASES; i++)
        lowest = MIN(lowest, self->bases_us[i]);
    return lowest;
}

static void note_base(HeardDelay *self, int64_t sent_us, int64_t delay_us)
{
    if (self->bases_us[0] != NONE && sent_us - self->base_since_us >= HEARD_DELAY_BASE_US) {
        memmove(self->bases_us + 1, self->bases_us,
                (HEARD_DELAY_BASES - 1) * sizeof(self->bases_us[0]));
        self->bases_us[0] = NONE;
    }
    if (self->bases_us[0] == NONE)
        self->base_since_us = sent_us;
    self->bases_us[0] = MIN(self->bases_us[0], delay_us);
}

/* What the queue is now, what it was at least for a second, what must be tolerated. */
static void note_levels(HeardDelay *self)
{
    int64_t base = base_us(self), highest_us = 0;

    self->queue_us = self->points[self->point_count - 1].delay_us - base;
    self->standing_us = self->queue_us;
    for (size_t i = 0; i < self->point_count; i++) {
        self->standing_us = MIN(self->standing_us, self->points[i].delay_us - base);
        highest_us = MAX(highest_us, self->points[i].delay_us - base);
    }
    if (self->point_count < POINTS_STANDING)
        self->standing_us = 0;
    else if (highest_us < RISE_MIN_US)
        self->tolerated_us = 0; /* they are gone */
    if (self->queue_us < self->tolerated_us)
        self->tolerated_us -= (self->tolerated_us - self->queue_us) / TOLERATED_KEEP + 1;
}

static void add_point(HeardDelay *self, int64_t sent_us, int64_t delay_us)
{
    if (self->point_count > 0 && sent_us - self->points[self->point_count - 1].sent_us > GAP_US)
        self->point_count = 0;
    if (self->point_count == HEARD_DELAY_POINTS) {
        memmove(self->points, self->points + 1, (HEARD_DELAY_POINTS - 1) * sizeof(self->points[0]));
        self->point_count--;
    }
    self->points[self->point_count++] = (HeardDelayPoint){.sent_us = sent_us, .delay_us = delay_us};
    note_base(self, sent_us, delay_us);
    note_levels(self);
    self->fresh = true;
}

static int64_t *fine_of(HeardDelay *self, int64_t span)
{
    return &self->fine_us[(uint64_t)span % HEARD_DELAY_FINE_SPANS];
}

static void note_fine(HeardDelay *self, int64_t sent_us, int64_t delay_us)
{
    int64_t span = sent_us / HEARD_DELAY_FINE_US;

    if (span - self->fine_newest > HEARD_DELAY_FINE_SPANS)
        self->fine_newest = span - HEARD_DELAY_FINE_SPANS;
    while (self->fine_newest < span)
        *fine_of(self, ++self->fine_newest) = NONE;
    if (span > self->fine_newest - HEARD_DELAY_FINE_SPANS)
        *fine_of(self, span) = MIN(*fine_of(self, span), delay_us);
}

void heard_delay_packet(HeardDelay *self, int64_t sent_us, int64_t arrival_us)
{
    int64_t delay_us = arrival_us - sent_us;

    if (self->span_us != 0 && sent_us < self->span_us)
        return;
    if (self->span_us != 0 && sent_us - self->span_us > RESTART_US)
        heard_delay_init(self);
    if (self->span_us == 0)
        self->span_us = sent_us;
    if (sent_us - self->span_us >= HEARD_DELAY_SPAN_US) {
        bool next = sent_us - self->span_us < 2 * HEARD_DELAY_SPAN_US;

        add_point(self, self->span_us, MIN(self->span_lowest_us, self->before_us));
        self->before_us = next ? self->span_lowest_us : NONE;
        self->span_us = next ? self->span_us + HEARD_DELAY_SPAN_US : sent_us;
        self->span_lowest_us = NONE;
    }
    self->span_lowest_us = MIN(self->span_lowest_us, delay_us);
    note_fine(self, sent_us, delay_us);
}

int64_t heard_delay_excess_us(const HeardDelay *self)
{
    return self->queue_us - self->tolerated_us - 2 * self->scatter_us;
}

void heard_delay_tolerate(HeardDelay *self)
{
    self->tolerated_us = MAX(self->tolerated_us, self->queue_us);
}

typedef struct {
    double rise_us, length_us, scatter_us;
} Line;

/* Least squares through the last points. */
static Line fit_line(const HeardDelayPoint *points, size_t count)
{
    double n = (double)count, t = 0, d = 0, tt = 0, td = 0, dd = 0, slope;

    for (size_t i = 0; i < count; i++) {
        double x = (double)(points[i].sent_us - points[0].sent_us);
        double y = (double)(points[i].delay_us - points[0].delay_us);

        t += x;
        d += y;
        tt += x * x;
        td += x * y;
        dd += y * y;
    }
    tt -= t * t / n;
    td -= t * d / n;
    dd -= d * d / n;
    slope = td / tt;
    t = (double)(points[count - 1].sent_us - points[0].sent_us);
    return (Line){.rise_us = slope * t,
                  .length_us = t,
                  .scatter_us = sqrt(MAX(dd - slope * td, 0) / (n - 2))};
}

/* The last two points stand far above all before them: too steep for a line. */
static bool jumps(const HeardDelay *self)
{
    int64_t least_us = MAX(JUMP_MIN_US, SCATTER_FACTOR_JITTER * self->scatter_us);
    size_t count = self->point_count;
    int64_t highest_us;

    if (count < POINTS_MIN)
        return false;
    highest_us = self->points[0].delay_us;
    for (size_t i = 1; i < count - 2; i++)
        highest_us = MAX(highest_us, self->points[i].delay_us);
    return MIN(self->points[count - 1].delay_us, self->points[count - 2].delay_us) >
           highest_us + least_us;
}

/* The lowest delay in the window so many windows ago; NONE: nothing was sent. */
static int64_t window_us(HeardDelay *self, int64_t ago)
{
    int64_t lowest = NONE;

    for (int64_t i = 0; i < CLIMB_SPANS; i++)
        lowest = MIN(lowest, *fine_of(self, self->fine_newest - ago * CLIMB_SPANS - i));
    return lowest;
}

/* What comes through of what is sent, the climb tells as well. */
static bool climbs(HeardDelay *self)
{
    int64_t least_us = MAX(CLIMB_MIN_US, CLIMB_FACTOR * self->scatter_us);
    int64_t last_us = window_us(self, 0), middle_us = window_us(self, 1);
    int64_t first_us = window_us(self, 2), length_us = CLIMB_SPANS * HEARD_DELAY_FINE_US;

    if (last_us == NONE || middle_us == NONE || first_us == NONE || last_us - first_us < least_us ||
        last_us - middle_us < least_us / CLIMB_PART || middle_us - first_us < least_us / CLIMB_PART)
        return false;
    self->through_permille = (uint16_t)(length_us * 1000 / (length_us + last_us - middle_us));
    return true;
}

static void learn_scatter(HeardDelay *self, int64_t scatter_us)
{
    if (self->judged == SCATTER_KEEP) /* a bend must not pass for jitter at once */
        scatter_us = MIN(scatter_us, 2 * self->scatter_us + SCATTER_STEP_US);
    else
        self->judged++;
    self->scatter_us += (scatter_us - self->scatter_us) / self->judged;
}

static void judge_line(HeardDelay *self, size_t count)
{
    Line line = fit_line(self->points + self->point_count - count, count);
    double least_us = MAX(RISE_MIN_US, line.length_us / RISE_MIN_PART);
    double factor = count == POINTS_CALM ? SCATTER_FACTOR : SCATTER_FACTOR_JITTER;
    bool rises;

    least_us = MAX(least_us, factor * MAX(line.scatter_us, (double)self->scatter_us));
    rises = line.rise_us > least_us && self->queue_us - self->tolerated_us > RISE_MIN_US;
    self->trend = HEARD_DELAY_STEADY;
    if ((rises && self->rises) || jumps(self))
        self->trend = HEARD_DELAY_RISING;
    if (line.rise_us < -least_us)
        self->trend = HEARD_DELAY_FALLING;
    self->rises = rises;
    /* A queue that grows bends the line: that is not jitter. */
    if (!rises)
        learn_scatter(self, (int64_t)line.scatter_us);
}

HeardDelayTrend heard_delay_judge(HeardDelay *self)
{
    size_t want = self->scatter_us < SCATTER_CALM_US ? POINTS_CALM : HEARD_DELAY_POINTS;
    size_t count = MIN(self->point_count, want);

    self->through_permille = 1000;
    if (count < POINTS_MIN) {
        self->trend = HEARD_DELAY_STEADY;
        return self->trend;
    }
    if (self->fresh)
        judge_line(self, count);
    self->fresh = false;
    return climbs(self) ? HEARD_DELAY_RISING : self->trend;
}
