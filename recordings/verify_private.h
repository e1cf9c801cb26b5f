/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Shared by the parts of a check: what it knows so far, and the report that it fills.
 *
 * Units, threads  verify.h
 * Ownership       verify.c's; the parts borrow it.
 */

#include "recordings/away.h"
#include "recordings/verify.h"
#include "recordings/verify_excerpt.h"

typedef struct HeardHourlyStamps HeardHourlyStamps;

typedef struct {
    const char *path;
    HeardVerifyTrust trust;
    HeardVerifyReport *report;
    HeardLogInfo info;
    HeardSignatory *signatory; /* NULL: none, or unreadable */
    HeardNotedSegments *noted; /* from the journal */
    HeardHourlyStamps *stamps;
    HeardAway away;
    uint64_t away_records; /* of its segments that are not here, by the journal */
    uint64_t closed_segments, closed_records;
    int64_t closed_wall_ms;
    bool closed;
    uint32_t segment_count; /* files found */
    int64_t last_us;
    uint8_t prev_hash[HEARD_LOG_HASH_SIZE];
} HeardLogCheck;

void heard_log_check_add(HeardLogCheck *self, HeardFinding finding);
/* segment 0: not about one. */
void heard_log_check_tell(HeardLogCheck *self, HeardFindingKind kind, uint32_t segment,
                          const char *detail);
/* The bytes of this segment's file; prev_hash and last_us move on. */
void heard_log_check_segment(HeardLogCheck *self, uint32_t number, const uint8_t *bytes,
                             size_t size);
