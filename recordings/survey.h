/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The first pass over a log: how long it is, whose clock ran how, and the timeline. The
 * second pass (tracks.h) needs what is known here before its first frame.
 *
 * Units      *_us on the recording's clock.
 * Ownership  new/free; map and timeline belong to the survey.
 * Threads    Lives on one thread.
 * Errors     Records that can't be read are counted.
 */

#include "media/rtp/packet.h"
#include "recordings/clock_map.h"
#include "recordings/log_format.h"
#include "recordings/timeline.h"

enum { HEARD_SURVEY_TRACKS_MAX = 65536 };
#define HEARD_SURVEY_US_MAX (INT64_C(48) * 3600 * 1000000) /* longer than any hearing */

/* What each pass knows about the tracks so far: number → HeardTrackInfo. */
GHashTable *heard_survey_tracks_new(void);
/* A TRACK record; NULL when it is not usable. */
const HeardTrackInfo *heard_survey_tracks_put(GHashTable *tracks, const HeardLogRecord *record);

/* An RTP record of a known track: false when there is no media for derivation in it. */
bool heard_survey_packet(const GHashTable *tracks, const HeardLogRecord *record,
                         const HeardTrackInfo **ret_info, HeardRtpView *ret_view);

typedef struct {
    HeardClockMap *map;
    HeardTimeline *timeline;
    int64_t duration_us;
    uint64_t packets, unreadable;
    /* inside */
    HeardClockCursor *cursor;
    GHashTable *tracks;
} HeardSurvey;

HeardSurvey *heard_survey_new(void);
void heard_survey_record(HeardSurvey *self, const HeardLogRecord *record);
void heard_survey_solve(HeardSurvey *self); /* the clocks; again when more was read */
void heard_survey_free(HeardSurvey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSurvey, heard_survey_free)
