/* SPDX-License-Identifier: Apache-2.0 */
#include "derive_fixture.h"

#include "recordings/track_file.h"
#include "server/base/error.h"

#include <math.h>

/* Loss, disorder and duplicates on the way; the camera off for two seconds, later for eight. */
static void disturb(GArray *packets)
{
    for (guint i = 0; i < packets->len; i++) {
        SourcePacket *packet = &g_array_index(packets, SourcePacket, i);
        int64_t at_us = packet->captured_us;
        bool gone = (at_us >= 4 * SECOND_US && at_us < 6 * SECOND_US) ||
                    (at_us >= 10 * SECOND_US && at_us < 18 * SECOND_US);
        if (gone) {
            g_array_remove_index(packets, i--);
            continue;
        }
        if (i % 7 == 3)
            packet->arrival_us += 90000;
        if (i % 40 == 9)
            packet->arrival_us += 600000; /* repaired by a resend */
    }
}

static void gaps_stay_gaps(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *packets = video(vp8_source, 24, CAMERA, 11);
    json_t *manifest, *first, *second, *mix, *index;
    (void)state;

    disturb(packets);
    join(packets, sound(24, MICROPHONE, 12));
    put_track(log, CAMERA, "p1", 5, "camera", "vp8", 96, 90000, 11);
    put_track(log, MICROPHONE, "p1", 5, "microphone", "opus", 111, 48000, 12);
    put_json(log, HEARD_LOG_EVENT, 0, SECOND_US,
             json_pack("{s:s, s:s}", "type", "phase", "phase", "opening"));
    put_packets(log, packets);
    finish_log(log, 25 * SECOND_US);

    manifest = derive(&fixture);
    assert_in_range(number(manifest, "duration_ms"), 25000, 25010);
    first = find_file(manifest, "take", "camera", 1);
    second = find_file(manifest, "take", "camera", 2);
    mix = find_file(manifest, "mixed_audio", NULL, 0);
    assert_in_range(number(first, "start_ms"), 0, 20);
    assert_in_range(number(first, "duration_ms"), 9700, 10100); /* the gap of 4 s … 6 s is in it */
    assert_in_range(number(second, "start_ms"), 17980, 20020);  /* the next key frame */
    assert_in_range(number(second, "start_ms") + number(second, "duration_ms"), 23800, 24100);
    assert_int_equal(number(first, "width"), 320);
    assert_in_range(number(mix, "duration_ms"), 25000, 25010);
    index = read_derived(&fixture, json_string_value(json_object_get(first, "index_file")));
    assert_true(json_array_size(json_object_get(index, "points")) >= 4);
    assert_true(number(index, "init_size") > 100);
    json_decref(index);
    json_decref(manifest);
    g_array_unref(packets);
    fixture_free(&fixture);
}

/* The picture needs 150 ms more through encoder and network than the sound, and the
 * sender's clock is years off: reports bring both to one place. */
static void reports_keep_lips_in_sync(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *packets = video(vp8_source, 12, CAMERA, 11);
    GArray *voice = sound(12, MICROPHONE, 12);
    json_t *manifest;
    int64_t apart_ms;
    (void)state;

    add_reports(packets, 11, 777777777777);
    add_reports(voice, 12, 777777777777);
    move(packets, 170000);
    move(voice, 20000);
    join(packets, voice);
    put_track(log, CAMERA, "p1", 5, "camera", "vp8", 96, 90000, 11);
    put_track(log, MICROPHONE, "p1", 5, "microphone", "opus", 111, 48000, 12);
    put_packets(log, packets);
    finish_log(log, 13 * SECOND_US);

    manifest = derive(&fixture);
    apart_ms = number(find_file(manifest, "take", "camera", 1), "start_ms") -
               number(find_file(manifest, "take", "microphone", 1), "start_ms");
    print_message("# picture and sound are %d ms apart\n", (int)apart_ms);
    assert_true(apart_ms >= -40 && apart_ms <= 40);
    json_decref(manifest);
    g_array_unref(packets);
    fixture_free(&fixture);
}

