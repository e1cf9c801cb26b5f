/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A picture in memory, 4:2:0 (Y, then U and V of half the size), limited range of BT.601.
 *
 * Units      Pixels; places and sizes are rounded down to even ones. Colours 0xRRGGBB.
 * Ownership  new/free.
 * Threads    Pure.
 * Errors     None: what lies outside is not drawn.
 */

#include "recordings/layout.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    unsigned width, height; /* even */
    uint8_t *planes[3];     /* one after another, without padding; planes[0] is the memory */
    size_t size_bytes;
} HeardPicture;

HeardPicture *heard_picture_new(unsigned width, unsigned height);
/* Of 32-bit pixels, blue first, opaque; stride in bytes. */
HeardPicture *heard_picture_new_from_bgrx(const uint8_t *pixels, unsigned width, unsigned height,
                                          size_t stride);
void heard_picture_free(HeardPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardPicture, heard_picture_free)

void heard_picture_fill(HeardPicture *self, const HeardRect *rect, uint32_t colour);
/* All of source with its upper left corner at x, y. */
void heard_picture_put(HeardPicture *self, const HeardPicture *source, unsigned x, unsigned y);
