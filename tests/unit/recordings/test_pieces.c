/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "recordings/audio_mix.h"
#include "recordings/clock_map.h"
#include "recordings/frames.h"
#include "recordings/media_index.h"
#include "recordings/reorder.h"
#include "recordings/timeline.h"

#include <math.h>

#define SECOND_US INT64_C(1000000)

/* ---- clock_map ---- */

typedef struct {
    HeardClockMap *map;
    HeardClockCursor *first;
    HeardClockStream *stream;
} Clocks;

static int64_t feed(Clocks *clocks, uint32_t track, uint32_t rate, uint32_t ts, int64_t arrival_us)
{
    int64_t rtp;

    clocks->stream =
        heard_clock_cursor_packet(clocks->first, 7, track, track, rate, ts, arrival_us, &rtp);
    return rtp;
}

static uint64_t ntp_of(int64_t us)
{
    return (uint64_t)(us / SECOND_US) << 32 |
           (((uint64_t)(us % SECOND_US) << 32) / (uint64_t)SECOND_US);
}

/* An hour of a camera whose crystal is 100 ppm off, jitter of 80 ms, 200 ms encoder delay;
 * the microphone has 20 ms. What was captured together must come out together. */
static void drift_and_delay_are_taken_out(void **state)
{
    Clocks clocks = {.map = heard_clock_map_new()};
    HeardClockStream *camera = NULL, *microphone = NULL;
    GRand *rand = g_rand_new_with_seed(20261123);
    int64_t worst_us = 0, video_rtp = 0, sound_rtp = 0;
    (void)state;

    clocks.first = heard_clock_cursor_new(clocks.map, true);
    for (int64_t at_us = 0; at_us < 3600 * SECOND_US; at_us += 100000) {
        uint32_t video_ts = (uint32_t)(4000000000u + (uint32_t)(at_us * 90009 / 1000000));
        uint32_t sound_ts = (uint32_t)(at_us * 48 / 1000);
        video_rtp =
            feed(&clocks, 1, 90000, video_ts, at_us + 200000 + g_rand_int_range(rand, 0, 80000));
        camera = clocks.stream;
        sound_rtp =
            feed(&clocks, 2, 48000, sound_ts, at_us + 20000 + g_rand_int_range(rand, 0, 80000));
        microphone = clocks.stream;
        if (at_us % SECOND_US == 0) { /* the sender's clock runs 60 ppm fast */
            uint64_t ntp = ntp_of(4000000000 * SECOND_US + at_us + at_us * 6 / 100000);
            heard_clock_cursor_report(clocks.first, 1, 1, video_ts, ntp);
            heard_clock_cursor_report(clocks.first, 2, 2, sound_ts, ntp);
        }
    }
    heard_clock_map_solve(clocks.map);
    for (int64_t at_us = SECOND_US; at_us < 3599 * SECOND_US; at_us += 7 * SECOND_US) {
        int64_t picture_us = heard_clock_stream_map(camera, at_us * 90009 / 1000000);
        int64_t sound_us = heard_clock_stream_map(microphone, at_us * 48 / 1000);
        worst_us = MAX(worst_us, ABS(picture_us - sound_us));
        assert_in_range(sound_us - at_us + 40000, 40000 + 10000, 40000 + 40000);
    }
    assert_true(worst_us < 2000);
    assert_true(video_rtp > 0 && sound_rtp > 0);
    g_rand_free(rand);
    heard_clock_cursor_free(clocks.first);
    heard_clock_map_free(clocks.map);
}

static void jump_of_the_source_is_another_stream(void **state)
{
    Clocks clocks = {.map = heard_clock_map_new()};
    HeardClockStream *before;
    (void)state;

    clocks.first = heard_clock_cursor_new(clocks.map, true);
    assert_int_equal(feed(&clocks, 1, 90000, 0xffffffffu, 0), 0);
    before = clocks.stream;
    assert_int_equal(feed(&clocks, 1, 90000, 89999, SECOND_US), 90000); /* it wraps */
    assert_ptr_equal(clocks.stream, before);
    assert_int_equal(feed(&clocks, 1, 90000, 1800000000u, 2 * SECOND_US), 0);
    assert_ptr_not_equal(clocks.stream, before);
    assert_int_equal(feed(&clocks, 1, 90000, 1800090000u, 3 * SECOND_US), 90000);
    heard_clock_cursor_free(clocks.first);
    heard_clock_map_free(clocks.map);
}

