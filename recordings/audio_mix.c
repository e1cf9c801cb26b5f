/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/audio_mix.h"

#include <stdbool.h>
#include <string.h>

enum { DEADBAND = 96 }; /* 2 ms of noise that is not worth a stretch */

struct HeardMixVoice {
    bool started;
    int64_t next; /* where the next sample would go without a gap */
    int16_t last; /* the sample before it, to stretch across the seam */
};

struct HeardMix {
    int32_t *sums; /* ring of HEARD_MIX_WINDOW, from position on */
    int64_t position;
    GPtrArray *voices;
    uint64_t dropped;
};

HeardMix *heard_mix_new(void)
{
    HeardMix *self = g_new0(HeardMix, 1);

    self->sums = g_new0(int32_t, HEARD_MIX_WINDOW);
    self->voices = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void heard_mix_free(HeardMix *self)
{
    if (!self)
        return;
    g_free(self->sums);
    g_ptr_array_unref(self->voices);
    g_free(self);
}

HeardMixVoice *heard_mix_add_voice(HeardMix *self)
{
    HeardMixVoice *voice = g_new0(HeardMixVoice, 1);

    g_ptr_array_add(self->voices, voice);
    return voice;
}

static int64_t us_to_samples(int64_t us)
{
    return us * (HEARD_MIX_RATE_HZ / 1000) / 1000;
}

static void add_sample(HeardMix *self, int64_t at, int16_t sample)
{
    if (at < self->position || at >= self->position + HEARD_MIX_WINDOW) {
        self->dropped++;
        return;
    }
    self->sums[at % HEARD_MIX_WINDOW] += sample;
}

/* count samples become wanted ones: linear between neighbours. */
static void add_stretched(HeardMix *self, HeardMixVoice *voice, const int16_t *samples,
                          size_t count, size_t wanted)
{
    for (size_t i = 0; i < wanted; i++) {
        uint64_t place = ((uint64_t)(i + 1) * count << 16) / wanted; /* 16.16, from the last one */
        size_t index = (size_t)(place >> 16);
        int32_t part = (int32_t)(place & 0xffff);
        int32_t left = index == 0 ? voice->last : samples[index - 1];
        int32_t right = index < count ? samples[index] : left;
        add_sample(self, voice->next + (int64_t)i,
                   (int16_t)(left + (int32_t)(((int64_t)(right - left) * part) >> 16)));
    }
}

void heard_mix_put(HeardMix *self, HeardMixVoice *voice, int64_t at_us, const int16_t *samples,
                   size_t count)
{
    int64_t target = us_to_samples(at_us);
    int64_t error = target - voice->next;
    bool is_far = -error > us_to_samples(HEARD_MIX_GAP_US);
    int64_t most = (int64_t)count / (is_far ? 20 : 250), stretch = 0;

    if (count == 0 || count > HEARD_MIX_PUT_MAX)
        return;
    if (!voice->started || error > us_to_samples(HEARD_MIX_GAP_US) ||
        -error > us_to_samples(HEARD_MIX_JUMP_US)) {
        voice->started = true;
        voice->next = target;
        voice->last = samples[0];
    } else if (ABS(error) > DEADBAND) {
        stretch = CLAMP(error / 10, -most, most);
    }
    if (stretch == 0)
        for (size_t i = 0; i < count; i++)
            add_sample(self, voice->next + (int64_t)i, samples[i]);
    else
        add_stretched(self, voice, samples, count, (size_t)((int64_t)count + stretch));
    voice->next += (int64_t)count + stretch;
    voice->last = samples[count - 1];
}

void heard_mix_pull(HeardMix *self, int16_t *ret_samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int32_t *sum = &self->sums[self->position % HEARD_MIX_WINDOW];
        ret_samples[i] = (int16_t)CLAMP(*sum, INT16_MIN, INT16_MAX);
        *sum = 0;
        self->position++;
    }
}

int64_t heard_mix_position(const HeardMix *self)
{
    return self->position;
}

uint64_t heard_mix_dropped(const HeardMix *self)
{
    return self->dropped;
}
