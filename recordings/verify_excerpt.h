/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the journal says of the segments, and whether an excerpt fits it: the journal is signed,
 * excerpt.json is not.
 *
 * Ownership  new/free; borrows its other arguments.
 * Threads    One thread.
 * Errors     None: a reason that goes into the report, or NULL.
 */

#include "recordings/chain.h"
#include "recordings/excerpt.h"

typedef struct HeardNotedSegments HeardNotedSegments;

HeardNotedSegments *heard_noted_segments_new(void);
void heard_noted_segments_free(HeardNotedSegments *self);

/* A line of the kind "segment". */
void heard_noted_segments_add(HeardNotedSegments *self, const json_t *fields);
/* Hash of its trailer in hex; NULL: the journal does not name this segment. */
const char *heard_noted_segments_trailer(const HeardNotedSegments *self, uint32_t segment);
/* 0: the journal does not name it. */
uint64_t heard_noted_segments_records_in(const HeardNotedSegments *self, uint32_t segment);
/* A segment that is not there: the next one follows what the journal names. Otherwise unchanged. */
void heard_noted_segments_step_over(const HeardNotedSegments *self, uint32_t segment,
                                    uint8_t prev_hash[static HEARD_LOG_HASH_SIZE]);
/* How many records there must be: those of the segments of an excerpt; else all that the log has.
 */
uint64_t heard_noted_segments_records(const HeardNotedSegments *self, const HeardExcerpt *excerpt,
                                      uint64_t all);

/* What is wrong with it; NULL: nothing, or there is none. segments, duration_us: of the whole log.
 * ret_excerpt is all zero unless the file is well-formed. */
const char *heard_verify_excerpt(const HeardNotedSegments *noted, const char *path,
                                 uint64_t segments, int64_t duration_us, HeardExcerpt *ret_excerpt);
