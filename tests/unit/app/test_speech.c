/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/app/speech_frame.h"
#include "server/app/speech_gate.h"
#include "server/app/speech_result.h"
#include "server/app/speech_voice.h"
#include "server/base/error.h"
#include "server/base/json.h"

#include <opus/opus.h>
#include <string.h>

enum { NOW_MS = 60000, PACKET_MS = 20, PACKET_TS = 48 * PACKET_MS };

/* ---- frames ---- */

static void a_frame_comes_out_as_it_went_in_however_it_is_cut(void **state)
{
    g_autoptr(json_t) header = json_pack("{s:s}", "type", "audio");
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    HeardSpeechReader reader;
    unsigned found = 0;
    (void)state;

    heard_speech_frame_append(bytes, header, "12345", 5);
    heard_speech_frame_append(bytes, header, NULL, 0);
    heard_speech_reader_init(&reader, HEARD_SPEECH_BODY_MAX);
    for (guint i = 0; i < bytes->len; i++) {
        const uint8_t *at = bytes->data + i;
        size_t size = 1;
        g_autoptr(json_t) message = NULL;

        assert_true(heard_speech_reader_push(&reader, &at, &size, &message, NULL));
        assert_int_equal(size, 0);
        found += message && json_equal(message, header);
    }
    assert_int_equal(found, 2);
    heard_speech_reader_deinit(&reader);
}

static void garbage_ends_the_stream(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } rows[] = {
        {"\0\0\x40\x01\0\0\0\0", 8},    /* a header that is too large */
        {"\0\0\0\1\0\0\0\0", 8},        /* and too small */
        {"\0\0\0\2\0\0\0\1", 8},        /* a body, where there is none */
        {"\0\0\0\2\0\0\0\0[]", 10},     /* no object */
        {"GET / HTTP/1.1\r\n\r\n", 18}, /* another protocol */
    };
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const uint8_t *at = (const uint8_t *)rows[i].bytes;
        size_t size = rows[i].size;
        HeardSpeechReader reader;
        json_t *message = NULL;

        heard_speech_reader_init(&reader, 0);
        assert_false(heard_speech_reader_push(&reader, &at, &size, &message, NULL));
        assert_null(message);
        at = (const uint8_t *)"\0\0\0\2\0\0\0\0{}";
        size = 10;
        assert_false(heard_speech_reader_push(&reader, &at, &size, &message, NULL));
        heard_speech_reader_deinit(&reader);
    }
}

/* ---- results ---- */

static bool reads(const char *text, HeardSpeechResult *ret_result)
{
    g_autoptr(json_t) message = json_loads(text, 0, NULL);

    assert_non_null(message);
    return heard_speech_result_read(message, NOW_MS, ret_result, NULL);
}

static void what_the_service_says_is_checked(void **state)
{
    static const char *const wrong[] = {
        "{\"type\":\"ready\"}",
        "{\"type\":\"ready\",\"version\":2}",
        "{\"type\":\"audio\",\"stream\":1}",
        "{\"type\":\"final\",\"stream\":0,\"begin_ms\":0,\"end_ms\":1,\"text\":\"x\"}",
        "{\"type\":\"final\",\"stream\":1,\"begin_ms\":5,\"end_ms\":4,\"text\":\"x\"}",
        "{\"type\":\"final\",\"stream\":1,\"begin_ms\":60001,\"end_ms\":60002,\"text\":\"x\"}",
        "{\"type\":\"final\",\"stream\":1,\"begin_ms\":0,\"end_ms\":90000,\"text\":\"x\"}",
        "{\"type\":\"final\",\"stream\":1,\"begin_ms\":0,\"end_ms\":1}",
        "{\"type\":\"final\",\"stream\":1,\"begin_ms\":0,\"end_ms\":1,\"text\":\"a\\nb\"}",
        "{\"type\":\"final\",\"stream\":1,\"begin_ms\":0,\"end_ms\":1,\"text\":\"x\","
        "\"confidence\":1.5}",
        "{\"type\":\"final\",\"stream\":1,\"begin_ms\":0,\"end_ms\":1,\"text\":\"x\","
        "\"alternatives\":"
        "[\"1\",\"2\",\"3\",\"4\",\"5\"]}",
        "{\"type\":\"final\",\"stream\":1,\"begin_ms\":0,\"end_ms\":1,\"text\":\"x\","
        "\"alternatives\":[1]}",
    };
    HeardSpeechResult result;
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        if (reads(wrong[i], &result))
            fail_msg("%s", wrong[i]);
    assert_true(reads("{\"type\":\"ready\",\"version\":1}", &result));
    assert_int_equal(result.said, HEARD_SPEECH_READY);
}

