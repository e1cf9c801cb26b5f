/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Which three voices of a room are carried while many microphones are open: three places,
 * each held by one voice, decided with each packet so that nobody waits to be heard.
 *
 * A free place is taken with the first loud packet. Else who paused longest gives way to
 * who speaks for HEARD_VOICES_TAKE_US; a pause between words does not count. Of those who
 * speak without a pause only the quietest gives way, to a voice that is louder for longer
 * than a cough, and not when it has only just begun itself. After the last word a voice
 * keeps its place until somebody needs it: silence changes nothing.
 *
 * It follows speech, speaker.h follows the floor: pictures change calmly, sound at once.
 *
 * Units      Levels are -dBov: 0 loudest, 127 silence. *_us monotonic microseconds.
 * Ownership  A HeardVoice is embedded in its track and removed before it goes. Zeroed it
 *            is a voice that never spoke.
 * Threads    Lives on one media worker.
 * Errors     None.
 */

#include <stdint.h>

enum {
    HEARD_VOICES_MAX = 3,
    HEARD_VOICES_LEVEL = 50,        /* louder than this (-dBov) is speech, as in speaker.h */
    HEARD_VOICES_PAUSE_US = 400000, /* shorter ones are between words */
    HEARD_VOICES_TAKE_US = 80000,   /* speech that takes a place whose voice pauses */
    HEARD_VOICES_PUSH_US = 400000,  /* … whose voice speaks: longer than a cough */
    HEARD_VOICES_PUSH_DB = 6,       /* … and this much louder */
    HEARD_VOICES_DROWN_DB = 18,     /* so much louder, the other is noise: TAKE_US is enough */
    HEARD_VOICES_KEEP_US = 1500000, /* a place just taken is not pushed, only drowned */
};

typedef struct {
    int32_t level_16;  /* smoothed loudness, 127 - level, times 16 */
    int64_t loud_us;   /* last loud packet; 0: never */
    int64_t since_us;  /* start of this run of them */
    int64_t speech_us; /* last one in a run that is speech and no click */
    int64_t taken_us;  /* when it got its place */
    int64_t spoken_us; /* speech so far, pauses between words included; never starts anew */
    uint8_t place;     /* 1 to HEARD_VOICES_MAX; 0: none */
} HeardVoice;

typedef struct {
    HeardVoice *places[HEARD_VOICES_MAX]; /* NULL: free */
} HeardVoices;

typedef enum {
    HEARD_VOICE_OUT,     /* not carried */
    HEARD_VOICE_CARRIED, /* has a place */
    HEARD_VOICE_TOOK,    /* has got one with this packet */
} HeardVoiceResult;

/* One packet of a voice; its level. */
HeardVoiceResult heard_voices_packet(HeardVoices *self, HeardVoice *voice, int level,
                                     int64_t now_us);

/* Muted or gone; what it spoke is kept. */
void heard_voices_remove(HeardVoices *self, HeardVoice *voice);
