/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One speaker's Opus packets as 16 kHz mono. The door to libopus.
 *
 * What is lost is filled: the last packet before the next one by that one's own redundancy (FEC),
 * others by what the decoder believes. What comes late is not waited for: this is for a draft.
 *
 * Units      *_ms on the clock of the hearing's speech. Samples of 16 bit, 16 each ms.
 * Ownership  init/deinit.
 * Threads    Only in `heard transcribe`: decoders stay out of the server.
 * Errors     A packet that does not decode is left out.
 */

#include "server/app/speech_piece.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_SPEECH_FRAME_MAX = 1920, /* 120 ms, the longest packet */
    HEARD_SPEECH_FILL_MAX = 3,     /* packets of 20 ms that are filled */
    HEARD_SPEECH_SAMPLES_MAX = HEARD_SPEECH_FRAME_MAX + HEARD_SPEECH_FILL_MAX * 320,
};

typedef struct {
    uint32_t stream; /* 0: free */
    struct OpusDecoder *decoder;
    bool running; /* since the last pause */
    uint16_t seq;
    uint32_t begin_ts;
    int64_t begin_ms;
} HeardSpeechVoice;

bool heard_speech_voice_init(HeardSpeechVoice *self, uint32_t stream);
void heard_speech_voice_deinit(HeardSpeechVoice *self);
void heard_speech_voice_pause(HeardSpeechVoice *self);

/* How many samples there are, and when the first was said; 0: none. */
size_t heard_speech_voice_decode(HeardSpeechVoice *self, const HeardSpeechPiece *piece,
                                 const uint8_t *payload,
                                 int16_t ret_samples[static HEARD_SPEECH_SAMPLES_MAX],
                                 int64_t *ret_at_ms);
