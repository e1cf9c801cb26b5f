/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The queue of raised hands: first come, first called.
 *
 * Ownership  Embedded; holds no other memory. Zero-initialised is empty.
 * Threads    Pure.
 * Errors     None: raising twice keeps the first place, lowering what is not up does
 *            nothing; both say so by their result.
 */

#include <stdbool.h>
#include <stdint.h>

enum { HEARD_FLOOR_MAX = 256 };

typedef struct {
    uint16_t people[HEARD_FLOOR_MAX]; /* index of the participant, oldest first */
    unsigned count;
} HeardFloor;

/* True when the queue changed. */
bool heard_floor_raise(HeardFloor *self, uint16_t person);
bool heard_floor_lower(HeardFloor *self, uint16_t person);
/* Place from 1; 0: the hand is down. */
unsigned heard_floor_place(const HeardFloor *self, uint16_t person);
