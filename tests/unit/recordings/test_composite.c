/* SPDX-License-Identifier: Apache-2.0 */
#include "log_media.h"

#include "recordings/composite.h"
#include "recordings/derive.h"
#include "recordings/film.h"
#include "recordings/media_source.h"
#include "server/base/error.h"

#include <gst/video/video.h>

enum { RED_CAMERA = 1, RED_VOICE = 2, BLUE_CAMERA = 3, SCREEN = 4 };

/* A face is a colour here: it can be found again in a tile. */
static GArray *colour_camera(const char *colour, bool h264, unsigned seconds, uint32_t track,
                             uint32_t ssrc)
{
    g_autofree char *text =
        g_strdup_printf("videotestsrc pattern=solid-color foreground-color=%s num-buffers=%u ! "
                        "video/x-raw,width=640,height=360,framerate=15/1 ! %s",
                        colour, seconds * 15,
                        h264 ? "x264enc tune=zerolatency key-int-max=30 bframes=0 ! "
                               "video/x-h264,profile=constrained-baseline ! "
                               "rtph264pay pt=102 config-interval=-1 aggregate-mode=zero-latency"
                             : "vp8enc deadline=1 keyframe-max-dist=30 error-resilient=1 ! "
                               "rtpvp8pay pt=96 picture-id-mode=15-bit");

    return make_packets(text, track, ssrc, 1000, 100);
}

/* One second of 440 Hz. */
static GArray *beep(uint32_t track, uint32_t ssrc)
{
    return make_packets("audiotestsrc samplesperbuffer=960 num-buffers=50 freq=440 ! "
                        "audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay pt=111",
                        track, ssrc, 1000, 100);
}

static void put_person(HeardPacketLog *log, int64_t at_us, const char *id, const char *name,
                       const char *unit)
{
    put_json(log, HEARD_LOG_EVENT, 0, at_us,
             json_pack("{s:s, s:s, s:s, s:s, s:s}", "type", "join", "participant", id, "name", name,
                       "role", "department", "unit", unit));
}

static void put_camera_state(HeardPacketLog *log, int64_t at_us, const char *id, const char *state)
{
    put_json(log, HEARD_LOG_EVENT, 0, at_us,
             json_pack("{s:s, s:s, s:s}", "type", "media", "participant", id, "camera", state));
}

/* Red from 0 s to 12 s with a beep at 3 s; blue, without sound, from 2 s to 6 s, then with the
 * camera off; paused from 8 s to 10 s; 12 s in all. */
static void make_log(const Fixture *fixture)
{
    HeardPacketLog *log = fixture_log(fixture, NULL);
    GArray *packets = colour_camera("0xffd01010", false, 12, RED_CAMERA, 11);
    GArray *blue = colour_camera("0xff1010d0", true, 4, BLUE_CAMERA, 21);
    GArray *voice = beep(RED_VOICE, 12);

    for (guint i = 0; i < packets->len; i++) { /* nothing arrives while it is paused */
        int64_t at_us = g_array_index(packets, SourcePacket, i).captured_us;
        if (at_us >= 8 * SECOND_US && at_us < 10 * SECOND_US)
            g_array_remove_index(packets, i--);
    }
    move(blue, 2 * SECOND_US);
    move(voice, 3 * SECOND_US);
    join(packets, blue);
    join(packets, voice);
    put_track(log, RED_CAMERA, "p1", 5, "camera", "vp8", 96, 90000, 11);
    put_track(log, RED_VOICE, "p1", 5, "microphone", "opus", 111, 48000, 12);
    put_track(log, BLUE_CAMERA, "p2", 6, "camera", "h264", 102, 90000, 21);
    put_person(log, 0, "p1", "王小明", "县信访局");
    put_packets_between(log, packets, INT64_MIN, 1500000);
    put_person(log, 1500000, "p2", "李娜", "住房和城乡建设局");
    put_packets_between(log, packets, 1500000, 6 * SECOND_US);
    put_camera_state(log, 6 * SECOND_US, "p2", "off");
    put_packets_between(log, packets, 6 * SECOND_US, 8 * SECOND_US);
    put_json(log, HEARD_LOG_EVENT, 0, 8 * SECOND_US,
             json_pack("{s:s, s:s}", "type", "recess", "reason", "当事人核对材料"));
    put_json(log, HEARD_LOG_EVENT, 0, 8 * SECOND_US,
             json_pack("{s:s, s:s}", "type", "recording_paused", "reason", "当事人核对材料"));
    put_json(log, HEARD_LOG_EVENT, 0, 10 * SECOND_US,
             json_pack("{s:s}", "type", "recording_resumed"));
    put_packets_between(log, packets, 10 * SECOND_US, INT64_MAX);
    finish_log(log, 12 * SECOND_US);
    g_array_unref(packets);
}

