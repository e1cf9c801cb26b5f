/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Read and write the payload of a RED packet for sound (RFC 2198): blocks that were sent
 * before, oldest first, and the primary block, the one that this packet is for.
 *
 * Units      Sizes and offsets in bytes from the start of the payload; ts_back in ticks of
 *            the RTP clock before the packet's own timestamp.
 * Ownership  Nothing is kept or allocated.
 * Threads    Pure.
 * Errors     false or 0: not a RED payload, too many blocks, no room.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_RED_BLOCKS_MAX = 9,      /* the primary and what it repeats; browsers send up to 9 */
    HEARD_RED_TS_BACK_MAX = 16383, /* 14 bits: 341 ms of Opus */
    HEARD_RED_BLOCK_SIZE_MAX = 1023,
    HEARD_RED_BLOCK_HEADER_SIZE = 4, /* the primary's has one byte */
};

typedef struct {
    uint8_t payload_type;
    uint16_t ts_back; /* 0 for the primary */
    uint16_t offset, size;
} HeardRedBlock;

typedef struct {
    HeardRedBlock blocks[HEARD_RED_BLOCKS_MAX]; /* the last one is the primary */
    unsigned count;                             /* at least 1 */
} HeardRed;

/* ret_red is untouched unless true. */
bool heard_red_parse(const uint8_t *payload, size_t size, HeardRed *ret_red);

typedef struct {
    const uint8_t *data;
    size_t size;
    uint8_t payload_type;
    uint32_t ts_back; /* ignored for the primary */
} HeardRedPart;

/* What heard_red_write() will write; 0: a part is beyond a limit of the format. */
size_t heard_red_size(const HeardRedPart *parts, unsigned count);

/* The last part is the primary. Returns the size, 0 when it does not fit. */
size_t heard_red_write(const HeardRedPart *parts, unsigned count, uint8_t *ret_payload,
                       size_t capacity);
