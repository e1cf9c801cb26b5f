/* SPDX-License-Identifier: Apache-2.0 */

/* What derivation makes besides the takes, and files that must not be called ready. */

#include "derive_fixture.h"

#include "recordings/finished_file.h"
#include "recordings/thumbnails.h"
#include "recordings/track_file.h"
#include "server/base/error.h"

static const char red_source[] = "videotestsrc pattern=solid-color foreground-color=0xffe00000 "
                                 "num-buffers=%d ! video/x-raw,width=320,height=240,framerate=25/1 "
                                 "! vp8enc deadline=1 keyframe-max-dist=50 ! "
                                 "rtpvp8pay pt=96 picture-id-mode=15-bit";

/* ---- waveform ---- */

static void waveform_shows_who_spoke_when(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *packets = sound(3, MICROPHONE, 12);
    json_t *manifest, *entry, *waveform, *peaks;
    (void)state;

    move(packets, 2 * SECOND_US);
    put_track(log, MICROPHONE, "p1", 5, "microphone", "opus", 111, 48000, 12);
    put_packets(log, packets);
    finish_log(log, 7 * SECOND_US);
    manifest = derive(&fixture);
    entry = find_file(manifest, "waveform", NULL, 0);
    assert_string_equal(json_string_value(json_object_get(entry, "media_type")),
                        "application/json");
    assert_null(json_object_get(entry, "index_file"));
    waveform = read_derived(&fixture, json_string_value(json_object_get(entry, "file")));
    assert_int_equal(number(waveform, "step_ms"), 50);
    peaks = json_object_get(waveform, "peaks");
    assert_in_range(json_array_size(peaks), 7000 / 50, 7000 / 50 + 1);
    for (size_t i = 0; i < json_array_size(peaks); i++) {
        json_int_t peak = json_integer_value(json_array_get(peaks, i));
        if (i < 1900 / 50 || i > 5150 / 50) /* before 1.9 s, behind 5.15 s */
            assert_in_range(peak, 0, 1);
        else if (i > 2100 / 50 && i < 4900 / 50) /* audiotestsrc is at 0.8 of what can be */
            assert_in_range(peak, 180, 230);
    }
    json_decref(waveform);
    json_decref(manifest);
    g_array_unref(packets);
    fixture_free(&fixture);
}

/* ---- thumbnails ---- */

/* The pixel of a JPEG as 0xrrggbb. */
static uint32_t pixel_of(const char *path, int x, int y, int *ret_width, int *ret_height)
{
    g_autofree char *text = g_strdup_printf("filesrc location=%s ! jpegdec ! videoconvert ! "
                                            "video/x-raw,format=RGB ! appsink name=sink",
                                            path);
    GstElement *pipeline = gst_parse_launch(text, NULL);
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    GstSample *sample;
    GstStructure *caps;
    GstMapInfo map;
    const uint8_t *at;
    uint32_t value;
    size_t stride;

    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    sample = gst_app_sink_pull_sample(GST_APP_SINK(sink));
    assert_non_null(sample);
    caps = gst_caps_get_structure(gst_sample_get_caps(sample), 0);
    assert_true(gst_structure_get_int(caps, "width", ret_width));
    assert_true(gst_structure_get_int(caps, "height", ret_height));
    assert_true(gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ));
    stride = map.size / (size_t)*ret_height;
    at = map.data + (size_t)y * stride + (size_t)x * 3;
    value = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
    gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
    gst_sample_unref(sample);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(sink);
    gst_object_unref(pipeline);
    return value;
}

static bool is_red(uint32_t rgb)
{
    return (rgb >> 16) > 180 && (rgb >> 8 & 0xff) < 60 && (rgb & 0xff) < 60;
}