/* ---- reorder ---- */

static void put(HeardReorder *reorder, uint16_t seq, int64_t arrival_us)
{
    HeardOrderedPacket head = {.seq = seq, .arrival_us = arrival_us, .size = 1};

    assert_true(heard_reorder_put(reorder, &head, (const uint8_t *)"x"));
}

static int take(HeardReorder *reorder, int64_t now_us, unsigned *ret_lost)
{
    HeardOrderedPacket *packet = heard_reorder_take(reorder, now_us, ret_lost);
    int seq = packet ? packet->seq : -1;

    g_free(packet);
    return seq;
}

static void waits_then_gives_up(void **state)
{
    g_autoptr(HeardReorder) reorder = heard_reorder_new();
    unsigned lost;
    (void)state;

    put(reorder, 65534, 0);
    put(reorder, 1, 100);
    put(reorder, 65535, 200);
    assert_int_equal(take(reorder, 200, &lost), 65534);
    assert_int_equal(take(reorder, 200, &lost), 65535);
    assert_int_equal(lost, 0);
    assert_int_equal(take(reorder, 200, &lost), -1); /* 0 may still come */
    assert_int_equal(take(reorder, 100 + HEARD_REORDER_WAIT_US, &lost), 1);
    assert_int_equal(lost, 1);
    put(reorder, 0, 300); /* too late now */
    assert_int_equal(take(reorder, INT64_MAX, &lost), -1);
}

/* Against the slow model: sort everything that arrives within reach. */
static void random_disorder_comes_out_sorted(void **state)
{
    GRand *rand = g_rand_new_with_seed(7);
    g_autoptr(HeardReorder) reorder = heard_reorder_new();
    uint16_t window[16];
    unsigned lost, out = 0;
    int seq;
    (void)state;

    for (unsigned i = 0; i < 16; i++)
        window[i] = (uint16_t)(65000 + i);
    for (unsigned i = 16; i < 20000; i++) {
        unsigned pick = out == 0 ? 0 : (unsigned)g_rand_int_range(rand, 0, 16);
        put(reorder, window[pick], i);
        window[pick] = (uint16_t)(65000 + i);
        while ((seq = take(reorder, i, &lost)) >= 0) {
            assert_int_equal(seq, (uint16_t)(65000 + out));
            assert_int_equal(lost, 0);
            out++;
        }
    }
    assert_true(out > 19000);
    g_rand_free(rand);
}

/* ---- frames ---- */

static void h264_comes_out_whole_or_not_at_all(void **state)
{
    static const uint8_t sets[] = {24, 0, 4, 0x67, 0x42, 0, 31, 0, 2, 0x68, 0xce};
    static const uint8_t first[] = {0x7c, 0x85, 0x88, 1}, last[] = {0x7c, 0x45, 2, 3};
    static const uint8_t expected[] = {0,    0,    0, 1, 0x67, 0x42, 0,    31,   0, 0, 0, 1,
                                       0x68, 0xce, 0, 0, 0,    1,    0x65, 0x88, 1, 2, 3};
    g_autoptr(HeardFrames) frames = heard_frames_new(HEARD_CODEC_H264);
    HeardFrame frame;
    (void)state;

    assert_false(heard_frames_put(frames, sets, sizeof sets, 10, false, &frame));
    assert_false(heard_frames_put(frames, first, sizeof first, 10, false, &frame));
    assert_true(heard_frames_put(frames, last, sizeof last, 10, true, &frame));
    assert_true(frame.keyframe);
    assert_int_equal(frame.size, sizeof expected);
    assert_memory_equal(frame.bytes, expected, sizeof expected);
    assert_false(heard_frames_put(frames, first, sizeof first, 20, false, &frame));
    heard_frames_lost(frames);
    assert_false(heard_frames_put(frames, last, sizeof last, 20, true, &frame));
    assert_true(heard_frames_dropped(frames) >= 1);
    /* the sets are remembered: the next key frame comes without and gets them */
    assert_false(heard_frames_put(frames, first, sizeof first, 30, false, &frame));
    assert_true(heard_frames_put(frames, last, sizeof last, 30, true, &frame));
    assert_int_equal(frame.size, sizeof expected);
}

/* ---- audio_mix ---- */

