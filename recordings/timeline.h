/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The timeline of a recording out of its records: who was there, phases as chapters, what
 * was switched off, gaps with their reason, who spoke (RFC 6464 levels, no model needed).
 * README.md has the schema of the result.
 *
 * Units      *_us on the recording's clock.
 * Ownership  new/free; the result is a new reference.
 * Threads    Lives on one thread. Pure.
 * Errors     Events that are not understood are listed as they are. Beyond the named
 *            bounds the rest is left out, and "truncated" says so.
 */

#include "recordings/log_format.h"
#include "recordings/track_info.h"

#include <glib.h>
#include <jansson.h>

enum {
    HEARD_TIMELINE_EVENTS_MAX = 100000,
    HEARD_TIMELINE_GAPS_MAX = 20000,
    HEARD_TIMELINE_SPANS_MAX = 200000,
    HEARD_TIMELINE_PEOPLE_MAX = 2000,
};

typedef struct HeardTimeline HeardTimeline;

HeardTimeline *heard_timeline_new(void);
void heard_timeline_free(HeardTimeline *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardTimeline, heard_timeline_free)

/* Records in log order; RTP only needs heard_timeline_packet(). */
void heard_timeline_track(HeardTimeline *self, const HeardTrackInfo *info, int64_t at_us);
void heard_timeline_event(HeardTimeline *self, int64_t at_us, const json_t *event);
void heard_timeline_gap(HeardTimeline *self, const HeardTrackInfo *info, int64_t at_us,
                        const json_t *gap); /* info NULL: of the whole log */
/* level: −dBov, 0 … 127; 128: the packet says nothing. */
void heard_timeline_packet(HeardTimeline *self, const HeardTrackInfo *info, int64_t at_us,
                           unsigned level);

json_t *heard_timeline_finish(HeardTimeline *self, int64_t duration_us, int64_t started_wall_ms);
