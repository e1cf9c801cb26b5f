/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/mixed_audio.h"

#include "recordings/audio_mix.h"
#include "recordings/disk.h"
#include "recordings/track_file.h"

enum {
    BITRATE_BPS = 48000,
    STEP = HEARD_MIX_RATE_HZ / 50, /* samples: 20 ms */
    BATCH = 2 * HEARD_MIX_RATE_HZ, /* enough work to wake other threads for */
    PEAK_SAMPLES = HEARD_PEAK_MS * HEARD_MIX_RATE_HZ / 1000,
};

typedef struct {
    int64_t at_us;
    size_t size;  /* in bytes */
    size_t count; /* of samples, when it is decoded */
} Packet;

struct HeardVoice {
    HeardMixedAudio *owner;
    HeardMixVoice *place;
    HeardOpusDecoder *decoder;
    GArray *packets;   /* Packet: put and not mixed yet */
    GByteArray *bytes; /* of these packets */
    GArray *samples;   /* of these packets, once decoded */
};

struct HeardMixedAudio {
    char *folder;
    HeardMix *mix;
    HeardTrackFile *file;
    GPtrArray *voices; /* HeardVoice, borrowed */
    GByteArray *peaks;
    int peak;          /* of the samples since the last one */
    unsigned unpeaked; /* how many these are */
    uint64_t dropped;
};

HeardMixedAudio *heard_mixed_audio_new(const char *folder, GError **error)
{
    g_autoptr(HeardMixedAudio) self = g_new0(HeardMixedAudio, 1);
    g_autofree char *path = g_build_filename(folder, "mix.webm", NULL);

    self->folder = g_strdup(folder);
    self->mix = heard_mix_new();
    self->voices = g_ptr_array_new();
    self->peaks = g_byte_array_new();
    self->file = heard_track_file_new_mix(path, BITRATE_BPS, error);
    return self->file ? g_steal_pointer(&self) : NULL;
}

void heard_mixed_audio_free(HeardMixedAudio *self)
{
    if (!self)
        return;
    g_assert(self->voices->len == 0);
    g_ptr_array_unref(self->voices);
    heard_mix_free(self->mix);
    heard_track_file_free(self->file);
    g_byte_array_unref(self->peaks);
    g_free(self->folder);
    g_free(self);
}

HeardVoice *heard_mixed_audio_add_voice(HeardMixedAudio *self, GError **error)
{
    HeardOpusDecoder *decoder = heard_opus_decoder_new(error);
    HeardVoice *voice;

    if (!decoder)
        return NULL;
    voice = g_new0(HeardVoice, 1);
    voice->owner = self;
    voice->place = heard_mix_add_voice(self->mix);
    voice->decoder = decoder;
    voice->packets = g_array_new(FALSE, FALSE, sizeof(Packet));
    voice->bytes = g_byte_array_new();
    voice->samples = g_array_new(FALSE, FALSE, sizeof(int16_t));
    g_ptr_array_add(self->voices, voice);
    return voice;
}

void heard_voice_free(HeardVoice *self)
{
    if (!self)
        return;
    g_ptr_array_remove(self->owner->voices, self);
    heard_opus_decoder_free(self->decoder);
    g_array_unref(self->packets);
    g_byte_array_unref(self->bytes);
    g_array_unref(self->samples);
    g_free(self);
}

void heard_voice_put(HeardVoice *self, const void *bytes, size_t size, int64_t at_us)
{
    Packet packet = {.at_us = at_us, .size = size};

    g_array_append_val(self->packets, packet);
    g_byte_array_append(self->bytes, bytes, (guint)size);
}

/* On any thread: one voice is on one of them at a time. */
static void decode(void *data, void *user_data)
{
    HeardVoice *self = data;
    size_t at = 0;
    (void)user_data;

    for (guint i = 0; i < self->packets->len; i++) {
        Packet *packet = &g_array_index(self->packets, Packet, i);
        const int16_t *samples;
        size_t count =
            heard_opus_decoder_put(self->decoder, self->bytes->data + at, packet->size, &samples);
        packet->count = MIN(count, (size_t)HEARD_MIX_PUT_MAX);
        g_array_append_vals(self->samples, samples, (guint)packet->count);
        at += packet->size;
    }
}