/* A voice whose clock is 200 ppm fast for 10 minutes: it stays within 5 ms of its place
 * and never clicks. */
static void drift_is_drawn_in_without_clicks(void **state)
{
    g_autoptr(HeardMix) mix = heard_mix_new();
    HeardMixVoice *voice = heard_mix_add_voice(mix);
    int16_t samples[960], out[960], before = 0;
    int32_t largest_step = 0;
    uint64_t phase = 0;
    (void)state;

    for (int i = 0; i < 30000; i++) {
        for (int k = 0; k < 960; k++, phase++)
            samples[k] = (int16_t)(8000 * sin((double)phase * 2 * G_PI * 200 / 48000));
        heard_mix_put(mix, voice, (int64_t)i * 20000 - i * 4, samples, 960);
        if (i < 10)
            continue;
        heard_mix_pull(mix, out, 960);
        for (int k = 0; k < 960; k++) {
            if (i > 12)
                largest_step = MAX(largest_step, ABS(out[k] - before));
            before = out[k];
        }
    }
    assert_int_equal(heard_mix_dropped(mix), 0);
    assert_in_range(largest_step, 200, 300); /* of the sine itself: 209 */
}

/* A sender that stumbles: its time steps back by 50 ms; within a second its sound fits again. */
static void a_voice_that_steps_back_is_drawn_in_at_once(void **state)
{
    g_autoptr(HeardMix) mix = heard_mix_new();
    HeardMixVoice *voice = heard_mix_add_voice(mix);
    static int16_t quiet[960], beep[960], out[48000 * 4];
    size_t at = 0;
    (void)state;

    for (int i = 0; i < 960; i++)
        beep[i] = 9000;
    for (int i = 0; i < 50; i++)
        heard_mix_put(mix, voice, i * 20000, quiet, 960);
    for (int i = 50; i < 150; i++) /* the beep 1.2 s after the step */
        heard_mix_put(mix, voice, i * 20000 - 50000, i == 110 ? beep : quiet, 960);
    heard_mix_pull(mix, out, 48000 * 4);
    while (at < G_N_ELEMENTS(out) && out[at] < 4000)
        at++;
    assert_in_range(at, (110 * 20 - 50) * 48 - 48, (110 * 20 - 50) * 48 + 12 * 48);
    assert_int_equal(heard_mix_dropped(mix), 0);
}

static void voices_add_up_and_gaps_are_silence(void **state)
{
    g_autoptr(HeardMix) mix = heard_mix_new();
    HeardMixVoice *one = heard_mix_add_voice(mix), *two = heard_mix_add_voice(mix);
    int16_t loud[480], out[1920];
    (void)state;

    for (int i = 0; i < 480; i++)
        loud[i] = 30000;
    heard_mix_put(mix, one, 0, loud, 480);
    heard_mix_put(mix, two, 5000, loud, 480);
    heard_mix_put(mix, one, 30000, loud, 480);
    heard_mix_pull(mix, out, 1920);
    assert_int_equal(out[0], 30000);
    assert_int_equal(out[300], INT16_MAX); /* both */
    assert_int_equal(out[600], 30000);
    assert_int_equal(out[800], 0);
    assert_int_equal(out[1440], 30000);
    heard_mix_put(mix, two, 0, loud, 480);             /* too late */
    assert_in_range(heard_mix_dropped(mix), 450, 490); /* stretched a little */
}

/* ---- timeline ---- */

static void event(HeardTimeline *timeline, int64_t at_us, const char *text)
{
    json_t *object = json_loads(text, 0, NULL);

    assert_non_null(object);
    heard_timeline_event(timeline, at_us, object);
    json_decref(object);
}

