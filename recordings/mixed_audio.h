/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Everybody's sound in one file, mix.webm, and its peaks for a waveform: packets of each voice
 * in, decoded several at a time, mixed (audio_mix.h), encoded.
 *
 * Units      *_us on the recording's clock. A peak stands for HEARD_PEAK_MS, 0 … 255 linear.
 * Ownership  new/free; a voice is freed by who added it, before the mixed audio.
 * Threads    Calls from one thread; voices are decoded on others between them.
 * Errors     GError of the file. A packet that can't be decoded is counted.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_PEAK_MS = 50 };

typedef struct HeardMixedAudio HeardMixedAudio;
typedef struct HeardVoice HeardVoice;

HeardMixedAudio *heard_mixed_audio_new(const char *folder,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_mixed_audio_free(HeardMixedAudio *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardMixedAudio, heard_mixed_audio_free)

HeardVoice *heard_mixed_audio_add_voice(HeardMixedAudio *self,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What it said and was not mixed yet is lost: flush before. */
void heard_voice_free(HeardVoice *self);
void heard_voice_put(HeardVoice *self, const void *bytes, size_t size, int64_t at_us);

/* No packet before until_us comes any more; now and then it is decoded and written. */
bool heard_mixed_audio_advance(HeardMixedAudio *self, int64_t until_us,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Places all that was put, for a voice that ends. */
void heard_mixed_audio_flush(HeardMixedAudio *self);
/* Continuous up to end_us; the file is complete then, waveform.json beside it. */
bool heard_mixed_audio_finish(HeardMixedAudio *self, int64_t end_us,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
uint64_t heard_mixed_audio_dropped(const HeardMixedAudio *self); /* packets */
