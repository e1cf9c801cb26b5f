/* SPDX-License-Identifier: Apache-2.0 */
#include "media/codec/red.h"

#include <string.h>

enum { MORE = 0x80, PAYLOAD_TYPE = 0x7f, LENGTH_BITS = 10 };

bool heard_red_parse(const uint8_t *payload, size_t size, HeardRed *ret_red)
{
    HeardRed red = {.count = 0};
    size_t at = 0, end;

    for (;;) {
        HeardRedBlock *block = &red.blocks[red.count];

        if (at >= size || red.count == HEARD_RED_BLOCKS_MAX)
            return false;
        block->payload_type = payload[at] & PAYLOAD_TYPE;
        red.count++;
        if (!(payload[at] & MORE)) {
            at++;
            break;
        }
        if (size - at < HEARD_RED_BLOCK_HEADER_SIZE)
            return false;
        block->ts_back = (uint16_t)(payload[at + 1] << 6 | payload[at + 2] >> 2);
        block->size = (uint16_t)((payload[at + 2] & 3) << 8 | payload[at + 3]);
        at += HEARD_RED_BLOCK_HEADER_SIZE;
    }
    end = at;
    for (unsigned i = 0; i + 1 < red.count; i++) {
        red.blocks[i].offset = (uint16_t)end;
        end += red.blocks[i].size;
        if (end > size || end > UINT16_MAX)
            return false;
    }
    if (size - end > UINT16_MAX)
        return false;
    red.blocks[red.count - 1].offset = (uint16_t)end;
    red.blocks[red.count - 1].size = (uint16_t)(size - end);
    *ret_red = red;
    return true;
}

size_t heard_red_size(const HeardRedPart *parts, unsigned count)
{
    size_t size = 1;

    if (count == 0 || count > HEARD_RED_BLOCKS_MAX)
        return 0;
    for (unsigned i = 0; i < count; i++) {
        size += parts[i].size;
        if (i + 1 == count)
            break;
        if (parts[i].size > HEARD_RED_BLOCK_SIZE_MAX || parts[i].ts_back > HEARD_RED_TS_BACK_MAX)
            return 0;
        size += HEARD_RED_BLOCK_HEADER_SIZE;
    }
    return size;
}

size_t heard_red_write(const HeardRedPart *parts, unsigned count, uint8_t *ret_payload,
                       size_t capacity)
{
    size_t size = heard_red_size(parts, count);
    uint8_t *at = ret_payload;

    if (size == 0 || size > capacity)
        return 0;
    for (unsigned i = 0; i + 1 < count; i++) {
        uint32_t back_and_size = parts[i].ts_back << LENGTH_BITS | (uint32_t)parts[i].size;

        *at++ = (uint8_t)(MORE | parts[i].payload_type);
        *at++ = (uint8_t)(back_and_size >> 16);
        *at++ = (uint8_t)(back_and_size >> 8);
        *at++ = (uint8_t)back_and_size;
    }
    *at++ = parts[count - 1].payload_type & PAYLOAD_TYPE;
    for (unsigned i = 0; i < count; i++) {
        if (parts[i].size > 0)
            memcpy(at, parts[i].data, parts[i].size);
        at += parts[i].size;
    }
    return size;
}
