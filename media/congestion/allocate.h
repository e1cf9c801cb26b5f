/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What each slot of one receiver gets of its video: a simulcast layer, a limit of temporal
 * layers, or a pause, so that all of it fits into what the receiver can take.
 *
 * Sound comes first: the caller takes it off the rate before it asks. Then screens are
 * served, then speakers and pinned people, then the others; so the others are the first to
 * be sacrificed, each by frame rate down to a half, then by size, then altogether; a quarter
 * of the frame rate is the last step of the smallest size. Among equals the one that is worst
 * off is served first. Nothing is given beyond the wanted height, and of the
 * sizes that fill it the smallest.
 *
 * Who must have a smaller size in a hurry gets the smallest first: its key frame is through
 * the full queue soonest.
 *
 * Calmly: down at once, up only with headroom to spare and after a wait, that grows while
 * steps up have to be taken back. A new wish is served at once.
 *
 * Units      Heights in pixels, bps = bits per second, *_us monotonic microseconds.
 * Ownership  The caller owns the structs. A HeardAllocation of zeros is the initial state.
 * Threads    Pure; lives on one media worker.
 * Errors     None.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_LAYER_MAX = 3,
    HEARD_LAYER_NONE = -1,
    HEARD_TEMPORAL_MAX = 3,
    HEARD_TEMPORAL_ALL = 7,           /* no limit */
    HEARD_ALLOCATE_MAX = 32,          /* slots of one receiver */
    HEARD_ALLOCATE_HEADROOM = 8,      /* a step up leaves an eighth of the rate free */
    HEARD_LAYER_UP_US = 1000000,      /* what is better must stay so for this long, … */
    HEARD_RESUME_MAX_US = 2000000,    /* … after falls up to this, for a picture at all, … */
    HEARD_LAYER_UP_MAX_US = 8000000,  /* … and this, for a better one */
    HEARD_LAYER_PROVEN_US = 10000000, /* a step up that lasted so long was right */
};

/* Who is sacrificed last comes last. */
typedef enum {
    HEARD_RANK_OTHER,
    HEARD_RANK_SPEAKER,
    HEARD_RANK_SCREEN,
    HEARD_RANK_COUNT
} HeardRank;

/* One simulcast layer as it comes from its publisher now. */
typedef struct {
    bool alive;
    uint8_t temporal_count;           /* 0 and 1: no temporal layers */
    uint16_t height;                  /* 0: not known */
    uint32_t bps[HEARD_TEMPORAL_MAX]; /* measured: of temporal layer 0; of 0 and 1; of all */
} HeardLayer;

/* What a slot has now, and what it waits for. */
typedef struct {
    uint8_t point; /* 0: nothing yet; see allocate.c */
    uint16_t wanted_height;
    int64_t better_us; /* since when it could have more; 0: it could not */
    int64_t risen_us;  /* the last step up; 0: none that may prove wrong */
    int64_t wait_us;   /* 0: HEARD_LAYER_UP_US */
} HeardAllocation;

typedef struct {
    HeardRank rank;
    uint16_t wanted_height;   /* 0: no video */
    const HeardLayer *layers; /* lowest first */
    size_t layer_count;
    HeardAllocation *state;
    bool hurried; /* more flows than the line takes: its queue is full, or will be */
} HeardDemand;

typedef struct {
    int8_t layer;     /* HEARD_LAYER_NONE: paused, or nothing to show */
    uint8_t temporal; /* the highest temporal layer to send, or HEARD_TEMPORAL_ALL */
    bool held;        /* there is something to show, but the rate does not carry it */
    uint32_t bps;     /* what it costs */
} HeardShare;

/*
 * available_bps: for all video; UINT32_MAX when there is no estimate. never_pause: as long
 * as an estimate is only a guess, the smallest of everything goes out even so. Returns what
 * all demands would take at their best.
 */
uint32_t heard_allocate(const HeardDemand *demands, size_t count, uint32_t available_bps,
                        bool never_pause, int64_t now_us, HeardShare *ret_shares);