static void check_thumbnails(const Fixture *fixture, json_t *manifest, const char *source,
                             size_t wanted)
{
    json_t *entry = find_file(manifest, "thumbnails", source, 1);
    json_t *index = read_derived(fixture, json_string_value(json_object_get(entry, "index_file")));
    json_t *times = json_object_get(index, "times_ms");
    json_int_t start_ms = number(find_file(manifest, "take", source, 1), "start_ms");
    int width, height;
    g_autofree char *path = g_build_filename(
        fixture->root, "derived", json_string_value(json_object_get(entry, "file")), NULL);

    assert_int_equal(json_array_size(times), wanted);
    for (size_t i = 0; i < wanted; i++)
        assert_in_range(json_integer_value(json_array_get(times, i)),
                        start_ms + (json_int_t)i * 10000, start_ms + (json_int_t)i * 10000 + 2100);
    assert_string_equal(json_string_value(json_object_get(index, "source")), source);
    assert_string_equal(json_string_value(json_object_get(entry, "media_type")), "image/jpeg");
    /* 320×240 in 160×90: borders left and right; nothing behind the last picture */
    assert_true(is_red(pixel_of(path, 80, 45, &width, &height)));
    assert_int_equal(width, 1600);
    assert_int_equal(height, 90);
    assert_false(is_red(pixel_of(path, 8, 45, &width, &height)));
    assert_true(is_red(pixel_of(path, 160 * ((int)wanted - 1) + 80, 45, &width, &height)));
    assert_false(is_red(pixel_of(path, 160 * (int)wanted + 80, 45, &width, &height)));
    json_decref(index);
}

static void thumbnails_of_each_ten_seconds(void **state)
{
    static const char h264[] = "videotestsrc pattern=solid-color foreground-color=0xffe00000 "
                               "num-buffers=%d ! "
                               "video/x-raw,width=320,height=240,framerate=25/1 ! x264enc "
                               "tune=zerolatency key-int-max=25 bframes=0 ! "
                               "video/x-h264,profile=constrained-baseline ! rtph264pay pt=102 "
                               "config-interval=-1 aggregate-mode=zero-latency";
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *packets = video(red_source, 24, CAMERA, 11);
    json_t *manifest;
    (void)state;

    join(packets, video(h264, 12, SCREEN, 13));
    move(packets, 3 * SECOND_US);
    put_track(log, CAMERA, "p1", 5, "camera", "vp8", 96, 90000, 11);
    put_track(log, SCREEN, "p1", 5, "screen", "h264", 102, 90000, 13);
    put_packets(log, packets);
    finish_log(log, 28 * SECOND_US);
    manifest = derive(&fixture);
    check_thumbnails(&fixture, manifest, "camera", 3);
    check_thumbnails(&fixture, manifest, "screen", 2);
    assert_int_equal(number(manifest, "thumbnails_missing"), 0);
    json_decref(manifest);
    g_array_unref(packets);
    fixture_free(&fixture);
}

typedef struct {
    uint8_t bytes[32768];
    size_t size;
    int64_t at_us;
    bool is_key;
} Frame;

static GArray *make_frames(unsigned seconds)
{
    g_autofree char *text =
        g_strdup_printf("videotestsrc pattern=ball num-buffers=%u ! "
                        "video/x-raw,width=320,height=240,framerate=10/1 ! "
                        "vp8enc deadline=1 keyframe-max-dist=20 ! appsink name=sink sync=false",
                        seconds * 10);
    GstElement *pipeline = gst_parse_launch(text, NULL);
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    GArray *frames = g_array_new(FALSE, TRUE, sizeof(Frame));
    GstSample *sample;

    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    while ((sample = gst_app_sink_pull_sample(GST_APP_SINK(sink)))) {
        GstBuffer *buffer = gst_sample_get_buffer(sample);
        Frame frame = {.at_us = (int64_t)(GST_BUFFER_PTS(buffer) / 1000),
                       .is_key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT)};
        frame.size = gst_buffer_extract(buffer, 0, frame.bytes, sizeof frame.bytes);
        g_array_append_val(frames, frame);
        gst_sample_unref(sample);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(sink);
    gst_object_unref(pipeline);
    assert_int_equal(frames->len, seconds * 10);
    return frames;
}

