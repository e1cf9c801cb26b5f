/* SPDX-License-Identifier: Apache-2.0 */
#include "media/codec/vp9.h"

#include "media/rtp/bytes.h"

enum {
    BIT_I = 0x80,
    BIT_P = 0x40,
    BIT_L = 0x20,
    BIT_F = 0x10,
    BIT_B = 0x08,
    BIT_V = 0x02,
    P_DIFF_MAX = 3,
};

typedef struct {
    const uint8_t *data;
    size_t size, offset;
} Cursor;

static bool take(Cursor *cursor, uint8_t *ret_byte)
{
    if (cursor->offset >= cursor->size)
        return false;
    *ret_byte = cursor->data[cursor->offset++];
    return true;
}

static bool skip(Cursor *cursor, size_t count)
{
    if (count > cursor->size - cursor->offset)
        return false;
    cursor->offset += count;
    return true;
}

static bool parse_picture_id(Cursor *cursor, HeardVp9 *vp9)
{
    uint8_t high, low;

    vp9->picture_id_offset = (uint8_t)cursor->offset;
    if (!take(cursor, &high))
        return false;
    vp9->picture_id = high & 0x7f;
    vp9->picture_id_bits = 7;
    if (high & 0x80) {
        if (!take(cursor, &low))
            return false;
        vp9->picture_id = (uint16_t)(vp9->picture_id << 8 | low);
        vp9->picture_id_bits = 15;
    }
    return true;
}

static bool parse_layers(Cursor *cursor, bool flexible, HeardVp9 *vp9)
{
    uint8_t byte;

    if (!take(cursor, &byte))
        return false;
    vp9->temporal_id = byte >> 5;
    vp9->switching_up = byte & 0x10;
    vp9->spatial_id = (byte >> 1) & 7;
    if (flexible)
        return true;
    vp9->tl0_offset = (uint8_t)cursor->offset;
    return take(cursor, &vp9->tl0_index);
}

static bool skip_references(Cursor *cursor)
{
    uint8_t byte;

    for (int i = 0; i < P_DIFF_MAX; i++) {
        if (!take(cursor, &byte))
            return false;
        if (!(byte & 1)) /* N: another one follows */
            return true;
    }
    return false;
}

/* RFC 9628 4.2.1: sizes of the spatial layers and a group of pictures. */
static bool parse_structure(Cursor *cursor, HeardVp9 *vp9)
{
    uint8_t flags, count, byte;

    if (!take(cursor, &flags))
        return false;
    if (flags & 0x10) {
        for (unsigned i = 0; i <= (unsigned)flags >> 5; i++) {
            const uint8_t *at = cursor->data + cursor->offset;
            if (!skip(cursor, 4))
                return false;
            vp9->width = heard_get16(at);
            vp9->height = heard_get16(at + 2);
        }
    }
    if (!(flags & 0x08))
        return true;
    if (!take(cursor, &count))
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!take(cursor, &byte) || !skip(cursor, (byte >> 2) & 3))
            return false;
    return true;
}

bool heard_vp9_parse(const uint8_t *payload, size_t size, HeardVp9 *ret_vp9)
{
    Cursor cursor = {.data = payload, .size = size, .offset = 1};
    HeardVp9 vp9 = {0};
    uint8_t flags;

    if (size < 2)
        return false;
    flags = payload[0];
    if ((flags & BIT_I) && !parse_picture_id(&cursor, &vp9))
        return false;
    if ((flags & BIT_L) && !parse_layers(&cursor, flags & BIT_F, &vp9))
        return false;
    if ((flags & BIT_F) && (flags & BIT_P) && !skip_references(&cursor))
        return false;
    if ((flags & BIT_V) && !parse_structure(&cursor, &vp9))
        return false;
    if (cursor.offset >= size || cursor.offset > UINT8_MAX)
        return false;
    vp9.descriptor_size = (uint8_t)cursor.offset;
    vp9.frame_start = (flags & BIT_B) && vp9.spatial_id == 0;
    vp9.keyframe = vp9.frame_start && !(flags & BIT_P);
    *ret_vp9 = vp9;
    return true;
}

void heard_vp9_rewrite(uint8_t *payload, const HeardVp9 *vp9, uint16_t picture_id,
                       uint8_t tl0_index)
{
    if (vp9->picture_id_bits == 15)
        heard_put16(payload + vp9->picture_id_offset, (uint16_t)(picture_id | 0x8000));
    else if (vp9->picture_id_bits == 7)
        payload[vp9->picture_id_offset] = (uint8_t)(picture_id & 0x7f);
    if (vp9->tl0_offset != 0)
        payload[vp9->tl0_offset] = tl0_index;
}
