/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/speech_voice.h"

#include "server/app/speech_result.h"

#include <glib.h>
#include <opus/opus.h>

enum {
    RTP_PER_MS = 48, /* RFC 7587 4.1: whatever the encoder's rate is */
    SAMPLES_PER_MS = HEARD_SPEECH_RATE_HZ / 1000,
    FILL_SAMPLES = 20 * SAMPLES_PER_MS,
    JUMP_MS = 2000, /* the sender's clock was set anew */
};

bool heard_speech_voice_init(HeardSpeechVoice *self, uint32_t stream)
{
    int error = OPUS_OK;

    *self = (HeardSpeechVoice){.stream = stream};
    self->decoder = opus_decoder_create(HEARD_SPEECH_RATE_HZ, 1, &error);
    if (!self->decoder)
        self->stream = 0;
    return self->decoder != NULL;
}

void heard_speech_voice_deinit(HeardSpeechVoice *self)
{
    g_clear_pointer(&self->decoder, opus_decoder_destroy);
    self->stream = 0;
}

void heard_speech_voice_pause(HeardSpeechVoice *self)
{
    self->running = false;
}

static int64_t time_of(HeardSpeechVoice *self, const HeardSpeechPiece *piece)
{
    int64_t at_ms = self->begin_ms + (int32_t)(piece->rtp_ts - self->begin_ts) / RTP_PER_MS;

    if (self->running && ABS(at_ms - piece->at_ms) <= JUMP_MS)
        return at_ms;
    self->begin_ts = piece->rtp_ts;
    self->begin_ms = piece->at_ms;
    return piece->at_ms;
}

/* Samples for what was lost before this packet. */
static size_t fill(HeardSpeechVoice *self, unsigned lost, const uint8_t *payload, size_t size,
                   int16_t *samples)
{
    size_t count = 0;

    for (; lost > 0; lost--) {
        const bool is_last = lost == 1;
        int got =
            opus_decode(self->decoder, is_last ? payload : NULL, is_last ? (opus_int32)size : 0,
                        samples + count, FILL_SAMPLES, is_last);
        count += got > 0 ? (size_t)got : 0;
    }
    return count;
}

size_t heard_speech_voice_decode(HeardSpeechVoice *self, const HeardSpeechPiece *piece,
                                 const uint8_t *payload,
                                 int16_t ret_samples[static HEARD_SPEECH_SAMPLES_MAX],
                                 int64_t *ret_at_ms)
{
    uint16_t ahead = (uint16_t)(piece->seq - self->seq);
    bool was_running = self->running;
    size_t filled = 0;
    int64_t at_ms;
    int got;

    if (was_running && (ahead == 0 || ahead > UINT16_MAX / 2))
        return 0;
    at_ms = time_of(self, piece);
    if (was_running && ahead > 1 && ahead <= HEARD_SPEECH_FILL_MAX + 1)
        filled = fill(self, ahead - 1u, payload, piece->size, ret_samples);
    self->running = true;
    self->seq = piece->seq;
    got = opus_decode(self->decoder, payload, (opus_int32)piece->size, ret_samples + filled,
                      HEARD_SPEECH_FRAME_MAX, 0);
    *ret_at_ms = at_ms - (int64_t)filled / SAMPLES_PER_MS;
    return filled + (got > 0 ? (size_t)got : 0);
}