/* Opus is most of derivation's work: all processors take part. */
static void decode_all(HeardMixedAudio *self)
{
    GThreadPool *pool =
        g_thread_pool_new(decode, NULL, (int)MAX(g_get_num_processors(), 1), FALSE, NULL);

    for (guint i = 0; i < self->voices->len; i++)
        g_thread_pool_push(pool, g_ptr_array_index(self->voices, i), NULL);
    g_thread_pool_free(pool, FALSE, TRUE); /* waits for all of them */
}

void heard_mixed_audio_flush(HeardMixedAudio *self)
{
    decode_all(self);
    for (guint i = 0; i < self->voices->len; i++) {
        HeardVoice *voice = g_ptr_array_index(self->voices, i);
        const int16_t *samples = (const int16_t *)(void *)voice->samples->data;
        for (guint k = 0; k < voice->packets->len; k++) {
            const Packet *packet = &g_array_index(voice->packets, Packet, k);
            self->dropped += packet->count == 0;
            heard_mix_put(self->mix, voice->place, packet->at_us, samples, packet->count);
            samples += packet->count;
        }
        g_array_set_size(voice->packets, 0);
        g_byte_array_set_size(voice->bytes, 0);
        g_array_set_size(voice->samples, 0);
    }
}

static void end_peak(HeardMixedAudio *self)
{
    uint8_t peak = (uint8_t)(self->peak * 255 / -INT16_MIN);

    g_byte_array_append(self->peaks, &peak, 1);
    self->peak = 0;
    self->unpeaked = 0;
}

static void take_peaks(HeardMixedAudio *self, const int16_t *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        self->peak = MAX(self->peak, ABS((int)samples[i]));
        if (++self->unpeaked < PEAK_SAMPLES)
            continue;
        end_peak(self);
    }
}

static bool pull(HeardMixedAudio *self, size_t count, GError **error)
{
    int16_t samples[STEP];
    int64_t at = heard_mix_position(self->mix);

    heard_mix_pull(self->mix, samples, count);
    take_peaks(self, samples, count);
    return heard_track_file_put(self->file, samples, count * sizeof *samples, at * 1000 / 48,
                                (int64_t)count * 1000 / 48, true, error);
}

static int64_t us_to_samples(int64_t us)
{
    return us * (HEARD_MIX_RATE_HZ / 1000) / 1000;
}

bool heard_mixed_audio_advance(HeardMixedAudio *self, int64_t until_us, GError **error)
{
    int64_t until = us_to_samples(until_us);

    if (until - heard_mix_position(self->mix) < BATCH)
        return true;
    heard_mixed_audio_flush(self);
    while (until - heard_mix_position(self->mix) >= STEP)
        if (!pull(self, STEP, error))
            return false;
    return true;
}

/* {"version":1,"step_ms":50,"peaks":[…]} */
static bool write_peaks(HeardMixedAudio *self, GError **error)
{
    g_autofree char *path = g_build_filename(self->folder, "waveform.json", NULL);
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_printf(text, "{\"version\":1,\"step_ms\":%d,\"peaks\":[", HEARD_PEAK_MS);
    for (guint i = 0; i < self->peaks->len; i++)
        g_string_append_printf(text, "%s%d", i ? "," : "", self->peaks->data[i]);
    g_string_append(text, "]}\n");
    return heard_disk_replace(path, text->str, text->len, error);
}

bool heard_mixed_audio_finish(HeardMixedAudio *self, int64_t end_us, GError **error)
{
    int64_t end = us_to_samples(end_us);

    heard_mixed_audio_flush(self);
    while (heard_mix_position(self->mix) < end)
        if (!pull(self, (size_t)MIN((int64_t)STEP, end - heard_mix_position(self->mix)), error))
            return false;
    if (self->unpeaked > 0)
        end_peak(self);
    return heard_track_file_finish(self->file, error) && write_peaks(self, error);
}

uint64_t heard_mixed_audio_dropped(const HeardMixedAudio *self)
{
    return self->dropped;
}