/* ---- looking at a film ---- */

typedef struct {
    int y, u, v;
} Colour;

static Colour colour_at(GstSample *sample, unsigned x, unsigned y)
{
    GstVideoInfo info;
    GstVideoFrame frame;
    Colour colour;

    assert_true(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
    assert_int_equal(info.width, HEARD_LAYOUT_WIDTH);
    assert_int_equal(info.height, HEARD_LAYOUT_HEIGHT);
    assert_true(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
    colour.y = GST_VIDEO_FRAME_COMP_DATA(&frame, 0)[y * (unsigned)info.stride[0] + x];
    colour.u = GST_VIDEO_FRAME_COMP_DATA(&frame, 1)[y / 2 * (unsigned)info.stride[1] + x / 2];
    colour.v = GST_VIDEO_FRAME_COMP_DATA(&frame, 2)[y / 2 * (unsigned)info.stride[2] + x / 2];
    gst_video_frame_unmap(&frame);
    return colour;
}

static bool is_red(Colour colour)
{
    return colour.v > 180;
}

static bool is_blue(Colour colour)
{
    return colour.u > 180;
}

static bool is_grey(Colour colour)
{
    return ABS(colour.u - 128) < 12 && ABS(colour.v - 128) < 12;
}

/* The frame that is shown at at_ms. */
static GstSample *frame_at(const char *path, int64_t at_ms)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardMediaSource) source =
        heard_media_source_new(path, HEARD_MEDIA_SOURCE_H264, at_ms * 1000, &error);
    GstSample *last = NULL, *sample;

    assert_non_null(source);
    while ((sample = heard_media_source_pull(source, &error))) {
        if ((int64_t)(GST_BUFFER_PTS(gst_sample_get_buffer(sample)) / GST_MSECOND) > at_ms) {
            gst_sample_unref(sample);
            break;
        }
        g_clear_pointer(&last, gst_sample_unref);
        last = sample;
    }
    assert_null(error);
    assert_non_null(last);
    return last;
}

static Colour colour_of(const char *path, int64_t at_ms, unsigned x, unsigned y)
{
    GstSample *sample = frame_at(path, at_ms);
    Colour colour = colour_at(sample, x, y);

    gst_sample_unref(sample);
    return colour;
}

/* First and last time, in ms, that the film is loud. */
static void find_beep(const char *path, int64_t *ret_from_ms, int64_t *ret_to_ms)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardMediaSource) source =
        heard_media_source_new(path, HEARD_MEDIA_SOURCE_AAC, 0, &error);
    GstSample *sample;

    *ret_from_ms = *ret_to_ms = -1;
    assert_non_null(source);
    while ((sample = heard_media_source_pull(source, &error))) {
        GstBuffer *buffer = gst_sample_get_buffer(sample);
        GstMapInfo map;
        gst_buffer_map(buffer, &map, GST_MAP_READ);
        for (size_t i = 0; i < map.size / 2; i++) {
            int64_t at_ms = (int64_t)(GST_BUFFER_PTS(buffer) / GST_MSECOND) + (int64_t)(i / 48);
            if (ABS(((const int16_t *)(void *)map.data)[i]) < 4000)
                continue;
            *ret_from_ms = *ret_from_ms < 0 ? at_ms : *ret_from_ms;
            *ret_to_ms = at_ms;
        }
        gst_buffer_unmap(buffer, &map);
        gst_sample_unref(sample);
    }
    assert_null(error);
}

static json_t *composite(const Fixture *fixture, const char *out, HeardScenesMode mode,
                         int64_t from_ms, int64_t to_ms)
{
    HeardCompositeSpec spec = {.recording = fixture->path,
                               .key_path = fixture->key_path,
                               .out = out,
                               .mode = mode,
                               .from_ms = from_ms,
                               .to_ms = to_ms};
    g_autoptr(GError) error = NULL;
    json_t *ready = NULL;

    if (!heard_composite(&spec, NULL, NULL, &ready, &error))
        fail_msg("%s", error->message);
    return ready;
}

