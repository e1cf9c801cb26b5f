/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The VP9 payload descriptor (RFC 9628 4.2).
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
    uint8_t picture_id_bits; /* 0: absent, 7 or 15 */
    uint8_t picture_id_offset;
    uint8_t tl0_offset; /* 0: absent */
    uint8_t tl0_index;
    uint8_t temporal_id, spatial_id;
    uint8_t descriptor_size;
    bool switching_up;
    bool frame_start;       /* B bit of the lowest spatial layer: a new picture */
    bool keyframe;          /* first packet of a picture without inter-picture prediction */
    uint16_t width, height; /* of the highest spatial layer in a scalability structure, else 0 */
} HeardVp9;

bool heard_vp9_parse(const uint8_t *payload, size_t size, HeardVp9 *ret_vp9);

void heard_vp9_rewrite(uint8_t *payload, const HeardVp9 *vp9, uint16_t picture_id,
                       uint8_t tl0_index);
