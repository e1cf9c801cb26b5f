/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The second pass: packets into takes (one file each) and into the mixed audio.
 *
 * A take ends, and the next begins at a key frame, with another SSRC or codec, another
 * size of H.264, a pause of more than HEARD_TRACKS_PAUSE_US, or a jump of the source's
 * clock. Within a take missing time is missing time: nothing moves up.
 *
 * Units      *_us on the recording's clock; in files on their own, from 0.
 * Ownership  new/free; survey and folder are borrowed.
 * Threads    Lives on one thread (GStreamer's own aside).
 * Errors     GError of the first file that can't be written; the run is over then.
 */

#include "recordings/survey.h"

enum {
    HEARD_TRACKS_PAUSE_US = 5 * 1000 * 1000,
    HEARD_TRACKS_FILES_MAX = 7900,
    /* Of one participant; a day of one every minute has less. Further ones are left out: what
     * somebody sends must not cost others their recording. The mixed audio has their sound. */
    HEARD_TRACKS_TAKES_MAX = 1000,
};

/* One file, ready and checked. */
typedef struct {
    char name[64], index_name[80]; /* index_name is empty where there is none */
    const char *kind;              /* as in the manifest */
    char media_type[64];
    HeardTrackInfo info; /* of a take and its thumbnails */
    unsigned take, width, height;
    int64_t start_us, duration_us, index_bytes;
    uint64_t frames;       /* put into it; 0: not counted */
    int64_t last_frame_us; /* how long the last one lasts */
    bool undecodable;      /* what somebody sent can't be decoded */
} HeardTracksFile;

typedef struct HeardTracks HeardTracks;

HeardTracks *heard_tracks_new(const char *folder, const HeardSurvey *survey,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_tracks_free(HeardTracks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardTracks, heard_tracks_free)

bool heard_tracks_record(HeardTracks *self, const HeardLogRecord *record,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends every take and the mixed audio. */
bool heard_tracks_finish(HeardTracks *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HeardTracksFile: takes and their thumbnails, the mixed audio and its waveform last. */
const GArray *heard_tracks_files(const HeardTracks *self);
uint64_t heard_tracks_dropped(const HeardTracks *self); /* frames not shown */
uint64_t heard_tracks_thumbnails_missing(const HeardTracks *self);
/* New: [{participant, source, from_ms, takes}, …]: of whom takes were left out, and from when on.
 */
json_t *heard_tracks_left_out(const HeardTracks *self);
/* The same as gaps "too_many_takes" of the timeline, up to to_us. */
void heard_tracks_tell_left_out(const HeardTracks *self, HeardTimeline *timeline, int64_t to_us);
