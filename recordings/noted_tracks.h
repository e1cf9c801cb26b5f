/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the journal says of the tracks: whose picture or sound was recorded from when to when. With
 * it a check without a key can tell whose an altered chunk may be.
 *
 * Units      *_us on the recording's clock.
 * Ownership  new/free; what is found is borrowed.
 * Threads    One thread.
 * Errors     None: a line that says nothing is passed over.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { HEARD_NOTED_TRACKS_MAX = 8192 };

typedef struct {
    uint32_t track;
    int64_t from_us, to_us; /* INT64_MAX: no end was noted */
    char source[16];        /* microphone, camera, screen */
    char participant[64];   /* id */
} HeardNotedTrack;

typedef struct HeardNotedTracks HeardNotedTracks;

HeardNotedTracks *heard_noted_tracks_new(void);
void heard_noted_tracks_free(HeardNotedTracks *self);

/* A line of the journal of the kinds "track" and "track_end"; others are passed over. */
void heard_noted_tracks_meet(HeardNotedTracks *self, const json_t *fields);

/* The next one behind `index` that was recorded at some moment from from_us to to_us (-1: to the
 * end); NULL: no more. Begin with index 0; it moves on. */
const HeardNotedTrack *heard_noted_tracks_next(const HeardNotedTracks *self, int64_t from_us,
                                               int64_t to_us, unsigned *index);