/* An hour and some minutes of one take: a sheet is full, another begins. */
static void long_takes_have_several_sheets(void **state)
{
    Fixture fixture = fixture_new();
    GArray *frames = make_frames(1);
    const Frame *key = &g_array_index(frames, Frame, 0);
    HeardThumbnails *thumbnails = heard_thumbnails_new(fixture.root, HEARD_CODEC_VP8, 7, 2);
    static const uint8_t rubbish[] = {0x10, 0xff, 0xff, 0x9d, 0x01, 0x2a, 0, 0, 0, 0};
    const HeardThumbnailSheet *sheets;
    g_autofree char *second = g_build_filename(fixture.root, "thumbs-7-2-2.jpg", NULL);
    int width, height;
    (void)state;

    for (int i = 0; i < 405; i++) {
        assert_true(heard_thumbnails_keyframe(thumbnails, key->bytes, key->size,
                                              i * HEARD_THUMBNAILS_STEP_US, NULL));
        assert_true(heard_thumbnails_keyframe(thumbnails, key->bytes, key->size,
                                              i * HEARD_THUMBNAILS_STEP_US + 2000, NULL));
    }
    assert_true(heard_thumbnails_keyframe(thumbnails, rubbish, sizeof rubbish,
                                          405 * HEARD_THUMBNAILS_STEP_US, NULL));
    assert_true(heard_thumbnails_finish(thumbnails, NULL));
    assert_int_equal(heard_thumbnails_sheets(thumbnails)->len, 2);
    assert_int_equal(heard_thumbnails_missing(thumbnails), 1);
    sheets = (const HeardThumbnailSheet *)(void *)heard_thumbnails_sheets(thumbnails)->data;
    assert_string_equal(sheets[0].name, "thumbs-7-2.jpg");
    assert_string_equal(sheets[1].name, "thumbs-7-2-2.jpg");
    assert_int_equal(sheets[0].times_ms->len, 400);
    assert_int_equal(sheets[1].times_ms->len, 5);
    assert_int_equal(g_array_index(sheets[1].times_ms, int64_t, 4), 404 * 10000);
    pixel_of(second, 0, 0, &width, &height);
    assert_int_equal(height, 90);
    heard_thumbnails_free(thumbnails);
    g_array_unref(frames);
    fixture_free(&fixture);
}

/* ---- finished files ---- */

typedef struct {
    Fixture fixture;
    GArray *frames;
    HeardTracksFile facts;
    char *path;
} Made;

static Made made_new(unsigned seconds)
{
    Made self = {.fixture = fixture_new(), .frames = make_frames(seconds)};

    self.path = g_build_filename(self.fixture.root, "t1-1.webm", NULL);
    return self;
}

static void made_free(Made *self)
{
    g_array_unref(self->frames);
    g_free(self->path);
    fixture_free(&self->fixture);
}

/* Writes the file but for one frame (-1: all); frames from `from` on come later by later_us. */
static void write_take(Made *self, int without, guint from, int64_t later_us)
{
    HeardTrackFile *file = heard_track_file_new(self->path, HEARD_CODEC_VP8, 320, 240, NULL);
    int64_t at_us = 0;

    assert_non_null(file);
    for (guint i = 0; i < self->frames->len; i++) {
        const Frame *frame = &g_array_index(self->frames, Frame, i);
        at_us = frame->at_us + (i >= from ? later_us : 0);
        if ((int)i != without)
            assert_true(heard_track_file_put(file, frame->bytes, frame->size, at_us, 0,
                                             frame->is_key, NULL));
    }
    assert_true(heard_track_file_finish(file, NULL));
    heard_track_file_free(file);
    self->facts = (HeardTracksFile){.name = "t1-1.webm",
                                    .kind = "take",
                                    .info.codec = HEARD_CODEC_VP8,
                                    .take = 1,
                                    .frames = self->frames->len,
                                    .duration_us = at_us + 40000,
                                    .last_frame_us = 40000};
}

static void assert_refused(Made *self, const char *why)
{
    g_autoptr(GError) error = NULL;

    if (heard_finished_file_check(self->fixture.root, &self->facts, &error))
        fail_msg("called ready, although: %s", why);
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CORRUPT);
    print_message("# %s\n", error->message);
    if (!strstr(error->message, why))
        fail_msg("%s, wanted: %s", error->message, why);
    assert_non_null(strstr(error->message, "t1-1.webm"));
}

static void assert_ready(Made *self)
{
    g_autoptr(GError) error = NULL;

    if (!heard_finished_file_check(self->fixture.root, &self->facts, &error))
        fail_msg("%s", error->message);
    assert_false(self->facts.undecodable);
    assert_true(self->facts.index_bytes > 0);
}

