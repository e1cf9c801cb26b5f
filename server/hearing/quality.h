/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How good one person's line is: samples of two seconds in, one calm word out.
 *
 * Each sample is graded by itself for both directions, from the person (up) and to the
 * person (down). A direction gets worse when two samples in a row are worse than its level,
 * and better when three in a row are better; what it becomes is what all of these bear out.
 * Only LOST counts at once. The level of the line is the worse of both directions.
 *
 * Voices are rated by the E-model (ITU-T G.107): delay and loss take points off, and below
 * 70 many listeners are dissatisfied (G.107 Annex B). Sound comes first in a hearing, so a
 * line that carries voices well but no pictures is AUDIO_ONLY, not lost.
 *
 * Units      *_us monotonic microseconds or lengths; wall_ms UTC milliseconds.
 * Ownership  The caller owns the struct; it holds no other memory. Zero is NONE.
 * Threads    Pure.
 * Errors     None.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_QUALITY_SAMPLE_US = 2 * 1000 * 1000,
    HEARD_QUALITY_WORSE_SAMPLES = 2,
    HEARD_QUALITY_BETTER_SAMPLES = 3,
    /* A microphone that is on sends 50 packets a second. */
    HEARD_QUALITY_SENDER_SILENT_US = 3 * 1000 * 1000,
    /* Who sends nothing is known by checks alone: Firefox's come up to 6.6 s apart. */
    HEARD_QUALITY_SILENT_US = 7500 * 1000,
    HEARD_QUALITY_RATING_MIN = 70,
    /* The smallest picture (150 kbit/s) and a voice just fit. Estimates begin above, at 300,
     * and stay near that where nothing but voices is sent. */
    HEARD_QUALITY_PICTURE_BPS = 200 * 1000,
};

/* In order of need: the larger the worse. */
typedef enum {
    HEARD_QUALITY_NONE, /* not in the room with media: there is no line to speak of */
    HEARD_QUALITY_GOOD,
    HEARD_QUALITY_WEAK,
    HEARD_QUALITY_AUDIO_ONLY, /* voices go through, pictures do not */
    HEARD_QUALITY_LOST,
    HEARD_QUALITY_COUNT
} HeardQualityLevel;

typedef struct {
    bool connected;     /* false: no media at all; the rest does not count */
    bool sends_sound;   /* as the person says, and is allowed */
    bool sends_picture; /* the same of the camera */
    bool video_held;    /* wanted pictures are held back on the way to the person */
    int64_t silent_us;  /* since anything came from the person */
    int64_t rtt_us;     /* -1: not known yet */
    uint32_t up_bps, down_bps;
    uint32_t up_video_bps;
    uint32_t available_bps; /* to the person; 0: not known */
    uint32_t up_loss_permille, down_loss_permille;
} HeardQualitySample;

/* One direction. */
typedef struct {
    HeardQualityLevel level;
    unsigned worse, better;                  /* samples in a row beyond the level */
    HeardQualityLevel least_bad, least_good; /* of those */
} HeardQualityLine;

typedef struct {
    HeardQualityLevel level;
    HeardQualityLine up, down;
    int64_t since_ms; /* of the level */
    HeardQualitySample last;
} HeardQuality;

/* True when the level changed. */
bool heard_quality_sample(HeardQuality *self, const HeardQualitySample *sample, int64_t wall_ms);
/* The person is not in the room any more, or not yet. */
bool heard_quality_end(HeardQuality *self, int64_t wall_ms);

/* The E-model's R for a voice over this line, 0 … 93. rtt_us -1 counts as none. */
unsigned heard_quality_rating(int64_t rtt_us, uint32_t loss_permille);

/* "none", "good", "weak", "audio_only", "lost". */
const char *heard_quality_name(HeardQualityLevel level);