static void timeline_tells_the_story(void **state)
{
    HeardTimeline *timeline = heard_timeline_new();
    HeardTrackInfo info = {.track = 1, .source = HEARD_SOURCE_MICROPHONE, .participant = "p1"};
    json_t *result, *person, *gap, *chapters;
    (void)state;

    event(timeline, 0,
          "{\"type\":\"join\",\"participant\":\"p1\",\"name\":\"A\",\"role\":\"clerk\"}");
    event(timeline, SECOND_US, "{\"type\":\"phase\",\"phase\":\"opening\"}");
    event(timeline, 20 * SECOND_US, "{\"type\":\"phase\",\"phase\":\"statement\"}");
    event(timeline, 5 * SECOND_US,
          "{\"type\":\"media\",\"participant\":\"p1\",\"microphone\":\"on\",\"camera\":\"off\"}");
    for (int64_t at_us = 6 * SECOND_US; at_us < 16 * SECOND_US; at_us += 20000)
        heard_timeline_packet(timeline, &info, at_us,
                              at_us < 8 * SECOND_US || at_us >= 12 * SECOND_US ? 30 : 90);
    event(timeline, 21 * SECOND_US,
          "{\"type\":\"recording_paused\",\"reason\":\"recess\",\"note\":\"lunch\"}");
    event(timeline, 25 * SECOND_US, "{\"type\":\"recording_resumed\"}");
    event(timeline, 28 * SECOND_US, "{\"type\":\"leave\",\"participant\":\"p1\"}");
    result = heard_timeline_finish(timeline, 30 * SECOND_US, 5);

    person = json_array_get(json_object_get(result, "participants"), 0);
    assert_int_equal(json_array_size(json_object_get(person, "speaking")), 2);
    assert_int_equal(json_integer_value(json_object_get(person, "speaking_ms")), 6000);
    assert_int_equal(json_array_size(json_object_get(person, "present")), 1);
    assert_string_equal(json_string_value(json_object_get(person, "role")), "clerk");
    gap = json_array_get(json_object_get(result, "gaps"), 0);
    assert_string_equal(json_string_value(json_object_get(gap, "note")), "lunch");
    assert_int_equal(json_integer_value(json_object_get(gap, "to_ms")), 25000);
    chapters = json_object_get(result, "chapters");
    assert_int_equal(json_array_size(chapters), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(chapters, 0), "to_ms")),
                     20000);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(chapters, 1), "to_ms")),
                     30000);
    json_decref(result);
    heard_timeline_free(timeline);
}

/* ---- media_index ---- */

static void index_points_at_key_frames(void **state)
{
    /* Segment of unknown size; clusters at 0 ms (key), 500 ms (not), 1000 ms (key). */
    static const uint8_t webm[] = {0x1a, 0x45, 0xdf, 0xa3, 0x80, 0x18, 0x53, 0x80, 0x67, 0x01, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0x43, 0xb6, 0x75, 0x89,
                                   0xe7, 0x81, 0x00, 0xa3, 0x84, 0x81, 0x00, 0x00, 0x80, 0x1f, 0x43,
                                   0xb6, 0x75, 0x8a, 0xe7, 0x82, 0x01, 0xf4, 0xa3, 0x84, 0x81, 0x00,
                                   0x00, 0x00, 0x1f, 0x43, 0xb6, 0x75, 0x8a, 0xe7, 0x82, 0x03, 0xe8,
                                   0xa3, 0x84, 0x81, 0x00, 0x05, 0x80};
    HeardMediaIndex index;
    const HeardMediaPoint *points;
    (void)state;

    assert_true(heard_media_index_webm(&index, webm, sizeof webm, false, NULL));
    assert_int_equal(index.init_size, 17);
    assert_int_equal(index.points->len, 2);
    points = (const HeardMediaPoint *)(void *)index.points->data;
    assert_int_equal(points[0].offset, 17);
    assert_int_equal(points[0].size, 29);
    assert_int_equal(points[1].time_us, SECOND_US);
    assert_int_equal(points[1].offset + points[1].size, sizeof webm);
    assert_int_equal(index.end_us, SECOND_US + 5000);
    heard_media_index_clear(&index);
    assert_false(heard_media_index_webm(&index, webm, 12, false, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drift_and_delay_are_taken_out),
        cmocka_unit_test(jump_of_the_source_is_another_stream),
        cmocka_unit_test(waits_then_gives_up),
        cmocka_unit_test(random_disorder_comes_out_sorted),
        cmocka_unit_test(h264_comes_out_whole_or_not_at_all),
        cmocka_unit_test(drift_is_drawn_in_without_clicks),
        cmocka_unit_test(voices_add_up_and_gaps_are_silence),
        cmocka_unit_test(a_voice_that_steps_back_is_drawn_in_at_once),
        cmocka_unit_test(timeline_tells_the_story),
        cmocka_unit_test(index_points_at_key_frames),
    };

    return cmocka_run_group_tests_name("recordings pieces", tests, NULL, NULL);
}