static void a_final_text_is_read(void **state)
{
    g_autoptr(json_t) message = json_pack(
        "{s:s, s:i, s:i, s:i, s:s, s:f, s:[s]}", "type", "final", "stream", 7, "begin_ms", 100,
        "end_ms", 900, "text", "漏水三年", "confidence", 0.5, "alternatives", "漏税三年");
    HeardSpeechResult result;
    (void)state;

    assert_true(heard_speech_result_read(message, NOW_MS, &result, NULL));
    assert_int_equal(result.said, HEARD_SPEECH_FINAL);
    assert_int_equal(result.stream, 7);
    assert_int_equal(result.begin_ms, 100);
    assert_int_equal(result.end_ms, 900);
    assert_string_equal(result.text, "漏水三年");
    assert_int_equal(result.confidence_permille, 500);
    assert_int_equal(result.alternative_count, 1);
    assert_string_equal(result.alternatives[0], "漏税三年");
}

/* ---- the gate ---- */

static void silence_is_not_sent(void **state)
{
    HeardSpeechGate gate = {0};
    int64_t now_us = 1000000;
    (void)state;

    assert_false(heard_speech_gate_packet(&gate, 127, now_us));
    assert_false(heard_speech_gate_packet(&gate, HEARD_SPEECH_GATE_LEVEL, now_us));
    assert_true(heard_speech_gate_packet(&gate, 30, now_us));
    assert_true(heard_speech_gate_packet(&gate, 127, now_us + 100000)); /* between words */
    assert_false(heard_speech_gate_tick(&gate, now_us + HEARD_SPEECH_GATE_STAY_US - 1));
    assert_true(heard_speech_gate_tick(&gate, now_us + HEARD_SPEECH_GATE_STAY_US));
    assert_false(heard_speech_gate_tick(&gate, now_us + HEARD_SPEECH_GATE_STAY_US)); /* once */
    assert_false(heard_speech_gate_packet(&gate, 127, now_us + HEARD_SPEECH_GATE_STAY_US));
    assert_true(heard_speech_gate_packet(&gate, -1, now_us + HEARD_SPEECH_GATE_STAY_US));
}

/* ---- Opus ---- */

typedef struct {
    OpusEncoder *encoder;
    uint8_t payload[HEARD_SPEECH_PAYLOAD_MAX];
    unsigned count;
} Speaker;

/* The next 20 ms of a tone, as a packet. */
static HeardSpeechPiece speak(Speaker *self)
{
    int16_t samples[48 * PACKET_MS];
    opus_int32 size;

    for (unsigned i = 0; i < G_N_ELEMENTS(samples); i++)
        samples[i] = (int16_t)((self->count * G_N_ELEMENTS(samples) + i) / 60 % 2 ? 8000 : -8000);
    size = opus_encode(self->encoder, samples, G_N_ELEMENTS(samples), self->payload,
                       sizeof self->payload);
    assert_true(size > 0);
    return (HeardSpeechPiece){.size = (uint32_t)size,
                              .stream = 1,
                              .at_ms = 1000 + self->count * PACKET_MS,
                              .rtp_ts = 4294960000U + self->count * PACKET_TS, /* it wraps */
                              .seq = (uint16_t)(65530 + self->count++)};
}

static void packets_become_samples_at_their_time(void **state)
{
    int16_t samples[HEARD_SPEECH_SAMPLES_MAX];
    Speaker speaker = {opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, NULL), {0}, 0};
    HeardSpeechVoice voice;
    HeardSpeechPiece piece;
    int64_t at_ms = 0;
    int loud = 0;
    (void)state;

    assert_true(heard_speech_voice_init(&voice, 1));
    for (unsigned i = 0; i < 20; i++) {
        piece = speak(&speaker);
        assert_int_equal(
            heard_speech_voice_decode(&voice, &piece, speaker.payload, samples, &at_ms), 320);
        assert_int_equal(at_ms, 1000 + i * PACKET_MS);
        loud = samples[160];
    }
    assert_true(ABS(loud) > 1000);
    /* twice, and late */
    assert_int_equal(heard_speech_voice_decode(&voice, &piece, speaker.payload, samples, &at_ms),
                     0);
    /* two are lost: they are filled, and the time is that of the first */
    speak(&speaker);
    speak(&speaker);
    piece = speak(&speaker);
    assert_int_equal(heard_speech_voice_decode(&voice, &piece, speaker.payload, samples, &at_ms),
                     3 * 320);
    assert_int_equal(at_ms, 1000 + 20 * PACKET_MS);
    /* after a pause nothing is filled */
    heard_speech_voice_pause(&voice);
    speak(&speaker);
    piece = speak(&speaker);
    assert_int_equal(heard_speech_voice_decode(&voice, &piece, speaker.payload, samples, &at_ms),
                     320);
    /* what is no Opus is left out */
    piece = speak(&speaker);
    memset(speaker.payload, 0xff, sizeof speaker.payload);
    piece.size = HEARD_SPEECH_PAYLOAD_MAX;
    assert_int_equal(heard_speech_voice_decode(&voice, &piece, speaker.payload, samples, &at_ms),
                     0);
    heard_speech_voice_deinit(&voice);
    opus_encoder_destroy(speaker.encoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_comes_out_as_it_went_in_however_it_is_cut),
        cmocka_unit_test(garbage_ends_the_stream),
        cmocka_unit_test(what_the_service_says_is_checked),
        cmocka_unit_test(a_final_text_is_read),
        cmocka_unit_test(silence_is_not_sent),
        cmocka_unit_test(packets_become_samples_at_their_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
