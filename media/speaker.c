/* SPDX-License-Identifier: Apache-2.0 */
#include "media/speaker.h"

#include <string.h>

enum {
    SILENCE = 127,
    RUN_GAP_US = 500000, /* a pause shorter than this does not end a run of speech */
    QUIET_US = 500000,   /* no packets: muted, or DTX */
    ATTACK_SHIFT = 2,    /* four packets up, … */
    RELEASE_SHIFT = 4,   /* … sixteen down: words have gaps */
    SITTING_SILENT = -(SILENCE * 16 * 2), /* below everybody who speaks */
};

void heard_speakers_init(HeardSpeakers *self)
{
    memset(self, 0, sizeof(*self));
    self->next_us = INT64_MIN;
}

static HeardSpeaker *find(HeardSpeakers *self, uint32_t id)
{
    for (size_t i = 0; i < HEARD_SPEAKER_MAX; i++)
        if (self->voices[i].id == id)
            return &self->voices[i];
    return NULL;
}

bool heard_speakers_is_top(const HeardSpeakers *self, uint32_t id)
{
    bool is_top = false;

    for (size_t i = 0; i < HEARD_SPEAKER_TOP; i++)
        is_top |= self->top[i] == id && id != 0;
    return is_top;
}

/* A free place, or that of the voice that was heard longest ago and is not on stage. */
static HeardSpeaker *make_place(HeardSpeakers *self)
{
    HeardSpeaker *oldest = NULL;
    HeardSpeaker *free_place = find(self, 0);

    if (free_place)
        return free_place;
    for (size_t i = 0; i < HEARD_SPEAKER_MAX; i++) {
        HeardSpeaker *voice = &self->voices[i];
        if (!heard_speakers_is_top(self, voice->id) &&
            (!oldest || voice->speech_us < oldest->speech_us))
            oldest = voice;
    }
    return oldest;
}

void heard_speakers_packet(HeardSpeakers *self, uint32_t id, int level, int64_t now_us)
{
    HeardSpeaker *voice;
    int32_t step;

    if (level < 0 || level > SILENCE || id == 0)
        return;
    voice = find(self, id);
    if (!voice) {
        voice = make_place(self);
        *voice = (HeardSpeaker){.id = id, .speech_us = INT64_MIN / 2, .since_us = INT64_MIN / 2};
    }
    voice->heard_us = now_us;
    step = (SILENCE - level) * 16 - voice->level_16;
    voice->level_16 += step / (1 << (step > 0 ? ATTACK_SHIFT : RELEASE_SHIFT));
    if (level > HEARD_SPEAKER_LEVEL)
        return;
    if (now_us - voice->speech_us > RUN_GAP_US)
        voice->since_us = now_us;
    voice->speech_us = now_us;
}

void heard_speakers_remove(HeardSpeakers *self, uint32_t id)
{
    HeardSpeaker *voice = id != 0 ? find(self, id) : NULL;

    if (voice)
        *voice = (HeardSpeaker){0};
    self->next_us = INT64_MIN; /* its place on stage is free now */
}

static bool is_speaking(const HeardSpeaker *voice, int64_t now_us)
{
    return now_us - voice->speech_us < HEARD_SPEAKER_STAY_US;
}

/* Has spoken long enough, and until now, to become dominant. */
static bool may_take(const HeardSpeaker *voice, int64_t now_us)
{
    return now_us - voice->speech_us < RUN_GAP_US &&
           now_us - voice->since_us >= HEARD_SPEAKER_TAKE_US;
}

/* The dominant voice; when it left, the next on stage. */
static const HeardSpeaker *find_sitting(HeardSpeakers *self)
{
    const HeardSpeaker *sitting = NULL;

    for (size_t i = 0; i < HEARD_SPEAKER_TOP && !sitting; i++)
        if (self->top[i] != 0)
            sitting = find(self, self->top[i]);
    return sitting;
}

static uint32_t choose_dominant(HeardSpeakers *self, int64_t now_us)
{
    const HeardSpeaker *sitting = find_sitting(self);
    const HeardSpeaker *best = NULL;
    int32_t bar = 0;

    if (sitting && is_speaking(sitting, now_us))
        bar = sitting->level_16 + HEARD_SPEAKER_MARGIN * 16;
    for (size_t i = 0; i < HEARD_SPEAKER_MAX; i++) {
        const HeardSpeaker *voice = &self->voices[i];
        if (voice->id == 0 || voice == sitting || !is_speaking(voice, now_us) ||
            (sitting && !may_take(voice, now_us)) || voice->level_16 <= bar)
            continue;
        best = voice;
        bar = voice->level_16;
    }
    if (best)
        return best->id;
    return sitting ? sitting->id : 0; /* after the last word the speaker stays on stage */
}

/* How strongly a voice claims a place beside the dominant one. */
static int32_t claim(const HeardSpeakers *self, const HeardSpeaker *voice, int64_t now_us)
{
    bool sits = heard_speakers_is_top(self, voice->id);

    if (is_speaking(voice, now_us))
        return voice->level_16 + (sits ? HEARD_SPEAKER_MARGIN * 16 : 0);
    return sits ? SITTING_SILENT + voice->level_16 : INT32_MIN;
}

static void choose_top(HeardSpeakers *self, int64_t now_us, uint32_t *ret_top)
{
    ret_top[0] = choose_dominant(self, now_us);
    for (size_t place = 1; place < HEARD_SPEAKER_TOP; place++) {
        int32_t best_claim = INT32_MIN;
        ret_top[place] = 0;
        for (size_t i = 0; i < HEARD_SPEAKER_MAX; i++) {
            const HeardSpeaker *voice = &self->voices[i];
            bool taken = voice->id == 0;
            for (size_t before = 0; before < place; before++)
                taken |= ret_top[before] == voice->id;
            if (taken || claim(self, voice, now_us) <= best_claim)
                continue;
            best_claim = claim(self, voice, now_us);
            ret_top[place] = voice->id;
        }
    }
}

/* The same voices in another order behind the dominant one are no change to tell. */
static bool keep_order(const uint32_t *old_top, uint32_t *top)
{
    for (size_t place = 1; place + 1 < HEARD_SPEAKER_TOP; place++) {
        uint32_t id = top[place];
        if (top[place + 1] == 0 || top[place + 1] != old_top[place])
            continue;
        top[place] = top[place + 1];
        top[place + 1] = id;
    }
    return memcmp(old_top, top, HEARD_SPEAKER_TOP * sizeof(*top)) != 0;
}

bool heard_speakers_tick(HeardSpeakers *self, int64_t now_us)
{
    uint32_t top[HEARD_SPEAKER_TOP];
    bool changed;

    if (now_us < self->next_us)
        return false;
    self->next_us = now_us + HEARD_SPEAKER_TICK_US;
    for (size_t i = 0; i < HEARD_SPEAKER_MAX; i++)
        if (self->voices[i].id != 0 && now_us - self->voices[i].heard_us > QUIET_US)
            self->voices[i].level_16 /= 2;
    choose_top(self, now_us, top);
    changed = keep_order(self->top, top);
    memcpy(self->top, top, sizeof(top));
    return changed;
}

int64_t heard_speakers_deadline_us(const HeardSpeakers *self)
{
    return self->next_us;
}
