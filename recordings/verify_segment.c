/* SPDX-License-Identifier: Apache-2.0 */
/* One segment: its chunks, its leaves and root, its place in the chain. */
#include "recordings/verify_private.h"

#include "recordings/chain.h"

#include <string.h>

#define HOLE_US (INT64_C(5) * 1000 * 1000) /* the writer leaves a clock mark each second */

typedef HeardLogCheck Check;

/* Compare the leaf that the trailer keeps for this chunk with what stands there. */
static void check_leaves(Check *self, uint32_t number, const GByteArray *leaves,
                         const GArray *heads, const HeardSegmentScan *scan)
{
    const HeardSegmentTrailer *trailer = &scan->trailer;
    uint8_t root[HEARD_LOG_HASH_SIZE];
    size_t found = leaves->len / HEARD_LOG_HASH_SIZE;

    heard_chain_root(root, scan->leaves, trailer->chunk_count + 1);
    if (memcmp(root, trailer->root, sizeof root) != 0)
        heard_log_check_tell(self, HEARD_FINDING_ROOT, number, "");
    for (size_t i = 0; i < found && i <= trailer->chunk_count; i++) {
        const HeardChunkHead *head;
        HeardFinding finding = {.kind = HEARD_FINDING_CHUNK,
                                .segment = number,
                                .chunk = -1,
                                .from_us = -1,
                                .to_us = -1};
        if (memcmp(leaves->data + i * HEARD_LOG_HASH_SIZE, scan->leaves + i * HEARD_LOG_HASH_SIZE,
                   HEARD_LOG_HASH_SIZE) == 0)
            continue;
        if (i == 0) {
            heard_log_check_tell(self, HEARD_FINDING_SEGMENT_HEAD, number, "");
            continue;
        }
        head = &g_array_index(heads, HeardChunkHead, i - 1);
        finding.chunk = head->index;
        finding.from_us = head->first_us;
        finding.to_us = head->last_us;
        heard_log_check_add(self, finding);
    }
}

typedef struct {
    GByteArray *leaves;
    GArray *heads;
    uint64_t records, lost;
    int64_t first_us, last_us;
    bool broken;
} Tally;

/* One line for a bad stretch, not one a chunk. */
static bool extend_lost(HeardVerifyReport *report, uint32_t number, const HeardChunkHead *chunk)
{
    HeardFinding *last =
        report->finding_count > 0 ? &report->findings[report->finding_count - 1] : NULL;

    if (!last || last->kind != HEARD_FINDING_LOST || last->segment != number)
        return false;
    last->to_us = chunk->last_us;
    last->number += chunk->lost;
    return true;
}

static void tally_chunk(Check *self, uint32_t number, const HeardSegmentScan *scan, Tally *tally)
{
    const HeardChunkHead *chunk = &scan->chunk;
    uint8_t leaf[HEARD_LOG_HASH_SIZE];
    uint32_t expected = tally->heads->len;

    if (chunk->index != expected && !tally->broken) {
        HeardFinding finding = {.kind = HEARD_FINDING_CHUNK_MISSING,
                                .segment = number,
                                .chunk = expected,
                                .from_us = self->last_us,
                                .to_us = chunk->first_us};
        heard_log_check_add(self, finding);
        tally->broken = true;
    }
    if (self->last_us >= 0 && chunk->first_us - self->last_us > HOLE_US) {
        HeardFinding hole = {.kind = HEARD_FINDING_HOLE,
                             .segment = number,
                             .chunk = -1,
                             .from_us = self->last_us,
                             .to_us = chunk->first_us};
        heard_log_check_add(self, hole);
    }
    heard_chain_leaf(leaf, scan->frame, scan->frame_size);
    g_byte_array_append(tally->leaves, leaf, sizeof leaf);
    g_array_append_val(tally->heads, *chunk);
    if (tally->heads->len == 1)
        tally->first_us = chunk->first_us;
    tally->records += chunk->record_count;
    tally->lost += chunk->lost;
    tally->last_us = MAX(tally->last_us, chunk->last_us);
    self->last_us = MAX(self->last_us, chunk->last_us);
    if (chunk->lost > 0 && !extend_lost(self->report, number, chunk)) {
        HeardFinding finding = {.kind = HEARD_FINDING_LOST,
                                .segment = number,
                                .chunk = chunk->index,
                                .from_us = chunk->first_us,
                                .to_us = chunk->last_us,
                                .number = chunk->lost};
        heard_log_check_add(self, finding);
    }
}