static void cut(const Made *self, int64_t left_out)
{
    struct stat info;

    assert_int_equal(stat(self->path, &info), 0);
    assert_int_equal(truncate(self->path, info.st_size - left_out), 0);
}

static void files_that_are_not_what_was_written(void **state)
{
    Made made = made_new(12);
    g_autofree char *text = NULL;
    gsize size;
    (void)state;

    write_take(&made, -1, 0, 0);
    assert_ready(&made);
    cut(&made, 1);
    assert_refused(&made, "cut off");
    cut(&made, 20000);
    assert_refused(&made, "cut off");
    write_take(&made, -1, 0, 0);
    assert_true(g_file_get_contents(made.path, &text, &size, NULL));
    text = g_realloc(text, size + 8);
    memset(text + size, 0, 8);
    assert_true(g_file_set_contents(made.path, text, (gssize)size + 8, NULL));
    assert_refused(&made, "longer than it says");
    assert_true(g_file_set_contents(made.path, "", 0, NULL));
    assert_refused(&made, "WebM");
    write_take(&made, 57, 0, 0);
    assert_refused(&made, "number of frames is 119, should be 120");
    write_take(&made, -1, 60, 11 * SECOND_US);
    assert_refused(&made, "longest step in ms is 11100");
    write_take(&made, -1, 60, 9 * SECOND_US);
    assert_ready(&made);
    write_take(&made, -1, 0, 0);
    made.facts.duration_us += 600000;
    assert_refused(&made, "length");
    made.facts.duration_us -= 2 * 600000;
    assert_refused(&made, "length");
    made_free(&made);
}

/* Bytes of the last picture are not those of a picture any more. */
static void a_last_frame_that_does_not_decode(void **state)
{
    Made made = made_new(4);
    Frame *last = &g_array_index(made.frames, Frame, made.frames->len - 1);
    (void)state;

    last->bytes[0] |= 0xe0; /* RFC 6386 9.1: a first partition longer than the frame */
    last->bytes[1] = last->bytes[2] = 0xff;
    write_take(&made, -1, 0, 0);
    assert_true(heard_finished_file_check(made.fixture.root, &made.facts, NULL));
    assert_true(made.facts.undecodable);
    made.facts.take = 0; /* what we encode ourselves has no such excuse */
    assert_refused(&made, "t1-1.webm");
    made_free(&made);
}

/* Who sends rubbish spoils what he sent, not the recording of all. */
static void rubbish_keeps_nobody_from_playing(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *packets = video(vp8_source, 6, CAMERA, 11);
    json_t *manifest;
    (void)state;

    for (guint i = 0; i < packets->len; i++) {
        SourcePacket *packet = &g_array_index(packets, SourcePacket, i);
        size_t at = 12 + 4; /* behind the RTP header and a descriptor with 15 bits of id */
        if (packet->captured_us < 5 * SECOND_US || !(packet->bytes[12] & 0x10))
            continue;
        packet->bytes[at] |= 0xe0;
        packet->bytes[at + 1] = packet->bytes[at + 2] = 0xff;
    }
    join(packets, video(vp8_source, 6, OTHER, 14));
    put_track(log, CAMERA, "p1", 5, "camera", "vp8", 96, 90000, 11);
    put_track(log, OTHER, "p2", 6, "screen", "vp8", 96, 90000, 14);
    put_packets(log, packets);
    finish_log(log, 7 * SECOND_US);
    manifest = derive(&fixture);
    assert_true(
        json_is_true(json_object_get(find_file(manifest, "take", "camera", 1), "undecodable")));
    assert_null(json_object_get(find_file(manifest, "take", "screen", 1), "undecodable"));
    json_decref(manifest);
    g_array_unref(packets);
    fixture_free(&fixture);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waveform_shows_who_spoke_when),
        cmocka_unit_test(thumbnails_of_each_ten_seconds),
        cmocka_unit_test(long_takes_have_several_sheets),
        cmocka_unit_test(files_that_are_not_what_was_written),
        cmocka_unit_test(a_last_frame_that_does_not_decode),
        cmocka_unit_test(rubbish_keeps_nobody_from_playing),
    };

    gst_init(&argc, &argv);
    return cmocka_run_group_tests_name("recordings finished", tests, NULL, NULL);
}
