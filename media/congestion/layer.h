/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Which simulcast layer a receiver gets: the lowest that fills the wanted height, of those
 * that the publisher sends now, and calmly: down at once when a layer dies, up only after
 * the better one has been alive for a while.
 *
 * Units      Heights in pixels, *_us monotonic microseconds.
 * Ownership  The caller owns the struct. Zero is the initial state.
 * Threads    Pure; lives on one media worker.
 * Errors     HEARD_LAYER_NONE when nothing is alive or nothing is wanted.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_LAYER_MAX = 3,
    HEARD_LAYER_NONE = -1,
    HEARD_LAYER_UP_US = 1000000, /* a better layer must live this long before it is taken */
};

typedef struct {
    bool alive;
    uint16_t height; /* 0: not known */
    uint32_t bitrate_bps;
} HeardLayer;

typedef struct {
    int8_t current_plus_1;  /* 0: none */
    int8_t better_plus_1;   /* the one that waits to be taken */
    int64_t better_us;      /* since when it would be better */
    uint16_t wanted_height; /* at the last call: a new wish is served at once */
} HeardLayerChoice;

/*
 * layers: lowest first. wanted_height 0: no video. available_bps: UINT32_MAX when there
 * is no estimate. Returns the index to show, or HEARD_LAYER_NONE.
 */
int heard_layer_choose(HeardLayerChoice *self, const HeardLayer *layers, size_t layer_count,
                       uint16_t wanted_height, uint32_t available_bps, int64_t now_us);
