/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What lost packets say about the rate.
 *
 * Loss has two reasons. A bad line loses some of everything: sending less does not help, and
 * a hearing with 3 % loss must not fall to a slide show. A full queue loses what is too
 * much. The two are told apart by size (over a tenth counts), by delay that rises with it,
 * and by trying: loss that stays after a cut was the line's own.
 *
 * Units      *_us monotonic microseconds; loss in 1/1024 of packets.
 * Ownership  The caller owns the struct; it holds no other memory.
 * Threads    Pure; lives on one media worker.
 * Errors     None.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_LOSS_UNIT = 1024,
    HEARD_LOSS_WINDOW_US = 500000,      /* at least so long, */
    HEARD_LOSS_WINDOW_COUNT = 40,       /* and so many packets, for one judgement, */
    HEARD_LOSS_WINDOW_MAX_US = 2000000, /* unless this is over */
};

typedef struct {
    int64_t window_us; /* since when the window below counts */
    uint32_t received, lost;
    uint16_t fraction; /* of the last window */
    uint16_t smooth;   /* over some windows */
    uint16_t inherent; /* of the line itself */
    int64_t some_us;   /* since when there is some loss; 0: there is none */
    int64_t cut_us;    /* last cut, while its effect is awaited; 0: none */
    uint16_t before;   /* smooth loss at the cut */
    uint32_t after_received, after_lost;
} HeardLoss;

typedef enum {
    HEARD_LOSS_WAIT, /* nothing new */
    HEARD_LOSS_LOW,  /* nothing against more */
    HEARD_LOSS_SOME, /* no reason to fall, none to rise */
    HEARD_LOSS_TRY,  /* for so long that a small cut should tell whose it is */
    HEARD_LOSS_HIGH, /* the rate is too high */
} HeardLossVerdict;

void heard_loss_init(HeardLoss *self, int64_t now_us);

/* The fate of some packets. */
void heard_loss_count(HeardLoss *self, uint32_t received, uint32_t lost);

/* queueing: delay is up, so that less loss is enough to believe in congestion. */
HeardLossVerdict heard_loss_poll(HeardLoss *self, bool queueing, int64_t now_us);

/* Forget what is counted but not judged: it belongs to a rate that is no more. */
void heard_loss_restart(HeardLoss *self, int64_t now_us);

/* The caller has lowered what it sends because of loss. */
void heard_loss_cut(HeardLoss *self, int64_t now_us);
