/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Read a packet log: walk over the chunks of a segment without a key, and read records
 * of a whole log with one.
 *
 * Damage does not stop the reader: it goes on with the next whole chunk and counts what
 * it left out. Whether a log is intact is verify.h's question.
 *
 * Units      *_us on the recording's clock.
 * Ownership  new/free. A record's payload is valid until the next call.
 * Threads    Lives on one thread; segments are mapped read-only.
 * Errors     open: GError (no log, wrong key). next: false at the end.
 */

#include "recordings/chain.h"
#include "recordings/seal.h"

typedef enum {
    HEARD_SCAN_CHUNK,   /* whole, CRCs match; offset stands behind it */
    HEARD_SCAN_TRAILER, /* whole; offset stands behind it */
    HEARD_SCAN_END,     /* offset is the end of the bytes */
    HEARD_SCAN_BROKEN,  /* neither: cut off or altered; offset unchanged */
} HeardScanResult;

/* A segment in memory. Pure. */
typedef struct {
    const uint8_t *bytes;
    size_t size, offset;
    HeardChunkHead chunk; /* of CHUNK */
    const uint8_t *frame; /* of CHUNK, TRAILER */
    size_t frame_size;
    HeardSegmentTrailer trailer; /* of TRAILER */
    const uint8_t *leaves;
} HeardSegmentScan;

/* False: the head is not one. Then begin after it anyway, if at all. */
bool heard_segment_scan_init(HeardSegmentScan *self, const uint8_t *bytes, size_t size,
                             HeardSegmentHead *ret_head);
HeardScanResult heard_segment_scan_next(HeardSegmentScan *self);
/* After BROKEN: move to the next place where a chunk's head or a trailer is whole. */
bool heard_segment_scan_resync(HeardSegmentScan *self);

/* What log.json says. */
typedef struct {
    char *hearing, *recording, *room, *node, *number; /* number may be NULL */
    char *log_id_text;
    uint8_t log_id[HEARD_LOG_ID_SIZE];
    int64_t started_wall_ms;
    json_t *key;
    char *signer;                      /* certificates of who vouches for it, PEM; NULL: nobody */
    uint8_t hash[HEARD_LOG_HASH_SIZE]; /* of its exact bytes */
    HeardJournalState journal;         /* before the first line */
} HeardLogInfo;

bool heard_log_info_read(HeardLogInfo *ret_info, const char *path, GError **error);
bool heard_log_info_parse(HeardLogInfo *ret_info, const char *text, size_t size, GError **error);
void heard_log_info_clear(HeardLogInfo *self);

char *heard_log_segment_path(const char *path, uint32_t segment);

typedef struct HeardLogReader HeardLogReader;

HeardLogReader *heard_log_reader_open(const char *path, const HeardOrgKey *key,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_log_reader_free(HeardLogReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardLogReader, heard_log_reader_free)

const HeardLogInfo *heard_log_reader_info(const HeardLogReader *self);
/* Only chunks that reach into from_us … to_us; start again from the first. */
void heard_log_reader_range(HeardLogReader *self, int64_t from_us, int64_t to_us);
/* A log that grows: end behind this segment, go on when it is raised. */
void heard_log_reader_limit(HeardLogReader *self, uint32_t last_segment);
bool heard_log_reader_next(HeardLogReader *self, HeardLogRecord *ret_record);
uint64_t heard_log_reader_damaged(const HeardLogReader *self); /* places left out */
uint64_t heard_log_reader_bytes_read(const HeardLogReader *self);
uint64_t heard_log_reader_bytes_total(const HeardLogReader *self);