static char *film_path(const Fixture *fixture)
{
    static unsigned films;
    const char *keep = g_getenv("HEARD_KEEP_FILM"); /* a folder, to look at films by hand */

    return keep ? g_strdup_printf("%s/%u.mp4", keep, ++films)
                : g_build_filename(fixture->root, "film.mp4", NULL);
}

static void everybody_is_in_their_place(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *out = film_path(&fixture);
    g_autofree char *part = g_strconcat(out, ".part", NULL);
    g_autofree char *scratch = g_strconcat(out, ".derived", NULL);
    HeardRect two[HEARD_LAYOUT_TILES_MAX];
    json_t *ready;
    int64_t from_ms, to_ms;
    (void)state;

    make_log(&fixture);
    ready = composite(&fixture, out, HEARD_SCENES_GRID, 0, -1);
    assert_int_equal(json_integer_value(json_object_get(ready, "duration_ms")), 12000);
    assert_int_equal(json_integer_value(json_object_get(ready, "unreadable_takes")), 0);
    assert_int_equal(strlen(json_string_value(
                         json_object_get(json_object_get(ready, "derived_from"), "chain_head"))),
                     64);
    json_decref(ready);
    assert_false(g_file_test(part, G_FILE_TEST_EXISTS));
    assert_false(g_file_test(scratch, G_FILE_TEST_EXISTS));

    assert_int_equal(heard_layout_grid(2, two), 2);
    assert_true(is_red(colour_of(out, 1000, 640, 380))); /* alone: the whole stage */
    assert_true(is_red(colour_of(out, 4000, two[0].x + 100, two[0].y + 100)));
    assert_true(is_blue(colour_of(out, 4000, two[1].x + 100, two[1].y + 100)));
    assert_true(is_grey(colour_of(out, 7000, two[1].x + 100, two[1].y + 100))); /* camera off */
    assert_true(is_red(colour_of(out, 7000, two[0].x + 100, two[0].y + 100)));
    assert_true(is_grey(colour_of(out, 9000, two[0].x + 100, two[0].y + 100))); /* the card */
    assert_true(is_red(colour_of(out, 11900, two[0].x + 100, two[0].y + 100)));

    find_beep(out, &from_ms, &to_ms);
    print_message("# beep from %d to %d ms\n", (int)from_ms, (int)to_ms);
    assert_in_range(from_ms, 2980, 3030);
    assert_in_range(to_ms, 3970, 4030);
    fixture_free(&fixture);
}

/* Made of DIR/derived this time, a part of it, seeking into takes and sound. */
static void a_part_begins_where_it_should(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *out = film_path(&fixture);
    g_autofree char *derived = g_build_filename(fixture.path, "derived", NULL);
    HeardRect two[HEARD_LAYOUT_TILES_MAX];
    g_autoptr(GError) error = NULL;
    json_t *ready;
    int64_t from_ms, to_ms;
    (void)state;

    make_log(&fixture);
    if (!derive_fixture(&fixture, derived, NULL, &error))
        fail_msg("%s", error->message);
    ready = composite(&fixture, out, HEARD_SCENES_SPEAKER, 3500, 7500);
    assert_int_equal(json_integer_value(json_object_get(ready, "duration_ms")), 4000);
    assert_string_equal(json_string_value(json_object_get(ready, "layout")), "speaker");
    json_decref(ready);
    heard_layout_grid(2, two);
    assert_true(is_blue(colour_of(out, 100, two[1].x + 100, two[1].y + 100)));
    assert_true(is_blue(colour_of(out, 2300, two[1].x + 100, two[1].y + 100)));
    assert_true(is_grey(colour_of(out, 2700, two[1].x + 100, two[1].y + 100)));
    find_beep(out, &from_ms, &to_ms);
    assert_in_range(to_ms, 470, 530); /* 4.0 s of the recording */
    fixture_free(&fixture);
}

/* A derived file that was exchanged is not evidence: it is derived again. */
static void exchanged_files_are_not_used(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *out = film_path(&fixture);
    g_autofree char *derived = g_build_filename(fixture.path, "derived", NULL);
    g_autofree char *take = g_build_filename(derived, "t1-1.webm", NULL);
    g_autofree char *other = g_build_filename(derived, "mix.webm", NULL);
    g_autofree char *bytes = NULL;
    size_t size;
    (void)state;

    make_log(&fixture);
    assert_true(derive_fixture(&fixture, derived, NULL, NULL));
    assert_true(g_file_test(take, G_FILE_TEST_EXISTS));
    assert_true(g_file_get_contents(other, &bytes, &size, NULL));
    assert_true(g_file_set_contents(take, bytes, (gssize)size, NULL));
    json_decref(composite(&fixture, out, HEARD_SCENES_GRID, 0, 1000));
    assert_true(is_red(colour_of(out, 500, 640, 380)));
    fixture_free(&fixture);
}