static void h264_becomes_fragmented_mp4(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *packets = video(h264_source, 8, SCREEN, 13);
    json_t *manifest, *take, *index;
    (void)state;

    move(packets, 3 * SECOND_US);
    put_track(log, SCREEN, "p2", 6, "screen", "h264", 102, 90000, 13);
    put_packets(log, packets);
    finish_log(log, 12 * SECOND_US);

    manifest = derive(&fixture);
    take = find_file(manifest, "take", "screen", 1);
    assert_in_range(number(take, "start_ms"), 2990, 3050);
    assert_in_range(number(take, "duration_ms"), 7900, 8100);
    assert_non_null(strstr(json_string_value(json_object_get(take, "media_type")),
                           "video/mp4; codecs=\"avc1.42"));
    assert_int_equal(number(take, "width"), 320);
    assert_int_equal(number(take, "height"), 240);
    index = read_derived(&fixture, json_string_value(json_object_get(take, "index_file")));
    assert_true(json_array_size(json_object_get(index, "points")) >= 6);
    json_decref(index);
    json_decref(manifest);
    g_array_unref(packets);
    fixture_free(&fixture);
}

static void new_ssrc_is_a_new_take(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *first = video(vp8_source, 3, CAMERA, 11);
    GArray *second = video(vp8_source, 3, CAMERA, 21);
    json_t *manifest;
    (void)state;

    move(second, 3 * SECOND_US);
    put_track(log, CAMERA, "p1", 5, "camera", "vp8", 96, 90000, 11);
    put_packets(log, first);
    put_track(log, CAMERA, "p1", 5, "camera", "vp8", 96, 90000, 21);
    put_packets(log, second);
    finish_log(log, 6 * SECOND_US);
    manifest = derive(&fixture);
    assert_in_range(number(find_file(manifest, "take", "camera", 2), "start_ms"), 2990, 3050);
    json_decref(manifest);
    manifest = derive(&fixture); /* again: replaced, the same */
    assert_in_range(number(find_file(manifest, "take", "camera", 1), "duration_ms"), 2900, 3100);
    json_decref(manifest);
    g_array_unref(first);
    g_array_unref(second);
    fixture_free(&fixture);
}

/* A voice heard from 2 s to 5 s only: silence before and behind, all of it there. */
static void mixed_audio_is_continuous(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *packets = sound(3, MICROPHONE, 12);
    g_autofree char *path = g_build_filename(fixture.root, "derived", "mix.webm", NULL);
    g_autofree char *text = NULL;
    GstElement *pipeline, *sink;
    GstSample *sample;
    int64_t samples = 0, loud_from = -1, loud_to = -1;
    (void)state;

    move(packets, 2 * SECOND_US);
    put_track(log, MICROPHONE, "p1", 5, "microphone", "opus", 111, 48000, 12);
    put_packets(log, packets);
    finish_log(log, 7 * SECOND_US);
    json_decref(derive(&fixture));

    text = g_strdup_printf("filesrc location=%s ! matroskademux ! opusdec ! "
                           "audio/x-raw,format=S16LE,channels=1,rate=48000 ! "
                           "appsink name=sink sync=false",
                           path);
    pipeline = gst_parse_launch(text, NULL);
    sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    while ((sample = gst_app_sink_pull_sample(GST_APP_SINK(sink)))) {
        GstMapInfo map;
        gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ);
        for (size_t i = 0; i < map.size / 2; i++, samples++) {
            int16_t value = ((const int16_t *)(void *)map.data)[i];
            if (ABS(value) < 4000)
                continue;
            loud_from = loud_from < 0 ? samples : loud_from;
            loud_to = samples;
        }
        gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
        gst_sample_unref(sample);
    }
    assert_in_range(samples, 7 * 48000 - 1000, 7 * 48000 + 1000);
    assert_in_range(loud_from, 2 * 48000 - 1500, 2 * 48000 + 1500);
    assert_in_range(loud_to, 5 * 48000 - 1500, 5 * 48000 + 1500);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(sink);
    gst_object_unref(pipeline);
    g_array_unref(packets);
    fixture_free(&fixture);
}

static void *follow(void *data)
{
    const Fixture *fixture = data;
    g_autofree char *out = g_build_filename(fixture->root, "followed", NULL);
    HeardDeriveSpec spec = {
        .recording = fixture->path, .key_path = fixture->key_path, .out = out, .follow = true};
    g_autoptr(GError) error = NULL;
    json_t *manifest = NULL;

    if (!heard_derive(&spec, &manifest, &error))
        fail_msg("%s", error->message);
    return manifest;
}

