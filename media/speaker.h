/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who speaks in a room: the loudest few from the levels in the packets (RFC 6464), calm
 * enough that a cough or one loud word does not take the stage.
 *
 * Units      Levels are -dBov: 0 loudest, 127 silence. *_us monotonic microseconds.
 * Ownership  The caller owns the struct; it holds no other memory.
 * Threads    Lives on one media worker.
 * Errors     More than HEARD_SPEAKER_MAX voices: the quietest silent one gives way.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_SPEAKER_MAX = 64,
    HEARD_SPEAKER_TOP = 3,
    HEARD_SPEAKER_TICK_US = 200000,
    HEARD_SPEAKER_LEVEL = 50,        /* louder than this (-dBov) counts as speech */
    HEARD_SPEAKER_MARGIN = 6,        /* dB above the sitting speaker to replace it */
    HEARD_SPEAKER_STAY_US = 1500000, /* a speaker stays this long after the last word */
    HEARD_SPEAKER_TAKE_US = 600000,  /* speech needed before one becomes dominant */
};

typedef struct {
    uint32_t id;       /* 0: free */
    int32_t level_16;  /* smoothed loudness, 127 - level, times 16 */
    int64_t heard_us;  /* last packet */
    int64_t speech_us; /* last packet above the threshold */
    int64_t since_us;  /* start of this run of speech */
} HeardSpeaker;

typedef struct {
    HeardSpeaker voices[HEARD_SPEAKER_MAX];
    uint32_t top[HEARD_SPEAKER_TOP]; /* dominant first, 0 ends */
    int64_t next_us;
} HeardSpeakers;

void heard_speakers_init(HeardSpeakers *self);

/* One audio packet of a voice (any number but 0, the router's). level -1 is ignored. */
void heard_speakers_packet(HeardSpeakers *self, uint32_t id, int level, int64_t now_us);
void heard_speakers_remove(HeardSpeakers *self, uint32_t id);

/* Each HEARD_SPEAKER_TICK_US; true: top changed. */
bool heard_speakers_tick(HeardSpeakers *self, int64_t now_us);
int64_t heard_speakers_deadline_us(const HeardSpeakers *self);

/* Should this voice be carried in one of count audio slots, loudest first? */
bool heard_speakers_is_top(const HeardSpeakers *self, uint32_t id);
