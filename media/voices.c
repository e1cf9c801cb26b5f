/* SPDX-License-Identifier: Apache-2.0 */
#include "media/voices.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    SILENCE = 127,
    RUN_GAP_US = 200000, /* within a word; a click is a run of one packet and no speech */
    ATTACK_SHIFT = 1,    /* two packets up, … */
    RELEASE_SHIFT = 4,   /* … sixteen down: words have gaps */
};

static void give(HeardVoices *self, unsigned index, HeardVoice *voice, int64_t now_us)
{
    if (self->places[index])
        self->places[index]->place = 0;
    self->places[index] = voice;
    voice->place = (uint8_t)(index + 1);
    voice->taken_us = now_us;
    voice->speech_us = now_us;
}

/* A free place, or that of who paused longest. */
static unsigned most_idle(const HeardVoices *self)
{
    unsigned best = 0;

    for (unsigned i = 0; i < HEARD_VOICES_MAX; i++) {
        if (!self->places[i])
            return i;
        if (self->places[i]->speech_us < self->places[best]->speech_us)
            best = i;
    }
    return best;
}

static unsigned quietest(const HeardVoices *self)
{
    unsigned best = 0;

    for (unsigned i = 1; i < HEARD_VOICES_MAX; i++)
        if (self->places[i]->level_16 < self->places[best]->level_16)
            best = i;
    return best;
}

/* All places are taken by voices that speak. */
static bool may_push(const HeardVoice *voice, const HeardVoice *other, int64_t now_us)
{
    int32_t louder_16 = voice->level_16 - other->level_16;

    if (louder_16 >= HEARD_VOICES_DROWN_DB * 16)
        return true;
    return louder_16 >= HEARD_VOICES_PUSH_DB * 16 &&
           now_us - voice->since_us >= HEARD_VOICES_PUSH_US &&
           now_us - other->taken_us >= HEARD_VOICES_KEEP_US;
}

static bool take_place(HeardVoices *self, HeardVoice *voice, int64_t now_us)
{
    unsigned index = most_idle(self);
    const HeardVoice *idle = self->places[index];

    if (idle && now_us - voice->since_us < HEARD_VOICES_TAKE_US)
        return false;
    if (idle && now_us - idle->speech_us < HEARD_VOICES_PAUSE_US) {
        index = quietest(self);
        if (!may_push(voice, self->places[index], now_us))
            return false;
    }
    give(self, index, voice, now_us);
    return true;
}

/* The loudness of speech alone: who takes breath is not quieter for it. */
static void note_speech(HeardVoice *voice, int level, int64_t now_us)
{
    int32_t step = (SILENCE - level) * 16 - voice->level_16;

    voice->level_16 += step / (1 << (step > 0 ? ATTACK_SHIFT : RELEASE_SHIFT));
    if (voice->loud_us != 0 && now_us - voice->loud_us < HEARD_VOICES_PAUSE_US)
        voice->spoken_us += now_us - voice->loud_us;
    if (voice->loud_us == 0 || now_us - voice->loud_us > RUN_GAP_US)
        voice->since_us = now_us;
    voice->loud_us = now_us;
    if (now_us - voice->since_us >= HEARD_VOICES_TAKE_US)
        voice->speech_us = now_us;
}

HeardVoiceResult heard_voices_packet(HeardVoices *self, HeardVoice *voice, int level,
                                     int64_t now_us)
{
    bool speaks = level <= HEARD_VOICES_LEVEL;

    if (speaks)
        note_speech(voice, level, now_us);
    if (voice->place != 0)
        return HEARD_VOICE_CARRIED;
    return speaks && take_place(self, voice, now_us) ? HEARD_VOICE_TOOK : HEARD_VOICE_OUT;
}

void heard_voices_remove(HeardVoices *self, HeardVoice *voice)
{
    if (voice->place != 0)
        self->places[voice->place - 1] = NULL;
    *voice = (HeardVoice){.spoken_us = voice->spoken_us};
}
