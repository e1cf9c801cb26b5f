/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The VP8 payload descriptor and the key-frame header (RFC 7741 4.2, 4.3; RFC 6386 9.1).
 *
 * Units      Offsets from the first byte of the RTP payload; sizes in pixels.
 * Ownership  Nothing is kept.  Threads  Pure.
 * Errors     false: the descriptor is cut off; the packet can't be decoded.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint16_t picture_id;
    uint8_t picture_id_bits;   /* 0: absent, 7 or 15 */
    uint8_t picture_id_offset; /* of its first byte */
    uint8_t tl0_offset;        /* of TL0PICIDX; 0: absent */
    uint8_t tl0_index;
    uint8_t temporal_id;
    uint8_t descriptor_size;
    bool layer_sync;        /* Y bit */
    bool frame_start;       /* S = 1 and partition 0 */
    bool keyframe;          /* first packet of one */
    uint16_t width, height; /* of a key frame when its header is in this packet, else 0 */
} HeardVp8;

bool heard_vp8_parse(const uint8_t *payload, size_t size, HeardVp8 *ret_vp8);

/* Write a picture id (15 or 7 bit, as the descriptor has it) and a TL0PICIDX where present. */
void heard_vp8_rewrite(uint8_t *payload, const HeardVp8 *vp8, uint16_t picture_id,
                       uint8_t tl0_index);
