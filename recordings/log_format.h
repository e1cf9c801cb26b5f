/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The bytes of a packet log: heads of records, segments, chunks and trailers, as
 * FORMAT.md fixes them. Encoding and decoding only; no file, key or clock.
 *
 * Units      *_us microseconds on the recording's clock: 0 when the log was opened.
 *            *_wall_ms UTC milliseconds. Everything is little-endian.
 * Ownership  The caller owns all buffers. Decoded payloads point into the input.
 * Threads    Pure; any thread.
 * Errors     Decoders answer false on anything that is not exactly well-formed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_LOG_VERSION = 1,
    HEARD_LOG_HASH_SIZE = 32,
    HEARD_LOG_ID_SIZE = 16,
    HEARD_LOG_RECORD_HEAD = 24,
    HEARD_LOG_SEGMENT_HEAD = 128,
    HEARD_LOG_CHUNK_HEAD = 48,
    HEARD_LOG_CHUNK_AAD = 40, /* of the chunk head: what stands before its two CRCs */
    HEARD_LOG_TAG_SIZE = 16,
    HEARD_LOG_PLAIN_MAX = 64 * 1024,
    HEARD_LOG_PAYLOAD_MAX = HEARD_LOG_PLAIN_MAX - HEARD_LOG_RECORD_HEAD,
    HEARD_LOG_CHUNKS_MAX = 8192, /* of one segment */
    HEARD_LOG_SEGMENTS_MAX = 10000,
    HEARD_LOG_TRAILER_FIXED = 144,
    HEARD_LOG_TRAILER_MAX =
        HEARD_LOG_TRAILER_FIXED + (HEARD_LOG_CHUNKS_MAX + 1) * HEARD_LOG_HASH_SIZE + 4,
};

#define HEARD_LOG_SEGMENT_US (INT64_C(60) * 1000 * 1000)

typedef enum {
    HEARD_LOG_RTP = 1,   /* one packet, decrypted, as the publisher numbered it */
    HEARD_LOG_SR = 2,    /* one sender report, 28 bytes (RFC 3550 6.4.1) */
    HEARD_LOG_TRACK = 3, /* the rest: one JSON object */
    HEARD_LOG_GAP = 4,
    HEARD_LOG_EVENT = 5,
    HEARD_LOG_CLOCK = 6,
    HEARD_LOG_LAYER = 7,
    HEARD_LOG_END = 8,
} HeardLogRecordType;

typedef struct {
    uint8_t type, flags;
    uint32_t track; /* 0: none */
    int64_t at_us;
    const uint8_t *payload;
    size_t size;
} HeardLogRecord;

typedef struct {
    uint8_t log_id[HEARD_LOG_ID_SIZE];
    uint32_t segment; /* from 1 */
    int64_t start_us, start_wall_ms;
    uint8_t prev_hash[HEARD_LOG_HASH_SIZE];
} HeardSegmentHead;

typedef struct {
    uint32_t index; /* from 0 in the segment */
    uint32_t plain_size, record_count, lost;
    int64_t first_us, last_us;
    uint32_t body_crc;
} HeardChunkHead;

enum { HEARD_TRAILER_LAST = 1, HEARD_TRAILER_RECOVERED = 2 };

typedef struct {
    uint32_t flags, segment, chunk_count;
    uint64_t record_count, data_bytes, lost, torn_bytes;
    int64_t first_us, last_us, end_wall_ms;
    uint8_t prev_hash[HEARD_LOG_HASH_SIZE];
    uint8_t root[HEARD_LOG_HASH_SIZE];
} HeardSegmentTrailer;

/* bytes has room for HEARD_LOG_RECORD_HEAD + record->size. */
size_t heard_log_encode_record(uint8_t *bytes, const HeardLogRecord *record);
/* One record at the start of bytes; its whole size, or 0 when it is not one. */
size_t heard_log_decode_record(const uint8_t *bytes, size_t size, HeardLogRecord *ret_record);

void heard_log_encode_segment(uint8_t ret_bytes[static HEARD_LOG_SEGMENT_HEAD],
                              const HeardSegmentHead *head);
bool heard_log_decode_segment(const uint8_t *bytes, size_t size, HeardSegmentHead *ret_head);

/* The body's CRC is in head->body_crc already. */
void heard_log_encode_chunk(uint8_t ret_bytes[static HEARD_LOG_CHUNK_HEAD],
                            const HeardChunkHead *head);
bool heard_log_decode_chunk(const uint8_t *bytes, size_t size, HeardChunkHead *ret_head);

/* leaves: chunk_count + 1 hashes. ret_bytes has room for heard_log_trailer_size(). */
size_t heard_log_trailer_size(uint32_t chunk_count);
void heard_log_encode_trailer(uint8_t *ret_bytes, const HeardSegmentTrailer *trailer,
                              const uint8_t *leaves);
/* size must be exactly that of the trailer; ret_leaves points into bytes. */
bool heard_log_decode_trailer(const uint8_t *bytes, size_t size, HeardSegmentTrailer *ret_trailer,
                              const uint8_t **ret_leaves);
/* What stands at a place between chunks. */
bool heard_log_is_chunk(const uint8_t *bytes, size_t size);
bool heard_log_is_trailer(const uint8_t *bytes, size_t size);

const char *heard_log_type_name(unsigned type); /* "rtp" …; NULL when unknown */