static void check_trailer(Check *self, uint32_t number, const HeardSegmentScan *scan,
                          const Tally *tally)
{
    const HeardSegmentTrailer *trailer = &scan->trailer;
    const char *noted = heard_noted_segments_trailer(self->noted, number);
    char hex[HEARD_CHAIN_HEX_SIZE];
    uint8_t hash[HEARD_LOG_HASH_SIZE];

    heard_chain_sha256(hash, scan->frame, scan->frame_size);
    heard_chain_to_hex(hex, hash);
    if (!noted || strcmp(noted, hex) != 0)
        heard_log_check_tell(self, HEARD_FINDING_TRAILER, number,
                             "not the one that the journal names");
    if (memcmp(trailer->prev_hash, self->prev_hash, sizeof hash) != 0 || trailer->segment != number)
        heard_log_check_tell(self, HEARD_FINDING_SEGMENT_CHAIN, number, "trailer");
    memcpy(self->prev_hash, hash, sizeof hash);
    if (tally->broken)
        return;
    if (trailer->chunk_count != tally->heads->len || trailer->record_count != tally->records ||
        trailer->lost != tally->lost ||
        trailer->data_bytes != (uint64_t)(scan->frame - scan->bytes) ||
        (tally->heads->len > 0 &&
         (trailer->first_us != tally->first_us || trailer->last_us != tally->last_us)))
        heard_log_check_tell(self, HEARD_FINDING_COUNT, number, "");
    check_leaves(self, number, tally->leaves, tally->heads, scan);
}

/* What stands here is no chunk and no trailer: name the second and look behind it. */
static bool report_broken(Check *self, uint32_t number, HeardSegmentScan *scan, Tally *tally)
{
    HeardFinding finding = {.kind = HEARD_FINDING_CHUNK,
                            .segment = number,
                            .chunk = tally->heads->len,
                            .from_us = self->last_us,
                            .to_us = -1};
    HeardChunkHead head;
    const uint8_t *at = scan->bytes + scan->offset;
    size_t left = scan->size - scan->offset;

    if (heard_log_decode_chunk(at, left, &head)) { /* its head is good: the time is known */
        finding.from_us = head.first_us;
        finding.to_us = head.last_us;
        finding.chunk = head.index;
    }
    if (heard_log_is_trailer(at, left)) {
        heard_log_check_tell(self, HEARD_FINDING_TRAILER, number, "altered");
        return false;
    }
    tally->broken = true;
    if (!heard_segment_scan_resync(scan)) {
        g_strlcpy(finding.detail, "and what follows", sizeof finding.detail);
        heard_log_check_add(self, finding);
        return false;
    }
    if (finding.to_us < 0 &&
        heard_log_decode_chunk(scan->bytes + scan->offset, scan->size - scan->offset, &head))
        finding.to_us = head.first_us;
    heard_log_check_add(self, finding);
    return true;
}

static void check_segment_head(Check *self, uint32_t number, const HeardSegmentHead *head)
{
    if (head->segment != number || memcmp(head->log_id, self->info.log_id, HEARD_LOG_ID_SIZE) != 0)
        heard_log_check_tell(self, HEARD_FINDING_SEGMENT_CHAIN, number, "of another log");
    else if (memcmp(head->prev_hash, self->prev_hash, HEARD_LOG_HASH_SIZE) != 0)
        heard_log_check_tell(self, HEARD_FINDING_SEGMENT_CHAIN, number, "");
}

void heard_log_check_segment(HeardLogCheck *self, uint32_t number, const uint8_t *bytes,
                             size_t size)
{
    g_autoptr(GByteArray) leaves = g_byte_array_new();
    g_autoptr(GArray) heads = g_array_new(FALSE, FALSE, sizeof(HeardChunkHead));
    Tally tally = {.leaves = leaves, .heads = heads};
    uint8_t leaf[HEARD_LOG_HASH_SIZE];
    HeardSegmentScan scan;
    HeardSegmentHead head;
    bool ended = false;

    if (!heard_segment_scan_init(&scan, bytes, size, &head))
        heard_log_check_tell(self, HEARD_FINDING_SEGMENT_HEAD, number, "");
    else
        check_segment_head(self, number, &head);
    heard_chain_leaf(leaf, bytes, MIN(size, (size_t)HEARD_LOG_SEGMENT_HEAD));
    g_byte_array_append(leaves, leaf, sizeof leaf);
    for (bool more = true; more;) {
        switch (heard_segment_scan_next(&scan)) {
        case HEARD_SCAN_CHUNK:
            tally_chunk(self, number, &scan, &tally);
            break;
        case HEARD_SCAN_TRAILER:
            check_trailer(self, number, &scan, &tally);
            ended = true;
            more = false;
            if (scan.offset != size)
                heard_log_check_tell(self, HEARD_FINDING_TRAILING, number, "after the trailer");
            break;
        case HEARD_SCAN_BROKEN:
            more = report_broken(self, number, &scan, &tally);
            break;
        case HEARD_SCAN_END:
            more = false;
            break;
        }
    }
    if (!ended)
        heard_log_check_tell(self, HEARD_FINDING_TRAILER, number, "missing");
    self->report->chunks += heads->len;
    self->report->records += tally.records;
    self->report->lost += tally.lost;
    self->report->bytes += (int64_t)size;
}