static void screen_is_large_as_a_document(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *out = film_path(&fixture);
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *packets = colour_camera("0xffd01010", false, 4, RED_CAMERA, 11);
    GArray *screen = colour_camera("0xff1010d0", true, 2, SCREEN, 31);
    HeardRect strip[HEARD_LAYOUT_TILES_MAX];
    (void)state;

    move(screen, 2 * SECOND_US);
    join(packets, screen);
    put_track(log, RED_CAMERA, "p1", 5, "camera", "vp8", 96, 90000, 11);
    put_track(log, SCREEN, "p1", 5, "screen", "h264", 102, 90000, 31);
    put_person(log, 0, "p1", "王小明", "县信访局");
    put_packets(log, packets);
    finish_log(log, 4 * SECOND_US);

    json_decref(composite(&fixture, out, HEARD_SCENES_DOCUMENT, 0, -1));
    assert_int_equal(heard_layout_strip(2, strip), 2);
    assert_true(is_red(colour_of(out, 1000, 400, 380)));
    assert_true(is_blue(colour_of(out, 3000, strip[0].x + 400, strip[0].y + 200)));
    assert_true(is_red(colour_of(out, 3000, strip[1].x + 100, strip[1].y + 20)));
    g_array_unref(packets);
    fixture_free(&fixture);
}

static void check_failure(const HeardCompositeSpec *spec, HeardError wanted)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *part = g_strconcat(spec->out, ".part", NULL);
    g_autofree char *bytes = NULL;

    assert_false(heard_composite(spec, NULL, NULL, NULL, &error));
    assert_int_equal(heard_error_code(error), wanted);
    assert_false(g_file_test(part, G_FILE_TEST_EXISTS));
    assert_true(g_file_get_contents(spec->out, &bytes, NULL, NULL));
    assert_string_equal(bytes, "what was there");
}

static void failure_leaves_what_was_there(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *out = g_build_filename(fixture.root, "film.mp4", NULL);
    g_autofree char *other = g_build_filename(fixture.root, "other.key", NULL);
    g_autofree char *seal = g_build_filename(fixture.path, "seal.json", NULL);
    g_autoptr(HeardOrgKey) key = heard_org_key_load_or_create(other, NULL);
    HeardCompositeSpec spec = {
        .recording = fixture.path, .key_path = fixture.key_path, .out = out, .to_ms = -1};
    (void)state;

    assert_true(g_file_set_contents(out, "what was there", -1, NULL));
    check_failure(&spec, HEARD_ERROR_NOT_FOUND);
    finish_log(fixture_log(&fixture, NULL), 2 * SECOND_US);
    spec.from_ms = 2000;
    check_failure(&spec, HEARD_ERROR_RANGE);
    spec.from_ms = 0;
    spec.key_path = other;
    check_failure(&spec, HEARD_ERROR_CRYPTO);
    spec.key_path = fixture.key_path;
    assert_int_equal(g_remove(seal), 0);
    check_failure(&spec, HEARD_ERROR_CONFLICT);
    fixture_free(&fixture);
}

/* Nobody came: a film of two seconds that says so, with its clock. */
static void an_empty_room_is_a_film_too(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *out = film_path(&fixture);
    g_autoptr(GError) error = NULL;
    (void)state;

    finish_log(fixture_log(&fixture, NULL), 2 * SECOND_US);
    json_decref(composite(&fixture, out, HEARD_SCENES_GRID, 0, -1));
    assert_true(is_grey(colour_of(out, 1000, 100, 200)));
    assert_false(heard_film_check(out, 3000, &error)); /* a second is missing: it is seen */
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CORRUPT);
    fixture_free(&fixture);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_is_in_their_place),
        cmocka_unit_test(a_part_begins_where_it_should),
        cmocka_unit_test(exchanged_files_are_not_used),
        cmocka_unit_test(screen_is_large_as_a_document),
        cmocka_unit_test(failure_leaves_what_was_there),
        cmocka_unit_test(an_empty_room_is_a_film_too),
    };

    gst_init(&argc, &argv);
    return cmocka_run_group_tests_name("recordings composite", tests, NULL, NULL);
}
