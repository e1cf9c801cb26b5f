/* SPDX-License-Identifier: Apache-2.0 */
#include "media/codec/vp8.h"

#include "media/rtp/bytes.h"

enum {
    BIT_X = 0x80,
    BIT_S = 0x10,
    MASK_PARTITION = 0x07,
    BIT_I = 0x80,
    BIT_L = 0x40,
    BIT_T = 0x20,
    BIT_K = 0x10,
    BIT_M = 0x80,
    BIT_Y = 0x20,
    KEYFRAME_HEADER_SIZE = 10,
};

/* The optional bytes behind the first; false when cut off. */
static bool parse_extension(const uint8_t *payload, size_t size, HeardVp8 *vp8, size_t *offset)
{
    uint8_t flags;

    if (*offset >= size)
        return false;
    flags = payload[(*offset)++];
    if (flags & BIT_I) {
        if (*offset >= size)
            return false;
        vp8->picture_id_offset = (uint8_t)*offset;
        vp8->picture_id_bits = payload[*offset] & BIT_M ? 15 : 7;
        if (vp8->picture_id_bits == 15) {
            if (*offset + 2 > size)
                return false;
            vp8->picture_id = heard_get16(payload + *offset) & 0x7fff;
            *offset += 2;
        } else {
            vp8->picture_id = payload[(*offset)++] & 0x7f;
        }
    }
    if (flags & BIT_L) {
        if (*offset >= size)
            return false;
        vp8->tl0_offset = (uint8_t)*offset;
        vp8->tl0_index = payload[(*offset)++];
    }
    if (flags & (BIT_T | BIT_K)) {
        if (*offset >= size)
            return false;
        if (flags & BIT_T) {
            vp8->temporal_id = payload[*offset] >> 6;
            vp8->layer_sync = payload[*offset] & BIT_Y;
        }
        (*offset)++;
    }
    return true;
}

bool heard_vp8_parse(const uint8_t *payload, size_t size, HeardVp8 *ret_vp8)
{
    HeardVp8 vp8 = {0};
    size_t offset = 1;

    if (size < 2)
        return false;
    if ((payload[0] & BIT_X) && !parse_extension(payload, size, &vp8, &offset))
        return false;
    if (offset >= size)
        return false; /* a descriptor with no data behind it decodes to nothing */
    vp8.descriptor_size = (uint8_t)offset;
    vp8.frame_start = (payload[0] & BIT_S) && (payload[0] & MASK_PARTITION) == 0;
    vp8.keyframe = vp8.frame_start && !(payload[offset] & 1); /* RFC 7741 4.3, P bit */
    if (vp8.keyframe && size - offset >= KEYFRAME_HEADER_SIZE) {
        const uint8_t *header = payload + offset;
        if (header[3] == 0x9d && header[4] == 0x01 && header[5] == 0x2a) {
            vp8.width = (uint16_t)((header[7] << 8 | header[6]) & 0x3fff);
            vp8.height = (uint16_t)((header[9] << 8 | header[8]) & 0x3fff);
        }
    }
    *ret_vp8 = vp8;
    return true;
}

void heard_vp8_rewrite(uint8_t *payload, const HeardVp8 *vp8, uint16_t picture_id,
                       uint8_t tl0_index)
{
    if (vp8->picture_id_bits == 15)
        heard_put16(payload + vp8->picture_id_offset, (uint16_t)(picture_id | 0x8000));
    else if (vp8->picture_id_bits == 7)
        payload[vp8->picture_id_offset] = (uint8_t)(picture_id & 0x7f);
    if (vp8->tl0_offset != 0)
        payload[vp8->tl0_offset] = tl0_index;
}
