/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/delay.h"

#include <glib.h>
#include <math.h>
#include <string.h>

enum {
    POINTS_MIN = 4,
    RISE_MIN_US = 12000,   /* less than a frame's spacing is no queue */
    SCATTER_FACTOR = 3,    /* a rise must stand out of the jitter by this */
    SCATTER_KEEP = 8,      /* the scatter is smoothed over so many points */
    GAP_US = 500000,       /* a trend does not reach over a longer silence */
    RESTART_US = 10000000, /* after this the path may be another one */
};

#define NONE INT64_MAX

void heard_delay_init(HeardDelay *self)
{
    memset(self, 0, sizeof(*self));
    self->span_lowest_us = NONE;
    self->before_us = NONE;
    for (size_t i = 0; i < HEARD_DELAY_BASES; i++)
        self->bases_us[i] = NONE;
}

void heard_delay_restart(HeardDelay *self)
{
    self->point_count = 0;
    self->span_lowest_us = NONE;
    self->before_us = NONE;
    self->span_us = 0;
    self->trend = HEARD_DELAY_STEADY;
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
    self->queue_us = delay_us - base_us(self);
    self->fresh = true;
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
}

/* Least squares: growth and scatter. */
static void fit_line(HeardDelay *self)
{
    double n = (double)self->point_count, t = 0, d = 0, tt = 0, td = 0, dd = 0, rest;

    for (size_t i = 0; i < self->point_count; i++) {
        double x = (double)(self->points[i].sent_us - self->points[0].sent_us);
        double y = (double)(self->points[i].delay_us - self->points[0].delay_us);

        t += x;
        d += y;
        tt += x * x;
        td += x * y;
        dd += y * y;
    }
    tt -= t * t / n;
    td -= t * d / n;
    dd -= d * d / n;
    self->growth = td / tt;
    rest = MAX(dd - self->growth * td, 0) / (n - 2);
    self->scatter_us += ((int64_t)sqrt(rest) - self->scatter_us) / SCATTER_KEEP;
    rest = MAX(sqrt(rest), (double)self->scatter_us);
    self->trend = HEARD_DELAY_STEADY;
    t = self->growth *
        (double)(self->points[self->point_count - 1].sent_us - self->points[0].sent_us);
    if (fabs(t) < MAX(RISE_MIN_US, rest * SCATTER_FACTOR))
        return;
    if (t < 0)
        self->trend = HEARD_DELAY_FALLING;
    else if (self->queue_us > RISE_MIN_US)
        self->trend = HEARD_DELAY_RISING;
}

HeardDelayTrend heard_delay_judge(HeardDelay *self)
{
    if (self->fresh && self->point_count >= POINTS_MIN)
        fit_line(self);
    if (self->point_count < POINTS_MIN)
        self->trend = HEARD_DELAY_STEADY;
    self->fresh = false;
    return self->trend;
}
