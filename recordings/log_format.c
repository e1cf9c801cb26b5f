/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/log_format.h"

#include "recordings/crc32c.h"

#include <string.h>

static const char segment_magic[8] = {'H', 'E', 'A', 'R', 'D', 'S', 'E', 'G'};
static const char trailer_magic[8] = {'H', 'E', 'A', 'R', 'D', 'E', 'N', 'D'};
static const char chunk_magic[4] = {'C', 'H', 'N', 'K'};

static void put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, (uint16_t)value);
    put16(at + 2, (uint16_t)(value >> 16));
}

static void put64(uint8_t *at, uint64_t value)
{
    put32(at, (uint32_t)value);
    put32(at + 4, (uint32_t)(value >> 32));
}

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)get16(at) | (uint32_t)get16(at + 2) << 16;
}

static uint64_t get64(const uint8_t *at)
{
    return (uint64_t)get32(at) | (uint64_t)get32(at + 4) << 32;
}

size_t heard_log_encode_record(uint8_t *bytes, const HeardLogRecord *record)
{
    uint32_t crc;

    bytes[0] = record->type;
    bytes[1] = record->flags;
    put16(bytes + 2, 0);
    put32(bytes + 4, record->track);
    put64(bytes + 8, (uint64_t)record->at_us);
    put32(bytes + 16, (uint32_t)record->size);
    crc = heard_crc32c(0, bytes, 20);
    put32(bytes + 20, heard_crc32c(crc, record->payload, record->size));
    if (record->size > 0)
        memcpy(bytes + HEARD_LOG_RECORD_HEAD, record->payload, record->size);
    return HEARD_LOG_RECORD_HEAD + record->size;
}

size_t heard_log_decode_record(const uint8_t *bytes, size_t size, HeardLogRecord *ret_record)
{
    uint32_t length, crc;

    if (size < HEARD_LOG_RECORD_HEAD || get16(bytes + 2) != 0)
        return 0;
    length = get32(bytes + 16);
    if (length > size - HEARD_LOG_RECORD_HEAD)
        return 0;
    crc = heard_crc32c(0, bytes, 20);
    if (heard_crc32c(crc, bytes + HEARD_LOG_RECORD_HEAD, length) != get32(bytes + 20))
        return 0;
    *ret_record = (HeardLogRecord){.type = bytes[0],
                                   .flags = bytes[1],
                                   .track = get32(bytes + 4),
                                   .at_us = (int64_t)get64(bytes + 8),
                                   .payload = bytes + HEARD_LOG_RECORD_HEAD,
                                   .size = length};
    return HEARD_LOG_RECORD_HEAD + (size_t)length;
}

void heard_log_encode_segment(uint8_t ret_bytes[static HEARD_LOG_SEGMENT_HEAD],
                              const HeardSegmentHead *head)
{
    memset(ret_bytes, 0, HEARD_LOG_SEGMENT_HEAD);
    memcpy(ret_bytes, segment_magic, sizeof segment_magic);
    put16(ret_bytes + 8, HEARD_LOG_VERSION);
    put16(ret_bytes + 10, HEARD_LOG_SEGMENT_HEAD);
    memcpy(ret_bytes + 16, head->log_id, HEARD_LOG_ID_SIZE);
    put32(ret_bytes + 32, head->segment);
    put64(ret_bytes + 40, (uint64_t)head->start_us);
    put64(ret_bytes + 48, (uint64_t)head->start_wall_ms);
    memcpy(ret_bytes + 56, head->prev_hash, HEARD_LOG_HASH_SIZE);
    put32(ret_bytes + 124, heard_crc32c(0, ret_bytes, 124));
}

bool heard_log_decode_segment(const uint8_t *bytes, size_t size, HeardSegmentHead *ret_head)
{
    if (size < HEARD_LOG_SEGMENT_HEAD || memcmp(bytes, segment_magic, sizeof segment_magic) != 0 ||
        get16(bytes + 8) != HEARD_LOG_VERSION || get16(bytes + 10) != HEARD_LOG_SEGMENT_HEAD ||
        heard_crc32c(0, bytes, 124) != get32(bytes + 124))
        return false;
    memcpy(ret_head->log_id, bytes + 16, HEARD_LOG_ID_SIZE);
    ret_head->segment = get32(bytes + 32);
    ret_head->start_us = (int64_t)get64(bytes + 40);
    ret_head->start_wall_ms = (int64_t)get64(bytes + 48);
    memcpy(ret_head->prev_hash, bytes + 56, HEARD_LOG_HASH_SIZE);
    return true;
}

void heard_log_encode_chunk(uint8_t ret_bytes[static HEARD_LOG_CHUNK_HEAD],
                            const HeardChunkHead *head)
{
    memset(ret_bytes, 0, HEARD_LOG_CHUNK_HEAD);
    memcpy(ret_bytes, chunk_magic, sizeof chunk_magic);
    put32(ret_bytes + 4, head->index);
    put32(ret_bytes + 8, head->plain_size);
    put32(ret_bytes + 12, head->record_count);
    put64(ret_bytes + 16, (uint64_t)head->first_us);
    put64(ret_bytes + 24, (uint64_t)head->last_us);
    put32(ret_bytes + 32, head->lost);
    put32(ret_bytes + 40, head->body_crc);
    put32(ret_bytes + 44, heard_crc32c(0, ret_bytes, 44));
}

