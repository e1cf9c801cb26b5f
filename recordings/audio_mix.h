/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Mix voices into one continuous row of samples on the recording's clock.
 *
 * A voice's samples are placed where their time says. Small errors, from a sound card
 * that runs 50 ppm off or from the noise of the clock model, are drawn in by stretching
 * 0.4 % at most, which nobody hears; later than HEARD_MIX_GAP_US is a
 * gap (a lost packet stays one), earlier than HEARD_MIX_JUMP_US a jump. What lies between, a
 * voice whose time steps back a little, is drawn in by 5 %: within a second, so that lips fit.
 *
 * Units      at_us on the recording's clock; samples of 48 kHz, 16 bit, mono.
 * Ownership  new/free; voices belong to the mix.
 * Threads    Lives on one thread. Pure.
 * Errors     None. Samples older than what was pulled are dropped and counted.
 */

#include <glib.h>
#include <stdint.h>

enum {
    HEARD_MIX_RATE_HZ = 48000,
    HEARD_MIX_WINDOW = 16 * HEARD_MIX_RATE_HZ, /* how far voices may be ahead of pull() */
    HEARD_MIX_GAP_US = 10 * 1000,
    HEARD_MIX_JUMP_US = 60 * 1000,
    HEARD_MIX_PUT_MAX = 5760,
};

typedef struct HeardMix HeardMix;
typedef struct HeardMixVoice HeardMixVoice;

HeardMix *heard_mix_new(void);
void heard_mix_free(HeardMix *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardMix, heard_mix_free)

HeardMixVoice *heard_mix_add_voice(HeardMix *self);
/* count ≤ HEARD_MIX_PUT_MAX. */
void heard_mix_put(HeardMix *self, HeardMixVoice *voice, int64_t at_us, const int16_t *samples,
                   size_t count);
/* The next samples in time; up to count, all of them. */
void heard_mix_pull(HeardMix *self, int16_t *ret_samples, size_t count);
int64_t heard_mix_position(const HeardMix *self); /* samples pulled so far */
uint64_t heard_mix_dropped(const HeardMix *self);