/* Sizes of files in the folder; a WebM's bytes differ by the id that it gets. */
static json_t *sizes_of(json_t *manifest)
{
    json_t *sizes = json_object();
    json_t *file;
    size_t i;

    json_array_foreach(json_object_get(manifest, "files"), i, file)
    {
        const char *key = g_str_has_suffix(json_string_value(json_object_get(file, "file")), "webm")
                              ? "size"
                              : "sha256";
        json_object_set(sizes, json_string_value(json_object_get(file, "file")),
                        json_object_get(file, key));
    }
    return sizes;
}

static bool waits_for_more(const Fixture *fixture)
{
    g_autofree char *path = g_build_filename(fixture->root, "followed.part", "t1-1.webm", NULL);

    for (int i = 0; i < 600 && !g_file_test(path, G_FILE_TEST_EXISTS); i++)
        g_usleep(50000);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* Minutes: made while they are written, and made afterwards, are the same. */
static void following_gives_the_same(void **state)
{
    static const char slow[] = "videotestsrc pattern=ball num-buffers=750 ! "
                               "video/x-raw,width=320,height=240,framerate=5/1 ! "
                               "vp8enc deadline=1 keyframe-max-dist=50 ! "
                               "rtpvp8pay pt=96 picture-id-mode=15-bit";
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *packets = make_packets(slow, CAMERA, 11, 0, 0);
    GArray *voice = sound(150, MICROPHONE, 12);
    GArray *early = g_array_new(FALSE, FALSE, sizeof(SourcePacket));
    GArray *late = g_array_new(FALSE, FALSE, sizeof(SourcePacket));
    json_t *followed, *manifest, *left, *right;
    GThread *thread;
    (void)state;

    add_reports(packets, 11, 777777777777);
    add_reports(voice, 12, 777777777777);
    move(packets, 170000);
    join(packets, voice);
    for (guint i = 0; i < packets->len; i++) {
        SourcePacket packet = g_array_index(packets, SourcePacket, i);
        packet.arrival_us += i * 7919 % 60000; /* jitter */
        g_array_append_val(packet.arrival_us < 130 * SECOND_US ? early : late, packet);
    }
    put_track(log, CAMERA, "p1", 5, "camera", "vp8", 96, 90000, 11);
    put_track(log, MICROPHONE, "p1", 5, "microphone", "opus", 111, 48000, 12);
    put_packets(log, early);
    thread = g_thread_new("follow", follow, &fixture);
    assert_true(waits_for_more(&fixture));
    put_packets(log, late);
    finish_log(log, 150 * SECOND_US);
    followed = g_thread_join(thread);
    manifest = derive(&fixture);
    left = sizes_of(followed);
    right = sizes_of(manifest);
    if (!json_equal(left, right))
        fail_msg("%s\n%s", json_dumps(left, JSON_INDENT(1)), json_dumps(right, JSON_INDENT(1)));
    assert_true(json_object_size(left) >= 6);
    json_decref(left);
    json_decref(right);
    json_decref(followed);
    json_decref(manifest);
    g_array_unref(packets);
    g_array_unref(early);
    g_array_unref(late);
    fixture_free(&fixture);
}

static void failure_leaves_what_was_there(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    g_autofree char *out = g_build_filename(fixture.root, "derived", NULL);
    g_autofree char *other = g_build_filename(fixture.root, "other.key", NULL);
    g_autoptr(HeardOrgKey) key = heard_org_key_load_or_create(other, NULL);
    g_autoptr(GError) error = NULL;
    HeardDeriveSpec spec = {.recording = fixture.path, .key_path = other, .out = out};
    json_t *manifest;
    (void)state;

    finish_log(log, 2 * SECOND_US); /* nobody sent anything: still a file of silence */
    json_decref(derive(&fixture));
    assert_false(heard_derive(&spec, NULL, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CRYPTO);
    manifest = read_derived(&fixture, "manifest.json");
    assert_int_equal(number(manifest, "duration_ms"), 2000);
    json_decref(manifest);
    fixture_free(&fixture);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_stay_gaps),
        cmocka_unit_test(reports_keep_lips_in_sync),
        cmocka_unit_test(h264_becomes_fragmented_mp4),
        cmocka_unit_test(new_ssrc_is_a_new_take),
        cmocka_unit_test(mixed_audio_is_continuous),
        cmocka_unit_test(following_gives_the_same),
        cmocka_unit_test(failure_leaves_what_was_there),
    };

    gst_init(&argc, &argv);
    return cmocka_run_group_tests_name("recordings derive", tests, NULL, NULL);
}