bool heard_log_is_chunk(const uint8_t *bytes, size_t size)
{
    return size >= sizeof chunk_magic && memcmp(bytes, chunk_magic, sizeof chunk_magic) == 0;
}

bool heard_log_is_trailer(const uint8_t *bytes, size_t size)
{
    return size >= sizeof trailer_magic && memcmp(bytes, trailer_magic, sizeof trailer_magic) == 0;
}

bool heard_log_decode_chunk(const uint8_t *bytes, size_t size, HeardChunkHead *ret_head)
{
    if (size < HEARD_LOG_CHUNK_HEAD || !heard_log_is_chunk(bytes, size) ||
        heard_crc32c(0, bytes, 44) != get32(bytes + 44))
        return false;
    *ret_head = (HeardChunkHead){.index = get32(bytes + 4),
                                 .plain_size = get32(bytes + 8),
                                 .record_count = get32(bytes + 12),
                                 .first_us = (int64_t)get64(bytes + 16),
                                 .last_us = (int64_t)get64(bytes + 24),
                                 .lost = get32(bytes + 32),
                                 .body_crc = get32(bytes + 40)};
    return ret_head->plain_size > 0 && ret_head->plain_size <= HEARD_LOG_PLAIN_MAX &&
           ret_head->index < HEARD_LOG_CHUNKS_MAX && get32(bytes + 36) == 0;
}

size_t heard_log_trailer_size(uint32_t chunk_count)
{
    return HEARD_LOG_TRAILER_FIXED + ((size_t)chunk_count + 1) * HEARD_LOG_HASH_SIZE + 4;
}

void heard_log_encode_trailer(uint8_t *ret_bytes, const HeardSegmentTrailer *trailer,
                              const uint8_t *leaves)
{
    size_t size = heard_log_trailer_size(trailer->chunk_count);

    memcpy(ret_bytes, trailer_magic, sizeof trailer_magic);
    put32(ret_bytes + 8, (uint32_t)size);
    put32(ret_bytes + 12, trailer->flags);
    put32(ret_bytes + 16, trailer->segment);
    put32(ret_bytes + 20, trailer->chunk_count);
    put64(ret_bytes + 24, trailer->record_count);
    put64(ret_bytes + 32, (uint64_t)trailer->first_us);
    put64(ret_bytes + 40, (uint64_t)trailer->last_us);
    put64(ret_bytes + 48, (uint64_t)trailer->end_wall_ms);
    put64(ret_bytes + 56, trailer->data_bytes);
    put64(ret_bytes + 64, trailer->lost);
    put64(ret_bytes + 72, trailer->torn_bytes);
    memcpy(ret_bytes + 80, trailer->prev_hash, HEARD_LOG_HASH_SIZE);
    memcpy(ret_bytes + 112, trailer->root, HEARD_LOG_HASH_SIZE);
    memcpy(ret_bytes + HEARD_LOG_TRAILER_FIXED, leaves, size - HEARD_LOG_TRAILER_FIXED - 4);
    put32(ret_bytes + size - 4, heard_crc32c(0, ret_bytes, size - 4));
}

bool heard_log_decode_trailer(const uint8_t *bytes, size_t size, HeardSegmentTrailer *ret_trailer,
                              const uint8_t **ret_leaves)
{
    if (size < heard_log_trailer_size(0) || !heard_log_is_trailer(bytes, size) ||
        get32(bytes + 8) != size || get32(bytes + 20) > HEARD_LOG_CHUNKS_MAX ||
        heard_log_trailer_size(get32(bytes + 20)) != size ||
        heard_crc32c(0, bytes, size - 4) != get32(bytes + size - 4))
        return false;
    *ret_trailer = (HeardSegmentTrailer){.flags = get32(bytes + 12),
                                         .segment = get32(bytes + 16),
                                         .chunk_count = get32(bytes + 20),
                                         .record_count = get64(bytes + 24),
                                         .first_us = (int64_t)get64(bytes + 32),
                                         .last_us = (int64_t)get64(bytes + 40),
                                         .end_wall_ms = (int64_t)get64(bytes + 48),
                                         .data_bytes = get64(bytes + 56),
                                         .lost = get64(bytes + 64),
                                         .torn_bytes = get64(bytes + 72)};
    memcpy(ret_trailer->prev_hash, bytes + 80, HEARD_LOG_HASH_SIZE);
    memcpy(ret_trailer->root, bytes + 112, HEARD_LOG_HASH_SIZE);
    *ret_leaves = bytes + HEARD_LOG_TRAILER_FIXED;
    return true;
}

const char *heard_log_type_name(unsigned type)
{
    static const char *const names[] = {NULL,    "rtp",   "sr",    "track", "gap",
                                        "event", "clock", "layer", "end"};

    return type < sizeof names / sizeof names[0] ? names[type] : NULL;
}
